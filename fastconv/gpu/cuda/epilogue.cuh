/* Bias, residual and activation: out = activation(sum + bias + add). A NaN stays a NaN. */
enum { NO_BIAS, BIAS_CHANNEL, BIAS_POSITION, BIAS_TILE };
enum {
    NO_ACTIVATION, RELU, RELU6, SILU, SIGMOID, TANH, HARDSWISH, HARDSIGMOID, LEAKY_RELU
};

struct Epilogue {
    const value_t *bias, *add; /* NULL where there is none */
    int kind, activation;      /* kind: of the bias */
};

#if COMPLEX
__device__ wide_t activated(const wide_t &x, int) { return x; }
#else
#if FLOATING
/* Not inlined: a thread with 64 sums would have 64 copies of it. */
__device__ __noinline__ wide_t smooth(wide_t x, int activation)
{
    if (activation == TANH)
        return tanh(x);
    if (activation == LEAKY_RELU)
        return x < 0 ? x * wide_t(0.01) : x;
    if (activation == HARDSWISH)
        return x < -3 ? wide_t(0) : x > 3 ? x : x * (x / 6 + wide_t(0.5));
    if (activation == HARDSIGMOID)
        return x < -3 ? wide_t(0) : x > 3 ? wide_t(1) : x / 6 + wide_t(0.5);
    const wide_t e = exp(x < 0 ? x : -x); /* of -|x|, which never overflows */
    const wide_t s = (x < 0 ? e : wide_t(1)) / (1 + e);
    if (activation == SIGMOID)
        return s;
    return s == 0 ? wide_t(0) : x * s; /* avoids inf * 0 */
}
#endif

__device__ wide_t activated(wide_t x, int activation)
{
    const value_t v = (value_t)x; /* sums of integers may be unsigned, the result has a sign */
    if (activation == RELU)
        return v < 0 ? wide_t(0) : x;
    if (activation == RELU6)
        return v < 0 ? wide_t(0) : v > 6 ? wide_t(6) : x;
#if FLOATING
    if (activation > RELU6)
        return smooth(x, activation);
#endif
    return x;
}
#endif

/* Result of output i, at `position` of `channel`, with kernel number `tile` of `tiles`. */
__device__ value_t finished(const Epilogue &e, wide_t sum, index_t i, index_t channel,
                            index_t position, index_t positions, index_t tile, index_t tiles)
{
    if (e.kind == BIAS_CHANNEL)
        sum += wide_t(e.bias[channel]);
    else if (e.kind == BIAS_POSITION)
        sum += wide_t(e.bias[channel * positions + position]);
    else if (e.kind == BIAS_TILE)
        sum += wide_t(e.bias[channel * tiles + tile]);
    if (e.add)
        sum += wide_t(e.add[i]);
    return value_t(activated(sum, e.activation));
}
