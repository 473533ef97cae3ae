/* A convolution as a matrix product whose right side is unfolded on its way to shared memory.
 *
 *     target[m, p] = sum over q of weight[m, q] * source[q, p]
 *
 * m counts the target channels of one group, p the pixels of all images, and q the terms (source
 * channel, tap). A block computes a tile of SIDE x SIDE targets. A thread computes 2 x 2 quads of
 * it, of QUAD x QUAD targets each, so that neighbouring threads read neighbouring quads of a panel.
 * Panels are DEPTH terms long and double-buffered: a thread loads the next one into registers while
 * it multiplies this one. After every SUM_BLOCK terms it adds its sums to memory, so that chains of
 * float32 additions stay short.
 * Where there are few pixels, different blocks (blockIdx.z) take slices of q; then
 * `implicit_gemm_reduce` adds the slices' sums in order.
 *
 * Registers are scarce: with two blocks on a multiprocessor a thread has 128 of them, and 64 hold
 * sums. A thread therefore loads terms of one pixel, one after the other, half a panel at a time.
 * Options leave out code that a problem does not need: -DPLAIN where term q is weight q of its
 * target, and -DZERO_PADDED where the padding is zeros.
 */
#include "types.cuh"
#include "epilogue.cuh"
#include "stride_phase.cuh"

#define DEPTH 8
#define THREADS 256
#define SUM_BLOCK 512
#ifndef SIDE /* of a block's square tile */
#define SIDE 128
#endif
#define QUAD (SIDE / 32) /* 16 x 16 threads, each with 2 x 2 quads */
#define PAD 4
#define LOADS (SIDE * DEPTH / THREADS)
#define TERM_STEP (THREADS / SIDE) /* terms of the source that a block loads at a time */

/* A number of terms in mixed radix: source channels, and taps along each axis. */
struct Digits {
    int channel, a, b, c;
};

struct Gemm {
    const value_t *source, *weight;
    value_t *out, *partial; /* partial: sums of slices (slices, groups, m, pixels), or NULL */
    Epilogue epilogue;
    index_t source_channels, target_channels; /* of all groups */
    index_t target_size;                      /* of one channel */
    index_t weight_group;
    unsigned source_size, weight_target, weight_source; /* within a group: 32 bits are enough */
    int m, sources, pixels, groups, slices, slice; /* slice: its terms, a multiple of DEPTH */
    int taps, kernel_b, kernel_c; /* taps: of the phase; kernel_b, kernel_c: of the whole kernel */
    Digits term_step;             /* TERM_STEP terms */
    PhaseAxis axes[3];
};

/* A term of the sum: a channel of the source and a tap. */
struct Term {
    int channel, a, b, c;
    __device__ Term(const Gemm &p, int q)
    {
        const PhaseAxis *axes = p.axes;
        channel = a = b = c = 0;
        if (p.taps == 0) /* a stride phase that no tap meets */
            return;
        c = q % axes[2].taps;
        b = q / axes[2].taps % axes[1].taps;
        a = q / axes[2].taps / axes[1].taps % axes[0].taps;
        channel = q / p.taps;
    }
    /* Go TERM_STEP terms on by adding digits: a division costs as much as many products. */
    __device__ void advance(const Gemm &p)
    {
        const PhaseAxis *axes = p.axes;
        channel += p.term_step.channel;
        a += p.term_step.a;
        b += p.term_step.b;
        c += p.term_step.c;
        if (c >= axes[2].taps) {
            c -= axes[2].taps;
            b++;
        }
        if (b >= axes[1].taps) {
            b -= axes[1].taps;
            a++;
        }
        if (a >= axes[0].taps) {
            a -= axes[0].taps;
            channel++;
        }
    }
    /* Offset of the term's weight among those of one target channel. */
    __device__ unsigned weight(const Gemm &p) const
    {
        const PhaseAxis *axes = p.axes;
        return channel * p.weight_source +
               (kernel_tap(axes[0], a) * p.kernel_b + kernel_tap(axes[1], b)) * p.kernel_c +
               kernel_tap(axes[2], c);
    }
};

/* A pixel: image `n`, and its target along each axis of the phase. */
struct Pixel {
    int n, a, b, c;
    __device__ Pixel(const Gemm &p, int pixel)
    {
        const PhaseAxis *axes = p.axes;
        c = pixel % axes[2].targets;
        b = pixel / axes[2].targets % axes[1].targets;
        a = pixel / axes[2].targets / axes[1].targets % axes[0].targets;
        n = pixel / axes[2].targets / axes[1].targets / axes[0].targets;
    }
    /* Position in a channel of the result. */
    __device__ index_t target(const Gemm &p) const
    {
        const PhaseAxis *axes = p.axes;
        return ((index_t)target_at(axes[0], a) * axes[1].target_length + target_at(axes[1], b)) *
                   axes[2].target_length + target_at(axes[2], c);
    }
};

struct alignas(QUAD * sizeof(value_t)) Quad {
    value_t at[QUAD];
};

/* Source position of coordinate x, -1 in the padding. */
__device__ int within(const PhaseAxis &axis, int x)
{
#ifdef ZERO_PADDED
    return (unsigned)x < (unsigned)axis.source_length ? x : -1;
#else
    return continued<int>(x, axis.source_length, axis.boundary, axis.unit);
#endif
}

/* Thread and block in variables of which the compiler cannot know the values. It then recomputes
 * what follows from them at each use: there are no registers to keep it in. */
struct Block {
    int thread, z;
    __device__ Block()
    {
        thread = (int)threadIdx.x;
        z = (int)blockIdx.z;
        asm volatile("" : "+r"(thread), "+r"(z));
    }
};

/* Write a thread's sums, or add them to those that are `stored` already. The `last` ones get the
 * epilogue. */
__device__ __forceinline__ void store(const Gemm &p, value_t (&sums)[2 * QUAD][2 * QUAD],
                                      bool stored, bool last)
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
    const PhaseAxis *axes = p.axes;
    const int thread = (int)threadIdx.x;
    const int group = (int)(blockIdx.z % p.groups), slice = (int)(blockIdx.z / p.groups);
    const int first_row = (int)blockIdx.y * SIDE, first_column = (int)blockIdx.x * SIDE;
    const int terms = p.sources * p.taps;
    const int begin = slice * p.slice;
    const int end = begin + p.slice < terms ? begin + p.slice : terms;

    /* A thread loads some terms of one pixel of the source, the same ones as its warp. Of the
     * weights it loads either one term of some rows, so that DEPTH neighbouring threads read
     * neighbouring memory (PLAIN), or the same terms of one row. */
    const int load_pixel = thread % SIDE, load_term = thread / SIDE;
#ifdef PLAIN
    const int weight_row = thread / DEPTH, weight_term = thread % DEPTH, row_step = THREADS / DEPTH;
#else
    const int weight_row = load_pixel;
#endif
    const value_t *weight = p.weight + group * p.weight_group;
    const unsigned first_weight = (first_row + weight_row) * p.weight_target;
    const int rows = p.m - first_row - weight_row; /* from this thread's first row on */
    const bool loads = first_column + load_pixel < p.pixels;
    const Pixel at(p, loads ? first_column + load_pixel : 0);
    const value_t *image =
        p.source + (at.n * p.source_channels + (index_t)group * p.sources) * p.source_size;
    const int start_a = axes[0].offset + at.a * axes[0].stride;
    const int start_b = axes[1].offset + at.b * axes[1].stride;
    const int start_c = axes[2].offset + at.c * axes[2].stride;
    Term term(p, begin + load_term);

    /* 16 x 16 threads; the second quad of rows or columns is half a tile away from the first */
    const int ty = thread / 16, tx = thread % 16;
    value_t sums[2 * QUAD][2 * QUAD];
#pragma unroll
    for (int i = 0; i < 2 * QUAD; i++)
#pragma unroll
        for (int j = 0; j < 2 * QUAD; j++)
            sums[i][j] = 0;

    for (int panel = begin - DEPTH; panel < end; panel += DEPTH) {
        const int buffer = panel / DEPTH & 1;
        const int ahead = panel + DEPTH; /* the panel that is loaded meanwhile, in two halves */
#pragma unroll
        for (int half = 0; half < 2; half++) {
            value_t next_weights[LOADS / 2], next_sources[LOADS / 2];
            if (ahead < end) {
#pragma unroll
                for (int i = 0; i < LOADS / 2; i++) {
                    const int load = half * LOADS / 2 + i;
                    const bool exists = ahead + load_term + load * TERM_STEP < end;
                    next_weights[i] = next_sources[i] = 0;
#ifdef PLAIN
                    if (ahead + weight_term < end && load * row_step < rows)
                        next_weights[i] = weight[first_weight + ahead + weight_term +
                                                 load * row_step * p.weight_target];
#else
                    if (exists && rows > 0)
                        next_weights[i] = weight[first_weight + term.weight(p)];
#endif
                    const int xa = within(axes[0], start_a + term.a * axes[0].dilation);
                    const int xb = within(axes[1], start_b + term.b * axes[1].dilation);
                    const int xc = within(axes[2], start_c + term.c * axes[2].dilation);
                    if (exists && loads && (xa | xb | xc) >= 0)
                        next_sources[i] =
                            image[term.channel * p.source_size +
                                  (xa * axes[1].source_length + xb) * axes[2].source_length + xc];
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
                    const int load = half * LOADS / 2 + i, q = load_term + load * TERM_STEP;
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
        if (!last && (panel < begin || (ahead - begin) % SUM_BLOCK != 0))
            continue;
        store(p, sums, ahead - begin > SUM_BLOCK, last);
#pragma unroll
        for (int i = 0; i < 2 * QUAD; i++)
#pragma unroll
            for (int j = 0; j < 2 * QUAD; j++)
                sums[i][j] = 0;
    }
}

/* Add the sums of the slices in order, and apply the epilogue. */
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
