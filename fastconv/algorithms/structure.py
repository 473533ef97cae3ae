"""naive: grey erosions and dilations with a structure that is not flat, by their definition.

    dilation  y[i] = max over k of (x[i + k] + s[k])
    erosion   y[i] = min over k of (x[i + k] - s[k])

`scipy.ndimage` adds in double at the first element of the window, and in the image's dtype at all
others, where integers wrap. This does the same, block by block of the result, so that everything
stays in the cache.
"""

from math import prod

import numpy as np

from ..problem.arrays import DTYPES
from .base import Algorithm
from .borders import Borders, views_of

#: values of a block
_BLOCK = 1 << 14
#: seconds of two of NumPy's functions for an element of the window
_NUMPY = 3e-6


class NaiveStructure(Algorithm):
    """Joins the image plus a value, shifted by each marked element, with NumPy."""

    name = "naive"
    families = ("structure",)

    def refuses(self, problem):
        return None

    def cost(self, problem, machine, threads):
        item = DTYPES[problem.compute].itemsize
        moved = problem.elements * prod(problem.shape) * item
        blocks = -(-problem.shape[0] // _rows(problem))
        copied = 2 * prod(problem.bordered_shape) * item
        seconds = (moved + copied) / machine.memory_rate
        return machine.call + seconds + blocks * problem.elements * _NUMPY

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        return prod(problem.bordered_shape) * DTYPES[problem.compute].itemsize

    def bind(self, problem):
        borders, rows = Borders(problem.shape, problem.borders), _rows(problem)
        offsets, marks = problem.offsets, problem.footprint

        def run(arrays, prepared, out, threads):
            x, structure, fill = arrays
            x = borders(x.reshape(problem.shape), fill)
            result = out.reshape(problem.shape)
            values = structure.reshape(problem.size)[marks]
            join = _join_of("erosion" in problem.op, bool(np.isnan(values).any()))
            with np.errstate(all="ignore"):
                own = values.astype(x.dtype)
                for top in range(0, problem.shape[0], rows):
                    views = views_of(problem, x, offsets, top, min(top + rows, problem.shape[0]))
                    _block(views, values[0], own, join, result[top : top + rows])

        return run


def _rows(problem):
    """Return the number of positions of the first axis in a block."""
    return max(1, min(problem.shape[0], _BLOCK // prod(problem.shape[1:])))


def _block(views, first, own, join, out):
    """Compute one block.

    Parameters
    ----------
    views : list of ndarray
        The image as each element of the window meets it.
    first : float
        What the first element adds, in double.
    own : ndarray
        What all elements add, in the image's dtype.
    join : callable
        ``join(a, b)`` writes the extremum into a.
    out : ndarray
    """
    start = views[0] + first  # in double
    if out.dtype.kind == "f":  # rounding keeps the order
        out[...] = start
    elif len(views) == 1:
        out[...] = start.astype(out.dtype)
        return
    else:
        np.add(views[1], own[1], out=out)
    added = np.empty_like(out)
    for view, value in zip(views[1:], own[1:], strict=True):
        np.add(view, value, out=added)
        join(out, added)
    if out.dtype.kind != "f":  # the first element adds a fraction, and does not wrap
        join(start, out.astype(np.float64))
        out[...] = start.astype(out.dtype)


def _join_of(minimum, ordered):
    """Return a function that writes the extremum of two arrays into the first.

    If `ordered`, a NaN stays where it came first, and later ones are passed over, as in SciPy.
    """
    if ordered:
        less = np.less if minimum else np.greater
        return lambda a, b: np.copyto(a, b, where=less(b, a))
    extremum = np.minimum if minimum else np.maximum
    return lambda a, b: extremum(a, b, out=a)
