/* missing: what is valid of an image, and the results of a filter of it.
 *
 *     split     v[i] = x[i], c[i] = 1; both are 0 where x[i] is missing
 *     combine   y[i] = a[i] * (t / b[i]) where a window holds missing elements and valid ones
 *
 * Layout     numbers of one or two reals without gaps; one byte of kinds for each
 * Loops      over numbers; those over reals have no branches, so that the compiler makes vectors
 * Registers  as the compiler chooses
 */
#include "missing/interface.h"

static ptrdiff_t NAME(split)(const void *from, const uint8_t *marks, int nan, void *values,
                             void *valid, uint8_t *restrict kinds, ptrdiff_t count, int parts)
{
    const real *restrict x = from;
    real *restrict v = values, *restrict c = valid;
    ptrdiff_t missing = 0;
    if (marks)
        for (ptrdiff_t i = 0; i < count; i++)
            kinds[i] = marks[i] ? FC_MISSING : FC_VALID;
    else
        __builtin_memset(kinds, FC_VALID, (size_t)count);
    if (nan && parts == 1)
        for (ptrdiff_t i = 0; i < count; i++)
            kinds[i] = x[i] != x[i] ? FC_MISSING : kinds[i];
    else if (nan)
        for (ptrdiff_t i = 0; i < count; i++)
            if (x[2 * i] != x[2 * i] || x[2 * i + 1] != x[2 * i + 1])
                kinds[i] = FC_MISSING;
    for (ptrdiff_t i = 0; i < count; i++)
        missing += kinds[i] == FC_MISSING;
    if (parts == 1) {
        for (ptrdiff_t i = 0; i < count; i++) {
            v[i] = kinds[i] == FC_VALID ? x[i] : 0;
            c[i] = kinds[i] == FC_VALID ? 1 : 0;
        }
        return missing;
    }
    for (ptrdiff_t i = 0; i < count; i++) {
        const int whole = kinds[i] == FC_VALID;
        v[2 * i] = whole ? x[2 * i] : 0;
        v[2 * i + 1] = whole ? x[2 * i + 1] : 0;
        c[2 * i] = whole;
        c[2 * i + 1] = 0;
    }
    return missing;
}

/* Combine results of complex numbers. */
static ptrdiff_t NAME(combine_complex)(const real *a, const real *b, const uint8_t *kinds,
                                       const real *t, ptrdiff_t step, double least, real *y,
                                       ptrdiff_t count)
{
    ptrdiff_t small = 0;
    for (ptrdiff_t i = 0; i < count; i++, a += 2, b += 2, t += 2 * step, y += 2) {
        const real size = b[0] * b[0] + b[1] * b[1];
        const real re = (t[0] * b[0] + t[1] * b[1]) / size, im = (t[1] * b[0] - t[0] * b[1]) / size;
        const int both = kinds[i] == FC_BOTH, none = kinds[i] == FC_MISSING;
        small += both && (double)size < least * least;
        y[0] = none ? (real)__builtin_nan("") : both ? a[0] * re - a[1] * im : a[0];
        y[1] = none ? (real)__builtin_nan("") : both ? a[0] * im + a[1] * re : a[1];
    }
    return small;
}

static ptrdiff_t NAME(combine)(const void *sums, const void *weights,
                               const uint8_t *restrict kinds, const void *totals, ptrdiff_t step,
                               double least, void *out, ptrdiff_t count, int parts)
{
    const real *restrict a = sums, *restrict b = weights, *restrict t = totals;
    real *restrict y = out;
    const real nan = (real)__builtin_nan(""), low = (real)least;
    ptrdiff_t small = 0;
    if (parts == 2)
        return NAME(combine_complex)(a, b, kinds, t, step, least, y, count);
    for (ptrdiff_t i = 0; i < count; i++)
        small += (kinds[i] == FC_BOTH) & (b[i] < low) & (b[i] > -low);
    for (ptrdiff_t i = 0; i < count; i++) {
        const real joined = a[i] * ((step ? t[i] : t[0]) / b[i]);
        const real known = kinds[i] == FC_MISSING ? nan : a[i];
        y[i] = kinds[i] == FC_BOTH ? joined : known;
    }
    return small;
}

static const struct fc_missing NAME(kernels) = {
    .size = sizeof(struct fc_missing),
    .split = NAME(split),
    .combine = NAME(combine),
};
