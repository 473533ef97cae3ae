/* The interface of lp. */
#ifndef FC_LP_INTERFACE_H
#define FC_LP_INTERFACE_H

#include <stddef.h>

/* An exponent, which is the sum of both numbers: a quotient, for instance, with more digits than
 * one has. */
struct fc_lp_exponent {
    double value, rest;
};

struct fc_lp {
    size_t size;
    /* Return the least s for which every finite |x[i]| is below 2^s, and 0 if all are 0. */
    int (*scale)(const void *x, ptrdiff_t count);
    /* Set to[i] = (|x[i]| / 2^scale)^p. What is not 0 does not become 0. */
    void (*raise)(double *to, const void *x, ptrdiff_t count, const struct fc_lp_exponent *p,
                  int scale);
    /* Set out[i] = 2^scale * sums[i]^root. Return whether a sum is so small that it has lost
     * terms. */
    int (*root)(void *out, const double *sums, ptrdiff_t count, const struct fc_lp_exponent *root,
                int scale);
    /* Set to[i] = grad[i] * sums[i]^power, and 0 where the sum is 0. Return whether a sum or a
     * factor is too small or too large for the gradient. */
    int (*ratio)(double *to, const void *grad, const double *sums, ptrdiff_t count,
                 const struct fc_lp_exponent *power);
    /* Set out[i] = sign(x[i]) * (|x[i]| / 2^scale)^power * sums[i], and 0 where x[i] is 0. Return
     * whether a factor is too small or too large. */
    int (*spread)(void *out, const void *x, const double *sums, ptrdiff_t count,
                  const struct fc_lp_exponent *power, int scale);
};

#endif
