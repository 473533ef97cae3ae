/* The interface of probe. */
#ifndef FC_PROBE_INTERFACE_H
#define FC_PROBE_INTERFACE_H

#include <stddef.h>

struct fc_probe {
    size_t size;
    /* independent multiply-adds in registers; returns how many scalar ones were done */
    double (*multiply_add)(ptrdiff_t iterations, void *result);
    void (*read)(const void *values, ptrdiff_t count, void *result);
};

#endif
