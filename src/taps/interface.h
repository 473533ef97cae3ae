/* The interface of taps. */
#ifndef FC_TAPS_INTERFACE_H
#define FC_TAPS_INTERFACE_H

#include <stddef.h>

#include "watch.h"

/* Most rows of outputs that are computed together, see src/taps/together.h. */
enum { FC_TAPS_TOGETHER = 4 };

/* A filter by a list of taps, see src/taps/room.h. A padded coordinate counts from the first
 * position that any window covers. */
struct fc_taps_plan {
    int source, target;            /* values of enum fc_type */
    int nearest, saturate;         /* how a sum becomes an integer */
    double lowest, highest;        /* the limits of the target */
    double fill;                   /* the value past the edges */
    ptrdiff_t width, plane;        /* elements of a row and of a plane of the image */
    ptrdiff_t out_width, out_rows; /* elements of a row, and rows of a plane, of the output */
    ptrdiff_t stride, row_stride, plane_stride;
    ptrdiff_t reach, before; /* padded columns of a window; padded columns before the image */
    ptrdiff_t unit;          /* padded columns from one tap along a row to the next */
    /* The image index of every padded plane, row and column, -1 for the value past the edges. */
    const ptrdiff_t *plane_line, *row_line, *column_line;
    /* The rows that a window reads: padded plane and padded row from the window's first ones, and
     * the number of the plane among those that are read. */
    ptrdiff_t line_count;
    const ptrdiff_t *line_planes, *line_rows, *line_rings;
    /* The taps: the number of the row, the element in a row of the ring, and the weight. */
    ptrdiff_t tap_count;
    const ptrdiff_t *tap_lines, *tap_offsets;
    const void *weights;
    /* The error of sums in float that are to become the integers of sums in double, with weights in
     * double; 0 for other sums. What a window becomes that holds one byte only, for all bytes from
     * `flat_first` on. */
    double error;
    const double *exact_weights;
    const float *flat_results;
    int flat_first;
    /* For such sums, and for sums in double that are to become the same, of a kernel that is nearly
     * an outer product: the weights of the rows of a window
     * and the weights along them, with their elements in a row of the ring. */
    ptrdiff_t along_count; /* 0 for other kernels */
    const float *down, *along;
    const double *exact_down, *exact_along; /* the same numbers */
    ptrdiff_t together;          /* how many rows of outputs may be computed together */
    const double *down_together; /* `exact_down` between zeros, one less than these rows each */
    double outer_error;                     /* of sums in double of the outer product */
    const ptrdiff_t *along_offsets;
    ptrdiff_t ring, slots;   /* rows of a ring, or 0 if there are none; rows of scratch for the image */
    ptrdiff_t pitch, phase;  /* elements from row to row of scratch, and from phase to phase */
};

/* One task: some output rows and columns of one plane. The caller provides the scratch. */
struct fc_taps_task {
    const void *image; /* the planes of one entry of the batch */
    void *out;         /* the plane of the output */
    void *scratch;
    ptrdiff_t plane; /* number of the output's plane */
    ptrdiff_t row, rows, column, columns;
    int *failed; /* set where a sum is no number that an integer can take */
    struct fc_watch *watch;
    const double *known; /* sums of the plane up to p->error, or NULL */
};

struct fc_taps {
    size_t size;
    int slack; /* how many elements a row of scratch has beyond the values that it holds */
    void (*filter)(const struct fc_taps_plan *plan, const struct fc_taps_task *task);
};

#endif
