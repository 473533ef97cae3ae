/* The interface of grad. */
#ifndef FC_GRAD_INTERFACE_H
#define FC_GRAD_INTERFACE_H

#include "implicit_gemm/interface.h"

/* The layout of both operands of `dots` for a block of pixels. Rows consist of whole vectors, with
 * zeros behind the last pixel. */
struct fc_dots {
    ptrdiff_t pitch, unfolded_pitch, out_pitch; /* elements from row to row */
    ptrdiff_t vectors;                          /* the number of vectors that hold pixels */
    int accumulate;                             /* whether sums are added to the output */
};

struct fc_grad {
    size_t size;
    int lanes;
    int block_bytes; /* the largest size of the pixels in a row of a block */
    /* Compute out[k, j] (+)= sum over pixels of feature[k, pixel] * unfolded[j, pixel]. */
    void (*dots)(const struct fc_dots *d, const void *feature, ptrdiff_t rows,
                 const void *unfolded, ptrdiff_t columns, void *out);
    /* Store the unfolded image of a block at to[k * pitch + pixel], with zeros up to a whole
     * vector. The block's patch, slots and lines are as large as for `pack`. */
    void (*unroll)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                   ptrdiff_t channel, ptrdiff_t channels, void *to, ptrdiff_t pitch);
    /* Add the sum of feature * patch over the pixels of an unpacked block to to[tap]. `feature`
     * points to the channel. */
    void (*taps)(const struct fc_block *block, const void *feature, ptrdiff_t taps, double *to);
    /* Add `from` to `out`. */
    void (*add)(void *out, const void *from, ptrdiff_t count);
    /* Return the sum of all values. */
    double (*sum)(const void *values, ptrdiff_t count);
};

#endif
