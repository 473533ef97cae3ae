/* The interface of integer. */
#ifndef FC_INTEGER_INTERFACE_H
#define FC_INTEGER_INTERFACE_H

#include <stddef.h>

#include "watch.h"

enum fc_integer_type { FC_INT8, FC_INT16, FC_INT32, FC_UINT8, FC_UINT16, FC_REAL_TARGET };

/* A filter for integer images, see src/integer/room.h. */
struct fc_integer_plan {
    int source, target; /* values of enum fc_integer_type; the source is never FC_REAL_TARGET */
    /* FC_PASSES: one pass down columns and one along rows, with any weights. FC_WINDOW: the same
     * with equal weights. */
    enum { FC_PASSES, FC_WINDOW } kind;
    /* How a row is converted between its two passes: not at all, by rounding towards zero, or by
     * rounding towards zero and keeping only the low bits that the target type has. */
    enum { FC_EXACT, FC_TRUNCATES, FC_WRAPS } conversion;
    /* If set, the padding of the second pass is the fill value; otherwise it is the result of the
     * first pass. */
    int fills;
    int row_order, column_order; /* the order of each pass's sums, see sums.h */
    ptrdiff_t width; /* elements of a row of the image and of the output */
    ptrdiff_t unit;  /* elements from one tap along a row to the next */
    ptrdiff_t row_taps, column_taps, before; /* before: padded columns before the image */
    const ptrdiff_t *row_line, *column_line; /* image index of each padded one, -1 for the fill */
    const void *row_weights, *column_weights;
    double row_scale, column_scale, fill;
    ptrdiff_t list;  /* the pointers at the beginning of scratch */
    ptrdiff_t pitch; /* elements from row to row of scratch */
};

/* One task: some output rows and columns of one plane. The caller provides the scratch. */
struct fc_integer_task {
    const void *image;
    void *out, *scratch;
    ptrdiff_t row, rows, column, columns;
    struct fc_watch *watch;
};

struct fc_integer {
    size_t size;
    int slack; /* how many reals a row of scratch has beyond the values that it holds */
    void (*filter)(const struct fc_integer_plan *plan, const struct fc_integer_task *task);
};

#endif
