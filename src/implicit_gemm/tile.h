/* The register tile: C[rows x vectors] (+)= A[rows x depth] * B[depth x vectors].
 *
 * Layout    A packed, a column of rows every a_step, or (stride) rows of a row-major matrix, a_row
 *           apart.
 *           B packed [depth][vectors * LANES], aligned, or (unpacked) vector j of row p wherever it
 *           is in the patch: b + positions[j] + offsets[p].
 *           C rows c_row apart, any alignment.
 * Loop      p over depth, outermost and alone: everything else is unrolled.
 * Registers rows * vectors accumulators + vectors pixels + 1 weight.
 * Order     each output is one chain of multiply-adds from zero over p, then one addition to what
 *           C held, whatever the tile: results do not depend on how pixels and channels were cut.
 */
FC_INLINE void NAME(tile)(const struct fc_operands *o, const int stride, const int unpacked,
                          const int rows, const int vectors)
{
    const real *a = o->a, *b = o->b;
    real *c = o->c;
    const ptrdiff_t c_row = o->c_row;
    vec sum[FC_ROWS_MAX][FC_VECTORS_MAX];
    const real *from[FC_VECTORS_MAX];
    const ptrdiff_t row = stride ? o->a_row : 1;
    const ptrdiff_t step = stride ? 1 : o->a_step;
UNROLLED
    for (int j = 0; j < vectors; j++)
        from[j] = b + (unpacked ? o->positions[j] : j * LANES);
    /* a row of C may touch two cache lines */
    for (int i = 0; i < rows; i++) {
        __builtin_prefetch(c + i * c_row);
        __builtin_prefetch(c + i * c_row + vectors * LANES - 1);
    }
UNROLLED
    for (int i = 0; i < rows; i++) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            sum[i][j] = (vec){0};
    }
    for (ptrdiff_t p = 0; p < o->depth; p++) {
        vec x[FC_VECTORS_MAX];
UNROLLED
        for (int j = 0; j < vectors; j++)
            x[j] = unpacked ? loadu(from[j] + o->offsets[p]) : load(from[j] + p * vectors * LANES);
UNROLLED
        for (int i = 0; i < rows; i++) {
            const vec w = broadcast(a[i * row]);
UNROLLED
            for (int j = 0; j < vectors; j++)
                sum[i][j] += w * x[j];
        }
        a += step;
    }
    if (o->accumulate) {
UNROLLED
        for (int i = 0; i < rows; i++) {
UNROLLED
            for (int j = 0; j < vectors; j++)
                storeu(c + i * c_row + j * LANES, loadu(c + i * c_row + j * LANES) + sum[i][j]);
        }
    } else {
UNROLLED
        for (int i = 0; i < rows; i++) {
UNROLLED
            for (int j = 0; j < vectors; j++)
                storeu(c + i * c_row + j * LANES, sum[i][j]);
        }
    }
}

#ifndef FC_TILE
#define FC_TILE(name, s, p, i, j) static void name(FC_O *o) { NAME(tile)(o, s, p, i, j); }
#define FC_O const struct fc_operands
#define FC_TILE_00(i, j) FC_TILE(NAME(tile_##i##x##j), 0, 0, i, j)
#define FC_TILE_10(i, j) FC_TILE(NAME(tile_stride_##i##x##j), 1, 0, i, j)
#define FC_TILE_01(i, j) FC_TILE(NAME(tile_unpacked_##i##x##j), 0, 1, i, j)
#define FC_TILE_11(i, j) FC_TILE(NAME(tile_stride_unpacked_##i##x##j), 1, 1, i, j)
#define FC_ENTRY_00(i, j) [0][0][i - 1][j - 1] = NAME(tile_##i##x##j),
#define FC_ENTRY_10(i, j) [1][0][i - 1][j - 1] = NAME(tile_stride_##i##x##j),
#define FC_ENTRY_01(i, j) [0][1][i - 1][j - 1] = NAME(tile_unpacked_##i##x##j),
#define FC_ENTRY_11(i, j) [1][1][i - 1][j - 1] = NAME(tile_stride_unpacked_##i##x##j),
#define FC_TILES(X) FC_TILES_1(X) FC_TILES_2(X) FC_TILES_3(X) FC_TILES_4(X)
#endif

FC_TILES(FC_TILE_00)
FC_TILES(FC_TILE_10)
FC_TILES(FC_TILE_01)
FC_TILES(FC_TILE_11)

/* [stride][unpacked][rows - 1][vectors - 1] */
static fc_tile_function *const NAME(tiles)[2][2][FC_ROWS_MAX][FC_VECTORS_MAX] = {
    FC_TILES(FC_ENTRY_00) FC_TILES(FC_ENTRY_10) FC_TILES(FC_ENTRY_01) FC_TILES(FC_ENTRY_11)};
