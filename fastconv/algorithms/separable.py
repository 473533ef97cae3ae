"""separable, low_rank: a kernel that is an outer product of vectors, filtered axis by axis.

A kernel of rank one costs the sum of its sizes instead of their product; a sum of r such kernels
costs r times that. Only a kernel's values say whether it is one (`problem.traits`).

References
----------
S. Treitel and J. L. Shanks, "The design of multistage separable planar filters", IEEE Trans.
Geoscience Electronics 9, 1971 (sums of separable filters, by the singular value decomposition).
"""

from math import prod

import numpy as np

from .. import config
from ..caches import TableCache
from ..loops.separable import Separable as Loops
from ..problem.arrays import DTYPES
from ..problem.factors import factors
from .base import Algorithm, Latest, c_axis, overlapped, refuses_axes

#: seconds of an output row besides its arithmetic
_ROW = 6e-8
#: seconds to find the row that a tap of it reads
_FIND = 0.55e-9
#: bytes of sums along a row that take as long as those of any shorter row
_LEAST_ROW = 128
#: passing values on from axis to axis takes the time of so many taps
_PASSING = 8


#: weights of float64, as bytes, that were rounded
_rounded = TableCache(1 << 20)


class Separable(Algorithm):
    """Kernels of rank one."""

    name = "separable"
    forward_only = True
    dtypes = ("f32", "f64")
    bounds = {"f32": 1e-6, "f64": 2e-15}
    growth = None
    sized = False

    def refuses(self, problem):
        return refuses_depthwise(problem) or self._refuses_kernel(problem)

    def cost(self, problem, machine, threads):
        axes = problem.stencil.axes
        found = sum(a.taps for a in axes[:-1]) * _FIND
        taps = _taps(axes, DTYPES[problem.compute].itemsize) * terms(problem)
        return passes_cost(problem, machine, threads, taps, found)

    def workspace(self, problem, threads):
        return _loops(problem).workspace(threads)

    def prepare(self, problem, weight):
        return _coefficients(problem, _loops(problem), weight)

    def prepare_vectors(self, problem, vectors):
        dtype = DTYPES[problem.compute]
        rest = iter(rounded(v, dtype) for v in vectors)
        along = [next(rest) if a.taps > 1 else np.ones(1) for a in problem.stencil.axes]
        missing = [np.ones(1)] * (3 - len(along))
        return np.concatenate(missing + along).astype(dtype).reshape(1, 1, -1)

    def bind(self, problem):
        loops = _loops(problem).build()

        def run(arrays, prepared, out, threads):
            if prepared is None:
                prepared = _coefficients(problem, loops, arrays[1])
            loops(arrays, prepared, out, threads)

        return run

    def _refuses_kernel(self, problem):
        if sum(a.taps > 1 for a in problem.stencil.axes) < 2:
            return "a kernel along one axis has nothing to separate"
        if problem.traits in ("box", "r1"):
            return None
        return lacks_trait(problem, "an outer product of vectors")


class LowRank(Separable):
    """Kernels that are sums of few outer products."""

    name = "low_rank"
    # two terms of opposite sign may overflow where their sum would not
    spreads_nan = True
    bounds = {"f32": 2e-5, "f64": 5e-14}

    def _refuses_kernel(self, problem):
        if len(problem.stencil.axes) != 2 or 1 in (a.taps for a in problem.stencil.axes):
            return "the rank of kernels with two axes only"
        if problem.traits is not None:
            return None
        return lacks_trait(problem, "of low rank")


def _taps(axes, itemsize):
    """Return the taps per output, where those of an axis meet what later axes read of the image."""
    last = axes[-1]
    taps = last.taps * max(1, _LEAST_ROW // itemsize / last.feature)
    for i, axis in enumerate(axes[:-1]):
        read = 1.0
        for a in axes[i + 1 :]:
            extent = (a.feature - 1) * a.stride + (a.taps - 1) * a.dilation + 1
            read *= min(a.image, extent) / a.feature
        taps += axis.taps * read
    return taps


def refuses_depthwise(problem):
    """Return why a problem is not a forward convolution of single channels, or None."""
    stencil = problem.stencil
    if stencil.role != "fwd" or problem.kind != "fwd":
        return "forward convolutions only"
    if stencil.image_channels != stencil.groups:
        return "every output takes one channel only: groups must equal the input's channels"
    return refuses_axes(stencil)


def lacks_trait(problem, what):
    """Return the refusal of a problem whose kernel is not `what` the algorithm needs."""
    if problem.traits is None:
        return f"the kernel is not known to be {what}"
    return f"the kernel is {problem.traits}, not {what}"


def passes_work(problem, taps):
    """Return the work of all passes in multiply-adds of float32.

    Parameters
    ----------
    problem : ConvProblem or FilterProblem
    taps : float
        Taps per output on all axes together.
    """
    s = problem.stencil
    wide = 1.0 if problem.compute == "f32" else 2.0
    return s.n * s.feature_channels * prod(a.feature for a in s.axes) * (taps + _PASSING) * wide


def passes_cost(problem, machine, threads, taps, found=0.0):
    """Return the predicted seconds of passes along each axis.

    Parameters
    ----------
    problem, machine, threads
        As for `Algorithm.cost`.
    taps : float
        Taps per output on all axes together, or additions that cost as much.
    found : float
        Seconds that an output row takes besides, to find the rows of its taps.
    """
    s = problem.stencil
    rows = s.n * s.feature_channels * prod(a.feature for a in s.axes[:-1])
    work = passes_work(problem, taps) / machine.separable_rate + rows * (_ROW + found)
    fork = machine.fork if threads > 1 else 0.0
    memory = problem.bytes / machine.memory_rate
    return machine.call + fork + overlapped(work / threads, memory)


def loops_of(problem, kind, **options):
    """Return the loops of a problem: an instance of the class `kind`, with its own `options`."""
    s = problem.stencil
    axes = [c_axis(a) for a in s.axes]
    return kind(
        config.current_isa(), problem.compute, s.n, s.image_channels, s.feature_channels, axes,
        bias=problem.bias, activation=problem.activation, add=problem.add, **options,
    )  # fmt: skip


def terms(problem):
    """Return the number of outer products that a problem's kernels are sums of."""
    return int(problem.traits[1:]) if problem.traits and problem.traits[0] == "r" else 1


def _new_loops(problem):
    return loops_of(problem, Loops, terms=terms(problem), copies=True)


_loops = Latest(_new_loops)


def rounded(weights, dtype):
    """Return weights in a narrower dtype with the same sum, so that a blur stays as bright.

    What rounding takes from one weight is given to the next smaller one.
    """
    if weights.dtype == dtype:
        return weights
    key = weights.tobytes(), dtype
    result = _rounded.entries.get(key)
    if result is None:
        result = weights.astype(dtype)
        lost = 0.0
        for i in np.argsort(-np.abs(weights), kind="stable"):
            result[i] = weights[i] + lost
            lost += weights[i] - float(result[i])
        _rounded.insert(key, result)
    return result


def _coefficients(problem, loops, weight):
    """Return the vectors of each channel and term end to end, one axis after the other."""
    shape, _ = loops.factors()
    vectors = factors(weight, shape[1])
    if len(vectors) == 2:
        vectors.insert(0, np.ones((*shape[:2], 1)))
    elif vectors[0].shape[2] == 1:  # nothing to sum along the first axis: planes are read in place
        vectors[1] = vectors[1] * vectors[0]
    return np.concatenate(vectors, axis=2).astype(DTYPES[problem.compute])
