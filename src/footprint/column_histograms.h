/* The value of a given rank among bytes in a window of full rows, at a cost that does not depend on
 * the size of the window.
 *
 * Each column of the image has a histogram of the values that lie in the rows of the window. From
 * one row of outputs to the next, one value enters it and one leaves. From one output to the next,
 * the histogram of one column enters the window's, and one leaves. Histograms have two levels, of
 * the upper and of the lower four bits. Only the lower levels that hold a result are brought up to
 * date, by the columns that have come and gone since they were needed last.
 *
 * Layout    counts are those of all values up to one: place v of a level is the number of values of
 *           which these bits are at most v. So the place of a rank is where a comparison changes.
 *           upper[x][16] for column x, lower[bits][x][16] for the upper bits and column x.
 * Loop      over rows: all columns are updated, then the window moves along the row.
 * Registers one vector of 16 counts of 16 bits.
 * S. Perreault and P. Hebert, "Median filtering in constant time", IEEE Transactions on Image
 * Processing 16(9), 2007.
 */
#if FC_REAL_BYTES == 1
#ifndef FC_COLUMN_HISTOGRAMS_H
#define FC_COLUMN_HISTOGRAMS_H

typedef int16_t fc_counts __attribute__((vector_size(32), may_alias));

/* Row v is what a value adds to the counts of 0, ..., 15. */
#define FC_FROM(v) \
    {v <= 0, v <= 1, v <= 2, v <= 3, v <= 4, v <= 5, v <= 6, v <= 7, v <= 8, v <= 9, v <= 10, \
     v <= 11, v <= 12, v <= 13, v <= 14, v <= 15}
static const fc_counts fc_from[16] = {
    FC_FROM(0),  FC_FROM(1),  FC_FROM(2),  FC_FROM(3),  FC_FROM(4),  FC_FROM(5),
    FC_FROM(6),  FC_FROM(7),  FC_FROM(8),  FC_FROM(9),  FC_FROM(10), FC_FROM(11),
    FC_FROM(12), FC_FROM(13), FC_FROM(14), FC_FROM(15)};
#undef FC_FROM

/* Return the first place whose count is above `most`; the last count always is. */
static inline int fc_place_above(const fc_counts *counts, int most)
{
#if defined(__AVX2__)
    const __m256i above = _mm256_cmpgt_epi16((__m256i)*counts, _mm256_set1_epi16((short)most));
    return __builtin_ctz((unsigned)_mm256_movemask_epi8(above)) / 2;
#elif defined(__SSE2__)
    const __m128i *halves = (const __m128i *)counts, limit = _mm_set1_epi16((short)most);
    const __m128i low = _mm_cmpgt_epi16(halves[0], limit), high = _mm_cmpgt_epi16(halves[1], limit);
    return __builtin_ctz((unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)));
#else
    int place = 0;
    while ((*counts)[place] <= most)
        place++;
    return place;
#endif
}

/* The histograms of the columns of a strip, and those of the window. */
struct fc_columns {
    fc_counts *upper, *lower;
    ptrdiff_t columns;
};

static inline void fc_enter(const struct fc_columns *h, ptrdiff_t x, unsigned value)
{
    h->upper[x] += fc_from[value >> 4];
    h->lower[(ptrdiff_t)(value >> 4) * h->columns + x] += fc_from[value & 15];
}

static inline void fc_leave(const struct fc_columns *h, ptrdiff_t x, unsigned value)
{
    h->upper[x] -= fc_from[value >> 4];
    h->lower[(ptrdiff_t)(value >> 4) * h->columns + x] -= fc_from[value & 15];
}

/* Bring the lower level of a window, which was right at column `last`, up to column x. */
static inline fc_counts fc_caught_up(const fc_counts *of, fc_counts counts, ptrdiff_t last,
                                     ptrdiff_t x, ptrdiff_t wide, ptrdiff_t unit)
{
    if (last < 0 || x - last > wide * unit / 2) {
        counts = of[x];
        for (ptrdiff_t i = 1; i < wide; i++)
            counts += of[x + i * unit];
        return counts;
    }
    for (ptrdiff_t at = last + unit; at <= x; at += unit)
        counts += of[at + (wide - 1) * unit] - of[at - unit];
    return counts;
}

#endif

/* Compute the outputs first, first + unit, ... of a row. */
FC_INLINE void NAME(histogram_row)(const struct fc_columns *h, ptrdiff_t first, ptrdiff_t width,
                                   ptrdiff_t wide, ptrdiff_t unit, int rank, real *row)
{
    fc_counts all = {0}, lower[16];
    ptrdiff_t last[16];
    for (int i = 0; i < 16; i++)
        last[i] = -1;
    for (ptrdiff_t i = 0; i < wide - 1; i++)
        all += h->upper[first + i * unit];
    for (ptrdiff_t x = first; x < width; x += unit) {
        all += h->upper[x + (wide - 1) * unit];
        const int high = fc_place_above(&all, rank);
        const int below = high ? all[high - 1] : 0;
        lower[high] = fc_caught_up(h->lower + high * h->columns, lower[high], last[high], x, wide,
                                   unit);
        last[high] = x;
        const int value = 16 * high + fc_place_above(&lower[high], rank - below);
        row[x] = (real)(value + (FC_LOWEST != 0 ? -128 : 0));
        all -= h->upper[x];
    }
}

static void NAME(footprint_columns_count)(void *to, ptrdiff_t to_pitch, const void *from,
                                          ptrdiff_t pitch, ptrdiff_t high, ptrdiff_t wide,
                                          ptrdiff_t unit, ptrdiff_t rank, ptrdiff_t rows,
                                          ptrdiff_t width, void *space, struct fc_watch *watch)
{
    const real *values = from;
    const ptrdiff_t columns = width + (wide - 1) * unit;
    const struct fc_columns h = {space, (fc_counts *)space + columns, columns};
    __builtin_memset(space, 0, (size_t)columns * 17 * sizeof(fc_counts));
    for (ptrdiff_t i = 0; i < high - 1; i++)
        for (ptrdiff_t x = 0; x < columns; x++)
            fc_enter(&h, x, NAME(histogram_bin)(values[i * pitch + x]));
    for (ptrdiff_t r = 0; r < rows; r++) {
        const real *enters = values + (r + high - 1) * pitch, *leaves = values + (r - 1) * pitch;
        if (fc_stopped(watch))
            return;
        for (ptrdiff_t x = 0; x < columns; x++) {
            fc_enter(&h, x, NAME(histogram_bin)(enters[x]));
            if (r)
                fc_leave(&h, x, NAME(histogram_bin)(leaves[x]));
        }
        for (ptrdiff_t first = 0; first < unit && first < width; first++)
            NAME(histogram_row)(&h, first, width, wide, unit, (int)rank,
                                (real *)to + r * to_pitch);
    }
}
#endif
