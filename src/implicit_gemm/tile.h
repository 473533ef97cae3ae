/* The register tile: C[rows x vectors] (+)= A[rows x depth] * B[depth x vectors].
 *
 * Layout    B packed, [depth][vectors * LANES], aligned. A packed [depth][rows], or rows of a
 *           row-major matrix a_row apart. C rows c_row apart, any alignment.
 * Loop      p over depth, outermost and alone: everything else is unrolled.
 * Registers rows * vectors accumulators + vectors pixels + 1 weight.
 * Order     each output is one chain of multiply-adds from zero over p, then one addition to what
 *           C held, whatever the tile: results do not depend on how pixels and channels were cut.
 */
#define A_PACKED 1
#define A_ROWS 0

FC_INLINE void NAME(tile)(ptrdiff_t depth, const real *a, ptrdiff_t a_row, const real *b, real *c,
                          ptrdiff_t c_row, int accumulate, const int layout, const int rows,
                          const int vectors)
{
    vec sum[FC_ROWS_MAX][FC_VECTORS_MAX];
    const ptrdiff_t row = layout == A_PACKED ? 1 : a_row;
    const ptrdiff_t step = layout == A_PACKED ? rows : 1;
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++) {
        __builtin_prefetch(c + i * c_row);
#pragma GCC unroll 16
        for (int j = 0; j < vectors; j++)
            sum[i][j] = (vec){0};
    }
    for (ptrdiff_t p = 0; p < depth; p++) {
        vec x[FC_VECTORS_MAX];
#pragma GCC unroll 16
        for (int j = 0; j < vectors; j++)
            x[j] = load(b + j * LANES);
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++) {
            const vec w = broadcast(a[i * row]);
#pragma GCC unroll 16
            for (int j = 0; j < vectors; j++)
                sum[i][j] += w * x[j];
        }
        a += step;
        b += vectors * LANES;
    }
    if (accumulate) {
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++) {
#pragma GCC unroll 16
            for (int j = 0; j < vectors; j++)
                storeu(c + i * c_row + j * LANES, loadu(c + i * c_row + j * LANES) + sum[i][j]);
        }
    } else {
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++) {
#pragma GCC unroll 16
            for (int j = 0; j < vectors; j++)
                storeu(c + i * c_row + j * LANES, sum[i][j]);
        }
    }
}

typedef void NAME(tile_function)(ptrdiff_t depth, const real *a, ptrdiff_t a_row, const real *b,
                                 real *c, ptrdiff_t c_row, int accumulate);

#ifndef FC_TILE
#define FC_TILE_ARGS ptrdiff_t d, const real *a, ptrdiff_t s, const real *b, real *c, ptrdiff_t t
#define FC_TILE(n, l, i, j) static void n(FC_TILE_ARGS, int f) { NAME(tile)(d, a, s, b, c, t, f, l, i, j); }
#define FC_TILE_PACKED(i, j) FC_TILE(NAME(tile_packed_##i##x##j), A_PACKED, i, j)
#define FC_TILE_ROWS(i, j) FC_TILE(NAME(tile_rows_##i##x##j), A_ROWS, i, j)
#define FC_ENTRY_PACKED(i, j) [i - 1][j - 1] = NAME(tile_packed_##i##x##j),
#define FC_ENTRY_ROWS(i, j) [i - 1][j - 1] = NAME(tile_rows_##i##x##j),
#define FC_TILES(X) FC_TILES_1(X) FC_TILES_2(X) FC_TILES_3(X) FC_TILES_4(X)
#endif

FC_TILES(FC_TILE_PACKED)
FC_TILES(FC_TILE_ROWS)

static NAME(tile_function) *const NAME(tiles_packed)[FC_ROWS_MAX][FC_VECTORS_MAX] = {
    FC_TILES(FC_ENTRY_PACKED)};
static NAME(tile_function) *const NAME(tiles_rows)[FC_ROWS_MAX][FC_VECTORS_MAX] = {
    FC_TILES(FC_ENTRY_ROWS)};
