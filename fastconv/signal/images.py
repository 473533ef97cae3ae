"""The 2-D convolution and correlation of `scipy.signal`, with boundaries."""

from ..calls import call

__all__ = ["convolve2d", "correlate2d"]


def convolve2d(
    in1, in2, mode="full", boundary="fill", fillvalue=0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Convolve two 2-D arrays.

    This is a drop-in replacement for `scipy.signal.convolve2d`.

    Parameters
    ----------
    in1, in2 : array_like, 2-D
        The arrays to convolve. float16, bool and object are refused, as by SciPy.
    mode : {"full", "same", "valid"}, default "full"
        "full" returns every position at which the arrays overlap, "same" the part of in1's size
        around the centre, and "valid" the positions at which the smaller array lies inside the
        larger.
    boundary : {"fill", "wrap", "symm"}, default "fill"
        Values past the edges of `in1`: `fillvalue`, the other side, or the reflection that repeats
        the edge.
    fillvalue : scalar, default 0
        Value past the edges if `boundary` is "fill". It must fit the result's dtype.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted, or was measured, to be the fastest. A name
        runs that algorithm. "scipy" runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.

    Returns
    -------
    ndarray, 2-D
        The convolution. Its dtype is NumPy's promoted dtype of the inputs. Integers wrap around.

    Raises
    ------
    ValueError, TypeError
        If SciPy would raise it, `in1` has no elements that `boundary` could continue, or `out` does
        not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    fastconv.convolve : Takes any number of dimensions and has more boundaries.

    Notes
    -----
    The result is ``z[i, j] = sum over k, l of in1[k, l] * in2[i - k, j - l]``, where `boundary`
    defines `in1` outside of its edges.

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
    """Cross-correlate two 2-D arrays.

    This is a drop-in replacement for `scipy.signal.correlate2d`.

    Parameters
    ----------
    in1, in2 : array_like, 2-D
        The arrays to correlate. `in2` is conjugated. float16, bool and object are refused, as by
        SciPy.
    mode, boundary, fillvalue, algorithm, num_threads, out
        Choose the part of the result to return, the values past the edges, the algorithm, the
        number of threads and the output array, with the values and defaults of `convolve2d`.

    Returns
    -------
    ndarray, 2-D
        The correlation. Its dtype is NumPy's promoted dtype of the inputs. Integers wrap around.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        Under the conditions that `convolve2d` lists.

    See Also
    --------
    correlate : Takes any number of dimensions.

    Notes
    -----
    Along axes on which `in2` has an even size, the mode "same" starts one element later than that
    of `correlate`, as in SciPy.

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
