/* The sum of the definition on tiles of the source in shared memory.
 *
 * A thread computes ROWS rows of one column for CHANNELS target channels. With CHUNK taps per row at
 * a time it slides down its column: each value is read once from shared memory and serves every row
 * whose window holds it. Without CHUNK (dilated rows) each window is read on its own.
 *
 * LINE: there are no rows. The line is cut into segments of as many targets as a block has rows, one
 * for every column, so that a signal's threads slide too.
 *
 * A block has blockDim.z planes, a plane being CHANNELS target channels of a group of one image.
 */
#include "types.cuh"
#include "epilogue.cuh"
#include "walk.cuh"

#ifndef SHARED
extern __shared__ __align__(16) unsigned char SHARED[];
#endif
#ifndef CHUNK
#define CHUNK 0
#endif
#ifndef STEP /* of the rows, where there are chunks */
#define STEP 1
#endif
#define BLOCKED 512 /* terms of a sum in one chain */
/* blocks of a multiprocessor for which there are registers */
#ifdef VALUE_f64
#define RESIDENT 1
#elif CHANNELS == 1
#define RESIDENT 3
#else
#define RESIDENT 2
#endif

struct Direct {
    const value_t *source, *weight;
    value_t *out;
    Epilogue epilogue;
    index_t source_size, target_size, weight_group, weight_target, weight_source;
    int n, groups, sources, targets; /* channels per group */
    int planes, tiles_b, tiles_c;
    int tile_rows, tile_columns, pitch; /* of the source in shared memory */
    int kernel_b, kernel_c;
    Walk walks[3];
};

extern "C" __global__ void __launch_bounds__(256, RESIDENT) direct(const Direct p)
{
    const Walk &wa = p.walks[0], &wb = p.walks[1], &wc = p.walks[2];
    const int tx = (int)threadIdx.x, ty = (int)threadIdx.y, tz = (int)threadIdx.z;
    const int team = (int)(blockDim.x * blockDim.y), member = ty * (int)blockDim.x + tx;
    const int taps = wb.taps * wc.taps;

    /* the block's tile, and this thread's plane */
    index_t rest = blockIdx.x;
    const int tile_c = (int)(rest % p.tiles_c);
    rest /= p.tiles_c;
    const int tile_b = (int)(rest % p.tiles_b);
    rest /= p.tiles_b;
    const int oa = (int)(rest % wa.targets);
    const index_t plane = rest / wa.targets * blockDim.z + tz;
    const bool working = plane < p.planes;
    const int blocks = (p.targets + CHANNELS - 1) / CHANNELS;
    const int first = (int)(plane % blocks) * CHANNELS; /* target channel of the group */
    const int group = (int)(plane / blocks % p.groups);
    const index_t n = plane / blocks / p.groups;

    const int block_rows = (int)blockDim.y * ROWS;
#ifdef LINE
    const int line = tile_c * (int)blockDim.x * block_rows; /* the first target */
    const int base_b = 0, base_c = wc.start + line * wc.step;
#else
    const int ob0 = tile_b * block_rows, oc0 = tile_c * (int)blockDim.x;
    const int base_b = wb.start + ob0 * wb.step, base_c = wc.start + oc0 * wc.step;
#endif

    value_t *tile = (value_t *)SHARED + (index_t)tz * (p.tile_rows * p.pitch + CHANNELS * taps);
    value_t *weights = tile + p.tile_rows * p.pitch;
    value_t sums[CHANNELS][ROWS], totals[CHANNELS][ROWS];
#pragma unroll
    for (int k = 0; k < CHANNELS; k++)
#pragma unroll
        for (int y = 0; y < ROWS; y++)
            sums[k][y] = totals[k][y] = 0;

    int terms = 0;
    for (int step = 0; step < p.sources * wa.taps; step++) {
        const int channel = step / wa.taps, ta = step % wa.taps;
        const int xa = source_at(wa, oa, ta);
        if (xa < 0) /* the whole plane is padding, for all threads of the block */
            continue;
        if (working) {
            const value_t *source = p.source +
                ((n * p.groups + group) * p.sources + channel) * p.source_size +
                (index_t)xa * wb.source * wc.source;
            for (int i = member; i < p.tile_rows * p.tile_columns; i += team) {
#ifdef LINE
                const int row = i % p.tile_rows, column = i / p.tile_rows;
                const int xb = 0;
                const int xc = continued<int>(base_c + column * block_rows * wc.step + row,
                                              wc.source, wc.boundary, wc.unit);
#else
                const int row = i / p.tile_columns, column = i % p.tile_columns;
                const int xb = continued<int>(base_b + row, wb.source, wb.boundary, wb.unit);
                const int xc = continued<int>(base_c + column, wc.source, wc.boundary, wc.unit);
#endif
                tile[row * p.pitch + column] =
                    xb >= 0 && xc >= 0 ? source[(index_t)xb * wc.source + xc] : value_t(0);
            }
            for (int i = member; i < CHANNELS * taps; i += team) {
                const int k = first + i / taps, tb = i % taps / wc.taps, tc = i % wc.taps;
                const index_t at = group * p.weight_group + k * p.weight_target +
                    channel * p.weight_source +
                    ((index_t)(wa.tap + ta * wa.tap_step) * p.kernel_b + wb.tap +
                     tb * wb.tap_step) * p.kernel_c + wc.tap + tc * wc.tap_step;
                /* columns of the kernel one after the other */
                const int to = (i / taps * wc.taps + tc) * wb.taps + tb;
                weights[to] = k < p.targets ? p.weight[at] : value_t(0);
            }
        }
        __syncthreads();
#ifdef LINE
        const int columns = 1, column_taps = wc.taps, column_step = 0, column_reach = 0;
        const int row_step = wc.step, row_reach = wc.reach;
#else
        const int columns = wc.taps, column_taps = wb.taps;
        const int column_step = wc.step, column_reach = wc.reach;
        const int row_step = wb.step, row_reach = wb.reach;
#endif
        for (int v = 0; v < columns; v++) {
            if (terms + column_taps > BLOCKED) {
                terms = 0;
#pragma unroll
                for (int k = 0; k < CHANNELS; k++)
#pragma unroll
                    for (int y = 0; y < ROWS; y++) {
                        totals[k][y] += sums[k][y];
                        sums[k][y] = 0;
                    }
            }
            terms += column_taps;
#ifdef LINE
            const value_t *column = tile + tx + ty * ROWS * row_step * p.pitch;
#else
            const value_t *column =
                tile + tx * column_step + v * column_reach + ty * ROWS * row_step * p.pitch;
#endif
#if CHUNK
            for (int u0 = 0; u0 < column_taps; u0 += CHUNK) {
                value_t w[CHANNELS][CHUNK];
#pragma unroll
                for (int k = 0; k < CHANNELS; k++)
#pragma unroll
                    for (int u = 0; u < CHUNK; u++)
                        w[k][u] = u0 + u < column_taps
                            ? weights[(k * columns + v) * column_taps + u0 + u] : value_t(0);
                if (u0 + CHUNK <= column_taps) {
#pragma unroll
                    for (int r = 0; r < (ROWS - 1) * STEP + CHUNK; r++) {
                        const value_t x = column[(u0 + r) * p.pitch];
#pragma unroll
                        for (int y = 0; y < ROWS; y++) {
                            const int u = r - y * STEP;
                            if (u >= 0 && u < CHUNK) {
#pragma unroll
                                for (int k = 0; k < CHANNELS; k++)
                                    sums[k][y] += x * w[k][u];
                            }
                        }
                    }
                } else { /* the last taps: no product with a tap that is not there */
                    const int left = column_taps - u0;
#pragma unroll
                    for (int u = 0; u < CHUNK; u++)
                        if (u < left) {
#pragma unroll
                            for (int y = 0; y < ROWS; y++) {
                                const value_t x = column[(u0 + u + y * STEP) * p.pitch];
#pragma unroll
                                for (int k = 0; k < CHANNELS; k++)
                                    sums[k][y] += x * w[k][u];
                            }
                        }
                }
            }
#else
            for (int u = 0; u < column_taps; u++) {
                value_t w[CHANNELS];
#pragma unroll
                for (int k = 0; k < CHANNELS; k++)
                    w[k] = weights[(k * columns + v) * column_taps + u];
#pragma unroll
                for (int y = 0; y < ROWS; y++) {
                    const value_t x = column[(y * row_step + u * row_reach) * p.pitch];
#pragma unroll
                    for (int k = 0; k < CHANNELS; k++)
                        sums[k][y] += x * w[k];
                }
            }
#endif
        }
        __syncthreads();
    }
    if (!working)
        return;
#pragma unroll
    for (int y = 0; y < ROWS; y++) {
#ifdef LINE
        const int ob = 0, oc = line + tx * block_rows + ty * ROWS + y;
#else
        const int ob = ob0 + ty * ROWS + y, oc = oc0 + tx;
#endif
        if (ob >= wb.targets || oc >= wc.targets)
            continue;
        const index_t position =
            ((index_t)(wa.to + oa * wa.to_step) * wb.size + wb.to + ob * wb.to_step) * wc.size +
            wc.to + oc * wc.to_step;
#pragma unroll
        for (int k = 0; k < CHANNELS; k++) {
            if (first + k >= p.targets)
                break;
            const index_t channel = (index_t)group * p.targets + first + k;
            const index_t to = (n * p.groups * p.targets + channel) * p.target_size + position;
            p.out[to] = finished(p.epilogue, totals[k][y] + sums[k][y], to, channel, position,
                                 p.target_size, 0, 1);
        }
    }
}
