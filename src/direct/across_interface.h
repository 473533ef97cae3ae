/* The interface of direct/across.h: depthwise layers, with lanes across channels. */
#ifndef FC_ACROSS_INTERFACE_H
#define FC_ACROSS_INTERFACE_H

#include "geometry.h"

#define FC_ACROSS_PIXELS 8 /* most pixels of a register tile */

/* One depthwise convolution, whose borders are zeros. See src/direct/across.h. */
struct fc_across_plan {
    struct fc_geometry geometry;
    int input_last, output_last; /* whether channels are last in memory */
    ptrdiff_t rows, columns;     /* most outputs of a block */
    ptrdiff_t strips;            /* of LANES channels that a tile goes through */
    ptrdiff_t apart;             /* image rows from one row of the patch to the next */
    ptrdiff_t pitch;             /* positions in a row of the patch */
    const int *places;           /* per value of rows of the image: its position in the patch */
    int has_epilogue, bias_position, activation;
};

/* A block of outputs of channels channel..stop of one image, at one depth. If all arrays are
 * planes, these are LANES channels or the last ones. Otherwise the last LANES channels may overlap
 * those before them. `pixel` is the distance of two pixels of an array whose channels are last. */
struct fc_across_task {
    const void *image, *weight, *bias, *add;
    void *out, *patch, *sums;
    ptrdiff_t image_pixel, add_pixel, out_pixel;
    ptrdiff_t n, channel, stop, depth, row, column;
};

/* The depth taps whose planes lie inside the image. */
struct fc_across_depths {
    ptrdiff_t low, high;
};

/* The operands of a register tile. Steps are in elements. For each of its strips of channels, a
 * tile begins its sums with a bias, adds `add`, and applies the limits. Bias and `add` may be
 * NULL. */
struct fc_across_tile {
    const void *x, *weight, *bias, *add;
    void *to;
    ptrdiff_t rows, columns; /* taps */
    ptrdiff_t row_step, column_step, pixel_step, weight_step, to_step, add_step;
    ptrdiff_t strips, weight_strip, to_strip, add_strip; /* and the steps from strip to strip */
    ptrdiff_t lanes; /* that are channels, if these are fewer than LANES */
    double low, high;
};

struct fc_across {
    size_t size;
    int lanes;
    /* packed[strip][tap][lane] = weight[strip * LANES + lane][tap], 0 beyond the channels. If
     * strips may overlap, the last one ends with the last channel. */
    void (*pack)(const void *weight, ptrdiff_t channels, ptrdiff_t taps, int overlap,
                 void *packed);
    void (*filter)(const struct fc_across_plan *plan, const struct fc_across_task *task);
};

#endif
