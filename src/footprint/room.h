/* footprint: the maximum or minimum of values at any set of offsets.
 *
 *     to[r][j] = max(from[0][r][j], from[1][r][j], ..., from[n - 1][r][j])
 *
 * Each of `from` is the image, from the value on that an offset of the footprint leads to, or a
 * table of running maxima of the image, each of which stands for a run of offsets.
 *
 * Loop      The outer loop is over 4, 2 or 1 vectors of columns, then over 1, 2 or 4 rows, and the
 *           inner one over n. What the next rows read lies mostly in the lines that these rows
 *           read, so these lines should fit in L1.
 * Registers one accumulator for each of the 4 vectors.
 *
 * A NaN is whatever the instruction returns: arrays with a NaN do not come here, unless the caller
 * asks for it.
 */
#include "footprint/interface.h"
#include "footprint/histogram.h"
#include "footprint/column_histograms.h"
#include "footprint/select.h"

#ifndef FC_FOOTPRINT_H
#define FC_FOOTPRINT_H
/* Bytes of L1 that the lines of one row may take, and values whose join takes so long that it is
 * worth a question for signals. */
enum { FOOTPRINT_L1 = 32768, FOOTPRINT_MANY = 64 };
#endif

FC_INLINE vec NAME(footprint_joined)(vec a, vec b, const int minimum)
{
    return minimum ? vmin(a, b) : vmax(a, b);
}

/* Compute a tile of `high` rows of `wide` vectors. Of the last vector, store `last` lanes. */
FC_INLINE void NAME(footprint_tile)(real *to, ptrdiff_t to_pitch, const real *const *from,
                                    ptrdiff_t at, ptrdiff_t pitch, ptrdiff_t n, const int high,
                                    const int wide, ptrdiff_t last, const int minimum)
{
    vec all[4];
UNROLLED
    for (int t = 0; t < high * wide; t++)
        all[t] = loadu(from[0] + at + t / wide * pitch + t % wide * LANES);
    for (ptrdiff_t i = 1; i < n; i++) {
        const real *x = from[i] + at;
UNROLLED
        for (int t = 0; t < high * wide; t++)
            all[t] = NAME(footprint_joined)(all[t], loadu(x + t / wide * pitch + t % wide * LANES),
                                            minimum);
    }
UNROLLED
    for (int t = 0; t < high * wide; t++) {
        real *y = to + t / wide * to_pitch + t % wide * LANES;
        if (last == LANES)
            storeu(y, all[t]);
        else
            NAME(store_part)(y, all[t], last);
    }
}

/* Compute `wide` vectors of columns of all rows. */
FC_INLINE void NAME(footprint_columns)(real *to, ptrdiff_t to_pitch, const real *const *from,
                                       ptrdiff_t at, ptrdiff_t pitch, ptrdiff_t n, ptrdiff_t rows,
                                       const int wide, ptrdiff_t last, const int minimum,
                                       struct fc_watch *watch)
{
    const int high = 4 / wide;
    ptrdiff_t r = 0;
    for (; r + high <= rows; r += high, to += high * to_pitch, at += high * pitch) {
        if (n >= FOOTPRINT_MANY && fc_stopped(watch))
            return;
        NAME(footprint_tile)(to, to_pitch, from, at, pitch, n, high, wide, last, minimum);
    }
    for (; r < rows; r++, to += to_pitch, at += pitch)
        NAME(footprint_tile)(to, to_pitch, from, at, pitch, n, 1, wide, last, minimum);
}

FC_INLINE void NAME(footprint_rows)(real *to, ptrdiff_t to_pitch, const real *const *from,
                                    ptrdiff_t pitch, ptrdiff_t n, ptrdiff_t rows, ptrdiff_t width,
                                    const int minimum, struct fc_watch *watch)
{
    /* An unaligned vector lies in two lines. */
    const ptrdiff_t widest = FOOTPRINT_L1 / (n * FC_VECTOR_BYTES) - 1;
    ptrdiff_t j = 0;
    for (; widest >= 4 && j + 4 * LANES <= width; j += 4 * LANES)
        NAME(footprint_columns)(to + j, to_pitch, from, j, pitch, n, rows, 4, LANES, minimum,
                                watch);
    for (; widest >= 2 && j + 2 * LANES <= width; j += 2 * LANES)
        NAME(footprint_columns)(to + j, to_pitch, from, j, pitch, n, rows, 2, LANES, minimum,
                                watch);
    for (; j + LANES <= width; j += LANES)
        NAME(footprint_columns)(to + j, to_pitch, from, j, pitch, n, rows, 1, LANES, minimum,
                                watch);
    if (j < width)
        NAME(footprint_columns)(to + j, to_pitch, from, j, pitch, n, rows, 1, width - j, minimum,
                                watch);
}

static void NAME(footprint_join)(void *to, ptrdiff_t to_pitch, const void *const *from,
                                 ptrdiff_t pitch, ptrdiff_t n, ptrdiff_t rows, ptrdiff_t width,
                                 int minimum, struct fc_watch *watch)
{
    const real *const *values = (const real *const *)from;
    if (minimum)
        NAME(footprint_rows)(to, to_pitch, values, pitch, n, rows, width, 1, watch);
    else
        NAME(footprint_rows)(to, to_pitch, values, pitch, n, rows, width, 0, watch);
}

#include "footprint/sums.h"

static void NAME(footprint_place)(void *to, const void *row, const ptrdiff_t *from,
                                  ptrdiff_t width, const void *fill)
{
    const real value = *(const real *)fill;
    for (ptrdiff_t j = 0; j < width; j++)
        ((real *)to)[j] = from[j] < 0 ? value : ((const real *)row)[from[j]];
}

static const struct fc_footprint NAME(kernels) = {
    .size = sizeof(struct fc_footprint),
    .lanes = LANES,
    .join = NAME(footprint_join),
    .place = NAME(footprint_place),
    .sums = NAME(footprint_sums),
    .select = NAME(footprint_select),
#if FC_REAL_BYTES == 1
    .count = NAME(footprint_count),
    .columns = NAME(footprint_columns_count),
#endif
};
