/* Pack rows of the unfolded image, X[k = (channel, tap)][pixel], panel by panel.
 *
 * Layout  panel j of the block starts at start_j * LANES * (depth + 1) and is
 *         [depth][vectors * LANES], followed by one spare row. Pieces are copied in whole vectors.
 *         The values that a piece writes past its end are overwritten by the next piece or the next
 *         row, or lie in the spare row.
 * Loop    channels are outermost, so that a channel's patch stays in L1 while its taps are copied.
 */
FC_INLINE void NAME(copy_panel)(const struct fc_piece *pieces, ptrdiff_t count,
                                const real *source, const ptrdiff_t *offsets, ptrdiff_t taps,
                                real *packed, const int ahead, const int vectors)
{
    if (count == 1) {
        source += pieces->position;
        for (ptrdiff_t t = 0; t < taps; t++, packed += vectors * LANES) {
UNROLLED
            for (int v = 0; v < vectors; v++)
                store(packed + v * LANES, loadu(source + offsets[t] + v * LANES));
            if (ahead)
                __builtin_prefetch(source + offsets[t] + vectors * LANES);
        }
        return;
    }
    if (count == 2) {
        const real *first = source + pieces[0].position, *second = source + pieces[1].position;
        real *to = packed + pieces[1].lane;
        for (ptrdiff_t t = 0; t < taps; t++, packed += vectors * LANES, to += vectors * LANES) {
UNROLLED
            for (int v = 0; v < vectors; v++)
                store(packed + v * LANES, loadu(first + offsets[t] + v * LANES));
UNROLLED
            for (int v = 0; v < vectors; v++)
                storeu(to + v * LANES, loadu(second + offsets[t] + v * LANES));
        }
        return;
    }
    for (ptrdiff_t t = 0; t < taps; t++, packed += vectors * LANES) {
        for (ptrdiff_t i = 0; i < count; i++) {
            const real *from = source + pieces[i].position + offsets[t];
            real *to = packed + pieces[i].lane;
            for (ptrdiff_t v = 0; v < pieces[i].vectors; v++)
                storeu(to + v * LANES, loadu(from + v * LANES));
        }
    }
}

/* Copy `taps` rows of the unfolded image, for all panels, to rows k, k + 1, ... of each panel. */
FC_INLINE void NAME(copy_taps)(const struct fc_block *block, const real *source, ptrdiff_t taps,
                            ptrdiff_t k, real *packed, const int ahead)
{
    for (ptrdiff_t j = 0; j < block->panel_count; j++) {
        const struct fc_panel *panel = &block->panels[j];
        const struct fc_piece *pieces = block->pieces + panel->first_piece;
        real *to = packed + LANES * (panel->start * (block->depth + 1) + k * panel->vectors);
        switch (panel->vectors) {
        case 1:
            NAME(copy_panel)(pieces, panel->pieces, source, block->offsets, taps, to, ahead, 1);
            break;
        case 2:
            NAME(copy_panel)(pieces, panel->pieces, source, block->offsets, taps, to, ahead, 2);
            break;
        case 3:
            NAME(copy_panel)(pieces, panel->pieces, source, block->offsets, taps, to, ahead, 3);
            break;
        default:
            NAME(copy_panel)(pieces, panel->pieces, source, block->offsets, taps, to, ahead, 4);
        }
    }
}

/* Set positions and offsets for a convolution without borders and with stride 1. Rows k0..k1,
 * counted from channel 0, are then read from the image itself. */
static void NAME(plan_direct)(const struct fc_geometry *g, struct fc_block *block, ptrdiff_t k0,
                              ptrdiff_t k1)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const struct fc_panel *last = &block->panels[block->panel_count - 1];
    for (ptrdiff_t k = k0; k < k1; k++) {
        const ptrdiff_t c = k / g->taps, t = k % g->taps, row = t / w->taps;
        const ptrdiff_t td = row / h->taps, th = row % h->taps, tw = t % w->taps;
        block->offsets[k - k0] =
            c * g->plane +
            (td * d->dilation * h->image + th * h->dilation) * w->image + tw * w->dilation;
    }
    for (ptrdiff_t i = 0; i < last->first_piece + last->pieces; i++)
        block->pieces[i].position = block->pieces[i].image;
    block->low[0] = k0;
    block->high[0] = k1;
    block->source = FC_DIRECT;
}

/* Return the number of planned rows that can be read in whole vectors inside the array. */
static ptrdiff_t NAME(inside)(const struct fc_geometry *g, const struct fc_block *block,
                              ptrdiff_t channel)
{
    const struct fc_panel *panel = &block->panels[block->panel_count - 1];
    const struct fc_piece *last = &block->pieces[panel->first_piece + panel->pieces - 1];
    const ptrdiff_t end = channel * g->plane + last->image + panel->vectors * LANES;
    ptrdiff_t rows = block->high[0] - block->low[0];
    while (rows > 0 &&
           end + block->offsets[rows - 1] > g->batch * g->image_channels * g->plane)
        rows--;
    return rows;
}

/* Clear the lanes behind the last pixel of a block, which hold what former calls have left: arithmetic
 * with denormal numbers takes a hundred times as long. */
FC_INLINE void NAME(clear_last)(const struct fc_block *block, real *packed)
{
    const struct fc_panel *last = &block->panels[block->panel_count - 1];
    packed += LANES * (last->start * (block->depth + 1) + last->vectors - 1);
    if (block->pixel_count % LANES)
        for (ptrdiff_t k = 0; k < block->depth; k++)
            store(packed + k * last->vectors * LANES, (vec){0});
}

static void NAME(pack)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                       ptrdiff_t channel, ptrdiff_t k0, ptrdiff_t k1, double fill, void *packed)
{
    ptrdiff_t k = k0;
    block->depth = k1 - k0;
    NAME(clear_last)(block, packed);
    if (g->direct) {
        if (block->source != FC_DIRECT || block->low[0] != k0 || block->high[0] != k1)
            NAME(plan_direct)(g, block, k0, k1);
        const ptrdiff_t rows = NAME(inside)(g, block, channel);
        NAME(copy_taps)(block, (const real *)image + channel * g->plane, rows, 0, packed, 1);
        k += rows;
    }
    for (ptrdiff_t rows; k < k1; k += rows) {
        ptrdiff_t c = channel + k / g->taps, low[3], high[3];
        const ptrdiff_t from = k % g->taps;
        const ptrdiff_t to = from + k1 - k < g->taps ? from + k1 - k : g->taps;
        const ptrdiff_t taps = NAME(tap_range)(g, from, to, low, high);
        if (block->source != FC_PATCH || __builtin_memcmp(low, block->low, sizeof low) ||
            __builtin_memcmp(high, block->high, sizeof high))
            NAME(plan_patch)(g, block, low, high, 0);
        real *patch = block->patch;
        for (rows = 0; rows < block->channels * taps && rows + taps <= k1 - k; rows += taps) {
            NAME(fill_patch)(g, block, (const real *)image + c * g->plane, (real)fill, patch);
            patch += block->slot_count * block->pitch;
            c++;
        }
        NAME(copy_taps)(block, block->patch, rows, k - k0, packed, 0);
    }
}

/* Set positions and offsets of at most `channels` channels of one tap, in the image itself. */
static void NAME(plan_in_place)(const struct fc_geometry *g, struct fc_block *block,
                                ptrdiff_t channels)
{
    const struct fc_panel *panel = block->panels;
    block->source = FC_DIRECT;
    for (ptrdiff_t c = 0; c < channels; c++)
        block->offsets[c] = c * g->plane;
    for (ptrdiff_t j = 0; j < block->panel_count; j++, panel++) {
        const struct fc_piece *piece = &block->pieces[panel->first_piece];
        for (ptrdiff_t i = 0; i < panel->pieces; i++, piece++) {
            ptrdiff_t *positions = block->positions + panel->start + piece->lane / LANES;
            for (ptrdiff_t v = 0; v < piece->vectors; v++)
                positions[v] = piece->image - piece->lane % LANES + v * LANES;
        }
    }
}

/* Load the patch of `channels` whole channels, at most `most`. Unpacked tiles read it directly, so
 * nothing is packed. */
static void NAME(load_patch)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                        ptrdiff_t channel, ptrdiff_t channels, ptrdiff_t most, double fill)
{
    block->depth = channels * g->taps;
    if (block->in_place) {
        if (block->source != FC_DIRECT)
            NAME(plan_in_place)(g, block, most);
        block->patch = (void *)((const real *)image + channel * g->plane);
        return;
    }
    if (block->source != FC_PATCH) {
        const ptrdiff_t low[3] = {0, 0, 0};
        const ptrdiff_t high[3] = {g->axis[0].taps, g->axis[1].taps, g->axis[2].taps};
        NAME(plan_patch)(g, block, low, high, most);
        for (ptrdiff_t j = 0; j < block->panel_count; j++) {
            const struct fc_panel *panel = &block->panels[j];
            for (ptrdiff_t i = panel->first_piece; i < panel->first_piece + panel->pieces; i++) {
                const struct fc_piece *piece = &block->pieces[i];
                ptrdiff_t *positions = block->positions + panel->start + piece->lane / LANES;
                for (ptrdiff_t v = 0; v < piece->vectors; v++)
                    positions[v] = piece->position + v * LANES;
            }
        }
    }
    real *patch = block->patch;
    for (ptrdiff_t c = channel; c < channel + channels; c++) {
        NAME(fill_patch)(g, block, (const real *)image + c * g->plane, (real)fill, patch);
        patch += block->slot_count * block->pitch;
    }
}
