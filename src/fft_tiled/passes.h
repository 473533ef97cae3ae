/* Mixed-radix FFT of complex vectors. Every lane is a separate transform.
 *
 *     forward    decimation in frequency: for radix R, blocks of n values, q = n / R,
 *                x[k + j q] <- w_n^(j k) DFT_R(x[k], x[k + q], ...)[j],  k < q;  then blocks of q
 *     inverse    the same passes in reverse order: decimation in time, with conjugate twiddles
 *
 * The forward transform leaves the frequencies in the order of reversed digits, and the inverse
 * reads them in this order, so nothing is ever reordered. The last forward pass and the first
 * inverse pass have no twiddles. They can therefore be one pass together with the product between
 * them (`middle`), in which values stay in registers.
 *
 * Layout     value e is at x[e * step], with the real vector followed by the imaginary vector
 * Twiddles   per pass and k: w_n^k, w_n^2k, ... w_n^(R-1)k as (real, imaginary) numbers
 * Registers  2 R for the values, 2 for a twiddle; radices 5 and 8 need slightly more than 16
 *
 * W. M. Gentleman and G. Sande, "Fast Fourier Transforms - for fun and profit", AFIPS 1966. For the
 * order without reversal: M. C. Pease, "An adaptation of the fast Fourier transform for parallel
 * processing", J. ACM 15, 1968.
 */
FC_INLINE complex_vec NAME(twiddled)(complex_vec x, const real *w, const int inverse)
{
    const vec r = broadcast(w[0]), i = broadcast(w[1]);
    if (inverse)
        return (complex_vec){x.r * r + x.i * i, x.i * r - x.r * i};
    return (complex_vec){x.r * r - x.i * i, x.r * i + x.i * r};
}

/* Compute one pass, from one array to another or in place. If q = 1, there are no twiddles. */
FC_INLINE void NAME(fft_pass)(const int radix, const int inverse, const int has_twiddles,
                              ptrdiff_t q, ptrdiff_t blocks, const complex_vec *from,
                              ptrdiff_t from_step, complex_vec *to, ptrdiff_t to_step,
                              const real *twiddle)
{
    const ptrdiff_t from_next = q * from_step, to_next = q * to_step;
    for (ptrdiff_t b = 0; b < blocks; b++) {
        const real *w = twiddle;
        for (ptrdiff_t k = 0; k < q; k++) {
            complex_vec x[FC_RADIX_MAX];
UNROLLED
            for (int j = 0; j < radix; j++) {
                x[j] = from[j * from_next];
                if (inverse && has_twiddles && j > 0)
                    x[j] = NAME(twiddled)(x[j], w + 2 * (j - 1), 1);
                if (inverse)
                    x[j] = NAME(swapped)(x[j]);
            }
            NAME(butterfly)(radix, x);
UNROLLED
            for (int j = 0; j < radix; j++) {
                if (inverse)
                    x[j] = NAME(swapped)(x[j]);
                if (!inverse && has_twiddles && j > 0)
                    x[j] = NAME(twiddled)(x[j], w + 2 * (j - 1), 0);
                to[j * to_next] = x[j];
            }
            from += from_step;
            to += to_step;
            w += 2 * (radix - 1);
        }
        from += (radix - 1) * from_next;
        to += (radix - 1) * to_next;
    }
}

/* Set x to the inverse pass of (h times the forward pass of x), for blocks of R contiguous
 * values. */
FC_INLINE void NAME(fft_middle)(const int radix, ptrdiff_t blocks, complex_vec *at,
                            const complex_vec *h)
{
    for (ptrdiff_t b = 0; b < blocks; b++, at += radix, h += radix) {
        complex_vec x[FC_RADIX_MAX];
UNROLLED
        for (int j = 0; j < radix; j++)
            x[j] = at[j];
        NAME(butterfly)(radix, x);
UNROLLED
        for (int j = 0; j < radix; j++)
            x[j] = NAME(swapped)(NAME(times)(x[j], h[j]));
        NAME(butterfly)(radix, x);
UNROLLED
        for (int j = 0; j < radix; j++)
            at[j] = NAME(swapped)(x[j]);
    }
}

#ifndef FC_EACH_RADIX
#define FC_EACH_RADIX(X) X(2) X(3) X(4) X(5) X(8)
#define FC_PASS_TAKES                                                                              \
    ptrdiff_t q, ptrdiff_t blocks, const complex_vec *from, ptrdiff_t from_step, complex_vec *to,  \
        ptrdiff_t to_step, const real *w
#define FC_PASSES(R)                                                                               \
    static void NAME(forward_##R)(FC_PASS_TAKES)                                                   \
    {                                                                                              \
        if (q == 1)                                                                                \
            NAME(fft_pass)(R, 0, 0, 1, blocks, from, from_step, to, to_step, w);                       \
        else                                                                                       \
            NAME(fft_pass)(R, 0, 1, q, blocks, from, from_step, to, to_step, w);                       \
    }                                                                                              \
    static void NAME(inverse_##R)(FC_PASS_TAKES)                                                   \
    {                                                                                              \
        if (q == 1)                                                                                \
            NAME(fft_pass)(R, 1, 0, 1, blocks, from, from_step, to, to_step, w);                       \
        else                                                                                       \
            NAME(fft_pass)(R, 1, 1, q, blocks, from, from_step, to, to_step, w);                       \
    }                                                                                              \
    static void NAME(middle_##R)(ptrdiff_t blocks, complex_vec * at, const complex_vec *h)         \
    {                                                                                              \
        NAME(fft_middle)(R, blocks, at, h);                                                            \
    }
#define FC_PASSES_ENTRY(R) [R] = {NAME(forward_##R), NAME(inverse_##R), NAME(middle_##R)},
#endif
FC_EACH_RADIX(FC_PASSES)

static const struct {
    void (*forward)(FC_PASS_TAKES);
    void (*inverse)(FC_PASS_TAKES);
    void (*middle)(ptrdiff_t blocks, complex_vec *at, const complex_vec *h);
} NAME(fft_passes)[FC_RADIX_MAX + 1] = {FC_EACH_RADIX(FC_PASSES_ENTRY)};

/* Transform t->size values from one array to another. `buffer` holds as many values; it may be
 * either array if the step of that array is 1. If `all` is 0, omit the last pass. */
static void NAME(fft_forward)(const struct fc_transform *t, const complex_vec *from,
                          ptrdiff_t from_step, complex_vec *to, ptrdiff_t to_step,
                          complex_vec *buffer, int all)
{
    const int count = all ? t->passes : t->passes - 1;
    const real *w = t->twiddles;
    ptrdiff_t n = t->size, blocks = 1;
    if (count == 0)
        for (ptrdiff_t e = 0; e < n; e++)
            to[e * to_step] = from[e * from_step];
    for (int p = 0; p < count; p++) {
        const int radix = t->radix[p], last = p == count - 1;
        n /= radix;
        NAME(fft_passes)[radix].forward(n, blocks, p ? buffer : from, p ? 1 : from_step,
                                    last ? to : buffer, last ? to_step : 1, w);
        w += 2 * n * (radix - 1);
        blocks *= radix;
    }
}

static void NAME(fft_inverse)(const struct fc_transform *t, const complex_vec *from,
                          ptrdiff_t from_step, complex_vec *to, ptrdiff_t to_step,
                          complex_vec *buffer, int all)
{
    const int first = all ? t->passes - 1 : t->passes - 2;
    const real *w = (const real *)t->twiddles + t->twiddle_count;
    ptrdiff_t n = 1, blocks = t->size;
    if (first < 0)
        for (ptrdiff_t e = 0; e < t->size; e++)
            to[e * to_step] = from[e * from_step];
    for (int p = t->passes - 1; p >= 0; p--) {
        const int radix = t->radix[p], here = p == first;
        blocks /= radix;
        w -= 2 * n * (radix - 1);
        if (p <= first)
            NAME(fft_passes)[radix].inverse(n, blocks, here ? from : buffer, here ? from_step : 1,
                                        p ? buffer : to, p ? 1 : to_step, w);
        n *= radix;
    }
}

/* Set x to inverse(h times forward(x)), in place. h is in the order of the transform. */
static void NAME(fft_filtered)(const struct fc_transform *t, complex_vec *x, const complex_vec *h)
{
    if (t->passes == 0) {
        x[0] = NAME(times)(x[0], h[0]);
        return;
    }
    const int radix = t->radix[t->passes - 1];
    NAME(fft_forward)(t, x, 1, x, 1, x, 0);
    NAME(fft_passes)[radix].middle(t->size / radix, x, h);
    NAME(fft_inverse)(t, x, 1, x, 1, x, 0);
}
