"""Filters of 1-D kernels on the algorithms for convolution, one step after the other.

A `SeparableProblem` is a sum of terms, and each term is a list of `FilterProblem` steps. Every
algorithm that runs the steps runs the filter: `separable` and `box` from the 1-D kernels, the
others from kernels that are multiplied out.
"""

from functools import reduce

import numpy as np

from ..loops.epilogue import any_nonfinite
from ..problem.arrays import DTYPES
from ..problem.filter_requests import filter_request, in_order
from ..problem.records import lazily
from .base import Algorithm, Latest
from .kinds import of_all_sizes
from .separable import refuses_depthwise, rounded

#: taps of the longest kernel from which on algorithms other than `separable` and `box` are chosen
_LONGEST = 512
_PREFERRED = ("separable", "box")


class Stepwise(Algorithm):
    """One algorithm for every step.

    Parameters
    ----------
    base : Algorithm
    """

    families = ("separable",)

    def __init__(self, base):
        self.base = base
        self.name = base.name
        self.spreads_nan = base.spreads_nan
        self.sized = base.sized

    def supports(self, problem):
        return next((r for r in map(self._refuses_step, _filters(problem)) if r is not None), None)

    def _refuses_step(self, step):
        if self.name == "separable":  # along one axis, too: what the others do has other bits
            return refuses_depthwise(step)
        return self.base.supports(step)

    def hesitates(self, problem):
        preferred = _preferred(problem)
        if preferred in (None, self.name):
            return None
        return f"{preferred} gives the same bits whether one axis is filtered or several"

    def _narrowed(self, problem):
        """Return a problem that leaves out negligible taps, or None.

        `separable` computes it first: its sums show a NaN and an infinity of the image, for which
        the taps count.
        """
        return problem.narrowed if self.name == "separable" else None

    def cost(self, problem, machine, threads):
        problem = self._narrowed(problem) or problem
        steps = _filters(problem)
        seconds = sum(self.base.cost(step, machine, threads) for step in steps)
        added = (len(problem.terms) - 1) * problem.bytes / machine.memory_rate
        return seconds + added + machine.python_call * (len(steps) - 1)

    def error_bound(self, problem):
        steps = _filters(problem)
        return len(steps) * max(self.base.error_bound(step) for step in steps)

    def workspace(self, problem, threads):
        steps = _filters(problem)
        between = problem.bytes // 2 * (min(len(steps), 3) - 1)
        return max(self.base.workspace(step, threads) for step in steps) + between

    def bind(self, problem):
        narrowed = self._narrowed(problem)
        if narrowed is None:
            return self._bound(problem)
        run, bound = self._bound(narrowed), Latest(self._bound)

        def run_narrowed(arrays, prepared, out, threads):
            run(arrays, prepared, out, threads)
            if any_nonfinite(out, threads):
                bound(problem)(arrays, prepared, out, threads)

        return run_narrowed

    def _bound(self, problem):
        terms = [[_Step(self.base, *step) for step in term] for term in problem.steps]
        if len(terms) == len(terms[0]) == 1 and problem.combination == "sum":
            return terms[0][0].alone()
        combine = _length if problem.combination == "length" else _sum

        def run(arrays, prepared, out, threads):
            combine(terms, *arrays, out, threads)

        return run


def _new_filters(problem):
    """Return the `FilterProblem` of every step of all terms."""
    return [step for term in problem.steps for step, _ in term]


def _preferred(problem):
    """Return the name of the algorithm that is chosen whatever others cost, None if there is none.

    Filters along one axis after the other give the same bits as a filter along all of them.
    """
    return of_all_sizes(problem, "preferred", _preference)


@Latest
def _preference(problem):
    if not 1 < problem.longest <= _LONGEST or any(map(refuses_depthwise, _filters(problem))):
        return None
    return "box" if problem.is_box else "separable"


_filters = Latest(_new_filters)


class _Step:
    """One step, bound: ``step(x, fill, out, threads)``. A kernel of one tap is a factor."""

    def __init__(self, algorithm, problem, vectors):
        dtype = DTYPES[problem.compute]
        self.factor = None
        if max(v.size for v in vectors) == 1:
            self.factor = dtype.type(reduce(np.multiply.outer, vectors).item())
            return
        self.problem, self.dtype = problem, dtype
        self.run = algorithm.bind(problem)
        self.weight = None
        # short axes are merged into others, so that the same weights lie along other axes
        key = "prepared", algorithm.name, tuple(a.taps for a in problem.stencil.axes)
        self.prepared = of_all_sizes(problem, key, lambda p: algorithm.prepare_vectors(p, vectors))
        if self.prepared is None:
            weight = reduce(np.multiply.outer, vectors)
            weight = rounded(weight.ravel(), dtype).reshape(problem.weights)
            self.weight = self.request.arrange((None, weight))[1]
            self.prepared = algorithm.prepare(problem, self.weight)

    @lazily
    def request(self):
        """The request of a filter of this step."""
        return filter_request(self.problem, self.dtype, 0)

    def __call__(self, x, fill, out, threads):
        if self.factor is not None:
            np.multiply(x, self.factor, out=out)
            return
        image = self.request.arrange((x, None))[0]
        operands = (image, self.weight, None, None, fill)
        restore = self.request.restore
        if restore is None:
            self.run(operands, self.prepared, out, threads)
            return
        feature = np.empty(self.request.compute_shape, out.dtype)
        self.run(operands, self.prepared, feature, threads)
        out[...] = restore(feature).reshape(out.shape)

    def alone(self):
        """Return ``run(arrays, prepared, out, threads)`` of a filter of this step alone."""

        def run_anywhere(arrays, _, out, threads):
            self(*arrays, out, threads)

        if self.factor is not None or not in_order(self.problem):
            return run_anywhere
        run, weight, prepared = self.run, self.weight, self.prepared
        shape = self.problem.stencil.image_shape

        def run_in_place(arrays, _, out, threads):
            x, fill = arrays
            run((x.reshape(shape), weight, None, None, fill), prepared, out, threads)

        return run_in_place


def _apply(steps, x, fill, out, threads):
    """Run the steps of one term."""
    for step in steps[:-1]:
        between = np.empty(x.shape, out.dtype)
        step(x, fill, between, threads)
        x = between
    steps[-1](x, fill, out, threads)


def _sum(terms, x, fill, out, threads):
    """Write the sum of all terms."""
    first, *others = terms
    _apply(first, x, fill, out, threads)
    for steps in others:
        term = np.empty_like(out)
        _apply(steps, x, fill, term, threads)
        out += term


def _length(terms, x, fill, out, threads):
    """Write the square root of the sum of the squares of all terms."""
    for i, steps in enumerate(terms):
        term = np.empty_like(out) if i else out
        _apply(steps, x, fill, term, threads)
        np.multiply(term, term, out=term)
        if i:
            out += term
    np.sqrt(out, out=out)
