/* The interface of stride_phases. */
#ifndef FC_STRIDE_PHASES_INTERFACE_H
#define FC_STRIDE_PHASES_INTERFACE_H

#include "geometry.h"

struct fc_stride_phases {
    size_t size;
    /* Store the weights of the dense convolutions: out[c, p, k, j] = weight[k, c, tap[p, j]] for
     * k < rows, p < phases, j < kept and the columns first..first+count of c. */
    void (*transpose)(const void *weight, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t taps,
                 const ptrdiff_t *tap, ptrdiff_t phases, ptrdiff_t kept, ptrdiff_t first,
                 ptrdiff_t count, void *out);
    /* Store out[x] = phase[(x + at) % stride][(x + at) / stride] for x < count. A phase that is
     * NULL has zeros only. */
    void (*interleave)(const void *const *phase, ptrdiff_t stride, ptrdiff_t at, ptrdiff_t count,
                       void *out);
    /* Store the values of one phase, that of residue r: out[x] = phase[(x + at) / stride] for all
     * x < count with (x + at) % stride == r. */
    void (*scatter)(const void *phase, ptrdiff_t stride, ptrdiff_t r, ptrdiff_t at, ptrdiff_t count,
                    void *out);
    /* Compute the gradient of padding along an axis: out[fc_at(w, j)] (+)= row[j] for
     * j < extent. */
    void (*fold)(const struct fc_axis *w, const void *row, int accumulate, void *out);
};

#endif
