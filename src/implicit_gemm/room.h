/* implicit_gemm: feature[k, pixel] = sum_p weight[k, p] * X[p, pixel]. X is the unfolded image,
 * which packing computes block by block.
 *
 * The caller loops over blocks of pixels, over blocks of p (and packs each once), and over strips
 * of rows k. Lanes are pixels. If the pixels would leave many lanes of few vectors empty, lanes are
 * rows k instead ("swapped").
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

/* Copy the pixels of a tile from a buffer to the output. This serves panels that are not whole. */
static void NAME(scatter)(const struct fc_block *block, const struct fc_panel *panel,
                          const real *tile, ptrdiff_t rows, real *out, ptrdiff_t out_stride,
                          int accumulate)
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
        }
    }
}

static void NAME(multiply)(const struct fc_block *block, const void *packed, const void *weight,
                           ptrdiff_t stride, ptrdiff_t rows, void *out, ptrdiff_t out_stride,
                           int accumulate, void *tile)
{
    const int unpacked = packed == 0;
    fc_tile_function *const *tiles = NAME(tiles)[stride != 0][unpacked][rows - 1];
    struct fc_operands o = {
        .a = weight, .depth = block->depth, .a_row = stride, .a_step = rows,
        .offsets = block->offsets};
    for (ptrdiff_t j = 0; j < block->panel_count; j++) {
        const struct fc_panel *panel = &block->panels[j];
        const ptrdiff_t start = panel->start * LANES * (block->depth + 1);
        o.b = unpacked ? block->patch : (const real *)packed + start;
        o.positions = block->positions + panel->start;
        o.c = panel->whole ? (real *)out + block->pieces[panel->first_piece].out : (real *)tile;
        o.c_row = panel->whole ? out_stride : panel->vectors * LANES;
        o.accumulate = panel->whole && accumulate;
        tiles[panel->vectors - 1](&o);
        if (!panel->whole)
            NAME(scatter)(block, panel, tile, rows, out, out_stride, accumulate);
    }
}

/* Pack a strip whose lanes are rows of the weight: pad every column of `rows` values with zeros to
 * `width` values. */
static void NAME(pack_lanes)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t width,
                             ptrdiff_t depth, void *packed)
{
    for (ptrdiff_t i = 0; i < width; i += LANES) {
        const ptrdiff_t some = rows - i < LANES ? rows - i : LANES;
        const real *from = (const real *)weight + i * stride;
        real *to = (real *)packed + i;
        ptrdiff_t p = 0;
        for (; p + LANES <= depth; p += LANES, to += LANES * width) {
            vec x[LANES];
            for (ptrdiff_t j = 0; j < LANES; j++)
                x[j] = j < some ? loadu(from + j * stride + p) : (vec){0};
            NAME(transpose)(x);
            for (ptrdiff_t j = 0; j < LANES; j++)
                store(to + j * width, x[j]);
        }
        for (; p < depth; p++, to += width)
            for (ptrdiff_t j = 0; j < LANES; j++)
                to[j] = j < some ? from[j * stride + p] : 0;
    }
}

/* Compute sums[pixel][width] of a block, in tiles of at most `most` pixels. The pixels are
 * broadcast from the packed panels. */
static void NAME(multiply_swapped)(const struct fc_block *block, const void *packed,
                                  const void *weight, ptrdiff_t vectors, ptrdiff_t most,
                                  void *sums, int accumulate)
{
    const ptrdiff_t width = vectors * LANES;
    struct fc_operands o = {.b = weight, .depth = block->depth, .c_row = width,
                            .accumulate = accumulate};
    for (ptrdiff_t j = 0; j < block->panel_count; j++) {
        const struct fc_panel *panel = &block->panels[j];
        const ptrdiff_t start = panel->start * LANES, left = block->pixel_count - start;
        const ptrdiff_t pitch = panel->vectors * LANES, pixels = left < pitch ? left : pitch;
        const ptrdiff_t tiles = (pixels + most - 1) / most;
        o.a_step = pitch;
        for (ptrdiff_t i = 0; i < tiles; i++) {
            const ptrdiff_t first = i * pixels / tiles, stop = (i + 1) * pixels / tiles;
            o.a = (const real *)packed + start * (block->depth + 1) + first;
            o.c = (real *)sums + (start + first) * width;
            NAME(tiles)[0][0][stop - first - 1][vectors - 1](&o);
        }
    }
}

/* Transpose sums[pixel][width] into rows of the output. */
static void NAME(swap_back)(const struct fc_block *block, const void *sums, ptrdiff_t width,
                            ptrdiff_t rows, void *out, ptrdiff_t out_stride)
{
    const struct fc_panel *last = &block->panels[block->panel_count - 1];
    const struct fc_piece *piece = block->pieces, *end = piece + last->first_piece + last->pieces;
    const real *from = sums;
    while (piece < end) {
        real *to = (real *)out + piece->out;
        ptrdiff_t run = piece->length; /* pixels up to the end of an image or of the block */
        while (++piece < end && piece->out == piece[-1].out + piece[-1].length)
            run += piece->length;
        for (ptrdiff_t r = 0; r < rows; r += LANES) {
            const ptrdiff_t some = rows - r < LANES ? rows - r : LANES;
            ptrdiff_t p = 0;
            for (; p + LANES <= run; p += LANES) {
                vec x[LANES];
                for (ptrdiff_t j = 0; j < LANES; j++)
                    x[j] = load(from + (p + j) * width + r);
                NAME(transpose)(x);
                for (ptrdiff_t j = 0; j < some; j++)
                    storeu(to + (r + j) * out_stride + p, x[j]);
            }
            for (; p < run; p++)
                for (ptrdiff_t j = 0; j < some; j++)
                    to[(r + j) * out_stride + p] = from[p * width + r + j];
        }
        from += run * width;
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
    .pack_lanes = NAME(pack_lanes),
    .multiply_swapped = NAME(multiply_swapped),
    .swap_back = NAME(swap_back),
    .tiles = NAME(tiles)[0][0][0],
};
