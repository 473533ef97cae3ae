/* A convolution as a matrix product whose right side is unfolded on its way to shared memory.
 *
 *     target[m, p] = sum over q of weight[m, q] * source[q, p]
 *
 * m: channels of the target in one group; p: pixels of all images; q: (channel of the source, tap).
 * A block computes ROWS x COLUMNS, a thread 2 x 2 quads of QUAD x QUAD of them, so that neighbouring
 * threads read neighbouring quads of a panel. Panels are DEPTH terms long and double-buffered: the
 * next one is loaded into registers while this one is multiplied. After every BLOCKED terms the sums
 * are added to memory, which keeps float32 sums short.
 * Slices of q go to different blocks (blockIdx.z) where there are few pixels; their sums are added by
 * `implicit_gemm_reduce`, in order.
 */
#include "types.cuh"
#include "epilogue.cuh"
#include "walk.cuh"

#define DEPTH 8
#define THREADS 256
#define BLOCKED 512
#ifndef SIDE /* of a block's square */
#define SIDE 128
#endif
#define QUAD (SIDE / 32) /* 16 x 16 threads, each with 2 x 2 quads */
#define PAD 4
#define COLUMN_LOADS (SIDE * DEPTH / THREADS)

struct Gemm {
    const value_t *source, *weight;
    value_t *out, *partial; /* partial: (slices, groups, m, pixels), or none */
    Epilogue epilogue;
    index_t source_channels, target_channels; /* of all groups */
    index_t source_size, target_size;         /* of one channel */
    index_t weight_group, weight_target, weight_source;
    int m, sources, pixels, groups, slices, slice; /* slice: terms, a multiple of DEPTH */
    int taps, kernel_b, kernel_c, plain; /* plain: term q is weight q of its target */
    int step_channel, step_a, step_b, step_c; /* DEPTH terms in channels and taps */
    Walk walks[3];
};

/* A term of the sum: a channel of the source and a tap. */
struct Term {
    int channel, a, b, c;
    __device__ Term(const Gemm &p, int q)
    {
        const Walk *w = p.walks;
        channel = a = b = c = 0;
        if (p.taps == 0) /* a phase of a strided gradient that no tap meets */
            return;
        c = q % w[2].taps;
        b = q / w[2].taps % w[1].taps;
        a = q / w[2].taps / w[1].taps % w[0].taps;
        channel = q / p.taps;
    }
    /* DEPTH terms on: digits with carries, for a division costs as much as many products */
    __device__ void advance(const Gemm &p)
    {
        const Walk *w = p.walks;
        channel += p.step_channel;
        a += p.step_a;
        b += p.step_b;
        c += p.step_c;
        if (c >= w[2].taps) {
            c -= w[2].taps;
            b++;
        }
        if (b >= w[1].taps) {
            b -= w[1].taps;
            a++;
        }
        if (a >= w[0].taps) {
            a -= w[0].taps;
            channel++;
        }
    }
    /* Offset among the weights of one target channel and group. */
    __device__ index_t weight(const Gemm &p) const
    {
        const Walk *w = p.walks;
        return channel * p.weight_source +
               ((index_t)(w[0].tap + a * w[0].tap_step) * p.kernel_b + w[1].tap +
                b * w[1].tap_step) * p.kernel_c + w[2].tap + c * w[2].tap_step;
    }
};

/* Where a pixel's window starts, and its target. */
struct Pixel {
    int n, a, b, c;
    __device__ Pixel(const Gemm &p, int pixel)
    {
        const Walk *w = p.walks;
        c = pixel % w[2].targets;
        b = pixel / w[2].targets % w[1].targets;
        a = pixel / w[2].targets / w[1].targets % w[0].targets;
        n = pixel / w[2].targets / w[1].targets / w[0].targets;
    }
    __device__ index_t target(const Gemm &p) const
    {
        const Walk *w = p.walks;
        return ((index_t)(w[0].to + a * w[0].to_step) * w[1].size + w[1].to + b * w[1].to_step) *
                   w[2].size + w[2].to + c * w[2].to_step;
    }
};

struct alignas(QUAD * sizeof(value_t)) Quad {
    value_t at[QUAD];
};

extern "C" __global__ void __launch_bounds__(THREADS, 2) implicit_gemm(const Gemm p)
{
    __shared__ Quad weights[2][DEPTH][(SIDE + PAD) / QUAD];
    __shared__ Quad sources[2][DEPTH][(SIDE + PAD) / QUAD];
    const Walk *w = p.walks;
    const int thread = (int)threadIdx.x;
    const int group = (int)(blockIdx.z % p.groups), slice = (int)(blockIdx.z / p.groups);
    const int first_row = (int)blockIdx.y * SIDE, first_column = (int)blockIdx.x * SIDE;
    const int terms = p.sources * p.taps;
    const int begin = slice * p.slice;
    const int end = begin + p.slice < terms ? begin + p.slice : terms;

    /* what this thread loads: DEPTH columns of some rows of weights, and COLUMN_LOADS pixels of one
     * term, the same for all threads of a warp */
    const int load_row = thread / DEPTH, load_term = thread % DEPTH;
    const int source_term = thread / 32, lane = thread % 32;
    const value_t *weight = p.weight + group * p.weight_group;
    const value_t *image[COLUMN_LOADS];
    int start_a[COLUMN_LOADS], start_b[COLUMN_LOADS], start_c[COLUMN_LOADS];
#pragma unroll
    for (int i = 0; i < COLUMN_LOADS; i++) {
        const int pixel = first_column + lane + 32 * i;
        const Pixel at(p, pixel < p.pixels ? pixel : 0);
        image[i] = pixel < p.pixels
            ? p.source + (at.n * p.source_channels + (index_t)group * p.sources) * p.source_size
            : nullptr;
        start_a[i] = w[0].start + at.a * w[0].step;
        start_b[i] = w[1].start + at.b * w[1].step;
        start_c[i] = w[2].start + at.c * w[2].step;
    }

    Term weight_term(p, begin + load_term), source(p, begin + source_term);
    value_t next_weights[COLUMN_LOADS], next_sources[COLUMN_LOADS];
    const int row_step = THREADS / DEPTH;

    /* 16 x 16 threads: quads of rows and columns, the second one half a block away */
    const int ty = thread / 16, tx = thread % 16;
    value_t sums[2 * QUAD][2 * QUAD];
#pragma unroll
    for (int i = 0; i < 2 * QUAD; i++)
#pragma unroll
        for (int j = 0; j < 2 * QUAD; j++)
            sums[i][j] = 0;

    bool stored = false;
    for (int panel = begin - DEPTH, buffer = 1; panel < end; panel += DEPTH, buffer ^= 1) {
        /* load the panel after this one */
        const int ahead = panel + DEPTH;
        if (ahead < end) {
            const int q = ahead + load_term;
            const index_t offset = p.plain ? q : weight_term.weight(p);
#pragma unroll
            for (int i = 0; i < COLUMN_LOADS; i++) {
                const int row = first_row + load_row + i * row_step;
                next_weights[i] = q < end && row < p.m
                    ? weight[row * p.weight_target + offset] : value_t(0);
            }
            const int ra = source.a * w[0].reach, rb = source.b * w[1].reach;
            const int rc = source.c * w[2].reach;
#pragma unroll
            for (int i = 0; i < COLUMN_LOADS; i++) {
                next_sources[i] = value_t(0);
                if (ahead + source_term >= end || !image[i])
                    continue;
                const int xa = continued<int>(start_a[i] + ra, w[0].source, w[0].boundary, w[0].unit);
                const int xb = continued<int>(start_b[i] + rb, w[1].source, w[1].boundary, w[1].unit);
                const int xc = continued<int>(start_c[i] + rc, w[2].source, w[2].boundary, w[2].unit);
                if (xa >= 0 && xb >= 0 && xc >= 0)
                    next_sources[i] = image[i][source.channel * p.source_size +
                                               ((index_t)xa * w[1].source + xb) * w[2].source + xc];
            }
            weight_term.advance(p);
            source.advance(p);
        }
        if (panel >= begin) {
#pragma unroll
            for (int q = 0; q < DEPTH; q++) {
                const Quad rows[2] = {weights[buffer][q][ty], weights[buffer][q][16 + ty]};
                const Quad columns[2] = {sources[buffer][q][tx], sources[buffer][q][16 + tx]};
#pragma unroll
                for (int i = 0; i < 2 * QUAD; i++)
#pragma unroll
                    for (int j = 0; j < 2 * QUAD; j++)
                        sums[i][j] += rows[i / QUAD].at[i % QUAD] * columns[j / QUAD].at[j % QUAD];
            }
        }
        if (ahead < end) {
            value_t *to_weights = (value_t *)weights[buffer ^ 1][load_term];
            value_t *to_sources = (value_t *)sources[buffer ^ 1][source_term];
#pragma unroll
            for (int i = 0; i < COLUMN_LOADS; i++) {
                to_weights[load_row + i * row_step] = next_weights[i];
                to_sources[lane + 32 * i] = next_sources[i];
            }
        }
        __syncthreads();
        const bool last = ahead >= end;
        if (!last && (panel < begin || (ahead - begin) % BLOCKED != 0))
            continue;
        /* add what was summed to memory; the last time with the epilogue */
#pragma unroll
        for (int j = 0; j < 2 * QUAD; j++) {
            const int column =
                first_column + j / QUAD * (SIDE / 2) + tx * QUAD + j % QUAD;
            if (column >= p.pixels)
                continue;
            const Pixel at(p, column);
            const index_t position = at.target(p);
#pragma unroll
            for (int i = 0; i < 2 * QUAD; i++) {
                const int row = first_row + i / QUAD * (SIDE / 2) + ty * QUAD + i % QUAD;
                if (row >= p.m)
                    continue;
                const index_t channel = (index_t)group * p.m + row;
                if (p.partial) {
                    value_t *to = p.partial +
                        ((index_t)slice * p.target_channels + channel) * p.pixels + column;
                    *to = stored ? *to + sums[i][j] : sums[i][j];
                } else {
                    const index_t at_target =
                        (at.n * p.target_channels + channel) * p.target_size + position;
                    const value_t sum = stored ? p.out[at_target] + sums[i][j] : sums[i][j];
                    p.out[at_target] = last
                        ? finished(p.epilogue, sum, at_target, channel, position, p.target_size, 0, 1)
                        : sum;
                }
                sums[i][j] = 0;
            }
        }
        stored = true;
    }
}

/* The slices' sums, one after the other. */
extern "C" __global__ void implicit_gemm_reduce(const Gemm p)
{
    const index_t count = p.target_channels * p.pixels;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const Pixel at(p, (int)(i % p.pixels));
        const index_t channel = i / p.pixels, position = at.target(p);
        wide_t sum = 0;
        for (int s = 0; s < p.slices; s++)
            sum += p.partial[s * count + i];
        const index_t to = (at.n * p.target_channels + channel) * p.target_size + position;
        p.out[to] = finished(p.epilogue, sum, to, channel, position, p.target_size, 0, 1);
    }
}
