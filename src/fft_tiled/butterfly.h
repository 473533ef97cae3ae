/* Discrete Fourier transforms of 2, 3, 4, 5 and 8 complex vectors in registers.
 *
 *     x[k] = sum_j x[j] exp(-2 pi i j k / R)
 *
 * Real and imaginary parts are separate vectors, so a multiplication by i only exchanges them and
 * changes a sign. The unscaled inverse is the same transform with both parts exchanged: the caller
 * exchanges them before and after it (`swapped`).
 *
 * Formulas: H. J. Nussbaumer, "Fast Fourier Transform and Convolution Algorithms", 1982.
 */
#ifndef FC_FFT_BUTTERFLY_H
#define FC_FFT_BUTTERFLY_H
#define FC_RADIX_MAX 8
#define complex_vec NAME(complex_vec)
#define FC_SIN_3 0.86602540378443864676  /* sin(2 pi / 3) */
#define FC_COS_5 0.30901699437494742410  /* cos(2 pi / 5) */
#define FC_COS_25 -0.80901699437494742410
#define FC_SIN_5 0.95105651629515357212
#define FC_SIN_25 0.58778525229247312917
#define FC_ROOT_HALF 0.70710678118654752440
#endif

typedef struct {
    vec r, i;
} complex_vec;

FC_INLINE complex_vec NAME(plus)(complex_vec a, complex_vec b)
{
    return (complex_vec){a.r + b.r, a.i + b.i};
}

FC_INLINE complex_vec NAME(minus)(complex_vec a, complex_vec b)
{
    return (complex_vec){a.r - b.r, a.i - b.i};
}

/* Return -i x. */
FC_INLINE complex_vec NAME(quarter)(complex_vec x) { return (complex_vec){x.i, -x.r}; }

FC_INLINE complex_vec NAME(swapped)(complex_vec x) { return (complex_vec){x.i, x.r}; }

FC_INLINE complex_vec NAME(times)(complex_vec a, complex_vec b)
{
    return (complex_vec){a.r * b.r - a.i * b.i, a.r * b.i + a.i * b.r};
}

FC_INLINE void NAME(butterfly_3)(complex_vec *x)
{
    const complex_vec sum = NAME(plus)(x[1], x[2]), d = NAME(minus)(x[1], x[2]);
    const complex_vec m = {x[0].r - (real)0.5 * sum.r, x[0].i - (real)0.5 * sum.i};
    x[0] = NAME(plus)(x[0], sum);
    x[1] = (complex_vec){m.r + (real)FC_SIN_3 * d.i, m.i - (real)FC_SIN_3 * d.r};
    x[2] = (complex_vec){m.r - (real)FC_SIN_3 * d.i, m.i + (real)FC_SIN_3 * d.r};
}

FC_INLINE void NAME(butterfly_4)(complex_vec *x, const int a, const int b, const int c, const int d)
{
    const complex_vec p = NAME(plus)(x[a], x[c]), m = NAME(minus)(x[a], x[c]);
    const complex_vec q = NAME(plus)(x[b], x[d]), n = NAME(minus)(x[b], x[d]);
    x[a] = NAME(plus)(p, q);
    x[b] = (complex_vec){m.r + n.i, m.i - n.r};
    x[c] = NAME(minus)(p, q);
    x[d] = (complex_vec){m.r - n.i, m.i + n.r};
}

FC_INLINE void NAME(butterfly_5)(complex_vec *x)
{
    const complex_vec s = NAME(plus)(x[1], x[4]), d = NAME(minus)(x[1], x[4]);
    const complex_vec t = NAME(plus)(x[2], x[3]), e = NAME(minus)(x[2], x[3]);
    const real c1 = (real)FC_COS_5, c2 = (real)FC_COS_25;
    const real s1 = (real)FC_SIN_5, s2 = (real)FC_SIN_25;
    const complex_vec a = {x[0].r + c1 * s.r + c2 * t.r, x[0].i + c1 * s.i + c2 * t.i};
    const complex_vec b = {x[0].r + c2 * s.r + c1 * t.r, x[0].i + c2 * s.i + c1 * t.i};
    const complex_vec f = {s1 * d.r + s2 * e.r, s1 * d.i + s2 * e.i};
    const complex_vec g = {s2 * d.r - s1 * e.r, s2 * d.i - s1 * e.i};
    x[0] = NAME(plus)(x[0], NAME(plus)(s, t));
    x[1] = (complex_vec){a.r + f.i, a.i - f.r};
    x[4] = (complex_vec){a.r - f.i, a.i + f.r};
    x[2] = (complex_vec){b.r + g.i, b.i - g.r};
    x[3] = (complex_vec){b.r - g.i, b.i + g.r};
}

/* Transform the four even and the four odd values, multiply the odd results by their twiddles, and
 * combine the halves as 2 x 4. */
FC_INLINE void NAME(butterfly_8)(complex_vec *x)
{
    const real h = (real)FC_ROOT_HALF;
    NAME(butterfly_4)(x, 0, 2, 4, 6);
    NAME(butterfly_4)(x, 1, 3, 5, 7);
    const complex_vec a = x[1], b = x[3], c = x[5], d = x[7];
    const complex_vec e = {h * (b.r + b.i), h * (b.i - b.r)};
    const complex_vec f = NAME(quarter)(c);
    const complex_vec g = {h * (d.i - d.r), -h * (d.r + d.i)};
    const complex_vec p = x[0], q = x[2], r = x[4], s = x[6];
    x[0] = NAME(plus)(p, a);
    x[1] = NAME(plus)(q, e);
    x[2] = NAME(plus)(r, f);
    x[3] = NAME(plus)(s, g);
    x[4] = NAME(minus)(p, a);
    x[5] = NAME(minus)(q, e);
    x[6] = NAME(minus)(r, f);
    x[7] = NAME(minus)(s, g);
}

FC_INLINE void NAME(butterfly)(const int radix, complex_vec *x)
{
    if (radix == 2) {
        const complex_vec a = x[0], b = x[1];
        x[0] = NAME(plus)(a, b);
        x[1] = NAME(minus)(a, b);
    } else if (radix == 3)
        NAME(butterfly_3)(x);
    else if (radix == 4)
        NAME(butterfly_4)(x, 0, 1, 2, 3);
    else if (radix == 5)
        NAME(butterfly_5)(x);
    else
        NAME(butterfly_8)(x);
}
