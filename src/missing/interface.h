/* The interface of missing. */
#ifndef FC_MISSING_INTERFACE_H
#define FC_MISSING_INTERFACE_H

#include <stddef.h>
#include <stdint.h>

/* What a window holds; a sum of these. */
enum fc_kinds { FC_MISSING = 1, FC_VALID = 2, FC_BOTH = 3 };

/* A number has one real value, or two if it is complex (`parts`). */
struct fc_missing {
    size_t size;
    /* Write `count` numbers with 0 in place of those that are missing, 1 where they are valid, and
     * their kinds. Missing is what has a byte of `marks` that is not 0, if that is not NULL, and a
     * NaN if `nan` is 1. Return how many are missing. */
    ptrdiff_t (*split)(const void *from, const uint8_t *marks, int nan, void *values, void *valid,
                       uint8_t *kinds, ptrdiff_t count, int parts);
    /* Write `count` results: the sum where a window is valid, NaN where all of it is missing, and
     * otherwise the sum times the total divided by the weight. Totals are `step` numbers apart, 0 or
     * 1. Return how many weights of the last kind have absolute values below `least`. */
    ptrdiff_t (*combine)(const void *sums, const void *weights, const uint8_t *kinds,
                         const void *totals, ptrdiff_t step, double least, void *out,
                         ptrdiff_t count, int parts);
};

#endif
