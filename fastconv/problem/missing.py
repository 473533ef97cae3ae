"""Filters of arrays with missing elements, as filters of two images."""

from dataclasses import replace

#: what is missing of in1: the elements under a mask, those that are NaN, or both
MISSING = ("mask", "nan", "both")
#: boundaries with a value past the edges that is not one of in1
_FILLS = ("zeros", "constant")


def borders(problem):
    """Return how many values before and after in1 are written out along each axis of the arrays.

    A value past the edges is valid, and not the same for in1 as for what says which of its elements
    are valid. So `both_sums` reads it from the images.
    """
    found = [(0, 0)] * len(problem.shape)
    if problem.boundary[0] in _FILLS:
        rows = zip(problem.axes, problem.dilation, problem.windows, strict=True)
        for a, dilation, (start, length) in rows:
            reach = (problem.weights[a] - 1) * dilation
            found[a] = reach - start, start + length - problem.shape[a]
    return tuple(found)


def both_sums(problem):
    """Return the filter of two images: in1 without what is missing, and what is valid of it."""
    inside = {}
    if problem.boundary[0] in _FILLS:
        inside = {"mode": "valid", "boundary": ("zeros",) * len(problem.axes)}
    axes = tuple([a + 1 for a in problem.axes])
    shape, weights = (2, *problem.bordered), (1, *problem.weights)
    return replace(problem, shape=shape, weights=weights, axes=axes, missing="", **inside)
