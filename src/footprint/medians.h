/* Medians of 3, 5, 7, 9 and 25 values, which stay in registers.
 *
 * The pairs are those of Batcher's odd-even merge sort, without those that the median does not
 * depend on: what `network` in fastconv/algorithms/sorting.py returns, to which
 * tests/test_ranks.py compares them.
 */
#ifndef FC_MEDIANS_H
#define FC_MEDIANS_H
#define SORT(a, b) \
    { \
        const vec low = vmin(v[a], v[b]); \
        v[b] = vmax(v[a], v[b]); \
        v[a] = low; \
    }
#define FC_MEDIAN_3 \
    SORT(0, 1) SORT(0, 2) SORT(1, 2)
#define FC_MEDIAN_5 \
    SORT(0, 1) SORT(2, 3) SORT(0, 2) SORT(1, 3) SORT(1, 2) SORT(0, 4) SORT(2, 4) SORT(1, 2)
#define FC_MEDIAN_7 \
    SORT(0, 1) SORT(2, 3) SORT(4, 5) SORT(0, 2) SORT(1, 3) SORT(4, 6) SORT(1, 2) SORT(5, 6) \
    SORT(0, 4) SORT(1, 5) SORT(2, 6) SORT(2, 4) SORT(3, 5) SORT(3, 4)
#define FC_MEDIAN_9 \
    SORT(0, 1) SORT(2, 3) SORT(4, 5) SORT(6, 7) SORT(0, 2) SORT(1, 3) SORT(4, 6) SORT(5, 7) \
    SORT(1, 2) SORT(5, 6) SORT(0, 4) SORT(1, 5) SORT(2, 6) SORT(3, 7) SORT(2, 4) SORT(3, 5) \
    SORT(1, 2) SORT(3, 4) SORT(5, 6) SORT(0, 8) SORT(4, 8) SORT(2, 4) SORT(3, 5) SORT(3, 4)
#define FC_MEDIAN_25 \
    SORT(0, 1) SORT(2, 3) SORT(4, 5) SORT(6, 7) SORT(8, 9) SORT(10, 11) SORT(12, 13) SORT(14, 15) \
    SORT(16, 17) SORT(18, 19) SORT(20, 21) SORT(22, 23) SORT(0, 2) SORT(1, 3) SORT(4, 6) \
    SORT(5, 7) SORT(8, 10) SORT(9, 11) SORT(12, 14) SORT(13, 15) SORT(16, 18) SORT(17, 19) \
    SORT(20, 22) SORT(21, 23) SORT(1, 2) SORT(5, 6) SORT(9, 10) SORT(13, 14) SORT(17, 18) \
    SORT(21, 22) SORT(0, 4) SORT(1, 5) SORT(2, 6) SORT(3, 7) SORT(8, 12) SORT(9, 13) SORT(10, 14) \
    SORT(11, 15) SORT(16, 20) SORT(17, 21) SORT(18, 22) SORT(19, 23) SORT(2, 4) SORT(3, 5) \
    SORT(10, 12) SORT(11, 13) SORT(18, 20) SORT(19, 21) SORT(1, 2) SORT(3, 4) SORT(5, 6) \
    SORT(9, 10) SORT(11, 12) SORT(13, 14) SORT(17, 18) SORT(19, 20) SORT(21, 22) SORT(0, 8) \
    SORT(1, 9) SORT(2, 10) SORT(3, 11) SORT(4, 12) SORT(5, 13) SORT(6, 14) SORT(7, 15) \
    SORT(16, 24) SORT(4, 8) SORT(5, 9) SORT(6, 10) SORT(7, 11) SORT(20, 24) SORT(2, 4) SORT(3, 5) \
    SORT(6, 8) SORT(7, 9) SORT(10, 12) SORT(11, 13) SORT(18, 20) SORT(19, 21) SORT(22, 24) \
    SORT(1, 2) SORT(3, 4) SORT(5, 6) SORT(7, 8) SORT(9, 10) SORT(11, 12) SORT(13, 14) SORT(17, 18) \
    SORT(19, 20) SORT(21, 22) SORT(23, 24) SORT(0, 16) SORT(1, 17) SORT(2, 18) SORT(3, 19) \
    SORT(4, 20) SORT(5, 21) SORT(6, 22) SORT(7, 23) SORT(8, 24) SORT(8, 16) SORT(9, 17) \
    SORT(10, 18) SORT(11, 19) SORT(12, 20) SORT(13, 21) SORT(6, 10) SORT(7, 11) SORT(12, 16) \
    SORT(13, 17) SORT(10, 12) SORT(11, 13) SORT(11, 12)
#endif

/* Define a function that stores the median of n values of every lane, for `width` columns. */
#define FC_MEDIAN(n) \
    static void NAME(median_##n)(real *to, const real *const *from, ptrdiff_t at, \
                                 ptrdiff_t width) \
    { \
        for (ptrdiff_t j = 0; j < width; j += LANES) { \
            vec v[n]; \
            _Pragma("GCC unroll 32") \
            for (int i = 0; i < n; i++) \
                v[i] = loadu(from[i] + at + j); \
            FC_MEDIAN_##n \
            if (width - j >= LANES) \
                storeu(to + j, v[n / 2]); \
            else \
                NAME(store_part)(to + j, v[n / 2], width - j); \
        } \
    }

FC_MEDIAN(3)
FC_MEDIAN(5)
FC_MEDIAN(7)
FC_MEDIAN(9)
FC_MEDIAN(25)
