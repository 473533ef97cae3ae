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
        vec x = NAME(load_first)(out + i, count - i) + channel;
        if (position)
            x += NAME(load_first)(position + i, count - i);
        if (add)
            x += NAME(load_first)(add + i, count - i);
        NAME(store_first)(out + i, NAME(activate)(x, activation), count - i);
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
        case FC_HARDSWISH:
            NAME(finish_row)(y, count, b, p, a, FC_HARDSWISH);
            break;
        case FC_HARDSIGMOID:
            NAME(finish_row)(y, count, b, p, a, FC_HARDSIGMOID);
            break;
        case FC_LEAKY_RELU:
            NAME(finish_row)(y, count, b, p, a, FC_LEAKY_RELU);
            break;
        default:
            NAME(finish_row)(y, count, b, p, a, FC_LINEAR);
        }
    }
}

/* Return the activation of one vector; FC_CLIP and FC_SLOPE have numbers of their own. */
FC_INLINE vec NAME(activate_by)(vec x, const int activation, vec low, vec high)
{
    if (activation == FC_CLIP)
        return vmin(high, vmax(low, x));
    if (activation == FC_SLOPE)
        return choose((ints)(x < 0), x * low, x);
    return NAME(activate)(x, activation);
}

FC_INLINE void NAME(affine_row)(real *out, const real *x, ptrdiff_t count, real scale, real shift,
                                const real *add, const int activation, vec low, vec high)
{
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vec y = loadu(x + i) * scale + shift;
        if (add)
            y += loadu(add + i);
        storeu(out + i, NAME(activate_by)(y, activation, low, high));
    }
    if (i < count) {
        const size_t bytes = (size_t)(count - i) * sizeof(real);
        vec y = {0}, term = {0};
        __builtin_memcpy(&y, x + i, bytes);
        y = y * scale + shift;
        if (add) {
            __builtin_memcpy(&term, add + i, bytes);
            y += term;
        }
        y = NAME(activate_by)(y, activation, low, high);
        __builtin_memcpy(out + i, &y, bytes);
    }
}

static void NAME(affine)(void *out, const void *x, ptrdiff_t rows, ptrdiff_t count,
                         ptrdiff_t stride, const void *scale, const void *shift, const void *add,
                         int activation, double low, double high)
{
    const vec l = broadcast((real)low), h = broadcast((real)high);
    for (ptrdiff_t r = 0; r < rows; r++) {
        real *y = (real *)out + r * stride;
        const real *from = (const real *)x + r * stride;
        const real s = scale ? ((const real *)scale)[r] : 1;
        const real b = shift ? ((const real *)shift)[r] : (real)-0.0;
        const real *a = add ? (const real *)add + r * stride : 0;
        switch (activation) {
        case FC_LINEAR:
            NAME(affine_row)(y, from, count, s, b, a, FC_LINEAR, l, h);
            break;
        case FC_RELU:
            NAME(affine_row)(y, from, count, s, b, a, FC_RELU, l, h);
            break;
        case FC_SILU:
            NAME(affine_row)(y, from, count, s, b, a, FC_SILU, l, h);
            break;
        case FC_SIGMOID:
            NAME(affine_row)(y, from, count, s, b, a, FC_SIGMOID, l, h);
            break;
        case FC_TANH:
            NAME(affine_row)(y, from, count, s, b, a, FC_TANH, l, h);
            break;
        case FC_HARDSWISH:
            NAME(affine_row)(y, from, count, s, b, a, FC_HARDSWISH, l, h);
            break;
        case FC_CLIP:
            NAME(affine_row)(y, from, count, s, b, a, FC_CLIP, l, h);
            break;
        case FC_SLOPE:
            NAME(affine_row)(y, from, count, s, b, a, FC_SLOPE, l, h);
            break;
        default:
            NAME(affine_row)(y, from, count, s, b, a, activation, l, h);
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
    .affine = NAME(affine),
    .nonfinite = NAME(nonfinite),
};
