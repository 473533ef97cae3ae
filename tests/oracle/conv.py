"""Convolutions of neural networks, which are cross-correlations."""

from functools import partial

import numpy as np

from .geometry import every_tap, output_size, padded, pads, per_axis, tap_slices, widen, with_batch


def activate(x, activation):
    """Apply the activation `name`."""
    if activation is None:
        return x
    if activation == "relu":
        return np.maximum(x, x.dtype.type(0))
    if activation == "relu6":
        return np.minimum(np.maximum(x, x.dtype.type(0)), x.dtype.type(6))
    if activation == "tanh":
        return np.tanh(x)
    if activation == "leaky_relu":
        return np.where(x < 0, x / x.dtype.type(100), x)
    if activation in ("hardswish", "hardsigmoid"):
        line = np.clip(x / 6 + x.dtype.type(0.5), 0, 1)
        return np.maximum(x, -3) * line if activation == "hardswish" else line
    with np.errstate(over="ignore"):
        sigmoid = 1 / (1 + np.exp(-x))
    return {"sigmoid": sigmoid, "silu": x * sigmoid}[activation]


def at_positions(values, outputs):
    """Return values for all positions from values per tile: position o has that of o mod tile."""
    for axis, size in enumerate(outputs, start=values.ndim - len(outputs)):
        values = np.take(values, np.arange(size) % values.shape[axis], axis=axis)
    return values


def finish(out, bias, add, activation, squeeze):
    """Add bias and residual, then apply the activation."""
    dims = out.ndim - 2
    if bias is not None:
        if bias.ndim == 1:
            bias = bias.reshape(bias.shape + (1,) * dims)
        out = out + at_positions(bias, out.shape[2:])
    if squeeze:
        out = out[0]
    if add is not None:
        out = out + np.asarray(add).astype(out.dtype)
    return activate(out, activation)


def pad_image(image, pairs, padding_mode):
    """Return the padded image (N, C, *spatial)."""
    for axis, (before, after) in enumerate(pairs, start=2):
        image = padded(image, axis, before, after, padding_mode)
    return image


def convolution(
    dims, input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros", activation=None, add=None,
):  # fmt: skip
    """Compute Z[n,k,o] = bias + sum over c, t of V[n, c, o s + t d] K[k, c, t]."""
    input, weight, bias = widen(input, weight, bias)
    image, squeeze = with_batch(input, dims)
    kernel, size = weight.shape[2:], image.shape[2:]
    stride, dilation = per_axis(stride, dims), per_axis(dilation, dims)
    pairs = pads(padding, size, kernel, stride, dilation)
    outputs = tuple(
        output_size(n, k, s, d, *pair)
        for n, k, s, d, pair in zip(size, kernel, stride, dilation, pairs, strict=True)
    )
    image = pad_image(image, pairs, padding_mode)
    channels, features = weight.shape[1], weight.shape[0] // groups
    out = np.zeros((len(image), weight.shape[0], *outputs), weight.dtype)
    for tap in every_tap(kernel):
        seen = image[(..., *tap_slices(tap, outputs, stride, dilation))]
        for g in range(groups):
            ins = slice(g * channels, (g + 1) * channels)
            outs = slice(g * features, (g + 1) * features)
            matrix = weight[(outs, slice(None), *tap)]
            out[:, outs] += np.einsum("nc...,kc->nk...", seen[:, ins], matrix)
    return finish(out, bias, add, activation, squeeze)


def transposed_size(size, kernel, stride, dilation, pairs, extra):
    """Return the output size of a transposed convolution."""
    return tuple(
        (n - 1) * s + d * (k - 1) + 1 - sum(pair) + e
        for n, k, s, d, pair, e in zip(size, kernel, stride, dilation, pairs, extra, strict=True)
    )


def transposed_convolution(
    dims, input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1, *,
    output_size=None, activation=None,
):  # fmt: skip
    """Add the kernel times each input value to an array, from position i s on, and crop it."""
    input, weight, bias = widen(input, weight, bias)
    image, squeeze = with_batch(input, dims)
    kernel, size = weight.shape[2:], image.shape[2:]
    stride, dilation = per_axis(stride, dims), per_axis(dilation, dims)
    pairs = pads(padding, size, kernel, stride, dilation)
    if output_size is None:
        extra = per_axis(output_padding, dims)
        outputs = transposed_size(size, kernel, stride, dilation, pairs, extra)
    else:
        outputs = tuple(output_size)[-dims:]
    features, channels = weight.shape[1], weight.shape[0] // groups
    reach = tuple(
        max((n - 1) * s + d * (k - 1) + 1, pair[0] + o)
        for n, k, s, d, pair, o in zip(size, kernel, stride, dilation, pairs, outputs, strict=True)
    )
    canvas = np.zeros((len(image), features * groups, *reach), weight.dtype)
    for tap in every_tap(kernel):
        where = tap_slices(tap, size, stride, dilation)
        for g in range(groups):
            ins = slice(g * channels, (g + 1) * channels)
            outs = slice(g * features, (g + 1) * features)
            matrix = weight[(ins, slice(None), *tap)]
            canvas[(slice(None), outs, *where)] += np.einsum(
                "nc...,ck->nk...", image[:, ins], matrix
            )
    crop = tuple(slice(b, b + o) for (b, _), o in zip(pairs, outputs, strict=True))
    return finish(canvas[(..., *crop)], bias, None, activation, squeeze)


def by_position(dims, input, weight, bias, stride, padding, activation):
    """Convolve with one kernel per position in a tile: weight (K, C, *k, *tiles)."""
    input, weight, bias = widen(input, weight, bias)
    image, squeeze = with_batch(input, dims)
    kernel, size = weight.shape[2 : 2 + dims], image.shape[2:]
    stride = per_axis(stride, dims)
    pairs = pads(padding, size, kernel, stride, (1,) * dims)
    outputs = tuple(
        output_size(n, k, s, 1, *pair)
        for n, k, s, pair in zip(size, kernel, stride, pairs, strict=True)
    )
    image = pad_image(image, pairs, "zeros")
    own = at_positions(weight, outputs)
    out = np.zeros((len(image), weight.shape[0], *outputs), weight.dtype)
    for tap in every_tap(kernel):
        seen = image[(..., *tap_slices(tap, outputs, stride, (1,) * dims))]
        kernels = own[(slice(None), slice(None), *tap)]
        out += np.einsum("nc...,kc...->nk...", seen, kernels)
    return finish(out, bias, None, activation, squeeze)


def local_convolution(
    dims, input, weight, bias=None, stride=1, padding=0, *, activation=None
):  # fmt: skip
    """Compute a local convolution: the kernel of output o is weight[..., o]."""
    return by_position(dims, input, weight, bias, stride, padding, activation)


def tiled_conv2d(input, weight, bias=None, stride=1, padding=0, *, activation=None):
    """Compute a tiled convolution: the kernel of output o is weight[..., o mod tile]."""
    return by_position(2, input, weight, bias, stride, padding, activation)


conv1d, conv2d, conv3d = (partial(convolution, dims) for dims in (1, 2, 3))
conv_transpose1d, conv_transpose2d, conv_transpose3d = (
    partial(transposed_convolution, dims) for dims in (1, 2, 3)
)
local_conv1d, local_conv2d = (partial(local_convolution, dims) for dims in (1, 2))
