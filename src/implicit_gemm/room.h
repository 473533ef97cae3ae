/* implicit_gemm: feature[k, pixel] = sum_p weight[k, p] * X[p, pixel], X unfolded as it is packed.
 *
 * The caller loops over blocks of pixels, blocks of p (packing each once) and strips of rows k.
 */
static void NAME(pack_strip)(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t depth,
                             void *packed)
{
    const real *from = weight;
    real *to = packed;
    for (ptrdiff_t p = 0; p < depth; p++)
        for (ptrdiff_t i = 0; i < rows; i++)
            *to++ = from[i * stride + p];
}

/* A tile that is not whole, by way of a buffer: only its pixels go to the output. */
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
    const int placed = packed == 0;
    NAME(tile_function) *const *tiles = NAME(tiles)[stride != 0][placed][rows - 1];
    struct fc_operands o = {
        .a = weight, .depth = block->depth, .a_row = stride, .offsets = block->offsets};
    for (ptrdiff_t j = 0; j < block->panel_count; j++) {
        const struct fc_panel *panel = &block->panels[j];
        const ptrdiff_t start = panel->start * LANES * (block->depth + 1);
        o.b = placed ? block->box : (const real *)packed + start;
        o.places = block->places + panel->start;
        o.c = panel->whole ? (real *)out + block->pieces[panel->first_piece].out : (real *)tile;
        o.c_row = panel->whole ? out_stride : panel->vectors * LANES;
        o.accumulate = panel->whole && accumulate;
        tiles[panel->vectors - 1](&o);
        if (!panel->whole)
            NAME(scatter)(block, panel, tile, rows, out, out_stride, accumulate);
    }
}

static const int NAME(shapes)[][2] = {FC_SHAPES};

static const struct fc_implicit_gemm NAME(implicit_gemm) = {
    .size = sizeof(struct fc_implicit_gemm),
    .lanes = LANES,
    .rows_max = FC_ROWS_MAX,
    .vectors_max = FC_VECTORS_MAX,
    .depth_max = FC_DEPTH_MAX,
    .block_bytes = FC_BLOCK_BYTES,
    .box_bytes = FC_BOX_BYTES,
    .placed_bytes = FC_PLACED_BYTES,
    .shape_count = sizeof NAME(shapes) / sizeof NAME(shapes)[0],
    .shapes = NAME(shapes),
    .cut = NAME(cut),
    .pack = NAME(pack),
    .place = NAME(place),
    .pack_strip = NAME(pack_strip),
    .multiply = NAME(multiply),
};
