/* The interface of unfold. */
#ifndef FC_UNFOLD_INTERFACE_H
#define FC_UNFOLD_INTERFACE_H

#include "geometry.h"

struct fc_unfold {
    size_t size;
    /* Describe in lines[t], for each tap t of a row, which of the output columns
     * column..column+columns read inside of the image and which read beyond its ends. */
    void (*plan)(const struct fc_axis *w, ptrdiff_t column, ptrdiff_t columns,
                 struct fc_line *lines);
    /* Store the values of one channel that output pixels read under each tap: those of tap t begin
     * at to[t * pitch]. The pixels are rows first..first+rows of the output, counted through all
     * planes, and the columns that `lines` describes. If `stage` is not NULL, each tap's values are collected
     * there and then written past the caches. */
    void (*unfold)(const struct fc_geometry *g, const struct fc_line *lines, ptrdiff_t first,
                   ptrdiff_t rows, ptrdiff_t columns, const void *channel, double fill, void *to,
                   ptrdiff_t pitch, void *stage);
    /* Store rows first..first+rows of one channel of the image. Each value is the sum of `from`
     * over the taps and output pixels that read it. */
    void (*fold)(const struct fc_geometry *g, const struct fc_line *lines, ptrdiff_t first,
                 ptrdiff_t rows, const void *from, ptrdiff_t pitch, void *image);
};

#endif
