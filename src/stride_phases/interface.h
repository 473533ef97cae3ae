/* The interface of stride_phases. */
#ifndef FC_STRIDE_PHASES_INTERFACE_H
#define FC_STRIDE_PHASES_INTERFACE_H

#include "geometry.h"

struct fc_stride_phases {
    size_t size;
    /* out[c, p, k, j] = weight[k, c, tap[p, j]], k < rows, p < phases, j < kept, columns
     * first..first+count of c: the weights of dense convolutions */
    void (*transpose)(const void *weight, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t taps,
                 const ptrdiff_t *tap, ptrdiff_t phases, ptrdiff_t kept, ptrdiff_t first,
                 ptrdiff_t count, void *out);
    /* out[x] = phase[(x + at) % stride][(x + at) / stride], x < count; NULL is zeros */
    void (*interleave)(const void *const *phase, ptrdiff_t stride, ptrdiff_t at, ptrdiff_t count,
                       void *out);
    /* out[line[j]] (+)= row[j], j < extent: the gradient of an axis' border */
    void (*fold)(const struct fc_axis *w, const void *row, int accumulate, void *out);
};

#endif
