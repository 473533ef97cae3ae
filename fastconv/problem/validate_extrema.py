"""Validate the arguments of `scipy.ndimage`'s maximum and minimum filters, and return a `Request`.

In this module, `o` is the dict of a function's options by name.
"""

import math
from functools import partial
from math import prod

import numpy as np

from .arrays import native
from .extremum import ExtremumProblem
from .footprint import FootprintProblem, packed
from .limits import total_memory
from .morphology import repeated_window
from .request import Request, WithFill
from .scipy_arguments import (
    ForSciPy,
    axes_of,
    axis_of,
    boundary_of,
    fill_of,
    integer_of,
    name_of,
    per_axis,
    require,
    require_shape,
    result_of,
    whole_of,
)
from .window_limits import check_windows

#: type characters of images
ORDERED = frozenset("bBhHiIlLqQfd")
#: type characters of results; SciPy's functions write no others
RESULTS = frozenset("?bBhHiIlLqQfd")


def extremum(op, windows, arrays, o, absent=0, rereads=False):
    """Return the request of a maximum or minimum filter.

    Parameters
    ----------
    op : str
    windows : callable
        ``windows(shape, options)`` returns the class of the problem, and its fields that describe
        the window as a dict.
    arrays : tuple of array
        The image.
    o : dict
    absent : int
        How many arrays of the op are None.
    rereads : bool
        As in `Request`.
    """
    (x,) = arrays
    check_windows(o)
    require_shape("input", x)
    dtype, target = native(x), result_of(x, o["output"])
    given = np.dtype(np.uint8) if dtype.kind == "b" else dtype
    require(given.char in ORDERED, lambda: f"images of {dtype} are SciPy's")
    known = dtype is target or np.can_cast(dtype, target)
    require(known and target.char in RESULTS, lambda: f"a result of {target}")
    made, window = windows(tuple(x.shape), o)
    names = (name_of(dtype), name_of(dtype), name_of(target))
    problem = made(op, names, tuple(x.shape), **window)
    wide = given.kind in "iu" and given.itemsize == 8
    # SciPy's own function computes in double, which does not hold all integers of 64 bits
    bordered = prod(getattr(problem, "erosion", problem).bordered_shape)
    if bordered * given.itemsize > total_memory() // 4 and not wide:
        raise ForSciPy("borders that take more than a quarter of the memory")
    fill = _fill(o["cval"], given, wide) if "constant" in problem.boundary else 0
    boolean = dtype.kind == "b"
    compares = dtype.kind == "f" and not getattr(problem, "copies", False)
    arrange = partial(_as_bytes, fill) if boolean else WithFill(fill)
    if absent and not boolean:
        arrange = partial(_alone, fill)
    return Request(
        problem, (dtype,) + (None,) * absent, problem.shape, target, problem.shape, given,
        arrange=arrange, restore=_restoring(op) if boolean else None,
        asks_scipy="nan" if compares else None, rereads=rereads,
    )  # fmt: skip


def _fill(cval, dtype, wide):
    """Return the value past the edges, and raise `ForSciPy` if the image's dtype cannot hold it.

    Of integers of 64 bits, it is the nearest one towards zero: SciPy converts the extremum of
    integers and `cval`, and rounding towards zero keeps the order of numbers.
    """
    cval = int(cval) if isinstance(cval, (int, np.integer)) else float(cval)
    if wide and not math.isnan(cval):
        limits = np.iinfo(dtype)
        if math.isinf(cval):
            return int(limits.max if cval > 0 else limits.min)
        return min(max(math.trunc(cval), int(limits.min)), int(limits.max))
    value = fill_of(cval)
    if dtype.kind == "f":
        return value
    limits = np.iinfo(dtype)
    require(cval == int(cval) and limits.min <= cval <= limits.max, lambda: f"cval is {cval!r}")
    return int(cval)


def _alone(fill, arrays):
    """Return the operands of an image before arrays that are absent."""
    return arrays[0], fill


def _as_bytes(fill, arrays):
    """Return the operands of a boolean image, which is computed as uint8."""
    return arrays[0].view(np.uint8), fill


def _restoring(op):
    """Return the function that makes booleans of a uint8 result."""
    return _odd_as_booleans if op.endswith("tophat") else _as_booleans


def _as_booleans(result):
    """Return a uint8 result as booleans."""
    return result.view(np.bool_)


def _odd_as_booleans(result):
    """Return the difference of two booleans as a boolean: 1 - 0, and 0 - 1, which is 255."""
    return np.bitwise_and(result, 1, out=result).view(np.bool_)


def windows_of(shape, o):
    """Return the problem's class and the window's fields for a window along several axes."""
    along = axes_of(o["axes"], len(shape))
    size, footprint = o["size"], o["footprint"]
    if footprint is not None:
        marks = np.asarray(footprint, bool)
        require(size is None and marks.ndim == len(along) and marks.any(),
                "a footprint without elements, or of another number of axes")  # fmt: skip
        if not marks.all():
            return _footprint(shape, along, marks, o)
        size = marks.shape
    require(size is not None, "no size and no footprint")
    settings = [per_axis(n, v, len(along)) for n, v in
                (("size", size), ("mode", o["mode"]), ("origin", o["origin"]))]  # fmt: skip
    return box_of(shape, zip(along, *settings, strict=True), o)


def window1d_of(shape, o):
    """Return the problem's class and the window's fields for a window along one axis."""
    axis = axis_of(o["axis"], len(shape))
    return box_of(shape, [(axis, o["size"], o["mode"], o["origin"])], o)


def box_of(shape, columns, o):
    """Return the class and the fields of a window without gaps.

    Axes along which the window is one element do not count. If it is one element along all of
    them, it stays one along the last axis.

    Parameters
    ----------
    shape : tuple of int
        Shape of the image.
    columns : iterable of tuple
        (axis, size, mode, origin) for each axis.
    o : dict
    """
    found = []
    for axis, size, mode, origin in columns:
        size, origin = whole_of("size", size), whole_of("origin", origin)
        boundary = boundary_of(mode, 1)
        if not (size >= 1 and 0 <= size // 2 + origin < size):
            raise ForSciPy(f"size is {size} and origin {origin}")
        if size > 1:
            found.append((axis, *repeated_window(size, origin, 1, shape[axis]), boundary))
    check_cval(o["cval"])
    found = sorted(found) or [(len(shape) - 1, 1, 0, "symmetric")]
    axes, size, origin, boundary = zip(*found, strict=True)
    return ExtremumProblem, {"axes": axes, "size": size, "boundary": boundary, "origin": origin}


def _footprint(shape, along, marks, o):
    """Return the class and the fields of a window with gaps, whose elements `marks` are True.

    SciPy assigns the axes of a footprint to those of the image in the image's order, and origins
    in the caller's order, but only if some axes are not filtered.
    """
    boundary = boundary_of(o["mode"], 1)
    origin = [integer_of("origin", v) for v in per_axis("origin", o["origin"], len(along))]
    if len(along) < len(shape):
        origin = [origin[along.index(a)] for a in sorted(along)]
    for v, n in zip(origin, marks.shape, strict=True):
        if not 0 <= n // 2 + v < n:
            raise ForSciPy(f"origin is {v} for a footprint of {n}")
    check_cval(o["cval"])
    return FootprintProblem, {
        "axes": tuple(sorted(along)), "size": marks.shape, "marks": packed(marks),
        "boundary": (boundary,) * len(along), "origin": tuple(origin),
    }  # fmt: skip


def check_cval(cval):
    """Raise `ForSciPy` for a `cval` that SciPy refuses, whatever the modes are."""
    real = isinstance(cval, (int, float, np.integer, np.floating, np.bool_))
    require(real, lambda: f"cval is {cval!r}")
