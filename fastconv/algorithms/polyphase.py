"""polyphase: a change of the sampling rate by a ratio, one filter for each phase of the output.

Of a signal with ``up - 1`` zeros after each value, filtered, every ``down``-th value is kept:

    y[m] = sum over k of h[m * down - k * up] * x[k]

With up and down without their common divisor, outputs ``r, r + up, r + 2 up, ...`` use the same
taps of h, ``h[p::up]`` where ``p = r * down % up``, and advance by ``down`` values of x. Each of
these phases is a filter with a stride; nothing is multiplied by the zeros between the values, and
nothing is computed that is not kept.

References
----------
P. P. Vaidyanathan, *Multirate Systems and Filter Banks*, Prentice Hall, 1993, section 4.3.
"""

from functools import lru_cache
from math import gcd, prod

import numpy as np

from .. import config
from ..loops.direct import Stencils
from ..loops.polyphase import Resampler, interleave
from ..problem.arrays import DTYPES
from ..problem.gaps import compacted
from ..problem.geometry import Axis
from .base import Algorithm, c_axis, overlapped

#: values of the output that are computed, then interleaved, while they are in cache
_TOGETHER = 1 << 15
#: multiply-adds per second and thread, about
_RATE = 4e9
#: phases with fewer outputs or more of them than this are not worth a call each
_FEW_OUTPUTS, _MANY = 2048, 16
#: at most so many values side by side are brought into lines of their own
_SIDE_BY_SIDE = 16
#: more phases than this are not listed where most of them have no tap
_LISTED = 1 << 20
_PARTS = {"c64": "f32", "c128": "f64"}


class Polyphase(Algorithm):
    """A filter for each phase, or one output after the other where phases are short."""

    name = "polyphase"
    families = ("resampling",)
    dtypes = ("f32", "f64", "c64", "c128")
    bounds = {"f32": 2e-6, "f64": 4e-15, "c64": 3e-6, "c128": 6e-15}

    def refuses(self, problem):
        return None

    def cost(self, problem, machine, threads):
        parts = 1 if problem.compute in ("f32", "f64") else 4
        work = parts * problem.flops / 2 / _RATE
        fork = machine.fork if threads > 1 else 0.0
        memory = problem.bytes / machine.memory_rate
        return machine.python_call + fork + overlapped(work / threads, memory)

    def workspace(self, problem, threads):
        return 2 * problem.bytes

    def bind(self, problem):
        def run(arrays, prepared, out, threads):
            x, h, fill = arrays
            if problem.compute in _PARTS:
                _by_parts(problem, x, h, fill, out, threads)
            else:
                _lines(problem, problem.compute, x, h, fill, out, threads)

        return run


def _by_parts(problem, x, h, fill, out, threads):
    """Write a complex result from products of real and imaginary parts."""
    real = _PARTS[problem.compute]
    out[...] = 0
    for of_h, taps in ((1, h.real), (1j, h.imag)):
        for of_x, values in ((1, x.real), (1j, x.imag)):
            part = np.empty(problem.output, DTYPES[real])
            # the value past the ends is real
            _lines(problem, real, values, taps, fill if of_x == 1 else 0, part, threads)
            unit = of_h * of_x
            side = out.imag if unit == 1j else out.real
            np.add(side, part if unit != -1 else -part, out=side)


def _lines(problem, compute, x, h, fill, out, threads):
    """Write a real result."""
    axis, dtype = problem.axis, DTYPES[compute]
    if problem.taps <= problem.up and min(problem.phases, problem.length) > _LISTED:
        _scattered(problem, x, h, out)
        return
    inner = prod(problem.shape[axis + 1 :])
    # few values side by side, advanced by more than one: lines of each of them
    moved = 1 < inner <= _SIDE_BY_SIDE
    target = out
    if moved:
        x, axis = np.moveaxis(x, axis, -1), x.ndim - 1
        target = np.empty((*x.shape[:axis], problem.length), dtype)
    x = np.ascontiguousarray(x, dtype)
    shape = (prod(x.shape[:axis]), x.shape[axis], prod(x.shape[axis + 1 :]))
    bank = _filter_bank(
        compute, shape, problem.taps, problem.up, problem.down, problem.boundary,
        config.current_isa(),
    )  # fmt: skip
    lines = target.reshape(shape[0], problem.length, shape[2])
    bank(x.reshape(shape), np.ascontiguousarray(h, dtype), lines, fill, threads)
    if moved:
        out[...] = np.moveaxis(target, -1, problem.axis)


def _scattered(problem, x, h, out):
    """Write a real result of which each value meets one sample at most, and most meet none."""
    x, target = (np.moveaxis(a, problem.axis, -1) for a in (x, out))
    out[...] = 0
    for k in range(x.shape[-1]):
        first = -(-k * problem.up // problem.down)
        taps = h[first * problem.down - k * problem.up :: problem.down]
        target[..., first : first + len(taps)] = x[..., k, None] * taps


@lru_cache(64)
def _filter_bank(compute, shape, taps, up, down, boundary, isa):
    return FilterBank(compute, shape, taps, up, down, boundary, isa)


class FilterBank:
    """Filters of lines (lead, n, inner) along their middle axis, one for each phase.

    Parameters
    ----------
    compute : {"f32", "f64"}
    shape : (int, int, int)
        Shape of the signals.
    taps, up, down : int
        Length of the filter, and the two factors.
    boundary : str
        One of `geometry.BOUNDARIES`.
    isa : str
        Instruction set.
    """

    def __init__(self, compute, shape, taps, up, down, boundary, isa):
        self.compute, self.shape, self.boundary = compute, shape, boundary
        common = gcd(up, down)
        self.step, self.up, self.down = up, up // common, down // common
        lead, n, inner = shape
        self.length = ((n - 1) * up + taps - 1) // down + 1
        self.phases = []  # (first value of x, first tap, taps)
        for r in range(min(self.up, self.length)):
            at, first = divmod(r * down, up)
            self.phases.append((at, first, max(0, -(-(taps - first) // up))))
        row = self.length * inner
        self.lines = max(1, min(lead, _TOGETHER // row))
        per_phase = self.up * -(-_TOGETHER // (inner * self.up))
        self.segment = per_phase if self.lines == 1 and row > _TOGETHER else self.length
        self._stencils = {}
        self._isa = isa
        self._resampler = None
        if inner == 1 and (self.up > _MANY or self.length < _FEW_OUTPUTS * self.up):
            self._resampler = self._by_outputs()

    def __call__(self, x, h, out, fill, threads):
        """Write to `out` (lead, length, inner); all arrays C-contiguous and of the dtype."""
        weights = [
            np.ascontiguousarray(h[p : p + (t - 1) * self.step + 1 : self.step][::-1])
            if t
            else None
            for _, p, t in self.phases
        ]
        if self._resampler is not None:
            weights = [w for w in weights if w is not None]
            weights = np.concatenate(weights or [h[:0]])
            self._resampler(x[..., 0], weights, out[..., 0], fill, threads)
            return
        for line in range(0, self.shape[0], self.lines):
            some = x[line : line + self.lines]
            for start in range(0, self.length, self.segment):
                stop = min(start + self.segment, self.length)
                parts = [
                    self._part(some, r, weights[r], start // self.up, stop, fill, threads)
                    for r in range(min(self.up, stop - start))
                ]
                interleave(parts, out[line : line + self.lines], start, threads)

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
        """Return outputs `first` to the last before `stop` of phase r."""
        lines, n, inner = x.shape
        at, _, taps = self.phases[r]
        count = (stop - 1 - r) // self.up + 1 - first
        result = np.empty((lines, count, inner), DTYPES[self.compute])
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
            along = compacted(Axis(image, count, taps, self.down, 1, before, self.boundary))
            axes = [Axis(lines, lines, 1), along, Axis(inner, inner, 1)]
            axes = [c_axis(a) for a in (axes if inner > 1 else axes[:2])]
            stencils = Stencils(self._isa, self.compute, 1, 1, 1, 1, axes).build()
            self._stencils[key] = stencils
        stencils((x, weight, None, None, fill), None, result, threads)
        return result


class NaiveResampling(Algorithm):
    """The definition, tap by tap, in double precision."""

    name = "naive"
    families = ("resampling",)
    bounds = {"f32": 1.5e-7, "f64": 4e-15, "c64": 1.5e-7, "c128": 4e-15}

    def refuses(self, problem):
        return None

    def hesitates(self, problem):
        return "polyphase gives the same sums in less time"

    def cost(self, problem, machine, threads):
        return machine.python_call * problem.taps + problem.flops * problem.up / machine.naive_rate

    def workspace(self, problem, threads):
        return 3 * problem.bytes

    def bind(self, problem):
        axis, n, up = problem.axis, problem.shape[problem.axis], problem.up
        along = Axis(n, n, 1, boundary=problem.boundary)

        def run(arrays, prepared, out, threads):
            x, h, fill = arrays
            double = np.complex128 if problem.compute[0] == "c" else np.float64
            x = np.moveaxis(x, axis, -1).astype(double)
            total = np.zeros((*x.shape[:-1], problem.length), double)
            last = (problem.length - 1) * problem.down + problem.taps
            integer = np.int64 if last < 2**63 else object  # Python's, which have no end
            position = np.arange(problem.length).astype(integer) * problem.down
            for t, weight in enumerate(h.astype(double)):
                outputs = np.flatnonzero((position - t) % up == 0)
                index = along.at(((position[outputs] - t) // up).astype(np.int64))
                values = np.where(index < 0, fill, x[..., np.maximum(index, 0)])
                total[..., outputs] += weight * values
            out[...] = np.moveaxis(total, -1, axis)

        return run
