/* epilogue: the operations that every algorithm applies to its outputs while they are in cache.
 *
 *     y = activation(x + bias + add)
 *
 * One pass computes all of it. The last values of a row are copied to a vector, so that they go
 * through the same vector code and no value depends on where a row was divided.
 */
#include "epilogue/interface.h"

#include "activation.h"

FC_INLINE void NAME(finish_row)(real *out, ptrdiff_t count, real channel, const real *position,
                                const real *add, const int activation)
{
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vec x = loadu(out + i) + channel;
        if (position)
            x += loadu(position + i);
        if (add)
            x += loadu(add + i);
        storeu(out + i, NAME(activate)(x, activation));
    }
    if (i < count) {
        const size_t bytes = (size_t)(count - i) * sizeof(real);
        vec x = {0}, term = {0};
        __builtin_memcpy(&x, out + i, bytes);
        x += channel;
        if (position) {
            __builtin_memcpy(&term, position + i, bytes);
            x += term;
        }
        if (add) {
            __builtin_memcpy(&term, add + i, bytes);
            x += term;
        }
        x = NAME(activate)(x, activation);
        __builtin_memcpy(out + i, &x, bytes);
    }
}

static void NAME(finish)(void *out, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride,
                         const void *channel, const void *position, const void *add,
                         int activation)
{
    for (ptrdiff_t r = 0; r < rows; r++) {
        real *y = (real *)out + r * stride;
        /* -0.0 + x equals x for every x, also for x = -0.0. */
        const real b = channel ? ((const real *)channel)[r] : (real)-0.0;
        const real *p = position ? (const real *)position + r * stride : 0;
        const real *a = add ? (const real *)add + r * stride : 0;
        switch (activation) {
        case FC_RELU:
            NAME(finish_row)(y, count, b, p, a, FC_RELU);
            break;
        case FC_RELU6:
            NAME(finish_row)(y, count, b, p, a, FC_RELU6);
            break;
        case FC_SILU:
            NAME(finish_row)(y, count, b, p, a, FC_SILU);
            break;
        case FC_SIGMOID:
            NAME(finish_row)(y, count, b, p, a, FC_SIGMOID);
            break;
        case FC_TANH:
            NAME(finish_row)(y, count, b, p, a, FC_TANH);
            break;
        default:
            NAME(finish_row)(y, count, b, p, a, FC_LINEAR);
        }
    }
}

/* Return whether any value is NaN or infinite. For every other value x * 0 is 0, while for these it
 * is NaN, and a sum with a NaN stays NaN. */
static int NAME(nonfinite)(const void *values, ptrdiff_t count)
{
    const real *x = values;
    ptrdiff_t i = 0;
    while (i < count) {
        const ptrdiff_t stop = count - i > 4096 ? i + 4096 : count;
        vec sum[4] = {{0}, {0}, {0}, {0}};
        for (; i + 4 * LANES <= stop; i += 4 * LANES)
            for (int j = 0; j < 4; j++)
                sum[j] += loadu(x + i + j * LANES) * 0;
        real rest = 0;
        for (; i < stop; i++)
            rest += x[i] * 0;
        const vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
        for (int j = 0; j < LANES; j++)
            rest += all[j];
        if (rest != 0)
            return 1;
    }
    return 0;
}

static const struct fc_epilogue NAME(kernels) = {
    .size = sizeof(struct fc_epilogue),
    .finish = NAME(finish),
    .nonfinite = NAME(nonfinite),
};
