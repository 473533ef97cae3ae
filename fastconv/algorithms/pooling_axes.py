"""The windows of a pooling, axis by axis, in the terms of the kernels in ``src/pooling``."""

from dataclasses import replace

import numpy as np

from ..problem.records import record


@record
class PoolAxis:
    """One axis of windows. Sizes count units of elements.

    Inner axes that are pooled whole are merged into this one; then a unit is what they hold.

    Parameters
    ----------
    input, output : int
    taps, stride : int
    dilation, before, after : int, optional
    unit : int, optional
        Elements of a unit.
    regular : bool, optional
        Whether all windows have the same size. Else they are adaptive, of at most `taps`.
    """

    input: int
    output: int
    taps: int
    stride: int
    dilation: int = 1
    before: int = 0
    after: int = 0
    unit: int = 1
    regular: bool = True

    @property
    def size(self):
        """Elements of the input."""
        return self.input * self.unit

    @property
    def window(self):
        """Elements of a window, without those between dilated taps."""
        return self.taps * self.unit

    @property
    def span(self):
        """Elements from the first to the last one of a window."""
        return (self.taps - 1) * self.dilation * self.unit + self.unit

    @property
    def step(self):
        """Elements from one window to the next; an estimate where windows are not regular."""
        return self.stride * self.unit if self.regular else -(-self.input // self.output)

    @property
    def whole(self):
        """Whether there is one window, which covers the whole input and no padding."""
        padded = self.before or self.after
        return self.output == 1 and self.taps == self.input and self.regular and not padded

    @property
    def trivial(self):
        """Whether every window is one element, so that there is nothing to pool."""
        return self.taps == self.stride == 1 and self.input == self.output and self.regular

    def numbers(self):
        """Return input, output, taps, stride, dilation and before in elements."""
        u = self.unit
        sizes = self.input * u, self.output, self.window, self.stride * u
        return *sizes, self.dilation, self.before * u

    def windows(self):
        """Return three arrays that say what each output reads.

        The first element inside the input, how many taps lie inside, and the number of the first
        of them.
        """
        o = np.arange(self.output)
        if not self.regular:
            first = o * self.input // self.output
            count = -(-(o + 1) * self.input // self.output) - first
            return first * self.unit, count * self.unit, 0 * o
        start = o * self.stride - self.before
        tap = np.clip(-(start // self.dilation), 0, self.taps)
        count = np.maximum(self._taps_before(start, self.input) - tap, 0)
        return (start + tap * self.dilation) * self.unit, count * self.unit, tap * self.unit

    def counted(self, include_pad):
        """Return for each output the positions that count in an average's divisor.

        Parameters
        ----------
        include_pad : bool
            Whether the padding counts. The overhang of ceil_mode never does.
        """
        if not include_pad or not self.regular:
            return self.windows()[1]
        start = np.arange(self.output) * self.stride - self.before
        return self._taps_before(start, self.input + self.after) * self.unit

    def _taps_before(self, start, end):
        return np.clip(-((start - end) // self.dilation), 0, self.taps)


def _adaptive(size, outputs):
    if size % outputs == 0:
        taps = size // outputs
        return PoolAxis(size, outputs, taps, taps)
    o = np.arange(outputs)
    count = -(-(o + 1) * size // outputs) - o * size // outputs
    return PoolAxis(size, outputs, int(count.max()), 1, regular=False)


def _windowed(size, outputs, taps, stride, dilation, pad):
    """Return an axis of windows, without a stride or dilation that is longer than the input."""
    stride = stride if outputs > 1 else min(stride, size)
    dilation = dilation if taps > 1 else min(dilation, size)
    return PoolAxis(size, outputs, taps, stride, dilation, *pad)


def axes_of(p):
    """Return the three axes of a pooling.

    Axes of size 1 stand in front where there are fewer. Inner axes that are pooled whole are merged
    into the one before them.
    """
    if p.adaptive:
        axes = [_adaptive(n, o) for n, o in zip(p.input, p.output, strict=True)]
    else:
        columns = zip(p.input, p.output, p.kernel, p.stride, p.dilation, p.padding, strict=True)
        axes = [_windowed(*column) for column in columns]
    # merging makes windows step by whole units, which the kernels for minima cannot
    merges = p.op != "min_pool"
    while merges and len(axes) > 1 and axes[-1].whole and axes[-2].dilation == 1:
        inner = axes.pop()
        axes[-1] = replace(axes[-1], unit=inner.input * inner.unit)
    return [PoolAxis(1, 1, 1, 1)] * (3 - len(axes)) + axes
