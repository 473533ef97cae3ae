"""Gradients of poolings, window by window: to the maximum, or to all elements of a window."""

import numpy as np

from .conv_grad import Taps
from .geometry import every_tap, widen, with_batch
from .pool import (
    adaptive_windows,
    as_float,
    divisor,
    first_maximum,
    reshaped,
    rows_of,
    sliding_windows,
)
from .reshaping import group_winners


def at_indices(dims, grad_output, indices, input_size):
    """Compute the gradient of a maximum, which is added at its index. -1 is skipped."""
    (grad_output,) = widen(grad_output)
    grad, squeeze = with_batch(grad_output, dims)
    size = tuple(input_size)[-dims:]
    rows = rows_of(grad, dims)
    result = np.zeros((len(rows), int(np.prod(size))), grad.dtype)
    for r, row_indices in enumerate(np.asarray(indices).reshape(rows.shape)):
        for w, index in enumerate(row_indices):
            if index != -1:
                np.add.at(result[r], index, rows[r, w])
    return reshaped(result, grad, size, squeeze)


def from_indices(dims, grad_output, indices, input_size):
    """Compute the gradient of unpooling: the value at each index, or 0 for index -1."""
    (grad_output,) = widen(grad_output)
    grad, squeeze = with_batch(grad_output, dims)
    size = tuple(input_size)[-dims:]
    rows = rows_of(grad, dims)
    indices = np.asarray(indices).reshape(len(rows), int(np.prod(size)))
    result = np.zeros(indices.shape, grad.dtype)
    for r, row_indices in enumerate(indices):
        for w, index in enumerate(row_indices):
            if index != -1:
                result[r, w] = rows[r, index]
    return reshaped(result, grad, size, squeeze)


def spread(dims, grad_output, size, windows, share):
    """Add every window's gradient to its inputs, times the weights ``share(flat, counted)``."""
    grad, squeeze = with_batch(grad_output, dims)
    rows = rows_of(grad, dims)
    result = np.zeros((len(rows), int(np.prod(size))), grad.dtype)
    for w, (flat, counted) in enumerate(windows):
        for index in flat:
            result[:, index] += rows[:, w] / share(flat, counted)
    return reshaped(result, grad, size, squeeze)


def avg_pool_input(
    dims, grad_output, input_size, kernel_size, stride=None, padding=0, ceil_mode=False,
    count_include_pad=True, divisor_override=None, *, dilation=1,
):  # fmt: skip
    """Every input of a window receives an equal share."""
    size = tuple(input_size)[-dims:]
    _, windows = sliding_windows(size, kernel_size, stride, padding, dilation, ceil_mode)

    def share(flat, counted):
        return divisor(flat, counted, count_include_pad, divisor_override)

    return spread(dims, as_float(grad_output), size, windows, share)


def adaptive_avg_pool_input(dims, grad_output, input_size):
    """Every input of a window receives an equal share."""
    size = tuple(input_size)[-dims:]
    grad_output = as_float(grad_output)
    _, windows = adaptive_windows(size, grad_output.shape[-dims:])
    return spread(dims, grad_output, size, windows, lambda flat, counted: len(flat))


def lp_pool_input(
    dims, grad_output, input, norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0,
    dilation=1,
):  # fmt: skip
    """Compute sign(x) (|x| / y)^(p - 1), and 0 at x = 0.

    For p = inf it is the sign, at the first maximum only.
    """
    grad, squeeze = with_batch(as_float(grad_output), dims)
    image, _ = with_batch(as_float(input), dims)
    size = image.shape[2:]
    _, windows = sliding_windows(size, kernel_size, stride, padding, dilation, ceil_mode)
    rows, grads = rows_of(image, dims), rows_of(grad, dims)
    result = np.zeros_like(rows)
    for r, row in enumerate(rows):
        for w, (flat, _) in enumerate(windows):
            sizes = [abs(row[i]) for i in flat]
            if not any(sizes):
                continue
            if norm_type == np.inf:
                index = flat[first_maximum(sizes)]
                result[r, index] += grads[r, w] * np.sign(row[index])
                continue
            largest = max(sizes)  # else powers would magnify rounding
            norm = largest * sum((v / largest) ** norm_type for v in sizes) ** (1 / norm_type)
            for index in flat:
                if row[index] != 0:
                    slope = np.sign(row[index]) * (abs(row[index]) / norm) ** (norm_type - 1)
                    result[r, index] += grads[r, w] * slope
    return reshaped(result, image, size, squeeze)


def weighted_pool2d_input(grad_output, input_size, weights, stride=None, padding=0):
    """Compute h[o s + t] += conj(w[t]) G[o] for each channel."""
    grad_output, weights = widen(grad_output, weights)
    grad, squeeze = with_batch(as_float(grad_output), 2)
    size = tuple(input_size)[-2:]
    stride = weights.shape if stride is None else stride
    taps = Taps(size, grad.shape[2:], weights.shape, stride, padding, 1)
    result = np.zeros((*grad.shape[:2], *size), grad.dtype)
    for tap in every_tap(weights.shape):
        taps.scatter(result, tap, grad * weights[tap].conj())
    return result[0] if squeeze else result


def maxout_input(grad_output, input, groups, axis=1):
    """Compute the gradient of maxout, which is added at the first maximum of every group."""
    grad_output, input = widen(grad_output, input)
    last, winners = group_winners(input, groups, axis)
    result = np.zeros(last.shape, grad_output.dtype)
    np.put_along_axis(result, winners, np.moveaxis(grad_output, axis, -1), axis=-1)
    return np.moveaxis(result, -1, axis)
