"""Compute what SciPy has no function for with calls of SciPy's functions."""

import math

import numpy as np
import scipy.ndimage
import scipy.signal

#: what boundaries are called in NumPy's rules below
_RULES = {"zeros": "fill", "reflect": "mirror", "replicate": "nearest", "circular": "wrap"}


# ------------------------------------------------------------------------------------------ pieces


def continued(x, pads, boundary, fill=0):
    """Return `x` continued past its edges by (before, after) elements along its last axes."""
    boundary = _RULES.get(boundary, boundary)
    for axis, (before, after) in enumerate(pads, x.ndim - len(pads)):
        n = x.shape[axis]
        at = np.arange(-before, n + after)
        outside = (at < 0) | (at >= n)
        if boundary == "wrap":
            at %= n
        elif boundary == "symm":
            at %= 2 * n
            at = np.where(at < n, at, 2 * n - 1 - at)
        elif boundary == "mirror":
            at %= max(2 * n - 2, 1)
            at = np.where(at < n, at, 2 * n - 2 - at)
        else:
            at = at.clip(0, n - 1)
        x = x.take(at, axis)
        if boundary == "fill":
            x[(slice(None),) * axis + (outside,)] = fill
    return x


def spread_out(x, steps):
    """Return `x` with zeros between its elements along its last axes."""
    first = x.ndim - len(steps)
    sizes = [(n - 1) * s + 1 for n, s in zip(x.shape[first:], steps, strict=True)]
    result = np.zeros((*x.shape[:first], *sizes), x.dtype)
    result[(..., *(slice(None, None, s) for s in steps))] = x
    return result


def per_axis(value, dims):
    """Return one value per axis."""
    return (value,) * dims if isinstance(value, int) else tuple(value)


def pairs_of(padding, dims):
    """Return (before, after) per axis of a padding given as ints."""
    return [(p, p) for p in per_axis(padding, dims)]


def every(steps):
    """Return the index of every s-th element along the last axes."""
    return (..., *(slice(None, None, s) for s in steps))


# ---------------------------------------------------------------------------- filters


def upfirdn(h, x, up, down, axis, mode="constant"):
    """Call `scipy.signal.upfirdn`, but not where it reads past a signal or divides by 0."""
    if x.shape[axis] == 1:
        if mode == "smooth" and len(h) > up:
            raise ValueError("one sample has no slope")
        mode = "symmetric" if mode == "reflect" else mode
    return scipy.signal.upfirdn(h, x, up, down, axis, mode)


def convolve(in1, in2, mode="full", boundary="fill", fillvalue=0, stride=1, dilation=1):
    """Compute `fc.convolve` by `scipy.signal.convolve` of the continued array."""
    return _extended(scipy.signal.convolve, in1, in2, mode, boundary, fillvalue, stride, dilation)


def correlate(in1, in2, mode="full", boundary="fill", fillvalue=0, stride=1, dilation=1):
    """Compute `fc.correlate` by `scipy.signal.correlate` of the continued array."""
    return _extended(scipy.signal.correlate, in1, in2, mode, boundary, fillvalue, stride, dilation)


def _extended(function, in1, in2, mode, boundary, fillvalue, stride, dilation):
    in2 = spread_out(in2, (dilation,) * in2.ndim)
    pads = [(k - 1, k - 1) for k in in2.shape]
    if mode == "same":
        pads = [(k // 2, (k - 1) // 2) for k in in2.shape]
    elif mode == "valid":
        pads = [(0, 0)] * in1.ndim
    wide = continued(in1, pads, boundary, np.asarray(fillvalue).astype(in1.dtype))
    return function(wide, in2, "valid")[(slice(None, None, stride),) * in1.ndim]


# --------------------------------------------------------------------------------- convolutions


def _widened(*arrays):
    """Return arrays in the dtype that sums are computed in."""
    wider = {"e": np.float32} | dict.fromkeys("bBhHiI", np.int64)
    return [a.astype(wider.get(a.dtype.char, a.dtype), copy=False) for a in arrays]


def conv(input, weight, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"):
    """Compute a layer by one correlation for each sample and each output channel."""
    dims = weight.ndim - 2
    stride, dilation = per_axis(stride, dims), per_axis(dilation, dims)
    dtype = np.result_type(input, weight)
    input, weight = _widened(input, weight)
    wide = continued(input, pairs_of(padding, dims), padding_mode)
    weight = spread_out(weight, dilation)
    share, features = weight.shape[1], weight.shape[0] // groups
    samples = []
    for image in wide:
        for k, kernel in enumerate(weight):
            first = k // features * share
            y = scipy.signal.correlate(image[first : first + share], kernel.conj(), "valid")
            samples.append(y[0][every(stride)])
    result = np.array(samples).reshape(len(wide), len(weight), *samples[0].shape)
    return result.astype(np.int64 if dtype.kind in "iu" else dtype, copy=False)


def conv_transpose(input, weight, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """Compute a transposed convolution by convolutions of the input with zeros between."""
    dims = weight.ndim - 2
    stride, dilation = per_axis(stride, dims), per_axis(dilation, dims)
    sizes = [
        (n - 1) * s - 2 * p + d * (k - 1) + 1 + o
        for n, s, p, d, k, o in zip(
            input.shape[2:], stride, per_axis(padding, dims), dilation, weight.shape[2:],
            per_axis(output_padding, dims), strict=True,
        )
    ]  # fmt: skip
    return _backward(input, weight, sizes, stride, padding, dilation, groups)


def _backward(input, weight, sizes, stride, padding, dilation, groups):
    dims = len(sizes)
    dtype = np.result_type(input, weight)
    input, weight = _widened(input, weight)
    wide, weight = spread_out(input, per_axis(stride, dims)), spread_out(weight, dilation)
    share, features = len(weight) // groups, weight.shape[1]
    full = [n + k - 1 for n, k in zip(wide.shape[2:], weight.shape[2:], strict=True)]
    cut = [slice(p, p + s) for p, s in zip(per_axis(padding, dims), sizes, strict=True)]
    result = np.zeros((len(input), groups * features, *sizes), np.result_type(input, weight))
    for n in range(len(input)):
        for k in range(groups * features):
            first, whole = k // features * share, np.zeros(full, result.dtype)
            for c in range(share):
                whole += scipy.signal.convolve(wide[n, first + c], weight[first + c, k % features])
            part = whole[tuple(cut)]
            result[n, k][tuple(slice(0, s) for s in part.shape)] = part
    return result.astype(np.int64 if dtype.kind in "iu" else dtype, copy=False)


def conv_input(input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1):
    """Compute a layer's gradient of the input, which is a transposed convolution."""
    dims = weight.ndim - 2
    sizes, dilation = input_size[2:], per_axis(dilation, dims)
    return _backward(grad_output, weight.conj(), sizes, stride, padding, dilation, groups)


def conv_weight(input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1):
    """Compute a layer's gradient of the weight by one correlation per pair of channels."""
    dims = input.ndim - 2
    stride, dilation = per_axis(stride, dims), per_axis(dilation, dims)
    dtype = np.result_type(input, grad_output)
    input, grad_output = _widened(input, grad_output)
    wide = continued(input, pairs_of(padding, dims), "zeros")
    gradient = spread_out(grad_output, stride)
    share, features = weight_size[1], weight_size[0] // groups
    result = np.zeros(weight_size, np.result_type(input, grad_output))
    for k in range(weight_size[0]):
        for c in range(share):
            channel = k // features * share + c
            y = scipy.signal.correlate(wide[:, channel], gradient[:, k], "valid")[0]
            y = y.conj()[every(dilation)]
            result[k, c] = y[tuple(slice(0, s) for s in weight_size[2:])].conj()
    return result.astype(np.int64 if dtype.kind in "iu" else dtype, copy=False)


# ------------------------------------------------------------------------------------- poolings


def max_pool(input, kernel_size, stride=None, padding=0, dilation=1):
    """Compute maxima of windows with one maximum filter per axis."""
    return _pool(_maxima, input, kernel_size, stride, padding, dilation)


def avg_pool(input, kernel_size, stride=None, padding=0):
    """Compute averages of windows, in which padding counts, with one filter per axis."""
    x = input.astype(np.float32 if input.dtype == np.float16 else np.result_type(input, np.int8))
    x = x.astype(np.float64) if x.dtype.kind in "iu" else x
    y = _pool(_means, x, kernel_size, stride, padding, 1)
    return y.astype(input.dtype if input.dtype.kind == "f" else np.float64)


def _pool(along, input, kernel_size, stride, padding, dilation):
    dims = input.ndim - 2
    kernel, padding = per_axis(kernel_size, dims), per_axis(padding, dims)
    stride = kernel if stride is None else per_axis(stride, dims)
    dilation = per_axis(dilation, dims)
    lowest = -np.inf if input.dtype.kind == "f" else np.iinfo(input.dtype).min
    fill = lowest if along is _maxima else 0
    x = continued(input, [(p, p) for p in padding], "fill", fill)
    for axis, (k, s, d) in enumerate(zip(kernel, stride, dilation, strict=True), 2):
        x = along(x, k, d, axis)
        length = x.shape[axis] - (k - 1) * d
        x = x.take(np.arange(0, length, s), axis)
    return x


def _maxima(x, taps, dilation, axis):
    """Return the maxima of windows that start at each position; those past the end are not used."""
    if dilation == 1:
        y = x.astype(np.float32) if x.dtype == np.float16 else x
        return scipy.ndimage.maximum_filter1d(y, taps, axis, origin=-(taps // 2)).astype(x.dtype)
    length = x.shape[axis] - (taps - 1) * dilation
    starts = [x.take(np.arange(t * dilation, t * dilation + length), axis) for t in range(taps)]
    result = np.zeros_like(x)
    result[(slice(None),) * axis + (slice(0, length),)] = np.maximum.reduce(starts)
    return result


def _means(x, taps, dilation, axis):
    return scipy.ndimage.correlate1d(x, np.full(taps, 1 / taps), axis, origin=-(taps // 2))


def adaptive_avg_pool(input, output_size):
    """Compute averages of a fixed number of windows."""
    x = input if input.dtype.kind == "f" else input.astype(np.float64)
    return _adaptive(np.mean, x, output_size).astype(x.dtype)


def adaptive_max_pool(input, output_size):
    """Compute maxima of a fixed number of windows."""
    return _adaptive(np.max, input, output_size)


def _adaptive(reduce, x, output_size):
    dims = x.ndim - 2
    for axis, o in enumerate(per_axis(output_size, dims), 2):
        n = x.shape[axis]
        edges = [(i * n // o, -(-(i + 1) * n // o)) for i in range(o)]
        parts = [reduce(x.take(np.arange(a, b), axis), axis=axis) for a, b in edges]
        x = np.stack(parts, axis)
    return x


# -------------------------------------------------------------------------------- unfold and fold


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Copy the windows of an image, one tap at a time."""
    dims = input.ndim - 2
    kernel, stride, dilation = (per_axis(v, dims) for v in (kernel_size, stride, dilation))
    wide = continued(input, pairs_of(padding, dims), "zeros")
    taps = [wide[index] for index in _taps(wide.shape[2:], kernel, stride, dilation)]
    result = np.stack(taps, 2)
    return result.reshape(len(input), input.shape[1] * len(taps), -1)


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Add windows to an image, one tap at a time."""
    dims = len(output_size)
    kernel, stride, dilation = (per_axis(v, dims) for v in (kernel_size, stride, dilation))
    pads = per_axis(padding, dims)
    sizes = [n + 2 * p for n, p in zip(output_size, pads, strict=True)]
    channels, count = input.shape[1] // math.prod(kernel), math.prod(kernel)
    dtype = np.float32 if input.dtype == np.float16 else input.dtype
    image = np.zeros((len(input), channels, *sizes), dtype)
    windows = None
    for t, index in enumerate(_taps(sizes, kernel, stride, dilation)):
        part = image[index]
        if windows is None:
            windows = input.reshape(len(input), channels, count, *part.shape[2:])
        part += windows[:, :, t]
    cut = tuple(slice(p, p + n) for p, n in zip(pads, output_size, strict=True))
    return image[(..., *cut)].astype(input.dtype)


def _taps(sizes, kernel, stride, dilation):
    """Yield the index of the elements that each tap of a window meets."""
    for tap in np.ndindex(*kernel):
        index = []
        for n, k, s, d, t in zip(sizes, kernel, stride, dilation, tap, strict=True):
            outputs = (n - d * (k - 1) - 1) // s + 1
            index.append(slice(t * d, t * d + (outputs - 1) * s + 1, s))
        yield (..., *index)
