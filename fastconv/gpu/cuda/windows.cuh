/* Windows of poolings along one axis, sliding or adaptive. */
struct Axis {
    int input, output, taps, stride, dilation, before, after, adaptive;
};

/* The window of output o: positions first, first + step, ... */
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
    /* Input position of a tap, -1 outside of the input. */
    __device__ index_t at(const Axis &a, int tap) const
    {
        const index_t x = first + (index_t)tap * step;
        return x >= 0 && x < a.input ? x : -1;
    }
    /* Positions in an average's divisor: with `pads` the padding counts, the overhang of ceil_mode
     * never does. */
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

/* The windows that cover input i: window(a, i, r) for r < count. If windows slide, r is the tap. */
struct Cover {
    index_t first;
    int count;
    __device__ Cover(const Axis &a, index_t i)
    {
        first = a.adaptive ? i * a.output / a.input : 0;
        count = a.adaptive ? (int)(((i + 1) * a.output + a.input - 1) / a.input - first) : a.taps;
    }
    /* Number of the r-th window, -1 if there is none. */
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
