/* fft_tiled: filter overlapping tiles of one channel, or of a few, in the frequency domain. The
 * tiles stay in cache.
 *
 *     feature[k] = sum over c of inverse(transform(image[c]) * spectrum[k, c])
 *
 * With one input and one output channel, the tile is transformed in place (matrix.h). With more
 * channels, the spectra of the inputs are kept, and their products are summed for every output
 * channel. Taps longer than a tile are cut into parts. Each part counts as one more channel, which
 * is the same image shifted by the start of the part. If the last axis is not filtered, the tiles
 * of columns.h are used.
 */
#include "fft_tiled/interface.h"
#include "epilogue/interface.h"
FC_OTHER(epilogue);

#include "winograd/points.h"
#include "winograd/shuffle.h"
#include "interleave.h"
#include "butterfly.h"
#include "passes.h"
#include "matrix.h"
#include "tile.h"
#include "columns.h"
#include "channel_tiles.h"
#include "channels.h"
#include "whole.h"

static void NAME(fft_filter)(const struct fc_fft_plan *p, const struct fc_fft_task *task)
{
    const ptrdiff_t terms = p->group_channels * p->parts;
    const int alone = terms == 1 && p->group_features == 1;
    const ptrdiff_t pair = p->is_complex ? 1 : task->stop - task->first;
    complex_vec *matrix = task->matrix, *inputs = task->inputs, *buffer = task->buffer;
    if (p->upright) {
        NAME(filter_columns)(p, task);
        return;
    }
    if (pair == 1 && !p->is_complex) /* no tile fills the imaginary parts */
        __builtin_memset(matrix, 0, (size_t)(p->transform[0].size * p->plane) * sizeof *matrix);
    for (ptrdiff_t k = 0; k < terms; k++) {
        const ptrdiff_t channel = task->group * p->group_channels + k / p->parts;
        for (ptrdiff_t i = 0; i < pair; i++)
            NAME(load_tile)(p, task, channel, k % p->parts, task->first + i, (int)i);
        NAME(columns_forward)(p, matrix, buffer);
        if (!alone)
            NAME(rows_forward)(p, matrix, inputs + k * p->spectrum, buffer);
        if (pair == 1 && !p->is_complex && k + 1 < terms)
            __builtin_memset(matrix, 0, (size_t)(p->transform[0].size * p->plane) * sizeof *matrix);
    }
    for (ptrdiff_t k = 0; k < p->group_features; k++) {
        const ptrdiff_t channel = task->group * p->group_features + k;
        const complex_vec *h = (const complex_vec *)task->spectra + k * terms * p->spectrum;
        if (alone)
            NAME(rows_filter)(p, matrix, h, buffer);
        else
            NAME(rows_sum)(p, inputs, h, terms, matrix, buffer);
        NAME(columns_inverse)(p, matrix, buffer);
        for (ptrdiff_t i = 0; i < pair; i++)
            NAME(store_tile)(p, task, channel, task->first + i, (int)i);
    }
}

/* Compute the spectrum of taps. A correlation multiplies by the spectrum of the reversed taps, so
 * tap t is stored at position -t, modulo the size of the transform. */
static void NAME(fft_taps)(const struct fc_fft_plan *p, const void *weight, ptrdiff_t part,
                           void *spectrum, const struct fc_fft_task *scratch)
{
    const struct fc_axis *axis = p->geometry.axis;
    const ptrdiff_t columns = p->transform[2].size, rows = p->transform[1].size;
    const ptrdiff_t depth = p->transform[0].size;
    const ptrdiff_t circle = p->line_twiddles ? rows * columns : columns;
    const ptrdiff_t low = part * p->part, high = p->parts > 1 ? low + p->part : circle;
    const int parts = p->is_complex ? 2 : 1;
    const real scale = (real)1 / (real)(depth * rows * columns);
    /* Taps first..stop lie in the part. The first is put at position `start`. */
    const ptrdiff_t step = axis[2].dilation, first = (low + step - 1) / step;
    const ptrdiff_t below = (high + step - 1) / step;
    const ptrdiff_t stop = below < axis[2].taps ? below : axis[2].taps;
    const ptrdiff_t start = (circle - (first * step - low)) % circle;
    complex_vec *matrix = scratch->matrix;
    const real *w = weight;
    __builtin_memset(matrix, 0, (size_t)(depth * p->plane) * sizeof *matrix);
    for (ptrdiff_t t = 0; t < axis[0].taps; t++)
        for (ptrdiff_t u = 0; u < axis[1].taps; u++, w += axis[2].taps * parts) {
            const ptrdiff_t z = (depth - t * axis[0].dilation % depth) % depth;
            ptrdiff_t y = (rows - u * axis[1].dilation % rows) % rows, c = start;
            if (p->line_twiddles)
                y = start / columns, c = start % columns;
            for (ptrdiff_t v = first; v < stop;) {
                real *row = (real *)(matrix + z * p->plane + y * p->pitch);
                for (; c >= 0 && v < stop; v++, c -= step) {
                    real *to = row + c + (c & -LANES); /* vectors of two parts */
                    for (int l = 0; l < (p->upright ? LANES : 1); l++) {
                        to[l] = w[v * parts] * scale;
                        if (p->is_complex)
                            to[l + LANES] = w[v * parts + 1] * scale;
                    }
                }
                for (; c < 0 && v < stop; c += columns)
                    y = p->line_twiddles ? (y ? y : rows) - 1 : y;
            }
        }
    NAME(columns_forward)(p, matrix, scratch->buffer);
    if (p->upright) /* the spectrum is complete: all lanes are equal */
        for (ptrdiff_t z = 0; z < depth; z++)
            __builtin_memcpy((complex_vec *)spectrum + z * rows, matrix + z * p->plane,
                             (size_t)rows * sizeof *matrix);
    else
        NAME(rows_forward)(p, matrix, spectrum, scratch->buffer);
}

static void NAME(fft_transform)(const struct fc_transform *t, void *values, int inverse)
{
    if (inverse)
        NAME(fft_inverse)(t, values, 1, values, 1, values, 1);
    else
        NAME(fft_forward)(t, values, 1, values, 1, values, 1);
}

static const struct fc_fft_tiled NAME(kernels) = {
    .size = sizeof(struct fc_fft_tiled),
    .lanes = LANES,
    .cut = NAME(fft_cut),
    .input = NAME(fft_input),
    .output = NAME(fft_output),
    .strip = NAME(fft_strip),
    .filter = NAME(fft_filter),
    .taps = NAME(fft_taps),
    .transform = NAME(fft_transform),
    .whole_load = NAME(whole_load),
    .whole_rows = NAME(whole_rows),
    .whole_store = NAME(whole_store),
};
