"""Validate the filters of `scipy.signal` without feedback (FIR), and return a `Request`.

    y[n] = sum over k of b[k] / a[0] * x[n - k]

A filter in both directions is one correlation with the filter's autocorrelation,

    y[n] = sum over k of r[k] * x[n - k],    r[k] = sum over i of b[i] * b[i + k] / a[0]**2

because the state in which SciPy starts the second direction is the state in which the first one has
filtered the same samples, wherever the signal is extended by at least ``len(b) - 1`` samples.

In this module, `o` is the dict of a function's options by name.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from ..originals import original
from .arrays import native, short
from .filter_requests import filter_request
from .filtering import PART, FilterProblem
from .scipy_arguments import ForSciPy, axis_of, integer_of, require, require_shape

#: type characters of results
FLOATS = frozenset("fdFD")
#: how a signal continues past its ends, by the `padtype` of ``filtfilt``. An odd extension is not a
#: boundary, so it becomes a part of the signal
_EXTENSIONS = {"odd": "zeros", "even": "reflect", "constant": "replicate"}


def along(
    function, shape, taps, axis, dtype, part, boundary="zeros", fill=0, stride=1, method="auto"
):  # fmt: skip
    """Return the request of a convolution with `taps` weights along one axis.

    Its arrays are the signal, and the weights with as many dimensions as the signal.

    Parameters
    ----------
    function : str
        The function of `scipy.signal` that asks for it.
    shape : tuple of int
        Shape of the signal.
    taps, axis : int
    dtype : dtype
        Of signal, weights and result.
    part : (int, int)
        Start and length of the output inside the full output.
    boundary : str
        One of `geometry.BOUNDARIES`.
    fill : float
        The value past the ends, for the boundary ``constant``.
    stride : int
        Of `part`, every so many elements are kept.
    method : str
        As in `FilterProblem`.
    """
    problem = FilterProblem(
        "convolve", (short(dtype),) * 3, tuple(shape), shape_along(len(shape), axis, taps), (axis,),
        PART, (boundary,), (0,), (stride,), (1,), method=method, part=(part,),
        asked=f"signal.{function}",
    )  # fmt: skip
    return filter_request(problem, dtype, fill)


def shape_along(ndim, axis, taps):
    """Return the shape of weights along one of `ndim` axes."""
    return tuple(taps if a == axis else 1 for a in range(ndim))


# --------------------------------------------------------------------------------- one direction


def filtered(arrays, o):
    """Return the request of ``lfilter``."""
    x, b, a, zi = arrays
    taps = _filter_of(b, a)
    require_shape("x", x)
    dtype = np.result_type(*[native(v) for v in arrays if v is not None])
    require(dtype.char in FLOATS, lambda: f"a result of {dtype}")
    shape, axis = tuple(x.shape), axis_of(o["axis"], len(x.shape))
    n = shape[axis]
    if zi is None:
        request = along("lfilter", shape, taps, axis, dtype, (0, n))
        return replace(
            request, dtypes=(dtype, dtype, dtype, None), beside=(2,),
            arrange=partial(_with_filter, request.arrange, request.problem.weights),
        )  # fmt: skip
    state = (*shape[:axis], taps - 1, *shape[axis + 1 :])
    known = len(zi.shape) == len(shape) and all(
        given in (n, 1) if a != axis else given == n
        for a, (given, n) in enumerate(zip(zi.shape, state, strict=True))
    )
    require(taps > 1 and known, lambda: f"zi has shape {tuple(zi.shape)}; {state} is needed")
    full = (*shape[:axis], n + taps - 1, *shape[axis + 1 :])
    request = along("lfilter", shape, taps, axis, dtype, (0, full[axis]))
    return replace(
        request, dtypes=(dtype,) * 4, out_shape=shape, beside=(2,),
        arrange=partial(_with_state, request.arrange, request.problem.weights),
        finish=partial(_split, full, axis, n),
    )  # fmt: skip


def coefficients(value):
    """Return numbers and lists as an array, with which the call cache finds a call."""
    return np.asarray(value) if isinstance(value, (list, tuple, int, float)) else value


def _filter_of(b, a):
    """Return the number of taps of a filter. SciPy has those with feedback."""
    shapes = f"b has shape {tuple(b.shape)}, a has shape {tuple(a.shape)}"
    require(len(b.shape) <= 1 and 0 not in b.shape and len(a.shape) <= 1, shapes)
    if tuple(a.shape) not in ((), (1,)):
        raise ForSciPy(f"{shapes}: a filter with feedback")
    return b.shape[0] if b.shape else 1


def _normalized(b, a):
    """Return the filter, divided by the only element of `a` if that is given."""
    return b if a is None else b / a.ravel()[0]


def _with_filter(arrange, weights, arrays):
    """Return the operands of ``lfilter`` from x, b, a and zi, which is None."""
    x, b, a, _ = arrays
    return arrange((x, None if b is None else _normalized(b, a).reshape(weights)))


def _with_state(arrange, weights, arrays):
    """Return the operands of ``lfilter`` and its initial state, for `_split`."""
    return (*_with_filter(arrange, weights, arrays), arrays[3])


def _split(shape, axis, n, full, state):
    """Return the output of ``lfilter`` and its final state from the full output.

    Parameters
    ----------
    shape : tuple of int
        Shape of the full output.
    axis : int
    n : int
        Length of the output.
    full, state : ndarray
        The full output, and the initial state.
    """
    along_first = np.moveaxis(full.reshape(shape), axis, 0)
    along_first[: state.shape[axis]] += np.moveaxis(state, axis, 0)
    result, final = (np.moveaxis(p, 0, axis) for p in (along_first[:n], along_first[n:]))
    return result, final.copy()


# ------------------------------------------------------------------------------- both directions


def filtered_twice(arrays, o):
    """Return the request of ``filtfilt``."""
    x, b, a = arrays
    taps = _filter_of(b, a)
    require_shape("x", x)
    require(isinstance(o["method"], str) and o["method"] == "pad", lambda: f"method {o['method']}")
    padtype, padlen = o["padtype"], o["padlen"]
    require(isinstance(padtype, str) and padtype in _EXTENSIONS, lambda: f"padtype is {padtype!r}")
    reach = 3 * taps if padlen is None else integer_of("padlen", padlen)
    require(taps > 1, "a filter without a state")
    require(reach >= taps - 1, "the extension of x is shorter than the state of the filter")
    shape, axis = tuple(x.shape), axis_of(o["axis"], len(x.shape))
    n = shape[axis]
    require(n > reach, lambda: f"x has {n} samples for a padlen of {reach}")
    dtype, state = native(x), np.result_type(native(b), native(a))
    known = b.dtype.char != "e" and a.dtype.kind != "b" and a.dtype.char != "e"
    require(known, lambda: f"a filter of {b.dtype} and {a.dtype}")
    dtype = np.result_type(dtype, state if state.kind in "fc" else np.float64)
    require(dtype.char in FLOATS, lambda: f"a result of {dtype}")
    odd, both = padtype == "odd", 2 * taps - 1
    if odd:
        shape = (*shape[:axis], n + both - 1, *shape[axis + 1 :])
    part = (both - 1 if odd else taps - 1, n)
    request = along("filtfilt", shape, both, axis, dtype, part, _EXTENSIONS[padtype])
    weights = request.problem.weights
    return replace(
        request, dtypes=(native(x) if odd else dtype, dtype, dtype), beside=(2,),
        arrange=partial(_twice, request.arrange, weights, axis, taps - 1 if odd else 0, dtype),
    )  # fmt: skip


def _twice(arrange, weights, axis, reach, dtype, arrays):
    """Return the operands of ``filtfilt`` from x, b and a."""
    x, b, a = arrays
    if b is not None:
        wide = np.complex128 if b.dtype.kind == "c" else np.float64
        one_way = _normalized(b.astype(wide), a).ravel()
        b = original("numpy", "convolve")(one_way, one_way[::-1]).astype(b.dtype).reshape(weights)
    if x is not None and reach:
        x = np.ascontiguousarray(_odd(np.moveaxis(x, axis, -1), reach, dtype, axis))
    return arrange((x, b))


def _odd(x, reach, dtype, axis):
    """Return lines with `reach` more samples at both ends, point reflections of those inside.

    The sums are those of the signal's own dtype, as SciPy's are.
    """
    before = 2 * x[..., :1] - x[..., reach:0:-1]
    after = 2 * x[..., -1:] - x[..., -2 : -reach - 2 : -1]
    return np.moveaxis(np.concatenate((before, x, after), axis=-1, dtype=dtype), -1, axis)


# ------------------------------------------------------------------------ two-dimensional arrays


def planar(arrays, o):
    """Return the request of ``sepfir2d``."""
    x, row, column = arrays
    sizes = tuple(row.shape) + tuple(column.shape)
    require(len(x.shape) == 2 and 0 not in x.shape, lambda: f"input has shape {tuple(x.shape)}")
    require(len(row.shape) == len(column.shape) == 1 and all(n % 2 for n in sizes),
            lambda: f"hrow has shape {tuple(row.shape)}, hcol {tuple(column.shape)}")  # fmt: skip
    dtype = _of_image(x)
    safe = dtype.char in FLOATS and all(np.can_cast(native(h), dtype) for h in (row, column))
    require(safe, lambda: f"an image of {x.dtype}, filters of {row.dtype} and {column.dtype}")
    weights = (column.shape[0], row.shape[0])
    problem = FilterProblem(
        "convolve", (short(dtype),) * 3, tuple(x.shape), weights, (0, 1), "same",
        ("symmetric",) * 2, (0, 0), (1, 1), (1, 1), asked="signal.sepfir2d",
    )  # fmt: skip
    request = filter_request(problem, dtype, 0)
    return replace(
        request, dtypes=(dtype,) * 3, beside=(2,), arrange=partial(_outer, request.arrange)
    )  # fmt: skip


def _of_image(x):
    """Return the dtype in which ``sepfir2d`` filters an image: float32 for small integers."""
    dtype = native(x)
    return np.result_type(dtype, np.float32) if dtype.kind in "biuf" else dtype


def like_image(filter_, image):
    """Return a filter of ``sepfir2d`` as SciPy takes it: numbers in a list become the image's.

    Parameters
    ----------
    filter_, image : array_like
    """
    if not isinstance(filter_, (list, tuple)):
        return filter_
    dtype = _of_image(image if hasattr(image, "dtype") else np.asarray(image))
    return np.asarray(filter_, dtype)


def _outer(arrange, arrays):
    """Return the operands of ``sepfir2d``: the kernel is the outer product of both filters."""
    x, row, column = arrays
    return arrange((x, None if row is None else np.multiply.outer(column, row)))


