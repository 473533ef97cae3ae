/* The interface of pooling. */
#ifndef FC_POOLING_INTERFACE_H
#define FC_POOLING_INTERFACE_H

#include <stddef.h>

#include "watch.h"

/* The result of a window, in this order: its maximum, its sum divided by a divisor, max |x|,
 * sum |x|, the square root of the sum of x^2, or its minimum. Integers have the maximum and the
 * minimum only. */
enum fc_pool_kind { FC_MAXIMUM, FC_AVERAGE, FC_LARGEST, FC_ABSOLUTE, FC_ROOT, FC_MINIMUM };

/* How the rows of a window are combined to one row (column.h, shared.h, at_once.h), and then how
 * the columns of this row are combined (row.h, reduce.h). */
enum fc_pool_columns { FC_ALL_ROWS, FC_LADDER, FC_VAN_HERK, FC_SHARED, FC_AT_ONCE };
enum fc_pool_along { FC_SLIDE, FC_SEPARATE };

#define FC_LADDER_LEVELS 32

/* One spatial axis. Output o reads the input positions first[o] + i * dilation, i < count[o]. These
 * are the taps that are inside of the input. The last axis has them for separate windows only. */
struct fc_pool_axis {
    ptrdiff_t input, output, taps, stride, dilation, before;
    const ptrdiff_t *first, *count;
};

/* The levels from which a large window is combined. Level 0 is the input. Level l at position y
 * combines level l - 1 at the positions y + i * radix^(l-1) * dilation, i < radix, and so is a
 * window of radix^l taps. The whole window combines `taps` values of these levels. */
struct fc_ladder {
    ptrdiff_t radix, levels, taps;
    const ptrdiff_t (*tap)[2]; /* the level and the offset of each value */
    /* For each level, the largest offset of a tap, which the function `measure` replaces by the
     * largest that is read. */
    ptrdiff_t reach[FC_LADDER_LEVELS];
};

struct fc_pool {
    struct fc_pool_axis axis[3];
    int kind, columns, along;
    /* Whether each lane computes another plane (across.h). This is for types of 4 and 8 bytes, and
     * for tasks that consist of whole planes in one strip. */
    int across;
    struct fc_ladder ladder, row_ladder; /* down the columns; along the row */
    ptrdiff_t strip;                     /* how many outputs of a row are computed together */
    ptrdiff_t share;                     /* rows of outputs computed together: 2, 4 or 8 */
    ptrdiff_t span;                      /* columns that a strip reads, at most */
    const void *divisor;                 /* of averages, per column; with a spare vector */
    const double *row_divisor[2];        /* of averages, per depth and per height */
    /* The function `measure` sets the fields that follow. */
    ptrdiff_t list;                      /* the largest number of rows combined in one call */
    ptrdiff_t pitch, batch;              /* elements of a row of scratch; rows of one batch */
    ptrdiff_t ring[FC_LADDER_LEVELS];    /* rows kept per level, a power of 2, or 0 for none */
};

/* One task: some rows of each of some planes, in one strip of columns. */
struct fc_pool_task {
    ptrdiff_t first_plane, planes, first_row, rows, strip;
    const void *input, *input_end; /* the beginning and the end of the array */
    void *output;
    void *scratch;
    struct fc_watch *watch;
};

struct fc_pooling {
    size_t size;
    int lanes;
    /* Set the last fields of `pool`, and return the bytes of scratch that each thread needs. The
     * tables of `pool` are not read. */
    size_t (*measure)(struct fc_pool *pool);
    /* Compute one task. */
    void (*run)(const struct fc_pool *pool, const struct fc_pool_task *task);
};

#endif
