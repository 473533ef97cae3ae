/* Transpose a block of LANES x LANES values in log2 LANES steps, each of one shuffle per vector: first
 * the values within pieces of 16 bytes, then whole pieces. This file does not serve 8-bit and 16-bit
 * types, which have too many lanes.
 */
#include "pieces.h"
#define FC_PIECE (16 / FC_REAL_BYTES) /* values of a piece */

/* Return the first, or the last, halves of the pieces of a and b, value by value in turns. */
FC_INLINE vec NAME(zipped)(vec a, vec b, const int last)
{
#if FC_REAL_BYTES == 4
    return last ? __builtin_shufflevector(a, b, FC_QUADS(2, 6, 3, 7))
                : __builtin_shufflevector(a, b, FC_QUADS(0, 4, 1, 5));
#else
    return last ? __builtin_shufflevector(a, b, FC_DUOS(1, 3))
                : __builtin_shufflevector(a, b, FC_DUOS(0, 2));
#endif
}

/* Return every second piece of a, then of b: the even ones, or the odd ones. */
FC_INLINE vec NAME(second_pieces)(vec a, vec b, const int odd)
{
#if FC_VECTOR_BYTES == 16
    (void)b, (void)odd; /* there is one piece */
    return a;
#elif FC_VECTOR_BYTES == 32 && FC_REAL_BYTES == 4
    return odd ? __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
               : __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
#elif FC_VECTOR_BYTES == 32
    return odd ? __builtin_shufflevector(a, b, 2, 3, 6, 7)
               : __builtin_shufflevector(a, b, 0, 1, 4, 5);
#elif FC_REAL_BYTES == 4
    return odd ? __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29,
                                         30, 31)
               : __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26,
                                         27);
#else
    return odd ? __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15)
               : __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13);
#endif
}

/* Let rows i and i + h, for i without bit h, exchange values, or whole pieces. */
FC_INLINE void NAME(exchange)(vec x[LANES], const int h, const int pieces)
{
UNROLLED
    for (int i = 0; i < LANES; i++) {
        if (!(i & h)) {
            const vec a = x[i], b = x[i + h];
            x[i] = pieces ? NAME(second_pieces)(a, b, 0) : NAME(zipped)(a, b, 0);
            x[i + h] = pieces ? NAME(second_pieces)(a, b, 1) : NAME(zipped)(a, b, 1);
        }
    }
}

FC_INLINE void NAME(transpose)(vec x[LANES])
{
    if (FC_PIECE == 4)
        NAME(exchange)(x, 2, 0);
    NAME(exchange)(x, 1, 0);
    if (LANES > FC_PIECE)
        NAME(exchange)(x, FC_PIECE, 1);
    if (LANES > 2 * FC_PIECE)
        NAME(exchange)(x, 2 * FC_PIECE, 1);
}
#undef FC_PIECE
