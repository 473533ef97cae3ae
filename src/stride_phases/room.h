/* stride_phases: combine dense convolutions to the image side of a strided convolution.
 *
 * With stride s, position X = s * Q + R of the padded image meets only the taps of one residue, so
 * that each phase R is a convolution of stride 1 over the feature (algorithms/stride_phases.py).
 * The kernels are
 *     transpose   out[c, p, k, j] = weight[k, c, tap[p, j]]: the weights of these convolutions
 *     interleave  row[x] = phase[(x + at) % s][(x + at) / s]: rows of the image from their rows
 *     scatter     the same for one phase, where the stride is so large that few residues have taps
 *     fold        out[fc_at(X)] += row[X]: the gradient of a padding other than zeros
 *
 * Weights are transposed in blocks of FC_TRANSPOSED rows and a few columns. Rows are far apart in
 * the weight, and columns are far apart in the output, so blocks are small enough for their cache
 * lines to stay in L1. The values of a row for all phases are read once.
 */
#include "interleave.h"
#include "stride_phases/interface.h"

#ifndef FC_TRANSPOSED
#define FC_TRANSPOSED 16
#endif

FC_INLINE void NAME(transpose_some)(const real *from, ptrdiff_t apart, ptrdiff_t count,
                               const ptrdiff_t *tap, ptrdiff_t phases, const ptrdiff_t kept,
                               real *to, ptrdiff_t depth)
{
    for (ptrdiff_t k = 0; k < count; k++, from += apart, to += kept)
        for (ptrdiff_t p = 0; p < phases; p++)
            for (ptrdiff_t j = 0; j < kept; j++)
                to[p * depth + j] = from[tap[p * kept + j]];
}

static void NAME(transpose_weight)(const void *weight, ptrdiff_t rows, ptrdiff_t columns,
                                   ptrdiff_t taps, const ptrdiff_t *tap, ptrdiff_t phases,
                                   ptrdiff_t kept, ptrdiff_t first, ptrdiff_t count, void *out)
{
    const ptrdiff_t depth = rows * kept, apart = columns * taps;
    for (ptrdiff_t top = 0; top < rows; top += FC_TRANSPOSED) {
        const ptrdiff_t some = rows - top < FC_TRANSPOSED ? rows - top : FC_TRANSPOSED;
        for (ptrdiff_t c = first; c < first + count; c++) {
            const real *from = (const real *)weight + top * apart + c * taps;
            real *to = (real *)out + c * phases * depth + top * kept;
            switch (kept) {
            case 1:
                NAME(transpose_some)(from, apart, some, tap, phases, 1, to, depth);
                break;
            case 4:
                NAME(transpose_some)(from, apart, some, tap, phases, 4, to, depth);
                break;
            case 9:
                NAME(transpose_some)(from, apart, some, tap, phases, 9, to, depth);
                break;
            default:
                NAME(transpose_some)(from, apart, some, tap, phases, kept, to, depth);
            }
        }
    }
}

FC_INLINE void NAME(interleave_pair)(const real *a, const real *b, ptrdiff_t pairs, real *out)
{
    ptrdiff_t i = 0;
    for (; i + LANES <= pairs; i += LANES) {
        const vec x = loadu(a + i), y = loadu(b + i);
        storeu(out + 2 * i, NAME(interleaved_low)(x, y));
        storeu(out + 2 * i + LANES, NAME(interleaved_high)(x, y));
    }
    for (; i < pairs; i++) {
        out[2 * i] = a[i];
        out[2 * i + 1] = b[i];
    }
}

/* Store row[x * stride + i] = from[i][x] for strides 4 and 8: interleave the first half of the
 * phases with the second, and repeat this for each factor 2 of the stride. */
FC_INLINE void NAME(interleave_halves)(const real *const *from, ptrdiff_t each, const int stride,
                                       real *row)
{
    ptrdiff_t x = 0;
    for (; x + LANES <= each; x += LANES) {
        vec now[8], next[8];
UNROLLED
        for (int i = 0; i < stride; i++)
            now[i] = loadu(from[i] + x);
UNROLLED
        for (int half = stride / 2; half; half /= 2) {
UNROLLED
            for (int i = 0; i < stride / 2; i++) {
                /* Interleave the vectors that are half of the stride apart. */
                next[2 * i] = NAME(interleaved_low)(now[i], now[i + stride / 2]);
                next[2 * i + 1] = NAME(interleaved_high)(now[i], now[i + stride / 2]);
            }
UNROLLED
            for (int i = 0; i < stride; i++)
                now[i] = next[i];
        }
UNROLLED
        for (int i = 0; i < stride; i++)
            storeu(row + x * stride + i * LANES, now[i]);
    }
    for (; x < each; x++) {
UNROLLED
        for (int i = 0; i < stride; i++)
            row[x * stride + i] = from[i][x];
    }
}

/* Interleave the phases to one row. A phase that no tap meets is NULL and counts as zeros. */
static void NAME(interleave)(const void *const *phase, ptrdiff_t stride, ptrdiff_t at,
                             ptrdiff_t count, void *out)
{
    real *row = out;
    if (stride == 1 && phase[0]) {
        NAME(copy)(row, (const real *)phase[0] + at, count);
        return;
    }
    if (stride == 2 && phase[0] && phase[1] && count > 1) {
        const int odd = at % 2;
        const real *a = (const real *)phase[odd] + at / 2;
        const real *b = (const real *)phase[!odd] + at / 2 + odd;
        NAME(interleave_pair)(a, b, count / 2, row);
        if (count % 2)
            row[count - 1] = a[count / 2];
        return;
    }
    ptrdiff_t done = 0;
    if (stride == 4 || stride == 8) {
        const real *from[8];
        int all = 1;
        for (ptrdiff_t i = 0; i < stride; i++) {
            const real *some = phase[(at + i) % stride];
            all &= some != NULL;
            from[i] = some ? some + (at + i) / stride : NULL;
        }
        if (all) {
            done = count / stride * stride;
            if (stride == 4)
                NAME(interleave_halves)(from, done / 4, 4, row);
            else
                NAME(interleave_halves)(from, done / 8, 8, row);
        }
    }
    for (ptrdiff_t i = 0; i < stride && done + i < count; i++) {
        const real *from = phase[(at + i) % stride];
        if (from) {
            from += (at + done + i) / stride;
            for (ptrdiff_t x = done + i; x < count; x += stride)
                row[x] = *from++;
        } else {
            for (ptrdiff_t x = done + i; x < count; x += stride)
                row[x] = 0;
        }
    }
}

static void NAME(scatter)(const void *phase, ptrdiff_t stride, ptrdiff_t r, ptrdiff_t at,
                          ptrdiff_t count, void *out)
{
    real *row = out;
    ptrdiff_t x = r - at % stride;
    x += x < 0 ? stride : 0;
    const real *from = (const real *)phase + (x + at) / stride;
    for (; x < count; x += stride)
        row[x] = *from++;
}

static void NAME(fold_back)(const struct fc_axis *w, const void *row, int accumulate, void *out)
{
    const real *from = row;
    real *to = out;
    const ptrdiff_t low = w->before < w->extent ? w->before : w->extent;
    const ptrdiff_t high = low + w->image < w->extent ? low + w->image : w->extent;
    ptrdiff_t i = low;
    if (accumulate) {
        for (; i + LANES <= high; i += LANES)
            storeu(to + i - low, loadu(to + i - low) + loadu(from + i));
        for (; i < high; i++)
            to[i - low] += from[i];
    } else {
        NAME(copy)(to, from + low, high - low);
        for (i = high - low; i < w->image; i++)
            to[i] = 0;
    }
    for (i = 0; i < low; i++)
        to[fc_at(w, i)] += from[i];
    for (i = high; i < w->extent; i++)
        to[fc_at(w, i)] += from[i];
}

static const struct fc_stride_phases NAME(kernels) = {
    .size = sizeof(struct fc_stride_phases),
    .transpose = NAME(transpose_weight),
    .interleave = NAME(interleave),
    .scatter = NAME(scatter),
    .fold = NAME(fold_back),
};
