"""`scipy.ndimage`'s convolution and correlation, N-D and along one axis."""

from ..calls import filtered

__all__ = ["convolve", "convolve1d", "correlate", "correlate1d"]


def correlate(
    input, weights, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None,
    algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Correlate an N-D array with weights, as `scipy.ndimage.correlate`.

    Parameters
    ----------
    input : array_like
        Any real or complex dtype that SciPy takes (not float16, longdouble, object).
    weights : array_like
        With as many dimensions as there are `axes`.
    output : ndarray or dtype_like, optional
        The array that takes the result, or the result's dtype.
    mode : str, default "reflect"
        What lies past the edges: ``reflect`` (``grid-mirror``), ``mirror``, ``nearest``, ``wrap``
        (``grid-wrap``), ``constant`` (``grid-constant``).
    cval : scalar, default 0.0
        The value past the edges for ``constant``.
    origin : int or sequence of int, default 0
        Moves the window by so many elements: 0 puts element ``n // 2`` of the weights on the
        output's place, positive values a later one.
    axes : int or iterable of int, optional
        Axes to filter, by default all.
    algorithm : str, default "auto"
        ``auto``, or the name of one algorithm; ``scipy`` is SciPy itself, which answers
        calls with integers alone.
    num_threads : int, optional
        At most so many threads.
    out : ndarray, optional
        The same as an array for `output`.

    Returns
    -------
    ndarray of the input's shape
        Of the input's dtype, or the complex one of its precision if `weights` are complex.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        As SciPy, or both `out` and `output` are given.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    See Also
    --------
    fastconv.correlate : full, same and valid; strides and dilation.

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
    """Convolve an N-D array with weights, as `scipy.ndimage.convolve`.

    Parameters
    ----------
    input, weights, output, mode, cval, origin, axes, algorithm, num_threads, out
        As in `correlate`; the weights are turned round, and so is `origin`.

    Returns
    -------
    ndarray of the input's shape
        Of the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `correlate` does.

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
    """Correlate along one axis, as `scipy.ndimage.correlate1d`.

    Parameters
    ----------
    input : array_like
    weights : array_like, 1-D
    axis : int, default -1
    output, mode, cval, origin, algorithm, num_threads, out
        As in `correlate`; `origin` is one int.

    Returns
    -------
    ndarray of the input's shape
        Of the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `correlate` does; `numpy.exceptions.AxisError` for an axis that is not there.

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
    """Convolve along one axis, as `scipy.ndimage.convolve1d`.

    Parameters
    ----------
    input, weights, axis, output, mode, cval, origin, algorithm, num_threads, out
        As in `correlate1d`; the weights are turned round, and so is `origin`.

    Returns
    -------
    ndarray of the input's shape
        Of the dtype that `correlate` returns.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `correlate1d` does.

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
