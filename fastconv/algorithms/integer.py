"""Filters of images of integers, with the very integers that SciPy gives.

SciPy computes in float64 and truncates after every axis. Where the weights are integers, any
arithmetic that holds all sums will do: float32 up to 2**24. An average is a sum of integers times a
number just above the reciprocal of their count, which truncates to the same integer. Other weights
are summed in float64 in SciPy's order, and each product is rounded.

=============  =================================================================================
`direct`       dense kernels, kernels along one axis, and sums of 1-D kernels through one pixel
`separable`    one axis after the other
`box`          windows of constant weights
`naive`        the definition with NumPy, for any number of axes
=============  =================================================================================
"""

from functools import lru_cache
from math import prod
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from .. import config
from ..loops.integer import Integers
from ..problem import FilterProblem
from ..problem.arrays import DTYPES
from ..problem.geometry import Axis
from .base import Algorithm

#: the types of images that the kernels read
_SOURCES = ("i8", "u8", "i16", "u16")
#: up to where reals hold every sum, and int32 after them
_EXACT = {"f32": 2.0**24, "f64": 2.0**31}
#: the same with room for a factor just above a reciprocal
_DIVISIBLE = {"f32": 2.0**22, "f64": 2.0**31}
#: values per second and tap, about
_RATE = 2e9
#: SciPy's N-D functions skip weights that are no larger than this
SKIPPED = np.finfo(np.float64).eps


class Line(NamedTuple):
    """Weights along one axis, to correlate with."""

    axis: int
    weights: np.ndarray
    boundary: str
    origin: int = 0


class _Integer(Algorithm):
    """What the three algorithms on `loops.integer` have in common."""

    families = ("integer",)

    def supports(self, problem):
        if problem.dtypes[0] not in _SOURCES:
            return "images of 8 and 16 bits only"
        reason = super().supports(problem)
        if reason is None and not isinstance(problem, FilterProblem):
            reason = None if self.filters(problem) else "no kernel holds SciPy's sums"
        return reason

    def cost(self, problem, machine, threads):
        fork = machine.fork if threads > 1 else 0.0
        taps = problem.flops / (2 * prod(problem.shape))
        return machine.call + fork + prod(problem.shape) * taps / _RATE / threads

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        return prod(problem.shape) * DTYPES[problem.dtypes[2]].itemsize

    def bind(self, problem):
        steps = self.filters(problem)

        def run(arrays, prepared, out, threads):
            steps(arrays[0], out, threads)

        return run

    def filters(self, problem):
        """Return the bound `_Steps` of a problem that names its weights, None without any."""
        return _bound(self.name, problem, config.current_isa())


class IntegerDirect(_Integer):
    """Every tap of a kernel in SciPy's order."""

    name = "direct"

    def refuses(self, problem):
        if isinstance(problem, FilterProblem):
            if problem.traits == "large":
                return "sums beyond 2**31 go to 'scipy'"
            if problem.op.endswith("1d") and problem.weights[problem.axes[0]] == 1:
                return "the kernel has one tap"
            if _geometry(problem) is None:
                return "at most two axes of the image as it lies in memory"
            return None
        if len(problem.terms) == 1:
            return "the filter is no sum of 1-D kernels"
        return None

    def prepare(self, problem, weight):
        if isinstance(problem, FilterProblem):
            return _of_weights(problem, weight)
        return None

    def bind(self, problem):
        if not isinstance(problem, FilterProblem):
            return super().bind(problem)

        def run(arrays, prepared, out, threads):
            steps = _of_weights(problem, arrays[1]) if prepared is None else prepared
            steps(arrays[0], out, threads)

        return run


class IntegerSeparable(_Integer):
    """One axis after the other, two at a time where they follow each other in memory."""

    name = "separable"

    def refuses(self, problem):
        if isinstance(problem, FilterProblem):
            return "the kernel is not given as 1-D kernels"
        if len(problem.terms) > 1:
            return "the filter is a sum of several terms"
        return "constant kernels are box's" if problem.is_box else None


class IntegerBox(_Integer):
    """Running sums."""

    name = "box"

    def refuses(self, problem):
        if isinstance(problem, FilterProblem) or not problem.is_box:
            return "the kernel is not known to be constant"
        return None


class _Steps:
    """One filter after the other, in the result's dtype between them."""

    nbytes = 0

    def __init__(self, filters, dtype):
        self.filters, self.dtype = filters, dtype

    def __call__(self, x, out, threads):
        for i, filter_ in enumerate(self.filters):
            to = out if i == len(self.filters) - 1 else np.empty(x.shape, self.dtype)
            filter_(x, to, threads)
            x = to


@lru_cache(256)
def _bound(name, problem, isa):
    terms = [[_line(p) for p in term] for term in problem.terms]
    if name == "direct":
        return _cross(problem, isa, terms)
    return _passes(problem, isa, terms[0], name == "box")


def _line(p):
    return Line(p.axis, p.kernel.weights, p.boundary, p.origin)


def _passes(problem, isa, lines, uniform):
    """Return the filters of lines one after the other, None where SciPy's sums do not fit."""
    source, target = DTYPES[problem.dtypes[0]], DTYPES[problem.dtypes[2]]
    if np.can_cast(source, target):  # else a tap of 1 alone changes what the others see
        lines = [line for line in lines if line.weights.size > 1 or line.weights[0] != 1]
    if not lines:
        return None
    free = not uniform and all(_whole(line.weights) for line in lines) and target.kind in "iu"
    if free and not problem.fill:  # sums modulo the result's integers come in any order
        lines = sorted(lines, key=attrgetter("axis"))
    filters, name = [], problem.dtypes[0]
    while lines:
        together = 2 if len(lines) > 1 and lines[0].axis < lines[1].axis else 1
        found = _pass(problem, isa, name, lines[:together], uniform)
        if found is None and together == 2:
            together = 1
            found = _pass(problem, isa, name, lines[:1], uniform)
        if found is None:
            return None
        filters.append(found)
        lines, name = lines[together:], problem.dtypes[2]
        if lines and name not in _SOURCES:
            return None
    return _Steps(filters, target)


def _pass(problem, isa, source, lines, uniform):
    """Return one filter along one axis or two, None where there is none."""
    geometry = _geometry(_along(problem, lines))
    if geometry is None:
        return None
    lead, rows, columns = geometry
    dtype, target = DTYPES[source], DTYPES[problem.dtypes[2]]
    given = iter(line.weights for line in lines)
    weights = [next(given) if a.taps > 1 else np.ones(1) for a in (rows, columns)]
    if next(given, None) is not None:
        return None
    whole = all(_whole(w) for w in weights)
    settles = _between(dtype, target, weights, whole, problem.fill)
    if uniform:
        real = _real_of_windows(dtype, target, max(w.size for w in weights), problem.fill)
        if target.kind in "iu" and real is not None:
            weights = [_just_above(w, real) if w.size > 1 else w for w in weights]
    else:
        gain = prod(np.abs(w).sum() for w in weights)
        real = _real(dtype, target, gain, whole, problem.fill)
    if real is None:
        return None
    return Integers(
        isa, real, source, problem.dtypes[2], lead, rows.image, columns.image, columns.unit,
        rows.line(), columns.line(), columns.before, "window" if uniform else "passes", *weights,
        tuple(_order(w) for w in weights), settles, problem.fill,
    )  # fmt: skip


def _along(problem, lines):
    """Return the `FilterProblem` over the axes of lines."""
    lines = sorted(lines, key=attrgetter("axis"))
    sizes = [1] * len(problem.shape)
    for line in lines:
        sizes[line.axis] = line.weights.size
    ones = (1,) * len(lines)
    return FilterProblem(
        "ndimage.correlate", problem.dtypes, problem.shape, tuple(sizes),
        tuple(line.axis for line in lines), "same", tuple(line.boundary for line in lines),
        tuple(line.origin for line in lines), ones, ones,
    )  # fmt: skip


def _cross(problem, isa, terms):
    """Return a sum of lines of integers through one pixel as one kernel, None if it is no such."""
    if any(len(term) != 1 for term in terms):
        return None
    lines = sorted((line for term in terms for line in term), key=attrgetter("axis"))
    sizes = tuple(line.weights.size for line in lines)
    if not all(_whole(line.weights) for line in lines):
        return None
    target = DTYPES[problem.dtypes[2]]
    if target.kind in "iu" and problem.fill != int(problem.fill):  # SciPy truncates every term
        return None
    if any(n % 2 == 0 or line.origin for n, line in zip(sizes, lines, strict=True)):
        return None
    weights = np.zeros(sizes)
    for i, line in enumerate(lines):
        through = [n // 2 for n in sizes]
        through[i] = slice(None)
        weights[tuple(through)] += line.weights
    filter_ = _dense(_along(problem, lines), isa, weights, problem.fill)
    return None if filter_ is None else _Steps([filter_], target)


def _of_weights(problem, weight):
    """Return the filters of a problem whose weights are an operand."""
    isa, target = config.current_isa(), DTYPES[problem.dtypes[2]]
    w = weight.reshape([problem.weights[a] for a in problem.axes]).astype(np.float64)
    origin = problem.origin
    if "convolve" in problem.op:
        w = np.flip(w)
        origin = tuple(-o - (n % 2 == 0) for o, n in zip(origin, w.shape, strict=True))
    if problem.op.endswith("1d"):
        line = Line(problem.axes[0], w, problem.boundary[0], origin[0])
        return _passes(problem, isa, [line], False)
    filter_ = _dense(_correlating(problem, origin), isa, w, problem.fill)
    return _Zeros() if filter_ is None else _Steps([filter_], target)


def _correlating(problem, origin):
    """Return a problem as a correlation with the kernel that a convolution flips."""
    return FilterProblem(
        "ndimage.correlate", problem.dtypes, problem.shape, problem.weights, problem.axes, "same",
        problem.boundary, origin, problem.stride, problem.dilation,
    )  # fmt: skip


class _Zeros(_Steps):
    """A kernel all of whose taps are skipped."""

    def __init__(self):
        super().__init__([], None)

    def __call__(self, x, out, threads):
        out[...] = 0


def _dense(problem, isa, weights, fill):
    """Return the filter of a kernel of one or two axes, None where it has no taps."""
    lead, rows, columns = _geometry(problem)
    taps = np.argwhere(np.abs(weights) > SKIPPED)
    if not len(taps):
        return None
    values = weights[tuple(taps.T)]
    source, target = DTYPES[problem.dtypes[0]], DTYPES[problem.dtypes[2]]
    real = _real(source, target, np.abs(values).sum(), _whole(values), fill)
    if weights.ndim == 1:
        along_rows = rows.taps > 1
        taps = np.stack([taps[:, 0], 0 * taps[:, 0]][:: 1 if along_rows else -1], axis=1)
    return Integers(
        isa, real or "f64", *problem.dtypes[::2], lead, rows.image, columns.image, columns.unit,
        rows.line(), columns.line(), columns.before, "taps", values, (), ("in_order",) * 2,
        "exact", fill, taps * [1, columns.unit],
    )  # fmt: skip


def traits_of(problem, weight):
    """Return what weights forbid: ``nonfinite``, ``large`` where int32 cannot hold sums, or None.

    Parameters
    ----------
    problem : FilterProblem
        Of an image of integers.
    weight : ndarray of float64
    """
    if not np.isfinite(weight).all():
        return "nonfinite"
    source, target = DTYPES[problem.dtypes[0]], DTYPES[problem.dtypes[2]]
    kept = weight[np.abs(weight) > SKIPPED]
    real = _real(source, target, np.abs(kept).sum(), _whole(kept), problem.fill)
    return "large" if real is None else None


def _geometry(problem):
    """Return (planes, rows, columns) of the image as it lies in memory; None for more axes."""
    if problem.in_place is None:
        return None
    lead, axes = problem.in_place
    if len(axes) == 1:
        return 1, Axis(lead, lead, 1), axes[0]
    return (lead, *axes) if len(axes) == 2 else None


def _whole(weights):
    return bool((weights == np.rint(weights)).all())


def _between(dtype, target, weights, whole, fill):
    """Return what becomes of a row between two passes, one of `loops.integer.SETTLES`."""
    if target.kind == "f" or whole and fill == int(fill):  # wrapping once is as good as twice
        return "exact"
    averages = all((w >= 0).all() and w.sum() < 1 + 1e-9 for w in weights)
    return "truncates" if averages and _inside(dtype, target, fill) else "wraps"


def _inside(dtype, target, fill):
    """Return whether `target` holds every value of `dtype`, and `fill`."""
    limits = np.iinfo(target)
    return np.can_cast(dtype, target) and limits.min <= fill <= limits.max


def _magnitude(dtype):
    limits = np.iinfo(dtype)
    return max(-float(limits.min), float(limits.max))


def _real(dtype, target, gain, whole, fill):
    """Return the short name of the real type to compute in, None where none holds SciPy's sums."""
    if target.kind == "f":
        return "f32" if target.char == "f" else "f64"
    largest = gain * max(_magnitude(dtype), abs(fill))
    reals = ("f32", "f64") if whole and fill == int(fill) else ("f64",)
    return next((real for real in reals if largest < _EXACT[real]), None)


def _real_of_windows(dtype, target, size, fill):
    if target.kind == "f":
        return "f32" if target.char == "f" else "f64"
    if fill != int(fill):
        return None
    largest = size * max(_magnitude(dtype), abs(fill))
    return next((real for real in ("f32", "f64") if largest < _DIVISIBLE[real]), None)


def _just_above(weights, real):
    kind = np.float32 if real == "f32" else np.float64
    return np.full(weights.size, np.nextafter(kind(1 / weights.size), kind(1)))


def _order(weights):
    """Return in which order SciPy adds up, one of `loops.integer.ORDERS`."""
    if weights.size % 2 == 0:
        return "last_first"
    half = weights.size // 2
    left, right = weights[:half][::-1], weights[half + 1 :]
    eps = np.finfo(float).eps
    if (np.abs(left - right) <= eps).all():
        return "equal_pairs"
    return "opposite_pairs" if (np.abs(left + right) <= eps).all() else "last_first"


# -------------------------------------------------------------------------------- the definition


class IntegerNaive(Algorithm):
    """The definition in float64, tap by tap in SciPy's order, truncated after every pass."""

    name = "naive"
    families = ("integer",)

    def refuses(self, problem):
        return "sums beyond 2**31 go to 'scipy'" if problem.traits == "large" else None

    def hesitates(self, problem):
        return "SciPy is faster where no kernel can run"

    def cost(self, problem, machine, threads):
        return machine.call + problem.flops / 2 / machine.naive_rate

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        return 3 * prod(problem.shape) * 8

    def bind(self, problem):
        target = DTYPES[problem.dtypes[2]]

        def run_dense(arrays, prepared, out, threads):
            w = arrays[1].reshape([problem.weights[a] for a in problem.axes])
            origin = problem.origin
            if "convolve" in problem.op:
                w = np.flip(w)
                origin = [-o - (n % 2 == 0) for o, n in zip(origin, w.shape, strict=True)]
            lines = zip(problem.axes, w.shape, problem.boundary, origin, strict=True)
            x = arrays[0].astype(np.float64)
            if problem.op.endswith("1d"):
                axis, _, boundary, moved = next(lines)
                total = _naive_pass(x, Line(axis, w, boundary, moved), problem.fill)
            else:
                total = _naive_dense(x, w, list(lines), problem.fill)
            _truncate(total, out, target)

        def run_terms(arrays, prepared, out, threads):
            total = np.zeros(problem.shape, target)
            for term in problem.terms:
                x = arrays[0]
                for p in term:
                    passed = np.empty(problem.shape, target)
                    run_pass = _naive_average if p.kernel.kind == "box" else _naive_pass
                    sums = run_pass(x.astype(np.float64), _line(p), problem.fill)
                    _truncate(sums, passed, target)
                    x = passed
                total += x
            out[...] = total

        return run_dense if isinstance(problem, FilterProblem) else run_terms


def _continued(x, axis, size, boundary, origin, fill):
    """Return an image continued along one axis so that every tap of a window is inside."""
    n = x.shape[axis]
    index = Axis(n, n, 1, boundary=boundary).at(np.arange(n + size - 1) - size // 2 - origin)
    result = np.take(x, np.maximum(index, 0), axis)
    result[(slice(None),) * axis + (index < 0,)] = fill
    return result


def _taps(x, line, fill):
    """Return ``tap(i)``: the image as tap `i` of every window sees it."""
    axis, n = line.axis, x.shape[line.axis]
    wide = _continued(x, axis, line.weights.size, line.boundary, line.origin, fill)
    return lambda i: wide[(slice(None),) * axis + (slice(i, i + n),)]


def _naive_average(x, line, fill):
    tap, size = _taps(x, line, fill), line.weights.size
    return sum(tap(i) for i in range(size)) / size


def _naive_pass(x, line, fill):
    tap, size = _taps(x, line, fill), line.weights.size
    order, half, w = _order(line.weights), size // 2, line.weights
    if order == "last_first":
        total = tap(size - 1) * w[size - 1]
        for i in range(size - 1):
            total += tap(i) * w[i]
        return total
    total = tap(half) * w[half]
    for i in range(half):
        pair = tap(i) + tap(size - 1 - i) if order == "equal_pairs" else tap(i) - tap(size - 1 - i)
        total += pair * w[i]
    return total


def _naive_dense(x, w, lines, fill):
    shape = x.shape
    for axis, size, boundary, origin in lines:
        x = _continued(x, axis, size, boundary, origin, fill)
    total = np.zeros(shape)
    for index in np.argwhere(np.abs(w) > SKIPPED):
        start = dict(zip((axis for axis, *_ in lines), index, strict=True))
        part = tuple(slice(start.get(a, 0), start.get(a, 0) + n) for a, n in enumerate(shape))
        total += x[part] * w[tuple(index)]
    return total


def _truncate(total, out, target):
    """Write float64 sums as C casts them: truncated, then modulo the integers of the result."""
    out[...] = total if target.kind == "f" else np.trunc(total).astype(np.int64).astype(target)
