/* The interface of exact. */
#ifndef FC_EXACT_INTERFACE_H
#define FC_EXACT_INTERFACE_H

#include <stddef.h>
#include <stdint.h>

/* Which digit of an integer x is wanted: ((x + halves) >> shift & mask) - half. */
struct fc_digit {
    int64_t halves, mask, half;
    int shift;
};

struct fc_exact {
    size_t size;
    /* Write integers, or a digit of each unless `digit` is NULL, as real numbers. */
    void (*to_f32)(const void *from, float *to, ptrdiff_t count, const struct fc_digit *digit);
    void (*to_f64)(const void *from, double *to, ptrdiff_t count, const struct fc_digit *digit);
    /* Write real numbers, times 2^shift and modulo the range of the type, as integers, or add them
     * if `adds` is set. Those of float are whole and at most 2^24. Those of double are rounded to
     * the nearest integer and at most 2^51. */
    void (*from_f32)(const float *from, void *to, ptrdiff_t count, int shift, int adds);
    void (*from_f64)(const double *from, void *to, ptrdiff_t count, int shift, int adds);
    /* Lower *lowest to the smallest and raise *highest to the largest value. */
    void (*extremes)(const void *from, ptrdiff_t count, int64_t *lowest, int64_t *highest);
    /* Return the sum of the squares of all values. */
    double (*squares)(const void *from, ptrdiff_t count);
};

#endif
