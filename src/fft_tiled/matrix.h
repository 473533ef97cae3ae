/* Transform a tile, which is a stack of matrices, and multiply it by a spectrum.
 *
 *     columns    lanes are columns. Transform along columns (and along depth), LANES neighbouring
 *                columns at once. The rows stay in memory order.
 *     bands      lanes are rows. Transpose LANES rows at a time in registers into a buffer that
 *                stays in L1. Transform along the rows, multiply, invert, and transpose back.
 *
 * A part of a line, as M rows x N columns, is transformed in the same way, with twiddles
 * w_MN^(row * column) between both steps ("four steps": W. M. Gentleman and G. Sande, 1966;
 * D. H. Bailey, "FFTs in external or hierarchical memory", 1990). Frequencies are never reordered.
 * The same steps compute the spectra of the taps.
 *
 * Layout     matrix[depth][row][vector of columns]. Rows are `pitch` complex vectors apart. This
 *            number is odd, so that the values of a column use all sets of the cache.
 *            spectrum[depth][band][column], where lanes are rows; twiddles[band][column].
 * Traffic    each of the three steps writes and reads every value once in L2
 */
#ifndef FC_SQUARE
#define FC_SQUARE (16 / FC_REAL_BYTES) /* 16 bytes hold a row of the squares that are transposed */
#endif

/* Transpose FC_SQUARE vectors within every 16 bytes. */
FC_INLINE void NAME(transpose_pieces)(vec *x)
{
#if FC_REAL_BYTES == 4
    const vec a = __builtin_shufflevector(x[0], x[1], FC_QUADS(0, 4, 1, 5));
    const vec b = __builtin_shufflevector(x[2], x[3], FC_QUADS(0, 4, 1, 5));
    const vec c = __builtin_shufflevector(x[0], x[1], FC_QUADS(2, 6, 3, 7));
    const vec d = __builtin_shufflevector(x[2], x[3], FC_QUADS(2, 6, 3, 7));
    x[0] = __builtin_shufflevector(a, b, FC_QUADS(0, 1, 4, 5));
    x[1] = __builtin_shufflevector(a, b, FC_QUADS(2, 3, 6, 7));
    x[2] = __builtin_shufflevector(c, d, FC_QUADS(0, 1, 4, 5));
    x[3] = __builtin_shufflevector(c, d, FC_QUADS(2, 3, 6, 7));
#else
    const vec a = __builtin_shufflevector(x[0], x[1], FC_DUOS(0, 2));
    x[1] = __builtin_shufflevector(x[0], x[1], FC_DUOS(1, 3));
    x[0] = a;
#endif
}

/* Transpose one band of rows into a buffer of columns, and multiply by the twiddles if given. */
static void NAME(load_band)(const struct fc_fft_plan *p, const complex_vec *rows,
                            const complex_vec *twiddles, complex_vec *buffer)
{
    const ptrdiff_t pitch = p->pitch * 2 * LANES;
    for (ptrdiff_t v = 0; v < p->vectors; v++)
        for (int j = 0; j < LANES; j += FC_SQUARE) {
            const real *at = (const real *)(rows + v) + j;
            vec r[FC_SQUARE], i[FC_SQUARE];
UNROLLED
            for (int k = 0; k < FC_SQUARE; k++) {
                r[k] = NAME(load_pieces)(at + k * pitch, FC_SQUARE * pitch);
                i[k] = NAME(load_pieces)(at + k * pitch + LANES, FC_SQUARE * pitch);
            }
            NAME(transpose_pieces)(r);
            NAME(transpose_pieces)(i);
UNROLLED
            for (int k = 0; k < FC_SQUARE; k++) {
                complex_vec x = {r[k], i[k]};
                if (twiddles)
                    x = NAME(times)(x, *twiddles++);
                *buffer++ = x;
            }
        }
}

static void NAME(store_band)(const struct fc_fft_plan *p, const complex_vec *buffer,
                             const complex_vec *twiddles, complex_vec *rows)
{
    const ptrdiff_t pitch = p->pitch * 2 * LANES;
    for (ptrdiff_t v = 0; v < p->vectors; v++)
        for (int j = 0; j < LANES; j += FC_SQUARE) {
            real *at = (real *)(rows + v) + j;
            vec r[FC_SQUARE], i[FC_SQUARE];
UNROLLED
            for (int k = 0; k < FC_SQUARE; k++) {
                complex_vec x = *buffer++;
                if (twiddles) { /* multiply by the conjugate */
                    const complex_vec w = *twiddles++;
                    x = (complex_vec){x.r * w.r + x.i * w.i, x.i * w.r - x.r * w.i};
                }
                r[k] = x.r;
                i[k] = x.i;
            }
            NAME(transpose_pieces)(r);
            NAME(transpose_pieces)(i);
UNROLLED
            for (int k = 0; k < FC_SQUARE; k++) {
                NAME(store_pieces)(at + k * pitch, FC_SQUARE * pitch, r[k]);
                NAME(store_pieces)(at + k * pitch + LANES, FC_SQUARE * pitch, i[k]);
            }
        }
}

/* Transform along depth, in place. Rows have `pitch` vectors. */
static void NAME(stack_forward)(const struct fc_fft_plan *p, complex_vec *matrix, ptrdiff_t pitch,
                                complex_vec *buffer)
{
    const struct fc_transform *t = p->transform;
    if (t[0].size > 1)
        for (ptrdiff_t e = 0; e < t[1].size * pitch; e++)
            NAME(fft_forward)(&t[0], matrix + e, p->plane, matrix + e, p->plane, buffer, 1);
}

static void NAME(stack_inverse)(const struct fc_fft_plan *p, complex_vec *matrix, ptrdiff_t pitch,
                                complex_vec *buffer)
{
    const struct fc_transform *t = p->transform;
    if (t[0].size > 1)
        for (ptrdiff_t e = 0; e < t[1].size * pitch; e++)
            NAME(fft_inverse)(&t[0], matrix + e, p->plane, matrix + e, p->plane, buffer, 1);
}

/* Transform along depth and along columns, in place. */
static void NAME(columns_forward)(const struct fc_fft_plan *p, complex_vec *matrix,
                                  complex_vec *buffer)
{
    const struct fc_transform *t = p->transform;
    NAME(stack_forward)(p, matrix, p->pitch, buffer);
    for (ptrdiff_t z = 0; z < t[0].size; z++)
        for (ptrdiff_t v = 0; v < p->vectors; v++) {
            complex_vec *at = matrix + z * p->plane + v;
            NAME(fft_forward)(&t[1], at, p->pitch, at, p->pitch, buffer, 1);
        }
}

static void NAME(columns_inverse)(const struct fc_fft_plan *p, complex_vec *matrix,
                                  complex_vec *buffer)
{
    const struct fc_transform *t = p->transform;
    for (ptrdiff_t z = 0; z < t[0].size; z++)
        for (ptrdiff_t v = 0; v < p->vectors; v++) {
            complex_vec *at = matrix + z * p->plane + v;
            NAME(fft_inverse)(&t[1], at, p->pitch, at, p->pitch, buffer, 1);
        }
    NAME(stack_inverse)(p, matrix, p->pitch, buffer);
}

FC_INLINE const complex_vec *NAME(twiddles_of)(const struct fc_fft_plan *p, ptrdiff_t band)
{
    return p->line_twiddles ? (const complex_vec *)p->line_twiddles + band * p->vectors * LANES : 0;
}

/* Transform along the rows of the matrix and store the spectrum. */
static void NAME(rows_forward)(const struct fc_fft_plan *p, const complex_vec *matrix,
                               complex_vec *spectrum, complex_vec *buffer)
{
    const struct fc_transform *t = &p->transform[2];
    for (ptrdiff_t z = 0; z < p->transform[0].size; z++)
        for (ptrdiff_t b = 0; b < p->bands; b++, spectrum += t->size) {
            NAME(load_band)(p, matrix + z * p->plane + b * LANES * p->pitch,
                            NAME(twiddles_of)(p, b), buffer);
            NAME(fft_forward)(t, buffer, 1, spectrum, 1, buffer, 1);
        }
}

/* Transform along the rows, multiply by spectrum h, and transform back, in place. */
static void NAME(rows_filter)(const struct fc_fft_plan *p, complex_vec *matrix,
                              const complex_vec *h, complex_vec *buffer)
{
    const struct fc_transform *t = &p->transform[2];
    for (ptrdiff_t z = 0; z < p->transform[0].size; z++)
        for (ptrdiff_t b = 0; b < p->bands; b++, h += t->size) {
            complex_vec *rows = matrix + z * p->plane + b * LANES * p->pitch;
            NAME(load_band)(p, rows, NAME(twiddles_of)(p, b), buffer);
            NAME(fft_filtered)(t, buffer, h);
            NAME(store_band)(p, buffer, NAME(twiddles_of)(p, b), rows);
        }
}

/* Sum the products of `terms` spectra x with spectra h, and transform the sum back along the rows
 * into the matrix. Each sum adds its terms one after the other. */
static void NAME(rows_sum)(const struct fc_fft_plan *p, const complex_vec *x, const complex_vec *h,
                           ptrdiff_t terms, complex_vec *matrix, complex_vec *buffer)
{
    const struct fc_transform *t = &p->transform[2];
    for (ptrdiff_t z = 0; z < p->transform[0].size; z++)
        for (ptrdiff_t b = 0; b < p->bands; b++, x += t->size, h += t->size) {
            for (ptrdiff_t e = 0; e < t->size; e++) {
                complex_vec sum = {{0}, {0}};
                for (ptrdiff_t k = 0; k < terms; k++)
                    sum = NAME(plus)(sum, NAME(times)(x[e + k * p->spectrum],
                                                      h[e + k * p->spectrum]));
                buffer[e] = sum;
            }
            NAME(fft_inverse)(t, buffer, 1, buffer, 1, buffer, 1);
            NAME(store_band)(p, buffer, NAME(twiddles_of)(p, b),
                             matrix + z * p->plane + b * LANES * p->pitch);
        }
}
