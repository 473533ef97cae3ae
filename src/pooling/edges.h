/* Columns of vectors that read beyond the ends of their rows: which lanes do, at which taps. */

#ifndef FC_EDGES_H
#define FC_EDGES_H
/* taps that some lanes of a vector lack: none; the first of the first half and the last of the last;
 * others, whose values are collected one by one */
enum { NOWHERE, AT_ENDS, ONE_BY_ONE };
#endif

/* Input columns first .. first + LANES: those that there are. */
FC_INLINE ints NAME(columns_inside)(ptrdiff_t first, ptrdiff_t columns)
{
    ints mask = {0};
    for (ptrdiff_t i = 0; i < LANES; i++)
        mask[i] = -(real_int)(first + i >= 0 && first + i < columns);
    return mask;
}

/* Position of the first input column of the outputs from `here` on. */
FC_INLINE ptrdiff_t NAME(first_column)(const struct fc_pool *p, ptrdiff_t here)
{
    return here * p->axis[2].stride - p->axis[2].before;
}

/* Whether the vectors of the outputs from `here` on lie in the row. */
FC_INLINE int NAME(reads_within)(const struct fc_pool *p, ptrdiff_t here)
{
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t first = NAME(first_column)(p, here);
    return first >= 0 && first + a->stride * LANES + a->taps - 1 <= a->input;
}

/* Taps that are joined row by row. Pairs side by side need no second load and are joined last. */
FC_INLINE int NAME(taps_by_row)(const int k, const int s)
{
    return FC_FLOATING && k == 2 && s == 2 ? 1 : k;
}

/* Columns of vectors that are not within their rows. */
static size_t NAME(count_edges)(const struct fc_pool *p)
{
    const ptrdiff_t outputs = p->axis[2].output;
    size_t count = 0;
    for (ptrdiff_t o = 0; o < outputs; o += LANES)
        count += !NAME(reads_within)(p, NAME(vector_start)(o, outputs));
    return count;
}

static void NAME(prepare_edges)(struct work *w, void *scratch)
{
    const struct fc_pool *p = w->pool;
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t taps = NAME(taps_by_row)((int)a->taps, (int)a->stride);
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
