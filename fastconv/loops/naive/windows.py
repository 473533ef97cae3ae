"""Compute tables of the naive poolings, once per problem, from ``PoolProblem.windows()``."""

from math import prod
from typing import NamedTuple

import numpy as np

from .geometry import steps


class Window(NamedTuple):
    """Describe one axis: target ``p`` sums the entries ``ptr[p]..ptr[p+1]``.

    Offsets of several axes are added, and divisors are multiplied.

    Attributes
    ----------
    ptr : ndarray
        First entry of each target, and one past the last.
    source, weight : ndarray
        Offsets of the source and of the weight of each entry.
    divided : ndarray
        Divisor of each entry.
    divisor : ndarray
        Divisor of each target.
    """

    ptr: np.ndarray
    source: np.ndarray
    weight: np.ndarray
    divided: np.ndarray
    divisor: np.ndarray


def _intp(values):
    return np.ascontiguousarray(values, dtype=np.intp)


def _axis(ptr, source, weight, divided=None, divisor=None):
    ones = [np.ones(len(source)), np.ones(len(ptr) - 1)]
    given = [
        one if a is None else np.asarray(a, dtype=np.float64)
        for a, one in zip((divided, divisor), ones, strict=True)
    ]
    return Window(_intp(ptr), _intp(source), _intp(weight), *given)


def _tap_steps(kernel, sizes):
    # Adaptive windows have no kernel, and no weights that a tap could number.
    return steps(kernel) if kernel else [0] * len(sizes)


def three(axes):
    """Return three axes; if `axes` are fewer, put axes of size 1 in front."""
    return [_axis([0, 1], [0], [0])] * (3 - len(axes)) + axes


def pooled(windows, sizes, kernel):
    """Return windows that gather from an input; their divisors are the windows' counts.

    Parameters
    ----------
    windows : sequence of tuples (ptr, index, tap, count)
        Windows of each axis, from ``PoolProblem.windows()``.
    sizes : sequence of int
        Spatial sizes of the input.
    kernel : sequence of int or None
        Sizes of the kernel; None for adaptive windows.
    """
    columns = zip(windows, steps(sizes), _tap_steps(kernel, sizes), strict=True)
    return three(
        [
            _axis(ptr, index * step, tap * tap_step, divisor=count)
            for (ptr, index, tap, count), step, tap_step in columns
        ]
    )


def transposed(windows, sizes, grid, kernel, stacked=False):
    """Return the transpose of windows: each pixel of an input gathers from the grid.

    Parameters
    ----------
    windows : sequence of tuples (ptr, index, tap, count)
        Windows of each axis, from ``PoolProblem.windows()``.
    sizes, grid : sequence of int
        Spatial sizes of the input and of the output.
    kernel : sequence of int or None
        Sizes of the kernel; None for adaptive windows.
    stacked : bool
        Whether sources are the rows of an unfolded image, (kernel position, grid position).
    """
    axes = []
    tap_steps = _tap_steps(kernel, sizes)
    row = prod(grid)
    columns = zip(windows, sizes, steps(grid), tap_steps, strict=True)
    for (ptr, index, tap, count), size, step, tap_step in columns:
        order = np.argsort(index, kind="stable")
        target = np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))[order]
        weight = tap[order] * tap_step
        source = target * step + (weight * row if stacked else 0)
        ends = np.concatenate(([0], np.cumsum(np.bincount(index, minlength=size))))
        axes.append(_axis(ends, source, weight, divided=np.asarray(count)[target]))
    return three(axes)
