/* The interface of integer. */
#ifndef FC_INTEGER_INTERFACE_H
#define FC_INTEGER_INTERFACE_H

#include <stddef.h>

enum fc_integer_type { FC_INT8, FC_INT16, FC_INT32, FC_UINT8, FC_UINT16, FC_REAL_TARGET };

/* A filter of integer images, see src/integer/room.h. */
struct fc_integer_plan {
    int source, target; /* fc_integer_type; what is filtered is no real */
    /* one pass down columns and one along rows, of any weights or of equal ones; or one list of taps */
    enum { FC_PASSES, FC_WINDOW, FC_TAPS } kind;
    /* what becomes of a row between its passes */
    enum { FC_EXACT, FC_TRUNCATES, FC_WRAPS } conversion;
    int fills; /* padding of the second pass is the fill value, not what the first makes of it */
    int row_order, column_order;
    ptrdiff_t width; /* elements of a row of the image and of the output */
    ptrdiff_t unit;  /* from one tap along a row to the next */
    ptrdiff_t row_taps, column_taps, before; /* padded columns in front of the image */
    const ptrdiff_t *row_line, *column_line; /* image row or column at every padded one, -1: fill */
    const void *row_weights, *column_weights;
    double row_scale, column_scale, fill;
    ptrdiff_t tap_count, list; /* taps of a list; pointers that scratch begins with */
    const ptrdiff_t *tap_rows, *tap_offsets;
    ptrdiff_t pitch; /* of rows of scratch */
};

/* Output rows and columns of one plane. Scratch is the caller's. */
struct fc_integer_task {
    const void *image;
    void *out, *scratch;
    ptrdiff_t row, rows, column, columns;
};

struct fc_integer {
    size_t size;
    int slack; /* reals that rows of scratch are longer than what they hold */
    void (*filter)(const struct fc_integer_plan *plan, const struct fc_integer_task *task);
};

#endif
