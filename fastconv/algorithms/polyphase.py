"""polyphase: a change of the sampling rate by a ratio, one filter for each phase of the output.

Of a signal with ``up - 1`` zeros after each value, filtered, every ``down``-th value is kept:

    y[m] = sum over k of h[first + m * down - k * up] * x[k]

With up and down without their common divisor, outputs ``r, r + up, r + 2 up, ...`` use the same
taps of h, ``h[p::up]`` where ``p = (first + r * down) % up``, and advance by ``down`` values of x.
Each of these phases is a filter with a stride; nothing is multiplied by the zeros between the
values, and nothing is computed that is not kept. Where phases are long and few, they are filtered
one after the other and interleaved; otherwise one output is computed after the other.

References
----------
P. P. Vaidyanathan, *Multirate Systems and Filter Banks*, Prentice Hall, 1993, section 4.3.
"""

from math import gcd, prod

import numpy as np

from .. import config
from ..loops.direct import Stencils
from ..loops.epilogue import any_nonfinite
from ..loops.planar import Planes
from ..loops.polyphase import Resampler, interleave
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from ..problem.gaps import compacted
from ..problem.geometry import Axis
from .base import Algorithm, c_axis, overlapped

#: values of the output that are computed, then interleaved, while they are in cache
_TOGETHER = 1 << 15
#: multiply-adds per second and thread, about: of one output after the other, and of lines side by
#: side, for which each value is turned in so many seconds
_RATE, _RATE_BESIDE, _TURNED = 4e9, {"f32": 4e10, "f64": 2e10}, 0.4e-9
#: seconds to copy a value past an end, most of them for new pages
_PAST_ENDS = 4e-9
#: phases with fewer outputs or more of them than this are not worth a call each
_FEW_OUTPUTS, _MANY = 2048, 16
#: phases that advance by more bytes of the signal than this are no faster than sums of each output,
#: whose taps are in neighbouring lanes, on the instruction sets with long vectors
_FAR, _LONG_VECTORS = 28, ("avx2", "avx512")
#: at most so many values side by side are brought into lines of their own
_SIDE_BY_SIDE = 16
#: fewer lines, or outputs of all of them, are not worth to be filtered side by side
_FEW_LINES, _FEW_BESIDE = 8, 256
#: most bytes of a line with its borders, of which up to 64 have to stay in L2
_BYTES_OF_LINE = 1 << 13
#: if a phase has more taps than this for each of them
_LONG = 8
#: complex numbers are filtered as they lie, one by one, if a phase has at most so many taps
_FEW_TAPS = 12
_PARTS = {"c64": "f32", "c128": "f64"}
#: bytes between two arrays of a lease
_APART = 64


class Polyphase(Algorithm):
    """A filter for each phase, or one output after the other where phases are short."""

    name = "polyphase"
    families = ("resampling",)
    dtypes = ("f32", "f64", "c64", "c128")
    bounds = {"f32": 2e-6, "f64": 4e-15, "c64": 3e-6, "c128": 6e-15}

    def refuses(self, problem):
        return None

    def cost(self, problem, machine, threads):
        p, real = problem, _PARTS.get(problem.compute)
        n, terms = p.shape[p.axis], -(-p.taps // p.up)
        products = prod(p.output) * (min(terms, n) if p.boundary == "zeros" else terms)
        work = products * (4 if real else 1)
        if _beside(p, real or p.compute):
            values = (prod(p.shape) + prod(p.output)) * (2 if real else 1)
            work = work / _RATE_BESIDE[real or p.compute] + values * _TURNED
        else:
            wide = prod(p.shape[p.axis + 1 :]) >= _SIDE_BY_SIDE
            work /= 2 * _RATE if wide else _RATE
            if p.boundary != "zeros":
                work += 4 * terms * prod(p.shape) // n * (2 if real else 1) * _PAST_ENDS
        fork = machine.fork if threads > 1 else 0.0
        memory = problem.bytes / machine.memory_rate
        return machine.python_call + fork + overlapped(work / threads, memory)

    def workspace(self, problem, threads):
        return 2 * problem.bytes

    def bind(self, problem):
        real = _PARTS.get(problem.compute)
        if real is None:
            lines = _Lines(problem, problem.compute, 1)
            return lambda arrays, prepared, out, threads: lines(*arrays, out, threads)
        lines, dtype = _Lines(problem, real, 2), DTYPES[real]
        constant = problem.boundary == "constant"

        def run(arrays, prepared, out, threads):
            x, h, fill = arrays
            if constant:
                fill = np.array((np.real(fill), np.imag(fill)), dtype)
            if lines.one_by_one:
                lines(x.view(dtype), h.view(dtype), fill, out.view(dtype), threads)
                return
            taps = [np.ascontiguousarray(h.real)]
            if h.imag.any() or any_nonfinite(x, threads):  # 0 times an infinity is NaN
                taps.append(np.ascontiguousarray(h.imag))
            for able, way in ((lines.beside, lines.side_by_side), (lines.planes, lines.by_planes)):
                if able:
                    way(x, taps, fill, out, threads)
                    return
            lines(x.view(dtype), taps[0], fill, out.view(dtype), threads)
            if len(taps) == 1:
                return
            # the product with the imaginary part
            turned = Lease(out.nbytes + _APART).array(out.shape, out.dtype)
            lines(x.view(dtype), taps[1], fill, turned.view(dtype), threads)
            out.real -= turned.imag
            out.imag += turned.real

        return run


class _Lines:
    """Filters along one axis of real signals: ``lines(x, h, fill, out, threads)``.

    Parameters
    ----------
    problem : ResampleProblem
    compute : {"f32", "f64"}
    parts : int
        Real numbers of a value, which lie side by side.
    """

    def __init__(self, problem, compute, parts):
        self.problem = p = problem
        axis = p.axis
        self.dtype, self.parts, self.axis = DTYPES[compute], parts, axis
        shape, output = p.shape[:axis], p.output[:axis]
        inner, most = prod(p.shape[axis + 1 :]) * parts, -(-p.taps // p.up)
        self.fills = p.boundary == "constant" and parts == 2
        banks = not self.fills and _banks(p)
        # few values side by side, and long sums of each, kernels that go along the rows, or complex
        # numbers: lines of each value
        self.one_by_one = inner == parts == 2 and most <= _FEW_TAPS
        apart = banks or most > _LONG * inner or inner == parts == 2
        self.beside = not banks and _beside(p, compute)
        if self.one_by_one or self.beside:
            apart = banks = False
        self.moves = 1 < inner <= _SIDE_BY_SIDE and apart
        self.shape, self.target = (*shape, -1, inner), (*output, -1, inner)
        self.blocks = lead = prod(shape)
        self.planes = None
        if self.moves and parts == inner == 2:
            self.planes = Planes(config.current_isa(), compute)
        if self.moves:
            lead, inner = lead * inner, 1
        self.filled = (lead, inner)
        shape = (lead, p.shape[axis], inner)
        self.one_by_one &= not self.beside
        self.filter = _filter(p, compute, shape, banks, self.one_by_one)

    def __call__(self, x, h, fill, out, threads):
        if self.beside:
            self.side_by_side(x, [h], fill, out, threads)
            return
        fill = self._past_ends(fill)
        if not self.moves:
            self.filter(x, h, out, fill, threads)
            return
        lines = np.moveaxis(out.reshape(self.target), -1, -2)
        made = Lease(out.nbytes + _APART).array(lines.shape, self.dtype)
        x = np.ascontiguousarray(np.moveaxis(x.reshape(self.shape), -1, -2))
        self.filter(x, h, made, fill, threads)
        lines[...] = made

    def side_by_side(self, x, taps, fill, out, threads):
        """Write the result of short lines, many of which are filtered side by side.

        Parameters
        ----------
        x, out : ndarray
        taps : list of ndarray
            The real parts of the filter, and the imaginary ones unless they are zeros.
        fill, threads
            As in a call.
        """
        edge = np.zeros(self.parts, self.dtype)
        if self.problem.boundary == "constant":
            edge[:] = fill
        imaginary = taps[1] if len(taps) > 1 else None
        x, out = x.view(self.dtype), out.view(self.dtype)
        self.filter.together(x, taps[0], imaginary, out, edge, threads)

    def by_planes(self, x, taps, fill, out, threads):
        """Write the result for complex numbers, whose parts are filtered as lines of their own.

        Parameters
        ----------
        x, out : ndarray of complex numbers
        taps : list of ndarray
            The real parts of the filter, and the imaginary ones unless they are zeros.
        fill, threads
            As in a call.
        """
        fill = self._past_ends(fill)
        # memory that is kept: to touch new pages takes longer than to filter
        lease = Lease(x.nbytes + len(taps) * out.nbytes + 3 * _APART)
        parts = lease.array((2 * x.size,), self.dtype)
        self.planes.split(x, self.blocks, parts, threads)
        made = [lease.array((self.blocks, 2, out.size // self.blocks), self.dtype) for _ in taps]
        for h, lines in zip(taps, made, strict=True):
            self.filter(parts, h, lines, fill, threads)
        if len(taps) > 1:
            by_real, by_imaginary = made
            by_real[:, 0] -= by_imaginary[:, 1]
            by_real[:, 1] += by_imaginary[:, 0]
        self.planes.join(made[0], self.blocks, out, threads)

    def _past_ends(self, fill):
        """Return values past the ends, one for each line and value of it side by side."""
        if not self.fills:
            return fill
        fill = np.broadcast_to(fill, (prod(self.filled) // self.parts, self.parts))
        return fill.reshape(self.filled[0], 1, self.filled[1])


def _banks(problem):
    """Return whether phases are few and long enough for a `FilterBank`."""
    p = problem
    return p.phases <= _MANY and p.length >= _FEW_OUTPUTS * p.phases


def _beside(problem, compute):
    """Return whether lines are so short and so many that they are filtered side by side.

    Parameters
    ----------
    problem : ResampleProblem
    compute : {"f32", "f64"}
        dtype of the values or of their parts.
    """
    p, n = problem, problem.shape[problem.axis]
    lines = prod(p.shape[: p.axis])
    if p.shape[p.axis + 1 :].count(1) < len(p.shape) - p.axis - 1:
        return False  # values lie side by side already
    if p.boundary != "zeros":
        n += 2 * -(-p.taps // p.up)
    few = lines < _FEW_LINES or lines * p.length < _FEW_BESIDE
    return not few and n * DTYPES[compute].itemsize <= _BYTES_OF_LINE


def _filter(problem, compute, shape, banks, one_by_one=False):
    """Return what filters lines (lead, n, inner): ``filter(x, h, out, fill, threads)``.

    Parameters
    ----------
    problem : ResampleProblem
    compute : {"f32", "f64"}
    shape : (int, int, int)
        Shape of the signals.
    banks : bool
        Whether it is a `FilterBank`, which has one value past the ends.
    one_by_one : bool
        Whether two values side by side are a complex number, which complex taps multiply.
    """
    p, (_, n, inner) = problem, shape
    far = p.down // gcd(p.up, p.down) * DTYPES[compute].itemsize > _FAR
    sums = inner == 1 and far and config.current_isa() in _LONG_VECTORS
    if banks and not sums:
        return FilterBank(compute, shape, p)
    head = tail = None
    if p.boundary != "zeros":
        most = -(-p.taps // p.up)
        along = Axis(n, n, 1, boundary=p.boundary)
        head = along.at(np.arange(-most, most, dtype=np.int64))
        tail = along.at(np.arange(n - most, n + most, dtype=np.int64))
    down = p.down if p.length > 1 else 1  # a single output is not moved
    return Resampler(
        config.current_isa(), compute, n, inner, p.length, p.taps, p.up, down, p.first, head, tail,
        one_by_one,
    )


class FilterBank:
    """Filters of lines (lead, n, inner) along their middle axis, one for each phase.

    Parameters
    ----------
    compute : {"f32", "f64"}
    shape : (int, int, int)
        Shape of the signals.
    problem : ResampleProblem
    """

    def __init__(self, compute, shape, problem):
        p = problem
        self.compute, self.shape, self.boundary = compute, shape, p.boundary
        self.step, self.up, self.down = p.up, p.phases, p.down // gcd(p.up, p.down)
        lead, _, inner = shape
        self.length = length = p.length
        self.phases = []  # (first value of x, first tap, taps)
        for r in range(self.up):
            at, first = divmod(p.first + r * p.down, p.up)
            self.phases.append((at, first, max(0, -(-(p.taps - first) // p.up))))
        row = length * inner
        self.lines = max(1, min(lead, _TOGETHER // row))
        per_phase = self.up * -(-_TOGETHER // (inner * self.up))
        self.segment = per_phase if self.lines == 1 and row > _TOGETHER else length
        self._stencils = {}
        self._isa = config.current_isa()

    def __call__(self, x, h, out, fill, threads):
        """Write the result to `out`; all arrays are C-contiguous and of the dtype."""
        x, out = x.reshape(self.shape), out.reshape(self.shape[0], self.length, self.shape[2])
        weights = [
            np.ascontiguousarray(h[p : p + (t - 1) * self.step + 1 : self.step][::-1])
            if t
            else None
            for _, p, t in self.phases
        ]
        for line in range(0, self.shape[0], self.lines):
            some = x[line : line + self.lines]
            for start in range(0, self.length, self.segment):
                stop = min(start + self.segment, self.length)
                parts = [
                    self._part(some, r, weights[r], start // self.up, stop, fill, threads)
                    for r in range(min(self.up, stop - start))
                ]
                interleave(parts, out[line : line + self.lines], start, threads)

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
            last = problem.last + problem.taps
            integer = np.int64 if last < 2**63 else object  # Python's, which have no end
            position = problem.first + np.arange(problem.length).astype(integer) * problem.down
            for t, weight in enumerate(h.astype(double)):
                outputs = np.flatnonzero((position - t) % up == 0)
                index = along.at(((position[outputs] - t) // up).astype(np.int64))
                values = np.where(index < 0, fill, x[..., np.maximum(index, 0)])
                total[..., outputs] += weight * values
            out[...] = np.moveaxis(total, -1, axis)

        return run
