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

#ifndef FC_DIRECT_BORDER
#define FC_DIRECT_BORDER
/* What lies past the edges of the lines of a span: image columns, or -1 for the fill value. To look
 * a column up takes divisions, so this is done once for all rows, unless borders are long. */
enum { FC_BORDER_LINES = 2, FC_BORDER_MOST = 32 };
struct fc_border {
    int known;
    ptrdiff_t at[FC_BORDER_LINES][FC_BORDER_MOST];
};

static void fc_look_up_border(const struct fc_axis *w, const struct fc_span *span,
                              struct fc_border *border)
{
    border->known = span->line_count <= FC_BORDER_LINES;
    for (ptrdiff_t l = 0; border->known && l < span->line_count; l++) {
        const struct fc_line *line = &span->lines[l];
        ptrdiff_t *at = border->at[l];
        border->known = line->low + line->count - line->high <= FC_BORDER_MOST;
        for (ptrdiff_t i = 0; border->known && i < line->count; i++) {
            if (i == line->low)
                i = line->high;
            if (i < line->count)
                *at++ = fc_at(w, line->start + i * w->stride);
        }
    }
}
#endif

/* Copy a line of the rows at `slots` of a plane to rows that are `pitch` values apart. */
FC_INLINE void NAME(copy_lines)(const struct fc_axis *w, const struct fc_line *line,
                                const ptrdiff_t *border, const ptrdiff_t *slots, ptrdiff_t rows,
                                const real *plane, real fill, real *to, ptrdiff_t pitch)
{
    const ptrdiff_t low = line->low, high = line->high, count = line->count;
    const ptrdiff_t first = line->start - w->before;
    const int simple = border && w->stride == 1 && high - low >= LANES;
    for (ptrdiff_t i = 0; i < rows; i++, to += pitch) {
        if (slots[i] < 0)
            continue;
        const real *source = plane + slots[i];
        if (!simple) {
            NAME(fill_line)(w, line, source, fill, to);
            continue;
        }
        const ptrdiff_t *at = border;
        for (ptrdiff_t x = 0; x < low; x++, at++)
            to[x] = *at < 0 ? fill : source[*at];
        for (ptrdiff_t x = low; x < high - LANES; x += LANES)
            storeu(to + x, loadu(source + first + x));
        storeu(to + high - LANES, loadu(source + first + high - LANES));
        for (ptrdiff_t x = high; x < count; x++, at++)
            to[x] = *at < 0 ? fill : source[*at];
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
    struct fc_border border;
    if (span->pitch)
        fc_look_up_border(w, span, &border);
    for (ptrdiff_t b = 0; b < p->classes; b++, slots += per_channel) {
        for (ptrdiff_t c = 0; c < p->group_channels; c++) {
            const real *plane = image + c * p->geometry.plane;
            for (ptrdiff_t i = 0; i < per_channel; i++) {
                if (slots[i] < 0)
                    *inputs++ = fill + (span->pitch ? 0 : LANES) - span->start;
                else if (span->pitch)
                    *inputs++ = patch + i * span->pitch - span->start;
                else
                    *inputs++ = plane + slots[i] - w->before;
            }
            if (!span->pitch)
                continue;
            for (ptrdiff_t l = 0; l < span->line_count; l++)
                NAME(copy_lines)(w, &span->lines[l], border.known ? border.at[l] : 0, slots,
                                 per_channel, plane, *fill, patch + span->lines[l].position,
                                 span->pitch);
            patch += per_channel * span->pitch;
        }
    }
}
