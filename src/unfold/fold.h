/* fold: image[row][x] = sum over taps and pixels that read it of from[tap][pixel].
 *
 * Layout    as unfold.h; slots: per outer tap and row of the image, the first pixel of the row of
 *           output that reads it under this tap, -1 for none.
 * Loop      rows of the image outermost: a row is summed while it is in L1, taps in their order, so
 *           that a sum does not depend on how rows are shared out.
 * Registers with unit stride two vectors of the row, and one of each tap in turn.
 */
FC_INLINE void NAME(add_line)(const struct fc_axis *w, const struct fc_line *l, const real *from,
                              real *row)
{
    const ptrdiff_t s = w->stride;
    real *to = row + l->start - w->before;
    ptrdiff_t i = l->low;
    if (s == 1) {
        for (; i + 2 * LANES <= l->high; i += 2 * LANES) {
            storeu(to + i, loadu(to + i) + loadu(from + i));
            storeu(to + i + LANES, loadu(to + i + LANES) + loadu(from + i + LANES));
        }
        for (; i + LANES <= l->high; i += LANES)
            storeu(to + i, loadu(to + i) + loadu(from + i));
    }
    for (; i < l->high; i++)
        to[i * s] += from[i];
}

static void NAME(fold)(const struct fc_geometry *g, const ptrdiff_t *slots, ptrdiff_t slot_stride,
                       const struct fc_line *lines, ptrdiff_t rows, const void *from,
                       ptrdiff_t pitch, void *image)
{
    const struct fc_axis *w = &g->axis[2];
    const ptrdiff_t outer = g->axis[0].taps * g->axis[1].taps;
    for (ptrdiff_t r = 0; r < rows; r++) {
        real *row = (real *)image + r * w->image;
        for (ptrdiff_t x = 0; x < w->image; x++)
            row[x] = 0;
        for (ptrdiff_t t = 0; t < outer; t++) {
            const ptrdiff_t slot = slots[t * slot_stride + r];
            const real *source = (const real *)from + t * w->taps * pitch + slot;
            if (slot >= 0)
                for (ptrdiff_t tw = 0; tw < w->taps; tw++, source += pitch)
                    NAME(add_line)(w, &lines[tw], source, row);
        }
    }
}
