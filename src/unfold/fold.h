/* fold: image[row][x] = sum of from[tap][pixel] over the taps and pixels that read it.
 *
 * Layout    as in unfold.h. Under each outer tap, at most one row of the output reads a row of the
 *           image.
 * Loop      The loop over taps is outermost and keeps their order, so that a sum does not depend on
 *           how rows are divided among calls. The rows of one call fit L1. With unit stride, all
 *           taps of the width are added to a row at once: tap by tap, a row would be loaded just
 *           after it was stored, at an offset of part of a vector.
 * Registers one vector of the row, and one of each tap in turn.
 * Order     outer taps in their order, and within each of them the taps of the width.
 */
/* Add the values first..last of one tap to the positions of the row that they were read from. */
FC_INLINE void NAME(add_line)(const struct fc_axis *w, const struct fc_line *l, ptrdiff_t first,
                              ptrdiff_t last, const real *from, real *row)
{
    const ptrdiff_t s = w->stride;
    real *to = row + l->start - w->before;
    if (s == 1) {
        for (ptrdiff_t i = first; i < last; i++)
            to[i] += from[i];
        return;
    }
    for (ptrdiff_t i = first; i < last; i++)
        to[i * s] += from[i];
}

/* Return `sum`, the vector of a row at x, plus the values of all taps there. `taps` is their number
 * if it is a constant, and 0 otherwise. */
FC_INLINE vec NAME(add_taps)(const struct fc_axis *w, vec sum, const real *from, ptrdiff_t pitch,
                             ptrdiff_t x, const int taps)
{
    if (taps) {
UNROLLED
        for (int t = 0; t < taps; t++) /* the next tap reads `dilation` values before */
            sum += loadu(from + t * (pitch - w->dilation) + x);
    } else {
        for (ptrdiff_t t = 0; t < w->taps; t++)
            sum += loadu(from + t * (pitch - w->dilation) + x);
    }
    return sum;
}

/* Add all taps to one row, for unit stride. Every tap has values for the positions low..high, which
 * are at least one vector; outside of them only some taps have. */
FC_INLINE void NAME(add_row)(const struct fc_axis *w, const struct fc_line *lines, ptrdiff_t low,
                             ptrdiff_t high, const real *from, ptrdiff_t pitch, real *row,
                             const int taps)
{
    const ptrdiff_t end = high - LANES;
    /* The last vector is loaded before a vector that overlaps it is stored. */
    const vec last = loadu(row + end);
    for (ptrdiff_t t = 0; t < w->taps; t++) {
        const ptrdiff_t shift = t * w->dilation - w->before;
        NAME(add_line)(w, &lines[t], lines[t].low, low - shift, from + t * pitch, row);
        NAME(add_line)(w, &lines[t], high - shift, lines[t].high, from + t * pitch, row);
    }
    from += w->before;
    for (ptrdiff_t x = low; x < end; x += LANES)
        storeu(row + x, NAME(add_taps)(w, loadu(row + x), from, pitch, x, taps));
    storeu(row + end, NAME(add_taps)(w, last, from, pitch, end, taps));
}

/* Return the output position that reads position i of the image under a tap, or -1. */
FC_INLINE ptrdiff_t NAME(read_by)(const struct fc_axis *axis, ptrdiff_t i, ptrdiff_t tap)
{
    const ptrdiff_t at = i + axis->before - tap * axis->dilation;
    if (at < 0 || at % axis->stride)
        return -1;
    return at / axis->stride < axis->feature ? at / axis->stride : -1;
}

/* Add all taps of the width to one row. */
FC_INLINE void NAME(add_columns)(const struct fc_axis *w, const struct fc_line *lines,
                                 ptrdiff_t low, ptrdiff_t high, const int together,
                                 const real *columns, ptrdiff_t pitch, real *row)
{
    if (!together) {
        for (ptrdiff_t t = 0; t < w->taps; t++)
            NAME(add_line)(w, &lines[t], lines[t].low, lines[t].high, columns + t * pitch, row);
        return;
    }
    switch (w->taps) {
    case 3:
        NAME(add_row)(w, lines, low, high, columns, pitch, row, 3);
        break;
    case 5:
        NAME(add_row)(w, lines, low, high, columns, pitch, row, 5);
        break;
    default:
        NAME(add_row)(w, lines, low, high, columns, pitch, row, 0);
    }
}

static void NAME(fold)(const struct fc_geometry *g, const struct fc_line *lines, ptrdiff_t first,
                       ptrdiff_t rows, const void *from, ptrdiff_t pitch, void *image)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t outer = d->taps * h->taps;
    const real *source = from;
    real *target = image;
    ptrdiff_t low = 0, high = w->image;
    for (ptrdiff_t t = 0; t < w->taps; t++) {
        const ptrdiff_t shift = lines[t].start - w->before;
        low = low > lines[t].low + shift ? low : lines[t].low + shift;
        high = high < lines[t].high + shift ? high : lines[t].high + shift;
    }
    const int together = w->stride == 1 && high - low >= LANES;
    for (ptrdiff_t x = 0; x < rows * w->image; x++)
        target[x] = 0;
    for (ptrdiff_t t = 0; t < outer; t++, source += w->taps * pitch) {
        const ptrdiff_t shift = t % h->taps * h->dilation - h->before;
        for (ptrdiff_t r = 0, plane = first / h->image, some; r < rows; r += some, plane++) {
            const ptrdiff_t from_row = (first + r) % h->image;
            some = h->image - from_row < rows - r ? h->image - from_row : rows - r;
            const ptrdiff_t z = NAME(read_by)(d, plane, t / h->taps);
            /* the output rows that read rows from_row .. from_row + some */
            ptrdiff_t y = fc_floor_div(from_row - shift + h->stride - 1, h->stride);
            ptrdiff_t end = fc_floor_div(from_row + some - shift + h->stride - 1, h->stride);
            y = y > 0 ? y : 0;
            end = end < h->feature ? end : h->feature;
            for (; z >= 0 && y < end; y++) {
                const real *columns = source + (z * h->feature + y) * w->feature;
                const ptrdiff_t at = r + y * h->stride + shift - from_row;
                NAME(add_columns)(w, lines, low, high, together, columns, pitch,
                                  target + at * w->image);
            }
        }
    }
}
