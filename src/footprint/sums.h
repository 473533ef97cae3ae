/* The maximum or minimum of sums: values at any set of offsets, plus a number for each offset.
 *
 *     to[r][j] = max(from[0][r][j] + first, from[i][r][j] + added[i] for 0 < i < n)
 *
 * The first sum is one of doubles, the others are sums of `real`, as in scipy.ndimage.
 *
 * Loop      over rows, then 4 or 1 vectors of columns; the inner loop is over n.
 * Registers one accumulator for each of the 4 vectors.
 *
 * A NaN of the first sum stays, those of the others are passed over.
 */
FC_INLINE void NAME(sums_tile)(real *to, const real *const *from, ptrdiff_t at, const real *added,
                               ptrdiff_t n, const int wide, ptrdiff_t last, const int minimum)
{
    vec all[4];
UNROLLED
    for (int t = 0; t < wide; t++)
        all[t] = last == LANES ? loadu(to + t * LANES) : NAME(load_part)(to + t * LANES, last);
    for (ptrdiff_t i = 1; i < n; i++) {
        const vec plus = broadcast(added[i]);
UNROLLED
        for (int t = 0; t < wide; t++)
            all[t] = NAME(footprint_joined)(loadu(from[i] + at + t * LANES) + plus, all[t],
                                            minimum);
    }
UNROLLED
    for (int t = 0; t < wide; t++) {
        if (last == LANES)
            storeu(to + t * LANES, all[t]);
        else
            NAME(store_part)(to + t * LANES, all[t], last);
    }
}

FC_INLINE void NAME(sums_rows)(real *to, ptrdiff_t to_pitch, const real *const *from,
                               ptrdiff_t pitch, const real *added, double first, ptrdiff_t n,
                               ptrdiff_t rows, ptrdiff_t width, const int minimum,
                               struct fc_watch *watch)
{
    for (ptrdiff_t r = 0; r < rows; r++, to += to_pitch) {
        const real *row = from[0] + r * pitch;
        ptrdiff_t j = 0;
        if (n >= FOOTPRINT_MANY && fc_stopped(watch))
            return;
        for (ptrdiff_t i = 0; i < width; i++)
            to[i] = (real)((double)row[i] + first);
        for (; j + 4 * LANES <= width; j += 4 * LANES)
            NAME(sums_tile)(to + j, from, r * pitch + j, added, n, 4, LANES, minimum);
        for (; j < width; j += LANES)
            NAME(sums_tile)(to + j, from, r * pitch + j, added, n, 1,
                            width - j < LANES ? width - j : LANES, minimum);
    }
}

static void NAME(footprint_sums)(void *to, ptrdiff_t to_pitch, const void *const *from,
                                 ptrdiff_t pitch, const void *added, double first, ptrdiff_t n,
                                 ptrdiff_t rows, ptrdiff_t width, int minimum,
                                 struct fc_watch *watch)
{
    const real *const *values = (const real *const *)from;
    if (minimum)
        NAME(sums_rows)(to, to_pitch, values, pitch, added, first, n, rows, width, 1, watch);
    else
        NAME(sums_rows)(to, to_pitch, values, pitch, added, first, n, rows, width, 0, watch);
}
