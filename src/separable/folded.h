/* folded: weighted sums in the order of SciPy's `correlate1d`, with its bits in float64, for few
 * taps that are the same on both sides of the middle one, or the same with the other sign.
 *
 *     out[i][x] = c[m] * in[m] + sum_t c[t] * (in[t] + sign * in[taps - 1 - t]),   m = taps / 2
 *
 * where in[t] is rows[i + t][x] for columns, and line[i][x + t * step] for lines.
 *
 * Loop      over blocks of vectors, and over pairs of taps from the outermost on. For columns of
 *           symmetric taps, four outputs are computed together, which share their rows.
 * Registers for four outputs of columns, all of their rows and one accumulator; otherwise the
 *           accumulators, two values and one coefficient.
 * Order     as above; products are rounded before they are added.
 */
#ifndef FC_FOLDED_H
#define FC_FOLDED_H
/* Most taps, and vectors of a block. */
enum { FOLDED_TAPS = 9, FOLDED_VECTORS = 8 };
#endif

/* Add a product, and keep the compiler from fusing both. */
FC_INLINE vec NAME(folded_sum)(vec sum, vec a, vec b, vec w, const int sign)
{
    return sum + held((sign > 0 ? a + b : a - b) * w);
}

/* Where tap t of the first output is read: in a row of its own, or `step` values further along. */
struct NAME(folded_taps) {
    const real *const *rows, *line;
    ptrdiff_t step;
};

FC_INLINE const real *NAME(folded_at)(const struct NAME(folded_taps) *from, ptrdiff_t t)
{
    return from->rows ? from->rows[t] : from->line + t * from->step;
}

FC_INLINE void NAME(folded_tile)(const struct NAME(folded_taps) *from, ptrdiff_t x, const real *c,
                                 ptrdiff_t taps, const int sign, const int vectors, real *out)
{
    const ptrdiff_t middle = taps / 2;
    const real *at = NAME(folded_at)(from, middle) + x;
    vec sum[FOLDED_VECTORS], w = broadcast(c[middle]);
UNROLLED
    for (int v = 0; v < vectors; v++)
        sum[v] = held(loadu(at + v * LANES) * w);
    for (ptrdiff_t t = 0; t < middle; t++) {
        const real *a = NAME(folded_at)(from, t) + x, *b = NAME(folded_at)(from, taps - 1 - t) + x;
        w = broadcast(c[t]);
UNROLLED
        for (int v = 0; v < vectors; v++)
            sum[v] = NAME(folded_sum)(sum[v], loadu(a + v * LANES), loadu(b + v * LANES), w, sign);
    }
UNROLLED
    for (int v = 0; v < vectors; v++)
        storeu(out + x + v * LANES, sum[v]);
}

/* Compute the last outputs of a row, fewer than LANES. */
FC_INLINE void NAME(folded_rest)(const struct NAME(folded_taps) *from, ptrdiff_t x, const real *c,
                                 ptrdiff_t taps, const int sign, real *out, ptrdiff_t count)
{
    const ptrdiff_t middle = taps / 2;
    vec sum = NAME(load_first)(NAME(folded_at)(from, middle) + x, count);
    sum = held(sum * broadcast(c[middle]));
    for (ptrdiff_t t = 0; t < middle; t++) {
        const vec a = NAME(load_first)(NAME(folded_at)(from, t) + x, count);
        const vec b = NAME(load_first)(NAME(folded_at)(from, taps - 1 - t) + x, count);
        sum = NAME(folded_sum)(sum, a, b, broadcast(c[t]), sign);
    }
    NAME(store_first)(out + x, sum, count);
}

FC_INLINE void NAME(folded_row)(const struct NAME(folded_taps) *from, ptrdiff_t x, const real *c,
                                ptrdiff_t taps, const int sign, real *out, ptrdiff_t length)
{
    const ptrdiff_t block = FOLDED_VECTORS * LANES;
    for (; x + block <= length; x += block)
        NAME(folded_tile)(from, x, c, taps, sign, FOLDED_VECTORS, out);
    for (; x + LANES <= length; x += LANES)
        NAME(folded_tile)(from, x, c, taps, sign, 1, out);
    if (x < length)
        NAME(folded_rest)(from, x, c, taps, sign, out, length - x);
}

static __attribute__((noinline)) void NAME(folded_any)(struct NAME(folded_taps) from, ptrdiff_t x,
                                                       const real *c, ptrdiff_t taps, int sign,
                                                       real *out, ptrdiff_t length)
{
    if (sign > 0)
        NAME(folded_row)(&from, x, c, taps, 1, out, length);
    else
        NAME(folded_row)(&from, x, c, taps, -1, out, length);
}

/* Compute whole vectors of four rows; return how many columns these are. */
FC_INLINE ptrdiff_t NAME(folded_four)(const real *const *rows, const real *c, const int taps,
                                      real *out, ptrdiff_t pitch, ptrdiff_t length)
{
    ptrdiff_t x = 0;
    for (; x + LANES <= length; x += LANES) {
        vec value[FOLDED_TAPS + 3];
UNROLLED
        for (int p = 0; p < taps + 3; p++)
            value[p] = loadu(rows[p] + x);
UNROLLED
        for (int i = 0; i < 4; i++) {
            vec sum = held(value[i + taps / 2] * broadcast(c[taps / 2]));
UNROLLED
            for (int t = 0; t < taps / 2; t++)
                sum = NAME(folded_sum)(sum, value[i + t], value[i + taps - 1 - t], broadcast(c[t]),
                                       1);
            storeu(out + i * pitch + x, sum);
        }
    }
    return x;
}

static void NAME(folded_columns)(const void *const *from, ptrdiff_t at, const void *taps_of,
                                 ptrdiff_t taps, int sign, void *to, ptrdiff_t pitch,
                                 ptrdiff_t count, ptrdiff_t length)
{
    const real *rows[FOLDED_TAPS + 3];
    real c[FOLDED_TAPS], *out = to;
    ptrdiff_t x = 0;
    __builtin_memcpy(c, taps_of, (size_t)taps * sizeof(real));
    for (ptrdiff_t p = 0; p < taps + count - 1; p++)
        rows[p] = (const real *)from[p] + at;
    if (count == 4 && sign > 0) {
        if (taps == 3)
            x = NAME(folded_four)(rows, c, 3, out, pitch, length);
        else if (taps == 5)
            x = NAME(folded_four)(rows, c, 5, out, pitch, length);
        else if (taps == 7)
            x = NAME(folded_four)(rows, c, 7, out, pitch, length);
        else
            x = NAME(folded_four)(rows, c, 9, out, pitch, length);
    }
    for (ptrdiff_t i = 0; i < count; i++)
        NAME(folded_any)((struct NAME(folded_taps)){.rows = rows + i}, x, c, taps, sign,
                         out + i * pitch, length);
}

static void NAME(folded_lines)(const struct fc_lines *l, int sign)
{
    struct NAME(folded_taps) from = {.step = l->offset ? l->offset[1] : 1};
    for (ptrdiff_t i = 0; i < l->rows; i++) {
        from.line = (const real *)l->line + i * l->pitch;
        NAME(folded_any)(from, 0, l->c, l->taps, sign, (real *)l->out + i * l->out_pitch,
                         l->length);
    }
}
