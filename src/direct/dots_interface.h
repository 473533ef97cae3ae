/* The interface of direct/dots.h: planes of few outputs, one output at a time. */
#ifndef FC_DOTS_INTERFACE_H
#define FC_DOTS_INTERFACE_H

#include "geometry.h"

struct fc_dots {
    size_t size;
    /* Compute all outputs of one plane. The image continues with zeros, and the last axis has no
     * dilation. The lines of the axes are not read. */
    void (*filter)(const struct fc_geometry *g, const void *image, const void *weight, void *out);
    /* Multiply a matrix of `rows` rows by `count` values. */
    void (*matrix)(const void *image, const void *weight, ptrdiff_t count, ptrdiff_t rows,
                   void *out);
    /* Add up products of the parts of contiguous complex numbers, in double: w.real * x.real,
     * w.imag * x.imag, w.real * x.imag, w.imag * x.real. */
    void (*parts)(const void *w, const void *x, ptrdiff_t count, double sums[4]);
};

#endif
