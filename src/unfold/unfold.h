/* unfold: to[tap][pixel] = the value of one channel that each output pixel reads under each tap.
 *
 * Layout    `to` has one row of `pitch` elements for each tap; its pixels lie in the order
 *           rows x columns. `slots` has, for each outer tap (depth, height) and row, the first
 *           element of the image row that is read, or -1 if there is none. `lines` describes, for
 *           each tap of the width, where a row leaves the image (patch.h).
 * Loop      The loop over taps is outermost and that over rows is inside of it, so that there is
 *           one stream of stores and the rows that are read stay in L1.
 *
 * If the output is larger than the caches, the values of each tap are first collected in a stage of
 * rows x columns elements in L1. From there, whole vectors are written past the caches.
 *
 * If the stride is 1 and a row of the output is as long as a row of the image, consecutive rows are
 * consecutive in both. They are copied together, and then their borders are overwritten.
 */
static void NAME(plan_lines)(const struct fc_axis *w, ptrdiff_t column, ptrdiff_t columns,
                             struct fc_line *lines)
{
    for (ptrdiff_t t = 0; t < w->taps; t++)
        NAME(plan_line)(w, &lines[t], column * w->stride + t * w->dilation, 0, columns);
}

/* Copy consecutive rows under one tap, if rows of the output are as long as rows of the image. */
FC_INLINE void NAME(unfold_run)(const struct fc_axis *w, const struct fc_line *l,
                                const real *source, ptrdiff_t rows, real fill, real *to)
{
    const ptrdiff_t width = w->image, low = l->low, high = l->high;
    NAME(copy)(to + low, source + l->start - w->before + low, (rows - 1) * width + high - low);
    for (ptrdiff_t i = 0; i < low; i++) {
        const ptrdiff_t x = w->line[l->start + i];
        for (ptrdiff_t r = 0; r < rows; r++)
            to[r * width + i] = x < 0 ? fill : source[r * width + x];
    }
    for (ptrdiff_t i = high; i < width; i++) {
        const ptrdiff_t x = w->line[l->start + i];
        for (ptrdiff_t r = 0; r < rows; r++)
            to[r * width + i] = x < 0 ? fill : source[r * width + x];
    }
}

/* Copy values past the caches: aligned whole vectors of `to` are written without reading them. */
FC_INLINE void NAME(copy_past)(real *to, const real *from, ptrdiff_t count)
{
    ptrdiff_t i = 0;
    for (; i < count && (uintptr_t)(to + i) % sizeof(vec) != 0; i++)
        to[i] = from[i];
    for (; i + LANES <= count; i += LANES)
        stream(to + i, loadu(from + i));
    for (; i < count; i++)
        to[i] = from[i];
}

static void NAME(unfold)(const struct fc_geometry *g, const ptrdiff_t *slots,
                         ptrdiff_t slot_stride, const struct fc_line *lines, ptrdiff_t rows,
                         ptrdiff_t columns, const void *channel, double fill, void *to,
                         ptrdiff_t pitch, void *stage)
{
    const struct fc_axis *w = &g->axis[2];
    const ptrdiff_t outer = g->axis[0].taps * g->axis[1].taps;
    const int joined = w->stride == 1 && columns == w->image;
    real *target = to;
    for (ptrdiff_t t = 0; t < outer; t++, slots += slot_stride) {
        for (ptrdiff_t tw = 0; tw < w->taps; tw++, target += pitch) {
            const struct fc_line *line = &lines[tw];
            real *first = stage ? stage : target;
            for (ptrdiff_t r = 0, run; r < rows; r += run) {
                real *row = first + r * columns;
                const ptrdiff_t slot = slots[r];
                run = 1;
                if (slot < 0) {
                    for (ptrdiff_t i = 0; i < columns; i++)
                        row[i] = (real)fill;
                    continue;
                }
                if (joined && line->low < line->high)
                    while (r + run < rows && slots[r + run] == slot + run * columns)
                        run++;
                if (run > 1)
                    NAME(unfold_run)(w, line, (const real *)channel + slot, run, (real)fill, row);
                else
                    NAME(fill_line)(w, line, (const real *)channel + slot, (real)fill, row);
            }
            if (stage)
                NAME(copy_past)(target, stage, rows * columns);
        }
    }
    if (stage)
        stream_end();
}
