/* Turn sums [pixel][lane], whose lanes are channels, to rows of outputs: LANES x LANES of them at a
 * time. The sums of up to LANES - 1 pixels more than there are have to be readable. */

/* Apply an ending to rows first..first + some of a transposed square. `add` is its place. */
FC_INLINE void NAME(end_square)(const struct fc_ending *ending, ptrdiff_t first, ptrdiff_t some,
                                const real *add, ptrdiff_t stride, ptrdiff_t count, vec *x)
{
    const real *channel = ending->channel;
    const vec low = broadcast((real)ending->low), high = broadcast((real)ending->high);
UNROLLED
    for (int j = 0; j < LANES; j++) {
        if (j < some) {
            if (channel)
                x[j] += broadcast(channel[first + j]);
            if (add)
                x[j] += count < LANES ? NAME(load_first)(add + j * stride, count)
                                      : loadu(add + j * stride);
            x[j] = vmin(high, vmax(low, x[j]));
        }
    }
}

FC_INLINE void NAME(turn_squares)(const real *sums, const ptrdiff_t *order, ptrdiff_t width,
                                  ptrdiff_t rows, ptrdiff_t count, real *out, ptrdiff_t stride,
                                  const struct fc_ending *ending, const int ends)
{
    for (ptrdiff_t r = 0; r < rows; r += LANES) {
        const ptrdiff_t some = rows - r < LANES ? rows - r : LANES;
        for (ptrdiff_t p = 0; p < count; p += LANES) {
            /* the last pixels overlap those before */
            const ptrdiff_t at = p + LANES <= count || count < LANES ? p : count - LANES;
            const real *add = ends && ending->add ? (const real *)ending->add + r * stride + at : 0;
            vec x[LANES];
UNROLLED
            for (int j = 0; j < LANES; j++)
                x[j] = load(sums + (order ? order[at + j] : at + j) * width + r);
            NAME(transpose)(x);
            real *to = out + r * stride + at;
            /* numbers of rows known at compile time keep all rows in registers */
            if (count < LANES) {
                if (ends)
                    NAME(end_square)(ending, r, some, add, stride, count, x);
UNROLLED
                for (int j = 0; j < LANES; j++)
                    if (j < some)
                        NAME(store_first)(to + j * stride, x[j], count);
            } else if (some == LANES) {
                if (ends)
                    NAME(end_square)(ending, r, LANES, add, stride, LANES, x);
UNROLLED
                for (int j = 0; j < LANES; j++)
                    storeu(to + j * stride, x[j]);
            } else {
                if (ends)
                    NAME(end_square)(ending, r, some, add, stride, LANES, x);
UNROLLED
                for (int j = 0; j < LANES; j++)
                    if (j < some)
                        storeu(to + j * stride, x[j]);
            }
        }
    }
}

/* Transpose `count` pixels of `rows` lanes, and apply the ending unless it is NULL. If there is an
 * order, pixel i has sums order[i]. */
FC_INLINE void NAME(turn_line)(const real *sums, const ptrdiff_t *order, ptrdiff_t width,
                               ptrdiff_t rows, ptrdiff_t count, real *out, ptrdiff_t stride,
                               const struct fc_ending *ending)
{
    if (ending)
        NAME(turn_squares)(sums, order, width, rows, count, out, stride, ending, 1);
    else
        NAME(turn_squares)(sums, order, width, rows, count, out, stride, 0, 0);
}
