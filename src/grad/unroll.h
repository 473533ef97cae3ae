/* Store the unfolded image of a block at to[k * pitch + pixel], one row of pixels for each
 * (channel, tap) k.
 *
 * The image is first copied to the patch, as implicit_gemm/pack.h does for its panels. The rows of
 * the patch have the borders and are split by the stride, so that a row of pixels under a tap is a
 * copy of whole vectors. Values that a row writes past its end are overwritten by the next row;
 * after the last row, zeros fill the vector.
 */
FC_INLINE void NAME(copy_pieces)(const struct fc_piece *piece, ptrdiff_t pieces, const real *from,
                                 real *to)
{
    for (ptrdiff_t i = 0; i < pieces; i++, piece++) {
        const real *row = from + piece->position;
        real *at = to + piece->lane;
        for (ptrdiff_t v = 0; v < piece->vectors; v++)
            storeu(at + v * LANES, loadu(row + v * LANES));
    }
}

static void NAME(unroll)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                         ptrdiff_t channel, ptrdiff_t channels, void *to, ptrdiff_t pitch)
{
    const struct fc_panel *last = &block->panels[block->panel_count - 1];
    const ptrdiff_t pieces = last->first_piece + last->pieces, depth = channels * g->taps;
    const ptrdiff_t rest = block->pixel_count % LANES;
    real *row = to;
    for (ptrdiff_t k = 0, rows; k < depth; k += rows) {
        const ptrdiff_t c = channel + k / g->taps, from = k % g->taps;
        /* the block has room for the offsets of so many taps */
        const ptrdiff_t most = depth - k < FC_DEPTH_MAX ? depth - k : FC_DEPTH_MAX;
        const ptrdiff_t end = from + most < g->taps ? from + most : g->taps;
        ptrdiff_t low[3], high[3];
        rows = NAME(tap_range)(g, from, end, low, high);
        if (block->source != FC_PATCH || __builtin_memcmp(low, block->low, sizeof low) ||
            __builtin_memcmp(high, block->high, sizeof high))
            NAME(plan_patch)(g, block, low, high, 1);
        NAME(fill_patch)(g, block, (const real *)image + c * g->plane, 0, block->patch);
        for (ptrdiff_t t = 0; t < rows; t++, row += pitch) {
            NAME(copy_pieces)(block->pieces, pieces, (const real *)block->patch + block->offsets[t],
                              row);
            for (ptrdiff_t i = rest ? rest : LANES; i < LANES; i++)
                row[block->pixel_count - rest + i] = 0;
        }
    }
}
