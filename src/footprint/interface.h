/* The interface of footprint. */
#ifndef FC_FOOTPRINT_INTERFACE_H
#define FC_FOOTPRINT_INTERFACE_H

#include <stddef.h>

#include "watch.h"

struct fc_footprint {
    size_t size;
    int lanes;
    /* Set to[r * to_pitch + j] to the maximum of from[i][r * pitch + j] over i < n, or to the
     * minimum, for r < rows and j < width. Vectors at the end of the rows are read as a whole;
     * those of `to` are written up to width. */
    void (*join)(void *to, ptrdiff_t to_pitch, const void *const *from, ptrdiff_t pitch,
                 ptrdiff_t n, ptrdiff_t rows, ptrdiff_t width, int minimum,
                 struct fc_watch *watch);
    /* Set to[j] to row[from[j]], or to the fill value where from[j] is negative, for j < width. */
    void (*place)(void *to, const void *row, const ptrdiff_t *from, ptrdiff_t width,
                  const void *fill);
    /* Set to[r * to_pitch + j] to the maximum of from[0][r * pitch + j] + first, and of
     * from[i][r * pitch + j] + added[i] over 0 < i < n, or to the minimum; see sums.h. */
    void (*sums)(void *to, ptrdiff_t to_pitch, const void *const *from, ptrdiff_t pitch,
                 const void *added, double first, ptrdiff_t n, ptrdiff_t rows, ptrdiff_t width,
                 int minimum, struct fc_watch *watch);
    /* Set to[r * to_pitch + j] to what is at `rank` once the from[i][r * pitch + j] are sorted, for
     * r < rows and j < width. `pairs` are `count` pairs of a sorting network; see select.h. */
    void (*select)(void *to, ptrdiff_t to_pitch, const void *const *from, ptrdiff_t pitch,
                   ptrdiff_t n, const unsigned short *pairs, ptrdiff_t count, ptrdiff_t rank,
                   ptrdiff_t rows, ptrdiff_t width, struct fc_watch *watch);
    /* The same by a histogram, for types of one byte; NULL for others. From j to j + 1, what
     * from[i] leads to enters for i in `enters`, and leaves for i in `leaves`, of each `runs`. */
    void (*count)(void *to, ptrdiff_t to_pitch, const void *const *from, ptrdiff_t pitch,
                  ptrdiff_t n, const ptrdiff_t *enters, const ptrdiff_t *leaves, ptrdiff_t runs,
                  ptrdiff_t rank, ptrdiff_t rows, ptrdiff_t width, struct fc_watch *watch);
    /* The same for windows of `high` rows and `wide` columns, `unit` values apart, of which
     * from[r * pitch + j] is the first value: the histograms of columns. `space` has room for
     * 17 * 32 bytes of each column that windows reach, and begins at a multiple of 32. NULL for
     * types of more than one byte. */
    void (*columns)(void *to, ptrdiff_t to_pitch, const void *from, ptrdiff_t pitch, ptrdiff_t high,
                    ptrdiff_t wide, ptrdiff_t unit, ptrdiff_t rank, ptrdiff_t rows,
                    ptrdiff_t width, void *space, struct fc_watch *watch);
};

#endif
