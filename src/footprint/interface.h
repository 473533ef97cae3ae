/* The interface of footprint. */
#ifndef FC_FOOTPRINT_INTERFACE_H
#define FC_FOOTPRINT_INTERFACE_H

#include <stddef.h>

#include "watch.h"

struct fc_footprint {
    size_t size;
    int lanes;
    /* Set to[r * to_pitch + j] to the maximum of from[i][r * pitch + j] over i < n, or to the
     * minimum, for r < rows and j < width. Vectors at the end of the rows are read as a whole;
     * those of `to` are written up to width. */
    void (*join)(void *to, ptrdiff_t to_pitch, const void *const *from, ptrdiff_t pitch,
                 ptrdiff_t n, ptrdiff_t rows, ptrdiff_t width, int minimum,
                 struct fc_watch *watch);
    /* Set to[j] to row[from[j]], or to the fill value where from[j] is negative, for j < width. */
    void (*place)(void *to, const void *row, const ptrdiff_t *from, ptrdiff_t width,
                  const void *fill);
};

#endif
