/* The interface of winograd. */
#ifndef FC_WINOGRAD_INTERFACE_H
#define FC_WINOGRAD_INTERFACE_H

#include "geometry.h"

/* A run: neighbouring tiles of one row of tiles. */
struct fc_tile_run {
    ptrdiff_t lane, count;        /* lane of the first tile in the block; number of tiles */
    ptrdiff_t position;              /* of the run's first column among the block's columns */
    ptrdiff_t row, column, depth; /* coordinates of the first output */
    ptrdiff_t batch;
    ptrdiff_t image; /* element of channel 0 of the run's image in the image array */
    ptrdiff_t out;   /* element of the first output in channel 0 of the feature array */
};

/* A block of tiles and its scratch memory. Pitches and planes are in elements. */
struct fc_tiles {
    /* products per tile; terms per sum; vectors per panel */
    ptrdiff_t frequencies, depth, panel_vectors;
    ptrdiff_t run_count, vectors, panel_count;
    ptrdiff_t column_pitch, line_pitch, value_plane, product_row;
    struct fc_tile_run *runs;
    const void *zeros; /* zeros for one image row and one vector more */
    void *columns;     /* image rows, transformed along height */
    void *lines;       /* columns, transformed along width, for one channel */
    void *values;      /* the lines of all channels, packed */
    void *products;    /* products for some output channels */
    void *rows;        /* output rows of one channel */
};

/* The epilogue that is applied to the outputs: see fc_epilogue.finish. */
struct fc_finish {
    const void *channel, *position, *add;
    int activation, any;
};

/* The transforms of tiles with m outputs along width, and m or 1 along height. */
struct fc_transforms {
    /* Compute row `row` of the values from one channel of the image array, in the plane that depth
     * tap `tap` reads. */
    void (*input)(const struct fc_geometry *g, const struct fc_tiles *b, const void *image,
                  ptrdiff_t channel, ptrdiff_t tap, ptrdiff_t row);
    /* Compute `count` output channels, starting with channel k. */
    void (*output)(const struct fc_geometry *g, const struct fc_tiles *b,
                   const struct fc_finish *finish, ptrdiff_t k, ptrdiff_t count, void *out);
    /* Transform the weights of one strip of rows. Frequencies are `plane` elements apart. */
    void (*weight)(const void *weight, ptrdiff_t rows, ptrdiff_t depth, void *packed,
                   ptrdiff_t plane);
};

struct fc_winograd {
    size_t size;
    int block_bytes;                       /* bytes of values and products */
    struct fc_transforms transforms[2][3]; /* [along width only, both axes][m = 2, 4, 6] */
    void (*cut)(const struct fc_geometry *g, struct fc_tiles *b, ptrdiff_t first, ptrdiff_t count,
                int m, int high);
    /* Multiply strips first..last. The `features` output channels are cut evenly into `strips`, and
     * the terms of each sum into `blocks` even blocks. */
    void (*multiply)(const struct fc_tiles *b, const void *weight, ptrdiff_t plane,
                     ptrdiff_t features, ptrdiff_t strips, ptrdiff_t first, ptrdiff_t last,
                     ptrdiff_t blocks);
};

#endif
