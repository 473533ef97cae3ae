/* The geometry of a convolution. Most rooms share these structs. */
#ifndef FC_GEOMETRY_H
#define FC_GEOMETRY_H

#include <stddef.h>

/* How an axis continues past its ends: with the fill value, or with the values of the image. */
enum fc_boundary { FC_FILL, FC_REFLECT, FC_SYMMETRIC, FC_REPLICATE, FC_CIRCULAR };

/* One spatial axis. Feature position o and tap t read the padded coordinate
 * j = o * stride + t * dilation. fc_at() returns the image index at this coordinate. `unit` is the
 * number of interleaved channels of which the axis consists; each of them continues by itself. */
struct fc_axis {
    ptrdiff_t image, feature, taps, stride, dilation, before, extent, boundary, unit;
};

/* The geometry of one convolution. It always has three axes: missing leading axes have size 1. */
struct fc_geometry {
    struct fc_axis axis[3];
    ptrdiff_t batch, image_channels, feature_channels;
    ptrdiff_t plane;  /* image elements per channel */
    ptrdiff_t pixels; /* feature elements per channel */
    ptrdiff_t taps;   /* taps per channel */
    int direct;       /* whether no axis has a border and the last axis has stride 1 */
};

/* One part of each row of the patch (patch.h): its first padded coordinate, its position in the
 * row, its number of values, and the range low..high of values that lie inside the image. */
struct fc_line {
    ptrdiff_t start, position, low, high, count;
};

/* Return the quotient, rounded down. */
static inline ptrdiff_t fc_floor_div(ptrdiff_t a, ptrdiff_t b)
{
    return a / b - (a % b < 0);
}

/* Return the index inside an axis of `size` elements whose value index i outside of it reads. */
static inline ptrdiff_t fc_continued(ptrdiff_t boundary, ptrdiff_t size, ptrdiff_t i)
{
    if (boundary == FC_REPLICATE)
        return i < 0 ? 0 : size - 1;
    if (boundary == FC_CIRCULAR)
        return i - fc_floor_div(i, size) * size;
    const ptrdiff_t edge = boundary == FC_SYMMETRIC ? 1 : 0, period = 2 * size - 2 + 2 * edge;
    if (period == 0) /* there is no second element to reflect to */
        return 0;
    i -= fc_floor_div(i, period) * period;
    return i < size ? i : period - edge - i;
}

/* Return the image index at padded coordinate j, or -1 where the fill value is read. */
static inline ptrdiff_t fc_at(const struct fc_axis *axis, ptrdiff_t j)
{
    const ptrdiff_t i = j - axis->before;
    if (i >= 0 && i < axis->image)
        return i;
    if (axis->boundary == FC_FILL)
        return -1;
    if (axis->unit == 1)
        return fc_continued(axis->boundary, axis->image, i);
    const ptrdiff_t whole = fc_floor_div(i, axis->unit);
    return fc_continued(axis->boundary, axis->image / axis->unit, whole) * axis->unit +
           (i - whole * axis->unit);
}

#endif
