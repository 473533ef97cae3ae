/* The interface of box. */
#ifndef FC_BOX_INTERFACE_H
#define FC_BOX_INTERFACE_H

#include <stddef.h>

struct fc_box {
    size_t size;
    /* suffix[i] = suffix[i + 1] + scale * rows[i][at + x], i = count - 1, ..., 0 */
    void (*suffix)(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                   void *suffix, ptrdiff_t pitch, ptrdiff_t length, int first);
    /* out[i] = suffix[i] + prefix, then for i < more: prefix += scale * rows[i][at + x] */
    void (*combine)(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                    ptrdiff_t more, const void *suffix, void *prefix, void *out, ptrdiff_t pitch,
                    ptrdiff_t length);
};

#endif
