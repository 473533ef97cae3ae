"""The geometry that all convolution kernels share.

    feature[n, k, o] = sum over c, t of image[n, c, table[o, t]] * weight[k, c, t (, o mod tile)]

A `Stencil` describes this sum, and an `Axis` one spatial axis of it. A forward convolution computes
the feature from the image. A transposed convolution and the input gradient compute the image from
the feature. The weight gradient is computed from both. `Axis.table` contains stride, dilation,
padding and boundary, so a kernel that reads the table works for all of them.
"""

from math import prod

import numpy as np

from .records import lazily, record

#: an axis of up to so many values at the end, not filtered, is merged into the axis before it
INTERLEAVED = 16
#: what a position outside the image reads: a constant, or the value at another position
BOUNDARIES = ("zeros", "constant", "reflect", "symmetric", "replicate", "circular")


def continued(index, size, boundary):
    """Return the position inside an axis whose value each position reads, -1 for padding.

    Parameters
    ----------
    index : ndarray of int64
        Positions, which may lie outside the axis on either side.
    size : int
        Length of the axis.
    boundary : str
        One of `BOUNDARIES`. ``reflect`` does not repeat the element at the edge, ``symmetric``
        does.
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


@record
class Axis:
    """One spatial axis of a `Stencil`.

    Feature position `o` and tap `t` read image position ``o*stride + t*dilation - before``.

    Parameters
    ----------
    image, feature : int
        Number of positions of the image and of the feature.
    taps : int
        Number of taps of the kernel.
    stride, dilation : int
    before : int
        Padding before the image. A negative number skips positions.
    boundary : str
        One of `BOUNDARIES`.
    tile : int
        Number of different kernels along the axis; feature position `o` has kernel ``o % tile``.
    unit : int
        Number of channels of a channels-last image that are merged into the axis. `image`,
        `feature`, `dilation` and `before` are then multiples of it, and `stride` is 1.
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
        """Number of positions that one window spans."""
        return self.dilation * (self.taps - 1) + 1

    @property
    def read(self) -> int:
        """Number of positions that all windows together span, padding included."""
        return (self.feature - 1) * self.stride + self.extent

    @property
    def used(self) -> int:
        """Upper bound on the positions that windows read, padding included.

        A large stride or dilation leaves positions that no window reads.
        """
        return min(self.read, self.feature * self.taps)

    @property
    def after(self) -> int:
        """Number of positions past the end that windows read; negative if they end before it."""
        return self.read - self.before - self.image

    def interleaved(self, unit):
        """Return the axis with `unit` elements instead of each element. The stride must be 1."""
        sizes = (self.image * unit, self.feature * unit, self.taps, 1, self.dilation * unit)
        return Axis(*sizes, self.before * unit, self.boundary, self.tile, self.unit * unit)

    @property
    def unfiltered(self) -> bool:
        """Whether the axis is not filtered: its feature positions are its image positions."""
        kept = self.taps == self.stride == self.tile == 1 and self.before == 0
        return kept and self.image == self.feature

    @property
    def single(self) -> bool:
        """Whether image, feature and kernel have one position along the axis."""
        return self.image == self.feature == self.taps == 1 and self.before == 0

    def at(self, index):
        """Return the image index that each position reads, -1 for padding. 0 is the first one."""
        if self.unit == 1:
            return continued(index, self.image, self.boundary)
        whole = continued(index // self.unit, self.image // self.unit, self.boundary)
        return np.where(whole < 0, -1, whole * self.unit + index % self.unit)

    def table(self, positions=None):
        """Return the image index that each feature position and tap read, -1 for padding.

        Parameters
        ----------
        positions : ndarray of int64, optional
            Feature positions. The default is all.

        Returns
        -------
        ndarray of int64, shape (len(positions), taps)
        """
        if positions is None:
            positions = np.arange(self.feature, dtype=np.int64)
        start = positions[:, None] * self.stride - self.before
        reach = np.arange(self.taps, dtype=np.int64) * self.dilation
        return self.at(start + reach)

    def line(self):
        """Return the image index of every padded coordinate that windows span, -1 for padding.

        Feature position `o` and tap `t` read padded coordinate ``o*stride + t*dilation``.
        """
        span = (self.feature - 1) * self.stride + self.extent
        return self.at(np.arange(span, dtype=np.int64) - self.before)


def without_single(axes):
    """Return the axes that are not single, or the last one if all are.

    Kernels run along the last axis, so one of a single position after a long one would be slow.
    """
    if not any([a.image == 1 for a in axes]):
        return tuple(axes)
    return tuple([a for a in axes if not a.single]) or tuple(axes[-1:])


def with_short_end(axes):
    """Return the axes, of which the last is merged into the one before if it is short.

    It must not be filtered. Colours are such an axis: rows of a few values would be slow.
    """
    axes = list(axes)
    while len(axes) > 1 and axes[-1].unfiltered and axes[-1].image <= INTERLEAVED:
        if axes[-2].stride > 1:
            break
        unit = axes.pop().image
        axes[-1] = axes[-1].interleaved(unit)
    return tuple(axes)


def in_three(axes):
    """Return a batch size and axes: more than three become fewer if some are not filtered.

    The first ones become the batch, and neighbours become one axis.
    """
    lead, axes = 1, list(axes)
    while len(axes) > 3 and axes[0].unfiltered:
        lead *= axes.pop(0).image
    i = 1
    while len(axes) > 3 and i < len(axes):
        if axes[i - 1].unfiltered and axes[i].unfiltered:
            size = axes[i - 1].image * axes.pop(i).image
            axes[i - 1] = Axis(size, size, 1)
        else:
            i += 1
    return lead, tuple(axes)


@record
class Stencil:
    """Sizes of one convolution, and which of its arrays is computed.

    Parameters
    ----------
    role : {"fwd", "input", "weight", "bias"}
        What is computed: the feature, the image, the weight, or sums over the feature.
    n, groups : int
        Batch size and number of groups.
    image_channels, feature_channels : int
    axes : tuple of Axis
    """

    role: str  # "fwd", "input", "weight", "bias": which of feature, image, weight is computed
    n: int
    groups: int
    image_channels: int
    feature_channels: int
    axes: tuple[Axis, ...]

    @lazily
    def image_shape(self) -> tuple[int, ...]:
        return (self.n, self.image_channels, *(a.image for a in self.axes))

    @lazily
    def feature_shape(self) -> tuple[int, ...]:
        return (self.n, self.feature_channels, *(a.feature for a in self.axes))

    @lazily
    def weight_shape(self) -> tuple[int, ...]:
        tiles = tuple(a.tile for a in self.axes)
        channels = (self.feature_channels, self.image_channels // self.groups)
        taps = tuple(a.taps for a in self.axes)
        return channels + taps + (tiles if prod(tiles) > 1 else ())

    @lazily
    def out_shape(self) -> tuple[int, ...]:
        """Shape of the array that is computed. For a bias gradient it is the feature's."""
        return {
            "fwd": self.feature_shape,
            "input": self.image_shape,
            "weight": self.weight_shape,
        }.get(self.role, self.feature_shape)

    @lazily
    def taps(self) -> int:
        """Number of taps of one kernel."""
        return prod([a.taps for a in self.axes])

    @lazily
    def pixels(self) -> int:
        """Number of positions of one channel of the feature."""
        return prod([a.feature for a in self.axes])

    @lazily
    def tiled(self) -> bool:
        """Whether the kernel changes from position to position."""
        return any([a.tile != 1 for a in self.axes])

    @lazily
    def multiply_adds(self) -> int:
        """Number of multiply-adds in the definition. Products with padding count."""
        taps = 0 if self.role == "bias" else self.taps
        features = self.n * self.feature_channels * self.pixels
        return features * max(1, taps * (self.image_channels // self.groups))
