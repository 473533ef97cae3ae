"""`scipy.signal`'s 2-D convolution and correlation with boundaries."""

from ..calls import call

__all__ = ["convolve2d", "correlate2d"]


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
    return call(
        "signal.convolve2d", (in1, in2), (mode, boundary, fillvalue), algorithm, out=out,
        num_threads=num_threads,
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
    return call(
        "signal.correlate2d", (in1, in2), (mode, boundary, fillvalue), algorithm, out=out,
        num_threads=num_threads,
    )  # fmt: skip
