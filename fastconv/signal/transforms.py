"""`scipy.signal`'s convolutions by FFT, of the whole arrays and block by block."""

from ..calls import call

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
    return call(
        "signal.fftconvolve", (in1, in2), (mode, axes), algorithm, out=out, num_threads=num_threads
    )  # fmt: skip


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
    return call(
        "signal.oaconvolve", (in1, in2), (mode, axes), algorithm, out=out, num_threads=num_threads
    )  # fmt: skip
