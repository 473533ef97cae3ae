"""Validate ``resample_poly`` and ``decimate`` of `scipy.signal`, and return a `Request`.

Both design a lowpass filter, unless the caller gives one, and change the sampling rate by a ratio:

    y[m] = sum over k of h[(len(h) - 1) // 2 + m * down - k * up] * x[k]

Only these outputs are computed. In this module, `o` is the dict of a function's options by name.
"""

from dataclasses import replace
from functools import lru_cache, partial
from math import gcd, prod

import numpy as np

from ..errors import shown
from ..originals import original
from .arrays import native, short
from .limits import checked_size, checked_window
from .request import Request, WithFill
from .resampling import ResampleProblem
from .savgol import with_fixed
from .scipy_arguments import (
    ForSciPy,
    axis_of,
    fill_of,
    integer_of,
    require,
    require_shape,
)
from .validate_fir import FLOATS, along
from .validate_signals import EXTENSIONS, SMALL

#: what ``resample_poly`` takes away from the signal and adds to the result, by its `padtype`
_BACKGROUNDS = {"mean": np.mean, "median": np.median, "minimum": np.min, "maximum": np.max}
#: taps of a designed filter on each side of its centre, per unit of the larger factor
_HALF = 10


def resampled(arrays, o):
    """Return the request of ``resample_poly``."""
    (x,) = arrays
    require_shape("x", x)
    require(x.dtype.kind in "biufc" and x.dtype.char not in "gG", lambda: f"x is of {x.dtype}")
    up, down = _factor("up", o["up"]), _factor("down", o["down"])
    axis, padtype = axis_of(o["axis"], len(x.shape)), o["padtype"]
    require(isinstance(padtype, str), lambda: f"padtype is {padtype!r}")
    require(padtype in EXTENSIONS or padtype in _BACKGROUNDS, lambda: f"padtype is {padtype!r}")
    require(o["cval"] is None or padtype == "constant", "cval without the padtype 'constant'")
    fill = fill_of(0.0 if o["cval"] is None else o["cval"])
    common = gcd(up, down)
    up, down = up // common, down // common
    require(up != down, "a copy: the sampling rate stays")
    background = _BACKGROUNDS.get(padtype)
    require(background is None or x.dtype.kind != "b", "the background of a signal of bool")
    boundary = "zeros" if background else EXTENSIONS[padtype][1]
    boundary = "zeros" if boundary == "constant" and fill == 0 else boundary
    size = (*x.shape[:axis], -(-x.shape[axis] * up // down), *x.shape[axis + 1 :])
    checked_size(size, np.float32, "the output", f"up is {up}, down is {down}")
    h = _window(o["window"], native(x), up, down)
    request = _at_rate("resample_poly", x, h, up, down, axis, boundary, fill, (len(h) - 1) // 2)
    if background is None:
        return request
    reals = x.dtype.kind in "iu" and padtype in ("mean", "median")
    between = np.result_type(native(x), np.float64) if reals else native(x)
    own = request.out_dtype
    require(np.can_cast(between, own), lambda: f"a background of {between} for a result of {own}")
    return replace(
        request, dtypes=(native(x),),
        arrange=partial(_less, background, axis, own, request.arrange),
        finish=partial(_plus, request.out_shape),
    )  # fmt: skip


def _factor(name, value):
    """Return a factor of the sampling rate as an int."""
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        raise ForSciPy(f"{name} is {shown(value)}") from None
    require(value == whole and whole >= 1, lambda: f"{name} is {shown(value)}")
    return whole


def _window(window, dtype, up, down):
    """Return the filter of ``resample_poly``: the caller's, or a lowpass in the signal's dtype."""
    if isinstance(window, (list, np.ndarray)):
        h = np.array(window)
        known = h.ndim == 1 and h.size and h.dtype.kind in "iufc" and h.dtype.char not in "gG"
        require(known, lambda: f"window is {shown(window)}")
    else:
        taps = 2 * _HALF * max(up, down) + 1
        checked_window(taps, f"up is {up}, down is {down}")
        try:
            h = _lowpass(taps, 1.0 / max(up, down), window)
        except TypeError:  # a window that cannot be hashed
            raise ForSciPy(f"window is {shown(window)}") from None
        h = h.astype(dtype) if dtype.kind in "fc" else h.copy()
    h *= up
    return h


@lru_cache(64)
def _lowpass(taps, cutoff, window):
    """Return SciPy's lowpass filter."""
    return original("scipy.signal", "firwin")(taps, cutoff, window=window)


def decimated(arrays, o):
    """Return the request of ``decimate``."""
    (x,) = arrays
    ftype = o["ftype"]
    require(isinstance(ftype, str) and ftype == "fir", lambda: f"ftype is {ftype!r}, with feedback")
    require_shape("x", x)
    dtype = native(x)
    if dtype.kind not in "fc" or dtype.char == "e":
        dtype = np.dtype(np.float64)
    require(x.dtype.kind in "biufc" and dtype.char in FLOATS, lambda: f"x has dtype {x.dtype}")
    q = integer_of("q", o["q"])
    n = 2 * _HALF * q if o["n"] is None else integer_of("n", o["n"])
    require(q > 1 and n >= 0, lambda: f"q is {q}, n is {n}")
    axis = axis_of(o["axis"], len(x.shape))
    checked_window(n + 1, f"q is {q}, n is {n}")
    b = _lowpass(n + 1, 1.0 / q, "hamming").astype(dtype)
    first = n // 2 if o["zero_phase"] else 0
    return _at_rate("decimate", x, b, 1, q, axis, "zeros", 0.0, first)


def _at_rate(function, x, h, up, down, axis, boundary, fill, first):
    """Return the request of a signal at another rate; `up` and `down` have no common divisor.

    Parameters
    ----------
    function : str
        The function of `scipy.signal` that asks for it.
    x : array or Spec
    h : ndarray
        The filter.
    up, down, axis : int
    boundary : str
        One of `geometry.BOUNDARIES`.
    fill : float
        The value past the ends, for the boundary ``constant``.
    first : int
        Position of the first output in the full output of the filter on the upsampled signal.
    """
    dtype = np.result_type(native(x), h.dtype, np.float32)
    require(dtype.char in FLOATS, lambda: f"a result of {dtype}")
    shape = tuple(x.shape)
    count = -(-shape[axis] * up // down)
    if up == 1:
        part = (first, (count - 1) * down + 1)
        method = "direct" if prod(shape) * h.size <= SMALL else "auto"
        request = along(
            function, shape, h.size, axis, dtype, part, boundary, fill, down, method
        )  # fmt: skip
        return with_fixed(request, h.astype(dtype).reshape(request.problem.weights))
    weights = h.real if h.dtype.kind == "c" and not h.imag.any() else h
    names = short(dtype), short(np.result_type(weights.dtype, np.float32)), short(dtype)
    problem = ResampleProblem(
        "signal.upfirdn", names, shape, axis, h.size, up, down, boundary, first, count
    )  # fmt: skip
    h = h.astype(dtype)
    return Request(
        problem, (dtype,), problem.output, dtype, problem.output, dtype,
        arrange=partial(_and_filter, h, WithFill(fill)), fixed=h,
    )  # fmt: skip


def _and_filter(h, arrange, arrays):
    """Return the operands of a change of the sampling rate."""
    return arrange((arrays[0], h))


def _less(background, axis, dtype, arrange, arrays):
    """Return the operands for a signal without its background, and this for `_plus`."""
    x = arrays[0]
    level = background(x, axis=axis, keepdims=True)
    return (*arrange((np.ascontiguousarray(x - level, dtype),)), level)


def _plus(shape, result, level):
    """Add the background of a signal to its filtered form, and return it."""
    result = result.reshape(shape)
    result += level
    return result
