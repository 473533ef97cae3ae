"""naive for images of integers: the definition with NumPy, for any number of axes."""

from math import prod

import numpy as np

from ..problem import FilterProblem
from ..problem.arrays import DTYPES
from ..problem.geometry import Axis
from .base import Algorithm
from .integer_filters import Line, line_of
from .integer_sums import SKIPPED, order_of


class IntegerNaive(Algorithm):
    """The definition in float64, tap by tap in SciPy's order, truncated after every pass."""

    name = "naive"
    families = ("integer",)

    def refuses(self, problem):
        return "sums beyond 2**31 go to 'scipy'" if problem.traits == "large" else None

    def hesitates(self, problem):
        return "slower than a kernel, and than SciPy's function"

    def cost(self, problem, machine, threads):
        return machine.call + problem.flops / 2 / machine.naive_rate

    def error_bound(self, problem):
        result = DTYPES[problem.dtypes[2]]
        return 0.0 if result.kind in "iu" else len(problem.shape) * float(np.finfo(result).eps)

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
                    sums = run_pass(x.astype(np.float64), line_of(p), problem.fill)
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
    order, half, w = order_of(line.weights), size // 2, line.weights
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
