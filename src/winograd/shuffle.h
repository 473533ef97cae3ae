/* Split a row into tiles, and merge tiles into a row. Each tile starts m values after the previous
 * one, and its last two values are also the first two of the next tile.
 *
 *     split   d[j] = (p[j], p[m + j], p[2 m + j], ...)     value j of LANES tiles, j < m + 2
 *     merge   the inverse for j < m
 *
 * A vector is read as pieces of 16 bytes, and each piece is read where its own tiles start. All
 * later shuffles then stay within 16 bytes, where every ISA shuffles at full speed. Values are
 * numbered in pairs, q = (2 q, 2 q + 1), from the first tile of a piece: pair h of tile t is q = t
 * m / 2 + h.
 */
#include "pieces.h"
#ifndef FC_WINOGRAD_SHUFFLE_H
#define FC_WINOGRAD_SHUFFLE_H
typedef long long fc_piece_ints __attribute__((vector_size(16), aligned(1), may_alias));
#if FC_VECTOR_BYTES > 16
typedef long long fc_ints_32 __attribute__((vector_size(32), aligned(1), may_alias));
#endif
#endif

/* Load a vector of pieces, from as many of the four pointers as the vector has pieces. */
FC_INLINE vec NAME(load_apart)(const real *p, const real *q, const real *r, const real *s)
{
    const fc_piece_ints a = *(const fc_piece_ints *)p;
    (void)q, (void)r, (void)s;
#if FC_VECTOR_BYTES == 16
    return (vec)a;
#else
    const fc_piece_ints b = *(const fc_piece_ints *)q;
    const fc_ints_32 ab = __builtin_shufflevector(a, b, 0, 1, 2, 3);
#if FC_VECTOR_BYTES == 32
    return (vec)ab;
#else
    const fc_piece_ints c = *(const fc_piece_ints *)r;
    const fc_piece_ints d = *(const fc_piece_ints *)s;
    const fc_ints_32 cd = __builtin_shufflevector(c, d, 0, 1, 2, 3);
    return (vec)__builtin_shufflevector(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7);
#endif
#endif
}

/* Load a vector of pieces from p, p + stride, ... */
FC_INLINE vec NAME(load_pieces)(const real *p, ptrdiff_t stride)
{
    return NAME(load_apart)(p, p + stride, p + 2 * stride, p + 3 * stride);
}

FC_INLINE void NAME(store_pieces)(real *p, ptrdiff_t stride, vec value)
{
#if FC_VECTOR_BYTES == 16
    (void)stride;
    storeu(p, value);
#else
    typedef long long all __attribute__((vector_size(FC_VECTOR_BYTES)));
    const all x = (all)value;
    *(fc_piece_ints *)p = __builtin_shufflevector(x, x, 0, 1);
    *(fc_piece_ints *)(p + stride) = __builtin_shufflevector(x, x, 2, 3);
#if FC_VECTOR_BYTES == 64
    *(fc_piece_ints *)(p + 2 * stride) = __builtin_shufflevector(x, x, 4, 5);
    *(fc_piece_ints *)(p + 3 * stride) = __builtin_shufflevector(x, x, 6, 7);
#endif
#endif
}

#if FC_REAL_BYTES == 4
/* Return, for each piece, half i of the piece of a and half j of the piece of b. */
FC_INLINE vec NAME(halves)(vec a, const int i, vec b, const int j)
{
    if (i == 0)
        return j == 0 ? __builtin_shufflevector(a, b, FC_QUADS(0, 1, 4, 5))
                      : __builtin_shufflevector(a, b, FC_QUADS(0, 1, 6, 7));
    return j == 0 ? __builtin_shufflevector(a, b, FC_QUADS(2, 3, 4, 5))
                  : __builtin_shufflevector(a, b, FC_QUADS(2, 3, 6, 7));
}

FC_INLINE void NAME(split_tiles)(const int m, const real *p, vec *d)
{
    vec x[FC_POINTS_MAX];
UNROLLED
    for (int k = 0; k <= m; k++)
        x[k] = NAME(load_pieces)(p + 4 * k, 4 * m);
UNROLLED
    for (int h = 0; h <= m / 2; h++) {
        const int q = h, r = m / 2 + h, s = m + h, t = 3 * m / 2 + h;
        const vec low = NAME(halves)(x[q / 2], q % 2, x[r / 2], r % 2);
        const vec high = NAME(halves)(x[s / 2], s % 2, x[t / 2], t % 2);
        d[2 * h] = __builtin_shufflevector(low, high, FC_QUADS(0, 2, 4, 6));
        d[2 * h + 1] = __builtin_shufflevector(low, high, FC_QUADS(1, 3, 5, 7));
    }
}

FC_INLINE void NAME(merge_tiles)(const int m, const vec *y, real *p)
{
    vec x[2][FC_POINTS_MAX / 2]; /* pairs of tiles 0 and 1, of tiles 2 and 3 */
UNROLLED
    for (int h = 0; h < m / 2; h++) {
        x[0][h] = __builtin_shufflevector(y[2 * h], y[2 * h + 1], FC_QUADS(0, 4, 1, 5));
        x[1][h] = __builtin_shufflevector(y[2 * h], y[2 * h + 1], FC_QUADS(2, 6, 3, 7));
    }
UNROLLED
    for (int k = 0; k < m; k++) {
        const int t = 2 * k / (m / 2), h = 2 * k % (m / 2);
        const int u = (2 * k + 1) / (m / 2), i = (2 * k + 1) % (m / 2);
        NAME(store_pieces)(p + 4 * k, 4 * m,
                           NAME(halves)(x[t / 2][h], t % 2, x[u / 2][i], u % 2));
    }
}
#else
FC_INLINE void NAME(split_tiles)(const int m, const real *p, vec *d)
{
UNROLLED
    for (int h = 0; h <= m / 2; h++) {
        const vec low = NAME(load_pieces)(p + 2 * h, 2 * m);
        const vec high = NAME(load_pieces)(p + 2 * h + m, 2 * m);
        d[2 * h] = __builtin_shufflevector(low, high, FC_DUOS(0, 2));
        d[2 * h + 1] = __builtin_shufflevector(low, high, FC_DUOS(1, 3));
    }
}

FC_INLINE void NAME(merge_tiles)(const int m, const vec *y, real *p)
{
UNROLLED
    for (int h = 0; h < m / 2; h++) {
        const vec low = __builtin_shufflevector(y[2 * h], y[2 * h + 1], FC_DUOS(0, 2));
        const vec high = __builtin_shufflevector(y[2 * h], y[2 * h + 1], FC_DUOS(1, 3));
        NAME(store_pieces)(p + 2 * h, 2 * m, low);
        NAME(store_pieces)(p + 2 * h + m, 2 * m, high);
    }
}
#endif
