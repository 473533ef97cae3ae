/* Activations of one vector. A NaN stays NaN, and an infinity gives the limit of the function.
 *
 *     exp(x) = 2^n * (1 + p(r)),     n = round(x / ln 2),     r = x - n ln 2
 *
 * r is computed with ln 2 in two parts (Cody and Waite). p(r) = e^r - 1 is a Taylor sum on
 * |r| <= ln 2 / 2, where its remainder is below half an ulp. p is kept apart from 1, so that expm1,
 * and hence tanh, have full relative accuracy near 0.
 */
#if FC_REAL_BYTES == 4
/* 1.5 * 2^23: adding it rounds a value to an integer, which is then in the low bits. */
#define SHIFT 12582912.0f
#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f
#define EXPONENT_BITS 23
#define EXPONENT_BIAS 127
#define EXP_HIGHEST 87.0f
#else
#define SHIFT 6755399441055744.0
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define EXPONENT_BITS 52
#define EXPONENT_BIAS 1023
#define EXP_HIGHEST 708.0
#endif

/* Return e^r - 1 for |r| <= ln 2 / 2. */
FC_INLINE vec NAME(taylor)(vec r)
{
#if FC_REAL_BYTES == 4
    vec p = broadcast(1.0f / 5040);
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
#else
    vec p = broadcast(1.0 / 6227020800);
    p = p * r + 1.0 / 479001600;
    p = p * r + 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
#endif
    p = p * r + (real)1 / 24;
    p = p * r + (real)1 / 6;
    p = p * r + (real)0.5;
    return p * (r * r) + r;
}

/* Return 2^n for integers n in the range of normal exponents; n has the type of a real vector. */
FC_INLINE vec NAME(power_of_two)(vec n)
{
    const ints bits = (ints)(n + (SHIFT + EXPONENT_BIAS));
    return (vec)(bits << EXPONENT_BITS);
}

/* Return p and store n such that e^x = 2^n (1 + p), for |x| of at most EXP_HIGHEST. */
FC_INLINE vec NAME(split_exp)(vec x, vec *n)
{
    const vec shifted = x * (real)1.44269504088896340736 + SHIFT;
    *n = shifted - SHIFT;
    return NAME(taylor)((x - *n * LN2_HIGH) - *n * LN2_LOW);
}

/* Return 1 + e^-x. Beyond EXP_HIGHEST, x counts as this: e^-x is then near the largest, or the
 * smallest, normal number. */
FC_INLINE vec NAME(one_plus_exp)(vec x)
{
    vec n;
    const vec most = vmin(broadcast(EXP_HIGHEST), vmax(broadcast(-EXP_HIGHEST), x));
    const vec p = NAME(split_exp)(-most, &n);
    const vec scale = NAME(power_of_two)(n);
    return 1 + (scale * p + scale);
}

FC_INLINE vec NAME(magnitude)(vec x)
{
    const ints sign = (ints)broadcast((real)-0.0);
    return (vec)((ints)x & ~sign);
}

/* Return 1 / (1 + e^-x). */
FC_INLINE vec NAME(sigmoid)(vec x) { return 1 / NAME(one_plus_exp)(x); }

/* Return x / (1 + e^-x). A large negative x is kept finite, so that the limit is 0. */
FC_INLINE vec NAME(silu)(vec x)
{
    return vmax(broadcast(-EXP_HIGHEST), x) / NAME(one_plus_exp)(x);
}

/* Return tanh(x): |m / (2 + m)| with m = e^(-2|x|) - 1, and with the sign of x. */
FC_INLINE vec NAME(tanh)(vec x)
{
    vec n;
    const vec twice = vmax(broadcast(-64), -2 * NAME(magnitude)(x));
    const vec p = NAME(split_exp)(twice, &n);
    const vec scale = NAME(power_of_two)(n);
    const vec m = scale * p + (scale - 1);
    const ints sign = (ints)x & (ints)broadcast((real)-0.0);
    return (vec)((ints)NAME(magnitude)(m / (2 + m)) | sign);
}

/* Return x / 6 + 1/2, limited to 0 and 1. */
FC_INLINE vec NAME(hardsigmoid)(vec x)
{
    const vec line = x * ((real)1 / 6) + (real)0.5;
    return vmin(broadcast(1), vmax(broadcast(0), line));
}

FC_INLINE vec NAME(activate)(vec x, const int activation)
{
    const vec zero = {0};
    switch (activation) {
    case FC_RELU:
        return vmax(zero, x);
    case FC_RELU6:
        return vmin(broadcast(6), vmax(zero, x));
    case FC_SILU:
        return NAME(silu)(x);
    case FC_SIGMOID:
        return NAME(sigmoid)(x);
    case FC_TANH:
        return NAME(tanh)(x);
    case FC_HARDSWISH: /* below -3 the second factor is 0; the first is kept finite */
        return vmax(broadcast(-3), x) * NAME(hardsigmoid)(x);
    case FC_HARDSIGMOID:
        return NAME(hardsigmoid)(x);
    case FC_LEAKY_RELU:
        return choose((ints)(x < 0), x * (real)0.01, x);
    default:
        return x;
    }
}

#undef SHIFT
#undef LN2_HIGH
#undef LN2_LOW
#undef EXPONENT_BITS
#undef EXPONENT_BIAS
#undef EXP_HIGHEST
