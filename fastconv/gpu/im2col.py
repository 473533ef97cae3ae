"""im2col: images are unfolded block by block, and cuBLAS multiplies them with the weights.

References
----------
K. Chellapilla, S. Puri and P. Simard, "High performance convolutional neural networks for document
processing", Frontiers in Handwriting Recognition, 2006.
"""

from math import prod, sqrt

from ..algorithms.base import refuses_axes, rounding
from ..problem.arrays import DTYPES
from .base import DeviceAlgorithm, operands
from .naive import Definition
from .unfold import Unfolding, too_large

#: bytes that are unfolded at once: few enough for the second-level cache, enough for cuBLAS
_BLOCK_BYTES = 64 << 20
#: share of the peak that cuBLAS reaches on large products
_SHARE = 0.75
#: terms of a sum that reach half of that share
_HALF = 64


def product_bound(problem, terms):
    """Return the error bound of sums of `terms` products in one chain, as cuBLAS may add them."""
    f32 = problem.compute in ("f32", "c64")
    least, growth = (1e-6, 4e-8) if f32 else (2e-15, 7.5e-17)
    return max(least, growth * sqrt(terms)) + rounding(problem)


class Im2col(DeviceAlgorithm):
    """Unfold a block of images, multiply."""

    name = "im2col"
    dtypes = ("f32", "f64", "c64", "c128")
    dtype_reason = "cuBLAS has no integers of 64 bits"
    # spreads_nan stays False: a sum has no other inputs than those of its window

    def refuses(self, problem):
        s = problem.stencil
        if s.role not in ("fwd", "weight"):
            return "forward convolutions and weight gradients only"
        reason = refuses_axes(s)
        if reason is not None:
            return reason
        if s.role == "weight" and any(a.boundary == "constant" for a in s.axes):
            return "padding with a constant"
        if problem.compute in ("f32", "c64") and self.runtime.reduced_precision():
            return self.runtime.reduced_precision()
        return too_large(s.axes, s.image_channels)

    def cost(self, problem, machine, threads):
        s = problem.stencil
        terms = self._terms(s)
        rounds = -(-s.n // self._chunk(problem))
        narrow = min(1.0, s.feature_channels // s.groups / 64)
        share = _SHARE * terms / (terms + _HALF) * max(narrow, 0.05)
        moved = problem.bytes + 2 * s.n * self._columns(problem)  # written, and read again
        tiles = s.n * s.groups * -(-prod(a.feature for a in s.axes) // 128)
        tiles *= -(-s.feature_channels // s.groups // 128)
        seconds = machine.seconds(problem, s.multiply_adds, moved, share, tiles)
        return rounds * (machine.launch + machine.library * s.groups**0.5) + seconds

    def error_bound(self, problem):
        s = problem.stencil
        if s.role == "weight":
            return product_bound(problem, prod(a.feature for a in s.axes))
        taps = prod(a.taps for a in s.axes)
        return product_bound(problem, s.image_channels // s.groups * taps)

    def workspace(self, problem, threads):
        s = problem.stencil
        size = self._chunk(problem) * self._columns(problem)
        if s.role == "weight":
            weights = prod(s.weight_shape) * DTYPES[problem.compute].itemsize
            size += (self._chunk(problem) + 2) * weights
        return size

    def bind(self, problem):
        s = problem.stencil
        xp, dtype = self.runtime.xp, DTYPES[problem.compute]
        chunk, definition = self._chunk(problem), Definition(self, problem)
        g, k, rows = s.groups, s.feature_channels // s.groups, self._terms(s)
        pixels = prod(a.feature for a in s.axes)
        plain = self._plain(s)
        unfold = Unfolding(self, problem, s.axes, s.image_channels)

        def columns(image, fill=0):
            if plain:
                return image.reshape(-1, g, rows, pixels)
            result = xp.empty((image.shape[0], g, rows, pixels), dtype)
            unfold(image, result, dtype.type(fill))
            return result

        def run(arrays, prepared, out, threads):
            image, _, weight = operands(problem, arrays, out)
            image = image.reshape(s.image_shape)
            if problem.conjugate:
                weight = weight.conj()
            weight = weight.reshape(1, g, k, rows)
            feature = out.reshape(s.n, g, k, pixels)
            fill = arrays[4] if len(arrays) > 4 and arrays[4] is not None else 0
            for n in range(0, s.n, chunk):
                part = slice(n, n + chunk)
                xp.matmul(weight, columns(image[part], fill), out=feature[part])
            definition.finish(arrays, out)

        def run_weight(arrays, prepared, out, threads):
            image, feature, _ = operands(problem, arrays, out)
            transposed = getattr(problem, "op", None) == "conv_transpose"
            image, feature = image.reshape(s.image_shape), feature.reshape(s.n, g, k, pixels)
            total = xp.zeros((g, k, rows), dtype)
            for n in range(0, s.n, chunk):
                part = slice(n, n + chunk)
                x, y = columns(image[part]), feature[part]
                if problem.conjugate:
                    x, y = (x, y.conj()) if transposed else (x.conj(), y)
                total += xp.matmul(y, x.swapaxes(2, 3)).sum(axis=0)
            out.reshape(g, k, rows)[...] = total

        return run_weight if s.role == "weight" else run

    @staticmethod
    def _plain(s):
        """Return whether the image is its own matrix: one tap, no stride, no padding."""
        return all(
            a.taps == 1 and a.stride == 1 and a.before == 0 and a.image == a.feature for a in s.axes
        )

    @staticmethod
    def _terms(s):
        """Return the number of products in a sum."""
        return s.image_channels // s.groups * prod(a.taps for a in s.axes)

    def _columns(self, problem):
        """Return the bytes of one image, unfolded."""
        s = problem.stencil
        values = s.image_channels * prod(a.taps * a.feature for a in s.axes)
        return values * DTYPES[problem.compute].itemsize

    def _chunk(self, problem):
        """Return the number of images that are unfolded at once."""
        return max(1, min(problem.stencil.n, _BLOCK_BYTES // self._columns(problem)))
