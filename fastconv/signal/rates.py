"""`scipy.signal`'s filtering with a change of the sampling rate."""

import cmath
import numbers
import operator
from math import gcd, prod

import numpy as np

from .. import config
from ..algorithms.base import FILTERS
from ..calls import call
from ..errors import UnsupportedAlgorithm
from ..forwarding import ENGINE_DIMS, check_forward, deliver, scipy_function
from ..planner.cache import Cache
from ..problem.arguments import choice
from ..problem.arrays import checked_out
from .phases import Phases

__all__ = ["upfirdn"]

#: SciPy's names of continuations that are boundaries of ours, as `fastconv.convolve` and as the
#: geometry call them
_MODES = {
    "constant": ("fill", "constant"), "wrap": ("wrap", "circular"),
    "edge": ("nearest", "replicate"), "symmetric": ("symm", "symmetric"),
    "reflect": ("mirror", "reflect"),
}  # fmt: skip
#: at most so many values side by side are brought into lines of their own
_SIDE_BY_SIDE = 16
#: multiply-adds that take no longer than an FFT's way in
_SMALL = 1 << 13
_known = Cache(64)


def upfirdn(
    h, x, up=1, down=1, axis=-1, mode="constant", cval=0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Upsample, filter and downsample, as `scipy.signal.upfirdn`.

    Only what is kept is computed, from the values of x alone: the zeros between them cost nothing.

    Parameters
    ----------
    h : array_like, 1-D
        Coefficients of the filter.
    x : array_like
    up, down : int, default 1
        Factors of the two changes of rate.
    axis : int, default -1
        The axis of x that is filtered.
    mode : str, default "constant"
        How x continues past its ends: one of SciPy's names. SciPy itself answers ``smooth``,
        ``line``, ``antisymmetric`` and ``antireflect``.
    cval : float, default 0
        The value past the ends for ``constant``.
    algorithm : str, default "auto"
        ``auto``, or the name of one algorithm; ``direct`` alone where the rate goes up by more than
        it goes down or by another ratio; ``scipy`` is SciPy itself.
    num_threads : int, optional
        At most so many threads.
    out : ndarray, optional
        C-contiguous, of the result's shape and dtype, apart from the inputs.

    Returns
    -------
    ndarray
        ``ceil(((n - 1)*up + len(h)) / down)`` elements along `axis`.

    Raises
    ------
    ValueError, TypeError
        As SciPy, or `out` does not fit.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    References
    ----------
    P. P. Vaidyanathan, *Multirate Systems and Filter Banks*, Prentice Hall, 1993, section 4.3.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.upfirdn([1, 1, 1], [1, 2, 3], up=2)
    array([1., 1., 3., 2., 5., 3., 3.])
    """
    taps, signal = np.asarray(h), np.asarray(x)
    settings = None
    if algorithm != "scipy":
        settings = _settings(taps, signal, up, down, axis, mode, cval)
    if settings is None:
        check_forward("scipy.signal.upfirdn", algorithm, num_threads)
        result = scipy_function("signal", "upfirdn")(h, x, up, down, axis, mode, cval)
        return deliver(result, out, h=taps, x=signal)
    up, down, axis, fill = settings
    dtype = np.result_type(taps.dtype, signal.dtype, np.float32)
    if out is not None:
        length = ((signal.shape[axis] - 1) * up + taps.size - 1) // down + 1
        shape = (*signal.shape[:axis], length, *signal.shape[axis + 1 :])
        checked_out(out, shape, dtype, {"h": taps, "x": signal})
    step = gcd(up, down)
    if up == step:
        return _thinned(taps[::up], signal, down // step, axis, mode, fill, dtype, algorithm,
                        num_threads, out)  # fmt: skip
    choice("algorithm", algorithm, ("auto", *FILTERS))
    if algorithm not in ("auto", "direct"):
        raise UnsupportedAlgorithm(
            f"algorithm {algorithm!r} cannot run this problem: a signal whose rate goes up is "
            "filtered by 'direct' alone"
        )
    threads = config.run_threads(num_threads)
    result = _raised(taps, signal, (up, down, axis, _MODES[mode][1], fill), dtype, threads)
    return deliver(result, out)


def _settings(h, x, up, down, axis, mode, cval):
    """(up, down, axis, fill) as the engine takes them, None for what SciPy is to judge."""
    if h.ndim != 1 or not h.size or not x.size or not 0 < x.ndim <= ENGINE_DIMS:
        return None
    if h.dtype.kind not in "biufc" or x.dtype.kind not in "biufc" or mode not in _MODES:
        return None
    if np.result_type(h.dtype, x.dtype, np.float32).char not in "fdFD":
        return None
    try:
        up, down, axis = (operator.index(v) for v in (up, down, axis))
    except TypeError:
        return None
    if min(up, down) < 1 or not -x.ndim <= axis < x.ndim:
        return None
    if not isinstance(cval, numbers.Real) or not cmath.isfinite(cval):
        return None
    return up, down, axis % x.ndim, cval if mode == "constant" else 0


def _thinned(h, x, down, axis, mode, fill, dtype, algorithm, num_threads, out):
    """A filter of which every down-th value is kept, by any algorithm."""
    shape = [1] * x.ndim
    shape[axis] = h.size
    x, h = x.astype(dtype, copy=False), h.astype(dtype, copy=False).reshape(shape)
    options = ("full", axis, _MODES[mode][0], fill, down, 1)
    # small ones by the sum of the definition, in the bits of SciPy's
    exclude = ("fft", "fft_tiled") if x.size * h.size <= _SMALL else ()
    return call("convolve", (x, h), options, algorithm, out=out, num_threads=num_threads,
                exclude=exclude)  # fmt: skip


def _raised(h, x, settings, dtype, threads):
    """A filter at a rate that is no divisor of the signal's."""
    if dtype.kind != "c":
        return _lines(h, x, settings, dtype, threads)
    result = 0
    real = np.empty(0, dtype).real.dtype
    for of_h, taps in _parts(h):
        for of_x, values in _parts(x):
            # the value past the ends is real
            fill = settings[-1] if of_x == 1 else 0
            part = _lines(taps, values, (*settings[:-1], fill), real, threads)
            if np.ndim(result) == 0:
                result = np.zeros(part.shape, dtype)
            unit = of_h * of_x
            side = result.imag if unit == 1j else result.real
            np.add(side, part if unit != -1 else -part, out=side)
    return result


def _parts(array):
    """Real arrays and what they are multiplied by."""
    return [(1, array.real), (1j, array.imag)] if array.dtype.kind == "c" else [(1, array)]


def _lines(h, x, settings, dtype, threads):
    up, down, axis, boundary, fill = settings
    h = h.astype(dtype)
    # few values side by side, advanced by more than one: lines of each of them
    turned = 1 < prod(x.shape[axis + 1 :]) <= _SIDE_BY_SIDE
    if turned:
        x, last = np.moveaxis(x, axis, -1), x.ndim - 1
    else:
        last = axis
    x = np.ascontiguousarray(x, dtype)
    shape = (prod(x.shape[:last]), x.shape[last], prod(x.shape[last + 1 :]))
    key = (dtype.char, shape, h.size, up, down, boundary, config.epoch())
    phases = _known.entries.get(key)
    if phases is None:
        phases = Phases(dtype, shape, h.size, up, down, boundary)
        _known.insert(key, phases)
    result = np.empty((*x.shape[:last], phases.length, *x.shape[last + 1 :]), dtype)
    lines = result.reshape(shape[0], phases.length, shape[2])
    phases(x.reshape(shape), h, lines, fill, threads)
    return np.ascontiguousarray(np.moveaxis(result, -1, axis)) if turned else result
