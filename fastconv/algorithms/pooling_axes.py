"""The windows of a pooling, axis by axis, in the terms of the kernels in ``src/pooling``."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class PoolAxis:
    """One axis. Sizes count runs of `unit` elements: what inner axes hold that are pooled whole.

    An axis that is not `regular` has adaptive windows of several sizes, of at most `taps`.
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
        """Elements of a window, those between dilated ones left out."""
        return self.taps * self.unit

    @property
    def span(self):
        """Elements from the first to the last of a window."""
        return (self.taps - 1) * self.dilation * self.unit + self.unit

    @property
    def step(self):
        """Elements from one window to the next, about so many where they are not regular."""
        return self.stride * self.unit if self.regular else -(-self.input // self.output)

    @property
    def whole(self):
        """Whether there is one window, which holds everything and no padding."""
        padded = self.before or self.after
        return self.output == 1 and self.taps == self.input and self.regular and not padded

    @property
    def trivial(self):
        """Whether the windows are the elements."""
        return self.taps == self.stride == 1 and self.input == self.output and self.regular

    def numbers(self):
        """Input, output, taps, stride, dilation, before: in elements."""
        u = self.unit
        sizes = self.input * u, self.output, self.window, self.stride * u
        return *sizes, self.dilation, self.before * u

    def windows(self):
        """Per output the first element inside, how many taps are, and the number of the first."""
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
        """Positions per output that enter an average's divisor."""
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
    """An axis of windows. Steps that nothing takes are no longer than the input."""
    stride = stride if outputs > 1 else min(stride, size)
    dilation = dilation if taps > 1 else min(dilation, size)
    return PoolAxis(size, outputs, taps, stride, dilation, *pad)


def axes_of(p):
    """Three axes of a pooling, those in front of size 1, the ones pooled whole merged."""
    if p.adaptive:
        axes = [_adaptive(n, o) for n, o in zip(p.input, p.output, strict=True)]
    else:
        columns = zip(p.input, p.output, p.kernel, p.stride, p.dilation, p.padding, strict=True)
        axes = [_windowed(*column) for column in columns]
    # an axis that is merged becomes a stride of the row, which the kernels of minima do not have
    merges = p.op != "min_pool"
    while merges and len(axes) > 1 and axes[-1].whole and axes[-2].dilation == 1:
        inner = axes.pop()
        axes[-1] = replace(axes[-1], unit=inner.input * inner.unit)
    return [PoolAxis(1, 1, 1, 1)] * (3 - len(axes)) + axes
