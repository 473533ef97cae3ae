/* The interface of direct/planes.h: small planes, one channel at a time. */
#ifndef FC_PLANES_INTERFACE_H
#define FC_PLANES_INTERFACE_H

#include "geometry.h"
#include "watch.h"

/* A column of vectors of outputs, and the input that its rows read: `reach` input columns from
 * `first` on. `before` and `behind` count the columns before the start and after the end of the
 * image row. `inside` holds masks by tap column and half. */
struct fc_plane_column {
    ptrdiff_t here, first, reach, before, behind;
    const void *inside;
};

/* One depthwise convolution. See src/direct/planes.h. */
struct fc_planes_plan {
    struct fc_geometry geometry;
    ptrdiff_t group_features;
    ptrdiff_t rows; /* output rows that are computed in one column before the next column */
    ptrdiff_t column_count;
    struct fc_plane_column *columns;
    const ptrdiff_t *slots;   /* per padded row: element of a plane; -1: in the border */
    const ptrdiff_t *nothing; /* an array as long as slots in which all values are -1 */
    const void *zeros;        /* column 0 of a row of zeros */
    int zeros_beyond;         /* whether values beyond the ends of rows are zeros */
    int has_epilogue, bias_position, activation;
};

/* A task: output planes unit..unit_stop, or some rows of one plane. */
struct fc_planes_task {
    const void *image, *image_end, *weight, *bias, *add;
    void *out;
    ptrdiff_t unit, unit_stop, row, row_stop;
    struct fc_watch *watch;
};

/* FC_PLANE_MASKS: vectors of masks per column. FC_PLANE_REACH: maximum number of columns
 * between the first and the last tap. */
enum { FC_PLANE_MASKS = 8, FC_PLANE_REACH = 64 };

struct fc_planes {
    size_t size;
    int lanes;
    void (*plan)(const struct fc_planes_plan *plan, struct fc_plane_column *columns, void *masks);
    void (*filter)(const struct fc_planes_plan *plan, const struct fc_planes_task *task);
};

#endif
