/* exact: convert integers of one type to real numbers, which compute with them, and back.
 *
 *     to      x[i] -> (real)x[i], or one digit of it
 *     from    y[i] -> y[i] 2^shift modulo 2^bits
 *
 * Layout     rows of values without gaps
 * Loops      one over the values, which the compiler turns into vectors
 *
 * A double y of at most 2^51 becomes an integer when 1.5 2^52 is added: a double of that size has
 * no fraction, so that the sum is rounded to the nearest integer, and its lowest bits are those of
 * the integer. No instruction set but AVX-512 converts vectors of double to int64.
 */
#include "exact/interface.h"
#ifndef FC_EXACT_MAGIC
#define FC_EXACT_MAGIC 6755399441055744.0 /* 1.5 2^52 */
#define FC_EXACT_BITS 0x4338000000000000  /* its bits */

static inline int64_t fc_rounded(double y)
{
    int64_t bits;
    y += FC_EXACT_MAGIC;
    __builtin_memcpy(&bits, &y, sizeof bits);
    return bits - FC_EXACT_BITS;
}

static inline int64_t fc_digit_of(int64_t x, int64_t halves, int64_t mask, int64_t half, int shift)
{
    const int64_t sum = (int64_t)((uint64_t)x + (uint64_t)halves);
    return ((sum >> shift) & mask) - half;
}
#endif

static void NAME(to_f32)(const void *from, float *restrict to, ptrdiff_t count,
                         const struct fc_digit *digit)
{
    const real *restrict x = from;
    if (!digit) {
        for (ptrdiff_t i = 0; i < count; i++)
            to[i] = (float)x[i];
        return;
    }
    const struct fc_digit d = *digit;
    for (ptrdiff_t i = 0; i < count; i++)
        to[i] = (float)fc_digit_of((int64_t)x[i], d.halves, d.mask, d.half, d.shift);
}

static void NAME(to_f64)(const void *from, double *restrict to, ptrdiff_t count,
                         const struct fc_digit *digit)
{
    const real *restrict x = from;
    if (!digit) {
        for (ptrdiff_t i = 0; i < count; i++)
            to[i] = (double)x[i];
        return;
    }
    const struct fc_digit d = *digit;
    for (ptrdiff_t i = 0; i < count; i++)
        to[i] = (double)fc_digit_of((int64_t)x[i], d.halves, d.mask, d.half, d.shift);
}

static void NAME(from_f32)(const float *restrict from, void *to, ptrdiff_t count, int shift,
                           int adds)
{
    real *restrict y = to;
    if (!shift && !adds)
        for (ptrdiff_t i = 0; i < count; i++)
            y[i] = (real)(int32_t)from[i];
    else
        for (ptrdiff_t i = 0; i < count; i++)
            y[i] = (real)((uint64_t)(adds ? y[i] : 0)
                          + ((uint64_t)(int64_t)(int32_t)from[i] << shift));
}

static void NAME(from_f64)(const double *restrict from, void *to, ptrdiff_t count, int shift,
                           int adds)
{
    real *restrict y = to;
    if (!shift && !adds)
        for (ptrdiff_t i = 0; i < count; i++)
            y[i] = (real)fc_rounded(from[i]);
    else
        for (ptrdiff_t i = 0; i < count; i++)
            y[i] = (real)((uint64_t)(adds ? y[i] : 0) + ((uint64_t)fc_rounded(from[i]) << shift));
}

static void NAME(extremes)(const void *from, ptrdiff_t count, int64_t *lowest, int64_t *highest)
{
    const real *restrict x = from;
    real low = x[0], high = x[0];
    for (ptrdiff_t i = 1; i < count; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    if ((int64_t)low < *lowest)
        *lowest = (int64_t)low;
    if ((int64_t)high > *highest)
        *highest = (int64_t)high;
}

/* Eight sums, so that the compiler may use vectors without changing the order of any addition. */
static double NAME(squares)(const void *from, ptrdiff_t count)
{
    const real *restrict x = from;
    double sums[8] = {0};
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int j = 0; j < 8; j++)
            sums[j] += (double)x[i + j] * (double)x[i + j];
    for (; i < count; i++)
        sums[0] += (double)x[i] * (double)x[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

static const struct fc_exact NAME(kernels) = {
    .size = sizeof(struct fc_exact),
    .to_f32 = NAME(to_f32),
    .to_f64 = NAME(to_f64),
    .from_f32 = NAME(from_f32),
    .from_f64 = NAME(from_f64),
    .extremes = NAME(extremes),
    .squares = NAME(squares),
};
