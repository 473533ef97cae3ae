/* The unfolded image: a matrix with a row for every (channel, tap) and a column for every window.
 *
 * Columns run along the grid's x, rows along y, images along z. A block works on one row at a time,
 * so that its position in the kernel is the same for all threads.
 */
#include "types.cuh"

struct Axis {
    int image, feature, taps, stride, dilation, before, boundary, unit;
};

struct Unfold {
    const value_t *image;
    value_t *out;
    double fill_real, fill_imaginary;
    index_t n_step, channel_step, tap_step; /* elements of the result from one to the next */
    index_t image_size;
    int n, channels, taps, columns;
    Axis axes[3];
};

extern "C" __global__ void unfold(const Unfold p)
{
    const Axis &a = p.axes[0], &b = p.axes[1], &c = p.axes[2];
    for (int o = (int)first_element(); o < p.columns; o += (int)(gridDim.x * blockDim.x)) {
        const int oc = o % c.feature, ob = o / c.feature % b.feature;
        const int oa = o / c.feature / b.feature;
        for (int row = blockIdx.y; row < p.channels * p.taps; row += gridDim.y) {
            const int channel = row / p.taps, tap = row % p.taps;
            const int xa = continued<int>(
                oa * a.stride + tap / (c.taps * b.taps) * a.dilation - a.before, a.image,
                a.boundary, a.unit);
            const int xb = continued<int>(
                ob * b.stride + tap / c.taps % b.taps * b.dilation - b.before, b.image,
                b.boundary, b.unit);
            const int xc = continued<int>(
                oc * c.stride + tap % c.taps * c.dilation - c.before, c.image, c.boundary, c.unit);
            const bool inside = xa >= 0 && xb >= 0 && xc >= 0;
            const index_t at = ((index_t)xa * b.image + xb) * c.image + xc;
            for (int n = blockIdx.z; n < p.n; n += gridDim.z) {
                const index_t plane = (index_t)n * p.channels + channel;
#if COMPLEX
                value_t value = value_t(p.fill_real, p.fill_imaginary);
#else
                value_t value = (value_t)p.fill_real;
#endif
                if (inside)
                    value = p.image[plane * p.image_size + at];
                p.out[n * p.n_step + channel * p.channel_step + tap * p.tap_step + o] = value;
            }
        }
    }
}
