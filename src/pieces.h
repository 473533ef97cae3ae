/* Shuffles within pieces of 16 bytes, which every ISA makes at full speed: FC_QUADS for vectors of
 * float32, FC_DUOS for those of float64.
 */
#ifndef FC_PIECES_H
#define FC_PIECES_H
/* Shuffle indices: 0..3 are the values of the first vector's piece, and 4..7 those of the second
 * vector's piece. Every piece uses the same indices. */
#define FC_P(i, n) ((i) % 4 + (i) / 4 * LANES + 4 * (n))
#define FC_QUAD(a, b, c, d, n) FC_P(a, n), FC_P(b, n), FC_P(c, n), FC_P(d, n)
#define FC_DUO(a, b, n) (a) % 2 + (a) / 2 * LANES + 2 * (n), (b) % 2 + (b) / 2 * LANES + 2 * (n)
#if FC_VECTOR_BYTES == 16
#define FC_QUADS(a, b, c, d) FC_QUAD(a, b, c, d, 0)
#define FC_DUOS(a, b) FC_DUO(a, b, 0)
#else
#define FC_QUAD2(a, b, c, d, n) FC_QUAD(a, b, c, d, n), FC_QUAD(a, b, c, d, n + 1)
#define FC_DUO2(a, b, n) FC_DUO(a, b, n), FC_DUO(a, b, n + 1)
#if FC_VECTOR_BYTES == 32
#define FC_QUADS(a, b, c, d) FC_QUAD2(a, b, c, d, 0)
#define FC_DUOS(a, b) FC_DUO2(a, b, 0)
#else
#define FC_QUADS(a, b, c, d) FC_QUAD2(a, b, c, d, 0), FC_QUAD2(a, b, c, d, 2)
#define FC_DUOS(a, b) FC_DUO2(a, b, 0), FC_DUO2(a, b, 2)
#endif
#endif
#endif
