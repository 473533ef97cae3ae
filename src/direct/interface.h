/* The interface of direct. */
#ifndef FC_DIRECT_INTERFACE_H
#define FC_DIRECT_INTERFACE_H

#include "geometry.h"
#include "watch.h"

/* A run: rows of taps whose input rows neighbouring output rows share. */
struct fc_run {
    ptrdiff_t taps, columns; /* rows of taps; taps per row */
    ptrdiff_t first;         /* index of the first pointer to an input row */
    ptrdiff_t weight, step;  /* element of the first tap; elements from one tap row to the next */
    ptrdiff_t offset;        /* index of the first offset of the run's tap columns */
    int ends;                /* whether a block of the sum ends with this run */
};

/* A span: output columns that read their input in the same way, from the image or from a patch. */
struct fc_span {
    ptrdiff_t start, stop;
    ptrdiff_t pitch; /* pitch of a row in the patch; 0: rows are read from the image itself */
    ptrdiff_t line_count;
    struct fc_line *lines;
    const ptrdiff_t *offsets; /* per tap column: the offset added to an output column */
    ptrdiff_t far; /* 0, or the first of one more vector of columns, which the second line is for */
};

/* One convolution. See src/direct/rows.h. */
struct fc_direct_plan {
    struct fc_geometry geometry;
    ptrdiff_t groups, group_channels, group_features;
    ptrdiff_t kernel; /* weights per output channel */
    ptrdiff_t classes, entries, run_count, fill_count;
    ptrdiff_t tile_rows;
    ptrdiff_t rolls; /* tap rows if there is one run, and a rolling stencil for it; otherwise 0 */
    const ptrdiff_t *heights;
    const struct fc_run *runs;
    const struct fc_span *spans;
    /* The arrangement of the taps. 1, 2, 3: every run has 3 x 3, 5 x 5, 7 x 7 contiguous taps.
     * 4: every run has one row of contiguous taps. 0: any other arrangement. */
    int constant;
    int has_epilogue, bias_position, activation;
};

/* The units (n, group, output depth), output rows and spans of one call. The caller owns the
 * scratch memory. */
struct fc_direct_task {
    const void *image, *weight, *bias, *add;
    void *out;
    double fill;
    ptrdiff_t unit, unit_stop, row, row_stop, span, span_stop;
    ptrdiff_t *slots;
    const void **inputs;
    void *fill_row, *patch, *tile;
    struct fc_watch *watch;
};

struct fc_direct {
    size_t size;
    int lanes, tile_rows;
    int constant_rows; /* maximum rows of a tile with constant taps; 0: no such tiles */
    int roll_taps; /* maximum tap rows of a rolling stencil */
    int depth_max; /* maximum number of terms per block of a sum */
    int patch_bytes; /* bytes of the input rows that are copied */
    void (*filter)(const struct fc_direct_plan *plan, const struct fc_direct_task *task);
};

#endif
