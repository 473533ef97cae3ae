/* Compute how much scratch a task needs, and divide it among the buffers. */
#define BATCH_BYTES 8192

/* Return the number of columns that the outputs first..first+count read, of the row with borders
 * for sliding windows, and of the input for separate ones. */
static ptrdiff_t NAME(pool_columns)(const struct fc_pool *p, ptrdiff_t first, ptrdiff_t count)
{
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t last = first + count - 1;
    if (p->along == FC_SEPARATE)
        return a->first[last] + a->count[last] - a->first[first];
    return (count - 1) * a->stride + (a->taps - 1) * a->dilation + 1;
}

/* Return whether windows are reduced directly from the input, without rows of scratch. */
FC_INLINE int NAME(alone)(const struct fc_pool *p)
{
    return p->along == FC_SEPARATE && !p->across && p->axis[0].taps == 1 && p->axis[1].taps == 1;
}

/* Return the number of vectors for a plane of `size` elements: at least LANES, the size of a
 * transposed block. */
FC_INLINE ptrdiff_t NAME(block_rows)(ptrdiff_t size)
{
    return size < LANES ? LANES : size;
}

/* Set the reach of each level: the largest offset from a window's first position at which the
 * window or a higher level reads it. */
static void NAME(measure_ladder)(struct fc_ladder *ladder, ptrdiff_t dilation)
{
    ptrdiff_t shift = dilation;
    for (ptrdiff_t l = 1; l < ladder->levels; l++)
        shift *= ladder->radix;
    for (ptrdiff_t l = ladder->levels; l > 0; l--) {
        const ptrdiff_t below = ladder->reach[l] + (ladder->radix - 1) * shift;
        ladder->reach[l - 1] = below > ladder->reach[l - 1] ? below : ladder->reach[l - 1];
        shift /= ladder->radix;
    }
}

static size_t NAME(measure)(struct fc_pool *p)
{
    const struct fc_pool_axis *d = &p->axis[0], *h = &p->axis[1], *c = &p->axis[2];
    const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(real), unit = p->across ? LANES : 1;
    if (p->columns == FC_AT_ONCE)
        return NAME(count_edges)(p) * sizeof(struct edge) + 64;
    const ptrdiff_t span = NAME(alone)(p) ? 0 : p->span;
    ptrdiff_t rows = 0, most = h->taps, planes = 0;
    /* A row has one more vector in front, for alignment, and three behind, which loads of stride 2
     * reach. */
    p->pitch = (span * unit + 4 * LANES + line - 1) / line * line;
    if (p->pitch % (4096 / (ptrdiff_t)sizeof(real)) == 0)
        p->pitch += line;
    NAME(measure_ladder)(&p->row_ladder, c->dilation);
    NAME(measure_ladder)(&p->ladder, h->dilation);
    if (p->columns == FC_VAN_HERK) {
        rows += h->taps + 1;
    } else if (p->columns == FC_LADDER) {
        const int lifted = p->kind != FC_MAXIMUM && p->kind != FC_MINIMUM &&
                           p->kind != FC_AVERAGE && !p->across;
        for (ptrdiff_t l = 0; l <= p->ladder.levels; l++) {
            p->ring[l] = l > 0 || lifted || d->taps > 1;
            while (p->ring[l] && p->ring[l] <= p->ladder.reach[l])
                p->ring[l] *= 2;
            rows += p->ring[l];
        }
        most = p->ladder.radix > p->ladder.taps ? p->ladder.radix : p->ladder.taps;
    } else if (p->columns == FC_SHARED) {
        rows++;
        most = h->taps + (p->share - 1) * h->stride;
    }
    /* There is a batch for combined rows, one for the outputs that a stride picks, and one for each
     * level of the row's ladder. */
    const ptrdiff_t kinds = 2 + p->row_ladder.levels;
    p->batch = BATCH_BYTES / (kinds * p->pitch * (ptrdiff_t)sizeof(real));
    p->batch = p->batch < 1 ? 1 : p->batch > BATCH_ROWS ? BATCH_ROWS : p->batch;
    if (p->columns == FC_SHARED)
        p->batch = p->share;
    rows += kinds * p->batch;
    most = d->taps * most + 1;
    p->list = (c->taps > most ? c->taps : most) + p->row_ladder.radix;
    if (p->across)
        planes = NAME(block_rows)(d->input * h->input * c->input) +
                 NAME(block_rows)(d->output * h->output * c->output);
    return (size_t)(rows * p->pitch + planes * LANES) * sizeof(real) +
           (size_t)(2 * p->list + h->taps) * sizeof(real *) + 64;
}

/* Set the columns that the strip reads and the pointers into scratch, and fill the borders with the
 * neutral element. */
static void NAME(set_scratch)(struct work *w, const struct fc_pool_task *t)
{
    const struct fc_pool *p = w->pool;
    const struct fc_pool_axis *a = &p->axis[2];
    const ptrdiff_t size = p->axis[0].input * p->axis[1].input * a->input;
    w->unit = p->across ? LANES : 1;
    w->pitch = p->pitch;
    w->batch = p->batch;
    const ptrdiff_t start =
        p->along == FC_SEPARATE ? a->first[w->first] : w->first * a->stride - a->before;
    const ptrdiff_t stop = start + NAME(pool_columns)(p, w->first, w->outputs);
    const ptrdiff_t from = start > 0 ? start : 0, last = stop < a->input ? stop : a->input;
    const ptrdiff_t lead = last > from ? (from - start) * w->unit : 0;
    w->from = from * w->unit;
    w->width = last > from ? (last - from) * w->unit : 0;

    w->rows = t->scratch;
    w->shifted = w->rows + p->list;
    w->suffix = w->shifted + p->list;
    real *rows = (real *)(((uintptr_t)(w->suffix + p->axis[1].taps) + 63) & ~(uintptr_t)63);
    w->line = rows + (lead + LANES - 1) / LANES * LANES;
    w->bordered = w->line - lead;
    w->scratch = rows + p->batch * p->pitch;
    w->entered = w->scratch + (p->row_ladder.levels + 1) * p->batch * p->pitch;
    w->leaving = w->entered + (p->across ? NAME(block_rows)(size) * LANES : 0);
    w->rings = w->leaving;
    if (p->across)
        w->rings += NAME(block_rows)(p->axis[0].output * p->axis[1].output * a->output) * LANES;

    for (ptrdiff_t r = 0; r < w->batch && r < t->planes * t->rows; r++)
        NAME(clear)(w, w->bordered + r * w->pitch, w->pitch - LANES);
    if (p->columns == FC_SHARED)
        NAME(clear)(w, w->rings, w->pitch - LANES);
}

#undef BATCH_BYTES
