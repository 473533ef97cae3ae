/* The interface of unfold. */
#ifndef FC_UNFOLD_INTERFACE_H
#define FC_UNFOLD_INTERFACE_H

#include "geometry.h"

struct fc_unfold {
    size_t size;
    /* lines[t]: where output columns column..column+columns leave the image under tap t of a row */
    void (*plan)(const struct fc_axis *w, ptrdiff_t column, ptrdiff_t columns,
                 struct fc_line *lines);
    /* rows x columns output pixels of one channel under every tap, those of tap t at t * pitch;
     * by way of the stage and past the caches unless it is NULL */
    void (*unfold)(const struct fc_geometry *g, const ptrdiff_t *slots, ptrdiff_t slot_stride,
                   const struct fc_line *lines, ptrdiff_t rows, ptrdiff_t columns,
                   const void *channel, double fill, void *to, ptrdiff_t pitch, void *stage);
    /* so many rows of one channel of the image as sums of what its taps and pixels read */
    void (*fold)(const struct fc_geometry *g, const ptrdiff_t *slots, ptrdiff_t slot_stride,
                 const struct fc_line *lines, ptrdiff_t rows, const void *from, ptrdiff_t pitch,
                 void *image);
};

#endif
