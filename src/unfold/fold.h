/* fold: image[row][x] = sum over taps and pixels that read it of from[tap][pixel].
 *
 * Layout    as unfold.h; slots: per outer tap and row of the image, the first pixel of the row of
 *           output that reads it under this tap, -1 for none.
 * Loop      taps outermost, in their order, so that a sum does not depend on how rows are shared out;
 *           the caller's rows fit L1. With unit stride all taps of the width go into a row at once:
 *           from one tap to the next a row would be read just after it was written, half a vector on.
 * Registers one vector of the row, and one of each tap in turn.
 */
/* Outputs first..last of one tap to where they are read. */
FC_INLINE void NAME(add_line)(const struct fc_axis *w, const struct fc_line *l, ptrdiff_t first,
                              ptrdiff_t last, const real *from, real *row)
{
    const ptrdiff_t s = w->stride;
    real *to = row + l->start - w->before;
    for (ptrdiff_t i = first; i < last; i++)
        to[i * s] += from[i];
}

/* The vector of a row at x, and what all taps add to it; `taps` of them, 0 for any number. */
FC_INLINE vec NAME(add_taps)(const struct fc_axis *w, vec sum, const real *from, ptrdiff_t pitch,
                             ptrdiff_t x, const int taps)
{
    if (taps) {
UNROLLED
        for (int t = 0; t < taps; t++) /* neighbouring taps read neighbouring values */
            sum += loadu(from + t * (pitch - w->dilation) + x);
    } else {
        for (ptrdiff_t t = 0; t < w->taps; t++)
            sum += loadu(from + t * (pitch - w->dilation) + x);
    }
    return sum;
}

/* Unit stride: every tap reads x from low to high - 1, at least one vector; some read more. */
FC_INLINE void NAME(add_row)(const struct fc_axis *w, const struct fc_line *lines, ptrdiff_t low,
                             ptrdiff_t high, const real *from, ptrdiff_t pitch, real *row,
                             const int taps)
{
    const ptrdiff_t end = high - LANES;
    const vec last = loadu(row + end); /* before a vector that overlaps it is written */
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

static void NAME(fold)(const struct fc_geometry *g, const ptrdiff_t *slots, ptrdiff_t slot_stride,
                       const struct fc_line *lines, ptrdiff_t rows, const void *from,
                       ptrdiff_t pitch, void *image)
{
    const struct fc_axis *w = &g->axis[2];
    const ptrdiff_t outer = g->axis[0].taps * g->axis[1].taps;
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
    for (ptrdiff_t t = 0; t < outer; t++, slots += slot_stride, source += w->taps * pitch) {
        for (ptrdiff_t r = 0; r < rows; r++) {
            const real *columns = source + slots[r];
            real *row = target + r * w->image;
            if (slots[r] < 0)
                continue;
            if (together) {
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
                continue;
            }
            for (ptrdiff_t tw = 0; tw < w->taps; tw++)
                NAME(add_line)(w, &lines[tw], lines[tw].low, lines[tw].high,
                               columns + tw * pitch, row);
        }
    }
}
