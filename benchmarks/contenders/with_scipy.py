"""Contenders of SciPy: convolutions of scipy.signal, filters of scipy.ndimage."""

import numpy as np

from fastconv.algorithms.kinds import is_filter, is_pooling
from fastconv.problem import FilterProblem

from .timing import Contender

NAME, MODULE = "scipy", "scipy"

#: functions that take the same arguments in both libraries, by name
_SAME = ("signal.lfilter", "signal.resample_poly")
#: rough multiply-adds per second of SciPy's direct loops
_DIRECT_RATE = 3e8
#: a call that would take more seconds is not timed
_PATIENCE = 3.0
#: numpy.pad's names of boundaries
_NUMPY = {
    "zeros": "constant", "reflect": "reflect", "symmetric": "symmetric", "replicate": "edge",
    "circular": "wrap",
}  # fmt: skip


def contenders(case, threads):
    """Yield every function of SciPy that computes the case."""
    p = case.problem
    if case.name in _SAME:
        yield _same(case)
    elif is_pooling(p):
        yield from _poolings(case)
    elif is_filter(p):
        if case.name == "signal.upfirdn":
            yield _resampling(case)
        else:
            yield from (_ndimage if p.op.startswith("ndimage") else _signal)(case)
    elif case.name == "conv2d":
        yield from _convolution(case)


def _same(case):
    """Return the contender that is the function of scipy.signal with the same arguments."""
    from scipy import signal

    name = case.name.removeprefix("signal.")
    return Contender(case.name, lambda: getattr(signal, name)(**case.arrays, **case.options))


def _affordable(p):
    """Return whether a direct loop of SciPy takes at most `_PATIENCE`."""
    return p.stencil.multiply_adds / _DIRECT_RATE < _PATIENCE


def _signal(case):
    """Yield the contenders of scipy.signal."""
    from scipy import signal

    p = case.problem
    if set(p.boundary) != {"zeros"} or {*p.stride, *p.dilation} != {1}:
        return
    a, b = case.arrays.values()
    if p.part:  # lags: SciPy computes all of them
        yield Contender("signal.correlate", lambda: signal.correlate(a, b), array=_lags(p))
        return
    mode = p.mode
    if p.op == "correlate":
        if len(p.axes) == len(p.shape):
            yield Contender("signal.correlate", lambda: signal.correlate(a, b, mode))
        return
    if len(p.axes) == len(p.shape):
        yield Contender("signal.convolve", lambda: signal.convolve(a, b, mode))
        if len(p.shape) == 2 and _affordable(p):
            yield Contender("convolve2d", lambda: signal.convolve2d(a, b, mode))
        axes = None
    else:
        axes = p.axes
    yield Contender("fftconvolve", lambda: signal.fftconvolve(a, b, mode, axes))
    yield Contender("oaconvolve", lambda: signal.oaconvolve(a, b, mode, axes))


def _lags(p):
    """Return the function that picks the part of the full output; the part must lie inside."""
    index = tuple(slice(first, first + n) for first, n in p.part)
    return lambda result: result[index]


def _resampling(case):
    """Return the contender of a change of the sampling rate."""
    from scipy import signal

    x, h = case.arrays["x"], case.arrays["h"]
    return Contender("signal.upfirdn", lambda: signal.upfirdn(h, x, **case.options))


def _ndimage(case):
    """Yield the contenders of scipy.ndimage: the function of the same name and arguments."""
    from scipy import ndimage

    p, arrays = case.problem, tuple(case.arrays.values())
    name = case.name.removeprefix("ndimage.")
    function, given = getattr(ndimage, name), dict(case.options)
    dtype = given.pop("output", None)
    array = isinstance(p, FilterProblem)
    if not array or _affordable(p):
        output = np.empty(arrays[0].shape, dtype or arrays[0].dtype)
        for target in (dtype, output):
            yield Contender(
                f"ndimage.{name}",
                lambda target=target: function(*arrays, output=target, **given),
                preallocated=target is output,
            )
    if array and p.dtypes[0][0] == "f" and arrays[1].size >= 81 and name == "correlate":
        yield from _spectral(p, *arrays)


def _spectral(p, x, w):
    """Yield the contender that pads the image and filters it by Fourier transforms."""
    from scipy import signal

    if any(p.origin) or len(set(p.boundary)) > 1 or p.boundary[0] not in _NUMPY:
        return
    flipped = np.flip(w).reshape(p.weights)
    pads = [(k // 2, k - 1 - k // 2) for k in p.weights]
    word = _NUMPY[p.boundary[0]]
    yield Contender(
        "pad + fftconvolve",
        lambda: signal.fftconvolve(np.pad(x, pads, word), flipped, "valid", p.axes),
    )


def _poolings(case):
    """Yield the maximum filter that is a pooling of one image with stride 1."""
    from scipy import ndimage

    p = case.problem
    centred = all(b == a == k // 2 and k % 2 for k, (a, b) in zip(p.kernel, p.padding, strict=True))
    if p.op != "max_pool" or p.kind != "fwd" or not centred or p.indices:
        return
    if p.n * p.c != 1 or {*p.stride, *p.dilation} != {1}:
        return
    x, size = case.arrays["input"], (1, 1, *p.kernel)
    yield Contender(
        "maximum_filter",
        lambda: ndimage.maximum_filter(x, size, mode="constant", cval=-np.inf),
    )


def _convolution(case):
    """Yield the contender of a convolution of one channel without padding."""
    from scipy import signal

    p = case.problem
    alone = p.n == p.c == p.k == 1 and {*p.stride, *p.dilation} == {1} and p.kind == "fwd"
    if not alone or p.bias or p.activation or p.add or any(map(any, p.padding)):
        return
    x, w = case.arrays["input"].reshape(p.input), case.arrays["weight"].reshape(p.kernel)
    yield Contender(
        "correlate2d", lambda: signal.correlate2d(x, w, "valid"),
        array=lambda result: result.reshape(1, 1, *p.output),
    )  # fmt: skip
