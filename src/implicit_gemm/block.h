/* Cut a run of output pixels into panels, and cut panels into pieces of one output row.
 *
 * Pixels are numbered through the whole batch, q = ((n * depth + od) * height + oh) * width + ow.
 * Small images therefore fill their vectors with pixels of the next image. An unpacked block
 * consists of whole rows or of a part of one row, and none of its vectors holds pixels of two rows:
 * the last one of a row is not full, or overlaps the one before.
 * Panels share the vectors of the block evenly: 4 vectors in panels of at most 3 become 2 + 2.
 */
FC_INLINE void NAME(cut_piece)(const struct fc_geometry *g, struct fc_piece *piece, ptrdiff_t pixel,
                               ptrdiff_t lane, ptrdiff_t most)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t row = pixel / w->feature, column = pixel % w->feature;
    const ptrdiff_t oh = row % h->feature, plane = row / h->feature;
    const ptrdiff_t od = plane % d->feature, n = plane / d->feature;
    piece->row = row;
    piece->column = column;
    piece->lane = lane;
    piece->length = most < w->feature - column ? most : w->feature - column;
    piece->vectors = (piece->length + LANES - 1) / LANES;
    piece->out = n * g->feature_channels * g->pixels + pixel - n * g->pixels;
    piece->image =
        n * g->image_channels * g->plane +
        ((od * d->stride - d->before) * h->image + oh * h->stride - h->before) * w->image +
        column - w->before;
}

/* Set the places of the vectors of a piece in the output. */
FC_INLINE void NAME(place_piece)(const struct fc_panel *panel, const struct fc_piece *piece,
                                 ptrdiff_t *places)
{
    places += panel->start + piece->lane / LANES;
    for (ptrdiff_t v = 0; v < piece->vectors; v++)
        places[v] = piece->out - piece->lane % LANES + v * LANES;
}

static void NAME(cut)(const struct fc_geometry *g, struct fc_block *block, ptrdiff_t first,
                      ptrdiff_t count, ptrdiff_t vectors, int unpacked, int overlap)
{
    const ptrdiff_t width = g->axis[2].feature;
    /* No vector crosses the end of a line, which is a row, a part of a row, or the whole block. */
    const ptrdiff_t line = unpacked && count > width ? width : count;
    const ptrdiff_t per_line = (line + LANES - 1) / LANES, total = count / line * per_line;
    const ptrdiff_t panels = (total + vectors - 1) / vectors;
    const int overlaps = unpacked && overlap && line >= LANES;
    ptrdiff_t pieces = 0;

    block->whole = 1;
    block->first_pixel = first;
    block->pixel_count = count;
    block->panel_count = panels;
    block->source = FC_NOWHERE;
    for (ptrdiff_t j = 0; j < panels; j++) {
        struct fc_panel *panel = &block->panels[j];
        const ptrdiff_t start = j * total / panels, stop = (j + 1) * total / panels;
        ptrdiff_t lanes = 0, last = 0;
        panel->start = start;
        panel->vectors = stop - start;
        panel->first_piece = pieces;
        for (ptrdiff_t v = start; v < stop;) {
            /* `run` vectors, with `some` pixels, remain up to the end of the panel or the line. */
            const ptrdiff_t n = v / per_line, at = (v - n * per_line) * LANES;
            const ptrdiff_t run = stop - v < per_line - at / LANES ? stop - v : per_line - at / LANES;
            const ptrdiff_t some = run * LANES < line - at ? run * LANES : line - at;
            /* A last vector that is not full is a piece of its own if it overlaps the one before.
             * In the image itself it would be read past the end: its pixels are the last lanes. */
            const ptrdiff_t rest = overlaps || block->in_place ? some % LANES : 0;
            const ptrdiff_t full = some - rest;
            for (ptrdiff_t i = 0; i < some; pieces++) {
                struct fc_piece *piece = &block->pieces[pieces];
                const int partial = rest && i == full;
                const ptrdiff_t back = partial ? LANES - rest : 0;
                const ptrdiff_t lane = (v - start) * LANES + i;
                last = first + n * line + at + i;
                if (overlaps)
                    NAME(cut_piece)(g, piece, last - back, lane, partial ? LANES : full - i);
                else
                    NAME(cut_piece)(g, piece, last, lane + back, partial ? rest : full - i);
                if (unpacked)
                    NAME(place_piece)(panel, piece, block->places);
                i += piece->length;
            }
            lanes += overlaps ? run * LANES : some;
            v += run;
        }
        panel->pieces = pieces - panel->first_piece;
        panel->whole = lanes == panel->vectors * LANES &&
                       (unpacked || last - last % g->pixels <=
                           first + start / per_line * line + start % per_line * LANES);
        block->whole &= panel->whole;
    }
}
