/* The interface of pooling. */
#ifndef FC_POOLING_INTERFACE_H
#define FC_POOLING_INTERFACE_H

#include <stddef.h>

/* What a window gives: its maximum, its sum over a divisor, max |x|, sum |x|, or the root of the
 * sum of x^2; its minimum. Integers have the first and the last alone. */
enum fc_pool_kind { FC_MAXIMUM, FC_AVERAGE, FC_LARGEST, FC_ABSOLUTE, FC_ROOT, FC_MINIMUM };

/* How the rows of a window become one (column.h), and then its columns (row.h). */
enum fc_pool_columns { FC_ALL_ROWS, FC_LADDER, FC_VAN_HERK, FC_SHARED, FC_AT_ONCE };
enum fc_pool_along { FC_SLIDE, FC_SEPARATE };

#define FC_LADDER_LEVELS 32

/* One spatial axis. Output o reads input first[o] + i * dilation, i < count[o]: the taps inside of
 * the input, of which the first is tap[o]. */
struct fc_pool_axis {
    ptrdiff_t input, output, taps, stride, dilation, before;
    const ptrdiff_t *first, *count, *tap;
};

/* Level 0 is the input, level l at y joins level l - 1 at y + i * radix^(l-1) * dilation, i < radix:
 * a window of radix^l taps. The whole window joins `taps` of them. */
struct fc_ladder {
    ptrdiff_t radix, levels, taps;
    const ptrdiff_t (*tap)[2]; /* level, offset */
    ptrdiff_t reach[FC_LADDER_LEVELS]; /* offset of the last position that is read per level */
};

struct fc_pool {
    struct fc_pool_axis axis[3];
    int kind, columns, along;
    int across; /* planes are lanes: for 4 and 8 bytes, tasks of whole planes in one strip */
    struct fc_ladder ladder, row_ladder; /* down the columns; along the row */
    ptrdiff_t strip;                     /* outputs of a row that are made together */
    ptrdiff_t share;                     /* rows of outputs that are made together: 2, 4 or 8 */
    const void *divisor;                 /* of averages, per column; with a spare vector */
    const double *row_divisor[2];        /* per depth and height */
    /* filled in by `measure` */
    ptrdiff_t list;                      /* pointers to rows that one joint may need */
    ptrdiff_t pitch, batch;              /* elements of a row of scratch; rows made together */
    ptrdiff_t ring[FC_LADDER_LEVELS];    /* rows kept per level, a power of 2, 0 for none */
};

/* One task: some rows of one plane after another, one strip of columns. */
struct fc_pool_task {
    ptrdiff_t first_plane, planes, first_row, rows, strip;
    const void *input, *input_end; /* of the array */
    void *output;
    void *scratch;
};

struct fc_pooling {
    size_t size;
    int lanes;
    size_t (*measure)(struct fc_pool *pool); /* bytes of scratch per thread */
    void (*run)(const struct fc_pool *pool, const struct fc_pool_task *task);
};

#endif
