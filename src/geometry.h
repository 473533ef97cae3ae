/* The geometry of a convolution. Most rooms share these structs. */
#ifndef FC_GEOMETRY_H
#define FC_GEOMETRY_H

#include <stddef.h>

/* One spatial axis. Feature position o and tap t read the padded coordinate
 * j = o * stride + t * dilation. line[j] is the image index at this coordinate, or -1 where the
 * fill value is read. Between the borders (before <= j < before + image), line[j] == j - before. */
struct fc_axis {
    ptrdiff_t image, feature, taps, stride, dilation, before, extent;
    const ptrdiff_t *line; /* has `extent` entries */
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

#endif
