/* The interface of pool_backward. */
#ifndef FC_POOL_BACKWARD_INTERFACE_H
#define FC_POOL_BACKWARD_INTERFACE_H

#include <stddef.h>

struct fc_pool_backward {
    size_t size;
    /* Compute row[i] (+)= grad[i] * by * scale[i]. If scale is NULL, scale[i] counts as 1. */
    void (*add)(void *row, const void *grad, double by, const void *scale, ptrdiff_t count,
                int accumulate);
    /* Store row[i] = grad[i] / norm[i], or 0 where norm[i] is 0. */
    void (*ratio)(void *row, const void *grad, const void *norm, ptrdiff_t count);
    /* Store out[i] = sum over j < taps of row[i + j * apart]. */
    void (*slide)(const void *row, ptrdiff_t apart, ptrdiff_t taps, ptrdiff_t count, void *out);
    /* Store in out[i] the sum of number[i] values, from row[first[i]] on. */
    void (*sum_runs)(const void *row, const ptrdiff_t *first, const ptrdiff_t *number,
                   ptrdiff_t count, void *out);
    /* Multiply out[i] by input[i] (power 1) or by the sign of input[i] (power 0). */
    void (*times)(void *out, const void *input, ptrdiff_t count, int power);
    /* The next three functions skip indices that are -1, and return false if another index is below
     * zero or not below `limit`. This one adds grad[i] to out[index[i]]. */
    int (*scatter_add)(const void *grad, const long long *index, ptrdiff_t count, ptrdiff_t limit,
                  void *out);
    /* Store out[index[i]] = values[i]. */
    int (*scatter)(const void *values, const long long *index, ptrdiff_t count, ptrdiff_t limit,
               void *out);
    /* Store out[i] = values[index[i]], or 0 if the index is -1. */
    int (*gather)(const void *values, const long long *index, ptrdiff_t count, ptrdiff_t limit,
                void *out);
    /* Store the maximum over `number` rows of `inner` values, for each of the `inner` columns. */
    void (*maxout)(const void *source, ptrdiff_t number, ptrdiff_t inner, void *out);
    /* Store the gradient of the maximum: grad where the first maximum is, and 0 elsewhere. */
    void (*maxout_back)(const void *source, const void *grad, ptrdiff_t number, ptrdiff_t inner,
                        void *out);
};

#endif
