/* F(M x M, 3 x 3) and F(M, 3): tiles to frequencies, products by cuBLAS, frequencies to outputs.
 *
 *     V = B' d B of every tile, U = G w G' of every kernel, Y = A' (sum over c of U V) A
 *
 * The planes of V, U and U V are frequencies; within one, V is (channel, tile), U (target, source).
 * One thread has one tile of one channel; neighbouring threads have neighbouring tiles.
 * -DMB and -DMC are the outputs of a tile along its two axes, 1 where a kernel has one tap.
 */
#include "types.cuh"
#include "epilogue.cuh"
#include "walk.cuh"

#define POINTS(m) ((m) == 1 ? 1 : (m) + 2)
#define PB POINTS(MB)
#define PC POINTS(MC)
#define TB (MB == 1 ? 1 : 3)
#define TC 3

struct Winograd {
    const value_t *source, *weight;
    value_t *planes, *out; /* planes: V, U or the products, whichever the kernel is about */
    Epilogue epilogue;
    double g[8][3];
    value_t b[8][8], a[6][8]; /* B' and A' */
    index_t source_size, target_size, weight_group, weight_target, weight_source;
    index_t plane; /* elements from one frequency to the next */
    index_t count; /* threads */
    int n, groups, sources, targets, tiles_b, tiles_c, contains, unused;
    Walk walks[3];
};

/* Tile and image of number t. */
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
    const Walk &wb = p.walks[1], &wc = p.walks[2];
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
                        weight[(wb.tap + u * wb.tap_step) * TC + wc.tap + v * wc.tap_step];
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
    const Walk &wb = p.walks[1], &wc = p.walks[2];
    const flat_t tiles = (flat_t)p.n * p.tiles_b * p.tiles_c;
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
        const index_t channel = (flat_t)i / tiles;
        const Tile tile(p, (flat_t)i % tiles);
        const value_t *source =
            p.source + (tile.n * (index_t)p.groups * p.sources + channel) * p.source_size;
        int columns[PC];
#pragma unroll
        for (int s = 0; s < PC; s++)
            columns[s] = source_at(wc, tile.c * MC, s);
        value_t half[PB][PC]; /* B' d */
#pragma unroll
        for (int r = 0; r < PB; r++)
#pragma unroll
            for (int s = 0; s < PC; s++)
                half[r][s] = 0;
#pragma unroll
        for (int x = 0; x < PB; x++) {
            const int row = source_at(wb, tile.b * MB, x);
#pragma unroll
            for (int s = 0; s < PC; s++) {
                const value_t d = row >= 0 && columns[s] >= 0
                    ? source[(index_t)row * wc.source + columns[s]] : value_t(0);
                if (MB == 1) {
                    half[0][s] = d;
                    continue;
                }
#pragma unroll
                for (int r = 0; r < PB; r++)
                    half[r][s] += p.b[r][x] * d;
            }
        }
#pragma unroll
        for (int r = 0; r < PB; r++)
#pragma unroll
            for (int s = 0; s < PC; s++) {
                value_t sum = 0;
#pragma unroll
                for (int x = 0; x < PC; x++)
                    sum += half[r][x] * p.b[s][x];
                p.planes[(r * PC + s) * p.plane + i] = sum;
            }
    }
}

/* The definition, for outputs that a NaN or an infinity elsewhere in the tile has spoiled. */
__device__ value_t defined(const Winograd &p, int n, index_t channel, int ob, int oc)
{
    const Walk &wb = p.walks[1], &wc = p.walks[2];
    const index_t group = channel / p.targets, target = channel % p.targets;
    Sum sum;
    for (int c = 0; c < p.sources; c++)
        for (int u = 0; u < TB; u++)
            for (int v = 0; v < TC; v++) {
                const int xb = source_at(wb, ob, u), xc = source_at(wc, oc, v);
                if (xb < 0 || xc < 0)
                    continue;
                const index_t plane = ((index_t)n * p.groups + group) * p.sources + c;
                sum.add((wide_t)p.source[plane * p.source_size + (index_t)xb * wc.source + xc] *
                        p.weight[group * p.weight_group + target * p.weight_target +
                                 c * p.weight_source + (wb.tap + u * wb.tap_step) * TC + wc.tap +
                                 v * wc.tap_step]);
            }
    return (value_t)sum.value();
}

extern "C" __global__ void winograd_output(const Winograd p)
{
    const Walk &wb = p.walks[1], &wc = p.walks[2];
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
                    half[y][s] += MB == 1 ? m : p.a[y][r] * m;
            }
        const index_t start =
            (tile.n * (index_t)p.groups * p.targets + channel) * p.target_size;
#pragma unroll
        for (int y = 0; y < MB; y++)
#pragma unroll
            for (int x = 0; x < MC; x++) {
                const int ob = tile.b * MB + y, oc = tile.c * MC + x;
                if (ob >= wb.targets || oc >= wc.targets)
                    continue;
                value_t sum = 0;
#pragma unroll
                for (int s = 0; s < PC; s++)
                    sum += half[y][s] * p.a[x][s];
                if (p.contains && !is_finite(sum))
                    sum = defined(p, tile.n, channel, ob, oc);
                const index_t position = (index_t)ob * wc.targets + oc;
                p.out[start + position] = finished(p.epilogue, sum, start + position, channel,
                                                   position, p.target_size, 0, 1);
            }
    }
}
