/* A run of output pixels cut into panels, and panels into pieces of one output row.
 *
 * Pixels are numbered through the whole batch, q = ((n * depth + od) * height + oh) * width + ow,
 * so that small maps fill their vectors with the next image. Panels share the block's vectors
 * evenly: 4 vectors in panels of at most 3 are 2 + 2.
 */
static void NAME(cut)(const struct fc_geometry *g, struct fc_block *block, ptrdiff_t first,
                      ptrdiff_t count, ptrdiff_t vectors)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t total = (count + LANES - 1) / LANES;
    const ptrdiff_t panels = (total + vectors - 1) / vectors;
    ptrdiff_t row = first / w->feature, column = first % w->feature, pieces = 0;

    block->first_pixel = first;
    block->pixel_count = count;
    block->vectors = total;
    block->panel_count = panels;
    block->source = FC_NOWHERE;
    for (ptrdiff_t j = 0; j < panels; j++) {
        struct fc_panel *panel = &block->panels[j];
        const ptrdiff_t start = j * total / panels, stop = (j + 1) * total / panels;
        const ptrdiff_t last = stop * LANES < count ? stop * LANES : count;
        const ptrdiff_t pixel = first + start * LANES;
        panel->start = start;
        panel->vectors = stop - start;
        panel->first_piece = pieces;
        panel->whole = last == stop * LANES &&
                       pixel / g->pixels == (first + last - 1) / g->pixels;
        for (ptrdiff_t at = start * LANES; at < last; pieces++) {
            struct fc_piece *piece = &block->pieces[pieces];
            const ptrdiff_t oh = row % h->feature, plane = row / h->feature;
            const ptrdiff_t od = plane % d->feature, n = plane / d->feature;
            const ptrdiff_t room = w->feature - column;
            const ptrdiff_t length = last - at < room ? last - at : room;
            piece->row = row;
            piece->column = column;
            piece->lane = at - start * LANES;
            piece->length = length;
            piece->vectors = (length + LANES - 1) / LANES;
            piece->out = n * g->feature_channels * g->pixels +
                         (od * h->feature + oh) * w->feature + column;
            piece->image = n * g->image_channels * g->plane +
                           ((od * d->stride - d->before) * h->image + oh * h->stride - h->before) *
                               w->image +
                           column - w->before;
            at += length;
            column += length;
            if (column == w->feature) {
                column = 0;
                row++;
            }
        }
        panel->pieces = pieces - panel->first_piece;
    }
}
