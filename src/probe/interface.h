/* The interface of probe. */
#ifndef FC_PROBE_INTERFACE_H
#define FC_PROBE_INTERFACE_H

#include <stddef.h>

struct fc_probe {
    size_t size;
    /* Run independent multiply-adds in registers. Return the number of scalar multiply-adds. */
    double (*multiply_add)(ptrdiff_t iterations, void *result);
    /* Read `count` values from memory; the result keeps the compiler from removing the reads. */
    void (*read)(const void *values, ptrdiff_t count, void *result);
};

#endif
