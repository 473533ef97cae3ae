/* Rows of the unfolded image, X[k = (channel, tap)][pixel], packed panel by panel.
 *
 * Layout  panel j of the block starts at start_j * LANES * (depth + 1): [depth][vectors * LANES],
 *         and one row of slack, because pieces are copied in whole vectors: what a piece writes
 *         past its end is overwritten by the next piece, the next row, or nobody.
 * Loop    channels outermost, so that a channel's box stays in L1 while its taps are copied.
 */
FC_INLINE void NAME(copy_panel)(const struct fc_piece *pieces, ptrdiff_t count,
                                const real *source, const ptrdiff_t *offsets, ptrdiff_t taps,
                                real *packed, const int vectors)
{
    if (count == 1) {
        source += pieces->place;
        for (ptrdiff_t t = 0; t < taps; t++, packed += vectors * LANES) {
#pragma GCC unroll 16
            for (int v = 0; v < vectors; v++)
                store(packed + v * LANES, loadu(source + offsets[t] + v * LANES));
        }
        return;
    }
    for (ptrdiff_t t = 0; t < taps; t++, packed += vectors * LANES) {
        for (ptrdiff_t i = 0; i < count; i++) {
            const real *from = source + pieces[i].place + offsets[t];
            real *to = packed + pieces[i].lane;
            for (ptrdiff_t v = 0; v < pieces[i].vectors; v++)
                storeu(to + v * LANES, loadu(from + v * LANES));
        }
    }
}

/* Taps of one channel for all panels, to row k of each. */
static void NAME(copy_taps)(const struct fc_block *block, const real *source, ptrdiff_t taps,
                            ptrdiff_t k, real *packed)
{
    for (ptrdiff_t j = 0; j < block->panel_count; j++) {
        const struct fc_panel *panel = &block->panels[j];
        const struct fc_piece *pieces = block->pieces + panel->first_piece;
        real *to = packed + LANES * (panel->start * (block->depth + 1) + k * panel->vectors);
        switch (panel->vectors) {
        case 1:
            NAME(copy_panel)(pieces, panel->pieces, source, block->offsets, taps, to, 1);
            break;
        case 2:
            NAME(copy_panel)(pieces, panel->pieces, source, block->offsets, taps, to, 2);
            break;
        case 3:
            NAME(copy_panel)(pieces, panel->pieces, source, block->offsets, taps, to, 3);
            break;
        default:
            NAME(copy_panel)(pieces, panel->pieces, source, block->offsets, taps, to, 4);
        }
    }
}

/* The largest box of taps that starts at tap `from` of a channel and ends at or before `to`:
 * whole planes, else whole rows of one plane, else a part of one row. Returns its number of taps. */
static ptrdiff_t NAME(tap_box)(const struct fc_geometry *g, ptrdiff_t from, ptrdiff_t to,
                               ptrdiff_t low[3], ptrdiff_t high[3])
{
    const ptrdiff_t row = g->axis[2].taps, plane = row * g->axis[1].taps;
    low[0] = from / plane;
    low[1] = from % plane / row;
    low[2] = from % row;
    high[0] = low[0] + 1;
    high[1] = low[1] + 1;
    high[2] = row;
    if (low[2] != 0 || to - from < row) {
        high[2] = to - from < row - low[2] ? low[2] + to - from : row;
        return high[2] - low[2];
    }
    if (low[1] != 0 || to - from < plane) {
        const ptrdiff_t rows = (to - from) / row, left = g->axis[1].taps - low[1];
        high[1] = low[1] + (rows < left ? rows : left);
        return (high[1] - low[1]) * row;
    }
    high[0] = low[0] + (to - from) / plane;
    high[1] = g->axis[1].taps;
    return (high[0] - low[0]) * plane;
}

/* No border and unit stride: taps from..to are read from the image itself. */
static void NAME(plan_direct)(const struct fc_geometry *g, struct fc_block *block, ptrdiff_t from,
                              ptrdiff_t to)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const struct fc_panel *last = &block->panels[block->panel_count - 1];
    for (ptrdiff_t t = from; t < to; t++) {
        const ptrdiff_t tw = t % w->taps, th = t / w->taps % h->taps, td = t / w->taps / h->taps;
        block->offsets[t - from] =
            (td * d->dilation * h->image + th * h->dilation) * w->image + tw * w->dilation;
    }
    for (ptrdiff_t i = 0; i < last->first_piece + last->pieces; i++)
        block->pieces[i].place = block->pieces[i].image;
    block->low[0] = from;
    block->high[0] = to;
    block->source = FC_DIRECT;
}

/* Whether vectors read for taps from..to of channel c stay inside the array. */
FC_INLINE int NAME(inside)(const struct fc_geometry *g, const struct fc_block *block, ptrdiff_t c)
{
    const struct fc_panel *panel = &block->panels[block->panel_count - 1];
    const struct fc_piece *last = &block->pieces[panel->first_piece + panel->pieces - 1];
    const ptrdiff_t farthest = block->offsets[block->high[0] - block->low[0] - 1];
    return c * g->plane + last->image + farthest + last->vectors * LANES <=
           g->batch * g->image_channels * g->plane;
}

static void NAME(pack)(const struct fc_geometry *g, struct fc_block *block, const void *image,
                       ptrdiff_t channel, ptrdiff_t k0, ptrdiff_t k1, double fill, void *packed)
{
    block->depth = k1 - k0;
    for (ptrdiff_t k = k0, taps; k < k1; k += taps) {
        const ptrdiff_t c = channel + k / g->taps, from = k % g->taps;
        const ptrdiff_t to = from + k1 - k < g->taps ? from + k1 - k : g->taps;
        const real *source = (const real *)image + c * g->plane;
        if (g->direct) {
            if (block->source != FC_DIRECT || block->low[0] != from || block->high[0] != to)
                NAME(plan_direct)(g, block, from, to);
            if (NAME(inside)(g, block, c)) {
                taps = to - from;
                NAME(copy_taps)(block, source, taps, k - k0, packed);
                continue;
            }
        }
        ptrdiff_t low[3], high[3];
        taps = NAME(tap_box)(g, from, to, low, high);
        if (block->source != FC_BOX || __builtin_memcmp(low, block->low, sizeof low) ||
            __builtin_memcmp(high, block->high, sizeof high))
            NAME(plan_box)(g, block, low, high);
        NAME(fill_box)(g, block, source, (real)fill);
        NAME(copy_taps)(block, block->box, taps, k - k0, packed);
    }
}
