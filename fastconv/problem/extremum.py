"""ExtremumProblem: a maximum or minimum filter of an N-D image, as in `scipy.ndimage`."""

from dataclasses import replace
from math import prod
from typing import NamedTuple

from .arrays import DTYPES
from .pooling import PoolProblem
from .records import lazily, record
from .window import NUMPY_NAMES, WindowProblem

OPS = ("ndimage.maximum_filter", "ndimage.minimum_filter")

#: with borders, an image that is larger than so many bytes may grow by so many times
_LARGE, _GROWTH = 1 << 20, 2
#: how much further a window may reach on one side than on the other without needing a border
_MOST_APART = {"symmetric": 1, "reflect": 0}
#: longest last axis, not filtered, that is merged into the filtered axis before it
_INTERLEAVED = 16


class _Axis(NamedTuple):
    """An axis of a pooling, or with 0 taps neighbouring axes that are not filtered."""

    input: int
    output: int
    taps: int
    before: int = 0
    after: int = 0
    dilation: int = 1

    def interleaved(self, unit):
        """Return the axis with `unit` elements instead of each element."""
        return _Axis(
            self.input * unit, self.output * unit, self.taps, self.before * unit,
            self.after * unit, unit,
        )  # fmt: skip


@record
class ExtremumProblem(WindowProblem):
    """One maximum or minimum filter: everything that the choice of an algorithm may depend on.

    Its op is one of `OPS`. All elements of the window count.
    """

    family = "extremum"

    @lazily
    def reach(self) -> tuple[tuple[int, int], ...]:
        """How many elements of the window lie before and after its position, per filtered axis."""
        pairs = []
        for n, origin in zip(self.size, self.origin, strict=True):
            before = n // 2 + origin
            pairs.append((before, n - 1 - before))
        return tuple(pairs)

    @lazily
    def copies(self) -> bool:
        """Whether every window holds one element, so that the result is the image."""
        return set(self.size) == {1}

    @lazily
    def bordered_axes(self) -> tuple[int, ...]:
        """Indices of the filtered axes along which the image needs a border.

        On the other axes, the elements past the edge that a window sees are copies of elements that
        the same window holds anyway. They cannot change the extremum, so no border is needed.
        """
        result = []
        for i, (before, after) in enumerate(self.reach):
            boundary = self.boundary[i]
            allowed = self.size[i] if boundary == "replicate" else _MOST_APART.get(boundary, -1)
            if abs(before - after) > allowed:
                result.append(i)
        return tuple(result)

    @property
    def borders(self):
        """Yield the arguments ``(widths, mode)`` of `numpy.pad` for each of `bordered_axes`."""
        for i in self.bordered_axes:
            widths = [(0, 0)] * len(self.shape)
            widths[self.axes[i]] = self.reach[i]
            yield widths, NUMPY_NAMES[self.boundary[i]]

    @lazily
    def bordered_shape(self) -> tuple[int, ...]:
        """Shape of the image with its borders."""
        if not self.bordered_axes:
            return self.shape
        shape = list(self.shape)
        for i in self.bordered_axes:
            shape[self.axes[i]] += sum(self.reach[i])
        return tuple(shape)

    @lazily
    def stages(self) -> tuple["ExtremumProblem", ...]:
        """Problems whose `pooling` exists, which compute this one if one follows the other.

        A problem is its only stage unless it has many axes, or large borders along several.
        """
        if len(self.axes) == 1 or self.pooling is not None and not self._grows:
            return (self,)
        first, second = self._along(slice(1)), self._along(slice(1, None))
        return (*first.stages, *second.stages)

    @property
    def _grows(self) -> bool:
        """Whether borders make a large image much larger."""
        if len(self.bordered_axes) < 2:
            return False
        image = prod(self.shape)
        large = image * DTYPES[self.compute].itemsize > _LARGE
        return large and prod(self.bordered_shape) > _GROWTH * image

    def _along(self, part) -> "ExtremumProblem":
        """Return the problem of some of the axes, which a slice selects."""
        names = ("axes", "size", "boundary", "origin")
        return replace(self, **{name: getattr(self, name)[part] for name in names})

    @lazily
    def pooling(self) -> PoolProblem | None:
        """The pooling that computes this filter from the bordered image without transposing it.

        None if there is no such pooling. Axes that are not filtered become the batch if they come
        first, otherwise they are merged into the filtered axis before them.
        """
        op = "min_pool" if "minimum" in self.op else "max_pool"
        names, ones = (self.dtypes[0],) * 3, (1,) * len(self.axes)
        if self.copies:
            count = (prod(self.shape),)
            return PoolProblem(op, "fwd", names, 1, 1, count, (1,), count, (1,), ((0, 0),), (1,))
        if len(self.axes) == len(self.shape) <= 3:
            pads = [(0, 0) if i in self.bordered_axes else r for i, r in enumerate(self.reach)]
            return PoolProblem(
                op, "fwd", names, 1, 1, self.bordered_shape, self.size, self.shape, ones,
                tuple(pads), ones,
            )  # fmt: skip
        axes = self._memory_axes()
        lead = axes.pop(0).input if axes[0].taps == 0 else 1
        if axes[-1].taps == 0 and (axes[-1].input <= _INTERLEAVED or len(axes) > 3):
            unit = axes.pop().input
            axes[-1] = axes[-1].interleaved(unit)
        if len(axes) > 3:
            return None
        return PoolProblem(
            op, "fwd", names, lead, 1, tuple([a.input for a in axes]),
            tuple([a.taps or 1 for a in axes]), tuple([a.output for a in axes]), (1,) * len(axes),
            tuple([(a.before, a.after) for a in axes]), tuple([a.dilation for a in axes]),
        )  # fmt: skip

    def _memory_axes(self):
        """Return an `_Axis` for each filtered axis, and between these for all others together."""
        if self.size == (1,):
            return [_Axis(prod(self.shape), prod(self.shape), 1)]
        axes, i = [], 0
        for axis, n in enumerate(self.shape):
            if i < len(self.axes) and self.axes[i] == axis:
                (before, after), taps = self.reach[i], self.size[i]
                if i in self.bordered_axes:
                    axes.append(_Axis(n + before + after, n, taps))
                else:
                    axes.append(_Axis(n, n, taps, before, after))
                i += 1
                continue
            if axes and axes[-1].taps == 0:
                n *= axes.pop().input
            if n > 1:
                axes.append(_Axis(n, n, 0))
        return axes

    @property
    def flops(self) -> int:
        """Number of comparisons in the definition."""
        return prod(self.shape) * prod(self.size)
