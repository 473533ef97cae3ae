"""Filters of 8-bit and 16-bit images by Fourier transforms in float64, with SciPy's very integers.

Sums from transforms differ from those that add all taps in their order by a bounded error. Where
no number at which the result changes lies that near, they give the same integers; the rest, mostly
flat places, is added up from all taps (src/taps/outer.h).
"""

from math import prod

import numpy as np

from ..loops.stride_phases import Lease
from ..problem import FilterProblem
from ..problem.arrays import DTYPES
from ..problem.filter_requests import filter_request
from . import integer_filters, rounded
from .base import Algorithm, Latest
from .integer_sums import SOURCES

#: sums of products of two tiles of up to 2**20 values, in units of the largest value of one and the
#: norm of the other: rounding errors of three transforms, with room
_ERROR = 64 * 20 * 2.0**10 * 2.0**-53
#: bytes between arrays of a lease, at most
_APART = 128
#: passes over memory of float64 values, besides those of the transforms
_PASSES = 3


class Settled(Algorithm):
    """One algorithm for filters of float64.

    Parameters
    ----------
    base : Algorithm
    """

    families = ("integer", "rounded")
    layout = 2

    def __init__(self, base):
        self.base = base
        self.name = base.name

    def refuses(self, problem):
        if not isinstance(problem, FilterProblem) or problem.op.endswith("1d"):
            return "filters of 1-D kernels have their own algorithms"
        source, target = (DTYPES[name] for name in problem.dtypes[::2])
        if problem.dtypes[0] not in SOURCES or target.kind not in "iu":
            return "only 8 and 16 bits become integers"
        if problem.traits in ("nonfinite", "large"):
            return "the weights are not finite, or too large"
        if problem.fill != int(problem.fill) or abs(problem.fill) > 2**24:
            return "the value past the edges is not an integer of the image's size"
        reals = _reals(problem)
        if reals.swapped or reals.stencil.feature_channels > 1:
            return "one kernel that is smaller than the image only"
        if problem.family == "integer" and not integer_filters.has_rows(problem):
            return "at most three axes of the image as it lies in memory"
        return self.base.supports(reals)

    def hesitates(self, problem):
        if problem.traits in ("r1", "box"):
            return "'direct' sums outer products along one axis after the other"
        return None

    def floor(self, problem, machine, threads):
        return machine.call + machine.python_call + _memory(problem, machine)

    def cost(self, problem, machine, threads):
        return self.base.cost(_reals(problem), machine, threads) + _memory(problem, machine)

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        return self.base.workspace(_reals(problem), threads) + 16 * prod(problem.shape)

    def prepare(self, problem, weight):
        return _Prepared(self.base, problem, weight)

    def bind(self, problem):
        sums = self.base.bind(_reals(problem))

        def run(arrays, prepared, out, threads):
            if prepared is None:
                prepared = self.prepare(problem, arrays[1])
            prepared(sums, arrays[0], out, threads)

        return run


def _memory(problem, machine):
    """Return the seconds of the passes over memory."""
    return _PASSES * 8 * prod(problem.shape) / machine.memory_rate


@Latest
def _reals(problem):
    """Return the same filter of float64."""
    found = problem.with_values(
        dtypes=("f64",) * 3, rounding="", saturate=False, traits=None, order=()
    )
    axes = problem.stencil.axes
    if len(axes) == len(problem.shape) <= 3 and not any([a.unfiltered for a in axes]):
        found.stencil = problem.stencil  # no axes are merged
    return found


class _Prepared:
    """The taps of a weight, and its spectra."""

    def __init__(self, base, problem, weight):
        reals = _reals(problem)
        self.arrange, self.fill = None, np.float64(problem.fill)
        w = np.asarray(weight, np.float64)
        if problem.family == "integer":
            self.arrange = filter_request(reals, np.dtype(np.float64), self.fill).arrange
        largest = max(2.0 ** (8 * DTYPES[problem.dtypes[0]].itemsize), abs(problem.fill))
        gain, norm = np.abs(w).sum(), np.sqrt(np.square(w).sum())
        error = largest * (_ERROR * norm + 2 * w.size * gain * 2.0**-53)
        error = float(error) if np.isfinite(error) else np.inf
        if problem.family == "integer":
            self.taps = integer_filters.settling(problem, weight, error)
        else:
            self.taps = rounded.settling(problem, w, error)
        self.shape = reals.stencil.feature_shape
        self.weight = w
        self.spectra = base.prepare(reals, self._operands(np.empty(problem.shape), w)[1])
        self.nbytes = w.nbytes + self.spectra.nbytes

    def _operands(self, image, weight):
        if self.arrange is None:
            return image, weight, None, None, self.fill
        return self.arrange((image, weight))

    def __call__(self, sums, image, out, threads):
        if self.taps is None:
            out[...] = 0
            return
        lease = Lease(8 * (image.size + prod(self.shape)) + _APART)  # new memory takes longer
        copy, found = lease.array(image.shape, np.float64), lease.array(self.shape, np.float64)
        np.copyto(copy, image)
        operands = self._operands(copy, self.weight)
        sums(operands, self.spectra, found, threads)
        self.taps(image, out, threads, found)
