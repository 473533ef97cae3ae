/* box: sums over a window of rows at three additions each, whatever the window.
 *
 * Windows of w rows are cut where blocks of w rows meet. A window that begins at row i of a block is
 * the last w - i rows of that block and the first i rows of the next:
 *     out[i] = suffix[i] + prefix,     suffix[i] = sum_{i <= p < w} rows[p],
 *                                      prefix    = sum_{w <= p < w + i} rows[p].
 * Nothing is subtracted: no drift, and a NaN stays in its windows.
 * M. van Herk, Pattern Recognition Letters 13, 1992; J. Gil and M. Werman, IEEE PAMI 15, 1993 (both
 * for maxima).
 *
 * Layout    rows: a pointer to each input row, `at` columns into every one; suffix and out: rows
 *           `pitch` apart.
 * Loop      a few rows per call, columns in blocks of vectors: the running sums stay in registers
 *           from row to row and are stored once per call.
 * Registers WIDE running sums.
 */
#include "box/interface.h"

#define WIDE 4

/* suffix[i] = suffix[i + 1] + c * rows[i] for i = count - 1, ..., 0; `first`: nothing comes after */
FC_INLINE void NAME(suffix_at)(const real *const *rows, ptrdiff_t x, vec c, ptrdiff_t count,
                               real *suffix, ptrdiff_t pitch, int first, const int vectors)
{
    vec sum[WIDE];
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[j] = first ? (vec){0} : loadu(suffix + count * pitch + j * LANES);
    for (ptrdiff_t i = count - 1; i >= 0; i--) {
UNROLLED
        for (int j = 0; j < vectors; j++) {
            sum[j] += c * loadu(rows[i] + x + j * LANES);
            storeu(suffix + i * pitch + j * LANES, sum[j]);
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
        real sum = first ? 0 : to[count * pitch + x];
        for (ptrdiff_t i = count - 1; i >= 0; i--)
            to[i * pitch + x] = sum += (real)scale * rows[i][at + x];
    }
}

/* out[i] = suffix[i] + prefix, then prefix += c * rows[i], for i = 0, ..., count - 1; rows may be one
 * short, the last of them is not needed when the block ends */
FC_INLINE void NAME(combine_at)(const real *const *rows, ptrdiff_t x, vec c, ptrdiff_t count,
                                ptrdiff_t more, const real *suffix, real *prefix, real *out,
                                ptrdiff_t pitch, const int vectors)
{
    vec sum[WIDE];
UNROLLED
    for (int j = 0; j < vectors; j++)
        sum[j] = loadu(prefix + j * LANES);
    for (ptrdiff_t i = 0; i < more; i++) {
UNROLLED
        for (int j = 0; j < vectors; j++) {
            storeu(out + i * pitch + j * LANES, loadu(suffix + i * pitch + j * LANES) + sum[j]);
            sum[j] += c * loadu(rows[i] + x + j * LANES);
        }
    }
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
        for (ptrdiff_t i = 0; i < count; i++) {
            y[i * pitch + x] = s[i * pitch + x] + p[x];
            if (i < more)
                p[x] += (real)scale * rows[i][at + x];
        }
    }
}

static const struct fc_box NAME(kernels) = {
    .size = sizeof(struct fc_box),
    .suffix = NAME(suffix),
    .combine = NAME(combine),
};
#undef WIDE
