/* The sum of the definition on tiles of the source in shared memory.
 *
 *     target[k, o] = sum over c, t of weight[k, c, t] * source[c, offset + o*stride + t*dilation]
 *
 * A thread computes ROWS rows of one column for CHANNELS target channels. With -DCHUNK=n it slides
 * down its column, n taps at a time: it reads each value once from shared memory and uses it for
 * every row whose window covers it. Without CHUNK (for dilated rows) it reads each window anew.
 *
 * -DONE_ROW is for signals, where targets lie in one row. The row is cut into segments of as many
 * targets as a block has rows, and a segment takes the part of a column, so that threads slide too.
 *
 * A block works on blockDim.z planes; a plane is CHANNELS target channels of a group of one image.
 */
#include "types.cuh"
#include "epilogue.cuh"
#include "stride_phase.cuh"

#ifndef SHARED
extern __shared__ __align__(16) unsigned char SHARED[];
#endif
#ifndef CHUNK
#define CHUNK 0
#endif
#ifndef STEP /* the stride of the rows, where threads slide */
#define STEP 1
#endif
#define SUM_BLOCK 512 /* most terms of a sum in one chain of additions */
/* blocks for which a multiprocessor has registers */
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
    int n, groups, sources, targets;    /* sources and targets: channels per group */
    int planes, tiles_b, tiles_c;       /* tiles of targets along the last two axes */
    int tile_rows, tile_columns, pitch; /* of a tile of the source in shared memory */
    int kernel_b, kernel_c;             /* taps of the whole kernel along the last two axes */
    PhaseAxis axes[3];
};

extern "C" __global__ void __launch_bounds__(256, RESIDENT) direct(const Direct p)
{
    const PhaseAxis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2];
    const int tx = (int)threadIdx.x, ty = (int)threadIdx.y, tz = (int)threadIdx.z;
    const int plane_threads = (int)(blockDim.x * blockDim.y);
    const int plane_thread = ty * (int)blockDim.x + tx;
    const int taps = b.taps * c.taps;

    /* the block's tile, and this thread's plane */
    index_t rest = blockIdx.x;
    const int tile_c = (int)(rest % p.tiles_c);
    rest /= p.tiles_c;
    const int tile_b = (int)(rest % p.tiles_b);
    rest /= p.tiles_b;
    const int oa = (int)(rest % a.targets);
    const index_t plane = rest / a.targets * blockDim.z + tz;
    const bool active = plane < p.planes;
    const int blocks = (p.targets + CHANNELS - 1) / CHANNELS;
    const int first = (int)(plane % blocks) * CHANNELS; /* of the group's target channels */
    const int group = (int)(plane / blocks % p.groups);
    const index_t n = plane / blocks / p.groups;

    const int block_rows = (int)blockDim.y * ROWS;
#ifdef ONE_ROW
    const int first_target = tile_c * (int)blockDim.x * block_rows;
    const int base_b = 0, base_c = c.offset + first_target * c.stride;
#else
    const int ob0 = tile_b * block_rows, oc0 = tile_c * (int)blockDim.x;
    const int base_b = b.offset + ob0 * b.stride, base_c = c.offset + oc0 * c.stride;
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
    for (int step = 0; step < p.sources * a.taps; step++) {
        const int channel = step / a.taps, ta = step % a.taps;
        const int xa = source_at(a, oa, ta);
        if (xa < 0) /* the whole plane is padding, and so it is for all threads of the block */
            continue;
        if (active) {
            const value_t *source = p.source +
                ((n * p.groups + group) * p.sources + channel) * p.source_size +
                (index_t)xa * b.source_length * c.source_length;
            for (int i = plane_thread; i < p.tile_rows * p.tile_columns; i += plane_threads) {
#ifdef ONE_ROW
                const int row = i % p.tile_rows, column = i / p.tile_rows;
                const int xb = 0;
                const int xc = continued<int>(base_c + column * block_rows * c.stride + row,
                                              c.source_length, c.boundary, c.unit);
#else
                const int row = i / p.tile_columns, column = i % p.tile_columns;
                const int xb = continued<int>(base_b + row, b.source_length, b.boundary, b.unit);
                const int xc = continued<int>(base_c + column, c.source_length, c.boundary, c.unit);
#endif
                tile[row * p.pitch + column] =
                    xb >= 0 && xc >= 0 ? source[(index_t)xb * c.source_length + xc] : value_t(0);
            }
            for (int i = plane_thread; i < CHANNELS * taps; i += plane_threads) {
                const int k = first + i / taps, tb = i % taps / c.taps, tc = i % c.taps;
                const index_t at = group * p.weight_group + k * p.weight_target +
                    channel * p.weight_source +
                    ((index_t)kernel_tap(a, ta) * p.kernel_b + kernel_tap(b, tb)) * p.kernel_c +
                    kernel_tap(c, tc);
                /* the kernel's columns one after the other, as threads slide down them */
                const int to = (i / taps * c.taps + tc) * b.taps + tb;
                weights[to] = k < p.targets ? p.weight[at] : value_t(0);
            }
        }
        __syncthreads();
#ifdef ONE_ROW
        const int columns = 1, column_taps = c.taps, column_stride = 0, column_dilation = 0;
        const int row_stride = c.stride, row_dilation = c.dilation;
#else
        const int columns = c.taps, column_taps = b.taps;
        const int column_stride = c.stride, column_dilation = c.dilation;
        const int row_stride = b.stride, row_dilation = b.dilation;
#endif
        for (int v = 0; v < columns; v++) {
            if (terms + column_taps > SUM_BLOCK) {
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
#ifdef ONE_ROW
            const value_t *column = tile + tx + ty * ROWS * row_stride * p.pitch;
#else
            const value_t *column =
                tile + tx * column_stride + v * column_dilation + ty * ROWS * row_stride * p.pitch;
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
                } else { /* the last taps, without products for taps that do not exist */
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
                    const value_t x = column[(y * row_stride + u * row_dilation) * p.pitch];
#pragma unroll
                    for (int k = 0; k < CHANNELS; k++)
                        sums[k][y] += x * w[k];
                }
            }
#endif
        }
        __syncthreads();
    }
    if (!active)
        return;
#pragma unroll
    for (int y = 0; y < ROWS; y++) {
#ifdef ONE_ROW
        const int ob = 0, oc = first_target + tx * block_rows + ty * ROWS + y;
#else
        const int ob = ob0 + ty * ROWS + y, oc = oc0 + tx;
#endif
        if (ob >= b.targets || oc >= c.targets)
            continue;
        const index_t position =
            ((index_t)target_at(a, oa) * b.target_length + target_at(b, ob)) * c.target_length +
            target_at(c, oc);
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
