"""Validate the arguments of `scipy.signal`'s functions, and return a `Request`.

In this module, `o` is the dict of a function's options by name.
"""

import cmath
import math
import numbers
import operator
from dataclasses import replace
from functools import partial
from math import gcd

import numpy as np

from ..errors import shown
from .arguments import is_integer
from .arrays import Spec, native, short
from .filtering import MODES, transform_dtype
from .limits import checked_size
from .request import Request, WithFill
from .resampling import ResampleProblem
from .scipy_arguments import DTYPE_CHARS, MAX_DIMS, ForSciPy, require
from .validate_filtering import (
    PLAIN,
    array_filter,
    signal_filter,
    spectral_request,
    transformed_axes,
)

#: boundaries of ``convolve2d`` and ``correlate2d``, and their names in `fastconv.convolve`
_PLANAR_BOUNDARIES = {
    "fill": "fill", "pad": "fill", "wrap": "wrap", "circular": "wrap",
    "symm": "symm", "symmetric": "symm",
}  # fmt: skip
#: modes of ``upfirdn``, and their names in `fastconv.convolve` and in `geometry.BOUNDARIES`
EXTENSIONS = {
    "constant": ("fill", "constant"), "wrap": ("wrap", "circular"),
    "edge": ("nearest", "replicate"), "symmetric": ("symm", "symmetric"),
    "reflect": ("mirror", "reflect"),
}  # fmt: skip
#: up to so many multiply-adds, a direct sum takes no longer than the overhead of an FFT
SMALL = 1 << 13


def general(name, arrays, o):
    """Return the request of `scipy.signal`'s ``convolve`` or ``correlate``."""
    keyword = None if o.get("lags") is None else "lags"
    return signal_filter(name, arrays, {**PLAIN, **o}, keyword)


# ----------------------------------------------------------------------------- convolution by FFT


def transformed(method, arrays, o):
    """Return the request of ``fftconvolve`` or ``oaconvolve``."""
    in1, in2 = arrays
    shape, weights = tuple(in1.shape), tuple(in2.shape)
    known = all(a.dtype.char in DTYPE_CHARS for a in arrays)
    if not (
        known and 0 not in (*shape, *weights) and 0 < len(shape) == len(weights) <= MAX_DIMS
    ):
        raise ForSciPy(f"arrays of {in1.dtype} and {in2.dtype}, shapes {shape} and {weights}")
    mode, axes = o["mode"], o["axes"]
    require(isinstance(mode, str) and mode in MODES, lambda: f"mode is {mode!r}")
    along = transformed_axes(shape, weights, _axes(axes, len(shape)))
    require(along, "there is no axis to transform")
    sizes = list(zip(shape, weights, strict=True))
    require(all(n == m or 1 in (n, m) for a, (n, m) in enumerate(sizes) if a not in along),
            lambda: f"shapes {shape} and {weights} do not broadcast")  # fmt: skip
    larger = all(sizes[a][0] >= sizes[a][1] for a in along)
    smaller = all(sizes[a][0] <= sizes[a][1] for a in along)
    require(mode != "valid" or larger or smaller, lambda: f"mode 'valid' of {shape} and {weights}")
    dtype = np.result_type(*(transform_dtype(native(a)) for a in arrays))
    request = spectral_request("convolve", in1, in2, mode, along, dtype, method)
    return replace(request, asks_scipy="nonfinite" if method == "overlap" else None)


def _axes(axes, ndim):
    """Return the axes by the rules of SciPy's FFTs, in ascending order."""
    if axes is None:
        return range(ndim)
    try:
        given = [operator.index(a) for a in (axes if np.iterable(axes) else (axes,))]
    except TypeError:
        raise ForSciPy(f"axes is {axes!r}") from None
    normal = {a + ndim if a < 0 else a for a in given}
    require(given and len(normal) == len(given) and min(normal) >= 0 and max(normal) < ndim,
            lambda: f"axes is {axes!r} for {ndim} dimensions")  # fmt: skip
    return sorted(normal)


# ------------------------------------------------------------------------ two-dimensional arrays


def planar(name, arrays, o):
    """Return the request of ``convolve2d`` or ``correlate2d``; `name` lacks the ``2d``."""
    in1, in2 = arrays
    mode, boundary = o["mode"], o["boundary"]
    sizes = (*in1.shape, *in2.shape)
    require(len(in1.shape) == len(in2.shape) == 2 and 0 not in sizes,
            lambda: f"shapes {tuple(in1.shape)} and {tuple(in2.shape)}")  # fmt: skip
    require(in1.dtype.char in DTYPE_CHARS and in2.dtype.char in DTYPE_CHARS,
            lambda: f"arrays of {in1.dtype} and {in2.dtype}")  # fmt: skip
    require(isinstance(mode, str) and mode in MODES, lambda: f"mode is {mode!r}")
    known = isinstance(boundary, str) and boundary in _PLANAR_BOUNDARIES
    require(known, lambda: f"boundary is {boundary!r}")
    dtype = np.result_type(native(in1), native(in2))
    require(dtype.char != "e", "float16 is refused by SciPy")
    larger = all(n >= m for n, m in zip(in1.shape, in2.shape, strict=True))
    # if SciPy exchanges the arrays, it conjugates the other one
    conjugated = name == "correlate" and mode == "valid" and not larger and dtype.kind == "c"
    require(not conjugated, "a correlation that SciPy conjugates in its own way")
    fill = _fill(o["fillvalue"], dtype)
    # with mode 'valid', windows never reach past the edges of the larger array
    boundary, fill = ("fill", 0) if mode == "valid" else (_PLANAR_BOUNDARIES[boundary], fill)
    options = {**PLAIN, "mode": mode, "method": "auto", "boundary": boundary, "fillvalue": fill}
    other_centre = name == "correlate" and mode == "same" and not all(n % 2 for n in in2.shape)
    if not other_centre:
        return array_filter(name, arrays, options)
    # SciPy centres on (n - 1) // 2 here, and on n // 2 in `correlate`. A convolution of the
    # reversed image, whose result is reversed again, has this centre.
    request = array_filter("convolve", arrays, options)
    return replace(
        request,
        arrange=partial(_reversed_operands, request.arrange),
        restore=partial(_reversed_result, request),
    )


def _reversed_operands(arrange, arrays):
    """Return the operands of a correlation that is computed from the reversed image."""
    in1, in2 = arrays
    in1 = None if in1 is None else _reversed(in1).copy()
    return arrange((in1, None if in2 is None else in2.conj()))


def _reversed_result(request, feature):
    """Return the result of a correlation that was computed from the reversed image."""
    result = feature if request.restore is None else request.restore(feature)
    return _reversed(result.reshape(request.out_shape))


def _reversed(array):
    return array[(slice(None, None, -1),) * array.ndim]


def _fill(value, dtype):
    """Return the fill value, and raise `ForSciPy` if the result's dtype cannot hold it."""
    why = f"fillvalue is {value!r} for a result of {dtype}"
    if type(value) is int and value == 0:
        return 0
    require(not isinstance(value, np.ndarray), why)
    value = np.asarray(value)
    require(value.size == 1 and value.dtype.kind in "biufc", why)
    number = value.item()
    if dtype.kind == "c":
        return number
    require(not isinstance(number, complex), why)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        require(math.isfinite(number) and limits.min <= number <= limits.max, why)
        return int(number)
    return number


# ------------------------------------------------------------------------------------ resampling


def resampled(arrays, o):
    """Return the request of ``upfirdn``."""
    x, h = arrays
    _check_length(x, h, o["up"], o["down"], o["axis"])
    mode, cval = o["mode"], o["cval"]
    ndim = len(x.shape)
    require(len(h.shape) == 1 and 0 not in (*h.shape, *x.shape) and 0 < ndim <= MAX_DIMS,
            lambda: f"shapes {tuple(h.shape)} and {tuple(x.shape)}")  # fmt: skip
    require(h.dtype.kind in "biufc" and x.dtype.kind in "biufc", lambda: f"{h.dtype} and {x.dtype}")
    dtype = np.result_type(native(h), native(x), np.float32)
    require(dtype.char in "fdFD", lambda: f"a result of {dtype}")
    try:
        up, down, axis = (operator.index(o[name]) for name in ("up", "down", "axis"))
    except TypeError:
        raise ForSciPy("up, down or axis is no int") from None
    if not (min(up, down) >= 1 and -ndim <= axis < ndim):
        raise ForSciPy(f"up {up}, down {down}, axis {axis}")
    require(isinstance(mode, str), lambda: f"mode is {mode!r}")
    mode = mode.lower()
    if mode == "antireflect" and x.shape[axis] == 1:
        mode = "edge"  # twice the sample, less the sample
    require(mode in EXTENSIONS, lambda: f"mode is {mode!r}")
    require(isinstance(cval, numbers.Real) and cmath.isfinite(cval), lambda: f"cval is {cval!r}")
    axis, fill = axis % ndim, cval if mode == "constant" else 0
    step = gcd(up, down)
    if up == step:
        return _strided(x, h, up, down // step, axis, EXTENSIONS[mode][0], fill, dtype)
    boundary = EXTENSIONS[mode][1]
    boundary = "zeros" if boundary == "constant" and fill == 0 else boundary
    names = tuple("u8" if d.kind == "b" else short(d) for d in (native(x), native(h), dtype))
    problem = ResampleProblem(
        "signal.upfirdn", names, tuple(x.shape), axis, h.shape[0], up, down, boundary
    )  # fmt: skip
    return Request(
        problem, (dtype, dtype), problem.output, dtype, problem.output, dtype,
        arrange=WithFill(fill),
    )  # fmt: skip


def _check_length(x, h, up, down, axis):
    """Refuse a result that is larger than the memory. Arguments of other types are not checked."""
    if not all(map(is_integer, (up, down, axis))) or min(up, down) < 1 or 0 in h.shape:
        return
    if not -len(x.shape) <= axis < len(x.shape) or 0 in x.shape:
        return
    shape = list(x.shape)
    taps = math.prod(h.shape)
    shape[axis] = ((shape[axis] - 1) * operator.index(up) + taps - 1) // operator.index(down) + 1
    reason = f"up is {shown(up)}, down is {shown(down)}, x has shape {tuple(x.shape)}"
    checked_size(shape, np.float32, "the output", reason)


def _strided(x, h, up, down, axis, boundary, fill, dtype):
    """Return the request of ``upfirdn`` if its `down` is a multiple of its `up`.

    It is a convolution with a stride: only every `up`-th tap of the filter is multiplied with a
    sample, and only some of the outputs are kept.

    Parameters
    ----------
    x, h : array or Spec
        The signal and the filter.
    up, down : int
        Factor of upsampling, and the ratio of both factors, which is the convolution's stride.
    axis : int
    boundary : str
        Name of the boundary in `fastconv.convolve`.
    fill : float
        The value past the ends.
    dtype : dtype
        dtype of the result.
    """
    taps = -(-h.shape[0] // up)
    shape = [1] * len(x.shape)
    shape[axis] = taps
    # compute small problems by the direct sum, whose result is SciPy's bit for bit
    small = math.prod(x.shape) * taps <= SMALL
    options = {
        **PLAIN, "mode": "full", "method": "direct" if small else "auto", "axes": axis,
        "boundary": boundary, "fillvalue": fill, "stride": down,
    }  # fmt: skip
    specs = (Spec(tuple(x.shape), dtype), Spec(tuple(shape), dtype))
    request = array_filter("convolve", specs, options)
    return replace(
        request,
        problem=replace(request.problem, asked="signal.upfirdn"),
        arrange=partial(_strided_operands, up, tuple(shape), request.arrange),
    )


def _strided_operands(up, shape, arrange, arrays):
    """Return the operands with only every `up`-th tap of the filter."""
    x, h = arrays
    return arrange((x, None if h is None else h[::up].copy().reshape(shape)))
