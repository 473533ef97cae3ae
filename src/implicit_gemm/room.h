/* implicit_gemm: feature[k, pixel] = sum_p weight[k, p] * X[p, pixel]. X is the unfolded image,
 * which packing computes block by block.
 *
 * The caller loops over blocks of pixels, over blocks of p (and packs each once), and over strips
 * of rows k. Lanes are pixels; lanes.h has the form whose lanes are rows k.
 */
#include "implicit_gemm/interface.h"

#include "tile.h"
#include "block.h"
#include "fill.h"
#include "patch.h"
#include "pack.h"

static void NAME(pack_strip)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t depth,
                             void *packed)
{
    const real *from = weight;
    real *to = packed;
    for (ptrdiff_t p = 0; p < depth; p++)
        for (ptrdiff_t i = 0; i < rows; i++)
            *to++ = from[i * stride + p];
}

FC_INLINE void NAME(end_row)(const struct fc_ending *ending, ptrdiff_t row, const real *add,
                             ptrdiff_t count, real *to)
{
    const real low = (real)ending->low, high = (real)ending->high;
    const real bias = ((const real *)ending->channel)[row];
    for (ptrdiff_t p = 0; p < count; p++) {
        real x = to[p] + bias;
        if (add)
            x += add[p];
        x = x < low ? low : x; /* a NaN stays NaN */
        to[p] = x > high ? high : x;
    }
}

/* Copy the pixels of a tile from a buffer to the output. This serves panels that are not whole. */
static void NAME(scatter)(const struct fc_block *block, const struct fc_panel *panel,
                          const real *tile, ptrdiff_t rows, real *out, ptrdiff_t out_stride,
                          int accumulate, const struct fc_ending *ending)
{
    for (ptrdiff_t i = 0; i < panel->pieces; i++) {
        const struct fc_piece *piece = &block->pieces[panel->first_piece + i];
        for (ptrdiff_t r = 0; r < rows; r++) {
            const real *from = tile + r * panel->vectors * LANES + piece->lane;
            real *to = out + r * out_stride + piece->out;
            if (accumulate)
                for (ptrdiff_t p = 0; p < piece->length; p++)
                    to[p] += from[p];
            else
                for (ptrdiff_t p = 0; p < piece->length; p++)
                    to[p] = from[p];
            if (ending)
                NAME(end_row)(ending, r, ending->add ? (const real *)ending->add + (to - out) : 0,
                              piece->length, to);
        }
    }
}

static void NAME(multiply)(const struct fc_block *block, const void *packed, const void *weight,
                           ptrdiff_t stride, ptrdiff_t rows, void *out, ptrdiff_t out_stride,
                           int accumulate, const struct fc_ending *ending, void *tile)
{
    static const ptrdiff_t in_order[] = {0, LANES, 2 * LANES, 3 * LANES};
    const int unpacked = packed == 0;
    struct fc_ending end = {0};
    real none[FC_ROWS_MAX];
    if (ending)
        end = *ending;
    if (ending && !end.channel) { /* -0.0 + x equals x for every x, also for x = -0.0 */
        for (ptrdiff_t i = 0; i < rows; i++)
            none[i] = (real)-0.0;
        end.channel = none;
    }
    fc_tile_function *const *tiles = NAME(tiles)[stride != 0][unpacked][rows - 1];
    struct fc_operands o = {
        .a = weight, .depth = block->depth, .a_row = stride, .a_step = rows,
        .offsets = block->offsets};
    for (ptrdiff_t j = 0; j < block->panel_count; j++) {
        const struct fc_panel *panel = &block->panels[j];
        const ptrdiff_t start = panel->start * LANES * (block->depth + 1);
        o.b = unpacked ? block->patch : (const real *)packed + start;
        o.positions = block->positions + panel->start;
        o.places = panel->whole ? block->places + panel->start : in_order;
        const ptrdiff_t place = unpacked ? 0 : block->pieces[panel->first_piece].out;
        o.c = panel->whole ? (real *)out + place : (real *)tile;
        o.c_row = panel->whole ? out_stride : panel->vectors * LANES;
        o.accumulate = panel->whole && accumulate;
        o.ending = panel->whole && ending ? &end : 0;
        if (o.ending && ending->add)
            end.add = (const real *)ending->add + place;
        tiles[panel->vectors - 1](&o);
        if (!panel->whole) {
            end.add = ending ? ending->add : 0;
            NAME(scatter)(block, panel, tile, rows, out, out_stride, accumulate,
                          ending ? &end : 0);
        }
    }
}

static const int NAME(shapes)[][2] = {FC_SHAPES};

static const struct fc_implicit_gemm NAME(kernels) = {
    .size = sizeof(struct fc_implicit_gemm),
    .lanes = LANES,
    .rows_max = FC_ROWS_MAX,
    .vectors_max = FC_VECTORS_MAX,
    .depth_max = FC_DEPTH_MAX,
    .block_bytes = FC_BLOCK_BYTES,
    .patch_bytes = FC_PATCH_BYTES,
    .unpacked_bytes = FC_UNPACKED_BYTES,
    .shape_count = sizeof NAME(shapes) / sizeof NAME(shapes)[0],
    .shapes = NAME(shapes),
    .cut = NAME(cut),
    .pack = NAME(pack),
    .load_patch = NAME(load_patch),
    .pack_strip = NAME(pack_strip),
    .multiply = NAME(multiply),
    .tiles = NAME(tiles)[0][0][0],
};
