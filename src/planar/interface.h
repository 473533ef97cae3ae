/* The interface of planar. */
#ifndef FC_PLANAR_INTERFACE_H
#define FC_PLANAR_INTERFACE_H

#include <stddef.h>

struct fc_planar {
    size_t size;
    /* Store the real and the imaginary parts of `count` complex numbers; the imaginary parts are
     * multiplied by `sign`, 1 or -1. */
    void (*split)(const void *from, ptrdiff_t count, double sign, void *real_parts,
                  void *imaginary_parts);
    /* Store `count` complex numbers, given their parts. */
    void (*join)(const void *real_parts, const void *imaginary_parts, ptrdiff_t count, void *to);
    /* Store `count` complex numbers times start * step[i], or times the conjugate if `sign` is -1;
     * the imaginary parts of the results are multiplied by `turn`, 1 or -1. */
    void (*twist)(const void *from, const double *start, const void *steps, ptrdiff_t count,
                  double sign, double turn, void *to);
    /* Store the complex numbers (a + d) + (c - b) i; a, b, c and d have `count` values. */
    void (*merge)(const void *a, const void *b, const void *c, const void *d, ptrdiff_t count,
                  double sign, void *to);
};

#endif
