/* Copy one row of an image, or every second, third, ... value of it, and fill in its borders. */

/* Set value i of a line to the image value at padded coordinate start + i * stride of one row. */
FC_INLINE void NAME(fill_line)(const struct fc_axis *w, const struct fc_line *l, const real *source,
                               real fill, real *line)
{
    const ptrdiff_t s = w->stride, low = l->low, high = l->high;
    const real *from = source + l->start - w->before;
    ptrdiff_t i = low;
    if (s > 1) {
        NAME(pick)(line, from, s, low, high);
    } else if (high - low < LANES) {
        NAME(copy_few)(line + low, from + low, high - low);
    } else {
        for (; i + LANES <= high; i += LANES)
            storeu(line + i, loadu(from + i));
        if (i < high)
            storeu(line + high - LANES, loadu(from + high - LANES));
    }
    for (i = 0; i < low; i++) {
        const ptrdiff_t x = fc_at(w, l->start + i * s);
        line[i] = x < 0 ? fill : source[x];
    }
    for (i = high; i < l->count; i++) {
        const ptrdiff_t x = fc_at(w, l->start + i * s);
        line[i] = x < 0 ? fill : source[x];
    }
}

/* Set the bounds of a line that starts at padded coordinate `start`. Values before `low` and from
 * `high` on lie in the border. Values from `count` on do not exist. */
FC_INLINE void NAME(plan_line)(const struct fc_axis *w, struct fc_line *line, ptrdiff_t start,
                               ptrdiff_t position, ptrdiff_t length)
{
    const ptrdiff_t s = w->stride;
    const ptrdiff_t count = start < w->extent ? (w->extent - start + s - 1) / s : 0;
    const ptrdiff_t end = w->before + w->image;
    const ptrdiff_t low = w->before > start ? (w->before - start + s - 1) / s : 0;
    const ptrdiff_t high = end > start ? (end - start + s - 1) / s : 0;
    line->start = start;
    line->position = position;
    line->count = count < length ? count : length;
    line->high = high < line->count ? high : line->count;
    line->low = low < line->high ? low : line->high;
}
