"""Filters made of lines of weights, on the engine's float32 and float64 kernels."""

import math
from dataclasses import replace
from functools import reduce
from operator import attrgetter

import numpy as np

from .. import config
from ..algorithms.registry import lookup
from ..algorithms.separable import refuses_depthwise, rounded
from ..calls import Executor, chosen_executor
from ..planner import store
from ..planner.choose import Candidate
from ..problem import OPS
from ..problem.arrays import Spec

#: the kernel of a filter of several axes is written out up to so many taps
_WRITTEN_OUT = 1 << 20
#: taps along an axis from which other algorithms are asked
_LONGEST = 512
_CORRELATE = OPS["ndimage.correlate"]


class Steps:
    """One filter after the other, each an executor with what it takes for a weight."""

    def __init__(self, steps):
        self.steps = steps

    def __call__(self, x, out, num_threads):
        for executor, weight, prepared in self.steps[:-1]:
            x = executor((x, weight), prepared, None, num_threads)
        executor, weight, prepared = self.steps[-1]
        return executor((x, weight), prepared, out, num_threads)


class Added:
    """The sum of some filters."""

    def __init__(self, filters):
        self.filters = filters

    def __call__(self, x, out, num_threads):
        first, *others = self.filters
        out = first(x, out, num_threads)
        for other in others:
            out += other(x, None, num_threads)
        return out


class Length:
    """The square root of the sum of squares of some filters."""

    def __init__(self, filters):
        self.filters = filters

    def __call__(self, x, out, num_threads):
        for i, part in enumerate(self.filters):
            term = part(x, None if i else out, num_threads)
            np.multiply(term, term, out=term)
            out = np.add(out, term, out=out) if i else term
        return np.sqrt(out, out=out)


def filtering(shape, dtype, terms, cval, algorithm="auto", trait="r1", combine=Added):
    """``run(x, out, num_threads)`` of a sum of `terms` (see `lines`) on arrays of one shape.

    Parameters
    ----------
    shape : tuple of int
    dtype : dtype
        float32 or float64: of the array and of the result.
    terms : list of list of Line
    cval : float
    algorithm : str
    trait : str
        What the kernels are known to be: ``box``, or outer products, ``r1``.
    combine : class
        What becomes of several terms: `Added` or `Length`.
    """
    terms = [_simplified(lines, cval) for lines in terms]
    if any(not lines for lines in terms):
        return None
    common = (algorithm, "default", None, ())
    filters = [_term(shape, dtype, lines, cval, common, trait) for lines in terms]
    return combine(filters) if len(filters) > 1 or combine is Length else filters[0]


def _term(shape, dtype, lines, cval, common, trait):
    together = len(lines) > 1 and _fusible(lines, cval)
    groups = [lines] if together else [[line] for line in lines]
    return Steps([_step(shape, dtype, group, cval, common, trait) for group in groups])


def _simplified(lines, cval):
    """Without weights of one tap, which are factors of the others."""
    factors = [line.weights[0] for line in lines if line.weights.size == 1]
    longer = [line for line in lines if line.weights.size > 1]
    if cval and any(f != 1 for f in factors) and any("constant" in line.mode for line in longer):
        return lines  # SciPy does not multiply cval
    scale = math.prod(factors)
    if not longer:
        return [line._replace(weights=np.array([scale])) for line in lines[:1]]
    return [longer[0]._replace(weights=longer[0].weights * scale), *longer[1:]]


def _fusible(lines, cval):
    """Whether one pass over at most three axes gives what one axis after the other gives."""
    if len(lines) > 3 or math.prod(line.weights.size for line in lines) > _WRITTEN_OUT:
        return False
    # past an edge SciPy sees cval again, not what becomes of cval
    changed = any(abs(line.weights.sum() - 1) > 1e-9 for line in lines)
    return not (cval and changed and any("constant" in line.mode for line in lines))


def _request(shape, dtype, lines, cval, trait):
    """The request of lines in the order of their axes."""
    sizes = tuple(line.weights.size for line in lines)
    options = {
        "mode": tuple(line.mode for line in lines),
        "cval": cval,
        "origin": tuple(line.origin for line in lines),
        "axes": tuple(line.axis for line in lines),
    }
    request = _CORRELATE.request((Spec(shape, dtype), Spec(sizes, dtype)), options)
    return replace(request, problem=replace(request.problem, traits=trait))


def _step(shape, dtype, lines, cval, common, trait):
    """Lines along several axes at once: an executor, its weight and its prepared weight.

    Left to fastconv they are not multiplied out, not even for one axis: one axis after the other
    gives the same bits as all together.
    """
    lines = sorted(lines, key=attrgetter("axis"))
    request = _request(shape, dtype, lines, cval, trait)
    problem = request.problem
    algorithm = lookup("box" if trait == "box" else "separable", problem)
    longest = max(line.weights.size for line in lines)
    possible = problem.compute in algorithm.dtypes and refuses_depthwise(problem) is None
    if common[0] == "auto" and possible and 1 < longest <= _LONGEST:
        seconds = algorithm.cost(problem, store.machine(), config.get_num_threads())
        bound = algorithm.error_bound(problem)
        candidate = Candidate(algorithm.name, True, None, seconds, bound)
        executor = Executor(_CORRELATE, request, candidate, may_redo=False)
    else:
        executor = chosen_executor(_CORRELATE, common, request)
    weight = None
    prepared = executor.algorithm.prepare_vectors(problem, [line.weights for line in lines])
    if prepared is None:
        weight = reduce(np.multiply.outer, [line.weights for line in lines])
        weight = rounded(weight.ravel(), dtype).reshape(weight.shape)
    return executor, weight, prepared
