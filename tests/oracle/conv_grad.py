"""Gradients of convolutions, computed tap by tap from the definition.

Complex operands are conjugated as in PyTorch. Sizes are full shapes.
"""

import numpy as np

from .conv import at_positions, pad_image
from .geometry import every_tap, pads, per_axis, source, tap_slices, widen, with_batch


class Taps:
    """The input positions that each tap of a sliding kernel reads."""

    def __init__(self, size, outputs, kernel, stride, padding, dilation, boundary="zeros"):
        dims = len(size)
        self.size, self.outputs, self.kernel = tuple(size), tuple(outputs), tuple(kernel)
        self.stride, self.dilation = per_axis(stride, dims), per_axis(dilation, dims)
        self.pairs = pads(padding, size, kernel, self.stride, self.dilation)
        self.boundary = boundary

    def gather(self, image, tap):
        """Return the input values that a tap is multiplied by: (N, C, *outputs)."""
        image = pad_image(image, self.pairs, self.boundary)
        return image[(..., *tap_slices(tap, self.outputs, self.stride, self.dilation))]

    def scatter(self, image, tap, values):
        """Add values (N, C, *outputs) to the input positions that a tap reads."""
        index, kept = [], []
        for a, t in enumerate(tap):
            where = [
                source(
                    o * self.stride[a] + t * self.dilation[a] - self.pairs[a][0],
                    self.size[a],
                    self.boundary,
                )
                for o in range(self.outputs[a])
            ]
            kept.append([o for o, i in enumerate(where) if i >= 0])
            index.append([i for i in where if i >= 0])
        everything = (np.arange(image.shape[0]), np.arange(image.shape[1]))
        np.add.at(image, np.ix_(*everything, *index), values[np.ix_(*everything, *kept)])


def products(first, second):
    """Return sums of products over batch and positions for every pair of channels."""
    axes = "xyz"[: first.ndim - 2]
    return np.einsum(f"na{axes},nb{axes}->ab", first, second)


def conv_input(
    dims, input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros",
):  # fmt: skip
    """Compute h[n, c, o s + t d] += sum over k of conj(K[k, c, t]) G[n, k, o]."""
    weight, grad_output = widen(weight, grad_output)
    grad, squeeze = with_batch(grad_output, dims)
    size, kernel = tuple(input_size)[-dims:], weight.shape[2:]
    taps = Taps(size, grad.shape[2:], kernel, stride, padding, dilation, padding_mode)
    channels, features = weight.shape[1], weight.shape[0] // groups
    result = np.zeros((len(grad), channels * groups, *size), grad.dtype)
    for tap in every_tap(kernel):
        for g in range(groups):
            outs = slice(g * features, (g + 1) * features)
            matrix = weight[(outs, slice(None), *tap)].conj()
            values = np.einsum("nk...,kc->nc...", grad[:, outs], matrix)
            taps.scatter(result[:, g * channels : (g + 1) * channels], tap, values)
    return result[0] if squeeze else result


def conv_weight(
    dims, input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1, *,
    padding_mode="zeros",
):  # fmt: skip
    """Compute g[k, c, t] = sum over n, o of conj(V[n, c, o s + t d]) G[n, k, o]."""
    input, grad_output = widen(input, grad_output)
    (image, _), (grad, _) = with_batch(input, dims), with_batch(grad_output, dims)
    kernel, channels = tuple(weight_size[2:]), weight_size[1]
    features = weight_size[0] // groups
    taps = Taps(
        image.shape[2:], grad.shape[2:], kernel, stride, padding, dilation, padding_mode
    )  # fmt: skip
    result = np.zeros(tuple(weight_size), image.dtype)
    for tap in every_tap(kernel):
        seen = taps.gather(image, tap).conj()
        for g in range(groups):
            ins = slice(g * channels, (g + 1) * channels)
            outs = slice(g * features, (g + 1) * features)
            result[(outs, slice(None), *tap)] = products(grad[:, outs], seen[:, ins])
    return result


def conv_bias(dims, grad_output, *, per_position=False):
    """Return sums over all positions that share an entry of the bias."""
    (grad_output,) = widen(grad_output)
    grad, _ = with_batch(grad_output, dims)
    return grad.sum(axis=0 if per_position else (0, *range(2, dims + 2)))


def conv_transpose_bias(dims, grad_output):
    """Return the sum of each channel."""
    return conv_bias(dims, grad_output)


def tiled_conv2d_bias(grad_output, tiles=None):
    """Return the sum of each channel, or of each channel and position in the tile."""
    per_position = conv_bias(2, grad_output, per_position=True)
    return per_position.sum(axis=(1, 2)) if tiles is None else over_tiles(per_position, tiles)


def conv_transpose_input(
    dims, input_size, weight, grad_output, stride=1, padding=0, output_padding=0, groups=1,
    dilation=1,
):  # fmt: skip
    """Compute h[n, c, i] = sum over k, t of conj(K[c, k, t]) G[n, k, i s + t d - before]."""
    weight, grad_output = widen(weight, grad_output)
    grad, squeeze = with_batch(grad_output, dims)
    size, kernel = tuple(input_size)[-dims:], weight.shape[2:]
    taps = Taps(grad.shape[2:], size, kernel, stride, padding, dilation)
    features, channels = weight.shape[1], weight.shape[0] // groups
    result = np.zeros((len(grad), channels * groups, *size), grad.dtype)
    for tap in every_tap(kernel):
        seen = gather_clipped(taps, grad, tap)
        for g in range(groups):
            ins = slice(g * channels, (g + 1) * channels)
            outs = slice(g * features, (g + 1) * features)
            matrix = weight[(ins, slice(None), *tap)].conj()
            result[:, ins] += np.einsum("nk...,ck->nc...", seen[:, outs], matrix)
    return result[0] if squeeze else result


def conv_transpose_weight(
    dims, input, weight_size, grad_output, stride=1, padding=0, output_padding=0, groups=1,
    dilation=1,
):  # fmt: skip
    """Compute g[c, k, t] = sum over n, i of conj(V[n, c, i]) G[n, k, i s + t d - before]."""
    input, grad_output = widen(input, grad_output)
    (image, _), (grad, _) = with_batch(input, dims), with_batch(grad_output, dims)
    kernel, features = tuple(weight_size[2:]), weight_size[1]
    channels = weight_size[0] // groups
    taps = Taps(grad.shape[2:], image.shape[2:], kernel, stride, padding, dilation)
    result = np.zeros(tuple(weight_size), image.dtype)
    for tap in every_tap(kernel):
        seen = gather_clipped(taps, grad, tap)
        for g in range(groups):
            ins = slice(g * channels, (g + 1) * channels)
            outs = slice(g * features, (g + 1) * features)
            result[(ins, slice(None), *tap)] = products(image[:, ins].conj(), seen[:, outs])
    return result


def gather_clipped(taps, grad, tap):
    """Return what `Taps.gather` returns, with zeros for outputs past the padding."""
    reach = [
        (o - 1) * s + d * (k - 1) + 1
        for o, s, d, k in zip(taps.outputs, taps.stride, taps.dilation, taps.kernel, strict=True)
    ]
    grad = pad_image(
        grad,
        [(b, max(r - b - n, 0)) for (b, _), r, n in zip(taps.pairs, reach, taps.size, strict=True)],
        "zeros",
    )
    return grad[(..., *tap_slices(tap, taps.outputs, taps.stride, taps.dilation))]


def over_tiles(values, tiles):
    """Sum all positions with the same position in the tile (the adjoint of at_positions)."""
    dims = len(tiles)
    lead = values.shape[: values.ndim - dims]
    result = np.zeros((*lead, *tiles), values.dtype)
    for position in np.ndindex(*values.shape[values.ndim - dims :]):
        tile = tuple(p % t for p, t in zip(position, tiles, strict=True))
        result[(..., *tile)] += values[(..., *position)]
    return result


def by_position_input(dims, input_size, weight, grad_output, stride=1, padding=0):
    """Compute conv_input with another kernel for every output position."""
    weight, grad_output = widen(weight, grad_output)
    grad, squeeze = with_batch(grad_output, dims)
    size, kernel = tuple(input_size)[-dims:], weight.shape[2 : 2 + dims]
    taps = Taps(size, grad.shape[2:], kernel, stride, padding, 1)
    own = at_positions(weight, grad.shape[2:]).conj()
    result = np.zeros((len(grad), weight.shape[1], *size), grad.dtype)
    for tap in every_tap(kernel):
        values = np.einsum("nk...,kc...->nc...", grad, own[(slice(None), slice(None), *tap)])
        taps.scatter(result, tap, values)
    return result[0] if squeeze else result


def by_position_weight(dims, input, weight_size, grad_output, stride=1, padding=0):
    """Compute conv_weight, summed over the positions that share a kernel."""
    input, grad_output = widen(input, grad_output)
    (image, _), (grad, _) = with_batch(input, dims), with_batch(grad_output, dims)
    kernel, tiles = tuple(weight_size[2 : 2 + dims]), tuple(weight_size[2 + dims :])
    taps = Taps(image.shape[2:], grad.shape[2:], kernel, stride, padding, 1)
    result = np.zeros(tuple(weight_size), image.dtype)
    for tap in every_tap(kernel):
        own = np.einsum("nc...,nk...->kc...", taps.gather(image, tap).conj(), grad)
        result[(slice(None), slice(None), *tap)] = over_tiles(own, tiles)
    return result
