"""The median, percentile and rank filters of `scipy.ndimage`."""

from ..calls import filtered
from .arguments import window_of

__all__ = ["median_filter", "percentile_filter", "rank_filter"]


def median_filter(
    input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *,
    axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the median of a window around every element.

    This is a drop-in replacement for `scipy.ndimage.median_filter`.

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
    mode : str, default "reflect"
        Values past the edges, with the names of `correlate`.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int or sequence of int, default 0
        Shift of the window in elements, as in `correlate`: one for all axes, or one per axis.
    axes : int or iterable of int, optional
        Axes to filter. The default is all axes.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted to be the fastest. A name runs that algorithm:
        naive, sorting, ordinal, histogram (8 bits only), or scipy, which is SciPy itself.
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

    Warns
    -----
    UserWarning
        If both `size` and `footprint` are given; `size` is then ignored.

    See Also
    --------
    percentile_filter : Computes any percentile.
    uniform_filter : Computes the mean.

    Notes
    -----
    Vectors of small windows are sorted by the same network of comparisons, of which only the part
    is left that the result depends on. For large windows, the values of a tile are sorted once, and
    the cost goes with the number of elements that enter and leave the window from one output to the
    next. Large windows of inputs of 8 bits are counted, with histograms of columns at a cost that
    does not depend on the size of a window without gaps. SciPy itself computes inputs with a NaN,
    windows of more than 65 536 elements, and for inputs of one dimension windows with gaps. The
    first and the last rank are those of `minimum_filter` and `maximum_filter`.

    References
    ----------
    K. E. Batcher, "Sorting networks and their applications", *AFIPS Spring Joint Computer
    Conference*, 1968. T. S. Huang, G. J. Yang and G. Y. Tang, "A fast two-dimensional median
    filtering algorithm", *IEEE Transactions on Acoustics, Speech, and Signal Processing* 27(1),
    1979. S. Perreault and P. Hebert, "Median filtering in constant time", *IEEE Transactions on
    Image Processing* 16(9), 2007. J. Suomela, "Median filtering is equivalent to sorting",
    arXiv:1406.1717, 2014.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.median_filter([1, 5, 2, 0, 3], size=3)
    array([1, 2, 2, 2, 3])
    """
    size, footprint = window_of(size, footprint)
    return filtered(
        "ndimage.median_filter", (input,), (size, footprint, mode, cval, origin, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def percentile_filter(
    input, percentile, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0,
    *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute a percentile of a window around every element.

    This is a drop-in replacement for `scipy.ndimage.percentile_filter`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    percentile : scalar
        From 0, the least element, to 100, the largest one; negative numbers count from 100.
    size, footprint, output, mode, cval, origin, axes
        Describe the window, the result and the edges, with the values and defaults of
        `median_filter`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `median_filter`.

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

    Warns
    -----
    UserWarning
        If both `size` and `footprint` are given; `size` is then ignored.

    See Also
    --------
    median_filter : Computes the middle element.

    Notes
    -----
    Vectors of small windows are sorted by the same network of comparisons, of which only the part
    is left that the result depends on. For large windows, the values of a tile are sorted once, and
    the cost goes with the number of elements that enter and leave the window from one output to the
    next. Large windows of inputs of 8 bits are counted, with histograms of columns at a cost that
    does not depend on the size of a window without gaps. SciPy itself computes inputs with a NaN,
    windows of more than 65 536 elements, and for inputs of one dimension windows with gaps. The
    first and the last rank are those of `minimum_filter` and `maximum_filter`.

    References
    ----------
    K. E. Batcher, "Sorting networks and their applications", *AFIPS Spring Joint Computer
    Conference*, 1968. T. S. Huang, G. J. Yang and G. Y. Tang, "A fast two-dimensional median
    filtering algorithm", *IEEE Transactions on Acoustics, Speech, and Signal Processing* 27(1),
    1979. S. Perreault and P. Hebert, "Median filtering in constant time", *IEEE Transactions on
    Image Processing* 16(9), 2007. J. Suomela, "Median filtering is equivalent to sorting",
    arXiv:1406.1717, 2014.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.percentile_filter([1, 5, 2, 0, 3], 80, size=3)
    array([5, 5, 5, 3, 3])
    """
    size, footprint = window_of(size, footprint)
    return filtered(
        "ndimage.percentile_filter", (input,),
        (percentile, size, footprint, mode, cval, origin, axes), output, out, algorithm,
        num_threads,
    )  # fmt: skip


def rank_filter(
    input, rank, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *,
    axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the element of a given rank of a window around every element.

    This is a drop-in replacement for `scipy.ndimage.rank_filter`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    rank : int
        Position of the result in the sorted window; negative numbers count from the end.
    size, footprint, output, mode, cval, origin, axes
        Describe the window, the result and the edges, with the values and defaults of
        `median_filter`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `median_filter`.

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

    Warns
    -----
    UserWarning
        If both `size` and `footprint` are given; `size` is then ignored.

    See Also
    --------
    median_filter : Computes the middle element.

    Notes
    -----
    Vectors of small windows are sorted by the same network of comparisons, of which only the part
    is left that the result depends on. For large windows, the values of a tile are sorted once, and
    the cost goes with the number of elements that enter and leave the window from one output to the
    next. Large windows of inputs of 8 bits are counted, with histograms of columns at a cost that
    does not depend on the size of a window without gaps. SciPy itself computes inputs with a NaN,
    windows of more than 65 536 elements, and for inputs of one dimension windows with gaps. The
    first and the last rank are those of `minimum_filter` and `maximum_filter`.

    References
    ----------
    K. E. Batcher, "Sorting networks and their applications", *AFIPS Spring Joint Computer
    Conference*, 1968. T. S. Huang, G. J. Yang and G. Y. Tang, "A fast two-dimensional median
    filtering algorithm", *IEEE Transactions on Acoustics, Speech, and Signal Processing* 27(1),
    1979. S. Perreault and P. Hebert, "Median filtering in constant time", *IEEE Transactions on
    Image Processing* 16(9), 2007. J. Suomela, "Median filtering is equivalent to sorting",
    arXiv:1406.1717, 2014.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.rank_filter([1, 5, 2, 0, 3], -2, size=3)
    array([1, 2, 2, 2, 3])
    """
    size, footprint = window_of(size, footprint)
    return filtered(
        "ndimage.rank_filter", (input,), (rank, size, footprint, mode, cval, origin, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip
