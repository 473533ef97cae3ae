"""direct, doubling, van_herk: poolings that join whole rows, then values along the row.

To join two rows is to take their maximum or their sum. Windows of k taps on an axis take k joins
with `direct`, about log2 k with `doubling` and 3 with `van_herk`. Sums cannot be doubled, as parts
of a window must not overlap; `direct` puts large ones together from sums of 4, 16, ... values.

References
----------
M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal
kernels", Pattern Recognition Letters, 1992; J. Gil and M. Werman, "Computing 2-D min, median, and
max filters", IEEE PAMI, 1993.
"""

from math import ceil, inf, prod

import numpy as np

from .. import config
from ..loops.pooling import Pooling
from ..problem.arrays import DTYPES
from ..problem.gaps import SHORT
from .base import Algorithm, overlapped
from .pooling_axes import PoolAxis, axes_of
from .pooling_ladder import joins, ladder, plain
from .reading import MOST_PICKED

_MAXIMA = ("max_pool", "adaptive_max_pool", "min_pool")
_OPS = (*_MAXIMA, "avg_pool", "adaptive_avg_pool", "lp_pool")
#: what a window gives, as src/pooling calls it, by op and by norm
_KINDS = {"max_pool": "maximum", "adaptive_max_pool": "maximum", "min_pool": "minimum"}
_NORMS = {1.0: "absolute", 2.0: "root", inf: "largest"}
#: bytes of a strip of a row, so that L1 holds it and the rows that it is joined from
_STRIPS = {"all_rows": 8192, "shared": 8192}
#: bytes of a strip where several joined rows are kept
_RING_BYTES = 2048
#: bytes of a vector in estimates
_VECTOR = 32
#: most elements of a vector, for any ISA and dtype
_WIDEST = 64
#: most bytes of a row whose planes are pooled as lanes of vectors
_ACROSS_ROW = 160
#: most bytes of a plane pooled so: as many planes as lanes must stay in L1
_ACROSS_PLANE = 4096
#: dtypes for which src/pooling has no windows at once and no shared rows: they are pooled seldom
_PLAIN = ("i32", "i64", "u32", "u64")
#: most rows of windows that are joined together with the windows below
_SHARED_TAPS = 64
#: vectors read, and joined results kept, for a vector of outputs, by taps and stride of both axes
_AT_ONCE_READS = {(2, 1): 4, (2, 2): 8, (3, 1): 6, (3, 2): 18}
#: fewest taps of a sum that is worth a ladder
_LEAST_TAPS = 6


class _Joined(Algorithm):
    """What the three algorithms have in common."""

    families = ("pooling",)
    bounds = {"f32": 1e-6, "f64": 2e-15}

    def refuses(self, problem):
        if problem.op not in _OPS or problem.kind != "fwd":
            return "maxima, averages and norms of windows, forward, only"
        if problem.op not in _MAXIMA and problem.compute not in ("f32", "f64"):
            return "no complex numbers"
        if problem.norm is not None and problem.norm not in _NORMS:
            return "norms with p = 1, 2 and infinity only"
        if problem.op == "min_pool" and set(problem.stride) != {1}:
            return "minima at stride 1 only"
        if problem.indices:
            return "values without indices only"
        if any(a.span > max(SHORT, 4 * a.size) for a in axes_of(problem)):
            return "windows that span more than four times the input"
        return None

    def cost(self, problem, machine, threads):
        p = problem
        axes = axes_of(p)
        d, h, row = axes
        columns, down, share = self.columns(p, axes)
        item = DTYPES[p.compute].itemsize
        lanes = _VECTOR // item
        along = self.along(p, row)
        rows = p.n * p.c * d.output * h.output
        # `joined` counts rows joined for one row of outputs, `steps` the passes that this takes
        if columns == "at_once":
            vectors = -(-row.output // lanes) * _AT_ONCE_READS[row.taps, row.stride]
            seconds = rows * vectors * _VECTOR / machine.pool_rate
            return self._seconds(p, seconds, machine, threads)
        if columns == "shared":
            joined, steps = 0.7 * (h.stride + (h.taps + 3 * share) / share), 1
        elif columns == "all_rows":
            joined, steps = d.taps * h.taps, 1
        elif columns == "ladder":
            levels = h.stride * ((down[0] + 1) * down[1] + (d.taps + 1) * (d.taps > 1))
            joined, steps = levels + len(down[2]), h.stride * down[1] + 1
        else:
            joined, steps = h.stride * 2 * (d.taps + 2) + 2, 2 * h.stride + 1
        vectors = -(-row.size // lanes)
        if self._across(p, axes, columns):
            vectors, steps, joined = row.size / lanes, steps / lanes, joined + 2
        work = joined * vectors
        if _separate(row, along, lanes):
            work += _separate_work(row, lanes)
        else:
            work += _slide_work(row, along, lanes)
            steps += along[1] + 1
        seconds = rows * (work * _VECTOR / machine.pool_rate + steps * machine.pool_step)
        return self._seconds(p, seconds, machine, threads)

    def error_bound(self, problem):
        return 0.0 if problem.op in _MAXIMA else super().error_bound(problem)

    def workspace(self, problem, threads):
        return self._pooling(problem, only_sizes=True).workspace(threads)

    def bind(self, problem):
        pooling = self._pooling(problem)

        def run(arrays, prepared, out, threads):
            pooling(arrays[0], out, threads)

        return run

    def columns(self, problem, axes):
        """Return how rows are joined: the method, its ladder, and how many windows share a pass.

        Parameters
        ----------
        problem : PoolProblem
        axes : list of 3 PoolAxis
        """
        raise AssertionError(f"{self.name} does not say how it joins rows")

    def along(self, problem, row):
        """Return the ladder along the axis `row`."""
        return plain(row)

    def _seconds(self, p, seconds, machine, threads):
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + overlapped(seconds / threads, p.bytes / machine.memory_rate)

    def _across(self, p, axes, columns):
        """Return whether planes are small and many enough to be pooled as lanes of vectors."""
        item = DTYPES[p.compute].itemsize
        size = prod(a.size for a in axes)
        row = axes[2].size
        if columns in ("at_once", "shared"):
            return False
        if p.op == "min_pool" or axes[2].unit > 1 and axes[2].output == 1 and axes[1].output == 1:
            return False
        if item < 4 or p.n * p.c < _VECTOR // item:
            return False
        return row * item <= _ACROSS_ROW and size * item <= _ACROSS_PLANE

    def _pooling(self, problem, only_sizes=False):
        p = problem
        axes = axes_of(p)
        planes = p.n * p.c
        if axes[0].trivial:
            planes *= axes[0].output
            axes[0] = PoolAxis(1, 1, 1, 1)
        row = axes[2]
        item = DTYPES[p.compute].itemsize
        columns, down, share = self.columns(p, axes)
        along = self.along(p, row)
        separate = _separate(row, along, _VECTOR // item) and p.op != "min_pool"
        wide = max(_STRIPS.get(columns, _RING_BYTES) // item, 2 * row.span)
        strip = row.output
        if row.size > 2 * wide and columns != "at_once":
            strip = max(1, (wide - row.span) // row.step + 1)
            strip = -(-row.output // -(-row.output // strip))
        across = self._across(p, axes, columns)
        if across:
            strip = row.output
            separate = separate and not row.regular
        divisors = None
        if p.op in ("avg_pool", "adaptive_avg_pool") and not only_sizes:
            divisors = _divisors(p, axes)
        if separate:
            along = (1, 0, [])
        kind = _KINDS.get(p.op, "average") if p.norm is None else _NORMS[p.norm]
        tables = [a.windows() for a in axes[:2]]
        tables.append(row.windows() if separate else ([0],) * 3)
        return Pooling(
            config.current_isa(), p.compute, planes,
            [(*a.numbers(), *t) for a, t in zip(axes, tables, strict=True)],
            kind, columns, separate, (down, along), strip, share, across, divisors,
        )  # fmt: skip


def _divisors(p, axes):
    if p.divisor is not None:
        return [np.ones(a.output) * (p.divisor if i == 0 else 1) for i, a in enumerate(axes)]
    return [a.counted(p.count_include_pad) for a in axes]


def _separate(row, along, lanes):
    """Return whether the windows of a row are better reduced one by one."""
    if not row.regular:
        return True
    if row.dilation > 1 or row.before or row.span > row.size:
        return False
    return _separate_work(row, lanes) < _slide_work(row, along, lanes)


def _separate_work(row, lanes):
    """Return the vectors that reducing windows one by one takes: loads, and joining lanes.

    Windows of less than a vector are reduced value by value.
    """
    if row.window < lanes:
        return row.output * (3 + row.window / 2)
    return row.output * (6 + ceil(row.window / lanes))


def _slide_work(row, along, lanes):
    """Return the vectors that sliding takes: joins at every position, and picking outputs."""
    work = row.output * row.step / lanes * joins(along)
    if row.step > 2:
        work += row.output * (0.5 if row.step <= MOST_PICKED else 2)
    return work


def _is_small(axes):
    """Return whether windows are 2 x 2 or 3 x 3, at stride 1 or 2."""
    d, h, row = axes
    same = (h.taps, h.stride) == (row.taps, row.stride) and d.trivial
    plain = h.regular and row.regular and row.unit == h.dilation == row.dilation == 1
    return same and plain and h.taps in (2, 3) and h.stride in (1, 2)


def _share(axes):
    """Return how many rows of windows, one below the other, can be joined together; 0 for none."""
    d, h, row = axes
    if not (d.trivial and h.regular and h.dilation == 1 and h.stride in (1, 2)):
        return 0
    if row.input * row.unit < _WIDEST:
        return 0
    return next((n for n in (8, 4, 2) if (n - 1) * h.stride < h.taps and n * h.stride <= 8), 0)


class DirectPooling(_Joined):
    """Joins every row of a window, then every column; large sums by a ladder."""

    name = "direct"

    def columns(self, problem, axes):
        h, row = axes[1:]
        if problem.norm is None and _is_small(axes) and problem.compute not in _PLAIN:
            # half a vector of outputs costs as much as a whole one, unless planes are lanes
            few = 2 * row.output * DTYPES[problem.compute].itemsize <= _VECTOR
            if not (few and h.stride < h.taps and self._across(problem, axes, "all_rows")):
                return "at_once", plain(h), 1
        share = _share(axes) if problem.op in ("avg_pool", "adaptive_avg_pool") else 0
        if share and h.taps <= _SHARED_TAPS:
            return "shared", plain(h), share
        steps = self.along(problem, h)
        if steps[1] and h.regular and h.stride * joins(steps) < h.taps:
            return "ladder", steps, 1
        return "all_rows", plain(h), 1

    def along(self, problem, row):
        if problem.op in _MAXIMA or row.window < _LEAST_TAPS or not row.regular:
            return plain(row)
        return ladder(row, False)


class _LargeMaxima(_Joined):
    """Maxima over sliding windows, with fewer joins than there are taps."""

    def refuses(self, problem):
        reason = super().refuses(problem)
        if reason is not None:
            return reason
        if problem.op not in _MAXIMA:
            return "maxima only"
        if not all(a.regular for a in axes_of(problem)):
            return "windows of one size only"
        return None

    def along(self, problem, row):
        return ladder(row, True)


class Doubling(_LargeMaxima):
    """Maxima of 4, 16, ... rows and columns (or powers of 2 or 3); two of them may overlap."""

    name = "doubling"

    def columns(self, problem, axes):
        steps = ladder(axes[1], True)
        return ("ladder" if steps[1] else "all_rows"), steps, 1


class VanHerk(_LargeMaxima):
    """Running maxima of rows from both ends of blocks; along the row it works like `Doubling`."""

    name = "van_herk"

    def refuses(self, problem):
        reason = super().refuses(problem)
        if reason is not None:
            return reason
        h = axes_of(problem)[1]
        if h.taps == 1:
            return "the window is one row high"
        return "no dilation from row to row" if h.dilation > 1 else None

    def columns(self, problem, axes):
        share = _share(axes) if problem.compute not in _PLAIN else 0
        if share and axes[1].taps <= _SHARED_TAPS:
            return "shared", plain(axes[1]), share
        return "van_herk", plain(axes[1]), 1
