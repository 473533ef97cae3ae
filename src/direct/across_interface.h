/* The interface of direct/across.h: depthwise layers, with lanes across channels. */
#ifndef FC_ACROSS_INTERFACE_H
#define FC_ACROSS_INTERFACE_H

#include "geometry.h"

#define FC_ACROSS_PIXELS 8 /* most pixels of a register tile */

/* One depthwise convolution, whose borders are zeros. See src/direct/across.h. */
struct fc_across_plan {
    struct fc_geometry geometry;
    ptrdiff_t rows, columns; /* most outputs of a block */
    ptrdiff_t apart;         /* image rows from one row of the patch to the next */
    ptrdiff_t pitch;         /* positions in a row of the patch */
    const int *places;       /* per value of rows of the image: its position in the patch */
    int has_epilogue, bias_position, activation;
};

/* A block of outputs of LANES channels of one image, at one depth. The weights are those of these
 * channels, [tap][lane]. */
struct fc_across_task {
    const void *image, *weight, *bias, *add;
    void *out, *patch, *sums;
    ptrdiff_t n, channel, depth, row, column;
};

/* The operands of a register tile. Steps are elements of the patch. */
struct fc_across_tile {
    const void *x, *weight;
    void *sums;
    ptrdiff_t rows, columns; /* taps */
    ptrdiff_t row_step, column_step, pixel_step;
    int accumulate;
};

struct fc_across {
    size_t size;
    int lanes;
    /* packed[strip][tap][lane] = weight[strip * LANES + lane][tap], 0 beyond the channels */
    void (*pack)(const void *weight, ptrdiff_t channels, ptrdiff_t taps, void *packed);
    void (*filter)(const struct fc_across_plan *plan, const struct fc_across_task *task);
};

#endif
