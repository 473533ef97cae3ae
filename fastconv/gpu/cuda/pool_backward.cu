/* Unpooling, its gradient and the gradient of maxima, which follow indices. Maxout as well.
 *
 * A plane has `values`, each with an index: it names one of the plane's `positions`, or is -1 for
 * none. Where several values go to one position, `scatter_add` adds them in order and unpooling
 * keeps the last one, in whatever order the threads run.
 */
#include "types.cuh"

#define BLOCK 256

struct PoolBackward {
    const value_t *input, *second;
    const index_t *indices;
    value_t *out;
    wide_t *sums;
    int *winner;      /* for every position, the thread that may add next */
    long long *owner; /* for every position, the last value that goes there */
    index_t planes, values, positions;
    index_t groups, members, inner; /* of maxout: channels of a group, elements of a channel */
};

/* out[position] = the sum of the values that go there. One block works on a plane. */
extern "C" __global__ void scatter_add(const PoolBackward p)
{
    const int thread = (int)threadIdx.x;
    for (index_t plane = blockIdx.x; plane < p.planes; plane += gridDim.x) {
        wide_t *sums = p.sums + plane * p.positions;
        int *winner = p.winner + plane * p.positions;
        for (index_t i = thread; i < p.positions; i += BLOCK) {
            sums[i] = wide_t(0);
            winner[i] = BLOCK;
        }
        __syncthreads();
        for (index_t base = 0; base < p.values; base += BLOCK) {
            const index_t o = base + thread;
            index_t position = -1;
            if (o < p.values)
                position = p.indices[plane * p.values + o];
            while (__syncthreads_or(position >= 0)) {
                if (position >= 0)
                    atomicMin(winner + position, thread);
                __syncthreads();
                const bool first = position >= 0 && winner[position] == thread;
                __syncthreads();
                if (first) {
                    sums[position] += wide_t(p.input[plane * p.values + o]);
                    winner[position] = BLOCK;
                    position = -1;
                }
            }
        }
        for (index_t i = thread; i < p.positions; i += BLOCK)
            p.out[plane * p.positions + i] = value_t(sums[i]);
        __syncthreads();
    }
}

/* Write to `owner`, which holds -1 everywhere, the last value that goes to each position. */
extern "C" __global__ void scatter_claim(const PoolBackward p)
{
    const index_t count = p.planes * p.values;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const index_t position = p.indices[i];
        if (position >= 0)
            atomicMax(p.owner + i / p.values * p.positions + position,
                      (long long)(i % p.values));
    }
}

/* out[position] = the value that owns it, or 0. */
extern "C" __global__ void scatter_fill(const PoolBackward p)
{
    const index_t count = p.planes * p.positions;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const index_t from = p.owner[i];
        p.out[i] = from < 0 ? value_t(0) : p.input[i / p.positions * p.values + from];
    }
}

/* out[value] = input[its position]: the adjoint of unpooling where no position has two values. */
extern "C" __global__ void gather(const PoolBackward p)
{
    const index_t count = p.planes * p.values;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const index_t position = p.indices[i];
        p.out[i] = position < 0 ? value_t(0) : p.input[i / p.values * p.positions + position];
    }
}

/* ------------------------------------------------------------------------------------- maxout */
#if !COMPLEX

/* A NaN is larger than every number; the first of equals wins. */
__device__ bool larger(value_t x, value_t best) { return x > best || (x != x && best == best); }

__device__ index_t largest_member(const PoolBackward &p, const value_t *values)
{
    index_t best = 0;
    for (index_t m = 1; m < p.members; m++)
        if (larger(values[m * p.inner], values[best * p.inner]))
            best = m;
    return best;
}

extern "C" __global__ void maxout(const PoolBackward p)
{
    const index_t count = p.planes * p.groups * p.inner;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const value_t *values = p.input + i / p.inner * p.members * p.inner + i % p.inner;
        p.out[i] = values[largest_member(p, values) * p.inner];
    }
}

extern "C" __global__ void maxout_input(const PoolBackward p)
{
    const index_t count = p.planes * p.groups * p.inner;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const index_t start = i / p.inner * p.members * p.inner + i % p.inner;
        const index_t best = largest_member(p, p.second + start);
        for (index_t m = 0; m < p.members; m++)
            p.out[start + m * p.inner] = m == best ? p.input[i] : value_t(0);
    }
}
#endif
