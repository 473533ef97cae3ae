/* Find the input rows of the stencil: they lie in the image, or are copied to a patch with borders
 * filled in.
 *
 * The output rows of a block are divided into dilation / gcd(stride, dilation) classes.
 * Neighbouring rows of a class share input rows. The taps of a column are divided into runs, one
 * per residue of the stride. For every channel and depth tap, a class reads the same `entries`
 * padded rows:
 *
 *     row of entry e in class b = (first + b) * stride + heights[e]
 *
 * Layout    slots [class][depth tap][entry] holds the element of that row in channel 0, or -1 for a
 *           row of the border, or -2 for a row past the end. inputs
 *           [class][channel][depth tap][entry] holds pointers p such that tap column s of output
 *           column x reads p[x + offset[s]]. The patch has one row of `pitch` values per pointer,
 *           and each row is split into one line per residue of the stride.
 */
static void NAME(plan_slots)(const struct fc_direct_plan *p, ptrdiff_t depth, ptrdiff_t first,
                             ptrdiff_t *slots)
{
    const struct fc_axis *d = &p->geometry.axis[0], *h = &p->geometry.axis[1];
    const ptrdiff_t width = p->geometry.axis[2].image;
    for (ptrdiff_t b = 0; b < p->classes; b++) {
        for (ptrdiff_t t = 0; t < d->taps; t++) {
            const ptrdiff_t z = fc_at(d, depth * d->stride + t * d->dilation);
            for (ptrdiff_t e = 0; e < p->entries; e++) {
                const ptrdiff_t row = (first + b) * h->stride + p->heights[e];
                const ptrdiff_t y = row < h->extent ? fc_at(h, row) : -1;
                *slots++ = row >= h->extent ? -2 : z < 0 || y < 0 ? -1 : (z * h->image + y) * width;
            }
        }
    }
}

/* Set the pointers to input rows for a span of one group, and copy rows to the patch where needed.
 * `image` points to the first channel of the group, and `fill` to a row of fill values. */
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
