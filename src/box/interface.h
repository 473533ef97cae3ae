/* The interface of box. */
#ifndef FC_BOX_INTERFACE_H
#define FC_BOX_INTERFACE_H

#include <stddef.h>

struct fc_box {
    size_t size;
    /* Compute suffix[i] = suffix[i + 1] + scale * rows[i][at + x] for i = count - 1, ..., 0. If
     * `first` is set, suffix[count] counts as zero. */
    void (*suffix)(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                   void *suffix, ptrdiff_t pitch, ptrdiff_t length, int first);
    /* For each i < count, store out[i] = suffix[i] + prefix; then, if i < more, add
     * scale * rows[i][at + x] to prefix. */
    void (*combine)(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                    ptrdiff_t more, const void *suffix, void *prefix, void *out, ptrdiff_t pitch,
                    ptrdiff_t length);
};

#endif
