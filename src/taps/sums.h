/* Compute sums of taps: out[x] = 0 + sum_t in[t][x] * w[t], in the order of the taps.
 *
 * A result that is cast to an integer may depend on the last bit of its sum. So there is no fused
 * multiply-add here: `held` keeps products of reals apart from sums.
 *
 * Layout    `in` has a pointer to the values of each tap. All rows are rows of scratch, so that
 *           whole vectors may be read and written beyond the end of a row.
 * Registers FC_TAPS_VECTORS sums, as many values, and one weight.
 */
#ifndef FC_TAPS_VECTORS
#define FC_TAPS_VECTORS 4
#endif

FC_INLINE vec NAME(product)(vec a, vec b)
{
#if FC_FLOATING
    return held(a * b);
#else
    return a * b;
#endif
}

FC_INLINE void NAME(sum_block)(const real *const *in, ptrdiff_t x, const real *w, ptrdiff_t taps,
                               const int vectors, real *out)
{
    vec sum[FC_TAPS_VECTORS];
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[j] = (vec){0};
    for (ptrdiff_t t = 0; t < taps; t++) {
        const vec weight = broadcast(w[t]);
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[j] += NAME(product)(loadu(in[t] + x + j * LANES), weight);
    }
UNROLLED
    for (int j = 0; j < vectors; j++)
        storeu(out + x + j * LANES, sum[j]);
}

static void NAME(sum_taps)(const real *const *in, const void *weights, ptrdiff_t taps, real *out,
                           ptrdiff_t length)
{
    ptrdiff_t x = 0;
    for (; x + (FC_TAPS_VECTORS - 1) * LANES < length; x += FC_TAPS_VECTORS * LANES)
        NAME(sum_block)(in, x, weights, taps, FC_TAPS_VECTORS, out);
    for (; x < length; x += LANES)
        NAME(sum_block)(in, x, weights, taps, 1, out);
}
