/* A convolution as a matrix product whose right side is unfolded on its way to shared memory.
 *
 *     target[m, p] = sum over q of weight[m, q] * source[q, p]
 *
 * m: channels of the target in one group; p: pixels of all images; q: (channel of the source, tap).
 * A block computes SIDE x SIDE, a thread 2 x 2 quads of QUAD x QUAD of them, so that neighbouring
 * threads read neighbouring quads of a panel. Panels are DEPTH terms long and double-buffered: the
 * next one is loaded into registers while this one is multiplied. After every BLOCKED terms the sums
 * are added to memory, which keeps float32 sums short.
 * Slices of q go to different blocks (blockIdx.z) where there are few pixels; their sums are added by
 * `implicit_gemm_reduce`, in order.
 *
 * Registers are what is short: two blocks of a multiprocessor leave 128 to a thread, 64 of them sums.
 * A thread therefore loads one pixel, its terms one after the other, and half of a panel at a time;
 * what the problem rules out is left out of the source: -DPLAIN where term q is weight q of its
 * target, -DZERO_PADDED where the padding is zeros.
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
#define LOADS (SIDE * DEPTH / THREADS)
#define TOGETHER (THREADS / SIDE) /* terms of the source that are loaded at a time */

/* A distance in terms: so many channels and taps. */
struct Digits {
    int channel, a, b, c;
};

struct Gemm {
    const value_t *source, *weight;
    value_t *out, *partial; /* partial: (slices, groups, m, pixels), or none */
    Epilogue epilogue;
    index_t source_channels, target_channels; /* of all groups */
    index_t target_size;                      /* of one channel */
    index_t weight_group;
    unsigned source_size, weight_target, weight_source; /* 32 bits count a group's weights and image */
    int m, sources, pixels, groups, slices, slice; /* slice: terms, a multiple of DEPTH */
    int taps, kernel_b, kernel_c;
    Digits together; /* TOGETHER terms */
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
    /* TOGETHER terms on: digits with carries, for a division costs as much as many products */
    __device__ void advance(const Gemm &p)
    {
        const Walk *w = p.walks;
        channel += p.together.channel;
        a += p.together.a;
        b += p.together.b;
        c += p.together.c;
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
    __device__ unsigned weight(const Gemm &p) const
    {
        const Walk *w = p.walks;
        return channel * p.weight_source +
               ((w[0].tap + a * w[0].tap_step) * p.kernel_b + w[1].tap + b * w[1].tap_step) *
                   p.kernel_c + w[2].tap + c * w[2].tap_step;
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

/* Source position of coordinate x, -1 for padding. */
__device__ int within(const Walk &w, int x)
{
#ifdef ZERO_PADDED
    return (unsigned)x < (unsigned)w.source ? x : -1;
#else
    return continued<int>(x, w.source, w.boundary, w.unit);
#endif
}

/* Where a block is, in the compiler's eyes known only here: what follows from it and is needed now
 * and then is computed each time, for there are no registers to keep it in. */
struct Block {
    int thread, z;
    __device__ Block()
    {
        thread = (int)threadIdx.x;
        z = (int)blockIdx.z;
        asm volatile("" : "+r"(thread), "+r"(z));
    }
};

/* Add a thread's sums to what is stored already, and to 0 where nothing is; the last time with the
 * epilogue. */
__device__ __forceinline__ void store(const Gemm &p, value_t (&sums)[2 * QUAD][2 * QUAD], bool stored,
                                      bool last)
{
    const Block block;
    const int group = block.z % p.groups, slice = block.z / p.groups;
    const int row = (int)blockIdx.y * SIDE + block.thread / 16 * QUAD;
    const int column = (int)blockIdx.x * SIDE + block.thread % 16 * QUAD;
    const index_t channel = (index_t)group * p.m + row;
    const index_t row_step = p.partial ? p.pixels : p.target_size;
    const Epilogue &e = p.epilogue;
    const bool finishes = last && !p.partial && (e.kind || e.activation || e.add);
#pragma unroll
    for (int j = 0; j < 2 * QUAD; j++) {
        const int pixel = column + j / QUAD * (SIDE / 2) + j % QUAD;
        if (pixel >= p.pixels)
            continue;
        const Pixel at(p, pixel);
        const index_t position = at.target(p);
        value_t *out = p.partial
            ? p.partial + (slice * p.target_channels + channel) * p.pixels + pixel
            : p.out + (at.n * p.target_channels + channel) * p.target_size + position;
#pragma unroll
        for (int i = 0; i < 2 * QUAD; i++) {
            const int below = i / QUAD * (SIDE / 2) + i % QUAD;
            if (row + below >= p.m)
                continue;
            value_t *to = out + below * row_step;
            value_t sum = sums[i][j];
            if (stored)
                sum += *to;
            if (finishes)
                sum = finished(e, sum, to - p.out, channel + below, position, p.target_size, 0, 1);
            *to = sum;
        }
    }
}

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

    /* what this thread loads: some terms of one pixel, the same terms for all threads of a warp; and
     * of the weights either a term of some rows, DEPTH threads side by side where these lie side by
     * side in memory, or the same terms of one row */
    const int load_pixel = thread % SIDE, load_term = thread / SIDE;
#ifdef PLAIN
    const int weight_row = thread / DEPTH, weight_term = thread % DEPTH, row_step = THREADS / DEPTH;
#else
    const int weight_row = load_pixel;
#endif
    const value_t *weight = p.weight + group * p.weight_group;
    const unsigned first_weight = (first_row + weight_row) * p.weight_target;
    const int rows = p.m - first_row - weight_row; /* from this thread's first one on */
    const bool loads = first_column + load_pixel < p.pixels;
    const Pixel at(p, loads ? first_column + load_pixel : 0);
    const value_t *image =
        p.source + (at.n * p.source_channels + (index_t)group * p.sources) * p.source_size;
    const int start_a = w[0].start + at.a * w[0].step, start_b = w[1].start + at.b * w[1].step;
    const int start_c = w[2].start + at.c * w[2].step;
    Term term(p, begin + load_term);

    /* 16 x 16 threads: quads of rows and columns, the second one half a block away */
    const int ty = thread / 16, tx = thread % 16;
    value_t sums[2 * QUAD][2 * QUAD];
#pragma unroll
    for (int i = 0; i < 2 * QUAD; i++)
#pragma unroll
        for (int j = 0; j < 2 * QUAD; j++)
            sums[i][j] = 0;

    for (int panel = begin - DEPTH; panel < end; panel += DEPTH) {
        const int buffer = panel / DEPTH & 1;
        const int ahead = panel + DEPTH; /* the panel that is loaded now, in two halves */
#pragma unroll
        for (int half = 0; half < 2; half++) {
            value_t next_weights[LOADS / 2], next_sources[LOADS / 2];
            if (ahead < end) {
#pragma unroll
                for (int i = 0; i < LOADS / 2; i++) {
                    const int load = half * LOADS / 2 + i;
                    const bool there = ahead + load_term + load * TOGETHER < end;
                    next_weights[i] = next_sources[i] = 0;
#ifdef PLAIN
                    if (ahead + weight_term < end && load * row_step < rows)
                        next_weights[i] = weight[first_weight + ahead + weight_term +
                                                 load * row_step * p.weight_target];
#else
                    if (there && rows > 0)
                        next_weights[i] = weight[first_weight + term.weight(p)];
#endif
                    const int xa = within(w[0], start_a + term.a * w[0].reach);
                    const int xb = within(w[1], start_b + term.b * w[1].reach);
                    const int xc = within(w[2], start_c + term.c * w[2].reach);
                    if (there && loads && (xa | xb | xc) >= 0)
                        next_sources[i] = image[term.channel * p.source_size +
                                                (xa * w[1].source + xb) * w[2].source + xc];
                    term.advance(p);
                }
            }
            if (panel >= begin) {
#pragma unroll
                for (int q = half * DEPTH / 2; q < (half + 1) * DEPTH / 2; q++) {
                    const Quad m[2] = {weights[buffer][q][ty], weights[buffer][q][16 + ty]};
                    const Quad x[2] = {sources[buffer][q][tx], sources[buffer][q][16 + tx]};
#pragma unroll
                    for (int i = 0; i < 2 * QUAD; i++)
#pragma unroll
                        for (int j = 0; j < 2 * QUAD; j++)
                            sums[i][j] += m[i / QUAD].at[i % QUAD] * x[j / QUAD].at[j % QUAD];
                }
            }
            if (ahead < end) {
#pragma unroll
                for (int i = 0; i < LOADS / 2; i++) {
                    const int load = half * LOADS / 2 + i, q = load_term + load * TOGETHER;
                    ((value_t *)sources[buffer ^ 1][q])[load_pixel] = next_sources[i];
#ifdef PLAIN
                    ((value_t *)weights[buffer ^ 1][weight_term])[weight_row + load * row_step] =
                        next_weights[i];
#else
                    ((value_t *)weights[buffer ^ 1][q])[weight_row] = next_weights[i];
#endif
                }
            }
        }
        __syncthreads();
        const bool last = ahead >= end;
        if (!last && (panel < begin || (ahead - begin) % BLOCKED != 0))
            continue;
        store(p, sums, ahead - begin > BLOCKED, last);
#pragma unroll
        for (int i = 0; i < 2 * QUAD; i++)
#pragma unroll
            for (int j = 0; j < 2 * QUAD; j++)
                sums[i][j] = 0;
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
