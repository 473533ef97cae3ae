"""Maximum and minimum filters on the algorithms for poolings.

Where a window sees more past an edge than it holds anyway, the image's continuation is written out
first; the pooling of the bordered image is then the filter. A filter along many axes, or with large
borders along several, is computed in stages, a group of axes after the other.
"""

from math import prod

import numpy as np

from ..problem.arrays import DTYPES
from .base import Algorithm
from .borders import Borders


class Bordered(Algorithm):
    """One algorithm for poolings, of an image with borders.

    Parameters
    ----------
    base : Algorithm
    """

    families = ("extremum",)

    def __init__(self, base):
        self.base = base
        self.name = base.name

    def supports(self, problem):
        return next(filter(None, (self.base.supports(s.pooling) for s in problem.stages)), None)

    def floor(self, problem, machine, threads):
        if problem.copies:
            return machine.call
        return sum([self.base.floor(s.pooling, machine, threads) for s in problem.stages])

    def cost(self, problem, machine, threads):
        if problem.copies:
            return machine.call + 2 * problem.bytes / machine.memory_rate
        seconds = 0.0
        for stage in problem.stages:
            seconds += self.base.cost(stage.pooling, machine, threads)
            if stage.bordered_axes:
                seconds += 3 * _bordered_bytes(stage) / machine.memory_rate
                seconds += 4 * machine.python_call
        return seconds

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        needed = 0
        for stage in problem.stages:
            borders = _bordered_bytes(stage) if stage.bordered_axes else 0
            needed = max(needed, self.base.workspace(stage.pooling, threads) + borders)
        between = min(len(problem.stages) - 1, 2)  # results of stages before the last
        return needed + between * prod(problem.shape) * DTYPES[problem.compute].itemsize

    def bind(self, problem):
        *first, last = [self._stage(stage) for stage in problem.stages]
        if not first:
            return last

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            for stage in first:
                result = np.empty_like(x)
                stage((x, fill), None, result, threads)
                x = result
            last((x, fill), None, out, threads)

        return run

    def _stage(self, problem):
        """Return `run` of a problem that one pooling computes."""
        if problem.copies:
            return _copy
        pooling = problem.pooling
        run_pooling = self.base.bind(pooling)
        borders = Borders(problem.shape, problem.borders) if problem.bordered_axes else None
        images = (pooling.n, 1, *pooling.input)

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            if borders is not None:
                x = borders(x.reshape(problem.shape), fill)
            run_pooling((x.reshape(images),), None, out, threads)

        return run


def _copy(arrays, prepared, out, threads):
    out[...] = arrays[0].reshape(out.shape)


def _bordered_bytes(problem):
    """Return the bytes of the image with its borders."""
    return prod(problem.bordered_shape) * DTYPES[problem.compute].itemsize
