/* The interface of running. */
#ifndef FC_RUNNING_INTERFACE_H
#define FC_RUNNING_INTERFACE_H

#include <stddef.h>

#include "watch.h"

/* Windows of `count` values along a line, of which the one of `rank` is wanted. `block` windows next
 * to each other, a power of two of at most (count + 1) / 2, are computed together. */
struct fc_running_window {
    ptrdiff_t count, rank, block;
};

struct fc_running {
    size_t size;
    int lanes; /* lines of a panel: its value i of line l is panel[i * lanes + l] */
    int spare; /* values of each line in `scratch` besides 3 block and the rest of a window */
    /* Write the values of `outputs` windows, a multiple of the block, of all lines of a panel to the
     * panel `to`. Window o has the values o, o + 1, ... of its line. */
    void (*select)(const struct fc_running_window *w, const void *panel, ptrdiff_t outputs, void *to,
                   void *scratch, struct fc_watch *watch);
    /* Write `length` values of each line to a panel, which has room for LANES more. Of each line,
     * as many more are read. */
    void (*turn)(const void *const *lines, ptrdiff_t length, void *panel);
    /* Write the first length[l] values of each line of a panel to the line. */
    void (*turn_back)(const void *panel, const ptrdiff_t *length, void *const *lines);
};

#endif
