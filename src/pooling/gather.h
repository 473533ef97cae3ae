/* Combine rows of the input to rows of scratch. */

/* Combine `width` columns of n rows, for the join and the lift that are set in w. */
static void NAME(gather_span)(struct work *w, real *to, const real *const *rows, ptrdiff_t n,
                              ptrdiff_t width)
{
    ints odd = {0};
    if (w->join == MAXIMUM && w->lift == AS_IS)
        NAME(span)(to, rows, n, width, 1, MAXIMUM, AS_IS, 1, &odd);
    else if (w->join == MINIMUM)
        NAME(span)(to, rows, n, width, 1, MINIMUM, AS_IS, 1, &odd);
    else if (FC_FLOATING && w->join == SUM && w->lift == AS_IS)
        NAME(span)(to, rows, n, width, 1, SUM, AS_IS, 1, &odd);
    else if (FC_FLOATING && w->join == SUM && w->lift == SQUARE)
        NAME(span)(to, rows, n, width, 1, SUM, SQUARE, w->scale, &odd);
    else if (FC_FLOATING && w->join == SUM)
        NAME(span)(to, rows, n, width, 1, SUM, ABSOLUTE, 1, &odd);
    else if (FC_FLOATING && w->join == CAREFUL && w->lift == AS_IS)
        NAME(span)(to, rows, n, width, 1, CAREFUL, AS_IS, 1, &odd);
    else if (FC_FLOATING && w->join == CAREFUL)
        NAME(span)(to, rows, n, width, 1, CAREFUL, ABSOLUTE, 1, &odd);
    else if (FC_FLOATING)
        NAME(span)(to, rows, n, width, 1, MAXIMUM, ABSOLUTE, 1, &odd);
    w->odd |= odd;
}

/* Combine n rows. A row that is shorter than a vector is read beyond its end, but not beyond the
 * end of the array. The last pointer decides this, so rows of scratch come before rows of the
 * input. */
static void NAME(gather)(struct work *w, real *to, const real *const *rows, ptrdiff_t n)
{
    const ptrdiff_t width = w->width;
    if (w->unit > 1) {
        NAME(pool_combine)(w, to, rows, n, width, 1);
    } else if (width >= LANES) {
        NAME(gather_span)(w, to, rows, n, width);
    } else if (w->input_end - rows[n - 1] >= LANES) {
        NAME(gather_span)(w, to, rows, n, LANES);
    } else {
        real spare[3][LANES] __attribute__((aligned(FC_VECTOR_BYTES))) = {{0}};
        const real *pair[2] = {spare[0], spare[1]}, *copy = spare[2];
        for (ptrdiff_t i = 0; i < n; i++) {
            for (ptrdiff_t j = 0; j < width; j++)
                spare[2][j] = rows[i][j];
            NAME(gather_span)(w, spare[i > 0], &copy, 1, LANES);
            if (i)
                NAME(pool_combine)(w, spare[0], pair, 2, LANES, 1);
        }
        NAME(pool_combine)(w, to, pair, 1, LANES, 1);
    }
}

/* Compute a batch of rows: row r combines n rows that are `step` elements apart, from w->starts[r]
 * on. */
FC_INLINE void NAME(gather_batch)(struct work *w, const ptrdiff_t n, ptrdiff_t step,
                                  ptrdiff_t count, ptrdiff_t width, const int how)
{
    const ptrdiff_t pitch = w->pitch;
    real *to = w->line;
    ints odd = {0};
    for (ptrdiff_t r = 0; r < count; r++) {
        const real *at[4];
UNROLLED
        for (ptrdiff_t i = 0; i < n; i++)
            at[i] = w->starts[r] + i * step;
        NAME(span)(to + r * pitch, at, n, width, 1, how, AS_IS, 1, &odd);
    }
    w->odd |= odd;
}

FC_INLINE void NAME(gather_some)(struct work *w, ptrdiff_t n, ptrdiff_t step, ptrdiff_t count,
                                 ptrdiff_t width, const int how)
{
    switch (FC_THIN ? 0 : n) {
    case 1:
        NAME(gather_batch)(w, 1, step, count, width, how);
        break;
    case 2:
        NAME(gather_batch)(w, 2, step, count, width, how);
        break;
    default:
        NAME(gather_batch)(w, 3, step, count, width, how);
    }
}

static void NAME(gather_rows)(struct work *w, ptrdiff_t n, ptrdiff_t step, ptrdiff_t count)
{
    const real *last = w->starts[count - 1] + (n - 1) * step;
    const int careless = !FC_THIN && w->lift == AS_IS && w->join != CAREFUL && n <= 3 && w->unit == 1;
    /* Combine the whole batch in one call, if every row has at least one vector or may be read as
     * one. */
    if (careless && (w->width >= LANES || w->input_end - last >= LANES)) {
        const ptrdiff_t width = w->width < LANES ? LANES : w->width;
        if (w->join == MAXIMUM)
            NAME(gather_some)(w, n, step, count, width, MAXIMUM);
        else if (w->join == MINIMUM)
            NAME(gather_some)(w, n, step, count, width, MINIMUM);
        else if (FC_FLOATING)
            NAME(gather_some)(w, n, step, count, width, SUM);
        return;
    }
    for (ptrdiff_t r = 0; r < count; r++) {
        for (ptrdiff_t i = 0; i < n; i++)
            w->rows[i] = w->starts[r] + i * step;
        NAME(gather)(w, w->line + r * w->pitch, w->rows, n);
    }
}
