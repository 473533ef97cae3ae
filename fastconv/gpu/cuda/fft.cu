/* Products of spectra, summed over channels.
 *
 *     y[g, n, b, f] = sum over a of x[g, n, a, f] * w[g, b, a, f]
 *
 * A thread computes one frequency of TILE x TILE pairs (n, b), so that it uses each value that it
 * loads TILE times. Neighbouring threads read neighbouring frequencies.
 */
#include "types.cuh"

#define TILE 4

struct Products {
    const value_t *x, *w;
    value_t *y;
    index_t x_group, x_row, x_term, w_group, w_row, w_term, y_group, y_row, y_column;
    int groups, rows, columns, terms, size, conjugate; /* conjugate: take w's conjugates */
    int unused[2];
};

extern "C" __global__ void spectra(const Products p)
{
    const int rows = (p.rows + TILE - 1) / TILE, columns = (p.columns + TILE - 1) / TILE;
    for (int f = (int)first_element(); f < p.size; f += (int)all_threads())
        for (int i = blockIdx.y; i < p.groups * rows * columns; i += gridDim.y) {
            const int column = i % columns * TILE, row = i / columns % rows * TILE;
            const int group = i / columns / rows;
            wide_t sums[TILE][TILE];
#pragma unroll
            for (int r = 0; r < TILE; r++)
#pragma unroll
                for (int c = 0; c < TILE; c++)
                    sums[r][c] = wide_t(0);
            for (int a = 0; a < p.terms; a++) {
                value_t x[TILE], w[TILE];
#pragma unroll
                for (int r = 0; r < TILE; r++) {
                    const int n = row + r < p.rows ? row + r : p.rows - 1;
                    const int b = column + r < p.columns ? column + r : p.columns - 1;
                    x[r] = p.x[group * p.x_group + n * p.x_row + a * p.x_term + f];
                    w[r] = conjugated(p.w[group * p.w_group + b * p.w_row + a * p.w_term + f],
                                      p.conjugate);
                }
#pragma unroll
                for (int r = 0; r < TILE; r++)
#pragma unroll
                    for (int c = 0; c < TILE; c++)
                        sums[r][c] += x[r] * w[c];
            }
#pragma unroll
            for (int r = 0; r < TILE; r++)
#pragma unroll
                for (int c = 0; c < TILE; c++)
                    if (row + r < p.rows && column + c < p.columns)
                        p.y[group * p.y_group + (row + r) * p.y_row + (column + c) * p.y_column +
                            f] = value_t(sums[r][c]);
        }
}
