"""Kinds of problems: what a choice depends on besides sizes, and is found once for all of them."""

from math import inf

from ..problem import ConvProblem, PoolProblem
from ..problem.turned import turns
from .base import Latest, last_of, role

#: exponents of norms that need no powers, and None for poolings that are no norms
SIMPLE_NORMS = (None, 1.0, 2.0, inf)
#: dtypes of poolings of float16
_HALVES = ("f16",) * 3
#: ops whose kernel changes from position to position
_UNSHARED = ("local_conv", "tiled_conv")


def is_filter(problem):
    """Return whether a problem belongs to the SciPy faces."""
    return not isinstance(problem, (ConvProblem, PoolProblem))


def is_pooling(problem):
    """Return whether a problem is a pooling."""
    return problem.family == "pooling"


def of_all_sizes(problem, name, find):
    """Return ``find(problem)``, which does not depend on the sizes of arrays.

    Problems that are made from each other for other sizes share it, under `name`.
    """
    shared = getattr(problem, "shared", None)
    if shared is None:
        return find(problem)
    if name not in shared:
        shared[name] = find(problem)
    return shared[name]


@Latest
def kind_of(problem):
    """Return what `Algorithm.serves` may depend on: hardly anything of a problem's sizes."""
    return of_all_sizes(problem, "kind", _kind_of)


def _kind_of(problem):
    tiles = ()
    if problem.family == "convolution" and problem.op in _UNSHARED:
        axes = problem.stencil.axes
        tiles = any(a.tile > 1 for a in axes), all(a.tile == a.feature for a in axes)
    special = None  # what `Halves`, `PowerNorms`, `Turned` and `suits` ask for
    if problem.family == "pooling":
        special = problem.dtypes == _HALVES, problem.norm in SIMPLE_NORMS
    elif turns(problem):
        special = "turned"
    elif problem.family == "convolution":
        special = last_of(problem)
    return type(problem), problem.family, problem.op, role(problem), problem.compute, tiles, special


def pattern_of(problem):
    """Return all of a problem but the sizes of its arrays, None if it has no pattern."""
    if problem.family == "separable":
        return kind_of(problem), problem.dtypes, problem.terms, len(problem.shape)
    image_axes = None
    if problem.family == "integer" and hasattr(problem, "memory_layout"):
        image_axes = problem.axes, problem.memory_layout is None
    elif problem.family != "convolution":
        return None
    s = problem.stencil
    if s.role == "input" and any([a.image < a.stride or a.feature == 1 for a in s.axes]):
        return None  # some phases of the stride, or an axis of theirs, are left out
    return (
        kind_of(problem), problem.dtypes, problem.traits, getattr(problem, "method", "auto"),
        s.image_channels == s.groups, len(getattr(problem, "shape", ())), problem.dims, image_axes,
        tuple([(a.taps, a.stride, a.dilation, a.boundary) for a in s.axes]),
    )  # fmt: skip
