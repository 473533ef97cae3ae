"""A change of the sampling rate by a ratio: as many filters as the output has phases.

Of a signal with ``up - 1`` zeros after each value, filtered, every ``down``-th value is kept:

    y[m] = sum over k of h[m * down - k * up] * x[k]

With up and down without their common divisor, outputs ``r, r + up, r + 2 up, ...`` use the same
taps of h, ``h[p::up]`` where ``p = r * down % up``, and advance by ``down`` values of x. Each of
these phases is a filter with a stride; nothing is multiplied by the zeros between the values, and
nothing computed that is not kept.

References
----------
P. P. Vaidyanathan, *Multirate Systems and Filter Banks*, Prentice Hall, 1993, section 4.3.
"""

from math import gcd

import numpy as np

from .. import config
from ..calls import SERIAL_BELOW
from ..loops.direct import Stencils
from ..loops.rates import Resampler, weave
from ..problem.arrays import short
from ..problem.geometry import Axis

#: values of the output that are computed, then woven, while they are in cache
_TOGETHER = 1 << 15
#: multiply-adds per second and thread, about, to tell short signals
_RATE = 4e9
#: phases with fewer outputs or more of them than this are not worth a call each
_FEW_OUTPUTS, _MANY = 2048, 16


class Phases:
    """Filters of lines (lead, n, inner) along their middle axis.

    Parameters
    ----------
    dtype : dtype
        float32 or float64.
    shape : (int, int, int)
        Of the signals.
    taps, up, down : int
    boundary : str
        One of `geometry.BOUNDARIES`.
    """

    def __init__(self, dtype, shape, taps, up, down, boundary):
        self.dtype, self.shape, self.boundary = dtype, shape, boundary
        common = gcd(up, down)
        self.step, self.up, self.down = up, up // common, down // common
        lead, n, inner = shape
        self.length = ((n - 1) * up + taps - 1) // down + 1
        self.phases = []  # (first value of x, first tap, taps)
        for r in range(self.up):
            at, first = divmod(r * down, up)
            self.phases.append((at, first, max(0, -(-(taps - first) // up))))
        row = self.length * inner
        self.lines = max(1, min(lead, _TOGETHER // row))
        per_phase = self.up * -(-_TOGETHER // (inner * self.up))
        self.segment = per_phase if self.lines == 1 and row > _TOGETHER else self.length
        self.serial = lead * row * -(-taps // up) / _RATE < SERIAL_BELOW
        self._stencils = {}
        self._isa = config.current_isa()
        self._resampler = None
        if inner == 1 and (self.up > _MANY or self.length < _FEW_OUTPUTS * self.up):
            self._resampler = self._by_outputs()

    def __call__(self, x, h, out, fill, threads):
        """Write to `out` (lead, length, inner); all arrays C-contiguous and of the dtype."""
        lead, n, inner = self.shape
        weights = [
            np.ascontiguousarray(h[p : p + (t - 1) * self.step + 1 : self.step][::-1])
            if t
            else None
            for _, p, t in self.phases
        ]
        threads = 1 if self.serial else threads
        if self._resampler is not None:
            weights = [w for w in weights if w is not None]
            weights = np.concatenate(weights or [h[:0]])
            self._resampler(x[..., 0], weights, out[..., 0], fill, threads)
            return
        for line in range(0, lead, self.lines):
            some = x[line : line + self.lines]
            for start in range(0, self.length, self.segment):
                stop = min(start + self.segment, self.length)
                parts = [
                    self._part(some, r, weights[r], start // self.up, stop, fill, threads)
                    for r in range(min(self.up, stop - start))
                ]
                weave(parts, out[line : line + self.lines], start, threads)

    def _by_outputs(self):
        n, most = self.shape[1], max(taps for _, _, taps in self.phases)
        along = Axis(n, n, 1, boundary=self.boundary)
        steps = np.diff([at for at, _, _ in self.phases], prepend=self.phases[-1][0] - self.down)
        firsts = np.cumsum([0] + [taps for _, _, taps in self.phases])
        phases = [
            (step, first, taps)
            for step, first, (_, _, taps) in zip(steps, firsts, self.phases, strict=False)
        ]
        head = along.at(np.arange(1 - most, most, dtype=np.int64))
        tail = along.at(np.arange(n - most, n + most, dtype=np.int64))
        return Resampler(n, self.length, phases, head, tail)

    def _part(self, x, r, weight, first, stop, fill, threads):
        """Outputs `first` to the last before `stop` of phase r; the filter may see all of x."""
        lines, n, inner = x.shape
        at, _, taps = self.phases[r]
        count = (stop - 1 - r) // self.up + 1 - first
        result = np.empty((lines, count, inner), self.dtype)
        if not taps:
            result[...] = 0
            return result
        low = at + first * self.down - (taps - 1)
        high = at + (first + count - 1) * self.down + 1
        if low >= 0 and high <= n and lines == 1:
            key, image, before = (r, count), high - low, 0
            x = x[:, low:high]
        else:
            key, image, before = (r, count, lines, low), n, -low
        stencils = self._stencils.get(key)
        if stencils is None:
            along = Axis(image, count, taps, self.down, 1, before, self.boundary)
            axes = [Axis(lines, lines, 1), along, Axis(inner, inner, 1)]
            axes = [
                (a.image, a.feature, a.taps, a.stride, a.dilation, a.before, a.at)
                for a in (axes if inner > 1 else axes[:2])
            ]
            stencils = Stencils(self._isa, short(self.dtype), 1, 1, 1, 1, axes)
            self._stencils[key] = stencils
        stencils((x, weight, None, None, fill), None, result, threads)
        return result
