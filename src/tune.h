/* Tile numbers per ISA. Besides these numbers, only vec.h differs between ISAs.
 *
 * A register tile of rows x vectors needs rows * vectors accumulators, one register per vector of
 * pixels and one for the broadcast weight. SSE2 and AVX2 have 16 registers, AVX-512 and NEON have
 * 32 (SSE2 also needs a copy of each product). FC_TILES_n lists the numbers of rows that are
 * compiled for n vectors. FC_SHAPES lists the tiles that the caller can choose from; the remainders
 * of a shape use the smaller tiles.
 */
#ifndef FC_TUNE_H
#define FC_TUNE_H

#define FC_TILES_1(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1) FC_MORE_1(X)
#define FC_TILES_2(X) X(1, 2) X(2, 2) X(3, 2) X(4, 2) FC_MORE_2(X)

#if defined(__AVX512F__)
#define FC_ROWS_MAX 8
#define FC_VECTORS_MAX 4
#define FC_MORE_1(X) X(5, 1) X(6, 1) X(7, 1) X(8, 1)
#define FC_MORE_2(X) X(5, 2) X(6, 2) X(7, 2) X(8, 2)
#define FC_TILES_3(X) X(1, 3) X(2, 3) X(3, 3) X(4, 3) X(5, 3) X(6, 3) X(7, 3) X(8, 3)
#define FC_TILES_4(X) X(1, 4) X(2, 4) X(3, 4) X(4, 4) X(5, 4) X(6, 4)
#define FC_SHAPES {8, 3}, {6, 4}
#elif defined(__aarch64__) /* compilers load all rows' weights at once: `rows` more registers */
#define FC_ROWS_MAX 8
#define FC_VECTORS_MAX 2
#define FC_MORE_1(X) X(5, 1) X(6, 1) X(7, 1) X(8, 1)
#define FC_MORE_2(X) X(5, 2) X(6, 2) X(7, 2) X(8, 2)
#define FC_TILES_3(X)
#define FC_TILES_4(X)
#define FC_SHAPES {8, 2}
#elif defined(__AVX2__)
#define FC_ROWS_MAX 6
#define FC_VECTORS_MAX 3
#define FC_MORE_1(X) X(5, 1) X(6, 1)
#define FC_MORE_2(X) X(5, 2) X(6, 2)
#define FC_TILES_3(X) X(1, 3) X(2, 3) X(3, 3) X(4, 3)
#define FC_TILES_4(X)
#define FC_SHAPES {6, 2}, {4, 3}
#else
#define FC_ROWS_MAX 4
#define FC_VECTORS_MAX 2
#define FC_MORE_1(X)
#define FC_MORE_2(X)
#define FC_TILES_3(X)
#define FC_TILES_4(X)
#define FC_SHAPES {4, 2}
#endif

/* Tiles whose lanes are output channels: pixels x vectors. FC_LANE_MOST: the most pixels for each
 * number of vectors, if pixels lie anywhere, so that each needs a register for its address.
 * FC_LANE_LINE: the same for pixels side by side. FC_LANE_TILES and FC_LANE_LINES list the tiles
 * that are compiled. FC_LANE_DEPTH: the most terms per block of a sum (at most 512, for accuracy),
 * whose weights share L1 with what a tile reads of the image, or come fast enough from L2. */
#define FC_LANE_4(X, j) X(1, j) X(2, j) X(3, j) X(4, j)
#define FC_LANE_6(X, j) FC_LANE_4(X, j) X(5, j) X(6, j)
#define FC_LANE_8(X, j) FC_LANE_6(X, j) X(7, j) X(8, j)
#define FC_LANE_12(X, j) FC_LANE_8(X, j) X(9, j) X(10, j) X(11, j) X(12, j)
#define FC_LANE_14(X, j) FC_LANE_12(X, j) X(13, j) X(14, j)
#define FC_LANE_16(X, j) FC_LANE_14(X, j) X(15, j) X(16, j)
#if defined(__AVX512F__)
#define FC_LANE_VECTORS 3
#define FC_LANE_MOST 8, 8, 8
#define FC_LANE_DEPTH 512
#define FC_LANE_TILES(X) FC_LANE_8(X, 1) FC_LANE_8(X, 2) FC_LANE_8(X, 3)
#define FC_LANE_LINE 16, 14, 9
#define FC_LANE_LINES(X) FC_LANE_16(X, 1) FC_LANE_14(X, 2) FC_LANE_8(X, 3) X(9, 3)
#elif defined(__aarch64__)
#define FC_LANE_VECTORS 2
#define FC_LANE_MOST 8, 8
#define FC_LANE_DEPTH 512
#define FC_LANE_TILES(X) FC_LANE_8(X, 1) FC_LANE_8(X, 2)
#define FC_LANE_LINE 16, 12
#define FC_LANE_LINES(X) FC_LANE_16(X, 1) FC_LANE_12(X, 2)
#elif defined(__AVX2__)
#define FC_LANE_VECTORS 3
#define FC_LANE_MOST 8, 6, 4
#define FC_LANE_DEPTH 320
#define FC_LANE_TILES(X) FC_LANE_8(X, 1) FC_LANE_6(X, 2) FC_LANE_4(X, 3)
#define FC_LANE_LINE 12, 6, 4
#define FC_LANE_LINES(X) FC_LANE_12(X, 1) FC_LANE_6(X, 2) FC_LANE_4(X, 3)
#else
#define FC_LANE_VECTORS 2
#define FC_LANE_MOST 8, 4
#define FC_LANE_DEPTH 512
#define FC_LANE_TILES(X) FC_LANE_8(X, 1) FC_LANE_4(X, 2)
#define FC_LANE_LINE 8, 4
#define FC_LANE_LINES(X) FC_LANE_8(X, 1) FC_LANE_4(X, 2)
#endif

/* Stencil tiles have 2 to 4 output rows x n vectors, or a single row x up to 8 vectors. Stencils
 * with a constant number of taps keep more coefficients in registers, so they have fewer rows, or
 * do not exist. */
#define FC_STENCIL_ROWS 4
#define FC_LINE_VECTORS 8
#define FC_LINES(X) X(1, 1) X(1, 2) X(1, 3) X(1, 4) X(1, 5) X(1, 6) X(1, 7) X(1, 8)
#define FC_STENCILS_2(X) X(2, 1) X(2, 2) X(3, 1) X(3, 2) X(4, 1) X(4, 2)
#define FC_STENCILS_3(X) FC_STENCILS_2(X) X(2, 3) X(3, 3) X(4, 3)
#define FC_STENCILS_4(X) FC_STENCILS_3(X) X(2, 4) X(3, 4) X(4, 4)
#if defined(__AVX512F__) || defined(__aarch64__)
#define FC_STENCIL_VECTORS 4
#define FC_STENCILS(X) FC_STENCILS_4(X)
#define FC_CONSTANT_ROWS 4
#define FC_CONSTANTS(X) FC_STENCILS_4(X)
#elif defined(__AVX2__)
#define FC_STENCIL_VECTORS 3
#define FC_STENCILS(X) FC_STENCILS_3(X)
#define FC_CONSTANT_ROWS 3
#define FC_CONSTANTS(X) X(2, 1) X(2, 2) X(2, 3) X(3, 1) X(3, 2) X(3, 3)
#else
#define FC_STENCIL_VECTORS 2
#define FC_STENCILS(X) FC_STENCILS_2(X)
#define FC_CONSTANT_ROWS 0
#define FC_CONSTANTS(X)
#endif
/* Rolling stencils: FC_ROLLS lists their tap rows x vectors, at most FC_ROLL_TAPS x
 * FC_ROLL_VECTORS. They need taps * vectors sums + vectors of input + 1 coefficient, and so many
 * vectors that multiply-adds outnumber the loads of coefficients. */
#define FC_ROLL_AHEAD 6 /* least vectors from a panel to the one that it asks for */
#define FC_ROLL_1(X, i) X(i, 1)
#define FC_ROLL_2(X, i) FC_ROLL_1(X, i) X(i, 2)
#define FC_ROLL_3(X, i) FC_ROLL_2(X, i) X(i, 3)
#define FC_ROLL_4(X, i) FC_ROLL_3(X, i) X(i, 4)
#define FC_ROLL_5(X, i) FC_ROLL_4(X, i) X(i, 5)
#define FC_ROLL_6(X, i) FC_ROLL_5(X, i) X(i, 6)
#define FC_ROLL_7(X, i) FC_ROLL_6(X, i) X(i, 7)
#if defined(__AVX512F__)
#define FC_ROLL_TAPS 11
#define FC_ROLL_VECTORS 7
#define FC_ROLLS(X)                                                                                \
    FC_ROLL_7(X, 2) FC_ROLL_6(X, 3) FC_ROLL_6(X, 4) FC_ROLL_5(X, 5) FC_ROLL_4(X, 6)                \
    FC_ROLL_3(X, 7) FC_ROLL_3(X, 8) FC_ROLL_3(X, 9) FC_ROLL_2(X, 10) FC_ROLL_2(X, 11)
#elif defined(__aarch64__)
#define FC_ROLL_TAPS 9
#define FC_ROLL_VECTORS 6
#define FC_ROLLS(X)                                                                                \
    FC_ROLL_6(X, 2) FC_ROLL_6(X, 3) FC_ROLL_5(X, 4) FC_ROLL_4(X, 5) FC_ROLL_3(X, 6)                \
    FC_ROLL_3(X, 7) FC_ROLL_2(X, 8) FC_ROLL_2(X, 9)
#elif defined(__AVX2__)
#define FC_ROLL_TAPS 6
#define FC_ROLL_VECTORS 4
#define FC_ROLLS(X)                                                                                \
    FC_ROLL_4(X, 2) FC_ROLL_3(X, 3) FC_ROLL_3(X, 4) FC_ROLL_2(X, 5) FC_ROLL_2(X, 6)
#else
#define FC_ROLL_TAPS 5
#define FC_ROLL_VECTORS 3
#define FC_ROLLS(X) FC_ROLL_3(X, 2) FC_ROLL_3(X, 3) FC_ROLL_2(X, 4) FC_ROLL_2(X, 5)
#endif
/* The number of terms per block of a stencil's sum (FC_CHAIN_MAX), and the bytes of input rows
 * copied for a block of output rows (FC_ROWS_BYTES). */
#define FC_CHAIN_MAX 512
#define FC_ROWS_BYTES (16 * 1024)
/* Separable filters. FC_COLUMN_VECTORS: vectors per tile of four rows of weighted sums of rows
 * (rows * vectors + vectors + 1 registers). FC_ROW_VECTORS: vectors per tile of a weighted sum of
 * one row with itself (as many registers + up to 4 coefficients + 1; or + 7 with constant taps).
 * FC_COLUMN_ROWS: the largest number of terms of such a sum. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define FC_COLUMN_VECTORS 4
#define FC_ROW_VECTORS 12
#elif defined(__AVX2__)
#define FC_COLUMN_VECTORS 2
#define FC_ROW_VECTORS 10
#else
#define FC_COLUMN_VECTORS 2
#define FC_ROW_VECTORS 6
#endif
#define FC_COLUMN_ROWS 512

/* FC_DEPTH_MAX: maximum terms per block of a sum (at most 512, for accuracy). FC_BLOCK_BYTES: bytes
 * of packed pixels, which share L2 with the weights. FC_PATCH_BYTES: bytes of input values, which
 * share L1 with the packed copy. FC_UNPACKED_BYTES: bytes of input values that tiles read without
 * packing. */
#define FC_DEPTH_MAX 320
#define FC_BLOCK_BYTES (192 * 1024)
#define FC_PATCH_BYTES (12 * 1024)
#define FC_UNPACKED_BYTES (96 * 1024)

/* Tiles of a weight gradient need rows * columns accumulators + rows + 1 registers (SSE2 also
 * copies products). FC_DOT_BYTES: bytes of pixels in a row. FC_DOT_TILES: tiles of columns that
 * stay in L1 while the kernel reads the rows of the other operand. */
#define FC_DOT_COLUMNS 4
#define FC_DOT_LOW(X) FC_DOT_ROW(X, 1) FC_DOT_ROW(X, 2)
#if defined(__AVX512F__) || defined(__aarch64__)
#define FC_DOT_ROWS 6
#define FC_DOTS(X)                                                                                 \
    FC_DOT_LOW(X) FC_DOT_ROW(X, 3) FC_DOT_ROW(X, 4) FC_DOT_ROW(X, 5) FC_DOT_ROW(X, 6)
#elif defined(__AVX2__)
#define FC_DOT_ROWS 3
#define FC_DOTS(X) FC_DOT_LOW(X) FC_DOT_ROW(X, 3)
#else
#define FC_DOT_ROWS 2
#define FC_DOTS(X) FC_DOT_LOW(X)
#endif
#define FC_DOT_BYTES 2048
#define FC_DOT_TILES 2
/* The bytes of Winograd's transformed inputs and products, which share L2 with the weights. */
#define FC_WINOGRAD_BYTES (384 * 1024)

#endif
