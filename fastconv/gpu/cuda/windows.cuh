/* Windows of poolings along one axis: those that slide, and the adaptive ones. */
struct Axis {
    int input, output, taps, stride, dilation, before, after, adaptive;
};

struct Window {
    index_t first;
    int taps, step;
    __device__ Window(const Axis &a, index_t o)
    {
        if (a.adaptive) {
            first = o * a.input / a.output;
            taps = (int)(((o + 1) * a.input + a.output - 1) / a.output - first);
            step = 1;
        } else {
            first = o * a.stride - a.before;
            taps = a.taps;
            step = a.dilation;
        }
    }
    /* Position of a tap, -1 outside of the input. */
    __device__ index_t at(const Axis &a, int tap) const
    {
        const index_t x = first + (index_t)tap * step;
        return x >= 0 && x < a.input ? x : -1;
    }
    /* Positions that an average divides by: padding too if `pads`, never what overhangs it. */
    __device__ int counted(const Axis &a, bool pads) const
    {
        int count = 0;
        for (int t = 0; t < taps; t++) {
            const index_t x = first + (index_t)t * step;
            count += pads ? x < a.input + a.after : x >= 0 && x < a.input;
        }
        return count;
    }
};

/* The windows that hold input i: `window(r)` for r below `count`; r is the tap, if windows slide. */
struct Readers {
    index_t first;
    int count;
    __device__ Readers(const Axis &a, index_t i)
    {
        first = a.adaptive ? i * a.output / a.input : 0;
        count = a.adaptive ? (int)(((i + 1) * a.output + a.input - 1) / a.input - first) : a.taps;
    }
    __device__ index_t window(const Axis &a, index_t i, int r) const
    {
        if (a.adaptive)
            return first + r;
        const int start = (int)i + a.before - r * a.dilation;
        if (start < 0 || start % a.stride)
            return -1;
        return start / a.stride < a.output ? start / a.stride : -1;
    }
};
