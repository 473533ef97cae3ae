/* Combine the rows of `share` windows that follow one another down a column, together in registers.
 *
 * Window i has the rows i s .. i s + taps - 1 of the block. All of them have the core, the rows
 * (share - 1) s .. taps - 1. In addition, a window has the last of the rows above the core and the
 * first of the rows below it:
 *
 *     suffix[i] = x[i s] o ... o x[taps - 1],   out[i] = suffix[i] o x[taps] o ... o x[i s + taps - 1]
 *
 * This takes taps / share + about 3 joins per row of outputs, subtracts nothing, and stores no row
 * of intermediate values. It is the decomposition of van Herk (1992) and of Gil and Werman (1993),
 * with the block boundary behind the first window of each block.
 *
 * Layout    The block's rows are `step` elements apart, or `rows` has a pointer to each of them.
 * Loop      The loop is over vectors of columns, and inside of it over the rows of the block.
 * Registers share + 2 vectors.
 */

FC_INLINE vec NAME(share_row)(const real *const *rows, ptrdiff_t step, ptrdiff_t t, ptrdiff_t j)
{
    return loadu(step ? rows[0] + t * step + j : rows[t] + j);
}

/* Combine the LANES columns from column j on, and store a row for each window. Rows are `step`
 * elements apart; if `step` is 0, `rows` has a pointer to each. Return the sum of all rows. */
FC_INLINE vec NAME(share_vector)(real *to, ptrdiff_t pitch, const real *const *rows,
                                 ptrdiff_t step, ptrdiff_t taps, ptrdiff_t j, const int share,
                                 const int s, const int how)
{
    const ptrdiff_t core = (share - 1) * s;
    vec suffix[8], x = NAME(share_row)(rows, step, taps - 1, j), prefix = x, seen[2] = {x, {0}};
    ptrdiff_t t = taps - 2;
    for (; t > core; t -= 2) {
        const vec a = NAME(share_row)(rows, step, t, j), b = NAME(share_row)(rows, step, t - 1, j);
        x = NAME(join)(x, NAME(join)(a, b, how), how);
        seen[0] += a + b;
    }
    if (t == core) {
        const vec a = NAME(share_row)(rows, step, t, j);
        x = NAME(join)(x, a, how);
        seen[1] = a;
    }
    suffix[share - 1] = x;
UNROLLED
    for (int i = (share - 1) * s - 1; i >= 0; i--) {
        const vec a = NAME(share_row)(rows, step, i, j);
        x = NAME(join)(x, a, how);
        seen[i % 2] += a;
        if (i % s == 0)
            suffix[i / s] = x;
    }
    storeu(to + j, x);
UNROLLED
    for (int i = 0; i < (share - 1) * s; i++) {
        const vec a = NAME(share_row)(rows, step, taps + i, j);
        prefix = i ? NAME(join)(prefix, a, how) : a;
        seen[i % 2] += a;
        if (i % s == s - 1)
            storeu(to + (i / s + 1) * pitch + j, NAME(join)(suffix[i / s + 1], prefix, how));
    }
    return seen[0] + seen[1];
}

FC_INLINE void NAME(share_columns)(struct work *w, ptrdiff_t step, const int share, const int s,
                                   const int how)
{
    const ptrdiff_t taps = w->pool->axis[1].taps;
    vec seen = {0};
    ptrdiff_t j = 0;
    for (; j + LANES <= w->width; j += LANES)
        seen += NAME(share_vector)(w->line, w->pitch, w->rows, step, taps, j, share, s, how);
    j = w->width - LANES;
    if (w->width % LANES) /* the last vector ends where the row ends */
        seen += NAME(share_vector)(w->line, w->pitch, w->rows, step, taps, j, share, s, how);
    if (FC_FLOATING && how == MAXIMUM)
        w->odd |= NAME(nan)(seen);
}

FC_INLINE void NAME(share_steps)(struct work *w, ptrdiff_t step, const int share, const int s,
                                 const int how)
{
    if (step)
        NAME(share_columns)(w, step, share, s, how);
    else
        NAME(share_columns)(w, 0, share, s, how);
}

FC_INLINE void NAME(share_some)(struct work *w, ptrdiff_t step, const int how)
{
    const ptrdiff_t share = w->pool->share, s = w->pool->axis[1].stride;
    if (s == 1 && share == 8)
        NAME(share_steps)(w, step, 8, 1, how);
    else if (s == 1 && share == 4)
        NAME(share_steps)(w, step, 4, 1, how);
    else if (s == 1)
        NAME(share_steps)(w, step, 2, 1, how);
    else if (share == 4)
        NAME(share_steps)(w, step, 4, 2, how);
    else
        NAME(share_steps)(w, step, 2, 2, how);
}

/* Store in w->line the combined rows of `share` windows, from output row `oh` on. Rows outside of
 * the input are replaced by the neutral element. */
static void NAME(shared_rows)(struct work *w, ptrdiff_t oh)
{
    const struct fc_pool *p = w->pool;
    const struct fc_pool_axis *h = &p->axis[1];
    const ptrdiff_t y = oh * h->stride - h->before, row = p->axis[2].input;
    const ptrdiff_t rows = (p->share - 1) * h->stride + h->taps;
    const int within = y >= 0 && y + rows <= h->input;
    for (ptrdiff_t t = 0; t < (within ? 1 : rows); t++) {
        const int there = y + t >= 0 && y + t < h->input;
        w->rows[t] = there ? w->plane + (y + t) * row + w->from : w->rings;
    }
    const ptrdiff_t step = within ? row : 0;
    if (w->join == MAXIMUM)
        NAME(share_some)(w, step, MAXIMUM);
    else if (w->join == MINIMUM)
        NAME(share_some)(w, step, MINIMUM);
    else if (FC_FLOATING && w->join == SUM)
        NAME(share_some)(w, step, SUM);
    else if (FC_FLOATING)
        NAME(share_some)(w, step, CAREFUL);
}
