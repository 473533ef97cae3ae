/* Where the stencil finds its input rows: in the image, or copied to a patch with borders filled
 * in.
 *
 * Output rows of a block fall into classes, one per dilation / gcd(stride, dilation), within which
 * neighbours share input rows; taps of a column into one run per residue of the stride. A class
 * reads for every channel and depth tap the same `entries` padded rows:
 *
 *     row of entry e in class b = (first + b) * stride + heights[e]
 *
 * Layout    slots [class][depth tap][entry]: element of that row in channel 0, -1 for a row of the
 *           border, -2 for one past the end. inputs [class][channel][depth tap][entry]: pointers p
 *           such that output column x and tap column s meet at p[x + offset[s]]. The patch has one
 *           row of `pitch` per pointer, split into a line per residue of the stride.
 */
static void NAME(plan_slots)(const struct fc_direct_plan *p, ptrdiff_t depth, ptrdiff_t first,
                             ptrdiff_t *slots)
{
    const struct fc_axis *d = &p->geometry.axis[0], *h = &p->geometry.axis[1];
    const ptrdiff_t width = p->geometry.axis[2].image;
    for (ptrdiff_t b = 0; b < p->classes; b++) {
        for (ptrdiff_t t = 0; t < d->taps; t++) {
            const ptrdiff_t z = d->line[depth * d->stride + t * d->dilation];
            for (ptrdiff_t e = 0; e < p->entries; e++) {
                const ptrdiff_t row = (first + b) * h->stride + p->heights[e];
                const ptrdiff_t y = row < h->extent ? h->line[row] : -1;
                *slots++ = row >= h->extent ? -2 : z < 0 || y < 0 ? -1 : (z * h->image + y) * width;
            }
        }
    }
}

/* Pointers for a span of one group: image is at its first channel, fill a row of the fill value. */
static void NAME(find_rows)(const struct fc_direct_plan *p, const struct fc_span *span,
                            const ptrdiff_t *slots, const real *image, const real *fill,
                            real *patch, const void **inputs)
{
    const struct fc_axis *d = &p->geometry.axis[0], *w = &p->geometry.axis[2];
    const ptrdiff_t per_channel = d->taps * p->entries;
    for (ptrdiff_t b = 0; b < p->classes; b++, slots += per_channel) {
        for (ptrdiff_t c = 0; c < p->group_channels; c++) {
            const real *plane = image + c * p->geometry.plane;
            for (ptrdiff_t i = 0; i < per_channel; i++, inputs++) {
                if (slots[i] < 0) {
                    *inputs = fill - span->start;
                    continue;
                }
                if (span->pitch == 0) {
                    *inputs = plane + slots[i] - w->before;
                    continue;
                }
                for (ptrdiff_t l = 0; l < span->line_count; l++)
                    NAME(fill_line)(w, &span->lines[l], plane + slots[i], *fill,
                                    patch + span->lines[l].position);
                *inputs = patch - span->start;
                patch += span->pitch;
            }
        }
    }
}
