"""Validate the arguments of `scipy.ndimage`'s morphological filters, and return a `Request`.

In this module, `o` is the dict of a function's options by name.
"""

import operator
from functools import lru_cache, partial

import numpy as np

from .arrays import native
from .footprint import StructureProblem, packed
from .morphology import MorphologyProblem, mirrored_marks
from .request import Request
from .scipy_arguments import (
    ForSciPy,
    axes_of,
    boundary_of,
    integer_of,
    name_of,
    per_axis,
    require,
    require_shape,
    result_of,
)
from .validate_extrema import ORDERED, RESULTS, box_of, check_cval, extremum, windows_of
from .window import mirrored_origin

#: filters of grey images that SciPy computes only in the image's dtype, and among them those that
#: subtract, which NumPy refuses for booleans
_IN_ONE_DTYPE = (
    "morphological_gradient", "morphological_laplace", "white_tophat", "black_tophat",
)  # fmt: skip
_DIFFERENCES = _IN_ONE_DTYPE[:2]
#: those for which SciPy reads the image again after it has written to the output
_REREAD = _IN_ONE_DTYPE[1:]
#: type characters of masks: SciPy rounds other ones to a byte, but not always
_MASKS = frozenset("?bB")


# --------------------------------------------------------------------------------- grey images


def grey(name, arrays, o):
    """Return the request of a morphological filter of a grey image.

    Parameters
    ----------
    name : str
        Name of the function of `scipy.ndimage`.
    arrays : tuple of array
        The image, and the structure or None.
    o : dict
    """
    x, structure = arrays
    alone = name in ("grey_erosion", "grey_dilation")
    windows = windows_of if structure is None else partial(_summed, structure)
    if name == "grey_dilation":
        windows = _reflected if structure is None else partial(_reflected_sum, structure)
    elif not alone:
        windows = partial(_composed, name, windows)
    if alone and structure is None:
        op = "ndimage.minimum_filter" if name == "grey_erosion" else "ndimage.maximum_filter"
        return extremum(op, windows, (x,), o, absent=1)
    dtype = native(x)
    if structure is not None or name in _IN_ONE_DTYPE:
        require(result_of(x, o["output"]) == dtype, "a result of another dtype than the image's")
    if structure is not None or name in _DIFFERENCES:
        require(dtype.kind != "b", "a boolean image")
    if structure is None:
        return extremum(
            f"ndimage.{name}", windows, (x,), o, absent=1, rereads=name in _REREAD
        )  # fmt: skip
    return _summed_request(name, windows, x, structure, o)


def _summed_request(name, windows, x, structure, o):
    """Return the request of a filter with a structure that is not flat."""
    require(structure.dtype.kind in "biuf", lambda: f"a structure of {structure.dtype}")
    request = extremum(f"ndimage.{name}", windows, (x,), o)
    fill = request.arrange((x,))[1]
    arrange = {"grey_erosion": _for_erosion, "grey_dilation": _for_dilation}.get(name, _as_given)
    return Request(
        request.problem, (*request.dtypes, np.dtype(np.float64)), request.out_shape,
        request.out_dtype, request.compute_shape, request.compute_dtype,
        arrange=partial(arrange, fill), asks_scipy=request.asks_scipy, rereads=name in _REREAD,
    )  # fmt: skip


def _as_given(fill, arrays):
    return (*arrays, fill)


def _for_erosion(fill, arrays):
    return arrays[0], -arrays[1], fill


def _for_dilation(fill, arrays):
    x, structure = arrays
    reflected = structure[(slice(None, None, -1),) * structure.ndim]
    return x, np.ascontiguousarray(reflected), fill


def _reflected(shape, o):
    """Return the class and the fields of the window of a dilation without a structure."""
    along, footprint = axes_of(o["axes"], len(shape)), o["footprint"]
    _require_order(along)
    origin = [integer_of("origin", v) for v in per_axis("origin", o["origin"], len(along))]
    if footprint is not None:
        marks = np.asarray(footprint, bool)
        require(marks.ndim == len(along), "a footprint of another number of axes")
        sizes, footprint = marks.shape, marks[(slice(None, None, -1),) * marks.ndim]
    else:
        sizes = per_axis("size", o["size"], len(along))
        sizes = [integer_of("size", n) for n in sizes]
    origin = mirrored_origin(sizes, origin)
    return windows_of(shape, {**o, "footprint": footprint, "origin": origin})


def _composed(name, windows, shape, o):
    """Return the class and the fields of the window of a filter of several steps."""
    _require_order(axes_of(o["axes"], len(shape)))
    kind, window = windows(shape, o)
    return MorphologyProblem, {**window, "summed": kind is StructureProblem}


def _summed(structure, shape, o):
    """Return the class and the fields of the window of a structure.

    The window is that of the erosion. The problem of a dilation alone has the reflected one.
    """
    along = axes_of(o["axes"], len(shape))
    _require_order(along)
    size = tuple(structure.shape)
    marks = np.ones(size, bool) if o["footprint"] is None else np.asarray(o["footprint"], bool)
    require(marks.shape == size and len(size) == len(along) and marks.any(),
            "a structure and a footprint of other shapes, or without elements")  # fmt: skip
    check_cval(o["cval"])
    boundary = boundary_of(o["mode"], 1)
    origin = [integer_of("origin", v) for v in per_axis("origin", o["origin"], len(along))]
    for v, n in zip(origin, size, strict=True):
        require(0 <= n // 2 + v < n, lambda n=n, v=v: f"origin is {v} for a structure of {n}")
    return StructureProblem, {
        "axes": tuple(along), "size": size, "marks": packed(marks),
        "boundary": (boundary,) * len(along), "origin": tuple(origin),
    }  # fmt: skip


def _reflected_sum(structure, shape, o):
    """Return the class and the fields of the window of a dilation with a structure."""
    kind, window = _summed(structure, shape, o)
    size = window["size"]
    window["marks"] = mirrored_marks(size, window["marks"])
    window["origin"] = mirrored_origin(size, window["origin"])
    return kind, window


def _require_order(along):
    """Leave axes in another order to SciPy, which then mixes up the sizes of even windows."""
    require(along == sorted(along), "axes in another order")


# ------------------------------------------------------------------------------ boolean images


def binary(name, arrays, o):
    """Return the request of a morphological filter of a boolean image.

    Parameters
    ----------
    name : str
        Name of the function of `scipy.ndimage`.
    arrays : tuple of array
        The image, and the mask or None.
    o : dict
    """
    x, mask = arrays
    require_shape("input", x)
    dtype = native(x)
    require(dtype.char == "?" or dtype.char in ORDERED, lambda: f"images of {dtype} are SciPy's")
    target = np.dtype(bool) if o["output"] is None else result_of(x, o["output"])
    require(target.char in RESULTS, lambda: f"a result of {target}")
    try:
        iterations = max(operator.index(o["iterations"]), 0)
        border = int(operator.index(o["border_value"]) != 0)
    except TypeError:
        raise ForSciPy("iterations or border_value is no integer") from None
    boolean = np.dtype(bool)
    if mask is not None:
        fits = tuple(mask.shape) == tuple(x.shape) and mask.dtype.char in _MASKS
        require(fits, lambda: f"a mask of {mask.dtype} with shape {tuple(mask.shape)}")
    window = _binary_window(tuple(x.shape), o)
    problem = MorphologyProblem(
        f"ndimage.{name}", ("u8", "u8", name_of(target)), tuple(x.shape), **window,
        iterations=iterations, masked=mask is not None,
    )  # fmt: skip
    return Request(
        problem, (boolean, None if mask is None else boolean), problem.shape, target,
        problem.shape, boolean, arrange=partial(_as_given, border),
    )  # fmt: skip


def _binary_window(shape, o):
    """Return the fields of the window of a boolean structure."""
    along = axes_of(o["axes"], len(shape))
    _require_order(along)
    structure = o["structure"]
    marks = cross(len(along)) if structure is None else np.asarray(structure, bool)
    require(marks.ndim == len(along) and marks.any(),
            "a structure without elements, or of another number of axes")  # fmt: skip
    origin = [integer_of("origin", v) for v in per_axis("origin", o["origin"], len(along))]
    for v, n in zip(origin, marks.shape, strict=True):
        require(0 <= n // 2 + v < n, lambda n=n, v=v: f"origin is {v} for a structure of {n}")
    count = len(along)
    if marks.all():
        columns = zip(along, marks.shape, ("constant",) * count, origin, strict=True)
        return box_of(shape, columns, {"cval": 0})[1]
    return {
        "axes": tuple(along), "size": marks.shape, "marks": packed(marks),
        "boundary": ("constant",) * count, "origin": tuple(origin),
    }  # fmt: skip


@lru_cache(maxsize=32)
def cross(ndim):
    """Return SciPy's structure of the neighbours along the axes, as an array of bools."""
    return np.abs(np.indices((3,) * ndim) - 1).sum(axis=0) <= 1
