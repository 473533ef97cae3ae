/* One row of an image, or every second, third, ... value of it, with its borders. */

/* Every third element of a, b, c from the first on: each comes from a lane of its own. */
FC_INLINE vec NAME(thirds)(vec a, vec b, vec c)
{
#if FC_VECTOR_BYTES / FC_REAL_BYTES == 2
    (void)c;
    return __builtin_shufflevector(a, b, 0, 3);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 4
    const vec x = held(__builtin_shufflevector(a, b, 0, 1, 6, 3));
    const vec y = held(__builtin_shufflevector(x, c, 0, 5, 2, 3));
    return __builtin_shufflevector(y, y, 0, 3, 2, 1);
#elif FC_VECTOR_BYTES / FC_REAL_BYTES == 8
    const vec x = held(__builtin_shufflevector(a, b, 0, 9, 2, 3, 12, 5, 6, 15));
    const vec y = held(__builtin_shufflevector(x, c, 0, 1, 10, 3, 4, 13, 6, 7));
    return __builtin_shufflevector(y, y, 0, 3, 6, 1, 4, 7, 2, 5);
#else
    const vec x = held(
        __builtin_shufflevector(a, b, 0, 1, 18, 3, 4, 21, 6, 7, 24, 9, 10, 27, 12, 13, 30, 15));
    const vec y = held(
        __builtin_shufflevector(x, c, 0, 17, 2, 3, 20, 5, 6, 23, 8, 9, 26, 11, 12, 29, 14, 15));
    return __builtin_shufflevector(y, y, 0, 3, 6, 9, 12, 15, 2, 5, 8, 11, 14, 1, 4, 7, 10, 13);
#endif
}

/* Value i of a line is the image value at padded coordinate start + i * stride of one image row. */
FC_INLINE void NAME(fill_line)(const struct fc_axis *w, const struct fc_line *l, const real *source,
                               real fill, real *line)
{
    const ptrdiff_t s = w->stride, low = l->low, high = l->high;
    const real *from = source + l->start - w->before;
    ptrdiff_t i = low;
    if (s == 1) {
        for (; i + LANES <= high; i += LANES)
            storeu(line + i, loadu(from + i));
        if (i < high && high - low >= LANES) {
            storeu(line + high - LANES, loadu(from + high - LANES));
            i = high;
        }
    } else if (s == 2) {
        for (; i + LANES < high; i += LANES)
            storeu(line + i, even(loadu(from + 2 * i), loadu(from + 2 * i + LANES)));
    } else if (s == 3) {
        for (; i + LANES < high; i += LANES) {
            const real *x = from + 3 * i;
            storeu(line + i, NAME(thirds)(loadu(x), loadu(x + LANES), loadu(x + 2 * LANES)));
        }
    } else if (s == 4) {
        for (; i + LANES < high; i += LANES) {
            const real *x = from + 4 * i;
            storeu(line + i, even(even(loadu(x), loadu(x + LANES)),
                                  even(loadu(x + 2 * LANES), loadu(x + 3 * LANES))));
        }
    }
    for (; i < high; i++)
        line[i] = from[i * s];
    for (i = 0; i < low; i++) {
        const ptrdiff_t x = w->line[l->start + i * s];
        line[i] = x < 0 ? fill : source[x];
    }
    for (i = high; i < l->count; i++) {
        const ptrdiff_t x = w->line[l->start + i * s];
        line[i] = x < 0 ? fill : source[x];
    }
}
