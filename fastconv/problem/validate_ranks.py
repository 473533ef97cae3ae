"""Validate the arguments of `scipy.ndimage`'s rank filters, and return a `Request`.

In this module, `o` is the dict of a function's options by name.
"""

from functools import partial

import numpy as np

from .footprint import packed
from .ranks import MOST, RankProblem
from .scipy_arguments import (
    axes_of,
    boundary_of,
    integer_of,
    number_of,
    per_axis,
    require,
    whole_of,
)
from .validate_extrema import check_cval, extremum, windows_of


def median(elements, o):
    """Return the rank of the median of so many elements."""
    return elements // 2


def percentile(elements, o):
    """Return the rank of a percentile, as SciPy rounds it."""
    part = float(number_of("percentile", o["percentile"]))
    part += 100.0 if part < 0 else 0.0
    require(0 <= part <= 100, lambda: f"percentile is {o['percentile']!r}")
    return elements - 1 if part == 100 else int(float(elements) * part / 100.0)


def rank(elements, o):
    """Return a rank, which may count from the end."""
    value = integer_of("rank", o["rank"])
    value += elements if value < 0 else 0
    require(0 <= value < elements, lambda: f"rank is {o['rank']!r} for {elements} elements")
    return value


def ranked(rank_of, arrays, o):
    """Return the request of a rank filter.

    Parameters
    ----------
    rank_of : callable
        `median`, `percentile` or `rank`.
    arrays : tuple of array
        The image.
    o : dict
    """
    (x,) = arrays
    along = axes_of(o["axes"], len(x.shape))
    require(along == sorted(along) and along, "axes in another order")
    if o["footprint"] is None:
        sizes = [whole_of("size", n) for n in per_axis("size", o["size"], len(along))]
        require(min(sizes) >= 1, lambda: f"size is {o['size']!r}")
        elements, gaps = int(np.prod(sizes, dtype=object)), False
    else:
        require(o["size"] is None, "both a size and a footprint")
        marks = np.asarray(o["footprint"], bool)
        elements, gaps = int(marks.sum()), not marks.all()
    require(elements > 0, "a footprint without elements")
    position = rank_of(elements, o)
    if position in (0, elements - 1):
        op = "ndimage.minimum_filter" if position == 0 else "ndimage.maximum_filter"
        boundary_of(o["mode"], 1)  # SciPy refuses several
        return extremum(op, windows_of, arrays, o)
    require(elements <= MOST, lambda: f"windows of more than {MOST} elements are SciPy's")
    require(not gaps or len(x.shape) > 1, "gaps, which SciPy's filter of signals overlooks")
    marks = np.ones(sizes, bool) if o["footprint"] is None else marks
    return extremum("ndimage.rank_filter", partial(_window, along, marks, position), arrays, o)


def _window(along, marks, position, shape, o):
    """Return the class and the fields of the window."""
    require(marks.ndim == len(along), "a footprint of another number of axes")
    check_cval(o["cval"])
    boundary = boundary_of(o["mode"], 1)
    origin = [integer_of("origin", v) for v in per_axis("origin", o["origin"], len(along))]
    for v, n in zip(origin, marks.shape, strict=True):
        require(0 <= n // 2 + v < n, lambda n=n, v=v: f"origin is {v} for a window of {n}")
    return RankProblem, {
        "axes": tuple(along), "size": marks.shape, "marks": packed(marks),
        "boundary": (boundary,) * len(along), "origin": tuple(origin), "rank": position,
    }  # fmt: skip
