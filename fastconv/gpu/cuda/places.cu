/* What follows indices: unpooling, and the gradients of unpooling and of maxima. Maxout.
 *
 * Indices are flat places in a plane; -1 stands for none. Where several values go to one place,
 * they are added in the order of their positions, and the last of them is what unpooling keeps.
 */
#include "types.cuh"

#define BLOCK 256

struct Places {
    const value_t *input, *second;
    const index_t *indices;
    value_t *out;
    wide_t *sums;
    int *winner;       /* one for every place: who may add next */
    long long *owner;  /* one for every place: the last position that goes there */
    index_t planes, positions, places;
    index_t groups, members, inner; /* of maxout */
};

/* out[place] = sum of the values that go there. One block for every plane. */
extern "C" __global__ void places_add(const Places p)
{
    const int thread = (int)threadIdx.x;
    for (index_t plane = blockIdx.x; plane < p.planes; plane += gridDim.x) {
        wide_t *sums = p.sums + plane * p.places;
        int *winner = p.winner + plane * p.places;
        for (index_t i = thread; i < p.places; i += BLOCK) {
            sums[i] = wide_t(0);
            winner[i] = BLOCK;
        }
        __syncthreads();
        for (index_t base = 0; base < p.positions; base += BLOCK) {
            const index_t o = base + thread;
            index_t place = -1;
            if (o < p.positions)
                place = p.indices[plane * p.positions + o];
            while (__syncthreads_or(place >= 0)) {
                if (place >= 0)
                    atomicMin(winner + place, thread);
                __syncthreads();
                const bool first = place >= 0 && winner[place] == thread;
                __syncthreads();
                if (first) {
                    sums[place] += wide_t(p.input[plane * p.positions + o]);
                    winner[place] = BLOCK;
                    place = -1;
                }
            }
        }
        for (index_t i = thread; i < p.places; i += BLOCK)
            p.out[plane * p.places + i] = value_t(sums[i]);
        __syncthreads();
    }
}

/* Who goes where, in `owner`, which holds -1 everywhere. */
extern "C" __global__ void places_claim(const Places p)
{
    const index_t count = p.planes * p.positions;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const index_t place = p.indices[i];
        if (place >= 0)
            atomicMax(p.owner + i / p.positions * p.places + place, (long long)(i % p.positions));
    }
}

extern "C" __global__ void places_fill(const Places p)
{
    const index_t count = p.planes * p.places;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const index_t from = p.owner[i];
        p.out[i] = from < 0 ? value_t(0) : p.input[i / p.places * p.positions + from];
    }
}

/* out[position] = input[its place]: the adjoint of unpooling without duplicates. */
extern "C" __global__ void places_pick(const Places p)
{
    const index_t count = p.planes * p.positions;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const index_t place = p.indices[i];
        p.out[i] = place < 0 ? value_t(0) : p.input[i / p.positions * p.places + place];
    }
}

/* ------------------------------------------------------------------------------------- maxout */
#if !COMPLEX

__device__ bool larger(value_t x, value_t best) { return x > best || (x != x && best == best); }

__device__ index_t largest_member(const Places &p, const value_t *values)
{
    index_t best = 0;
    for (index_t m = 1; m < p.members; m++)
        if (larger(values[m * p.inner], values[best * p.inner]))
            best = m;
    return best;
}

extern "C" __global__ void maxout(const Places p)
{
    const index_t count = p.planes * p.groups * p.inner;
    for (index_t i = first_element(); i < count; i += all_threads()) {
        const value_t *values = p.input + i / p.inner * p.members * p.inner + i % p.inner;
        p.out[i] = values[largest_member(p, values) * p.inner];
    }
}

extern "C" __global__ void maxout_input(const Places p)
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
