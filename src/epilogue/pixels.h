/* pixels: the pass of `epilogue` over arrays with channels last.
 *
 *     y = activation(x * scale + shift + add)
 *
 * Lanes are channels. Pixels may be further apart than there are channels.
 */
#include "epilogue/pixels_interface.h"

#include "epilogue/activation.h"

FC_INLINE vec NAME(pixel_vector)(vec x, const vec scale, const vec shift, const real *add,
                                 ptrdiff_t count, const int activation, vec low, vec high)
{
    vec y = x * scale + shift;
    if (add)
        y += count < LANES ? NAME(load_first)(add, count) : loadu(add);
    if (activation == FC_CLIP)
        return vmin(high, vmax(low, y));
    if (activation == FC_SLOPE)
        return choose((ints)(y < 0), y * low, y);
    return NAME(activate)(y, activation);
}

FC_INLINE void NAME(affine_pixels)(const struct fc_pixels *t, const int activation)
{
    const real *scale = t->scale, *shift = t->shift;
    const vec low = broadcast((real)t->low), high = broadcast((real)t->high);
    const ptrdiff_t whole = t->channels / LANES * LANES, rest = t->channels - whole;
    for (ptrdiff_t p = 0; p < t->pixels; p++) {
        real *out = (real *)t->out + p * t->out_step;
        const real *x = (const real *)t->x + p * t->x_step;
        const real *add = t->add ? (const real *)t->add + p * t->add_step : 0;
        for (ptrdiff_t i = 0; i < whole; i += LANES) {
            /* -0.0 + x equals x for every x, also for x = -0.0. */
            const vec s = scale ? loadu(scale + i) : broadcast(1);
            const vec b = shift ? loadu(shift + i) : broadcast((real)-0.0);
            storeu(out + i, NAME(pixel_vector)(loadu(x + i), s, b, add ? add + i : 0, LANES,
                                               activation, low, high));
        }
        if (rest) {
            const vec s = scale ? NAME(load_first)(scale + whole, rest) : broadcast(1);
            const vec b = shift ? NAME(load_first)(shift + whole, rest) : broadcast((real)-0.0);
            const vec y = NAME(pixel_vector)(NAME(load_first)(x + whole, rest), s, b,
                                             add ? add + whole : 0, rest, activation, low, high);
            NAME(store_first)(out + whole, y, rest);
        }
    }
}

static void NAME(affine)(const struct fc_pixels *t)
{
    switch (t->activation) {
    case FC_LINEAR:
        NAME(affine_pixels)(t, FC_LINEAR);
        break;
    case FC_RELU:
        NAME(affine_pixels)(t, FC_RELU);
        break;
    case FC_SILU:
        NAME(affine_pixels)(t, FC_SILU);
        break;
    case FC_HARDSWISH:
        NAME(affine_pixels)(t, FC_HARDSWISH);
        break;
    case FC_CLIP:
        NAME(affine_pixels)(t, FC_CLIP);
        break;
    default:
        NAME(affine_pixels)(t, t->activation);
    }
}

static const struct fc_pixels_kernels NAME(kernels) = {
    .size = sizeof(struct fc_pixels_kernels),
    .affine = NAME(affine),
};
