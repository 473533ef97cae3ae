"""Validate ``savgol_filter`` of `scipy.signal`, and return a `Request`.

A Savitzky-Golay filter fits a polynomial to every window, and returns its value, or a derivative,
at the window's centre. This is a convolution with fixed weights. With the mode ``interp``, the
first and the last half window have no window of their own; their values are those of the
polynomials that fit the first and the last whole window, products of these windows with a matrix.

References
----------
A. Savitzky and M. J. E. Golay, "Smoothing and differentiation of data by simplified least squares
procedures", *Analytical Chemistry* 36, 1964, 1627-1639.
"""

from dataclasses import replace
from functools import lru_cache, partial
from math import factorial

import numpy as np

from ..originals import original
from .arrays import native
from .limits import checked_window
from .scipy_arguments import (
    axis_of,
    boundary_of,
    fill_of,
    number_of,
    require,
    require_shape,
    whole_of,
)
from .traits import traits
from .validate_fir import along

_MODES = ("mirror", "constant", "nearest", "wrap", "interp")


def smoothed(arrays, o):
    """Return the request of ``savgol_filter``; `o` is the dict of its options by name."""
    (x,) = arrays
    require_shape("x", x)
    require(x.dtype.kind in "biuf" and x.dtype.char != "g", lambda: f"x has dtype {x.dtype}")
    single = native(x).char == "f"
    dtype = np.dtype(np.float32 if single else np.float64)
    names = ("window_length", "polyorder", "deriv")
    window, order, deriv = (whole_of(name, o[name]) for name in names)
    delta = float(number_of("delta", o["delta"]))
    fits = 0 <= order < window and deriv >= 0 and delta != 0
    require(fits, lambda: f"window_length {window}, polyorder {order}, deriv {deriv}")
    checked_window(window * (order + 1), f"window_length is {window}")
    axis, mode = axis_of(o["axis"], len(x.shape)), o["mode"]
    require(isinstance(mode, str) and mode in _MODES, lambda: f"mode is {mode!r}")
    n, interpolates = x.shape[axis], mode == "interp"
    require(not interpolates or window <= n, lambda: f"{n} samples, a window of {window}")
    fill = fill_of(o["cval"]) if mode == "constant" else 0.0
    boundary = "zeros" if interpolates else boundary_of(mode, fill)
    request = along(
        "savgol_filter", x.shape, window, axis, dtype, (window // 2, n), boundary, fill
    )  # fmt: skip
    weights = _coefficients(window, order, deriv, delta).reshape(request.problem.weights)
    request = with_fixed(request, weights.astype(dtype))
    if not interpolates or window < 2:
        return request
    fit = _edges(window, order, deriv, delta).astype(dtype)
    return replace(
        request,
        arrange=partial(_and_signal, request.arrange, tuple(x.shape)),
        finish=partial(_with_edges, fit, axis),
    )


def with_fixed(request, weights):
    """Return a request whose only array is the signal, with weights that its options define.

    Parameters
    ----------
    request : Request
        With two arrays, the signal and the weights.
    weights : ndarray
        As the second array.
    """
    problem, arrange = request.problem, request.arrange
    if problem.swapped:  # the signal is shorter, and takes the part of the weights
        return replace(
            request, dtypes=request.dtypes[:1], arrange=partial(_beside, arrange, weights),
            fixed=None, beside=(0,),
        )  # fmt: skip
    kernel = arrange((None, weights))[1]
    found = None
    if problem.compute in ("f32", "f64"):
        found = traits(kernel, len(problem.stencil.axes))
    return replace(
        request, problem=replace(problem, traits=found), dtypes=request.dtypes[:1], weight=None,
        arrange=partial(_beside, arrange, weights), fixed=kernel,
    )  # fmt: skip


def _beside(arrange, weights, arrays):
    """Return the operands of a request whose weights its options define."""
    return arrange((arrays[0], weights))


@lru_cache(64)
def _coefficients(window, order, deriv, delta):
    """Return SciPy's weights of the convolution."""
    return original("scipy.signal", "savgol_coeffs")(window, order, deriv=deriv, delta=delta)


@lru_cache(64)
def _edges(window, order, deriv, delta):
    """Return the matrices that give the first and the last half window from a whole one.

    Positions are scaled to -1 .. 1, where powers are linearly independent enough.

    Returns
    -------
    ndarray, shape (2, window // 2, window)
    """
    half = window // 2
    scale = (window - 1) / 2
    at = (np.arange(window) - scale) / scale
    fit = np.linalg.pinv(np.vander(at, order + 1, increasing=True))  # coefficients from samples
    ends = np.stack((at[:half], at[window - half :]))
    powers = np.arange(order + 1)
    # the derivative of t**p is p! / (p - deriv)! * t**(p - deriv)
    factors = [factorial(p) / factorial(p - deriv) if p >= deriv else 0.0 for p in powers]
    values = factors * ends[..., None] ** np.maximum(powers - deriv, 0)
    return values @ fit / (scale * delta) ** deriv


def _and_signal(arrange, shape, arrays):
    """Return the operands of the convolution, and the signal for `_with_edges`."""
    x = arrays[0]
    return (*arrange(arrays), None if x is None else x.reshape(shape))


def _with_edges(fit, axis, result, x):
    """Replace the first and the last half window of a result, and return it.

    Parameters
    ----------
    fit : ndarray
        From `_edges`.
    axis : int
    result, x : ndarray
        The filtered signal, and the signal.
    """
    _, half, window = fit.shape
    result = result.reshape(x.shape)
    lines, target = np.moveaxis(x, axis, -1), np.moveaxis(result, axis, -1)
    # einsum sums in an order of its own, whatever threads BLAS has
    target[..., :half] = np.einsum("...w,hw->...h", lines[..., :window], fit[0])
    target[..., x.shape[axis] - half :] = np.einsum("...w,hw->...h", lines[..., -window:], fit[1])
    return result


