/* unfold: to[tap][pixel] = the value of one channel that each output pixel reads under each tap.
 *
 * Layout    `to` has one row of `pitch` elements for each tap; its pixels lie in the order
 *           rows x columns. `lines` describes, for each tap of the width, where a row leaves the
 *           image (patch.h).
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
        const ptrdiff_t x = fc_at(w, l->start + i);
        for (ptrdiff_t r = 0; r < rows; r++)
            to[r * width + i] = x < 0 ? fill : source[r * width + x];
    }
    for (ptrdiff_t i = high; i < width; i++) {
        const ptrdiff_t x = fc_at(w, l->start + i);
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

/* Store the rows of one plane of outputs, from `oh` on, under one tap of the depth, which reads
 * plane z of the image, and under tap `th` of the height. */
FC_INLINE void NAME(unfold_plane)(const struct fc_geometry *g, const struct fc_line *line,
                                  const real *channel, real fill, ptrdiff_t z, ptrdiff_t th,
                                  ptrdiff_t oh, ptrdiff_t rows, ptrdiff_t columns, real *to)
{
    const struct fc_axis *h = &g->axis[1], *w = &g->axis[2];
    const int joined = w->stride == 1 && columns == w->image && line->low < line->high;
    for (ptrdiff_t r = 0, run; r < rows; r += run) {
        const ptrdiff_t j = (oh + r) * h->stride + th * h->dilation;
        const ptrdiff_t y = z < 0 ? -1 : fc_at(h, j);
        const real *source = channel + (z * h->image + y) * w->image;
        real *row = to + r * columns;
        run = 1;
        if (y < 0) {
            for (ptrdiff_t i = 0; i < columns; i++)
                row[i] = fill;
            continue;
        }
        if (joined)
            while (r + run < rows && fc_at(h, j + run * h->stride) == y + run)
                run++;
        if (run > 1)
            NAME(unfold_run)(w, line, source, run, fill, row);
        else
            NAME(fill_line)(w, line, source, fill, row);
    }
}

static void NAME(unfold)(const struct fc_geometry *g, const struct fc_line *lines, ptrdiff_t first,
                         ptrdiff_t rows, ptrdiff_t columns, const void *channel, double fill,
                         void *to, ptrdiff_t pitch, void *stage)
{
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1];
    const ptrdiff_t outer = d->taps * h->taps, taps = g->axis[2].taps;
    real *target = to;
    for (ptrdiff_t t = 0; t < outer; t++) {
        for (ptrdiff_t tw = 0; tw < taps; tw++, target += pitch) {
            real *row = stage ? stage : target;
            ptrdiff_t od = first / h->feature, oh = first % h->feature;
            for (ptrdiff_t left = rows, some; left > 0; left -= some, od++, oh = 0) {
                some = h->feature - oh < left ? h->feature - oh : left;
                NAME(unfold_plane)(g, &lines[tw], channel, (real)fill,
                                   fc_at(d, od * d->stride + t / h->taps * d->dilation),
                                   t % h->taps, oh, some, columns, row);
                row += some * columns;
            }
            if (stage)
                NAME(copy_past)(target, stage, rows * columns);
        }
    }
    if (stage)
        stream_end();
}
