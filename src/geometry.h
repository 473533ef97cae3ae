/* The geometry of a convolution, which most rooms share. */
#ifndef FC_GEOMETRY_H
#define FC_GEOMETRY_H

#include <stddef.h>

/* One spatial axis. Feature position o and tap t read the padded coordinate
 * j = o * stride + t * dilation, and line[j] is the image index there, -1 for the fill value.
 * Between the borders, before <= j < before + image, line[j] == j - before. */
struct fc_axis {
    ptrdiff_t image, feature, taps, stride, dilation, before, extent;
    const ptrdiff_t *line; /* extent entries */
};

/* The geometry of one convolution, always three axes; missing ones in front have size 1. */
struct fc_geometry {
    struct fc_axis axis[3];
    ptrdiff_t batch, image_channels, feature_channels;
    ptrdiff_t plane;  /* image elements per channel */
    ptrdiff_t pixels; /* feature elements per channel */
    ptrdiff_t taps;   /* per channel */
    int direct;       /* no border anywhere and unit stride along the last axis */
};

/* A stretch of each row of the patch (patch.h): its first padded coordinate, its position in the
 * row, and where it leaves the image. */
struct fc_line {
    ptrdiff_t start, position, low, high, count;
};

#endif
