/* The interface of direct/planes.h: small planes, channel by channel. */
#ifndef FC_PLANES_INTERFACE_H
#define FC_PLANES_INTERFACE_H

#include "geometry.h"

/* A column of vectors of outputs and what its rows read: `reach` input columns from `first` on, so
 * many of them before and behind the row; `inside`: masks by tap column and half. */
struct fc_plane_column {
    ptrdiff_t here, first, reach, before, behind;
    const void *inside;
};

/* One depthwise convolution, see src/direct/planes.h. */
struct fc_planes_plan {
    struct fc_geometry geometry;
    ptrdiff_t group_features;
    ptrdiff_t rows; /* of outputs that a column is followed down before the next */
    ptrdiff_t column_count;
    struct fc_plane_column *columns;
    const ptrdiff_t *slots;   /* of padded rows: element of a plane, -1 in the border */
    const ptrdiff_t *nothing; /* as many times -1 */
    const void *zeros;        /* a row of them, from its column 0 on */
    int zeros_beyond;         /* the ends of rows */
    int has_epilogue, bias_position, activation;
};

/* Output planes unit..unit_stop, or some rows of one. */
struct fc_planes_task {
    const void *image, *image_end, *weight, *bias, *add;
    void *out;
    ptrdiff_t unit, unit_stop, row, row_stop;
};

/* vectors of masks per column; most columns between the first and the last tap */
enum { FC_PLANE_MASKS = 8, FC_PLANE_REACH = 64 };

struct fc_planes {
    size_t size;
    int lanes;
    void (*plan)(const struct fc_planes_plan *plan, struct fc_plane_column *columns, void *masks);
    void (*filter)(const struct fc_planes_plan *plan, const struct fc_planes_task *task);
};

#endif
