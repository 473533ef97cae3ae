/* Convolve a whole line, image or volume by one complex transform. Real numbers fill half its size:
 *
 *     z[r, c] = (x[r, c] + i x'[r, c]) turn[r] turn[c]
 *
 * where x' is the second half: of the line that fills a matrix row by row, or of every row of an
 * image. With turns exp(i pi j / size), size being that of x and j a position in it, products of the
 * transforms of z are those of convolutions of x modulo t^size + 1: their first half is the real
 * part of the result, and the second half its imaginary part. No frequencies have to be paired.
 * Complex numbers are transformed as they are.
 *
 * Loop      load: a vector of columns at a time, transformed into the matrix. whole_rows: a band of
 *           LANES rows, of all planes of a volume, transformed along depth and rows, multiplied and
 *           transformed back, as in matrix.h. store: a vector of columns, transformed back, the
 *           values of its rows stored. So every value passes through memory three times, and every
 *           part of a pass may run on any thread. Columns that hold zeros only, or no results, are
 *           not transformed.
 * Layout    matrix[plane][row][vector of columns]; spectrum[band][plane][column], lanes are rows;
 *           places[half][plane][row] say where rows of both halves lie. Twiddles of a band,
 *           w^(row * column), are products of two numbers each,
 *           starts[band][column / FC_WHOLE_STEPS] and steps[band][column % FC_WHOLE_STEPS].
 *
 * R. E. Crandall and B. Fagin, "Discrete weighted transforms and large-integer arithmetic",
 * Mathematics of Computation 62, 1994.
 */

/* Return whether a place has values in the vector that begins at column c. */
FC_INLINE int NAME(meets)(const struct fc_fft_place *place, ptrdiff_t c)
{
    return place->low < c + LANES && place->high > c;
}

/* Return whether any of `rows` places has values there. */
FC_INLINE int NAME(meet)(const struct fc_fft_place *places, ptrdiff_t rows, ptrdiff_t c)
{
    for (ptrdiff_t r = 0; r < rows; r++)
        if (NAME(meets)(places + r, c))
            return 1;
    return 0;
}

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

/* The same for complex numbers, whose parts alternate. */
FC_INLINE complex_vec NAME(placed_complex)(const real *from, const struct fc_fft_place *place,
                                           ptrdiff_t c)
{
    const ptrdiff_t count = place->high - c;
    const real *at = from + 2 * (place->at + c);
    if (place->low <= c && count >= LANES) {
        const vec a = loadu(at), b = loadu(at + LANES);
        return (complex_vec){in_order(held(evens(a, b))), in_order(held(odds(a, b)))};
    }
    complex_vec x = {{0}, {0}};
    for (ptrdiff_t l = place->low > c ? place->low - c : 0; l < count && l < LANES; l++) {
        x.r[l] = at[2 * l];
        x.i[l] = at[2 * l + 1];
    }
    return x;
}

FC_INLINE void NAME(put_complex)(real *to, const struct fc_fft_place *place, ptrdiff_t c,
                                 complex_vec x)
{
    const ptrdiff_t count = place->high - c;
    real *at = to + 2 * (place->at + c);
    if (place->low <= c && count >= LANES) {
        storeu(at, NAME(interleaved_low)(x.r, x.i));
        storeu(at + LANES, NAME(interleaved_high)(x.r, x.i));
        return;
    }
    for (ptrdiff_t l = place->low > c ? place->low - c : 0; l < count && l < LANES; l++) {
        at[2 * l] = x.r[l];
        at[2 * l + 1] = x.i[l];
    }
}

/* Return the turn of a row and a vector of columns. */
FC_INLINE complex_vec NAME(turned)(const struct fc_fft_whole *w, ptrdiff_t row, complex_vec column)
{
    const real *turn = (const real *)w->row_turns + 2 * row;
    return NAME(times)((complex_vec){broadcast(turn[0]), broadcast(turn[1])}, column);
}

/* Fetch the lines of a vector that is written soon. */
FC_INLINE void NAME(fetch_vector)(const complex_vec *at)
{
    for (ptrdiff_t e = 0; e < (ptrdiff_t)sizeof *at; e += 64)
        __builtin_prefetch((const char *)at + e, 1);
}

static void NAME(whole_load)(const struct fc_fft_plan *p, const struct fc_fft_whole *w,
                             const struct fc_fft_place *places, const void *from, ptrdiff_t task,
                             void *matrix, void *scratch)
{
    const ptrdiff_t rows = p->transform[1].size, half = p->transform[0].size * rows;
    const ptrdiff_t z = task / p->vectors, v = task % p->vectors, c = v * LANES;
    complex_vec *buffer = scratch, *to = (complex_vec *)matrix + z * p->plane + v;
    places += z * rows;
    if (!NAME(meet)(places, rows, c) && (!w->row_turns || !NAME(meet)(places + half, rows, c))) {
        for (ptrdiff_t r = 0; r < rows; r++)
            to[r * p->pitch] = (complex_vec){{0}, {0}};
        return;
    }
    if (w->row_turns) {
        const complex_vec column = ((const complex_vec *)w->column_turns)[v];
        for (ptrdiff_t r = 0; r < rows; r++) {
            NAME(fetch_vector)(to + r * p->pitch);
            const complex_vec x = {NAME(placed)(from, places + r, c),
                                   NAME(placed)(from, places + half + r, c)};
            buffer[r] = NAME(times)(x, NAME(turned)(w, r, column));
        }
    } else
        for (ptrdiff_t r = 0; r < rows; r++) {
            NAME(fetch_vector)(to + r * p->pitch);
            buffer[r] = NAME(placed_complex)(from, places + r, c);
        }
    NAME(fft_forward)(&p->transform[1], buffer, 1, to, p->pitch, buffer, 1);
}

static void NAME(whole_store)(const struct fc_fft_plan *p, const struct fc_fft_whole *w,
                              const struct fc_fft_place *places, const void *matrix, ptrdiff_t task,
                              void *to, void *scratch)
{
    const ptrdiff_t rows = p->transform[1].size, half = p->transform[0].size * rows;
    const ptrdiff_t z = task / p->vectors, v = task % p->vectors, c = v * LANES;
    complex_vec *buffer = scratch;
    places += z * rows;
    if (!NAME(meet)(places, rows, c) && (!w->row_turns || !NAME(meet)(places + half, rows, c)))
        return;
    NAME(fft_inverse)(&p->transform[1], (const complex_vec *)matrix + z * p->plane + v, p->pitch,
                      buffer, 1, buffer, 1);
    if (!w->row_turns) {
        for (ptrdiff_t r = 0; r < rows; r++)
            NAME(put_complex)(to, places + r, c, buffer[r]);
        return;
    }
    const complex_vec column = ((const complex_vec *)w->column_turns)[v];
    for (ptrdiff_t r = 0; r < rows; r++) {
        const complex_vec x = buffer[r], t = NAME(turned)(w, r, column);
        NAME(put)(to, places + r, c, x.r * t.r + x.i * t.i);
        NAME(put)(to, places + half + r, c, x.i * t.r - x.r * t.i);
    }
}

/* Transform a band of rows of all planes along depth, in place. */
static void NAME(whole_depth)(const struct fc_fft_plan *p, complex_vec *rows, complex_vec *buffer,
                              const int inverse)
{
    const struct fc_transform *t = &p->transform[0];
    for (ptrdiff_t r = 0; t->size > 1 && r < LANES; r++)
        for (ptrdiff_t v = 0; v < p->vectors; v++) {
            complex_vec *at = rows + r * p->pitch + v;
            if (inverse)
                NAME(fft_inverse)(t, at, p->plane, at, p->plane, buffer, 1);
            else
                NAME(fft_forward)(t, at, p->plane, at, p->plane, buffer, 1);
        }
}

/* Transform a band of rows. If h is given, multiply it by this spectrum and transform it back; else
 * store its spectrum. */
static void NAME(whole_rows)(const struct fc_fft_plan *p, const struct fc_fft_whole *w,
                             ptrdiff_t band, void *matrix, const void *h, void *spectrum,
                             void *scratch)
{
    const struct fc_transform *t = &p->transform[2];
    const ptrdiff_t depth = p->transform[0].size, first = band * depth * t->size;
    complex_vec *rows = (complex_vec *)matrix + band * LANES * p->pitch, *buffer = scratch;
    complex_vec *twiddles = w->starts ? buffer + t->size : 0;
    if (twiddles) {
        const ptrdiff_t blocks = (t->size + FC_WHOLE_STEPS - 1) / FC_WHOLE_STEPS;
        const complex_vec *start = (const complex_vec *)w->starts + band * blocks;
        const complex_vec *step = (const complex_vec *)w->steps + band * FC_WHOLE_STEPS;
        for (ptrdiff_t c = 0; c < t->size; c++)
            twiddles[c] = NAME(times)(start[c / FC_WHOLE_STEPS], step[c % FC_WHOLE_STEPS]);
    }
    NAME(whole_depth)(p, rows, buffer, 0);
    for (ptrdiff_t z = 0; z < depth; z++) {
        complex_vec *plane = rows + z * p->plane;
        NAME(load_band)(p, plane, twiddles, buffer);
        if (h) {
            NAME(fft_filtered)(t, buffer, (const complex_vec *)h + first + z * t->size);
            NAME(store_band)(p, buffer, twiddles, plane);
        } else {
            complex_vec *to = (complex_vec *)spectrum + first + z * t->size;
            NAME(fft_forward)(t, buffer, 1, to, 1, buffer, 1);
        }
    }
    if (h)
        NAME(whole_depth)(p, rows, buffer, 1);
}
