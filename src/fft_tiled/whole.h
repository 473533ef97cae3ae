/* Convolve a whole line or image of real numbers, as one complex transform of half its size.
 *
 *     z[r, c] = (x[r, c] + i x'[r, c]) turn[r] turn[c]
 *
 * where x' is the second half: of the line that fills a matrix row by row, or of every row of an
 * image. With turns exp(i pi j / size), size being that of x and j a position in it, products of the
 * transforms of z are those of convolutions of x modulo t^size + 1: their first half is the real
 * part of the result, and the second half its imaginary part. No frequencies have to be paired.
 *
 * Loop      load: a vector of columns at a time, transformed into the matrix. whole_rows: a band of
 *           LANES rows, transformed, multiplied and transformed back, as in matrix.h. store: a vector
 *           of columns, transformed back, the values of its rows stored. So every value passes
 *           through memory three times, and every part of a pass may run on any thread.
 * Layout    places[2][row] say where rows of both halves lie. Twiddles of a band, w^(row * column),
 *           are products of two numbers each, starts[band][column / FC_WHOLE_STEPS] and
 *           steps[band][column % FC_WHOLE_STEPS].
 *
 * R. E. Crandall and B. Fagin, "Discrete weighted transforms and large-integer arithmetic",
 * Mathematics of Computation 62, 1994.
 */
FC_INLINE vec NAME(placed)(const real *from, const struct fc_fft_place *place, ptrdiff_t c)
{
    const ptrdiff_t count = place->high - c;
    if (place->low <= c && count >= LANES)
        return loadu(from + place->at + c);
    vec x = {0};
    for (ptrdiff_t l = place->low > c ? place->low - c : 0; l < count && l < LANES; l++)
        x[l] = from[place->at + c + l];
    return x;
}

FC_INLINE void NAME(put)(real *to, const struct fc_fft_place *place, ptrdiff_t c, vec x)
{
    const ptrdiff_t count = place->high - c;
    if (place->low <= c && count >= LANES) {
        storeu(to + place->at + c, x);
        return;
    }
    for (ptrdiff_t l = place->low > c ? place->low - c : 0; l < count && l < LANES; l++)
        to[place->at + c + l] = x[l];
}

/* Return the turn of a row and a vector of columns. */
FC_INLINE complex_vec NAME(turned)(const struct fc_fft_whole *w, ptrdiff_t row, complex_vec column)
{
    const real *turn = (const real *)w->row_turns + 2 * row;
    return NAME(times)((complex_vec){broadcast(turn[0]), broadcast(turn[1])}, column);
}

static void NAME(whole_load)(const struct fc_fft_plan *p, const struct fc_fft_whole *w,
                             const struct fc_fft_place *places, const void *from, ptrdiff_t v,
                             void *matrix, void *scratch)
{
    const ptrdiff_t rows = p->transform[1].size;
    const complex_vec column = ((const complex_vec *)w->column_turns)[v];
    complex_vec *buffer = scratch, *to = (complex_vec *)matrix + v;
    for (ptrdiff_t r = 0; r < rows; r++) {
        const complex_vec x = {NAME(placed)(from, places + r, v * LANES),
                               NAME(placed)(from, places + rows + r, v * LANES)};
        buffer[r] = NAME(times)(x, NAME(turned)(w, r, column));
    }
    NAME(fft_forward)(&p->transform[1], buffer, 1, to, p->pitch, buffer, 1);
}

static void NAME(whole_store)(const struct fc_fft_plan *p, const struct fc_fft_whole *w,
                              const struct fc_fft_place *places, const void *matrix, ptrdiff_t v,
                              void *to, void *scratch)
{
    const ptrdiff_t rows = p->transform[1].size;
    const complex_vec column = ((const complex_vec *)w->column_turns)[v];
    complex_vec *buffer = scratch;
    NAME(fft_inverse)(&p->transform[1], (const complex_vec *)matrix + v, p->pitch, buffer, 1, buffer,
                      1);
    for (ptrdiff_t r = 0; r < rows; r++) {
        const complex_vec x = buffer[r], t = NAME(turned)(w, r, column);
        NAME(put)(to, places + r, v * LANES, x.r * t.r + x.i * t.i);
        NAME(put)(to, places + rows + r, v * LANES, x.i * t.r - x.r * t.i);
    }
}

/* Transform a band of rows. If h is given, multiply it by this spectrum and transform it back; else
 * store its spectrum. */
static void NAME(whole_rows)(const struct fc_fft_plan *p, const struct fc_fft_whole *w,
                             ptrdiff_t band, void *matrix, const void *h, void *spectrum,
                             void *scratch)
{
    const struct fc_transform *t = &p->transform[2];
    complex_vec *rows = (complex_vec *)matrix + band * LANES * p->pitch, *buffer = scratch;
    complex_vec *twiddles = w->starts ? buffer + t->size : 0;
    if (twiddles) {
        const ptrdiff_t blocks = (t->size + FC_WHOLE_STEPS - 1) / FC_WHOLE_STEPS;
        const complex_vec *start = (const complex_vec *)w->starts + band * blocks;
        const complex_vec *step = (const complex_vec *)w->steps + band * FC_WHOLE_STEPS;
        for (ptrdiff_t c = 0; c < t->size; c++)
            twiddles[c] = NAME(times)(start[c / FC_WHOLE_STEPS], step[c % FC_WHOLE_STEPS]);
    }
    NAME(load_band)(p, rows, twiddles, buffer);
    if (h) {
        NAME(fft_filtered)(t, buffer, (const complex_vec *)h + band * t->size);
        NAME(store_band)(p, buffer, twiddles, rows);
    } else {
        complex_vec *to = (complex_vec *)spectrum + band * t->size;
        NAME(fft_forward)(t, buffer, 1, to, 1, buffer, 1);
    }
}
