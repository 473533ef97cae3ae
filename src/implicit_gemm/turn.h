/* Turn sums [pixel][lane], whose lanes are channels, to rows of outputs: LANES x LANES of them at a
 * time. The sums of up to LANES - 1 pixels more than there are have to be readable. */

/* Transpose `count` pixels of `rows` lanes. If there is an order, pixel i has sums order[i]. */
FC_INLINE void NAME(turn_line)(const real *sums, const ptrdiff_t *order, ptrdiff_t width,
                               ptrdiff_t rows, ptrdiff_t count, real *out, ptrdiff_t stride)
{
    for (ptrdiff_t r = 0; r < rows; r += LANES) {
        const ptrdiff_t some = rows - r < LANES ? rows - r : LANES;
        for (ptrdiff_t p = 0; p < count; p += LANES) {
            /* the last pixels overlap those before */
            const ptrdiff_t at = p + LANES <= count || count < LANES ? p : count - LANES;
            vec x[LANES];
UNROLLED
            for (int j = 0; j < LANES; j++)
                x[j] = load(sums + (order ? order[at + j] : at + j) * width + r);
            NAME(transpose)(x);
            real *to = out + r * stride + at;
            /* numbers of rows known at compile time keep all rows in registers */
            if (count < LANES) {
UNROLLED
                for (int j = 0; j < LANES; j++)
                    if (j < some)
                        NAME(store_first)(to + j * stride, x[j], count);
            } else if (some == LANES) {
UNROLLED
                for (int j = 0; j < LANES; j++)
                    storeu(to + j * stride, x[j]);
            } else {
UNROLLED
                for (int j = 0; j < LANES; j++)
                    if (j < some)
                        storeu(to + j * stride, x[j]);
            }
        }
    }
}
