/* The rows of a window joined into one, for one output row after another.
 *
 * All rows: as they are, those outside of the input left out. Ladder: level l at row y joins `radix`
 * rows of level l - 1, kept in rings; a window of any height joins few of them (R. van den Boomgaard
 * and R. van Balen, 1992: doubling, two steps at once with radix 4). Van Herk (1992), Gil and
 * Werman (1993): rows cut into blocks as high as a window; every window is the end of one block and
 * the beginning of the next,
 *
 *     suffix[y] = x[y] o suffix[y + 1] within a block,   prefix = prefix o x[y + taps - 1],
 *
 * three joins per row whatever the height. Rings hold one strip of columns.
 */

/* The input rows below one row of the window plane `y`; returns the new length of the list. */
FC_INLINE ptrdiff_t NAME(depth_rows)(struct work *w, ptrdiff_t od, ptrdiff_t y, ptrdiff_t n)
{
    const struct fc_pool_axis *d = &w->pool->axis[0];
    const ptrdiff_t row = w->pool->axis[2].input * w->unit;
    const ptrdiff_t plane = w->pool->axis[1].input * row;
    const real *at = w->plane + d->first[od] * plane + y * row + w->from;
    for (ptrdiff_t i = 0; i < d->count[od]; i++)
        w->rows[n++] = at + i * d->dilation * plane;
    return n;
}

FC_INLINE int NAME(has_row)(const struct fc_pool_axis *a, ptrdiff_t y)
{
    return y >= 0 && y < a->input;
}

/* Whether any of `taps` rows from y on, dilation apart, is inside. */
FC_INLINE int NAME(has_any_row)(const struct fc_pool_axis *a, ptrdiff_t y, ptrdiff_t taps)
{
    if (y < 0) {
        const ptrdiff_t outside = (a->dilation - 1 - y) / a->dilation;
        taps -= outside;
        y += outside * a->dilation;
    }
    return taps > 0 && y < a->input;
}

static void NAME(joined_rows)(struct work *w, real *line, ptrdiff_t od, ptrdiff_t oh)
{
    const struct fc_pool_axis *h = &w->pool->axis[1];
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < h->count[oh]; i++)
        n = NAME(depth_rows)(w, od, h->first[oh] + i * h->dilation, n);
    if (n)
        NAME(gather)(w, line, w->rows, n);
    else
        NAME(clear)(w, line, w->width);
}

/* ---- ladder ---- */

FC_INLINE real *NAME(ring_row)(const struct work *w, const real *rings, ptrdiff_t level, ptrdiff_t y)
{
    for (ptrdiff_t l = 0; l < level; l++)
        rings += w->pool->ring[l] * w->pitch;
    return (real *)rings + (y & (w->pool->ring[level] - 1)) * w->pitch;
}

/* Appends level `level` at row y, if any of it is inside. */
FC_INLINE ptrdiff_t NAME(level_row)(struct work *w, ptrdiff_t od, ptrdiff_t level, ptrdiff_t y,
                                    ptrdiff_t n)
{
    ptrdiff_t taps = 1;
    for (ptrdiff_t l = 0; l < level; l++)
        taps *= w->pool->ladder.radix;
    if (!NAME(has_any_row)(&w->pool->axis[1], y, taps))
        return n;
    if (w->pool->ring[level] == 0)
        return NAME(depth_rows)(w, od, y, n);
    w->rows[n] = NAME(ring_row)(w, w->rings, level, y);
    return n + 1;
}

static void NAME(build)(struct work *w, ptrdiff_t od, ptrdiff_t level, ptrdiff_t y)
{
    const struct fc_pool *p = w->pool;
    ptrdiff_t n = 0, shift = p->axis[1].dilation;
    if (level == 0) {
        if (NAME(has_row)(&p->axis[1], y))
            n = NAME(depth_rows)(w, od, y, 0);
    } else {
        for (ptrdiff_t l = 1; l < level; l++)
            shift *= p->ladder.radix;
        for (ptrdiff_t i = 0; i < p->ladder.radix; i++)
            n = NAME(level_row)(w, od, level - 1, y + i * shift, n);
    }
    if (n == 0)
        return;
    real *to = NAME(ring_row)(w, w->rings, level, y);
    if (level == 0 || p->ring[level - 1] == 0)
        NAME(gather)(w, to, w->rows, n);
    else
        NAME(pool_combine)(w, to, w->rows, n, w->width, 1);
}

static void NAME(climbed_rows)(struct work *w, real *line, ptrdiff_t od, ptrdiff_t oh)
{
    const struct fc_pool *p = w->pool;
    const struct fc_ladder *ladder = &p->ladder;
    const ptrdiff_t y = oh * p->axis[1].stride - p->axis[1].before;
    for (ptrdiff_t l = 0; l <= ladder->levels; l++) {
        if (p->ring[l] == 0)
            continue;
        if (w->next[l] < y)
            w->next[l] = y;
        for (; w->next[l] <= y + ladder->reach[l]; w->next[l]++)
            NAME(build)(w, od, l, w->next[l]);
    }
    ptrdiff_t n = 0;
    int input = 0;
    /* rings first: they are in memory of our own, where rows may be read beyond their end */
    for (ptrdiff_t i = 0; i < ladder->taps; i++) {
        const ptrdiff_t before = n;
        n = NAME(level_row)(w, od, ladder->tap[i][0], y + ladder->tap[i][1], n);
        input |= n > before && p->ring[ladder->tap[i][0]] == 0;
    }
    if (n == 0)
        NAME(clear)(w, line, w->width);
    else if (input)
        NAME(gather)(w, line, w->rows, n);
    else
        NAME(pool_combine)(w, line, w->rows, n, w->width, 1);
}

/* ---- van Herk ---- */

/* Suffixes of the block that begins at row y. NULL: nothing inside. */
static void NAME(suffixes)(struct work *w, ptrdiff_t od, ptrdiff_t y)
{
    const ptrdiff_t taps = w->pool->axis[1].taps;
    const real *after = 0;
    for (ptrdiff_t i = taps - 1; i >= 0; i--) {
        if (NAME(has_row)(&w->pool->axis[1], y + i)) {
            ptrdiff_t n = 0;
            if (after)
                w->rows[n++] = after;
            n = NAME(depth_rows)(w, od, y + i, n);
            if (n > (after != 0)) {
                NAME(gather)(w, w->rings + i * w->pitch, w->rows, n);
                after = w->rings + i * w->pitch;
            }
        }
        w->suffix[i] = after;
    }
}

static void NAME(blocked_rows)(struct work *w, real *line, ptrdiff_t od, ptrdiff_t oh)
{
    const struct fc_pool_axis *h = &w->pool->axis[1];
    const ptrdiff_t y = oh * h->stride - h->before;
    real *prefix = w->rings + h->taps * w->pitch;
    if (y >= w->block + h->taps) {
        w->block += (y - w->block) / h->taps * h->taps;
        NAME(suffixes)(w, od, w->block);
        w->after = w->block + h->taps;
        w->has_prefix = 0;
    }
    for (; w->after < y + h->taps; w->after++) {
        ptrdiff_t n = 0;
        if (!NAME(has_row)(h, w->after))
            continue;
        if (w->has_prefix)
            w->rows[n++] = prefix;
        n = NAME(depth_rows)(w, od, w->after, n);
        if (n > w->has_prefix) {
            NAME(gather)(w, prefix, w->rows, n);
            w->has_prefix = 1;
        }
    }
    ptrdiff_t n = 0;
    if (w->suffix[y - w->block])
        w->rows[n++] = w->suffix[y - w->block];
    if (w->has_prefix)
        w->rows[n++] = prefix;
    if (n)
        NAME(pool_combine)(w, line, w->rows, n, w->width, 1);
    else
        NAME(clear)(w, line, w->width);
}
