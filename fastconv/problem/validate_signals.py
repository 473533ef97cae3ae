"""From the arguments of `scipy.signal`'s functions to a `Request`."""

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
from .filtering import MODES
from .limits import checked_size, checked_window
from .request import Request, WithFill
from .resampling import ResampleProblem
from .scipy_arguments import ENGINE_DIMS, ENGINE_DTYPES, ForSciPy, judged
from .validate_filtering import PLAIN, signal_filter, spectral_request, transformed_axes

#: SciPy's names of the boundaries of two-dimensional arrays, as `fastconv.convolve` calls them
_PLANAR_BOUNDARIES = {
    "fill": "fill", "pad": "fill", "wrap": "wrap", "circular": "wrap",
    "symm": "symm", "symmetric": "symm",
}  # fmt: skip
#: SciPy's names of the extensions of signals, as `fastconv.convolve` and as the geometry call them
_EXTENSIONS = {
    "constant": ("fill", "constant"), "wrap": ("wrap", "circular"),
    "edge": ("nearest", "replicate"), "symmetric": ("symm", "symmetric"),
    "reflect": ("mirror", "reflect"),
}  # fmt: skip
#: multiply-adds that take no longer than an FFT takes to begin
_SMALL = 1 << 13


def general(name, arrays, o):
    """Return the request of `scipy.signal`'s ``convolve`` or ``correlate``."""
    return signal_filter(name, arrays, {**PLAIN, **o})


# ----------------------------------------------------------------------------- convolution by FFT


def transformed(method, arrays, o):
    """Return the request of ``fftconvolve`` or ``oaconvolve``."""
    in1, in2 = arrays
    shape, weights = tuple(in1.shape), tuple(in2.shape)
    known = all(a.dtype.char in ENGINE_DTYPES for a in arrays)
    judged(known and 0 not in (*shape, *weights) and 0 < len(shape) == len(weights) <= ENGINE_DIMS,
           f"arrays of {in1.dtype} and {in2.dtype}, shapes {shape} and {weights}")  # fmt: skip
    mode, axes = o["mode"], o["axes"]
    judged(isinstance(mode, str) and mode in MODES, f"mode is {mode!r}")
    along = transformed_axes(shape, weights, _axes(axes, len(shape)))
    judged(along, "there is no axis to transform")
    sizes = list(zip(shape, weights, strict=True))
    judged(all(n == m or 1 in (n, m) for a, (n, m) in enumerate(sizes) if a not in along),
           f"shapes {shape} and {weights} do not broadcast")  # fmt: skip
    larger = all(sizes[a][0] >= sizes[a][1] for a in along)
    smaller = all(sizes[a][0] <= sizes[a][1] for a in along)
    judged(mode != "valid" or larger or smaller, f"mode 'valid' of {shape} and {weights}")
    dtype = np.result_type(*(_floating(native(a)) for a in arrays))
    request = spectral_request("convolve", in1, in2, mode, along, dtype, method)
    return replace(request, asks_scipy="nonfinite" if method == "overlap" else None)


def _floating(dtype):
    """Return the dtype in which SciPy transforms an array."""
    if dtype.kind in "iu":
        return np.dtype(np.float64)
    return np.dtype(np.float32) if dtype == np.float16 else dtype


def _axes(axes, ndim):
    """Return the axes as SciPy's FFTs take them."""
    if axes is None:
        return range(ndim)
    try:
        given = [operator.index(a) for a in (axes if np.iterable(axes) else (axes,))]
    except TypeError:
        raise ForSciPy(f"axes is {axes!r}") from None
    normal = {a + ndim if a < 0 else a for a in given}
    judged(given and len(normal) == len(given) and min(normal) >= 0 and max(normal) < ndim,
           f"axes is {axes!r} for {ndim} dimensions")  # fmt: skip
    return sorted(normal)


# ------------------------------------------------------------------------ two-dimensional arrays


def planar(name, arrays, o):
    """Return the request of ``convolve2d`` or ``correlate2d``; `name` lacks the ``2d``."""
    in1, in2 = arrays
    mode, boundary = o["mode"], o["boundary"]
    sizes = (*in1.shape, *in2.shape)
    judged(len(in1.shape) == len(in2.shape) == 2 and 0 not in sizes,
           f"shapes {tuple(in1.shape)} and {tuple(in2.shape)}")  # fmt: skip
    judged(in1.dtype.char in ENGINE_DTYPES and in2.dtype.char in ENGINE_DTYPES,
           f"arrays of {in1.dtype} and {in2.dtype}")  # fmt: skip
    judged(isinstance(mode, str) and mode in MODES, f"mode is {mode!r}")
    known = isinstance(boundary, str) and boundary in _PLANAR_BOUNDARIES
    judged(known, f"boundary is {boundary!r}")
    dtype = np.result_type(native(in1), native(in2))
    judged(dtype.char != "e", "float16 is refused by SciPy")
    larger = all(n >= m for n, m in zip(in1.shape, in2.shape, strict=True))
    # where SciPy exchanges the arrays it conjugates the one that stays
    conjugated = name == "correlate" and mode == "valid" and not larger and dtype.kind == "c"
    judged(not conjugated, "a correlation that SciPy conjugates in its own way")
    fill = _fill(o["fillvalue"], dtype)
    # with mode 'valid' SciPy's smaller array never leaves the larger one
    boundary, fill = ("fill", 0) if mode == "valid" else (_PLANAR_BOUNDARIES[boundary], fill)
    options = {**PLAIN, "mode": mode, "method": "auto", "boundary": boundary, "fillvalue": fill}
    off_centre = name == "correlate" and mode == "same" and not all(n % 2 for n in in2.shape)
    if not off_centre:
        return signal_filter(name, arrays, options)
    # SciPy centres on (n - 1) // 2 here and on n // 2 in `correlate`: seen from the other end
    request = signal_filter("convolve", arrays, options)
    return replace(
        request,
        arrange=partial(_from_the_end, request.arrange),
        restore=partial(_to_the_end, request),
    )


def _from_the_end(arrange, arrays):
    in1, in2 = arrays
    in1 = None if in1 is None else np.flip(in1).copy()
    return arrange((in1, None if in2 is None else in2.conj()))


def _to_the_end(request, feature):
    result = feature if request.restore is None else request.restore(feature)
    return np.flip(result.reshape(request.out_shape))


def _fill(value, dtype):
    """Return the fill value as a number that the result's dtype holds."""
    why = f"fillvalue is {value!r} for a result of {dtype}"
    if type(value) is int and value == 0:
        return 0
    judged(not isinstance(value, np.ndarray), why)
    value = np.asarray(value)
    judged(value.size == 1 and value.dtype.kind in "biufc", why)
    number = value.item()
    if dtype.kind == "c":
        return number
    judged(not isinstance(number, complex), why)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        judged(math.isfinite(number) and limits.min <= number <= limits.max, why)
        return int(number)
    return number


# ------------------------------------------------------------------------------------ resampling


def resampled(arrays, o):
    """Return the request of ``upfirdn``."""
    x, h = arrays
    _check_length(x, h, o["up"], o["down"], o["axis"])
    mode, cval = o["mode"], o["cval"]
    ndim = len(x.shape)
    judged(len(h.shape) == 1 and 0 not in (*h.shape, *x.shape) and 0 < ndim <= ENGINE_DIMS,
           f"shapes {tuple(h.shape)} and {tuple(x.shape)}")  # fmt: skip
    judged(h.dtype.kind in "biufc" and x.dtype.kind in "biufc", f"{h.dtype} and {x.dtype}")
    judged(isinstance(mode, str) and mode in _EXTENSIONS, f"mode is {mode!r}")
    dtype = np.result_type(native(h), native(x), np.float32)
    judged(dtype.char in "fdFD", f"a result of {dtype}")
    try:
        up, down, axis = (operator.index(o[name]) for name in ("up", "down", "axis"))
    except TypeError:
        raise ForSciPy("up, down or axis is no int") from None
    judged(min(up, down) >= 1 and -ndim <= axis < ndim, f"up {up}, down {down}, axis {axis}")
    judged(isinstance(cval, numbers.Real) and cmath.isfinite(cval), f"cval is {cval!r}")
    axis, fill = axis % ndim, cval if mode == "constant" else 0
    step = gcd(up, down)
    if up == step:
        return _thinned(x, h, up, down // step, axis, _EXTENSIONS[mode][0], fill, dtype)
    boundary = _EXTENSIONS[mode][1]
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
    """Refuse a result that cannot exist; arguments of other types are for others to judge."""
    if not all(map(is_integer, (up, down, axis))) or min(up, down) < 1 or 0 in h.shape:
        return
    if not -len(x.shape) <= axis < len(x.shape) or 0 in x.shape:
        return
    shape = list(x.shape)
    taps = math.prod(h.shape)
    shape[axis] = ((shape[axis] - 1) * operator.index(up) + taps - 1) // operator.index(down) + 1
    reason = f"up is {shown(up)}, down is {shown(down)}, x has shape {tuple(x.shape)}"
    checked_size(shape, np.float32, "the output", reason)


def check_up(o):
    """Refuse a factor to a multiple of which SciPy cannot fill the filter up with zeros."""
    if is_integer(o["up"]):
        checked_window(operator.index(o["up"]), f"up is {shown(o['up'])}")


def _thinned(x, h, up, down, axis, boundary, fill, dtype):
    """Return the request of a filter of which every `down`-th value is kept."""
    taps = -(-h.shape[0] // up)
    shape = [1] * len(x.shape)
    shape[axis] = taps
    # small ones by the sum of the definition, which has the bits of SciPy's
    small = math.prod(x.shape) * taps <= _SMALL
    options = {
        **PLAIN, "mode": "full", "method": "direct" if small else "auto", "axes": axis,
        "boundary": boundary, "fillvalue": fill, "stride": down,
    }  # fmt: skip
    specs = (Spec(tuple(x.shape), dtype), Spec(tuple(shape), dtype))
    request = signal_filter("convolve", specs, options)
    return replace(request, arrange=partial(_every, up, tuple(shape), request.arrange))


def _every(up, shape, arrange, arrays):
    """Return the operands with those taps that meet a sample."""
    x, h = arrays
    return arrange((x, None if h is None else h[::up].copy().reshape(shape)))
