"""The maximum and minimum filters of `scipy.ndimage`, over several axes and along one axis."""

from ..calls import filtered
from .arguments import window_of

__all__ = ["maximum_filter", "maximum_filter1d", "minimum_filter", "minimum_filter1d"]


def maximum_filter(
    input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *,
    axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the maximum of a window around every element.

    This is a drop-in replacement for `scipy.ndimage.maximum_filter`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size : int or sequence of int, optional
        Length of the window: one for all axes, or one per axis.
    footprint : array_like of bool, optional
        Mask of the window's elements that count, in place of `size`. It has one axis per filtered
        axis.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int or sequence of int, default 0
        Shift of the window in elements, as in `correlate`: one for all axes, or, without a
        footprint, one per axis.
    axes : int or iterable of int, optional
        Axes to filter. The default is all axes.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted to be the fastest. A name runs that algorithm:
        naive, direct, doubling, van_herk (without gaps only), or scipy, which is SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result, as an array for `output` would.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        If SciPy would raise it, or both `out` and `output` are given.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    fastconv.max_pool2d : Uses a window with a stride, and returns indices.

    Notes
    -----
    For a NaN in the input, the result is that of SciPy, which depends on its order of comparisons.
    Integers of 64 bits are exact, where SciPy rounds them to double; a `cval` that is none of them
    counts as the nearest one towards zero. The cost per element does not depend on the size of a
    large window. With a footprint, it goes with the number of runs of neighbouring elements along
    the last axis.

    References
    ----------
    M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and
    octagonal kernels", *Pattern Recognition Letters* 13(7), 1992. E. R. Urbach and M. H. F.
    Wilkinson, "Efficient 2-D grayscale morphological transformations with arbitrary flat
    structuring elements", *IEEE Transactions on Image Processing* 17(1), 2008.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.maximum_filter([1, 5, 2, 0, 3], size=3)
    array([5, 5, 5, 3, 3])
    """
    if footprint is not None:
        size, footprint = window_of(size, footprint)
    return filtered(
        "ndimage.maximum_filter", (input,), (size, footprint, mode, cval, origin, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def minimum_filter(
    input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *,
    axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the minimum of a window around every element.

    This is a drop-in replacement for `scipy.ndimage.minimum_filter`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size : int or sequence of int, optional
        Length of the window: one for all axes, or one per axis.
    footprint : array_like of bool, optional
        Mask of the window's elements that count, in place of `size`. It has one axis per filtered
        axis.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int or sequence of int, default 0
        Shift of the window in elements, as in `correlate`: one for all axes, or, without a
        footprint, one per axis.
    axes : int or iterable of int, optional
        Axes to filter. The default is all axes.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted to be the fastest. A name runs that algorithm:
        naive, direct, doubling, van_herk (without gaps only), or scipy, which is SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result, as an array for `output` would.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        If SciPy would raise it, or both `out` and `output` are given.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    maximum_filter : Computes the maximum.

    Notes
    -----
    For a NaN in the input, the result is that of SciPy, which depends on its order of comparisons.
    Integers of 64 bits are exact, where SciPy rounds them to double; a `cval` that is none of them
    counts as the nearest one towards zero. The cost per element does not depend on the size of a
    large window. With a footprint, it goes with the number of runs of neighbouring elements along
    the last axis.

    References
    ----------
    M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and
    octagonal kernels", *Pattern Recognition Letters* 13(7), 1992.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.minimum_filter([1, 5, 2, 0, 3], footprint=[True, False, True])
    array([1, 1, 0, 2, 0])
    """
    if footprint is not None:
        size, footprint = window_of(size, footprint)
    return filtered(
        "ndimage.minimum_filter", (input,), (size, footprint, mode, cval, origin, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def maximum_filter1d(
    input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Compute the maximum of a window around every element along one axis.

    This is a drop-in replacement for `scipy.ndimage.maximum_filter1d`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size : int
        Length of the window.
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
        Shift of the window in elements, as in `correlate`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `maximum_filter`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `maximum_filter` lists.
    numpy.exceptions.AxisError
        If `axis` does not exist.

    See Also
    --------
    maximum_filter : Uses a window along several axes.

    Notes
    -----
    For a NaN in the input, the result is that of SciPy, which depends on its order of comparisons.

    References
    ----------
    M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and
    octagonal kernels", *Pattern Recognition Letters* 13(7), 1992.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.maximum_filter1d([1, 5, 2, 0, 3], size=2)
    array([1, 5, 5, 2, 3])
    """
    return filtered(
        "ndimage.maximum_filter1d", (input,), (size, mode, cval, origin, axis),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def minimum_filter1d(
    input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Compute the minimum of a window around every element along one axis.

    This is a drop-in replacement for `scipy.ndimage.minimum_filter1d`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size : int
        Length of the window.
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
        Shift of the window in elements, as in `correlate`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `maximum_filter`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `maximum_filter` lists.
    numpy.exceptions.AxisError
        If `axis` does not exist.

    See Also
    --------
    minimum_filter : Uses a window along several axes.

    Notes
    -----
    For a NaN in the input, the result is that of SciPy, which depends on its order of comparisons.

    References
    ----------
    M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and
    octagonal kernels", *Pattern Recognition Letters* 13(7), 1992.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.minimum_filter1d([1, 5, 2, 0, 3], size=2)
    array([1, 1, 2, 0, 0])
    """
    return filtered(
        "ndimage.minimum_filter1d", (input,), (size, mode, cval, origin, axis),
        output, out, algorithm, num_threads,
    )  # fmt: skip