"""direct, doubling, van_herk: poolings that join whole rows, then values along the row.

To join two rows is to take their maximum or their sum. Windows of k taps on an axis take k joins
with `direct`, about log2 k with `doubling` and 3 with `van_herk`. Sums cannot be doubled, as parts
of a window must not overlap; `direct` puts large ones together from sums of 4, 16, ... values.
`loops/pooling_layout.pyx` counts the work of each of them.

References
----------
M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal
kernels", Pattern Recognition Letters, 1992; J. Gil and M. Werman, "Computing 2-D min, median, and
max filters", IEEE PAMI, 1993.
"""

from math import inf

from .. import config
from ..loops.pooling import Pooling
from ..loops.pooling_layout import cut_of
from ..loops.pooling_windows import windows_of
from .base import Algorithm, overlapped

_MAXIMA = ("max_pool", "adaptive_max_pool", "min_pool")
_OPS = (*_MAXIMA, "avg_pool", "adaptive_avg_pool", "lp_pool")
_NORMS = (None, 1.0, 2.0, inf)
#: bytes of a vector in estimates
_VECTOR = 32


class _Joined(Algorithm):
    """What the three algorithms have in common."""

    families = ("pooling",)
    bounds = {"f32": 1e-6, "f64": 2e-15}

    def refuses(self, problem):
        if problem.op not in _OPS or problem.kind != "fwd":
            return "maxima, averages and norms of windows, forward, only"
        if problem.op not in _MAXIMA and problem.compute not in ("f32", "f64"):
            return "no complex numbers"
        if problem.norm not in _NORMS:
            return "norms with p = 1, 2 and infinity only"
        if problem.op == "min_pool" and set(problem.stride) != {1}:
            return "minima at stride 1 only"
        if problem.indices:
            return "values without indices only"
        if windows_of(problem).gaping:
            return "windows that span more than four times the input"
        return None

    def cost(self, problem, machine, threads):
        cut = self._cut(problem)
        row = cut.work * _VECTOR / machine.pool_rate + cut.steps * machine.pool_step
        seconds = overlapped(cut.rows * row / threads, problem.bytes / machine.memory_rate)
        return machine.call + (machine.fork if threads > 1 else 0.0) + seconds

    def error_bound(self, problem):
        return 0.0 if problem.op in _MAXIMA else super().error_bound(problem)

    def workspace(self, problem, threads):
        return self._cut(problem).workspace(threads)

    def bind(self, problem):
        pooling = Pooling(self._cut(problem))

        def run(arrays, prepared, out, threads):
            pooling(arrays[0], out, threads)

        return run

    def _cut(self, problem):
        return cut_of(problem, self.name, config.current_isa())


class DirectPooling(_Joined):
    """Joins every row of a window, then every column; large sums by a ladder."""

    name = "direct"


class _LargeMaxima(_Joined):
    """Maxima over sliding windows, with fewer joins than there are taps."""

    def floor(self, problem, machine, threads):
        return 0.0 if windows_of(problem).gaping else self.cost(problem, machine, threads)

    def refuses(self, problem):
        reason = super().refuses(problem)
        if reason is not None:
            return reason
        if problem.op not in _MAXIMA:
            return "maxima only"
        if not windows_of(problem).regular:
            return "windows of one size only"
        return None


class Doubling(_LargeMaxima):
    """Maxima of 4, 16, ... rows and columns (or powers of 2 or 3); two of them may overlap."""

    name = "doubling"


class VanHerk(_LargeMaxima):
    """Running maxima of rows from both ends of blocks; along the row it works like `Doubling`."""

    name = "van_herk"

    def refuses(self, problem):
        reason = super().refuses(problem)
        if reason is not None:
            return reason
        taps, dilation = windows_of(problem).height
        if taps == 1:
            return "the window is one row high"
        return "no dilation from row to row" if dilation > 1 else None
