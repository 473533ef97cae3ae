"""fc.convolve and fc.correlate: SciPy's N-D functions, and more than SciPy has in one call.

`run` and `fft_filter` also stand behind the functions of `fastconv.signal`.
"""

import warnings

import numpy as np

from .algorithms.base import FILTERS
from .calls import call, call_again
from .config import run_threads
from .elsewhere import convolution
from .errors import UnsupportedAlgorithm, shown
from .forwarding import ENGINE_DIMS, ENGINE_DTYPES, check_forward, deliver, scipy_function
from .gpu.arrays import device_of
from .loops.epilogue import any_nonfinite
from .problem import OPS
from .problem.arguments import choice
from .problem.arrays import checked_out, native
from .problem.filtering import MODES

__all__ = ["convolve", "correlate"]

#: defaults of axes, boundary, fillvalue, stride, dilation: what SciPy's functions compute
PLAIN = (None, "fill", 0, 1, 1)
_KEYWORDS = ("axes", "boundary", "fillvalue", "stride", "dilation")
_METHODS = ("auto", "direct", "fft")
_SPECTRAL = ("fft", "fft_tiled")
_OTHERS = tuple(name for name in FILTERS if name not in _SPECTRAL)


def convolve(
    in1, in2, mode="full", method="auto", *, axes=None, boundary="fill", fillvalue=0, stride=1,
    dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Convolve two N-D arrays: ``sum over t of in1[i - dilation*t] * in2[t]``.

    With the defaults this is `scipy.signal.convolve`; the keywords continue `in1` past its edges,
    keep to some axes, spread `in2` and thin out the result.

    Parameters
    ----------
    in1, in2 : array_like
        Of the same number of dimensions. Integers, float16/32/64 and complex64/128; other dtypes
        (bool, object, longdouble) and empty arrays go to SciPy and take no keyword but
        `algorithm`, `out` and `num_threads`.
    mode : {"full", "same", "valid"}, default "full"
        ``full``: every position at which the arrays overlap. ``same``: the part of in1's size
        around its centre. ``valid``: positions at which the smaller array lies inside the larger.
    method : {"auto", "direct", "fft"}, default "auto"
        ``direct`` takes any algorithm but the FFTs. ``fft`` takes them, rounds integers back, and
        lets a NaN or Inf spread over the result, with SciPy's warning.
    axes : int or sequence of int, optional
        Axes to convolve over, by default all. The others broadcast.
    boundary : {"fill", "wrap", "symm", "mirror", "nearest"}, default "fill"
        What lies past the edges of in1: `fillvalue`, the other end, a reflection that repeats the
        edge, one that does not, the edge itself. ``full`` is the full output over it.
    fillvalue : scalar, default 0
    stride, dilation : int or sequence of int, default 1
        One for each of `axes`. `stride` keeps every s-th element of the mode's output, from its
        first; `dilation` is the distance between neighbours of `in2`.
    algorithm : str, default "auto"
        ``auto``, or the name of one algorithm; ``scipy`` runs `scipy.signal.convolve`.
    out : ndarray, optional
        C-contiguous, of the result's shape and dtype, apart from the inputs.
    num_threads : int, optional
        At most so many threads.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        Of NumPy's promoted dtype. Integers wrap around as NumPy's do.

    Raises
    ------
    ValueError, TypeError
        An argument is not among what is allowed, `method` and `algorithm` are both given, or with
        ``valid`` neither array contains the other.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    See Also
    --------
    correlate : without turning `in2` round.
    fastconv.conv2d : arrays with channels.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 2.3.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.convolve([1, 2, 3], [0, 1, 0.5])
    array([0. , 1. , 2.5, 4. , 1.5])
    >>> fc.convolve([1, 2, 3, 4], [1, 1], mode="same", boundary="wrap")
    array([5, 3, 5, 7])
    >>> fc.convolve([[1, 2, 3, 4]], [[1, 1]], "valid", axes=1, dilation=2)
    array([[4, 6]])
    """
    extended = (axes, boundary, fillvalue, stride, dilation)
    return run("convolve", in1, in2, mode, method, extended, algorithm, out, num_threads)


def correlate(
    in1, in2, mode="full", method="auto", *, axes=None, boundary="fill", fillvalue=0, stride=1,
    dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Cross-correlate two N-D arrays: convolution with `in2` reversed and conjugated.

    Parameters
    ----------
    in1, in2, mode, method, axes, boundary, fillvalue, stride, dilation, algorithm, out, num_threads
        As in `convolve`; `in2` is reversed along `axes`.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        Shape and dtype as `convolve` returns them.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        As `convolve` does.

    See Also
    --------
    convolve : all parameters in full.
    fastconv.signal.correlation_lags : the displacements that the elements of a result belong to.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 2.9 and problem 2.75.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.correlate([1, 2, 3], [0, 1, 0.5])
    array([0.5, 2. , 3.5, 3. , 0. ])
    >>> fc.correlate([0, 0, 1, 2, 0], [1, 2], "valid")  # largest where they match
    array([0, 2, 5, 2])
    """
    extended = (axes, boundary, fillvalue, stride, dilation)
    return run("correlate", in1, in2, mode, method, extended, algorithm, out, num_threads)


def run(op, in1, in2, mode, method, extended, algorithm, out, num_threads):
    """Run `op`, ``convolve`` or ``correlate``, for a public function, whose caller gets warnings.

    `extended` holds axes, boundary, fillvalue, stride and dilation; `PLAIN` is SciPy's problem.
    """
    if algorithm == "auto" and method == "auto":
        result = call_again(op, (in1, in2), (mode, *extended), out, num_threads)
        if result is not None:
            return result
    if device_of((in1, in2)) is not None:
        settings = (mode, method, extended, algorithm, out, num_threads)
        return convolution(op, in1, in2, *settings)
    in1, in2 = np.asarray(in1), np.asarray(in2)
    if algorithm != "auto" and method != "auto":
        raise ValueError(
            f"method is {shown(method)} and algorithm {shown(algorithm)}; give one of them and "
            "leave the other at 'auto'"
        )
    if algorithm == "scipy" or not _computable(in1, in2):
        keyword = _extension(extended)
        if keyword is None:
            check_forward(f"scipy.signal.{op}", algorithm, num_threads)
            result = scipy_function("signal", op)(in1, in2, mode, method)
            return deliver(result, out, in1=in1, in2=in2)
        if algorithm == "scipy":
            raise UnsupportedAlgorithm(
                f"algorithm 'scipy' cannot run this problem: scipy.signal.{op} has no {keyword}"
            )
        if max(in1.ndim, in2.ndim) > ENGINE_DIMS:
            raise ValueError(
                f"in1 and in2 have {in1.ndim} and {in2.ndim} dimensions; with {keyword}, at most "
                f"{ENGINE_DIMS} are allowed"
            )
    # SciPy answers what is no string at all with a ValueError too
    if mode not in MODES:
        raise ValueError(f"mode is {shown(mode)}; allowed: {', '.join(MODES)}")
    if method not in _METHODS:
        raise ValueError(f"method is {shown(method)}; allowed: {', '.join(_METHODS)}")
    if method == "fft":
        return _by_fft(op, in1, in2, mode, extended, out, num_threads)
    return call(
        op, (in1, in2), (mode, *extended), algorithm, out=out, num_threads=num_threads,
        exclude=_SPECTRAL if method == "direct" else (),
    )  # fmt: skip


def _computable(in1, in2):
    """Whether the engine has these dtypes and dimensions, and something to compute."""
    known = in1.dtype.char in ENGINE_DTYPES and in2.dtype.char in ENGINE_DTYPES
    return known and in1.size and in2.size and 0 < max(in1.ndim, in2.ndim) <= ENGINE_DIMS


def _extension(extended):
    """Name of the first keyword that SciPy's function lacks and that is not at its default."""
    for name, value, default in zip(_KEYWORDS, extended, PLAIN, strict=True):
        if default is None or isinstance(default, str):
            same = value is default or (isinstance(value, str) and value == default)
        else:
            same = np.ndim(value) == 0 and value == default
        if not same:
            return name
    return None


# ------------------------------------------------------------------------------------ method "fft"


def _by_fft(op, in1, in2, mode, extended, out, num_threads):
    """SciPy's ``method="fft"``: floating point, NaN everywhere, integers rounded back."""
    options = (mode, *extended)
    request = OPS[op].request((in1, in2), dict(zip(OPS[op].options, options, strict=True)))
    dtype = request.out_dtype
    if out is not None:
        checked_out(out, request.out_shape, dtype, {"in1": in1, "in2": in2})
    if _extension(extended) is None:
        if op == "correlate":
            in2 = np.flip(in2.conj())
        along = transformed_axes(in1, in2, range(in1.ndim))
        result = fft_filter(in1, in2, mode, along, "auto", num_threads)
    else:
        operands = (floating(in1), floating(in2))
        result = by_spectra(op, operands, options, "auto", num_threads)
    if dtype.kind in "iu" and result.dtype.kind == "f":
        result = np.rint(result)
    if not np.isfinite(result.flat[0]):
        warnings.warn(
            "Use of fft convolution on input with NAN or inf results in NAN or inf output. "
            "Consider using method='direct' instead.",
            category=RuntimeWarning,
            stacklevel=4,
        )
    return deliver(result.astype(dtype, copy=False), out)


def fft_filter(in1, in2, mode, axes, algorithm, num_threads):
    """`scipy.signal.fftconvolve` over `axes`, which are those of `transformed_axes`.

    There is no transform along an axis of which one array has a single element: the arrays
    broadcast there, and no NaN spreads. float64 for integers and bool, float32 for float16, except
    where nothing is transformed at all.
    """
    if axes:
        operands, options = (floating(in1), floating(in2)), (mode, axes, *PLAIN[1:])
        result = by_spectra("convolve", operands, options, algorithm, num_threads)
    else:
        choice("algorithm", algorithm, ("auto", *FILTERS))
        run_threads(num_threads)
        result = np.multiply(in1, in2, order="C")
    if mode != "same" or result.shape == in1.shape:
        return result
    centre = tuple(
        slice((long - short) // 2, (long - short) // 2 + short)
        for long, short in zip(result.shape, in1.shape, strict=True)
    )
    return np.ascontiguousarray(result[centre])


def by_spectra(op, operands, options, algorithm, num_threads):
    """The result of the faster FFT, or of `algorithm`; a NaN or Inf spreads as far as in SciPy's.

    Tiles keep it to themselves: their result is then computed again.
    """
    if algorithm != "auto":
        return call(op, operands, options, algorithm, num_threads=num_threads)
    result = call(op, operands, options, num_threads=num_threads, exclude=_OTHERS)
    if any_nonfinite(result, run_threads(num_threads)):
        result = call(op, operands, options, "fft", num_threads=num_threads)
    return result


def transformed_axes(in1, in2, axes):
    """Those of `axes` on which both arrays have more than one element."""
    return tuple(a for a in axes if in1.shape[a] != 1 and in2.shape[a] != 1)


def floating(array):
    """`array` in the dtype in which SciPy transforms it."""
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    return array.astype(np.float32) if native(array) == np.float16 else array
