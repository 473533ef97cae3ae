/* The interface of pool_backward. */
#ifndef FC_POOL_BACKWARD_INTERFACE_H
#define FC_POOL_BACKWARD_INTERFACE_H

#include <stddef.h>

struct fc_pool_backward {
    size_t size;
    /* row[i] (+)= grad[i] * by * scale[i]; scale may be NULL */
    void (*add)(void *row, const void *grad, double by, const void *scale, ptrdiff_t count,
                int accumulate);
    /* row[i] = grad[i] / norm[i], 0 where norm is 0 */
    void (*ratio)(void *row, const void *grad, const void *norm, ptrdiff_t count);
    /* out[i] = sum over j < taps of row[i + j * apart] */
    void (*slide)(const void *row, ptrdiff_t apart, ptrdiff_t taps, ptrdiff_t count, void *out);
    /* out[i] = the sum of row[first[i]], number[i] of them */
    void (*sum_runs)(const void *row, const ptrdiff_t *first, const ptrdiff_t *number,
                   ptrdiff_t count, void *out);
    /* out[i] *= input[i] (power 1) or its sign (power 0) */
    void (*times)(void *out, const void *input, ptrdiff_t count, int power);
    /* indices -1 are skipped; false where another is below zero or from `limit` on */
    /* out[index[i]] += grad[i] */
    int (*scatter_add)(const void *grad, const long long *index, ptrdiff_t count, ptrdiff_t limit,
                  void *out);
    /* out[index[i]] = values[i] */
    int (*scatter)(const void *values, const long long *index, ptrdiff_t count, ptrdiff_t limit,
               void *out);
    /* out[i] = values[index[i]], 0 for index -1 */
    int (*gather)(const void *values, const long long *index, ptrdiff_t count, ptrdiff_t limit,
                void *out);
    /* the maximum of `number` rows of `inner` values */
    void (*maxout)(const void *source, ptrdiff_t number, ptrdiff_t inner, void *out);
    void (*maxout_back)(const void *source, const void *grad, ptrdiff_t number, ptrdiff_t inner,
                        void *out);
};

#endif
