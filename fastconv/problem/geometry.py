"""The one geometry every convolution kernel is written against.

    feature[n, k, o] = sum over c, t of image[n, c, table[o, t]] * weight[k, c, t (, o mod tile)]

An `Axis` is one spatial axis of it, a `Stencil` the whole. A forward convolution computes the
feature from the image; a transposed one and the input gradient compute the image from the feature;
the weight gradient comes from both. Strides, dilation, padding and every boundary are in
`Axis.table`, so a kernel that reads tables serves them all.
"""

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

#: what a position outside of the image reads: nothing (zeros, constant) or another position
BOUNDARIES = ("zeros", "constant", "reflect", "symmetric", "replicate", "circular")


def continued(index, size, boundary):
    """Map positions of an axis continued past its edges to positions inside, -1 for padding.

    Parameters
    ----------
    index : ndarray of int64
        Positions, any integers.
    size : int
        Length of the axis.
    boundary : str
        One of `BOUNDARIES`: ``reflect`` does not repeat the edge, ``symmetric`` does.
    """
    if boundary in ("zeros", "constant"):
        return np.where((index >= 0) & (index < size), index, -1)
    if boundary == "replicate":
        return np.clip(index, 0, size - 1)
    if boundary == "circular":
        return index % size
    if boundary == "symmetric":
        folded = index % (2 * size)
        return np.where(folded < size, folded, 2 * size - 1 - folded)
    if size == 1:  # there is no second position to reflect to
        return np.zeros_like(index)
    folded = index % (2 * size - 2)
    return np.where(folded < size, folded, 2 * size - 2 - folded)


@dataclass(frozen=True)
class Axis:
    """One spatial axis: feature `o` and tap `t` meet at image `o*stride + t*dilation - before`.

    `unit` elements lie side by side and are filtered alike, as the channels of an interleaved
    image: image, feature, dilation and before are multiples of it, and the stride is 1.
    """

    image: int
    feature: int
    taps: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    boundary: str = "zeros"
    tile: int = 1
    unit: int = 1

    @property
    def extent(self) -> int:
        """Image positions that one window spans."""
        return self.dilation * (self.taps - 1) + 1

    @property
    def read(self) -> int:
        """Positions that all windows together span, padding included."""
        return (self.feature - 1) * self.stride + self.extent

    @property
    def used(self) -> int:
        """Positions that some window reads, padding included: a large stride leaves gaps."""
        return min(self.read, self.feature * self.taps)

    @property
    def after(self) -> int:
        """Positions that the last window reads past the end; negative where it ends before it."""
        return self.read - self.before - self.image

    def interleaved(self, unit):
        """Return the axis with `unit` elements in the place of each; the stride must be 1."""
        sizes = (self.image * unit, self.feature * unit, self.taps, 1, self.dilation * unit)
        return Axis(*sizes, self.before * unit, self.boundary, self.tile, self.unit * unit)

    @property
    def passive(self) -> bool:
        """Whether nothing moves along it."""
        kept = self.taps == self.stride == self.tile == 1 and self.before == 0
        return kept and self.image == self.feature

    def at(self, index):
        """Return the image index at positions from the first of the image on, -1 for padding."""
        if self.unit == 1:
            return continued(index, self.image, self.boundary)
        whole = continued(index // self.unit, self.image // self.unit, self.boundary)
        return np.where(whole < 0, -1, whole * self.unit + index % self.unit)

    def table(self, positions=None):
        """Return the image index of every (feature position, tap), -1 for padding: int64.

        `positions` are the feature positions asked for, by default all.
        """
        if positions is None:
            positions = np.arange(self.feature, dtype=np.int64)
        start = positions[:, None] * self.stride - self.before
        reach = np.arange(self.taps, dtype=np.int64) * self.dilation
        return self.at(start + reach)

    def line(self):
        """Return the image index of every padded coordinate that a window touches, -1 for padding.

        Feature position `o` and tap `t` meet at padded coordinate ``o*stride + t*dilation``.
        """
        span = (self.feature - 1) * self.stride + self.extent
        return self.at(np.arange(span, dtype=np.int64) - self.before)


@dataclass(frozen=True)
class Stencil:
    """Sizes and roles of one convolution, whatever function of the public API asked for it."""

    role: str  # "fwd", "input", "weight", "bias": which of feature, image, weight is computed
    n: int
    groups: int
    image_channels: int
    feature_channels: int
    axes: tuple[Axis, ...]

    @cached_property
    def image_shape(self) -> tuple[int, ...]:
        return (self.n, self.image_channels, *(a.image for a in self.axes))

    @cached_property
    def feature_shape(self) -> tuple[int, ...]:
        return (self.n, self.feature_channels, *(a.feature for a in self.axes))

    @cached_property
    def weight_shape(self) -> tuple[int, ...]:
        tiles = tuple(a.tile for a in self.axes)
        channels = (self.feature_channels, self.image_channels // self.groups)
        taps = tuple(a.taps for a in self.axes)
        return channels + taps + (tiles if prod(tiles) > 1 else ())

    @cached_property
    def out_shape(self) -> tuple[int, ...]:
        """Shape of what is computed (a bias gradient excepted)."""
        return {
            "fwd": self.feature_shape,
            "input": self.image_shape,
            "weight": self.weight_shape,
        }.get(self.role, self.feature_shape)

    @cached_property
    def multiply_adds(self) -> int:
        """Multiply-adds of the definition, padding included."""
        taps = prod(a.taps for a in self.axes)
        if self.role == "bias":
            taps = 0
        return prod(self.feature_shape) * max(1, taps * (self.image_channels // self.groups))
