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
#define EXP_LOWEST -104.0f
#define EXP_HIGHEST 89.0f
#else
#define SHIFT 6755399441055744.0
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define EXPONENT_BITS 52
#define EXPONENT_BIAS 1023
#define EXP_LOWEST -746.0
#define EXP_HIGHEST 710.0
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

/* Return p and store n such that e^x = 2^n (1 + p), for x between EXP_LOWEST and EXP_HIGHEST. */
FC_INLINE vec NAME(split_exp)(vec x, vec *n)
{
    const vec shifted = x * (real)1.44269504088896340736 + SHIFT;
    *n = shifted - SHIFT;
    return NAME(taylor)((x - *n * LN2_HIGH) - *n * LN2_LOW);
}

/* Return e^x for x <= 0. */
FC_INLINE vec NAME(exp_negative)(vec x)
{
    vec n;
    const vec p = NAME(split_exp)(vmax(broadcast(EXP_LOWEST), x), &n);
    /* 2^n is multiplied in two factors, because the result may be subnormal. */
    const vec half = (n * (real)0.5 + SHIFT) - SHIFT;
    return (1 + p) * NAME(power_of_two)(half) * NAME(power_of_two)(n - half);
}

FC_INLINE vec NAME(magnitude)(vec x)
{
    const ints sign = (ints)broadcast((real)-0.0);
    return (vec)((ints)x & ~sign);
}

/* Return 1 / (1 + e^-x). It is computed from e^-|x|, so that nothing overflows. */
FC_INLINE vec NAME(sigmoid)(vec x)
{
    const vec e = NAME(exp_negative)(-NAME(magnitude)(x));
    return choose((ints)(x < 0), e, broadcast(1)) / (1 + e);
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

FC_INLINE vec NAME(activate)(vec x, const int activation)
{
    const vec zero = {0};
    switch (activation) {
    case FC_RELU:
        return vmax(zero, x);
    case FC_RELU6:
        return vmin(broadcast(6), vmax(zero, x));
    case FC_SILU:
        return x * NAME(sigmoid)(x);
    case FC_SIGMOID:
        return NAME(sigmoid)(x);
    case FC_TANH:
        return NAME(tanh)(x);
    default:
        return x;
    }
}

#undef SHIFT
#undef LN2_HIGH
#undef LN2_LOW
#undef EXPONENT_BITS
#undef EXPONENT_BIAS
#undef EXP_LOWEST
#undef EXP_HIGHEST
