/* The transforms of Winograd's F(M x M, 3 x 3) and F(M, 3); cuBLAS multiplies in between.
 *
 *     V = B' d B for every tile d, U = G w G' for every kernel w, Y = A' (sum over c of U V) A
 *
 * V, U and the products U V are arrays of planes, one for each frequency. A plane of V is (source
 * channel, tile), one of U (target channel, source channel), one of U V (target channel, tile).
 * A thread transforms one tile of one channel; neighbouring threads take neighbouring tiles.
 * -DMB and -DMC are the outputs of a tile along its axes; MB is 1 where the kernel has one row.
 */
#include "types.cuh"
#include "epilogue.cuh"
#include "stride_phase.cuh"

#define POINTS(m) ((m) == 1 ? 1 : (m) + 2)
#define PB POINTS(MB)
#define PC POINTS(MC)
#define TB (MB == 1 ? 1 : 3)
#define TC 3

struct Winograd {
    const value_t *source, *weight;
    value_t *planes, *out; /* planes: V, U or U V, whichever the kernel reads or writes */
    Epilogue epilogue;
    double g[8][3];
    value_t bt[8][8], at[6][8]; /* B' and A' */
    index_t source_size, target_size, weight_group, weight_target, weight_source;
    index_t plane; /* elements from one frequency to the next */
    index_t count; /* elements of a plane, with one thread for each */
    int n, groups, sources, targets; /* sources and targets: channels per group */
    int tiles_b, tiles_c;
    int contain_nan; /* recompute outputs that are not finite, by the definition */
    int unused;
    PhaseAxis axes[3];
};

/* Image and position of tile number t. */
struct Tile {
    int n, b, c;
    __device__ Tile(const Winograd &p, flat_t t)
    {
        c = (int)(t % p.tiles_c);
        b = (int)(t / p.tiles_c % p.tiles_b);
        n = (int)(t / p.tiles_c / p.tiles_b);
    }
};

extern "C" __global__ void winograd_weight(const Winograd p)
{
    const PhaseAxis &b = p.axes[1], &c = p.axes[2];
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const int source = (int)(i % p.sources), target = (int)(i / p.sources % p.targets);
        const value_t *weight = p.weight + i / p.sources / p.targets * p.weight_group +
            target * p.weight_target + source * p.weight_source;
        double rows[PB][TC];
        for (int r = 0; r < PB; r++)
            for (int v = 0; v < TC; v++) {
                double sum = 0;
                for (int u = 0; u < TB; u++)
                    sum += (MB == 1 ? 1.0 : p.g[r][u]) *
                        weight[kernel_tap(b, u) * TC + kernel_tap(c, v)];
                rows[r][v] = sum;
            }
        for (int r = 0; r < PB; r++)
            for (int s = 0; s < PC; s++) {
                double sum = 0;
                for (int v = 0; v < TC; v++)
                    sum += rows[r][v] * p.g[s][v];
                p.planes[(r * PC + s) * p.plane + i] = (value_t)sum;
            }
    }
}

extern "C" __global__ void winograd_input(const Winograd p)
{
    const PhaseAxis &b = p.axes[1], &c = p.axes[2];
    const flat_t tiles = (flat_t)p.n * p.tiles_b * p.tiles_c;
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const index_t channel = (flat_t)i / tiles;
        const Tile tile(p, (flat_t)i % tiles);
        const value_t *source =
            p.source + (tile.n * (index_t)p.groups * p.sources + channel) * p.source_size;
        int columns[PC];
#pragma unroll
        for (int s = 0; s < PC; s++)
            columns[s] = source_at(c, tile.c * MC, s);
        value_t half[PB][PC]; /* B' d */
#pragma unroll
        for (int r = 0; r < PB; r++)
#pragma unroll
            for (int s = 0; s < PC; s++)
                half[r][s] = 0;
#pragma unroll
        for (int x = 0; x < PB; x++) {
            const int row = source_at(b, tile.b * MB, x);
#pragma unroll
            for (int s = 0; s < PC; s++) {
                const value_t d = row >= 0 && columns[s] >= 0
                    ? source[(index_t)row * c.source_length + columns[s]] : value_t(0);
                if (MB == 1) {
                    half[0][s] = d;
                    continue;
                }
#pragma unroll
                for (int r = 0; r < PB; r++)
                    half[r][s] += p.bt[r][x] * d;
            }
        }
#pragma unroll
        for (int r = 0; r < PB; r++)
#pragma unroll
            for (int s = 0; s < PC; s++) {
                value_t sum = 0;
#pragma unroll
                for (int x = 0; x < PC; x++)
                    sum += half[r][x] * p.bt[s][x];
                p.planes[(r * PC + s) * p.plane + i] = sum;
            }
    }
}

/* Return an output by its definition, where the transforms gave something that is not finite: the
 * NaN or infinity may lie elsewhere in the tile, outside of the output's window. */
__device__ value_t by_definition(const Winograd &p, int n, index_t output_channel, int ob,
                                 int oc)
{
    const PhaseAxis &b = p.axes[1], &c = p.axes[2];
    const index_t group = output_channel / p.targets, target = output_channel % p.targets;
    Sum sum;
    for (int channel = 0; channel < p.sources; channel++)
        for (int u = 0; u < TB; u++)
            for (int v = 0; v < TC; v++) {
                const int xb = source_at(b, ob, u), xc = source_at(c, oc, v);
                if (xb < 0 || xc < 0)
                    continue;
                const index_t plane = ((index_t)n * p.groups + group) * p.sources + channel;
                const value_t x =
                    p.source[plane * p.source_size + (index_t)xb * c.source_length + xc];
                sum.add((wide_t)x *
                        p.weight[group * p.weight_group + target * p.weight_target +
                                 channel * p.weight_source + kernel_tap(b, u) * TC +
                                 kernel_tap(c, v)]);
            }
    return (value_t)sum.value();
}

extern "C" __global__ void winograd_output(const Winograd p)
{
    const PhaseAxis &b = p.axes[1], &c = p.axes[2];
    const flat_t tiles = (flat_t)p.n * p.tiles_b * p.tiles_c;
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const index_t channel = (flat_t)i / tiles;
        const Tile tile(p, (flat_t)i % tiles);
        value_t half[MB][PC]; /* A' (U V) */
#pragma unroll
        for (int y = 0; y < MB; y++)
#pragma unroll
            for (int s = 0; s < PC; s++)
                half[y][s] = 0;
#pragma unroll
        for (int r = 0; r < PB; r++)
#pragma unroll
            for (int s = 0; s < PC; s++) {
                const value_t m = p.planes[(r * PC + s) * p.plane + i];
#pragma unroll
                for (int y = 0; y < MB; y++)
                    half[y][s] += MB == 1 ? m : p.at[y][r] * m;
            }
        const index_t start =
            (tile.n * (index_t)p.groups * p.targets + channel) * p.target_size;
#pragma unroll
        for (int y = 0; y < MB; y++)
#pragma unroll
            for (int x = 0; x < MC; x++) {
                const int ob = tile.b * MB + y, oc = tile.c * MC + x;
                if (ob >= b.targets || oc >= c.targets)
                    continue;
                value_t sum = 0;
#pragma unroll
                for (int s = 0; s < PC; s++)
                    sum += half[y][s] * p.at[x][s];
                if (p.contain_nan && !is_finite(sum))
                    sum = by_definition(p, tile.n, channel, ob, oc);
                const index_t position = (index_t)ob * c.targets + oc;
                p.out[start + position] = finished(p.epilogue, sum, start + position, channel,
                                                   position, p.target_size, 0, 1);
            }
    }
}
