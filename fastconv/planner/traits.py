"""Looks at a weight's values, where they take part in the choice of an algorithm.

Of values a problem has only its `traits`. They are set here where that may pay: channels are
filtered one by one, the kernel is not small, and the work takes longer than the look.
"""

import sys
from dataclasses import replace

import numpy as np

from .. import config
from ..algorithms.integer_sums import traits_of
from ..algorithms.tap_costs import structure_of
from ..loops.operands import ready
from ..problem.filtering import SPECTRAL_METHODS
from ..problem.records import like
from ..problem.traits import traits
from .backend import HOST
from .choose import choose

#: algorithms that can only run if the weight has traits
BY_VALUES = ("separable", "low_rank", "box")
#: attributes of a problem, computed once, that are problems with the same traits
_WITH_TRAITS = ("in_f32", "in_f64", "plain", "both_sums")
#: fewest taps of a kernel that is worth a look
LEAST_TAPS = 25
#: fewest seconds of work on one thread that are worth a look
LEAST_SECONDS = 50e-6


def possible(problem):
    """Return whether an algorithm could make use of the structure of this problem's weight."""
    if problem.family == "missing" and problem.plain.swapped:
        return False  # the weight of a filter without missing elements would be in1
    if problem.family not in ("convolution", "missing"):
        return False
    stencil = problem.stencil
    return (
        problem.compute in ("f32", "f64")
        and problem.kind == stencil.role == "fwd"
        and stencil.image_channels == stencil.groups
        and not stencil.tiled
    )


def looks(problem, algorithm="auto", accuracy="default", workspace_limit=None):
    """Return the highest rank that a call with these arguments of `choose` looks for.

    It is 0 if the call does not look at its weight. Of a higher rank, the passes of all terms would
    take longer than the algorithm that the call gets otherwise.
    """
    if algorithm != "auto":
        return sys.maxsize if algorithm in BY_VALUES and possible(problem) else 0
    if not possible(problem) or problem.stencil.taps < LEAST_TAPS:
        return 0
    if getattr(problem, "method", "auto") in SPECTRAL_METHODS:
        return 0
    if problem.traits is not None:
        problem = replace(problem, traits=None)
    blind = choose(problem, "auto", accuracy, workspace_limit)
    if blind.seconds is None:
        return sys.maxsize
    if blind.seconds * config.get_num_threads() <= LEAST_SECONDS:
        return 0
    term = HOST.lookup("separable", problem).cost(problem, HOST.machine(), HOST.threads())
    return max(1, int(blind.seconds / term))


def engine_weight(request, arrays):
    """Return the weight as the engine takes it, from the caller's arrays."""
    return request.operands(ready, arrays, only=weight_position(request))[1]


def weight_position(request):
    """Return the position of the weight among the caller's arrays.

    A filter takes the smaller array as its weight, which may be the first one.
    """
    return 0 if getattr(request.problem, "swapped", False) else 1


def with_traits(request, weight, highest=sys.maxsize):
    """Return the request, its problem with the traits of a weight.

    Parameters
    ----------
    request : Request
    weight : ndarray
        As the engine takes it.
    highest : int
        Highest rank of the weight to look for. If 0, only what image filters need is found.
    """
    problem = request.problem
    if problem.family == "integer":
        found = traits_of(problem, weight)
    elif problem.on_image and not np.isfinite(weight).all():
        found = "nonfinite"
    else:
        found = traits(weight, len(problem.stencil.axes), highest) if highest else None
    if found is None and problem.family in ("integer", "rounded"):
        found = structure_of(problem, weight)
    return with_known_traits(request, found)


def with_known_traits(request, found):
    """Return the request, its problem with the traits `found`, which its weight is known to have.

    The parameters are as in `with_traits`.
    """
    problem = request.problem
    if found == problem.traits:
        return request
    shared = getattr(problem, "shared", None)
    if shared is None:
        return replace(request, problem=replace(problem, traits=found))
    problem = like(problem, traits=found, shared=shared.setdefault(("traits", found), {}))
    for name in _WITH_TRAITS:
        problem.__dict__.pop(name, None)
    return like(request, problem=problem)
