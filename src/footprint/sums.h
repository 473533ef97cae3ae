/* The maximum or minimum of sums: values at any set of offsets, plus a number for each offset.
 *
 *     to[r][j] = max(from[0][r][j] + first, from[i][r][j] + added[i] for 0 < i < n)
 *
 * The first sum is one of doubles, the others are sums of `real`, as in scipy.ndimage. Sums of
 * integers wrap, but not the first one: it is joined last, as a double, which becomes an integer in
 * the way in which most machines cast one in C.
 *
 * Loop      over rows, then 4 or 1 vectors of columns; the inner loop is over n.
 * Registers one accumulator for each of the 4 vectors.
 *
 * A NaN of the first sum stays, those of the others are passed over.
 */
#if FC_FLOATING
typedef vec NAME(modular);
enum { NAME(sums_begin) = 1 };
#else
#if FC_REAL_BYTES == 1
typedef uint8_t NAME(modular) __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef int32_t NAME(sums_cast);
#elif FC_REAL_BYTES == 2
typedef uint16_t NAME(modular) __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef int32_t NAME(sums_cast);
#elif FC_REAL_BYTES == 4
typedef uint32_t NAME(modular) __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef __typeof__(__builtin_choose_expr(FC_LOWEST != 0, (int32_t)0, (int64_t)0)) NAME(sums_cast);
#else
typedef uint64_t NAME(modular) __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef int64_t NAME(sums_cast);
#endif
enum { NAME(sums_begin) = 2 };

/* Join the first sums to a row of the others. */
FC_INLINE void NAME(sums_first)(real *restrict to, const real *restrict row, double first,
                                ptrdiff_t n, ptrdiff_t width, const int minimum)
{
    for (ptrdiff_t i = 0; i < width; i++) {
        const double sum = (double)row[i] + first, other = n > 1 ? (double)to[i] : sum;
        const double joined = minimum ? (other < sum ? other : sum) : (other > sum ? other : sum);
        to[i] = (real)(NAME(sums_cast))joined;
    }
}
#endif

FC_INLINE vec NAME(sums_of)(const real *values, real plus)
{
    return (vec)((NAME(modular))loadu(values) + (NAME(modular))broadcast(plus));
}

FC_INLINE void NAME(sums_tile)(real *to, const real *const *from, ptrdiff_t at, const real *added,
                               ptrdiff_t n, const int wide, ptrdiff_t last, const int minimum)
{
    vec all[4];
UNROLLED
    for (int t = 0; t < wide; t++)
#if FC_FLOATING
        all[t] = last == LANES ? loadu(to + t * LANES) : NAME(load_part)(to + t * LANES, last);
#else
        all[t] = NAME(sums_of)(from[1] + at + t * LANES, added[1]);
#endif
    for (ptrdiff_t i = NAME(sums_begin); i < n; i++) {
UNROLLED
        for (int t = 0; t < wide; t++)
            all[t] = NAME(footprint_joined)(NAME(sums_of)(from[i] + at + t * LANES, added[i]),
                                            all[t], minimum);
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
#if FC_FLOATING
        for (ptrdiff_t i = 0; i < width; i++)
            to[i] = (real)((double)row[i] + first);
#endif
        for (; n >= NAME(sums_begin) && j + 4 * LANES <= width; j += 4 * LANES)
            NAME(sums_tile)(to + j, from, r * pitch + j, added, n, 4, LANES, minimum);
        for (; n >= NAME(sums_begin) && j < width; j += LANES)
            NAME(sums_tile)(to + j, from, r * pitch + j, added, n, 1,
                            width - j < LANES ? width - j : LANES, minimum);
#if !FC_FLOATING
        NAME(sums_first)(to, row, first, n, width, minimum);
#endif
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
