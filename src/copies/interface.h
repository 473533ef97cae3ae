/* The interface of copies. */
#ifndef FC_COPIES_INTERFACE_H
#define FC_COPIES_INTERFACE_H

#include <stddef.h>

struct fc_copies {
    size_t size;
    /* Set to[i * to_pitch + j] = from[j * from_pitch + i] for i < rows and j < columns. */
    void (*turn)(const void *from, ptrdiff_t from_pitch, void *to, ptrdiff_t to_pitch,
                 ptrdiff_t rows, ptrdiff_t columns);
};

#endif
