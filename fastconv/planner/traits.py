"""Looks at a weight's values, where they take part in the choice of an algorithm.

Of values a problem has only its `traits`. They are set here where that may pay: channels are
filtered one by one, the kernel is not small, and the work takes longer than the look.
"""

from dataclasses import replace
from math import prod

import numpy as np

from .. import config
from ..algorithms.integer_filters import traits_of
from ..loops.operands import ready
from ..problem.filtering import SPECTRAL_METHODS
from ..problem.traits import traits
from .choose import choose

#: algorithms that can only run if the weight has traits
BY_VALUES = ("separable", "low_rank", "box")
#: fewest taps of a kernel that is worth a look
LEAST_TAPS = 25
#: fewest seconds of work on one thread that are worth a look
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
    """Return whether a call with these arguments of `choose` looks at its weight's structure."""
    if algorithm != "auto":
        return algorithm in BY_VALUES and possible(problem)
    if not possible(problem) or prod(a.taps for a in problem.stencil.axes) < LEAST_TAPS:
        return False
    if getattr(problem, "method", "auto") in SPECTRAL_METHODS:
        return False
    if problem.traits is not None:
        problem = replace(problem, traits=None)
    blind = choose(problem, "auto", accuracy, workspace_limit)
    return blind.seconds is None or blind.seconds * config.get_num_threads() > LEAST_SECONDS


def engine_weight(request, arrays):
    """Return the weight as the engine takes it, from the caller's arrays."""
    return request.operands(ready, arrays, only=weight_position(request))[1]


def weight_position(request):
    """Return the position of the weight among the caller's arrays.

    A filter takes the smaller array as its weight, which may be the first one.
    """
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
        found = traits_of(problem, weight)
    elif problem.on_image and not np.isfinite(weight).all():
        found = "nonfinite"
    else:
        found = traits(weight, len(problem.stencil.axes)) if structure else None
    if found == problem.traits:
        return request
    return replace(request, problem=replace(problem, traits=found))
