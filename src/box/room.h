/* box: sums over a window of rows, with three additions per row for any height of the window.
 *
 * The rows are divided into blocks of w rows, where w is the height of the window. A window that
 * begins at row i of a block consists of the last w - i rows of that block and the first i rows of
 * the next:
 *     out[i] = suffix[i] + prefix,     suffix[i] = sum_{i <= p < w} rows[p],
 *                                      prefix    = sum_{w <= p < w + i} rows[p].
 * Nothing is subtracted, so a NaN reaches only the windows that contain it. The rows of one call
 * are summed by themselves and then added to the sum of the calls before, so that the chain of
 * additions of a long window, and with it the rounding error, is a few times shorter.
 * M. van Herk, Pattern Recognition Letters 13, 1992; J. Gil and M. Werman, IEEE PAMI 15, 1993 (both
 * for maxima).
 *
 * Layout    `rows` has a pointer to each input row, and columns are counted from column `at` of
 *           it. The rows of suffix and out are `pitch` elements apart.
 * Loop      A call covers a few rows, and the columns in blocks of vectors. The running sums stay
 *           in registers from row to row and are stored once per call.
 * Registers WIDE running sums of the rows of a call, and WIDE sums of the calls before.
 */
#include "box/interface.h"

#define WIDE 4

/* Compute suffix[i] = suffix[i + 1] + c * rows[i] for i = count - 1, ..., 0. If `first` is set,
 * suffix[count] counts as zero. */
FC_INLINE void NAME(suffix_at)(const real *const *rows, ptrdiff_t x, vec c, ptrdiff_t count,
                               real *suffix, ptrdiff_t pitch, int first, const int vectors)
{
    vec sum[WIDE], before[WIDE];
UNROLLED
    for (int j = 0; j < vectors; j++) {
        before[j] = first ? (vec){0} : loadu(suffix + count * pitch + j * LANES);
        sum[j] = (vec){0};
    }
    for (ptrdiff_t i = count - 1; i >= 0; i--) {
UNROLLED
        for (int j = 0; j < vectors; j++) {
            sum[j] += c * loadu(rows[i] + x + j * LANES);
            storeu(suffix + i * pitch + j * LANES, before[j] + sum[j]);
        }
    }
}

static void NAME(suffix)(const void *const *from, ptrdiff_t at, double scale, ptrdiff_t count,
                         void *suffix, ptrdiff_t pitch, ptrdiff_t length, int first)
{
    const real *const *rows = (const real *const *)from;
    const vec c = broadcast((real)scale);
    real *to = suffix;
    ptrdiff_t x = 0;
    for (; x + WIDE * LANES <= length; x += WIDE * LANES)
        NAME(suffix_at)(rows, at + x, c, count, to + x, pitch, first, WIDE);
    for (; x + LANES <= length; x += LANES)
        NAME(suffix_at)(rows, at + x, c, count, to + x, pitch, first, 1);
    for (; x < length; x++) {
        const real before = first ? 0 : to[count * pitch + x];
        real sum = 0;
        for (ptrdiff_t i = count - 1; i >= 0; i--)
            to[i * pitch + x] = before + (sum += (real)scale * rows[i][at + x]);
    }
}

/* For i = 0, ..., count - 1, store out[i] = suffix[i] + prefix and then, if i < more, add
 * c * rows[i] to prefix. At the end of a block, `more` is less than count, because the last row is
 * not needed. */
FC_INLINE void NAME(combine_at)(const real *const *rows, ptrdiff_t x, vec c, ptrdiff_t count,
                                ptrdiff_t more, const real *suffix, real *prefix, real *out,
                                ptrdiff_t pitch, const int vectors)
{
    vec sum[WIDE], before[WIDE];
UNROLLED
    for (int j = 0; j < vectors; j++) {
        before[j] = loadu(prefix + j * LANES);
        sum[j] = (vec){0};
    }
    for (ptrdiff_t i = 0; i < more; i++) {
UNROLLED
        for (int j = 0; j < vectors; j++) {
            storeu(out + i * pitch + j * LANES,
                   loadu(suffix + i * pitch + j * LANES) + (before[j] + sum[j]));
            sum[j] += c * loadu(rows[i] + x + j * LANES);
        }
    }
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[j] += before[j];
    for (ptrdiff_t i = more; i < count; i++) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            storeu(out + i * pitch + j * LANES, loadu(suffix + i * pitch + j * LANES) + sum[j]);
    }
UNROLLED
    for (int j = 0; j < vectors; j++)
        storeu(prefix + j * LANES, sum[j]);
}

static void NAME(combine)(const void *const *from, ptrdiff_t at, double scale, ptrdiff_t count,
                          ptrdiff_t more, const void *suffix, void *prefix, void *out,
                          ptrdiff_t pitch, ptrdiff_t length)
{
    const real *const *rows = (const real *const *)from;
    const real *s = suffix;
    const vec c = broadcast((real)scale);
    real *p = prefix, *y = out;
    ptrdiff_t x = 0;
    for (; x + WIDE * LANES <= length; x += WIDE * LANES)
        NAME(combine_at)(rows, at + x, c, count, more, s + x, p + x, y + x, pitch, WIDE);
    for (; x + LANES <= length; x += LANES)
        NAME(combine_at)(rows, at + x, c, count, more, s + x, p + x, y + x, pitch, 1);
    for (; x < length; x++) {
        real sum = 0;
        for (ptrdiff_t i = 0; i < count; i++) {
            y[i * pitch + x] = s[i * pitch + x] + (p[x] + sum);
            if (i < more)
                sum += (real)scale * rows[i][at + x];
        }
        p[x] += sum;
    }
}

static const struct fc_box NAME(kernels) = {
    .size = sizeof(struct fc_box),
    .suffix = NAME(suffix),
    .combine = NAME(combine),
};
#undef WIDE
