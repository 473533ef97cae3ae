/* Powers of vectors of double.
 *
 *     x^p = 2^(p * log2 x),  log2 x = e + log2 m,  x = 2^e * m,  1/sqrt(2) <= m < sqrt(2)
 *     log2 m = 2/ln 2 * atanh s = 2/ln 2 * (s + s^3/3 + s^5/5 + ...),  s = (m - 1) / (m + 1)
 *     2^r = 1 + r ln 2 + (r ln 2)^2/2! + ...,  |r| <= 1/2
 *
 * The result of p * log2 x is as accurate as a double after its integer part is removed: p is split
 * into two parts, of which the product of each with e is exact. So the error of a power is about p
 * times that of log2 m, and a power 1/p of it is accurate to a few roundings, however large e is.
 * For float, series with fewer terms suffice.
 */
#define wide NAME(lp_wide)
#define wide_ints NAME(lp_ints)
typedef double wide __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));
typedef int64_t wide_ints __attribute__((vector_size(FC_VECTOR_BYTES), may_alias));

#ifndef FC_LP_POWER_H
#define FC_LP_POWER_H
enum { WIDE = FC_VECTOR_BYTES / 8 };
/* Terms of the two series. */
#define LOG_TERMS(bytes) ((bytes) == 4 ? 6 : 11)
#define EXP_TERMS(bytes) ((bytes) == 4 ? 9 : 14)
/* Adding this to a double rounds it to an integer, which the lowest bits then hold. */
#define ROUNDING 0x1.8p52
/* 2/ln 2 * 1/(2 k + 1). */
static const double log_series[] = {
    0x1.71547652b82fep+1, 0x1.ec709dc3a03fdp-1, 0x1.2776c50ef9bfep-1, 0x1.a61762a7aded9p-2,
    0x1.484b13d7c02a9p-2, 0x1.0c9a84994022dp-2, 0x1.c68f568d3176p-3, 0x1.89f3b1694cffep-3,
    0x1.5b9ac9b743f0dp-3, 0x1.3703c1f4d0ffep-3, 0x1.1964ec6fc9491p-3,
};
/* (ln 2)^k / k!. */
static const double exp_series[] = {
    0x1p+0, 0x1.62e42fefa39efp-1, 0x1.ebfbdff82c58fp-3, 0x1.c6b08d704a0cp-5, 0x1.3b2ab6fba4e77p-7,
    0x1.5d87fe78a6731p-10, 0x1.430912f86c787p-13, 0x1.ffcbfc588b0c7p-17, 0x1.62c0223a5c824p-20,
    0x1.b5253d395e7c4p-24, 0x1.e4cf5158b8ecap-28, 0x1.e8cac7351bb25p-32, 0x1.c3bd650fc2986p-36,
    0x1.816193166d0f9p-40,
};
#endif

FC_INLINE wide NAME(lp_choose)(wide_ints mask, wide a, wide b)
{
    return (wide)((mask & (wide_ints)a) | (~mask & (wide_ints)b));
}

/* Return x as a multiple of an integer power of two, *e, for x > 0. */
FC_INLINE wide NAME(lp_mantissa)(wide x, wide *e)
{
    wide_ints tiny = (wide_ints)(x < 0x1p-1022);
    x = NAME(lp_choose)(tiny, x * 0x1p54, x);
    const wide_ints bits = (wide_ints)x, half = {0};
    const wide_ints exponent = (bits - (half + 0x3fe6a09e667f3bcd)) >> 52;
    const wide rounding = (wide){0} + ROUNDING;
    *e = (wide)((wide_ints)rounding + exponent - (tiny & 54)) - rounding;
    return (wide)(bits - (exponent << 52));
}

FC_INLINE wide NAME(lp_log)(wide m)
{
    const int terms = LOG_TERMS(FC_REAL_BYTES);
    const wide s = (m - 1) / (m + 1), square = s * s;
    wide sum = (wide){0} + log_series[terms - 1];
UNROLLED
    for (int k = terms - 2; k >= 0; k--)
        sum = sum * square + log_series[k];
    return sum * s;
}

/* Return 2^(whole + r) for an integer `whole` of a magnitude up to 2000. */
FC_INLINE wide NAME(lp_exp)(wide whole, wide r)
{
    const int terms = EXP_TERMS(FC_REAL_BYTES);
    const wide rounding = (wide){0} + ROUNDING;
    wide sum = (wide){0} + exp_series[terms - 1];
UNROLLED
    for (int k = terms - 2; k >= 0; k--)
        sum = sum * r + exp_series[k];
    /* Two factors, because one may be beyond the range of a double where the product is not. */
    const wide_ints n = (wide_ints)(whole + rounding) - (wide_ints)rounding, first = n >> 1;
    const wide_ints one = {0}, bias = one + 1023;
    return sum * (wide)((first + bias) << 52) * (wide)((n - first + bias) << 52);
}

/* An exponent p in two parts, of which the first has few digits. */
struct NAME(lp_parts) {
    double all, first, second;
};

FC_INLINE struct NAME(lp_parts) NAME(lp_split)(const struct fc_lp_exponent *p)
{
    union {
        double value;
        uint64_t bits;
    } few = {p->value};
    few.bits &= ~(uint64_t)0 << 27;
    return (struct NAME(lp_parts)){p->value, few.value, p->value - few.value + p->rest};
}

/* Return 2^plus * (x / 2^scale)^p, where *exponent is set to its binary logarithm. This is limited
 * to `least` from below. Infinities and NaN stay what they are for positive p, and 0 stays 0. */
FC_INLINE wide NAME(lp_power)(wide x, struct NAME(lp_parts) p, double scale, double plus,
                              double least, wide *exponent)
{
    const wide rounding = (wide){0} + ROUNDING, zero = {0};
    wide e;
    const wide log = NAME(lp_log)(NAME(lp_mantissa)(x, &e)) * p.all;
    e -= scale;
    const wide first = e * p.first + plus, second = e * p.second;
    wide all = first + (log + second);
    const wide_ints low = (wide_ints)(all < least), high = (wide_ints)(all > 2000);
    wide whole = (all + rounding) - rounding;
    wide r = ((first - whole) + log) + second;
    whole = NAME(lp_choose)(low, zero + least, NAME(lp_choose)(high, zero + 2000, whole));
    r = NAME(lp_choose)(low | high, zero, r);
    *exponent = all;
    const wide result = NAME(lp_exp)(whole, r);
    return NAME(lp_choose)((wide_ints)(x > 0) & (wide_ints)(x <= 0x1.fffffffffffffp1023), result,
                           x);
}
