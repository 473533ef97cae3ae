"""unfold, fold, weighted_pool2d and maxout."""

import numpy as np

from .conv import pad_image
from .geometry import every_tap, output_size, pads, per_axis, tap_slices, widen, with_batch
from .pool import first_maximum


def kernel_of(kernel_size):
    """Return kernel_size as a tuple. An int stands for two dimensions, as in PyTorch."""
    if isinstance(kernel_size, (int, np.integer)):
        return (int(kernel_size),) * 2
    return tuple(int(k) for k in kernel_size)


def blocks_of(size, kernel, dilation, padding, stride):
    """Return (pairs, number of blocks per axis, stride, dilation)."""
    dims = len(kernel)
    stride, dilation = per_axis(stride, dims), per_axis(dilation, dims)
    pairs = pads(padding, size, kernel, stride, dilation)
    blocks = tuple(
        output_size(n, k, s, d, *pair)
        for n, k, s, d, pair in zip(size, kernel, stride, dilation, pairs, strict=True)
    )
    return pairs, blocks, stride, dilation


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Return patches as columns: (N, C prod(k), L), with rows by (channel, kernel position)."""
    kernel = kernel_of(kernel_size)
    (input,) = widen(input)
    image, squeeze = with_batch(input, len(kernel))
    pairs, blocks, stride, dilation = blocks_of(image.shape[2:], kernel, dilation, padding, stride)
    image = pad_image(image, pairs, "zeros")
    batch, channels = image.shape[:2]
    taps = [
        image[(..., *tap_slices(tap, blocks, stride, dilation))].reshape(batch, channels, -1)
        if batch
        else np.zeros((0, channels, int(np.prod(blocks))), image.dtype)
        for tap in every_tap(kernel)
    ]
    columns = np.stack(taps, axis=2)
    columns = columns.reshape(batch, channels * len(taps), columns.shape[-1])
    return columns[0] if squeeze else columns


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Add patches to the positions that unfold took them from."""
    kernel = kernel_of(kernel_size)
    size = per_axis(output_size, len(kernel))
    (input,) = widen(input)
    columns, squeeze = with_batch(input, 1)
    pairs, blocks, stride, dilation = blocks_of(size, kernel, dilation, padding, stride)
    taps = every_tap(kernel)
    batch, channels = len(columns), columns.shape[1] // len(taps)
    columns = columns.reshape(batch, channels, len(taps), *blocks)
    reach = tuple(n + sum(pair) for n, pair in zip(size, pairs, strict=True))
    canvas = np.zeros((batch, channels, *reach), columns.dtype)
    for number, tap in enumerate(taps):
        canvas[(..., *tap_slices(tap, blocks, stride, dilation))] += columns[:, :, number]
    crop = tuple(slice(b, b + n) for (b, _), n in zip(pairs, size, strict=True))
    result = canvas[(..., *crop)]
    return result[0] if squeeze else result


def weighted_pool2d(input, weights, stride=None, padding=0):
    """Compute sums of w x over windows, with the same weights for every channel."""
    input, weights = widen(input, weights)
    if input.dtype.kind in "iu":
        input, weights = input.astype(np.float64), weights.astype(np.float64)
    image, squeeze = with_batch(input, 2)
    stride = weights.shape if stride is None else stride
    pairs, blocks, stride, dilation = blocks_of(image.shape[2:], weights.shape, 1, padding, stride)
    image = pad_image(image, pairs, "zeros")
    out = np.zeros((*image.shape[:2], *blocks), image.dtype)
    for tap in every_tap(weights.shape):
        out += weights[tap] * image[(..., *tap_slices(tap, blocks, stride, dilation))]
    return out[0] if squeeze else out


def group_winners(input, groups, axis):
    """Return the input with channels last, and the index of the maximum of every group."""
    last = np.moveaxis(input, axis, -1)
    size = last.shape[-1] // groups
    winners = np.zeros((*last.shape[:-1], groups), np.int64)
    for where in np.ndindex(*winners.shape):
        first = where[-1] * size
        values = last[where[:-1]][first : first + size].tolist()
        winners[where] = first + first_maximum(values)
    return last, winners


def maxout(input, groups, axis=1):
    """Compute the maxima of `groups` groups of channels. The first of equal values wins."""
    (input,) = widen(input)
    last, winners = group_winners(input, groups, axis)
    return np.moveaxis(np.take_along_axis(last, winners, axis=-1), -1, axis)
