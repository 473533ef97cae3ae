/* The interface of grad. */
#ifndef FC_GRAD_INTERFACE_H
#define FC_GRAD_INTERFACE_H

#include "implicit_gemm/interface.h"

/* Both sides of a block of pixels: whole vectors, zeros behind the last pixel. */
struct fc_dots {
    ptrdiff_t pitch, unfolded_pitch, out_pitch; /* elements from row to row */
    ptrdiff_t vectors;                          /* that hold pixels */
    int accumulate;
};

struct fc_grad {
    size_t size;
    int lanes;
    int block_bytes; /* of pixels per row */
    /* out[k, j] (+)= sum over pixels of feature[k, pixel] * unfolded[j, pixel] */
    void (*dots)(const struct fc_dots *d, const void *feature, ptrdiff_t rows,
                 const void *unfolded, ptrdiff_t columns, void *out);
    /* to[k * pitch + pixel] = the unfolded image of a block, zeros up to a whole vector; patch,
     * slots and lines as large as for `pack` */
    void (*unroll)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                   ptrdiff_t channel, ptrdiff_t channels, void *to, ptrdiff_t pitch);
    /* to[tap] += sum over an unpacked block's pixels of feature * patch, `feature` at its channel */
    void (*taps)(const struct fc_block *block, const void *feature, ptrdiff_t taps, double *to);
    void (*add)(void *out, const void *from, ptrdiff_t count);
    double (*sum)(const void *values, ptrdiff_t count);
};

#endif
