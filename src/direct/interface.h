/* The interface of direct. */
#ifndef FC_DIRECT_INTERFACE_H
#define FC_DIRECT_INTERFACE_H

#include "geometry.h"

/* Rows of taps that neighbouring output rows share, side by side in the weight. */
struct fc_run {
    ptrdiff_t taps, columns; /* rows of taps, taps per row */
    ptrdiff_t first;         /* of the input rows' pointers */
    ptrdiff_t weight, step;  /* element of the first tap, from one tap row to the next */
    ptrdiff_t offset;        /* of the offsets of its tap columns */
    int ends;                /* a block of the sum */
};

/* Columns of the output whose input comes from the same columns. */
struct fc_span {
    ptrdiff_t start, stop;
    ptrdiff_t pitch; /* of a row in the patch; 0: rows are read from the image itself */
    ptrdiff_t line_count;
    struct fc_line *lines;
    const ptrdiff_t *offsets; /* per tap column: what it adds to an output column */
};

/* One convolution, see src/direct/rows.h. */
struct fc_direct_plan {
    struct fc_geometry geometry;
    ptrdiff_t groups, group_channels, group_features;
    ptrdiff_t kernel; /* weights per output channel */
    ptrdiff_t classes, entries, run_count, fill_count;
    ptrdiff_t tile_rows;
    const ptrdiff_t *heights;
    const struct fc_run *runs;
    const struct fc_span *spans;
    /* 1, 2, 3: every run has 3 x 3, 5 x 5, 7 x 7 taps side by side; 4: one row of taps side by side;
     * 0: neither */
    int constant;
    int has_epilogue, bias_position, activation;
};

/* Units (n, group, output depth), output rows and spans of one call. Scratch is the caller's. */
struct fc_direct_task {
    const void *image, *weight, *bias, *add;
    void *out;
    double fill;
    ptrdiff_t unit, unit_stop, row, row_stop, span, span_stop;
    ptrdiff_t *slots;
    const void **inputs;
    void *fill_row, *patch, *tile;
};

struct fc_direct {
    size_t size;
    int lanes, tile_rows;
    int constant_rows; /* of tiles with constant taps; 0: there are none */
    int depth_max; /* terms per block of a sum */
    int patch_bytes; /* of rows that are copied */
    void (*filter)(const struct fc_direct_plan *plan, const struct fc_direct_task *task);
};

#endif
