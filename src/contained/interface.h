/* The interface of contained. */
#ifndef FC_CONTAINED_INTERFACE_H
#define FC_CONTAINED_INTERFACE_H

#include <stddef.h>
#include <stdint.h>

/* What `clean` found; a sum of these. */
enum fc_found { FC_FINITE = 0, FC_NAN = 1, FC_INFINITE = 2 };

/* A number has one real value, or two if it is complex (`parts`). */
struct fc_contained {
    size_t size;
    /* Copy `count` numbers with 0 in place of those that are not finite, and set their bytes of
     * `mask` to 1. A number with a NaN counts as a NaN, whatever its other part is. */
    int (*clean)(const void *from, void *to, uint8_t *mask, ptrdiff_t count, int parts);
    /* Set to NaN the numbers whose bytes of `mask` are 1, not 0. */
    void (*mark)(void *values, const uint8_t *mask, ptrdiff_t count, int parts);
    /* Set mask[i] |= mask[i + shift], for a shift of at least 1. */
    void (*join)(uint8_t *mask, ptrdiff_t shift, ptrdiff_t count);
};

#endif
