"""Kernels with many taps on images of integers whose results are float32: a copy in float32, which
is filtered by the stencils of `direct`.

They add products with fused multiply-adds, in registers that several rows share. Sums that float32
holds are exact in any order; others are rounded.
"""

from math import prod

import numpy as np

from ..loops.stride_phases import Lease
from ..problem import FilterProblem
from ..problem.filter_requests import filter_request
from .base import Latest
from .direct import Direct
from .integer_filters import has_rows
from .integer_sums import SOURCES

#: fewest taps that are worth a copy of the image
_LEAST_TAPS = 25
#: bytes between arrays of a lease, at most
_APART = 64
_STENCILS = Direct()


def by_stencils(problem):
    """Return whether the results are those of stencils in float32."""
    if not isinstance(problem, FilterProblem) or problem.op.endswith("1d"):
        return False
    if problem.dtypes[0] not in SOURCES or problem.dtypes[2] != "f32":
        return False
    if problem.stencil.taps < _LEAST_TAPS or not has_rows(problem):
        return False
    return _STENCILS.supports(_reals(problem)) is None


@Latest
def _reals(problem):
    """Return the same filter of float32."""
    return problem.with_values(dtypes=("f32",) * 3, traits=None, order=())


def seconds(problem, machine, threads):
    """Return the predicted time of a filter of which `by_stencils` is true."""
    copied = 8 * prod(problem.shape) / machine.memory_rate
    return _STENCILS.cost(_reals(problem), machine, threads) + copied


def workspace(problem, threads):
    """Return the bytes of workspace of such a filter."""
    return _STENCILS.workspace(_reals(problem), threads) + 4 * prod(problem.shape) + _APART


class Kernel:
    """The weights of such a filter as an operand of float32.

    Parameters
    ----------
    problem : FilterProblem
    weight : ndarray of float64
    """

    def __init__(self, problem, weight):
        fill = np.float32(problem.fill)
        self.arrange = filter_request(_reals(problem), np.dtype(np.float32), fill).arrange
        self.weight = np.asarray(weight, np.float32)
        self.nbytes = self.weight.nbytes

    def operands(self, image):
        """Return the operands of `direct`."""
        return self.arrange((image, self.weight))


def bind(problem):
    """Return the function that runs such a filter, as `Algorithm.bind` does."""
    sums = _STENCILS.bind(_reals(problem))
    size, shape = 4 * prod(problem.shape) + _APART, problem.stencil.feature_shape

    def run(arrays, prepared, out, threads):
        kernel = Kernel(problem, arrays[1]) if prepared is None else prepared
        copy = Lease(size).array(problem.shape, np.float32)
        np.copyto(copy, arrays[0])
        sums(kernel.operands(copy), None, out.reshape(shape), threads)

    return run
