/* Combine the rows of a window to one row, for one output row after another. There are three ways:
 *
 * All rows   Combine all rows of the window that are inside of the input.
 *
 * Ladder     Level l at row y combines `radix` rows of level l - 1, and rings keep the last rows of
 *            each level. A window of any height combines few rows of these levels. This is the
 *            doubling of R. van den Boomgaard and R. van Balen (1992); radix 4 takes two steps of
 *            it together.
 *
 * Van Herk   (1992), and Gil and Werman (1993): divide the rows into blocks that are as high as a
 *            window. Every window is the end of one block and the beginning of the next:
 *
 *                suffix[y] = x[y] o suffix[y + 1] within a block
 *                prefix    = prefix o x[y + taps - 1]
 *
 *            This takes three joins per row for any height of the window.
 *
 * A row of a ring holds one strip of columns.
 */

/* Append to w->rows, which has n pointers, the input rows at height y of all depths of a window.
 * Return the new number of pointers. */
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

/* Return whether any of `taps` rows, from row y on and `dilation` apart, is inside of the input. */
FC_INLINE int NAME(has_any_row)(const struct fc_pool_axis *a, ptrdiff_t y, ptrdiff_t taps)
{
    if (y < 0) {
        const ptrdiff_t outside = (a->dilation - 1 - y) / a->dilation;
        taps -= outside;
        y += outside * a->dilation;
    }
    return taps > 0 && y < a->input;
}

/* Store in `line` the combined rows of the window of output row (od, oh). */
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

/* Append the row of level `level` at row y to w->rows, if any row of it is inside of the input. */
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

/* Compute row y of level `level` and store it in the level's ring. */
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

/* Store in `line` the combined rows of the window of output row (od, oh), from levels. */
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
    /* Rows of rings come before rows of the input. They may be read beyond their end, so that
     * gather checks the last pointer only. */
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

/* Compute the suffixes of the block that begins at row y. A suffix is NULL if none of its rows is
 * inside of the input. */
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

/* Store in `line` the combined rows of the window of output row (od, oh), from a suffix and a
 * prefix. */
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
