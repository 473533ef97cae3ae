"""Poolings: a loop over windows. A window is a list of flat indices into the input."""

import math
from functools import partial
from itertools import product
from math import isnan

import numpy as np

from .geometry import output_size, pads, per_axis, widen, with_batch


def flat_windows(per_axis_windows, size):
    """Return (flat indices, counted) of windows from (positions inside, counted) per axis."""
    windows = []
    for combination in product(*per_axis_windows):
        flat, count = [0], 1
        for (inside, counted), n in zip(combination, size, strict=True):
            flat = [index * n + position for index in flat for position in inside]
            count *= counted
        windows.append((flat, count))
    return windows


def sliding_windows(size, kernel_size, stride, padding, dilation, ceil_mode):
    """Return (output sizes, windows). `counted` includes padding, but nothing past it."""
    dims = len(size)
    kernel = per_axis(kernel_size, dims)
    stride = kernel if stride is None else per_axis(stride, dims)
    dilation = per_axis(dilation, dims)
    axes, outputs = [], []
    pairs = pads(padding, size, kernel, stride, dilation)
    for n, k, s, d, (before, after) in zip(size, kernel, stride, dilation, pairs, strict=True):
        windows = []
        for o in range(output_size(n, k, s, d, before, after, ceil_mode)):
            positions = [o * s - before + t * d for t in range(k)]
            inside = [p for p in positions if 0 <= p < n]
            windows.append((inside, sum(p < n + after for p in positions)))
        axes.append(windows)
        outputs.append(len(windows))
    return tuple(outputs), flat_windows(axes, size)


def adaptive_windows(size, output_size):
    """Return the windows of an adaptive pooling: i spans floor(i n / o)..ceil((i + 1) n / o)."""
    outputs = per_axis(output_size, len(size))
    axes = [
        [(range(i * n // o, -(-(i + 1) * n // o)), 1) for i in range(o)]
        for n, o in zip(size, outputs, strict=True)
    ]
    return outputs, flat_windows(axes, size)


def first_maximum(values):
    """Return the index of the first maximum. A NaN counts as larger than all numbers."""
    best = 0
    for i, value in enumerate(values):
        if value > values[best] or (isnan(value) and not isnan(values[best])):
            best = i
    return best


def rows_of(image, dims):
    """Return (N, C, *spatial) as one row per channel of each sample."""
    return image.reshape(math.prod(image.shape[:2]), math.prod(image.shape[2:]))


def reshaped(rows, image, outputs, squeeze):
    """Return rows as (N, C, *outputs), or without N."""
    result = rows.reshape(*image.shape[:2], *outputs)
    return result[0] if squeeze else result


def maxima(dims, input, windows_of, return_indices):
    """Return the maximum of every window, and its flat index."""
    original = np.asarray(input).dtype
    (input,) = widen(input)
    image, squeeze = with_batch(input, dims)
    outputs, windows = windows_of(image.shape[2:])
    rows = rows_of(image, dims)
    lowest = -np.inf if original.kind == "f" else np.iinfo(original).min
    values = np.full((len(rows), len(windows)), lowest, rows.dtype)
    indices = np.full(values.shape, -1, np.int64)
    for w, (flat, _) in enumerate(windows):
        for r, row in enumerate(rows):
            if flat:
                indices[r, w] = flat[first_maximum(row[flat].tolist())]
                values[r, w] = row[indices[r, w]]
    values = reshaped(values, image, outputs, squeeze)
    return (values, reshaped(indices, image, outputs, squeeze)) if return_indices else values


def max_pool(
    dims, input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
    return_indices=False,
):  # fmt: skip
    """Compute the maximum of every window."""

    def windows_of(size):
        return sliding_windows(size, kernel_size, stride, padding, dilation, ceil_mode)

    return maxima(dims, input, windows_of, return_indices)


def adaptive_max_pool(dims, input, output_size, return_indices=False):
    """Compute the maximum of a fixed number of windows."""
    return maxima(dims, input, lambda s: adaptive_windows(s, output_size), return_indices)


def as_float(array):
    """Return integers as float64, the dtype of their averages."""
    (array,) = widen(array)
    return array.astype(np.float64) if array.dtype.kind in "iu" else array


def divisor(flat, counted, count_include_pad, divisor_override):
    """Return the divisor of an average."""
    if divisor_override is not None:
        return divisor_override
    return counted if count_include_pad else len(flat)


def reduce_windows(dims, input, windows_of, reduce):
    """Return ``reduce(values, counted)`` of every window, where values has shape (rows, taps)."""
    image, squeeze = with_batch(as_float(input), dims)
    outputs, windows = windows_of(image.shape[2:])
    rows = rows_of(image, dims)
    values = np.empty((len(rows), len(windows)), rows.dtype)
    for w, (flat, counted) in enumerate(windows):
        values[:, w] = reduce(rows[:, flat], flat, counted)
    return reshaped(values, image, outputs, squeeze)


def avg_pool(
    dims, input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None, *, dilation=1,
):  # fmt: skip
    """Compute the average of every window."""

    def windows_of(size):
        return sliding_windows(size, kernel_size, stride, padding, dilation, ceil_mode)

    def average(values, flat, counted):
        with np.errstate(invalid="ignore"):
            return np.divide(
                values.sum(axis=1), divisor(flat, counted, count_include_pad, divisor_override)
            )

    return reduce_windows(dims, input, windows_of, average)


def adaptive_avg_pool(dims, input, output_size):
    """Compute the average of a fixed number of windows."""
    return reduce_windows(
        dims,
        input,
        lambda size: adaptive_windows(size, output_size),
        lambda values, flat, counted: values.mean(axis=1),
    )


def lp_pool(
    dims, input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0, dilation=1
):  # fmt: skip
    """Compute (sum |x|^p)^(1/p), or max |x| for p = inf."""

    def windows_of(size):
        return sliding_windows(size, kernel_size, stride, padding, dilation, ceil_mode)

    def norm(values, flat, counted):
        if norm_type == np.inf:
            return np.abs(values).max(axis=1, initial=0)
        return (np.abs(values) ** norm_type).sum(axis=1) ** (1 / norm_type)

    return reduce_windows(dims, input, windows_of, norm)


def max_unpool(dims, input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Write values to the positions of the maxima. The last of equal indices wins; skip -1."""
    (input,) = widen(input)
    image, squeeze = with_batch(input, dims)
    size = image.shape[2:]
    kernel = per_axis(kernel_size, dims)
    stride = kernel if stride is None else per_axis(stride, dims)
    if output_size is None:
        pairs = pads(padding, size, kernel, stride, (1,) * dims)
        outputs = tuple(
            (n - 1) * s + k - sum(pair)
            for n, k, s, pair in zip(size, kernel, stride, pairs, strict=True)
        )
    else:
        outputs = tuple(output_size)[-dims:]
    rows = rows_of(image, dims)
    result = np.zeros((len(rows), math.prod(outputs)), rows.dtype)
    for r, row_indices in enumerate(np.asarray(indices).reshape(rows.shape)):
        for w, index in enumerate(row_indices):
            if index != -1:
                result[r, index] = rows[r, w]
    return reshaped(result, image, outputs, squeeze)


max_pool1d, max_pool2d, max_pool3d = (partial(max_pool, dims) for dims in (1, 2, 3))
avg_pool1d, avg_pool2d, avg_pool3d = (partial(avg_pool, dims) for dims in (1, 2, 3))
lp_pool1d, lp_pool2d, lp_pool3d = (partial(lp_pool, dims) for dims in (1, 2, 3))
max_unpool1d, max_unpool2d, max_unpool3d = (partial(max_unpool, dims) for dims in (1, 2, 3))
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = (
    partial(adaptive_avg_pool, dims) for dims in (1, 2, 3)
)
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = (
    partial(adaptive_max_pool, dims) for dims in (1, 2, 3)
)
