/* The interface of ordinal. */
#ifndef FC_ORDINAL_INTERFACE_H
#define FC_ORDINAL_INTERFACE_H

#include <stddef.h>
#include <stdint.h>

#include "watch.h"

/* A window, as offsets from an output's own number: of all its values, and, for a step from one
 * output to the next, of those that enter, relative to the next output, and of those that leave,
 * relative to the one before. There are as many of both. */
struct fc_ordinal_window {
    const ptrdiff_t *all, *enters, *leaves;
    ptrdiff_t count, ends, rank, step;
};

struct fc_ordinal {
    size_t size;
    /* Number the values[row[r] + j], r < rows and j < width, in ascending order from 0 on:
     * numbers[row[r] + j], of which each occurs once, and sorted[number], the values. `spare` has
     * room for two uint64_t of each value. */
    void (*number)(const void *values, const ptrdiff_t *row, ptrdiff_t rows, ptrdiff_t width,
                   uint32_t *numbers, void *sorted, uint64_t *spare);
    /* Set to[i * to_step] to the value of the window's rank around numbers[i * w->step], for
     * i < outputs. `bits` is a set of `words` times 64 numbers. */
    void (*walk)(const struct fc_ordinal_window *w, const uint32_t *numbers, ptrdiff_t outputs,
                 const void *sorted, uint64_t *bits, ptrdiff_t words, void *to, ptrdiff_t to_step,
                 struct fc_watch *watch);
};

#endif
