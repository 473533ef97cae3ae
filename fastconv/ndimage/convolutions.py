"""The convolution and correlation of `scipy.ndimage`, over several axes and along one axis."""

from ..calls import filtered

__all__ = ["convolve", "convolve1d", "correlate", "correlate1d"]


def correlate(
    input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None,
    algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Correlate an array with weights.

    This is a drop-in replacement for `scipy.ndimage.correlate`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    weights : array_like
        The weights. They have one axis per filtered axis.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str, default "reflect"
        Values past the edges: "reflect" (the reflection that repeats the edge), "mirror" (the
        reflection that does not), "nearest" (the edge), "wrap" (the other side) or "constant"
        (`cval`). SciPy's other names "grid-mirror", "grid-wrap" and "grid-constant" mean the same
        as "reflect", "wrap" and "constant".
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int or sequence of int, default 0
        Shift of the weights in elements. With 0, element ``n // 2`` of the weights lies at the
        position of the output. A positive shift puts a later element there.
    axes : int or iterable of int, optional
        Axes to filter. The default is all axes.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted, or was measured, to be the fastest. A name
        runs that algorithm. "scipy" runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result, as an array for `output` would.

    Returns
    -------
    ndarray, shape of the input
        The filtered array. Without `output`, its dtype is the input's, or the complex dtype of the
        same precision if the weights are complex.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        If SciPy would raise it, or both `out` and `output` are given.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    fastconv.correlate : Has the modes full, same and valid, a stride and a dilation.

    Notes
    -----
    With the default origin, the result is ``y[i] = sum over t of input[i + t - n//2] *
    weights[t]``, where n is the number of weights. For integers, the result is computed in float64
    and truncated towards zero, as in SciPy. A NaN reaches only the outputs whose window holds it.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.correlate([1.0, 2.0, 4.0, 8.0], [-1, 0, 1])
    array([1., 3., 6., 4.])
    """
    return filtered(
        "ndimage.correlate", (input, weights), (mode, cval, origin, axes),
        output, out, algorithm, num_threads, valued=1,
    )  # fmt: skip


def convolve(
    input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None,
    algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Convolve an array with weights.

    This is a drop-in replacement for `scipy.ndimage.convolve`. It reverses the weights and
    correlates.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    weights : array_like
        The weights. They have one axis per filtered axis.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str, default "reflect"
        Values past the edges: "reflect" (the reflection that repeats the edge), "mirror" (the
        reflection that does not), "nearest" (the edge), "wrap" (the other side) or "constant"
        (`cval`). SciPy's other names "grid-mirror", "grid-wrap" and "grid-constant" mean the same
        as "reflect", "wrap" and "constant".
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int or sequence of int, default 0
        Shift of the reversed weights in elements, opposite in direction to that of `correlate`.
    axes : int or iterable of int, optional
        Axes to filter. The default is all axes.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `correlate`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `correlate` lists.

    See Also
    --------
    correlate : Does not reverse the weights.
    fastconv.convolve : Has the modes full, same and valid, a stride and a dilation.

    Notes
    -----
    With the default origin, the result is ``y[i] = sum over t of input[i + n//2 - t] *
    weights[t]``, where n is the number of weights.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.convolve([1.0, 2.0, 4.0, 8.0], [1, 10], mode="constant")
    array([12., 24., 48., 80.])
    """
    return filtered(
        "ndimage.convolve", (input, weights), (mode, cval, origin, axes),
        output, out, algorithm, num_threads, valued=1,
    )  # fmt: skip


def correlate1d(
    input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Correlate an array with weights along one axis.

    This is a drop-in replacement for `scipy.ndimage.correlate1d`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    weights : array_like, 1-D
        The weights.
    axis : int, default -1
        Axis to filter. A negative number counts from the end.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str, default "reflect"
        Values past the ends, with the names of `correlate`.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int, default 0
        Shift of the weights in elements, as in `correlate`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `correlate`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `correlate` lists.
    numpy.exceptions.AxisError
        If `axis` does not exist.

    See Also
    --------
    correlate : Correlates along several axes.

    Notes
    -----
    For integers, the result is computed in float64 and truncated towards zero, as in SciPy.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.correlate1d([[1.0, 2.0], [3.0, 5.0]], [-1, 1], axis=0)
    array([[0., 0.],
           [2., 3.]])
    """
    return filtered(
        "ndimage.correlate1d", (input, weights), (mode, cval, origin, axis),
        output, out, algorithm, num_threads, valued=1,
    )  # fmt: skip


def convolve1d(
    input, weights, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Convolve an array with weights along one axis.

    This is a drop-in replacement for `scipy.ndimage.convolve1d`. It reverses the weights and
    correlates.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    weights : array_like, 1-D
        The weights.
    axis : int, default -1
        Axis to filter. A negative number counts from the end.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str, default "reflect"
        Values past the ends, with the names of `correlate`.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int, default 0
        Shift of the reversed weights in elements, opposite in direction to that of `correlate1d`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `correlate`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `correlate` lists.
    numpy.exceptions.AxisError
        If `axis` does not exist.

    See Also
    --------
    correlate1d : Does not reverse the weights.

    Notes
    -----
    For integers, the result is computed in float64 and truncated towards zero, as in SciPy.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.4.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.convolve1d([1.0, 2.0, 4.0, 8.0], [1, 10], mode="nearest")
    array([12., 24., 48., 88.])
    """
    return filtered(
        "ndimage.convolve1d", (input, weights), (mode, cval, origin, axis),
        output, out, algorithm, num_threads, valued=1,
    )  # fmt: skip
