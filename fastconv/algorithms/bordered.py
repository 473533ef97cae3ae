"""Maximum and minimum filters on the algorithms for poolings.

Where a window sees more past an edge than it holds anyway, the image's continuation is written out
first; the pooling of the bordered image is then the filter.
"""

from math import prod

import numpy as np

from ..problem.arrays import DTYPES
from .base import Algorithm


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
        if problem.pooling is None:
            return "at most 3 axes, of which those that are not filtered lie in front or behind"
        return self.base.supports(problem.pooling)

    def cost(self, problem, machine, threads):
        seconds = self.base.cost(problem.pooling, machine, threads)
        if problem.bordered_axes:
            seconds += 3 * _bordered_bytes(problem) / machine.memory_rate + 4 * machine.python_call
        return seconds

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        borders = _bordered_bytes(problem) if problem.bordered_axes else 0
        return self.base.workspace(problem.pooling, threads) + borders

    def bind(self, problem):
        pooling = problem.pooling
        run_pooling = self.base.bind(pooling)
        borders = list(problem.borders)
        images = (pooling.n, 1, *pooling.input)

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            for widths, mode in borders:
                values = {"constant_values": fill} if mode == "constant" else {}
                x = np.pad(x, widths, mode, **values)
            run_pooling((x.reshape(images),), None, out, threads)

        return run


def _bordered_bytes(problem):
    """Return the bytes of the image with its borders."""
    pooling = problem.pooling
    return pooling.n * prod(pooling.input) * DTYPES[problem.compute].itemsize
