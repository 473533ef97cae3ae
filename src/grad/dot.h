/* The register tile of a weight gradient.
 *
 *     C[row, column] (+)= sum over pixels of A[row, pixel] * B[column, pixel]
 *
 * Layout    The rows of A are channels of grad_output, those of B rows of the unfolded image. The
 *           pixels of a row are contiguous, in whole vectors; the rows of A are aligned.
 * Loop      The only loop is over vectors of pixels; everything else is unrolled.
 * Registers rows * columns accumulators + rows vectors of A + 1 of B.
 * Order     Each lane is one chain of multiply-adds from zero. Then the lanes are added, in the
 *           same order for every tile, and the sum is added to the value of C.
 */
#define FC_EACH_4(b, i) 4 * (b) + (i), 4 * (b) + 2 + (i), LANES + 4 * (b) + (i), LANES + 4 * (b) + 2 + (i)
#define FC_EACH_2(b, i) 2 * (b) + (i), LANES + 2 * (b) + (i)
#if FC_REAL_BYTES == 4 && FC_VECTOR_BYTES == 16
#define FC_OF_PAIRS(i) FC_EACH_4(0, i)
#elif FC_REAL_BYTES == 4 && FC_VECTOR_BYTES == 32
#define FC_OF_PAIRS(i) FC_EACH_4(0, i), FC_EACH_4(1, i)
#elif FC_REAL_BYTES == 4
#define FC_OF_PAIRS(i) FC_EACH_4(0, i), FC_EACH_4(1, i), FC_EACH_4(2, i), FC_EACH_4(3, i)
#elif FC_VECTOR_BYTES == 16
#define FC_OF_PAIRS(i) FC_EACH_2(0, i)
#elif FC_VECTOR_BYTES == 32
#define FC_OF_PAIRS(i) FC_EACH_2(0, i), FC_EACH_2(1, i)
#else
#define FC_OF_PAIRS(i) FC_EACH_2(0, i), FC_EACH_2(1, i), FC_EACH_2(2, i), FC_EACH_2(3, i)
#endif

/* Return the sums of neighbouring values. In each 16 bytes, these are two sums from a and then two
 * from b in float32, and one from a and one from b in float64. */
FC_INLINE vec NAME(add_pairs)(vec a, vec b)
{
    return __builtin_shufflevector(a, b, FC_OF_PAIRS(0)) +
           __builtin_shufflevector(a, b, FC_OF_PAIRS(1));
}
#undef FC_OF_PAIRS
#undef FC_EACH_4
#undef FC_EACH_2

typedef real NAME(quad) __attribute__((vector_size(16)));

/* Store or add the sum of the lanes of x[j] to to[j], for j < count <= FC_DOT_COLUMNS. */
FC_INLINE void NAME(add_lanes)(const vec *x, const int count, int accumulate, real *to)
{
    enum { AT_ONCE = 16 / FC_REAL_BYTES };
UNROLLED
    for (int j = 0; j < FC_DOT_COLUMNS; j += AT_ONCE) {
        if (j >= count)
            break;
        const vec none = {0};
        vec sum;
#if FC_REAL_BYTES == 4
        sum = NAME(add_pairs)(NAME(add_pairs)(x[j], j + 1 < count ? x[j + 1] : none),
                              NAME(add_pairs)(j + 2 < count ? x[j + 2] : none,
                                              j + 3 < count ? x[j + 3] : none));
#else
        sum = NAME(add_pairs)(x[j], j + 1 < count ? x[j + 1] : none);
#endif
        NAME(quad) part[LANES / AT_ONCE], total;
        __builtin_memcpy(part, &sum, sizeof sum);
        total = part[0];
UNROLLED
        for (int l = 1; l < LANES / AT_ONCE; l++)
            total += part[l];
        if (j + AT_ONCE <= count) {
            NAME(quad) held;
            if (accumulate) {
                __builtin_memcpy(&held, to + j, sizeof held);
                total += held;
            }
            __builtin_memcpy(to + j, &total, sizeof total);
        } else {
            for (int i = 0; j + i < count; i++)
                to[j + i] = accumulate ? to[j + i] + total[i] : total[i];
        }
    }
}

FC_INLINE void NAME(dot)(const struct fc_dots *d, const real *a, const real *b, real *c,
                         const int rows, const int columns)
{
    vec sum[FC_DOT_ROWS][FC_DOT_COLUMNS];
    const ptrdiff_t pitch = d->pitch, other = d->unfolded_pitch, stop = d->vectors * LANES;
UNROLLED
    for (int i = 0; i < rows; i++) {
UNROLLED
        for (int j = 0; j < columns; j++)
            sum[i][j] = (vec){0};
    }
    for (ptrdiff_t p = 0; p < stop; p += LANES) {
        vec y[FC_DOT_ROWS];
UNROLLED
        for (int i = 0; i < rows; i++)
            y[i] = load(a + i * pitch + p);
UNROLLED
        for (int j = 0; j < columns; j++) {
            const vec x = loadu(b + j * other + p);
UNROLLED
            for (int i = 0; i < rows; i++)
                sum[i][j] += y[i] * x;
        }
    }
UNROLLED
    for (int i = 0; i < rows; i++)
        NAME(add_lanes)(sum[i], columns, d->accumulate, c + i * d->out_pitch);
}

typedef void NAME(dot_function)(const struct fc_dots *d, const real *a, const real *b, real *c);

#ifndef FC_DOT
#define FC_DOT(i, j)                                                                               \
    static void NAME(dot_##i##x##j)(const struct fc_dots *d, const real *a, const real *b, real *c) \
    {                                                                                              \
        NAME(dot)(d, a, b, c, i, j);                                                               \
    }
#define FC_DOT_ENTRY(i, j) [i - 1][j - 1] = NAME(dot_##i##x##j),
#define FC_DOT_ROW(X, i) X(i, 1) X(i, 2) X(i, 3) X(i, 4)
#endif

FC_DOTS(FC_DOT)

static NAME(dot_function) *const NAME(dot_functions)[FC_DOT_ROWS][FC_DOT_COLUMNS] = {
    FC_DOTS(FC_DOT_ENTRY)};
