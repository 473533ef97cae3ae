"""`scipy.signal`'s 2-D convolution and correlation with boundaries."""

import math

import numpy as np

from ..calls import call, call_again
from ..forwarding import ENGINE_DTYPES, check_forward, deliver, scipy_function
from ..problem.filtering import MODES

__all__ = ["convolve2d", "correlate2d"]

#: SciPy's names of the boundaries, as `fastconv.convolve` calls them
_BOUNDARIES = {
    "fill": "fill", "pad": "fill", "wrap": "wrap", "circular": "wrap",
    "symm": "symm", "symmetric": "symm",
}  # fmt: skip
#: names under which calls are found again
_FACES = {"convolve2d": "signal.convolve2d", "correlate2d": "signal.correlate2d"}


def convolve2d(
    in1, in2, mode="full", boundary="fill", fillvalue=0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Convolve two 2-D arrays, as `scipy.signal.convolve2d`.

    Parameters
    ----------
    in1, in2 : array_like, 2-D
        float16, bool and object are refused, as by SciPy.
    mode : {"full", "same", "valid"}, default "full"
    boundary : {"fill", "wrap", "symm"}, default "fill"
        What lies past the edges of in1: `fillvalue`, the other end, its reflection.
    fillvalue : scalar, default 0
        Must fit the result's dtype.
    algorithm : str, default "auto"
        Name of one algorithm; ``scipy`` is SciPy itself.
    num_threads : int, optional
        At most so many threads.
    out : ndarray, optional
        C-contiguous, of the result's shape and dtype, apart from the inputs.

    Returns
    -------
    ndarray, 2-D
        Of NumPy's promoted dtype; integers wrap around.

    Raises
    ------
    ValueError, TypeError
        As SciPy, or `out` does not fit.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    See Also
    --------
    fastconv.convolve : N-D, with more boundaries.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.convolve2d([[1, 2], [3, 4]], [[1, 1]], mode="same", boundary="wrap")
    array([[3, 3],
           [7, 7]])
    """
    return _planar(
        "convolve2d", in1, in2, mode, boundary, fillvalue, algorithm, num_threads, out
    )  # fmt: skip


def correlate2d(
    in1, in2, mode="full", boundary="fill", fillvalue=0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Cross-correlate two 2-D arrays, as `scipy.signal.correlate2d`.

    Parameters
    ----------
    in1, in2, mode, boundary, fillvalue, algorithm, num_threads, out
        As in `convolve2d`. ``same`` is centred one element later than `correlate`'s along axes
        on which `in2` is even.

    Returns
    -------
    ndarray, 2-D
        Of NumPy's promoted dtype; integers wrap around.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        As `convolve2d` does.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.correlate2d([[1, 2], [3, 4]], [[1, 2]], boundary="symm")
    array([[ 3,  5,  6],
           [ 9, 11, 12]])
    """
    return _planar(
        "correlate2d", in1, in2, mode, boundary, fillvalue, algorithm, num_threads, out
    )  # fmt: skip


def _planar(name, in1, in2, mode, boundary, fillvalue, algorithm, num_threads, out):
    face = (_FACES[name], (mode, boundary, fillvalue))
    if algorithm == "auto":
        result = call_again(face[0], (in1, in2), face[1], out, num_threads)
        if result is not None:
            return result
    in1, in2 = np.asarray(in1), np.asarray(in2)
    fill = None
    if algorithm != "scipy" and _ours(name, in1, in2, mode, boundary):
        fill = _fill(fillvalue, np.result_type(in1, in2))
    if fill is None:
        check_forward(f"scipy.signal.{name}", algorithm, num_threads)
        result = scipy_function("signal", name)(in1, in2, mode, boundary, fillvalue)
        return deliver(result, out, in1=in1, in2=in2)
    options = (mode, None, _BOUNDARIES[boundary], fill, 1, 1)
    if mode == "valid":  # SciPy's smaller array never leaves the larger
        options = (mode, None, "fill", 0, 1, 1)
    if name == "correlate2d" and mode == "same" and not all(n % 2 for n in in2.shape):
        # SciPy centres on (n - 1) // 2 here and on n // 2 in `correlate`: seen from the other end
        result = call("convolve", (np.flip(in1), in2.conj()), options, algorithm,
                      num_threads=num_threads)  # fmt: skip
        return deliver(np.flip(result), out, in1=in1, in2=in2)
    return call(
        name[:-2], (in1, in2), options, algorithm, out=out, num_threads=num_threads,
        face=face if algorithm == "auto" else None,
    )  # fmt: skip


def _ours(name, in1, in2, mode, boundary):
    """Whether the engine gives what SciPy gives; its errors and its oddities are left to SciPy."""
    if not (in1.ndim == in2.ndim == 2 and in1.size and in2.size):
        return False
    if not (in1.dtype.char in ENGINE_DTYPES and in2.dtype.char in ENGINE_DTYPES):
        return False
    if mode not in MODES or not isinstance(boundary, str) or boundary not in _BOUNDARIES:
        return False
    dtype = np.result_type(in1, in2)
    larger = all(n >= m for n, m in zip(in1.shape, in2.shape, strict=True))
    # where SciPy changes the arrays' places it conjugates the one that stays
    conjugated = name == "correlate2d" and mode == "valid" and not larger and dtype.kind == "c"
    return dtype.char != "e" and not conjugated


def _fill(value, dtype):
    """`value` as a Python number that fits `dtype`, None where SciPy is to judge it."""
    if type(value) is int and value == 0:
        return 0
    if isinstance(value, np.ndarray):
        return None
    value = np.asarray(value)
    if value.size != 1 or value.dtype.kind not in "biufc":
        return None
    number = value.item()
    if dtype.kind == "c":
        return number
    if isinstance(number, complex):
        return None
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        if not math.isfinite(number) or not limits.min <= number <= limits.max:
            return None
        return int(number)
    return number
