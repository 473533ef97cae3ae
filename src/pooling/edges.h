/* Vectors of outputs that read beyond the ends of their rows: describe which lanes do so, and at
 * which taps. A column of vectors is the same vector of every output row. */

#ifndef FC_EDGES_H
#define FC_EDGES_H
/* Which taps read beyond the ends of a row: none; only the first tap of the first half and the last
 * tap of the last half, whose lanes are masked; or others, so that values are copied one by one. A
 * half is one of the two vectors that outputs of stride 2 read. */
enum { NOWHERE, AT_ENDS, ONE_BY_ONE };
#endif

/* Return a mask of those input columns first .. first + LANES that are inside of a row. */
FC_INLINE ints NAME(columns_inside)(ptrdiff_t first, ptrdiff_t columns)
{
    ints mask = {0};
    for (ptrdiff_t i = 0; i < LANES; i++)
        mask[i] = -(real_int)(first + i >= 0 && first + i < columns);
    return mask;
}

/* Return the first input column that the outputs from `here` on read. */
FC_INLINE ptrdiff_t NAME(first_column)(const struct fc_pool *p, ptrdiff_t here)
{
    return here * p->axis[2].stride - p->axis[2].before;
}

/* Return whether the vectors that the outputs from `here` on read are inside of the row. */
FC_INLINE int NAME(reads_within)(const struct fc_pool *p, ptrdiff_t here)
{
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t first = NAME(first_column)(p, here);
    return first >= 0 && first + a->stride * LANES + a->taps - 1 <= a->input;
}

/* Return how many taps are combined in each row. With stride 2, the last tap of an output is in the
 * vectors that the others load for its neighbour, with which it is combined last. A maximum may meet
 * a tap twice, a sum may not. */
FC_INLINE int NAME(taps_by_row)(const int k, const int s, const int how)
{
    return FC_FLOATING && s == 2 && (k == 2 || how != SUM) ? k - 1 : k;
}

/* Return the number of columns of vectors that read beyond the ends of their rows. Of the vectors
 * that begin at multiples of LANES, those from `low` to `high` do not. */
static size_t NAME(count_edges)(const struct fc_pool *p)
{
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t vectors = (a->output + LANES - 1) / LANES, step = LANES * a->stride;
    const ptrdiff_t room = a->input + a->before - step - a->taps + 1;
    const ptrdiff_t low = (a->before + step - 1) / step, high = room < 0 ? -1 : room / step;
    const ptrdiff_t stop = high < vectors - 2 ? high : vectors - 2;
    const ptrdiff_t within = stop < low ? 0 : stop - low + 1;
    const ptrdiff_t last = NAME(vector_start)((vectors - 1) * LANES, a->output);
    return (size_t)(vectors - within - NAME(reads_within)(p, last));
}

static void NAME(prepare_edges)(struct work *w, void *scratch)
{
    const struct fc_pool *p = w->pool;
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t taps = NAME(taps_by_row)((int)a->taps, (int)a->stride, w->join);
    struct edge *edge = w->edges = (struct edge *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    for (ptrdiff_t o = 0; o < w->outputs; o += LANES) {
        const ptrdiff_t here = NAME(vector_start)(o, w->outputs);
        if (NAME(reads_within)(p, here))
            continue;
        const ptrdiff_t outputs = w->outputs < LANES ? w->outputs : LANES;
        const ptrdiff_t from = NAME(first_column)(p, here);
        edge->masked = NOWHERE;
        for (ptrdiff_t i = 0; i < taps; i++) {
            for (ptrdiff_t half = 0; half < a->stride; half++) {
                const ptrdiff_t at = from + i + half * LANES;
                const ptrdiff_t columns = (outputs - 1) * a->stride + a->taps - taps + 1;
                const ptrdiff_t left = columns - half * LANES;
                const ptrdiff_t lanes = left < LANES ? left : LANES;
                edge->inside[i][half] = NAME(columns_inside)(at, a->input);
                edge->outside[i][half] = ~edge->inside[i][half] & (ints)broadcast(w->neutral);
                if (lanes <= 0 || (at >= 0 && at + lanes <= a->input))
                    continue;
                if ((i == 0 && half == 0) || (i == taps - 1 && half == a->stride - 1))
                    edge->masked = edge->masked == ONE_BY_ONE ? ONE_BY_ONE : AT_ENDS;
                else
                    edge->masked = ONE_BY_ONE;
            }
        }
        edge++;
    }
}
