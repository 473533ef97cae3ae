"""`scipy.signal`'s convolutions by FFT, of the whole arrays and block by block."""

import operator

import numpy as np

from ..forwarding import ENGINE_DIMS, ENGINE_DTYPES, check_forward, deliver, scipy_function
from ..nd import fft_filter, transformed_axes
from ..problem.filtering import MODES

__all__ = ["fftconvolve", "oaconvolve"]


def fftconvolve(
    in1, in2, mode="full", axes=None, *, algorithm="auto", num_threads=None, out=None
):  # fmt: skip
    """Convolve two N-D arrays by FFT, as `scipy.signal.fftconvolve`.

    Parameters
    ----------
    in1, in2 : array_like
        Of the same number of dimensions.
    mode : {"full", "same", "valid"}, default "full"
    axes : int or iterable of int, optional
        Axes to convolve over, by default all. The others broadcast; ``same`` keeps in1's size
        on them too, as in SciPy.
    algorithm : str, default "auto"
        ``auto`` is the faster FFT; ``scipy`` is SciPy itself.
    num_threads : int, optional
        At most so many threads.
    out : ndarray, optional
        C-contiguous, of the result's shape and dtype, apart from the inputs.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        float64 for integers and bool, float32 for float16; an empty array if either is empty. A
        NaN or Inf spreads over the whole result.

    Raises
    ------
    ValueError, TypeError
        As SciPy, or `out` does not fit.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    References
    ----------
    T. G. Stockham, "High-speed convolution and correlation", AFIPS Spring Joint Computer
    Conference, 1966.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.fftconvolve([[1, 2, 3]], [[1, 1]], axes=1).round(6)
    array([[1., 3., 5., 3.]])
    """
    return _transformed("fftconvolve", in1, in2, mode, axes, algorithm, num_threads, out)


def oaconvolve(
    in1, in2, mode="full", axes=None, *, algorithm="auto", num_threads=None, out=None
):  # fmt: skip
    """Convolve by FFTs of overlapping blocks, as `scipy.signal.oaconvolve`.

    Parameters
    ----------
    in1, in2, mode, axes, algorithm, num_threads, out
        As in `fftconvolve`.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        Shape and dtype as `fftconvolve`. A NaN or Inf spreads over the blocks that hold it, which
        are SciPy's.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        As `fftconvolve` does.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 8.7.3.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.oaconvolve([1, 2, 3, 4, 5], [1, 1], "valid").round(6)
    array([3., 5., 7., 9.])
    """
    return _transformed("oaconvolve", in1, in2, mode, axes, algorithm, num_threads, out)


def _transformed(name, in1, in2, mode, axes, algorithm, num_threads, out):
    in1, in2 = np.asarray(in1), np.asarray(in2)
    along = None
    if algorithm != "scipy" and _transformable(in1, in2):
        along = _along(in1, in2, mode, axes)
    if along is not None:
        result = fft_filter(in1, in2, mode, along, algorithm, num_threads)
        # overlap-add keeps a NaN to its block, and the blocks are SciPy's
        blocks = name == "oaconvolve" and algorithm == "auto"
        if not (blocks and _spoiled(result, along)):
            return deliver(result, out, in1=in1, in2=in2)
    check_forward(f"scipy.signal.{name}", algorithm, num_threads)
    return deliver(scipy_function("signal", name)(in1, in2, mode, axes), out, in1=in1, in2=in2)


def _transformable(in1, in2):
    """Whether there is something to transform in dtypes that the engine has (bool is floated)."""
    known = all(a.dtype.char in ENGINE_DTYPES or a.dtype.char == "?" for a in (in1, in2))
    return known and in1.size and in2.size and 0 < in1.ndim == in2.ndim <= ENGINE_DIMS


def _along(in1, in2, mode, axes):
    """Axes to transform, None where SciPy has an error for the mode, the axes or the shapes."""
    over = range(in1.ndim) if axes is None else _axes(axes, in1.ndim)
    if over is None or mode not in MODES:
        return None
    along = transformed_axes(in1, in2, over)
    sizes = list(zip(in1.shape, in2.shape, strict=True))
    if any(n != m and 1 not in (n, m) for a, (n, m) in enumerate(sizes) if a not in along):
        return None
    larger = [sizes[a][0] >= sizes[a][1] for a in along]
    smaller = [sizes[a][0] <= sizes[a][1] for a in along]
    return None if mode == "valid" and not all(larger) and not all(smaller) else along


def _axes(axes, ndim):
    """The axes as SciPy's FFTs take them, None where SciPy has an error for them."""
    try:
        given = [operator.index(a) for a in (axes if np.iterable(axes) else (axes,))]
    except TypeError:
        return None
    normal = {a + ndim if a < 0 else a for a in given}
    valid = given and len(normal) == len(given) and min(normal) >= 0 and max(normal) < ndim
    return sorted(normal) if valid else None


def _spoiled(result, axes):
    """Whether an FFT over `axes` met a NaN or Inf: the first of its outputs tells of all."""
    first = tuple(0 if a in axes else slice(None) for a in range(result.ndim))
    return not np.isfinite(result[first]).all()
