/* winograd: feature = A^T [ sum_c (G g G^T) * (B^T d B) ] A on tiles of m x m outputs, with 3 taps
 * per axis.
 *
 * A block of tiles stays in cache from the input to the output. The steps are: transform all
 * channels to V; then, for some output channels at a time, compute the products of all frequencies
 * and transform them back. Taps along a third, leading axis are summed like channels: row
 * (channel, tap) of V is a channel of the plane that the tap reads. A dilation d divides the image
 * into d sub-images (phases) per axis, each with its own tiles.
 */
#include "winograd/interface.h"
#include "implicit_gemm/interface.h"
#include "epilogue/interface.h"
FC_OTHER(implicit_gemm);
FC_OTHER(epilogue);

#include "points.h"
#include "shuffle.h"
#include "input.h"
#include "output.h"
#include "weight.h"

static void NAME(cut_tiles)(const struct fc_geometry *g, struct fc_tiles *b, ptrdiff_t first,
                            ptrdiff_t count, int m, int high)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t step_h = high * h->dilation, step_w = m * w->dilation;
    const ptrdiff_t tall = (h->feature + step_h - 1) / step_h;
    const ptrdiff_t wide = (w->feature + step_w - 1) / step_w;
    struct fc_tile_run *run = b->runs;
    ptrdiff_t position = 0;
    for (ptrdiff_t q = first; q < first + count; q += run++->count) {
        /* Phases along a row follow each other, because they read the same lines of memory. */
        const ptrdiff_t column = q % wide, line = q / wide, phase_w = line % w->dilation;
        const ptrdiff_t row = line / w->dilation % tall, phase = line / w->dilation / tall;
        const ptrdiff_t phase_h = phase % h->dilation, plane = phase / h->dilation;
        const ptrdiff_t n = plane / d->feature, left = first + count - q;
        run->lane = q - first;
        run->count = wide - column < left ? wide - column : left;
        run->position = position;
        position += (run->count * m + 2 + LANES - 1) / LANES * LANES;
        run->row = row * step_h + phase_h;
        run->column = column * step_w + phase_w;
        run->depth = plane % d->feature;
        run->batch = n;
        run->image = n * g->image_channels * g->plane;
        run->out = n * g->feature_channels * g->pixels +
                   (run->depth * h->feature + run->row) * w->feature + run->column;
    }
    b->run_count = run - b->runs;
    b->vectors = (count + LANES - 1) / LANES;
    b->panel_count = (b->vectors + b->panel_vectors - 1) / b->panel_vectors;
    b->panel_vectors = (b->vectors + b->panel_count - 1) / b->panel_count;
    b->column_pitch = position + (m + 1) * LANES;
    b->line_pitch = (b->vectors + 1) * LANES;
    b->value_plane = b->vectors * LANES * b->depth + 64 / (ptrdiff_t)sizeof(real);
    b->product_row = b->frequencies * b->vectors * LANES + 64 / (ptrdiff_t)sizeof(real);
}

/* Compute the products of strips first..last. The `features` rows of U are cut evenly into `strips`
 * strips, and the terms of each sum into `blocks` even blocks. The blocks of one strip follow each
 * other, so that U, which is read once and comes from far away, is read in its order in memory. */
static void NAME(multiply_frequencies)(const struct fc_tiles *b, const void *weight,
                                       ptrdiff_t plane, ptrdiff_t features, ptrdiff_t strips,
                                       ptrdiff_t first, ptrdiff_t last, ptrdiff_t blocks)
{
    fc_tile_function *const *tiles = FC_OF(implicit_gemm)->tiles;
    const ptrdiff_t lanes = b->vectors * LANES, top = first * features / strips;
    for (ptrdiff_t f = 0; f < b->frequencies; f++)
        for (ptrdiff_t j = 0; j < b->panel_count; j++) {
            const ptrdiff_t start = j * b->panel_vectors, left = b->vectors - start;
            const ptrdiff_t some = left < b->panel_vectors ? left : b->panel_vectors;
            const real *panel = (const real *)b->values + f * b->value_plane +
                                start * b->depth * LANES;
            for (ptrdiff_t s = first; s < last; s++) {
                const ptrdiff_t k = s * features / strips;
                const ptrdiff_t rows = (s + 1) * features / strips - k;
                struct fc_operands o = {
                    .a_step = rows,
                    .c = (real *)b->products + (k - top) * b->product_row + f * lanes +
                         start * LANES,
                    .c_row = b->product_row,
                };
                for (ptrdiff_t i = 0; i < blocks; i++) {
                    const ptrdiff_t p = i * b->depth / blocks;
                    o.a = (const real *)weight + f * plane + k * b->depth + p * rows;
                    o.b = panel + p * some * LANES;
                    o.depth = (i + 1) * b->depth / blocks - p;
                    o.accumulate = i > 0;
                    /* the weights of the next tile, which come from memory */
                    const ptrdiff_t size = o.depth * rows;
                    o.ahead = j < b->panel_count - 1          ? 0
                              : s + 1 < last || i + 1 < blocks ? size
                                                              : plane - (s - first) * b->depth * rows;
                    tiles[(rows - 1) * FC_VECTORS_MAX + some - 1](&o);
                }
            }
        }
}

#ifndef FC_EACH_TILE
#define FC_EACH_TILE(X) X(2, 1) X(4, 1) X(6, 1) X(2, 2) X(4, 4) X(6, 6)
#define FC_IN(m, h) static void NAME(input_##m##x##h)(FC_IN_TAKES) { FC_IN_DOES(m, h); }
#define FC_IN_TAKES FC_G g, FC_T b, const void *x, ptrdiff_t c, ptrdiff_t tap, ptrdiff_t row
#define FC_IN_DOES(m, h) NAME(winograd_input)(g, b, x, c, tap, row, m, h)
#define FC_OUT(m, h) static void NAME(output_##m##x##h)(FC_OUT_TAKES) { FC_OUT_DOES(m, h); }
#define FC_OUT_TAKES FC_G g, FC_T b, FC_F f, ptrdiff_t k, ptrdiff_t count, void *y
#define FC_OUT_DOES(m, h) NAME(winograd_output)(g, b, f, k, count, y, m, h)
#define FC_W(m, h) static void NAME(weight_##m##x##h)(FC_W_TAKES) { FC_W_DOES(m, h); }
#define FC_W_TAKES const void *w, ptrdiff_t rows, ptrdiff_t depth, void *packed, ptrdiff_t plane
#define FC_W_DOES(m, h) NAME(winograd_weight)(w, rows, depth, packed, plane, m, h)
#define FC_G const struct fc_geometry *
#define FC_T const struct fc_tiles *
#define FC_F const struct fc_finish *
#define FC_THREE(m, h) NAME(input_##m##x##h), NAME(output_##m##x##h), NAME(weight_##m##x##h)
#define FC_ENTRY(m, h) [h != 1][m / 2 - 1] = {FC_THREE(m, h)},
#endif
FC_EACH_TILE(FC_IN)
FC_EACH_TILE(FC_OUT)
FC_EACH_TILE(FC_W)

static const struct fc_winograd NAME(kernels) = {
    .size = sizeof(struct fc_winograd),
    .block_bytes = FC_WINOGRAD_BYTES,
    .transforms = {FC_EACH_TILE(FC_ENTRY)},
    .cut = NAME(cut_tiles),
    .multiply = NAME(multiply_frequencies),
};
