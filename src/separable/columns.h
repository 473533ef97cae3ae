/* columns: compute weighted sums of whole rows, four output rows together.
 *
 *     out[i][x] (+)= sum_u c[u] * rows[i + u][x],     i < count <= 4
 *
 * Layout    `rows` has a pointer to each input row, of any alignment, and columns are counted from
 *           column `at` of it. The rows of out are `pitch` elements apart. A row of the border is a
 *           pointer to another row.
 * Loop      The outer loop is over blocks of FC_COLUMN_VECTORS vectors, the inner one over all
 *           rows, so that a row is loaded once for four outputs. The first three and the last three
 *           rows belong to fewer outputs.
 * Registers 4 * vectors accumulators, `vectors` values of one row, and the coefficients: all of
 *           them if their number is a constant, otherwise one at a time.
 * Order     Each sum is one chain of multiply-adds over u, at every position of a row.
 */
FC_INLINE vec NAME(columns_load)(const real *from, const int few, ptrdiff_t lanes)
{
    return few ? NAME(load_first)(from, lanes) : loadu(from);
}

/* If `few`, rows end after `lanes` columns, which are fewer than a vector has. */
FC_INLINE void NAME(columns_tile)(const real *const *rows, ptrdiff_t x, const real *c,
                                  const ptrdiff_t taps, const int count, const int vectors,
                                  const int few, real *out, ptrdiff_t pitch, int accumulate,
                                  ptrdiff_t lanes)
{
    vec sum[4][FC_COLUMN_VECTORS], value[FC_COLUMN_VECTORS];
UNROLLED
    for (int i = 0; i < count; i++) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[i][j] = (vec){0};
    }
UNROLLED
    for (int p = 0; p < count - 1; p++) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            value[j] = NAME(columns_load)(rows[p] + x + j * LANES, few, lanes);
UNROLLED
        for (int i = 0; i <= p; i++) {
            const vec w = broadcast(c[p - i]);
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[i][j] += w * value[j];
        }
    }
    for (ptrdiff_t p = count - 1; p < taps; p++) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            value[j] = NAME(columns_load)(rows[p] + x + j * LANES, few, lanes);
UNROLLED
        for (int i = 0; i < count; i++) {
            const vec w = broadcast(c[p - i]);
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[i][j] += w * value[j];
        }
    }
UNROLLED
    for (int q = 1; q < count; q++) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            value[j] = NAME(columns_load)(rows[taps + q - 1] + x + j * LANES, few, lanes);
UNROLLED
        for (int i = q; i < count; i++) {
            const vec w = broadcast(c[taps + q - 1 - i]);
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[i][j] += w * value[j];
        }
    }
    if (accumulate) {
UNROLLED
        for (int i = 0; i < count; i++) {
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[i][j] += NAME(columns_load)(out + i * pitch + x + j * LANES, few, lanes);
        }
    }
    if (few) {
UNROLLED
        for (int i = 0; i < count; i++)
            NAME(store_first)(out + i * pitch + x, sum[i][0], lanes);
    } else if (vectors > 1 || lanes == LANES) {
UNROLLED
        for (int i = 0; i < count; i++) {
UNROLLED
            for (int j = 0; j < vectors; j++)
                storeu(out + i * pitch + x + j * LANES, sum[i][j]);
        }
    } else { /* store the last lanes only; the ones before them are computed already */
UNROLLED
        for (int i = 0; i < count; i++) {
            const vec all = sum[i][0];
            __builtin_memcpy(out + i * pitch + x + LANES - lanes,
                             (const real *)&all + LANES - lanes, (size_t)lanes * sizeof(real));
        }
    }
}

/* Compute the columns x..length that remain after the blocks of a row. Nothing is read past the end
 * of the rows. */
FC_INLINE void NAME(columns_rest)(const real *const *rows, ptrdiff_t x, const real *c,
                                  ptrdiff_t taps, const int count, real *out, ptrdiff_t pitch,
                                  ptrdiff_t length, int accumulate)
{
    for (; x + LANES <= length; x += LANES)
        NAME(columns_tile)(rows, x, c, taps, count, 1, 0, out, pitch, accumulate, LANES);
    if (x < length && length >= LANES)
        NAME(columns_tile)(rows, length - LANES, c, taps, count, 1, 0, out, pitch, accumulate,
                           length - x);
    else if (x < length)
        NAME(columns_tile)(rows, x, c, taps, count, 1, 1, out, pitch, accumulate, length - x);
}

static __attribute__((noinline)) void NAME(columns_rest_4)(const real *const *rows, ptrdiff_t x,
                                                           const real *c, ptrdiff_t taps,
                                                           real *out, ptrdiff_t pitch,
                                                           ptrdiff_t length, int accumulate)
{
    NAME(columns_rest)(rows, x, c, taps, 4, out, pitch, length, accumulate);
}

FC_INLINE void NAME(columns_of)(const real *const *from, ptrdiff_t at, const real *c,
                                const ptrdiff_t taps, const int count, real *out, ptrdiff_t pitch,
                                ptrdiff_t length, int accumulate)
{
    const ptrdiff_t block = FC_COLUMN_VECTORS * LANES;
    const real *rows[FC_COLUMN_ROWS + 3];
    ptrdiff_t x = 0;
    for (ptrdiff_t p = 0; p < taps + count - 1; p++)
        rows[p] = from[p] + at;
    for (; x + block <= length; x += block)
        NAME(columns_tile)(rows, x, c, taps, count, FC_COLUMN_VECTORS, 0, out, pitch,
                           accumulate, LANES);
    if (count == 4)
        NAME(columns_rest_4)(rows, x, c, taps, out, pitch, length, accumulate);
    else
        NAME(columns_rest)(rows, x, c, taps, count, out, pitch, length, accumulate);
}

static void NAME(columns_1)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                            void *out, ptrdiff_t pitch, ptrdiff_t length, int accumulate)
{
    NAME(columns_of)((const real *const *)rows, at, c, taps, 1, out, pitch, length, accumulate);
}

static void NAME(columns_4)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                            void *out, ptrdiff_t pitch, ptrdiff_t length, int accumulate)
{
    NAME(columns_of)((const real *const *)rows, at, c, taps, 4, out, pitch, length, accumulate);
}

static void NAME(columns_4_3)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                              void *out, ptrdiff_t pitch, ptrdiff_t length, int accumulate)
{
    real own[3];
    (void)taps;
    __builtin_memcpy(own, c, sizeof own);
    NAME(columns_of)((const real *const *)rows, at, own, 3, 4, out, pitch, length, accumulate);
}

static void NAME(columns_4_5)(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                              void *out, ptrdiff_t pitch, ptrdiff_t length, int accumulate)
{
    real own[5];
    (void)taps;
    __builtin_memcpy(own, c, sizeof own);
    NAME(columns_of)((const real *const *)rows, at, own, 5, 4, out, pitch, length, accumulate);
}
