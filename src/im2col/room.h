/* im2col: pack rows k0..k1 of the unfolded image for the register tile.
 *
 * Layout    block->patch holds the unfolded pixels of the block, one row of block->pitch elements
 *           for each (channel, tap). The packed layout is that of implicit_gemm/pack.h: panel j
 *           starts at start_j * LANES * (depth + 1) and has the shape [depth][vectors * LANES].
 * Loop      The loop over rows is outermost, so that rows are read in the order of memory.
 */
#include "im2col/interface.h"

static void NAME(pack_rows)(struct fc_block *block, ptrdiff_t k0, ptrdiff_t k1, void *packed)
{
    block->depth = k1 - k0;
    for (ptrdiff_t k = 0; k < k1 - k0; k++) {
        const real *from = (const real *)block->patch + (k0 + k) * block->pitch;
        for (ptrdiff_t j = 0; j < block->panel_count; j++) {
            const struct fc_panel *panel = &block->panels[j];
            real *to = (real *)packed +
                       LANES * (panel->start * (block->depth + 1) + k * panel->vectors);
            for (ptrdiff_t v = 0; v < panel->vectors; v++)
                store(to + v * LANES, load(from + (panel->start + v) * LANES));
        }
    }
}

static const struct fc_im2col NAME(kernels) = {
    .size = sizeof(struct fc_im2col),
    .pack = NAME(pack_rows),
};
