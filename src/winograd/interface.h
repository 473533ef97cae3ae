/* The interface of winograd. */
#ifndef FC_WINOGRAD_INTERFACE_H
#define FC_WINOGRAD_INTERFACE_H

#include "geometry.h"

/* Neighbouring tiles of one row of tiles. */
struct fc_tile_run {
    ptrdiff_t lane, count;        /* of the first tile in the block; how many */
    ptrdiff_t position;              /* of its first column among those of the block */
    ptrdiff_t row, column, depth; /* of the first output */
    ptrdiff_t batch;
    ptrdiff_t image; /* element of channel 0 of its image in the image array */
    ptrdiff_t out;   /* element of the first output in channel 0 of the feature array */
};

/* A block of tiles and the scratch that it goes through; pitches and planes in elements. */
struct fc_tiles {
    ptrdiff_t frequencies, depth, panel_vectors; /* products per tile; terms of a sum; a panel's */
    ptrdiff_t run_count, vectors, panel_count;
    ptrdiff_t column_pitch, line_pitch, value_plane, product_row;
    struct fc_tile_run *runs;
    const void *zeros; /* a row of the image, and a vector */
    void *columns;     /* image rows transformed along height */
    void *lines;       /* and along width, for one channel */
    void *values;      /* the same for all channels, packed */
    void *products;    /* of some output channels */
    void *rows;        /* output rows of one channel */
};

/* What happens to the outputs: see fc_epilogue.finish. */
struct fc_finish {
    const void *channel, *position, *add;
    int activation, any;
};

/* The transforms of tiles of m outputs along width, and m or 1 along height. */
struct fc_transforms {
    /* one row of the values: a channel of the image array, in the plane that a tap in front reads */
    void (*input)(const struct fc_geometry *g, const struct fc_tiles *b, const void *image,
                  ptrdiff_t channel, ptrdiff_t tap, ptrdiff_t row);
    /* `count` output channels, `k` the first of them */
    void (*output)(const struct fc_geometry *g, const struct fc_tiles *b,
                   const struct fc_finish *finish, ptrdiff_t k, ptrdiff_t count, void *out);
    /* the weights of one strip of rows; frequencies are `plane` elements apart */
    void (*weight)(const void *weight, ptrdiff_t rows, ptrdiff_t depth, void *packed,
                   ptrdiff_t plane);
};

struct fc_winograd {
    size_t size;
    int block_bytes;                       /* of values and products */
    struct fc_transforms transforms[2][3]; /* along width alone or both; m = 2, 4, 6 */
    void (*cut)(const struct fc_geometry *g, struct fc_tiles *b, ptrdiff_t first, ptrdiff_t count,
                int m, int high);
    /* strips first..last of `features` output channels cut evenly into `strips`; sums in even
     * blocks of terms */
    void (*multiply)(const struct fc_tiles *b, const void *weight, ptrdiff_t plane,
                     ptrdiff_t features, ptrdiff_t strips, ptrdiff_t first, ptrdiff_t last,
                     ptrdiff_t blocks);
};

#endif
