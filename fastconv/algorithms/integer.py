"""Filters of images of integers, with the very integers that SciPy gives.

=============  =================================================================================
`direct`       dense kernels, kernels along one axis, sums of 1-D kernels through one pixel, and
               small products of 1-D kernels of integers
`separable`    one axis after the other
`box`          windows of constant weights
`naive`        the definition with NumPy, for any number of axes (`integer_naive`)
=============  =================================================================================
"""

from math import prod

import numpy as np

from .. import config
from ..problem import FilterProblem
from ..problem.arrays import DTYPES
from . import integer_reals
from .base import Algorithm, rounding
from .integer_filters import geometry, has_rows, of_terms, of_weights
from .integer_fixed import TYPES as FIXED
from .integer_sums import SOURCES
from .tap_costs import taps_seconds

#: values per second and tap in floating point, about
_RATE = 2e9
#: seconds of a value in fixed point, for every axis and for every tap, about
_AXIS, _TAP = 2e-10, 1e-11
#: share of the time of passes that a small kernel of integers takes, modulo 2**16
_MODULO = 0.5


def sums_are_held(problem):
    """Return whether the result's dtype holds all sums, as of integer weights that are named."""
    result = DTYPES[problem.dtypes[2]]
    if isinstance(problem, FilterProblem) or problem.fill != int(problem.fill):
        return False
    limits, total = np.iinfo(DTYPES[problem.dtypes[0]]), 0.0
    for term in problem.terms:
        weights = [p.kernel.weights for p in term]
        if any((w != np.rint(w)).any() for w in weights):
            return False
        total += prod(np.abs(w).sum() for w in weights)
    return total * max(-limits.min, limits.max, abs(problem.fill)) < 1 / np.finfo(result).eps


class _Integer(Algorithm):
    """What the three algorithms on `loops.integer` have in common."""

    families = ("integer",)
    layout = 2
    bounds = {"f32": 1e-6, "f64": 2e-15}  # of results in floating point
    sized = False  # of a `FilterProblem`; the others have no pattern

    def supports(self, problem):
        if problem.dtypes[0] not in SOURCES:
            return "images of 8 and 16 bits only"
        reason = super().supports(problem)
        if reason is None and not isinstance(problem, FilterProblem):
            reason = None if self.filters(problem) else "no kernel holds SciPy's sums"
        return reason

    def cost(self, problem, machine, threads):
        fork = machine.fork if threads > 1 else 0.0
        values = prod(problem.shape)
        taps = problem.flops / (2 * values)
        axes = self.axes_in_fixed_point(problem)
        seconds = axes * _AXIS + taps * _TAP if axes else taps / _RATE
        return machine.call + fork + values * seconds / threads

    def error_bound(self, problem):
        result = DTYPES[problem.dtypes[2]]
        if result.kind in "iu" or sums_are_held(problem):
            return 0.0
        return self.bounds["f32" if result.char == "f" else "f64"] + rounding(problem)

    def workspace(self, problem, threads):
        return prod(problem.shape) * DTYPES[problem.dtypes[2]].itemsize

    def bind(self, problem):
        steps = self.filters(problem)

        def run(arrays, prepared, out, threads):
            steps(arrays[0], out, threads)

        return run

    def axes_in_fixed_point(self, problem):
        """Return the number of axes, 0 where sums are of floating-point numbers."""
        image, _, result = problem.dtypes
        if image != result or image not in FIXED:
            return 0
        if isinstance(problem, FilterProblem):
            return int(problem.op.endswith("1d"))
        return sum(len(term) for term in problem.terms) if len(problem.terms) == 1 else 0

    def filters(self, problem):
        """Return the bound `Steps` of a problem that names its weights, None without any."""
        return of_terms(self.name, problem, config.current_isa())


class IntegerDirect(_Integer):
    """Every tap of a kernel in SciPy's order, or where results are float32 in any order."""

    name = "direct"
    bounds = {"f32": 1.5e-6, "f64": 3e-15}

    def refuses(self, problem):
        if isinstance(problem, FilterProblem):
            if problem.traits == "large":
                return "sums beyond 2**31 go to 'scipy'"
            if problem.op.endswith("1d") and problem.weights[problem.axes[0]] == 1:
                return "the kernel has one tap"
            if not has_rows(problem) or problem.op.endswith("1d") and geometry(problem) is None:
                return "at most three axes of the image as it lies in memory"
        return None

    def cost(self, problem, machine, threads):
        if integer_reals.by_stencils(problem):
            return integer_reals.seconds(problem, machine, threads)
        if isinstance(problem, FilterProblem) and not problem.op.endswith("1d"):
            fork = machine.fork if threads > 1 else 0.0
            return machine.call + fork + taps_seconds(problem, machine) / threads
        seconds = super().cost(problem, machine, threads)
        one = not isinstance(problem, FilterProblem) and len(problem.terms) == 1
        return seconds * _MODULO if one else seconds  # `separable` would make passes of it

    def workspace(self, problem, threads):
        if integer_reals.by_stencils(problem):
            return integer_reals.workspace(problem, threads)
        return super().workspace(problem, threads)

    def prepare(self, problem, weight):
        if integer_reals.by_stencils(problem):
            return integer_reals.Kernel(problem, weight)
        if isinstance(problem, FilterProblem):
            return of_weights(problem, weight)
        return None

    def bind(self, problem):
        if integer_reals.by_stencils(problem):
            return integer_reals.bind(problem)
        if not isinstance(problem, FilterProblem):
            return super().bind(problem)

        def run(arrays, prepared, out, threads):
            steps = of_weights(problem, arrays[1]) if prepared is None else prepared
            steps(arrays[0], out, threads)

        return run


class IntegerSeparable(_Integer):
    """One axis after the other, two at a time where they follow each other in memory."""

    name = "separable"

    def refuses(self, problem):
        if isinstance(problem, FilterProblem):
            return "the kernel is not given as 1-D kernels"
        if len(problem.terms) > 1:
            return "the filter is a sum of several terms"
        return "constant kernels are box's" if problem.is_box else None


class IntegerBox(_Integer):
    """Running sums."""

    name = "box"

    def refuses(self, problem):
        if isinstance(problem, FilterProblem) or not problem.is_box:
            return "the kernel is not known to be constant"
        return None
