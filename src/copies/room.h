/* copies: copy a matrix of values of 4 or 8 bytes transposed.
 *
 *     to[i][j] = from[j][i]
 *
 * Loop      over blocks that fit in L1, so that lines of which a tile reads or writes only a part
 *           are still there for the next tile; in a block, over tiles of LANES x LANES values.
 * Registers one tile.
 */
#include "copies/interface.h"

FC_INLINE void NAME(turn_tile)(const real *from, ptrdiff_t from_pitch, real *to, ptrdiff_t to_pitch)
{
    vec x[LANES];
UNROLLED
    for (int l = 0; l < LANES; l++)
        x[l] = loadu(from + l * from_pitch);
    NAME(transpose)(x);
UNROLLED
    for (int l = 0; l < LANES; l++)
        storeu(to + l * to_pitch, x[l]);
}

static void NAME(turn_block)(const real *from, ptrdiff_t from_pitch, real *to, ptrdiff_t to_pitch,
                             ptrdiff_t rows, ptrdiff_t columns)
{
    const ptrdiff_t whole_rows = rows / LANES * LANES, whole_columns = columns / LANES * LANES;
    for (ptrdiff_t j = 0; j < whole_columns; j += LANES)
        for (ptrdiff_t i = 0; i < whole_rows; i += LANES)
            NAME(turn_tile)(from + j * from_pitch + i, from_pitch, to + i * to_pitch + j, to_pitch);
    for (ptrdiff_t i = 0; i < whole_rows; i++)
        for (ptrdiff_t j = whole_columns; j < columns; j++)
            to[i * to_pitch + j] = from[j * from_pitch + i];
    for (ptrdiff_t i = whole_rows; i < rows; i++)
        for (ptrdiff_t j = 0; j < columns; j++)
            to[i * to_pitch + j] = from[j * from_pitch + i];
}

static void NAME(turn)(const void *source, ptrdiff_t from_pitch, void *target, ptrdiff_t to_pitch,
                       ptrdiff_t rows, ptrdiff_t columns)
{
    enum { BLOCK = 256 / FC_REAL_BYTES };
    const real *from = source;
    real *to = target;
    for (ptrdiff_t j = 0; j < columns; j += BLOCK)
        for (ptrdiff_t i = 0; i < rows; i += BLOCK)
            NAME(turn_block)(from + j * from_pitch + i, from_pitch, to + i * to_pitch + j, to_pitch,
                             rows - i < BLOCK ? rows - i : BLOCK,
                             columns - j < BLOCK ? columns - j : BLOCK);
}

static const struct fc_copies NAME(kernels) = {
    .size = sizeof(struct fc_copies),
    .turn = NAME(turn),
};
