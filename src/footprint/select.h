/* The value of a given rank among values at any set of offsets, by a sorting network.
 *
 *     to[r][j] = the value that is at `rank` once from[0][r][j], ..., from[n - 1][r][j] are sorted
 *
 * A network is a list of pairs (a, b), a < b: the smaller value goes to a, the larger one to b. All
 * lanes do the same, without a branch. What the wanted value does not depend on has been left out.
 *
 * Loop      The outer loop is over rows and 4, 2 or 1 vectors of columns, the inner one over the
 *           pairs.
 * Registers the values of all offsets lie on the stack, in L1. Vectors of one pair are independent,
 *           as CPUs let a pair wait for the stores of the pair before it. Medians of few values stay
 *           in registers; see medians.h.
 */
#include "footprint/medians.h"

#ifndef FC_SELECT_H
#define FC_SELECT_H
/* Most values, most values of which 4 vectors each fit in L1, and values whose pairs take so long
 * that it is worth a question for signals. */
enum { SELECT_MOST = 256, SELECT_WIDE = 96, SELECT_MANY = 16 };
#endif

FC_INLINE void NAME(select_tile)(real *to, const real *const *from, ptrdiff_t at, ptrdiff_t n,
                                 const unsigned short *pairs, ptrdiff_t count, ptrdiff_t rank,
                                 const int wide, ptrdiff_t last)
{
    vec all[SELECT_MOST * 2]; /* or SELECT_WIDE * 4 */
    for (ptrdiff_t i = 0; i < n; i++) {
UNROLLED
        for (int t = 0; t < wide; t++)
            all[i * wide + t] = loadu(from[i] + at + t * LANES);
    }
    for (ptrdiff_t p = 0; p < count; p++) {
        vec *low = all + pairs[2 * p] * wide, *high = all + pairs[2 * p + 1] * wide;
UNROLLED
        for (int t = 0; t < wide; t++) {
            const vec a = low[t], b = high[t];
            low[t] = vmin(a, b);
            high[t] = vmax(a, b);
        }
    }
UNROLLED
    for (int t = 0; t < wide; t++) {
        if (last == LANES)
            storeu(to + t * LANES, all[rank * wide + t]);
        else
            NAME(store_part)(to + t * LANES, all[rank * wide + t], last);
    }
}

/* Compute a row if there is a function for its number of values; return whether there is. */
FC_INLINE int NAME(median_row)(real *to, const real *const *from, ptrdiff_t at, ptrdiff_t n,
                               ptrdiff_t width)
{
    switch (n) {
    case 3: NAME(median_3)(to, from, at, width); return 1;
    case 5: NAME(median_5)(to, from, at, width); return 1;
    case 7: NAME(median_7)(to, from, at, width); return 1;
    case 9: NAME(median_9)(to, from, at, width); return 1;
    case 25: NAME(median_25)(to, from, at, width); return 1;
    default: return 0;
    }
}

/* Return the median of three values. */
FC_INLINE vec NAME(middle)(vec a, vec b, vec c)
{
    return vmax(vmin(a, b), vmin(vmax(a, b), c));
}

/* Return whether nine offsets are three in each of three rows that follow one another. */
FC_INLINE int NAME(in_three_rows)(const real *const *from, ptrdiff_t n, ptrdiff_t pitch)
{
    int found = n == 9;
    for (int i = 0; found && i < 6; i++)
        found = from[i + 3] - from[i] == pitch;
    return found;
}

/* Compute medians of 3 x 3 values for two rows. Both share the two rows in their middle. Each column
 * of three is sorted; the median is that of the largest of the least values, the median of the
 * medians, and the least of the largest values. */
static void NAME(median_3x3)(real *to, ptrdiff_t to_pitch, const real *const *from, ptrdiff_t at,
                             ptrdiff_t pitch, ptrdiff_t width)
{
    for (ptrdiff_t j = 0; j < width; j += LANES) {
        vec least[2][3], mid[2][3], most[2][3];
UNROLLED
        for (int i = 0; i < 3; i++) {
            const real *x = from[i] + at + j;
            const vec p = loadu(x + pitch), q = loadu(x + 2 * pitch);
            const vec low = vmin(p, q), high = vmax(p, q);
UNROLLED
            for (int r = 0; r < 2; r++) {
                const vec end = loadu(x + 3 * r * pitch), above = vmax(low, end);
                least[r][i] = vmin(low, end);
                mid[r][i] = vmin(above, high);
                most[r][i] = vmax(above, high);
            }
        }
UNROLLED
        for (int r = 0; r < 2; r++) {
            const vec low = vmax(vmax(least[r][0], least[r][1]), least[r][2]);
            const vec high = vmin(vmin(most[r][0], most[r][1]), most[r][2]);
            const vec y = NAME(middle)(low, NAME(middle)(mid[r][0], mid[r][1], mid[r][2]), high);
            if (width - j >= LANES)
                storeu(to + r * to_pitch + j, y);
            else
                NAME(store_part)(to + r * to_pitch + j, y, width - j);
        }
    }
}

static void NAME(footprint_select)(void *to, ptrdiff_t to_pitch, const void *const *from,
                                   ptrdiff_t pitch, ptrdiff_t n, const unsigned short *pairs,
                                   ptrdiff_t count, ptrdiff_t rank, ptrdiff_t rows,
                                   ptrdiff_t width, struct fc_watch *watch)
{
    const real *const *values = (const real *const *)from;
    ptrdiff_t r = 0;
    if (rank == 4 && NAME(in_three_rows)(values, n, pitch))
        for (; r + 2 <= rows; r += 2)
            NAME(median_3x3)((real *)to + r * to_pitch, to_pitch, values, r * pitch, pitch, width);
    for (; r < rows; r++) {
        real *row = (real *)to + r * to_pitch;
        ptrdiff_t j = 0;
        if (n >= SELECT_MANY && fc_stopped(watch))
            return;
        if (2 * rank + 1 == n && NAME(median_row)(row, values, r * pitch, n, width))
            continue;
        for (; n <= SELECT_WIDE && j + 4 * LANES <= width; j += 4 * LANES)
            NAME(select_tile)(row + j, values, r * pitch + j, n, pairs, count, rank, 4, LANES);
        for (; j + 2 * LANES <= width; j += 2 * LANES)
            NAME(select_tile)(row + j, values, r * pitch + j, n, pairs, count, rank, 2, LANES);
        for (; j < width; j += LANES)
            NAME(select_tile)(row + j, values, r * pitch + j, n, pairs, count, rank, 1,
                              width - j < LANES ? width - j : LANES);
    }
}
