/* Cut a block of outputs of direct across channels into tiles, and compute them. Either array may
 * have channels last, or both (sum_across), or none (sum_patch).
 *
 * Loop      rows of outputs; tiles of up to 8 pixels of a row; planes of input that the depth taps
 *           read; strips of LANES channels.
 *
 * Rows of taps outside the image are left out. In an image that is read in place, outputs whose
 * windows cross an end of a row are tiles of one pixel, without the columns of taps outside. Strips
 * that follow each other read the same cache lines.
 */

/* Compute the sums of one tap of the depths from a patch to sums that become planes; `more` if they
 * are added to others. Here hardly anything differs between tiles. */
static void NAME(sum_patch)(const struct fc_across_plan *p, const struct fc_across_task *t,
                            const real *weight, ptrdiff_t rows, ptrdiff_t columns, int more)
{
    const struct fc_axis *h = &p->geometry.axis[1], *w = &p->geometry.axis[2];
    const ptrdiff_t tiles = (columns + FC_ACROSS_PIXELS - 1) / FC_ACROSS_PIXELS;
    const int slides = w->taps >= 3 && w->dilation == w->stride;
    struct fc_across_tile o = {.strips = 1, .columns = w->taps, .to = t->sums, .to_step = LANES,
                               .add_step = LANES,
                               .row_step = h->dilation * p->pitch * LANES / p->apart,
                               .column_step = w->dilation * LANES, .pixel_step = w->stride * LANES,
                               .weight_step = w->taps * LANES, .low = -INFINITY, .high = INFINITY,
                               .lanes = LANES};
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t y = (t->row + r) * h->stride - h->before;
        const ptrdiff_t inside = NAME(steps)(h->image - y, h->dilation);
        const ptrdiff_t low = NAME(steps)(-y, h->dilation);
        const ptrdiff_t high = inside < h->taps ? inside : h->taps;
        const real *x = (const real *)t->patch +
                        (r * h->stride + low * h->dilation) / p->apart * p->pitch * LANES;
        o.rows = high > low ? high - low : 0;
        o.weight = weight + low * w->taps * LANES;
        for (ptrdiff_t i = 0; i < tiles; i++) {
            const ptrdiff_t from = i * columns / tiles, pixels = (i + 1) * columns / tiles - from;
            o.x = x + from * o.pixel_step;
            o.add = more ? o.to : 0;
            (slides && NAME(slide_tiles)[pixels] ? NAME(slide_tiles)
                                                 : NAME(across_tiles))[pixels](&o);
            o.to = (real *)o.to + pixels * LANES;
        }
    }
}

/* Compute the sums of taps first..stop of the depths, from the patch or from the image itself. */
static void NAME(sum_across)(const struct fc_across_plan *p, const struct fc_across_task *t,
                             const struct fc_across_depths *depths, ptrdiff_t first,
                             ptrdiff_t stop, ptrdiff_t rows, ptrdiff_t columns)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const int in = p->input_last, out = p->output_last;
    const ptrdiff_t apart = in ? 1 : p->apart, pixel = in ? t->image_pixel : LANES;
    const ptrdiff_t line = (in ? w->image : p->pitch) * pixel, area = h->taps * w->taps * LANES;
    const ptrdiff_t depth = t->depth * d->stride - d->before;
    const ptrdiff_t top = t->row * h->stride - h->before, left = t->column * w->stride - w->before;
    const ptrdiff_t reach = (w->taps - 1) * w->dilation;
    const real *image = in ? (const real *)t->image : (const real *)t->patch;
    const ptrdiff_t corner = in ? ((t->n * d->image + depth) * h->image + top) * line + left * pixel
                                : 0;
    const ptrdiff_t at = ((t->n * d->feature + t->depth) * h->feature + t->row) * w->feature +
                         t->column;
    /* columns begin..end of the block read no column outside */
    ptrdiff_t begin = 0, end = columns;
    if (in) {
        const ptrdiff_t low = NAME(steps)(-left, w->stride);
        const ptrdiff_t high = NAME(steps)(w->image - reach - left, w->stride);
        begin = low < columns ? low : columns;
        end = high < begin ? begin : high < columns ? high : columns;
    }
    struct fc_ending limits = {0};
    const int limited = out && fc_set_limits(&limits, p->activation);
    struct fc_across_tile o = {.row_step = h->dilation * line / apart,
                               .column_step = w->dilation * pixel,
                               .pixel_step = w->stride * pixel, .weight_step = w->taps * LANES,
                               .weight_strip = g->taps * LANES,
                               .to_step = out ? t->out_pixel : LANES,
                               .to_strip = out ? LANES : rows * columns * LANES,
                               .lanes = g->image_channels};
    const int slides = w->taps >= 3 && o.column_step == o.pixel_step;
    const int part = (in || out) && g->image_channels < LANES;
    for (ptrdiff_t r = 0; r < rows; r++) {
        const ptrdiff_t y = top + r * h->stride, inside = NAME(steps)(h->image - y, h->dilation);
        const ptrdiff_t low = NAME(steps)(-y, h->dilation);
        const ptrdiff_t high = inside < h->taps ? inside : h->taps;
        const ptrdiff_t row = corner + (r * h->stride + low * h->dilation) / apart * line;
        o.rows = high > low && stop > first ? high - low : 0;
        for (ptrdiff_t c = 0, pixels; c < columns; c += pixels) {
            const ptrdiff_t x = left + c * w->stride;
            ptrdiff_t skipped = 0;
            o.columns = w->taps;
            if (c >= begin && c < end) {
                const ptrdiff_t rest = end - c;
                const ptrdiff_t tiles = (rest + FC_ACROSS_PIXELS - 1) / FC_ACROSS_PIXELS;
                pixels = (rest + tiles - 1) / tiles;
            } else {
                const ptrdiff_t reached = NAME(steps)(w->image - x, w->dilation);
                skipped = NAME(steps)(-x, w->dilation);
                o.columns = (reached < w->taps ? reached : w->taps) - skipped;
                pixels = 1;
            }
            void (*tile)(const struct fc_across_tile *) =
                (slides && NAME(slide_tiles)[pixels] ? NAME(slide_tiles)
                                                     : NAME(across_tiles))[pixels];
            const ptrdiff_t from = row + c * o.pixel_step + skipped * o.column_step;
            const ptrdiff_t to = at + r * w->feature + c;
            for (ptrdiff_t s = t->channel; s < t->stop; s += o.strips * LANES) {
                const ptrdiff_t channel = NAME(first_channel)(s, g->image_channels, in || out);
                o.strips = (t->stop - channel) / LANES;
                o.strips += o.strips == 0;
                const ptrdiff_t strip = (s - t->channel) / LANES;
                o.to = out ? (real *)t->out + to * t->out_pixel + channel
                           : (real *)t->sums + (r * columns + c) * LANES + strip * o.to_strip;
                ptrdiff_t tap = first;
                do {
                    /* the first depth adds bias and residual, the others what is stored */
                    const int more = tap > depths->low, last = tap + 1 >= depths->high;
                    o.x = image + from + (in ? tap * d->dilation * h->image * line + channel : 0);
                    o.weight = (const real *)t->weight + strip * o.weight_strip + tap * area +
                               (low * w->taps + skipped) * LANES;
                    o.bias = out && t->bias && !more ? (const real *)t->bias + channel : 0;
                    o.add = more ? o.to : 0;
                    o.add_step = more ? o.to_step : t->add_pixel;
                    o.add_strip = more ? o.to_strip : LANES;
                    if (out && t->add && !more)
                        o.add = (const real *)t->add + to * t->add_pixel + channel;
                    o.low = limited && last ? limits.low : -INFINITY;
                    o.high = limited && last ? limits.high : INFINITY;
                    if (part)
                        NAME(part_across)(&o, pixels);
                    else
                        tile(&o);
                } while (++tap < stop);
            }
        }
    }
}
