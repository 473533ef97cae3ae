"""convolve, signal and ndimage on device arrays: the registry where it has the problem, else cupyx.

The answers to the same questions as in `fastconv.nd`, `signal` and `ndimage`, with one difference:
``method="fft"`` gives no warning of a NaN, for which it would have to wait for the device.
"""

import inspect

import numpy as np

from .calls import call
from .config import checked_threads
from .errors import UnsupportedAlgorithm, shown
from .gpu.arrays import checked, checked_out, device_of
from .problem.arguments import choice
from .problem.arrays import DTYPES

#: defaults of axes, boundary, fillvalue, stride, dilation
_PLAIN = (None, "fill", 0, 1, 1)
_SPECTRAL = ("fft", "fft_tiled")
_OURS = ("algorithm", "num_threads", "out")
#: those with arrays besides the first, by name
_ARRAYS = {
    "signal": ("in1", "in2", "h", "x", "out"), "ndimage": ("input", "weights", "output", "out"),
}  # fmt: skip
#: and those that must be arrays
_NEEDED = ("in1", "in2", "h", "x", "input", "weights")
_PLANAR = ("convolve2d", "correlate2d")
_TRANSFORMED = ("fftconvolve", "oaconvolve")
_FILTERS = ("convolve", "correlate", "convolve1d", "correlate1d")


def run(runtime, package, function, args, kwargs):
    """Run a function of a SciPy face with arrays on a device."""
    with runtime.current():
        return _run(runtime, package, function, args, kwargs)


def _run(runtime, package, function, args, kwargs):
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    given = dict(bound.arguments)
    given.update(given.pop("kwargs", {}))
    name = function.__name__
    if given.get("num_threads") is not None:
        checked_threads(given["num_threads"])  # no function of CuPy's has them
    for word in _ARRAYS[package]:
        if word in given and hasattr(given[word], "shape") or word in _NEEDED and word in given:
            checked(runtime, (word,), (given[word],))
    if name in ("convolve", "correlate") and package == "signal":
        return convolution(
            name, given["in1"], given["in2"], given["mode"], given["method"], _PLAIN,
            given["algorithm"], given["out"], given["num_threads"],
        )  # fmt: skip
    forced = given.get("algorithm", "auto")
    if forced != "scipy":
        ours = None
        if package == "signal" and name in (*_PLANAR, *_TRANSFORMED):
            ours = _transformed if name in _TRANSFORMED else _planar
        elif name in _FILTERS:
            ours = _filtered
        result = ours(runtime, name, given) if ours else NotImplemented
        if result is not NotImplemented:
            return result
    if forced not in ("auto", "scipy"):
        raise UnsupportedAlgorithm(
            f"algorithm {forced!r} cannot run this problem: {package}.{name} with arguments of "
            "these types and shapes is answered by 'scipy' alone, which is cupyx here"
        )
    return _cupyx(runtime, package, name, given)


def convolution(op, in1, in2, mode, method, extended, algorithm, out, num_threads):
    """`fastconv.convolve` and `correlate`, as `fastconv.nd.run` has them."""
    runtime = device_of((in1, in2))
    with runtime.current():
        return _convolution(
            runtime, op, in1, in2, mode, method, extended, algorithm, out, num_threads
        )


def _convolution(runtime, op, in1, in2, mode, method, extended, algorithm, out, num_threads):
    if num_threads is not None:
        checked_threads(num_threads)
    checked_dtypes = _known(runtime, in1, in2)
    if algorithm != "auto" and method != "auto":
        raise ValueError(
            f"method is {shown(method)} and algorithm {shown(algorithm)}; give one of them and "
            "leave the other at 'auto'"
        )
    choice("method", method, ("auto", "direct", "fft"))
    if algorithm == "scipy" or not checked_dtypes:
        if tuple(extended) != _PLAIN:
            raise UnsupportedAlgorithm(
                "algorithm 'scipy' cannot run this problem: cupyx has none of axes, boundary, "
                "fillvalue, stride and dilation"
            )
        # cupyx knows no "auto" for several axes
        method = "direct" if method == "auto" and in1.ndim > 1 else method
        given = {"in1": in1, "in2": in2, "mode": mode, "method": method, "out": out}
        return _cupyx(runtime, "signal", op, given)
    if method == "fft":
        return _by_fft(runtime, op, in1, in2, (mode, *extended), out, num_threads)
    return call(
        op, (in1, in2), (mode, *extended), algorithm, out=out, num_threads=num_threads,
        exclude=_SPECTRAL if method == "direct" else (),
    )  # fmt: skip


def _known(runtime, *arrays):
    """Whether the engine has these dtypes; arrays on the host are refused by name."""
    for name, array in zip(("in1", "in2"), arrays, strict=True):
        if not hasattr(array, "dtype") or array.dtype.kind in "fciu":
            checked(runtime, (name,), (array,))
    return all(a.dtype in DTYPES.values() and a.size and a.ndim for a in arrays)


def _by_fft(runtime, op, in1, in2, options, out, num_threads):
    dtype = np.result_type(in1.dtype, in2.dtype)
    operands = tuple(_floating(a) for a in (in1, in2))
    result = call(op, operands, options, "fft", num_threads=num_threads)
    if dtype.kind in "iu":
        result = runtime.xp.rint(result)
    return _delivered(runtime, result.astype(dtype), out, in1=in1, in2=in2)


def _floating(array):
    """`array` in the dtype in which SciPy transforms it."""
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    return array.astype(np.float32) if array.dtype == np.float16 else array


def _delivered(runtime, result, out, **arrays):
    if out is None:
        return result
    checked_out(runtime, out, result.shape, result.dtype, arrays)
    out[...] = result
    return out


def _transformed(runtime, name, given):
    """fftconvolve and oaconvolve."""
    in1, in2, axes = given["in1"], given["in2"], given["axes"]
    if not _known(runtime, in1, in2) or in1.ndim != in2.ndim:
        return NotImplemented
    over = range(in1.ndim) if axes is None else axes
    over = [a % in1.ndim for a in (over if np.iterable(over) else (over,))]
    along = tuple(a for a in over if in1.shape[a] != 1 and in2.shape[a] != 1)
    if not along or given["mode"] != "full":
        return NotImplemented
    algorithm = "fft" if given["algorithm"] == "auto" else given["algorithm"]
    options = (given["mode"], along, *_PLAIN[1:])
    result = call("convolve", (_floating(in1), _floating(in2)), options, algorithm)
    return _delivered(runtime, result, given["out"], in1=in1, in2=in2)


def _planar(runtime, name, given):
    """convolve2d and correlate2d."""
    in1, in2, mode = given["in1"], given["in2"], given["mode"]
    if not _known(runtime, in1, in2) or not in1.ndim == in2.ndim == 2 or mode == "valid":
        return NotImplemented
    if name == "correlate2d" and mode == "same" and not all(n % 2 for n in in2.shape):
        return NotImplemented
    boundary = given["boundary"]
    if boundary not in ("fill", "wrap", "symm") or hasattr(given["fillvalue"], "shape"):
        return NotImplemented
    options = (mode, None, boundary, given["fillvalue"], 1, 1)
    return call(
        name[:-2], (in1, in2), options, given["algorithm"], out=given["out"],
        num_threads=given["num_threads"],
    )  # fmt: skip


def _filtered(runtime, name, given):
    """ndimage.convolve, correlate and their forms along one axis, of floating-point images."""
    x, w, output = given["input"], given["weights"], given["output"]
    if x.dtype.kind not in "fc" or x.dtype != w.dtype or output is not None or not x.size:
        return NotImplemented
    axes = (given["axis"],) if name.endswith("1d") else given["axes"]
    along = range(x.ndim) if axes is None else axes
    if w.ndim != len(along) or not w.size or not isinstance(given["mode"], str):
        return NotImplemented
    options = (given["mode"], given["cval"], given["origin"], axes)
    return call(
        f"ndimage.{name.removesuffix('1d')}", (x, w), options, given["algorithm"],
        out=given["out"], num_threads=given["num_threads"],
    )  # fmt: skip


def _cupyx(runtime, package, name, given):
    """What CuPy's own function answers, in `out` if there is one."""
    function = getattr(runtime.scipy(package), name)
    theirs = {word: v for word, v in given.items() if word not in _OURS}
    known = inspect.signature(function).parameters
    defaults = ("axes", "radius")
    theirs = {
        word: v for word, v in theirs.items()
        if word in known or not (word in defaults and v is None)
    }  # fmt: skip
    out = given.get("out")
    if out is not None and given.get("output") is not None:
        raise ValueError("out and output are both given; give one of them")
    result = function(**theirs)
    arrays = {w: v for w, v in given.items() if w in _ARRAYS[package] and w != "out"}
    return _delivered(runtime, result, out, **arrays)
