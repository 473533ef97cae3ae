/* Every convolution by its definition, with one thread for every output.
 *
 *     feature[n, k, o] = sum over c, t of image[n, c, o*stride + t*dilation - before]
 *                                       * weight[k, c, t (, o mod tile)]
 *
 * With REPAIR, `out` holds the sums of an algorithm that may spread a NaN: those that are not
 * finite are computed again, and all get the epilogue. FINISH applies the epilogue alone.
 */
#include "types.cuh"
#include "epilogue.cuh"

#define MAX_AXES 32
enum { COMPUTE, REPAIR, FINISH };

struct Axis {
    index_t image, feature, taps, stride, dilation, before, tile;
    index_t boundary, unit;
};

struct Naive {
    const value_t *image, *feature, *weight; /* `out` stands for the third */
    value_t *out;
    Epilogue epilogue;
    double fill_real, fill_imaginary;
    index_t fill_integer;
    index_t count;           /* outputs */
    index_t n, groups, c, k; /* c, k: channels of image and feature per group */
    index_t taps, tiles, image_size, feature_size;
    int dims, conjugate, repair, finishes; /* finishes: whether there is an epilogue */
    Axis axes[MAX_AXES];
};

__device__ wide_t fill_of(const Naive &p)
{
#if COMPLEX
    return wide_t(p.fill_real, p.fill_imaginary);
#elif FLOATING
    return wide_t((value_t)p.fill_real);
#else
    return wide_t(p.fill_integer);
#endif
}

/* ------------------------------------------------------------------- features from the image */

__device__ wide_t feature_sum(const Naive &p, index_t n, index_t k, const index_t *o, index_t tile)
{
    const index_t group = k / p.k;
    const value_t *image = p.image + (n * p.groups + group) * p.c * p.image_size;
    const value_t *weight = p.weight + k * p.c * p.taps * p.tiles + tile;
    Sum sum;
    for (index_t c = 0; c < p.c; c++)
        for (index_t flat = 0; flat < p.taps; flat++) {
            index_t rest = flat, offset = 0, step = 1;
            bool inside = true, filled = false;
            for (int a = p.dims - 1; a >= 0; a--) {
                const Axis &axis = p.axes[a];
                const index_t tap = rest % axis.taps;
                rest /= axis.taps;
                const index_t x = continued<index_t>(
                    o[a] * axis.stride + tap * axis.dilation - axis.before, axis.image,
                    (int)axis.boundary, (int)axis.unit);
                if (x < 0) {
                    inside = false;
                    filled = filled || axis.boundary == CONSTANT;
                }
                offset += x * step;
                step *= axis.image;
            }
            if (!inside && !filled)
                continue;
            const wide_t w =
                conjugated(wide_t(weight[(c * p.taps + flat) * p.tiles]), p.conjugate);
            sum.add((inside ? wide_t(image[c * p.image_size + offset]) : fill_of(p)) * w);
        }
    return sum.value();
}

extern "C" __global__ void naive_forward(const Naive p)
{
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
#if FLOATING || COMPLEX
        if (p.repair == REPAIR && !p.finishes && is_finite(p.out[i]))
            continue; /* as for nearly all outputs, before any division */
#endif
        const index_t channels = p.groups * p.k;
        const index_t position = i % p.feature_size, k = i / p.feature_size % channels;
        const index_t n = i / p.feature_size / channels;
        index_t o[MAX_AXES], rest = position, tile = 0, step = 1;
        for (int a = p.dims - 1; a >= 0; a--) {
            o[a] = rest % p.axes[a].feature;
            rest /= p.axes[a].feature;
            tile += o[a] % p.axes[a].tile * step;
            step *= p.axes[a].tile;
        }
        wide_t sum;
#if FLOATING || COMPLEX
        if (p.repair == FINISH || (p.repair == REPAIR && is_finite(p.out[i])))
            sum = wide_t(p.out[i]);
        else
#endif
            sum = feature_sum(p, n, k, o, tile);
        p.out[i] = finished(p.epilogue, sum, i, k, position, p.feature_size, tile, p.tiles);
    }
}

/* ------------------------------------------------------------------- the image from features */

/* The padded coordinates that hold a copy of pixel i. With zero padding there is one of them, else
 * one or two arithmetic progressions. */
struct Copies {
    index_t at, step, end, second;
    __device__ Copies(const Axis &a, index_t i) : second(-1)
    {
        end = (a.feature - 1) * a.stride + (a.taps - 1) * a.dilation + 1;
        at = i + a.before;
        step = end; /* a single coordinate, unless the boundary makes copies */
        const index_t n = a.image;
        if (a.boundary == ZEROS)
            return;
        if (a.boundary == REPLICATE) {
            step = 1;
            if (i == 0)
                at = 0;
            if (i < n - 1) /* the last pixel is copied up to the end */
                end = end < i + a.before + 1 ? end : i + a.before + 1;
        } else if (a.boundary == REFLECT && n == 1) {
            at = 0;
            step = 1;
        } else {
            step = a.boundary == CIRCULAR ? n : a.boundary == SYMMETRIC ? 2 * n : 2 * n - 2;
            if (a.boundary == SYMMETRIC)
                second = floor_mod(2 * n - 1 - i + a.before);
            else if (a.boundary == REFLECT && i != 0 && i != n - 1)
                second = floor_mod(a.before - i);
            at = floor_mod(at);
        }
    }
    __device__ index_t floor_mod(index_t x) const { return (x % step + step) % step; }
    __device__ bool valid()
    {
        if (at >= end && second >= 0) {
            at = second;
            second = -1;
        }
        return at < end;
    }
};

/* Position of the feature whose tap `tap` reads the padded coordinate, -1 if there is none. */
__device__ index_t feature_at(const Axis &a, index_t coordinate, index_t tap)
{
    const index_t start = coordinate - tap * a.dilation;
    if (start < 0 || start % a.stride)
        return -1;
    return start / a.stride < a.feature ? start / a.stride : -1;
}

extern "C" __global__ void naive_input(const Naive p)
{
    const Axis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2]; /* always three */
    for (index_t i = first_element(); i < p.count; i += all_threads()) {
#if FLOATING || COMPLEX
        if (p.repair == REPAIR && !p.finishes && is_finite(p.out[i]))
            continue;
#endif
        const index_t channels = p.groups * p.c;
        const index_t position = i % p.image_size, channel = i / p.image_size % channels;
        const index_t n = i / p.image_size / channels, group = channel / p.c;
        const index_t pc = position % c.image, pb = position / c.image % b.image;
        const index_t pa = position / c.image / b.image;
        Sum sum;
#if FLOATING || COMPLEX
        if (p.repair == FINISH || (p.repair == REPAIR && is_finite(p.out[i])))
            sum.add(wide_t(p.out[i]));
        else
#endif
        for (Copies ya(a, pa); ya.valid(); ya.at += ya.step)
        for (index_t ta = 0; ta < a.taps; ta++) {
            const index_t oa = feature_at(a, ya.at, ta);
            if (oa < 0)
                continue;
            for (Copies yb(b, pb); yb.valid(); yb.at += yb.step)
            for (index_t tb = 0; tb < b.taps; tb++) {
                const index_t ob = feature_at(b, yb.at, tb);
                if (ob < 0)
                    continue;
                for (Copies yc(c, pc); yc.valid(); yc.at += yc.step)
                for (index_t tc = 0; tc < c.taps; tc++) {
                    const index_t oc = feature_at(c, yc.at, tc);
                    if (oc < 0)
                        continue;
                    const index_t o = (oa * b.feature + ob) * c.feature + oc;
                    const index_t tap = (ta * b.taps + tb) * c.taps + tc;
                    const index_t tile =
                        (oa % a.tile * b.tile + ob % b.tile) * c.tile + oc % c.tile;
                    for (index_t k = 0; k < p.k; k++) {
                        const index_t feature = group * p.k + k;
                        const index_t w = (feature * p.c + channel % p.c) * p.taps + tap;
                        const wide_t y = wide_t(
                            p.feature[(n * p.groups * p.k + feature) * p.feature_size + o]);
                        sum.add(conjugated(wide_t(p.weight[w * p.tiles + tile]), p.conjugate) * y);
                    }
                }
            }
        }
        p.out[i] = finished(p.epilogue, sum.value(), i, channel, position, p.image_size, 0, 1);
    }
}

/* ------------------------------------------------------------------------- weight gradients */

#define THREADS 128

/* One block for every weight; its threads take turns at the products. */
extern "C" __global__ void naive_weight(const Naive p)
{
    __shared__ wide_t shared[THREADS];
    const Axis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2];
    for (index_t i = blockIdx.x; i < p.count; i += gridDim.x) {
        const index_t tile = i % p.tiles, tap = i / p.tiles % p.taps;
        const index_t channel = i / p.tiles / p.taps % p.c, k = i / p.tiles / p.taps / p.c;
        const index_t zc = tile % c.tile, zb = tile / c.tile % b.tile, za = tile / c.tile / b.tile;
        const index_t tc = tap % c.taps, tb = tap / c.taps % b.taps, ta = tap / c.taps / b.taps;
        /* outputs with this tile's kernel along each axis */
        const index_t fc = (c.feature - zc + c.tile - 1) / c.tile;
        const index_t fb = (b.feature - zb + b.tile - 1) / b.tile;
        const index_t fa = (a.feature - za + a.tile - 1) / a.tile;
#if FLOATING || COMPLEX
        if (p.repair == REPAIR && is_finite(p.out[i])) /* all threads of the block agree */
            continue;
#endif
        Sum sum;
        for (index_t r = threadIdx.x; r < p.n * fa * fb * fc; r += THREADS) {
            const index_t oc = zc + r % fc * c.tile, ob = zb + r / fc % fb * b.tile;
            const index_t oa = za + r / fc / fb % fa * a.tile, n = r / fc / fb / fa;
            const index_t xa = continued<index_t>(
                oa * a.stride + ta * a.dilation - a.before, a.image, (int)a.boundary, 1);
            const index_t xb = continued<index_t>(
                ob * b.stride + tb * b.dilation - b.before, b.image, (int)b.boundary, 1);
            const index_t xc = continued<index_t>(
                oc * c.stride + tc * c.dilation - c.before, c.image, (int)c.boundary, 1);
            if (xa < 0 || xb < 0 || xc < 0)
                continue;
            const index_t image = (n * p.groups + k / p.k) * p.c + channel;
            const index_t feature = n * p.groups * p.k + k;
            const wide_t x =
                wide_t(p.image[image * p.image_size + (xa * b.image + xb) * c.image + xc]);
            const index_t o = (oa * b.feature + ob) * c.feature + oc;
            const wide_t y = wide_t(p.feature[feature * p.feature_size + o]);
            sum.add(conjugated(x, p.conjugate == 1) * conjugated(y, p.conjugate == 2));
        }
        shared[threadIdx.x] = sum.value();
        for (int half = THREADS / 2; half > 0; half /= 2) {
            __syncthreads();
            if (threadIdx.x < half)
                shared[threadIdx.x] += shared[threadIdx.x + half];
        }
        if (threadIdx.x == 0)
            p.out[i] = value_t(shared[0]);
        __syncthreads();
    }
}
