/* Copy one row of an image, or every second, third, ... value of it, and fill in its borders. */

/* Set values from..stop of a line, all of them past one edge. Positions are counted, as to look up
 * one takes divisions, and longer borders are copies of the first values, which repeat. */
static void NAME(fill_border)(const struct fc_axis *w, const struct fc_line *l, const real *source,
                              real fill, real *line, ptrdiff_t from, ptrdiff_t stop)
{
    const ptrdiff_t s = w->stride, unit = w->unit, size = w->image / unit;
    if (w->boundary == FC_FILL || s > 1) {
        for (ptrdiff_t i = from; i < stop; i++) {
            const ptrdiff_t x = fc_at(w, l->start + i * s);
            line[i] = x < 0 ? fill : source[x];
        }
        return;
    }
    const ptrdiff_t at = l->start + from - w->before;
    const ptrdiff_t whole = unit == 1 ? at : fc_floor_div(at, unit);
    const ptrdiff_t edge = w->boundary == FC_SYMMETRIC ? 1 : 0;
    ptrdiff_t period = 1, phase = 0, nearest = 0, rest = at - whole * unit;
    if (w->boundary == FC_REPLICATE) {
        nearest = whole < 0 ? 0 : size - 1;
    } else {
        period = w->boundary == FC_CIRCULAR ? size : 2 * size - 2 + 2 * edge;
        period = period > 0 ? period : 1; /* there is no second element to reflect to */
        phase = whole - fc_floor_div(whole, period) * period;
    }
    const ptrdiff_t count = stop - from;
    ptrdiff_t known = period * unit < count ? period * unit : count;
    line += from;
    for (ptrdiff_t i = 0; i < known; i++) {
        const ptrdiff_t x = phase < size ? nearest + phase : period - edge - phase;
        line[i] = source[x * unit + rest];
        if (++rest == unit) {
            rest = 0;
            phase = phase + 1 < period ? phase + 1 : 0;
        }
    }
    for (ptrdiff_t some; known < count; known += some) {
        some = known < count - known ? known : count - known;
        NAME(copy)(line + known, line, some);
    }
}

/* Set the values of a line that lie inside the image. */
FC_INLINE void NAME(fill_inside)(const struct fc_axis *w, const struct fc_line *l,
                                 const real *source, real *line)
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
}

/* Set value i of a line to the image value at padded coordinate start + i * stride of one row. */
FC_INLINE void NAME(fill_line)(const struct fc_axis *w, const struct fc_line *l, const real *source,
                               real fill, real *line)
{
    NAME(fill_inside)(w, l, source, line);
    if (l->low > 0)
        NAME(fill_border)(w, l, source, fill, line, 0, l->low);
    if (l->high < l->count)
        NAME(fill_border)(w, l, source, fill, line, l->high, l->count);
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
