/* The interface of epilogue. */
#ifndef FC_EPILOGUE_INTERFACE_H
#define FC_EPILOGUE_INTERFACE_H

#include <math.h>
#include <stddef.h>

enum fc_activation {
    FC_LINEAR, FC_RELU, FC_RELU6, FC_SILU, FC_SIGMOID, FC_TANH, FC_HARDSWISH, FC_HARDSIGMOID,
    FC_LEAKY_RELU,
    /* for `affine` alone, with numbers of the caller's */
    FC_CLIP, FC_SLOPE
};

/* The end of a sum, where the kernel that computes the sum applies it:
 *
 *     y = min(high, max(low, x + channel + add))
 */
struct fc_ending {
    const void *channel; /* a number per row, or NULL */
    const void *add;     /* an array like the output, or NULL */
    double low, high;
};

/* Set the limits that equal an activation, and return whether there are such limits. */
static inline int fc_set_limits(struct fc_ending *ending, int activation)
{
    ending->low = activation == FC_LINEAR ? -INFINITY : 0;
    ending->high = activation == FC_RELU6 ? 6 : INFINITY;
    return activation == FC_LINEAR || activation == FC_RELU || activation == FC_RELU6;
}

struct fc_epilogue {
    size_t size;
    /* Add channel[i] + position[i, :] + add[i, :] to row i of the rows x count values at `out`, and
     * apply the activation. A term that is NULL is left out. out, position and add have the same
     * row stride. */
    void (*finish)(void *out, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride,
                   const void *channel, const void *position, const void *add, int activation);
    /* Write activation(x[i, :] * scale[i] + shift[i] + add[i, :]) for rows x count values to `out`,
     * which may be `x` or `add`. A term that is NULL is left out. All rows have the same stride.
     * FC_CLIP limits values to low and high, FC_SLOPE multiplies negative ones by low. */
    void (*affine)(void *out, const void *x, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride,
                   const void *scale, const void *shift, const void *add, int activation,
                   double low, double high);
    /* Return whether any of the values is NaN or infinite. */
    int (*nonfinite)(const void *values, ptrdiff_t count);
};

#endif
