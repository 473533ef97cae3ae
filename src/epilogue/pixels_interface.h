/* The interface of pixels. */
#ifndef FC_PIXELS_INTERFACE_H
#define FC_PIXELS_INTERFACE_H

#include "epilogue/interface.h"

/* Some pixels of an array with channels last. */
struct fc_pixels {
    void *out;
    const void *x, *add;          /* the array that is added, or NULL */
    const void *scale, *shift;    /* a number per channel, or NULL */
    ptrdiff_t pixels, channels;
    ptrdiff_t out_step, x_step, add_step; /* elements from one pixel to the next */
    int activation;
    double low, high;             /* as `affine` of the room `epilogue` takes them */
};

struct fc_pixels_kernels {
    size_t size;
    /* Write activation(x * scale + shift + add) to `out`, which may be `x` or `add`. */
    void (*affine)(const struct fc_pixels *task);
};

#endif
