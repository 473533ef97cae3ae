"""The form of `sorting` for windows along one axis, in which neighbouring windows share values.

What the windows of a block share is sorted once. Half a block shares more, which is merged into
what was sorted before, and so on down to single windows. So a value takes about log(n)**2
comparisons in a window of n, and vectors do the same for as many lines at a time.

References
----------
A. Adams, "Fast median filters using separable sorting networks", ACM Transactions on Graphics 40,
2021.
"""

from .. import config
from ..loops.running import Running as Loop
from ..loops.running import lanes_of
from ..loops.running_layout import axis_of, cut, pairs_of
from .base import Latest

#: dtypes whose values vectors compare
_DTYPES = ("f32", "f64")
#: seconds of a pair of vectors, and to copy the values of an output to a panel and back
_PAIR, _COPY = 0.8e-9, 8e-9
#: seconds to begin a block and a task
_BEGIN, _TASK = 20e-9, 1e-6


def suits(problem):
    """Return whether windows lie along one axis, without gaps."""
    return problem.compute in _DTYPES and axis_of(problem) is not None


class Running:
    """Costs and loops of this form; see `Algorithm` for the methods."""

    def __init__(self):
        self._layout = Latest(_layout)

    def seconds(self, problem, threads):
        """Return the seconds of a call, without those to begin it."""
        layout = self._layout(problem)
        outputs = -(-min(layout.segment, layout.shape[1]) // layout.block) * layout.block
        pairs = pairs_of(layout.count, layout.block)
        seconds = outputs * (pairs * _PAIR + _COPY + _BEGIN / layout.block)
        seconds += layout.count * _COPY + _TASK
        rounds = -(-layout.tasks // min(threads, layout.tasks))
        return rounds * seconds

    def workspace(self, problem, threads):
        return threads * self._loop(problem).bytes_of_thread

    def bind(self, problem):
        loop = self._loop(problem)

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            loop(x, fill, out, threads)

        return run

    def _loop(self, problem):
        place = axis_of(problem)
        size, boundary = problem.size[place], problem.boundary[place]
        length = problem.shape[problem.axes[place]]
        before = size // 2 + problem.origin[place]
        axis = (length, length, size, 1, 1, before, boundary, 1)
        isa = config.current_isa()
        return Loop(isa, problem.compute, self._layout(problem), axis, problem.rank)


def _layout(problem):
    return cut(problem, lanes_of(config.current_isa(), problem.compute))
