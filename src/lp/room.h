/* lp: powers of the values of Lp pooling and of its gradient, whose sums other rooms compute.
 *
 *     norm[o] = (sum of |x|^p over the window)^(1/p)
 *     gradient of x = sign(x) * |x|^(p - 1) * sum of grad[o] * norm[o]^-(p - 1)
 *
 * All powers and sums are double. Values are first divided by a power of two, so that none of a
 * channel exceeds 1 and no power overflows. A power that is too small for a double is replaced by a
 * tiny one: a window has the sum 0 only if all of its values are 0, and a sum that is tiny tells
 * that it has to be computed in another way.
 */
#include "lp/interface.h"

#include "power.h"

/* Sums and factors between 2^-LIMIT and 2^LIMIT are accurate, whatever they are multiplied by. */
#define FC_LP_LIMIT 900
#define FC_LP_LEAST 0x1p-900

#if FC_REAL_BYTES == 4
typedef float NAME(lp_narrow) __attribute__((vector_size(FC_VECTOR_BYTES / 2), aligned(1)));
FC_INLINE wide NAME(lp_load)(const real *x)
{
    return __builtin_convertvector(*(const NAME(lp_narrow) *)x, wide);
}
FC_INLINE void NAME(lp_store)(real *to, wide x)
{
    *(NAME(lp_narrow) *)to = __builtin_convertvector(x, NAME(lp_narrow));
}
#else
FC_INLINE wide NAME(lp_load)(const real *x) { return loadu(x); }
FC_INLINE void NAME(lp_store)(real *to, wide x) { storeu(to, x); }
#endif

typedef double NAME(lp_loose) __attribute__((vector_size(FC_VECTOR_BYTES), aligned(1), may_alias));
FC_INLINE wide NAME(lp_load_wide)(const double *x) { return *(const NAME(lp_loose) *)x; }
FC_INLINE void NAME(lp_store_wide)(double *to, wide x) { *(NAME(lp_loose) *)to = x; }

FC_INLINE wide NAME(lp_magnitude)(wide x)
{
    return (wide)((wide_ints)x & 0x7fffffffffffffff);
}

/* Return the lanes whose binary logarithm is beyond the limits, or NaN. */
FC_INLINE wide_ints NAME(lp_beyond)(wide exponent)
{
    const wide magnitude = NAME(lp_magnitude)(exponent);
    return ~(wide_ints)(magnitude <= FC_LP_LIMIT);
}

FC_INLINE int NAME(lp_any)(wide_ints mask)
{
    int64_t any = 0;
    for (int i = 0; i < WIDE; i++)
        any |= mask[i];
    return any != 0;
}

static int NAME(scale)(const void *values, ptrdiff_t count)
{
    const real *x = values;
    const vec zero = {0}, largest = zero + (real)(sizeof(real) == 4 ? 0x1.fffffep127 : __DBL_MAX__);
    vec most[2] = {{0}, {0}};
    int exponent = 0;
    for (ptrdiff_t i = 0; i < count; i += 2 * LANES) {
UNROLLED
        for (int v = 0; v < 2; v++) {
            const ptrdiff_t left = count - i - v * LANES;
            const real *at = x + i + v * LANES;
            vec y = left >= LANES ? loadu(at) : NAME(load_first)(at, left > 0 ? left : 0);
            y = vmax(y, zero - y);
            most[v] = vmax(most[v], choose((ints)(y <= largest), y, zero));
        }
    }
    most[0] = vmax(most[0], most[1]);
    real found = 0;
    for (int i = 0; i < LANES; i++)
        found = most[0][i] > found ? most[0][i] : found;
    if (found > 0)
        (void)__builtin_frexp((double)found, &exponent);
    return exponent;
}

FC_INLINE wide NAME(raise_some)(const real *x, const struct NAME(lp_parts) p, int scale)
{
    wide exponent;
    const wide magnitude = NAME(lp_magnitude)(NAME(lp_load)(x));
    return NAME(lp_power)(magnitude, p, scale, 0, -1000, &exponent);
}

static void NAME(raise)(double *to, const void *values, ptrdiff_t count,
                        const struct fc_lp_exponent *p, int scale)
{
    const struct NAME(lp_parts) split = NAME(lp_split)(p);
    const real *x = values;
    ptrdiff_t i = 0;
    for (; i + WIDE <= count; i += WIDE)
        NAME(lp_store_wide)(to + i, NAME(raise_some)(x + i, split, scale));
    if (i < count) {
        real rest[WIDE] = {0};
        double powers[WIDE];
        __builtin_memcpy(rest, x + i, (size_t)(count - i) * sizeof(real));
        NAME(lp_store_wide)(powers, NAME(raise_some)(rest, split, scale));
        __builtin_memcpy(to + i, powers, (size_t)(count - i) * sizeof(double));
    }
}

FC_INLINE wide_ints NAME(root_some)(real *out, const double *sums,
                                    const struct NAME(lp_parts) root, int scale)
{
    wide exponent;
    const wide sum = NAME(lp_load_wide)(sums);
    NAME(lp_store)(out, NAME(lp_power)(sum, root, 0, scale, -2000, &exponent));
    return (wide_ints)(sum > 0) & (wide_ints)(sum < FC_LP_LEAST);
}

static int NAME(root)(void *out, const double *sums, ptrdiff_t count,
                      const struct fc_lp_exponent *root, int scale)
{
    const struct NAME(lp_parts) split = NAME(lp_split)(root);
    real *to = out;
    wide_ints lost = {0};
    ptrdiff_t i = 0;
    for (; i + WIDE <= count; i += WIDE)
        lost |= NAME(root_some)(to + i, sums + i, split, scale);
    if (i < count) {
        double rest[WIDE] = {0};
        real roots[WIDE];
        __builtin_memcpy(rest, sums + i, (size_t)(count - i) * sizeof(double));
        lost |= NAME(root_some)(roots, rest, split, scale);
        __builtin_memcpy(to + i, roots, (size_t)(count - i) * sizeof(real));
    }
    return NAME(lp_any)(lost);
}

FC_INLINE wide_ints NAME(ratio_some)(double *to, const real *grad, const double *sums,
                                     const struct NAME(lp_parts) power)
{
    wide exponent;
    const wide sum = NAME(lp_load_wide)(sums), zero = {0};
    const wide factor = NAME(lp_power)(sum, power, 0, 0, -2000, &exponent);
    const wide_ints none = (wide_ints)(sum == 0);
    NAME(lp_store_wide)(to, NAME(lp_choose)(none, zero, factor * NAME(lp_load)(grad)));
    const wide_ints extreme = ~((wide_ints)(sum >= FC_LP_LEAST) & (wide_ints)(sum <= 0x1p900));
    return ~none & (extreme | NAME(lp_beyond)(exponent));
}

static int NAME(ratio)(double *to, const void *grad, const double *sums, ptrdiff_t count,
                       const struct fc_lp_exponent *power)
{
    const struct NAME(lp_parts) split = NAME(lp_split)(power);
    const real *g = grad;
    wide_ints lost = {0};
    ptrdiff_t i = 0;
    for (; i + WIDE <= count; i += WIDE)
        lost |= NAME(ratio_some)(to + i, g + i, sums + i, split);
    if (i < count) {
        double rest[WIDE] = {0}, ratios[WIDE];
        real some[WIDE] = {0};
        __builtin_memcpy(rest, sums + i, (size_t)(count - i) * sizeof(double));
        __builtin_memcpy(some, g + i, (size_t)(count - i) * sizeof(real));
        lost |= NAME(ratio_some)(ratios, some, rest, split);
        __builtin_memcpy(to + i, ratios, (size_t)(count - i) * sizeof(double));
    }
    return NAME(lp_any)(lost);
}

FC_INLINE wide_ints NAME(spread_some)(real *out, const real *values, const double *sums,
                                      const struct NAME(lp_parts) power, int scale)
{
    wide exponent;
    const wide x = NAME(lp_load)(values), magnitude = NAME(lp_magnitude)(x), zero = {0};
    const wide factor = NAME(lp_power)(magnitude, power, scale, 0, -2000, &exponent);
    const wide sum = NAME(lp_load_wide)(sums), product = factor * sum;
    /* A sum of 0 may mean that no window holds the value, which then may be an infinity or NaN. */
    const wide_ints none = (wide_ints)(x == 0) | (wide_ints)(sum == 0);
    const wide_ints sign = (wide_ints)x ^ (wide_ints)magnitude;
    NAME(lp_store)(out, NAME(lp_choose)(none, zero, (wide)((wide_ints)product ^ sign)));
    return ~none & NAME(lp_beyond)(exponent);
}

static int NAME(spread)(void *out, const void *values, const double *sums, ptrdiff_t count,
                        const struct fc_lp_exponent *power, int scale)
{
    const struct NAME(lp_parts) split = NAME(lp_split)(power);
    const real *x = values;
    real *to = out;
    wide_ints lost = {0};
    ptrdiff_t i = 0;
    for (; i + WIDE <= count; i += WIDE)
        lost |= NAME(spread_some)(to + i, x + i, sums + i, split, scale);
    if (i < count) {
        double rest[WIDE] = {0};
        real some[WIDE] = {0}, made[WIDE];
        __builtin_memcpy(rest, sums + i, (size_t)(count - i) * sizeof(double));
        __builtin_memcpy(some, x + i, (size_t)(count - i) * sizeof(real));
        lost |= NAME(spread_some)(made, some, rest, split, scale);
        __builtin_memcpy(to + i, made, (size_t)(count - i) * sizeof(real));
    }
    return NAME(lp_any)(lost);
}

static const struct fc_lp NAME(kernels) = {
    .size = sizeof(struct fc_lp),
    .scale = NAME(scale),
    .raise = NAME(raise),
    .root = NAME(root),
    .ratio = NAME(ratio),
    .spread = NAME(spread),
};
#undef FC_LP_LIMIT
#undef FC_LP_LEAST
#undef wide
#undef wide_ints
