"""The convolutions of `scipy.signal` by FFT, of whole arrays or block by block (overlap-add)."""

from ..calls import call

__all__ = ["fftconvolve", "oaconvolve"]


def fftconvolve(
    in1, in2, mode="full", axes=None, *, algorithm="auto", num_threads=None, out=None
):  # fmt: skip
    """Convolve two arrays by FFT.

    This is a drop-in replacement for `scipy.signal.fftconvolve`.

    Parameters
    ----------
    in1, in2 : array_like
        The arrays to convolve, with the same number of dimensions.
    mode : {"full", "same", "valid"}, default "full"
        "full" returns every position at which the arrays overlap, "same" the part of in1's size
        around the centre, and "valid" the positions at which the smaller array lies inside the
        larger.
    axes : int or iterable of int, optional
        Axes to convolve over. The default is all axes. The arrays broadcast along the others, where
        "same" keeps the size of `in1`, as in SciPy.
    algorithm : str, default "auto"
        "auto" picks the faster FFT algorithm (fft or fft_tiled). A name runs that algorithm.
        "scipy" runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        The convolution, in the promoted floating-point dtype: float64 for integers and bool,
        float32 for float16. It is empty if one of the arrays is.

    Raises
    ------
    ValueError, TypeError
        If SciPy would raise it, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    convolve : Chooses among all algorithms.

    Notes
    -----
    A NaN or Inf of the input spreads over the whole result. The cost is O(n log n) for results of n
    elements, while the definition takes n multiply-adds per element of the smaller array.

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
    """Convolve two arrays by FFTs of overlapping blocks (overlap-add).

    This is a drop-in replacement for `scipy.signal.oaconvolve`.

    Parameters
    ----------
    in1, in2 : array_like
        The arrays to convolve, with the same number of dimensions.
    mode, axes, algorithm, num_threads, out
        Choose the part of the result to return, the axes, the algorithm, the number of threads and
        the output array, with the values and defaults of `fftconvolve`.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        The convolution, with the shape and dtype that `fftconvolve` returns.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        Under the conditions that `fftconvolve` lists.

    See Also
    --------
    fftconvolve : Transforms the whole arrays.

    Notes
    -----
    A NaN or Inf of the input spreads over the blocks that hold it. The blocks are those of SciPy.

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
