"""Where a weight's values take part in the choice of an algorithm.

A problem says nothing of values, but for its `traits`. They are set here, from a weight, where that
may pay: each channel on its own, a kernel that is not small, and more work than a look costs.
"""

from dataclasses import replace
from math import prod

import numpy as np

from .. import config
from ..algorithms import integer
from ..loops.operands import ready
from ..problem.filtering import SPECTRAL_METHODS
from ..problem.traits import traits
from .choose import choose

#: algorithms that cannot run without knowing what the weight allows
BY_VALUES = ("separable", "low_rank", "box")
#: smaller kernels, and less work, are not worth a look
LEAST_TAPS = 25
LEAST_SECONDS = 50e-6

def possible(problem):
    """Return whether an algorithm could make use of the structure of this problem's weight."""
    if problem.family != "convolution":
        return False
    stencil = problem.stencil
    return (
        problem.compute in ("f32", "f64")
        and problem.kind == stencil.role == "fwd"
        and stencil.image_channels == stencil.groups
        and all(a.tile == 1 for a in stencil.axes)
    )


def looks(problem, algorithm="auto", accuracy="default", workspace_limit=None):
    """Return whether a call looks at its weight's structure; the choices are those of `choose`."""
    if algorithm != "auto":
        return algorithm in BY_VALUES and possible(problem)
    if not possible(problem) or prod(a.taps for a in problem.stencil.axes) < LEAST_TAPS:
        return False
    if getattr(problem, "method", "auto") in SPECTRAL_METHODS:
        return False
    blind = choose(replace(problem, traits=None), "auto", accuracy, workspace_limit)
    return blind.seconds is None or blind.seconds * config.get_num_threads() > LEAST_SECONDS


def engine_weight(request, arrays):
    """Return the weight as the engine takes it, from the caller's arrays."""
    return request.operands(ready, arrays, only=weight_position(request))[1]


def weight_position(request):
    """Return which of the caller's arrays is the weight; a filter may take the smaller one."""
    return 0 if getattr(request.problem, "swapped", False) else 1


def with_traits(request, weight, structure=True):
    """Return the request, its problem with the traits of a weight.

    Parameters
    ----------
    request : Request
    weight : ndarray
        As the engine takes it.
    structure : bool
        Whether the weight's structure is looked at, besides what image filters need.
    """
    problem = request.problem
    if problem.family == "integer":
        found = integer.traits_of(problem, weight)
    elif problem.on_image and not np.isfinite(weight).all():
        found = "nonfinite"
    else:
        found = traits(weight, len(problem.stencil.axes)) if structure else None
    return replace(request, problem=replace(problem, traits=found))
