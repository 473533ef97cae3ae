/* The interface of half. */
#ifndef FC_HALF_INTERFACE_H
#define FC_HALF_INTERFACE_H

#include <stddef.h>

struct fc_half {
    size_t size;
    /* Convert `count` values from float16 to float32. */
    void (*widen)(void *to, const void *from, ptrdiff_t count);
    /* Convert `count` values from float32 to float16, rounded to the nearest; ties go to even. */
    void (*narrow)(void *to, const void *from, ptrdiff_t count);
};

#endif
