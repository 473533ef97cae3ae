/* grad: compute the sums over pixels of weight gradients.
 *
 *     dots    out[k, column] (+)= sum over pixels of feature[k, pixel] * unfolded[column, pixel]
 *     taps    the same sums for one channel of each, with the image read from its patch (taps.h)
 *     sum     the sum of a row of values
 *
 * The caller packs both operands for a block of pixels. The size of a block is such that a few
 * columns stay in L1 while all rows of the other operand are read from L2.
 */
#include "grad/interface.h"

#include "implicit_gemm/fill.h"
#include "implicit_gemm/patch.h"
#include "dot.h"
#include "unroll.h"
#include "taps.h"
/* Compute the sums in register tiles of at most FC_DOT_ROWS x FC_DOT_COLUMNS. Rows and columns are
 * divided evenly: 9 columns become 3 + 3 + 3. */
static void NAME(dots)(const struct fc_dots *d, const void *feature, ptrdiff_t rows,
                       const void *unfolded, ptrdiff_t columns, void *out)
{
    const ptrdiff_t tiles = (columns + FC_DOT_COLUMNS - 1) / FC_DOT_COLUMNS;
    const ptrdiff_t strips = (rows + FC_DOT_ROWS - 1) / FC_DOT_ROWS;
    for (ptrdiff_t tile = 0; tile < tiles; tile += FC_DOT_TILES) {
        const ptrdiff_t last = tile + FC_DOT_TILES < tiles ? tile + FC_DOT_TILES : tiles;
        for (ptrdiff_t strip = 0; strip < strips; strip++) {
            const ptrdiff_t row = strip * rows / strips;
            const ptrdiff_t high = (strip + 1) * rows / strips - row;
            const real *a = (const real *)feature + row * d->pitch;
            for (ptrdiff_t t = tile; t < last; t++) {
                const ptrdiff_t column = t * columns / tiles;
                const ptrdiff_t wide = (t + 1) * columns / tiles - column;
                NAME(dot_functions)[high - 1][wide - 1](
                    d, a, (const real *)unfolded + column * d->unfolded_pitch,
                    (real *)out + row * d->out_pitch + column);
            }
        }
    }
}

/* Add the partial sums of a gradient, `from`, to `out`. */
static void NAME(add_to)(void *out, const void *from, ptrdiff_t count)
{
    real *to = out;
    const real *x = from;
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES)
        storeu(to + i, loadu(to + i) + loadu(x + i));
    for (; i < count; i++)
        to[i] += x[i];
}

/* Return the sum of all values. Each block has four chains of vectors with at most 64 terms, and
 * the sums of the blocks are added in double precision. */
static double NAME(sum)(const void *values, ptrdiff_t count)
{
    const real *x = values;
    double total = 0;
    for (ptrdiff_t i = 0; i < count;) {
        const ptrdiff_t left = count - i, most = 4 * LANES * 64;
        const ptrdiff_t stop = i + (left < most ? left : most);
        vec sum[4] = {{0}, {0}, {0}, {0}};
        real rest = 0;
        for (; i + 4 * LANES <= stop; i += 4 * LANES)
            for (int j = 0; j < 4; j++)
                sum[j] += loadu(x + i + j * LANES);
        for (; i < stop; i++)
            rest += x[i];
        const vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
        for (int j = 0; j < LANES; j++)
            rest += all[j];
        total += rest;
    }
    return total;
}

static const struct fc_grad NAME(kernels) = {
    .size = sizeof(struct fc_grad),
    .lanes = LANES,
    .block_bytes = FC_DOT_BYTES,
    .dots = NAME(dots),
    .unroll = NAME(unroll),
    .taps = NAME(taps),
    .add = NAME(add_to),
    .sum = NAME(sum),
};
