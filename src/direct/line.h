/* Apply one row of contiguous taps: a filter along a line.
 *
 *     sum[j] += sum over t of  weight[t] * input[j * LANES + t]
 *
 * Loop      taps that are LANES apart read the same vectors, each for a different output vector. Up
 *           to four such taps are handled together, so that a vector is loaded once for all of
 *           them. This saves unaligned loads, which would dominate the time because many of them
 *           touch two cache lines.
 * Registers the sums, up to four coefficients and one vector of values.
 * Order     taps in groups of four, then in groups of two (the taps of a group are LANES apart),
 *           then one by one. The order is the same if the last vector is moved back and no loads
 *           are shared.
 */
FC_INLINE void NAME(taps_apart)(vec sum[FC_LINE_VECTORS], const real *x, ptrdiff_t last,
                                const real *w, const int taps, const int vectors, const int whole)
{
    vec c[4];
UNROLLED
    for (int q = 0; q < taps; q++)
        c[q] = broadcast(w[q * LANES]);
    if (!whole) {
UNROLLED
        for (int q = 0; q < taps; q++) {
UNROLLED
            for (int j = 0; j < vectors - 1; j++)
                sum[j] += c[q] * loadu(x + (j + q) * LANES);
            sum[vectors - 1] += c[q] * loadu(x + q * LANES + last);
        }
        return;
    }
UNROLLED
    for (int j = 0; j < vectors + taps - 1; j++) {
        const vec value = held(loadu(x + j * LANES));
UNROLLED
        for (int q = 0; q < taps; q++)
            if (j - q >= 0 && j - q < vectors)
                sum[j - q] += c[q] * value;
    }
}

FC_INLINE void NAME(line_taps)(vec sum[FC_LINE_VECTORS], const real *x, ptrdiff_t last,
                               const real *w, const ptrdiff_t taps, const int vectors,
                               const int whole)
{
    ptrdiff_t t = 0;
    for (; t + 3 * LANES < taps; t += 4 * LANES) {
        const ptrdiff_t left = taps - t - 3 * LANES, four = left < LANES ? left : LANES;
        for (ptrdiff_t s = t; s < t + four; s++)
            NAME(taps_apart)(sum, x + s, last, w + s, 4, vectors, whole);
        for (ptrdiff_t s = t + four; s < t + LANES; s++)
            NAME(taps_apart)(sum, x + s, last, w + s, 3, vectors, whole);
    }
    for (; t + LANES < taps; t += 2 * LANES) {
        const ptrdiff_t left = taps - t - LANES, two = left < LANES ? left : LANES;
        for (ptrdiff_t s = t; s < t + two; s++)
            NAME(taps_apart)(sum, x + s, last, w + s, 2, vectors, whole);
        for (ptrdiff_t s = t + two; s < t + LANES; s++)
            NAME(taps_apart)(sum, x + s, last, w + s, 1, vectors, whole);
    }
    for (; t < taps; t++)
        NAME(taps_apart)(sum, x + t, last, w + t, 1, vectors, whole);
}
