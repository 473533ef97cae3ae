"""Filters of images whose last axis is short, as filters of images with the short axes in front."""

from dataclasses import replace
from functools import lru_cache
from math import prod

from . import extremum, filtering, separable

#: functions of `scipy.ndimage` whose short axes can be moved
OPS = (*filter(lambda op: op.startswith("ndimage"), filtering.OPS), *separable.OPS, *extremum.OPS)
#: families of their problems
_FAMILIES = ("convolution", "integer", "separable", "extremum")
#: largest size of a last axis that is short; above the second number, for large images only, and
#: not for maxima, whose short rows take less time
SHORT, _SHORTER = 12, 8
#: most values of all axes that are moved, and fewest values of an image and of a large one
_MOST, _LEAST, _LARGE = 64, 400, 2000
#: fewest values of the rows that are then filtered, how many times as long they are at least, and
#: fewest values where a last axis of one value costs nothing, since others are joined with it
_ROW, _LONGER, _LONG = 8, 4, 32


def short_axes(problem):
    """Return the number of short axes at the end, 0 where it is not worth moving them."""
    shape = getattr(problem, "shape", None)
    if shape is None or shape[-1] > SHORT or prod(shape) < _LEAST:
        return 0
    family = problem.family
    if family not in _FAMILIES or problem.op not in OPS:
        return 0
    if shape[-1] > _SHORTER and (family == "extremum" or prod(shape) < _LARGE):
        return 0
    joined = shape[-1] == 1 and family != "integer"
    row = _LONG if joined else max(_ROW, _LONGER * shape[-1])
    for count in range(1, len(shape)):
        if prod(shape[-count:]) > _MOST:
            return 0
        if shape[-1 - count] >= row:
            return count
    return 0


def turns(problem):
    """Return whether the short axes of a problem are moved to the front."""
    return short_axes(problem) > 0 and turned(problem) is not None


@lru_cache(256)
def turned(problem):
    """Return a problem that has `short_axes` with these in front.

    None if none of them is filtered, or if the result cannot be filtered as it lies in memory.
    """
    short, ndim = short_axes(problem), len(problem.shape)
    shape = problem.shape[-short:] + problem.shape[:-short]

    def moved(axis):
        return (axis + short) % ndim

    if isinstance(problem, separable.SeparableProblem):
        passes = [p for term in problem.terms for p in term]
        if not any(p.axis >= ndim - short and p.kernel.size > 1 for p in passes):
            return None
        terms = tuple(tuple(replace(p, axis=moved(p.axis)) for p in term) for term in problem.terms)
        return replace(problem, shape=shape, terms=terms, in_order=True)
    dense = isinstance(problem, filtering.FilterProblem)
    moving = [a for a in problem.axes if a >= ndim - short]
    if dense and problem.family == "convolution":  # its kernels skip axes of one position
        moving = [a for a in moving if problem.shape[a] > 1 or problem.weights[a] > 1]
    if not moving:
        return None
    order = sorted(range(len(problem.axes)), key=lambda i: moved(problem.axes[i]))
    names = ("boundary", "origin", *(("stride", "dilation") if dense else ("size",)))
    changed = {name: tuple(getattr(problem, name)[i] for i in order) for name in names}
    changed["axes"] = tuple(moved(problem.axes[i]) for i in order)
    if not dense:
        return replace(problem, shape=shape, **changed)
    changed["weights"] = problem.weights[-short:] + problem.weights[:-short]
    changed["order"] = tuple(moved(a) for a in problem.axes)
    found = replace(problem, shape=shape, **changed)
    return None if found.memory_layout is None else found
