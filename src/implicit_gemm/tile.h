/* The register tile: C[rows x vectors] (+)= A[rows x depth] * B[depth x vectors].
 *
 * Layout    A is packed, with a column of rows every a_step elements. With `stride`, A consists of
 *           rows of a row-major matrix that are a_row apart.
 *           B is packed and aligned, [depth][vectors * LANES]. With `unpacked`, vector j of row p
 *           is in the patch at b + positions[j] + offsets[p].
 *           C has rows that are c_row apart, with any alignment. Vector j is j * LANES from the
 *           start of a row, or places[j] if unpacked.
 * Loop      p over depth is the only loop. Everything inside it is unrolled.
 * Registers rows * vectors accumulators + vectors vectors of pixels + 1 weight.
 * Order     each output is one chain of multiply-adds from zero over p, followed by one addition to
 *           the previous value of C, and by the ending. This order is the same for every tile,
 *           so results do not depend on how pixels and channels were cut.
 */
FC_INLINE void NAME(tile)(const struct fc_operands *o, const int stride, const int unpacked,
                          const int rows, const int vectors)
{
    const real *a = o->a, *b = o->b;
    real *c = o->c;
    const ptrdiff_t c_row = o->c_row;
    vec sum[FC_ROWS_MAX][FC_VECTORS_MAX];
    const real *from[FC_VECTORS_MAX];
    ptrdiff_t place[FC_VECTORS_MAX];
    const ptrdiff_t row = stride ? o->a_row : 1;
    const ptrdiff_t step = stride ? 1 : o->a_step;
UNROLLED
    for (int j = 0; j < vectors; j++) {
        from[j] = b + (unpacked ? o->positions[j] : j * LANES);
        place[j] = unpacked ? o->places[j] : j * LANES;
    }
    /* Prefetch both ends of each row of C, because a row may touch two cache lines. */
    for (int i = 0; i < rows; i++) {
        __builtin_prefetch(c + i * c_row + place[0]);
        __builtin_prefetch(c + i * c_row + place[vectors - 1] + LANES - 1);
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
        if (!stride && !unpacked)
            __builtin_prefetch(a + o->ahead);
        if (unpacked) { /* the vectors of the next panel, which come from memory if read in place */
UNROLLED
            for (int j = 0; j < vectors; j++)
                __builtin_prefetch(from[j] + o->offsets[p] + vectors * LANES);
        }
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
                sum[i][j] += loadu(c + i * c_row + place[j]);
        }
    }
    if (o->ending) {
        const real *channel = o->ending->channel, *add = o->ending->add;
        const vec low = broadcast((real)o->ending->low), high = broadcast((real)o->ending->high);
UNROLLED
        for (int i = 0; i < rows; i++) {
            __asm__ volatile("" ::: "memory"); /* else all rows are loaded first, into the stack */
            const vec bias = broadcast(channel[i]);
UNROLLED
            for (int j = 0; j < vectors; j++) {
                sum[i][j] += bias;
                if (add)
                    sum[i][j] += loadu(add + i * c_row + place[j]);
                sum[i][j] = vmin(high, vmax(low, sum[i][j]));
            }
        }
    }
UNROLLED
    for (int i = 0; i < rows; i++) {
UNROLLED
        for (int j = 0; j < vectors; j++)
            storeu(c + i * c_row + place[j], sum[i][j]);
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
