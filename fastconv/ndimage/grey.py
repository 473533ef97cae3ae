"""Erosion, dilation, opening and closing of grey images, as in `scipy.ndimage`."""

from ..calls import filtered
from .arguments import arguments as _arguments

__all__ = [
    "grey_closing",
    "grey_dilation",
    "grey_erosion",
    "grey_opening",
]


def grey_erosion(
    input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0,
    origin=0, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the minimum of a window around every element, less a structure.

    This is a drop-in replacement for `scipy.ndimage.grey_erosion`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size : int or sequence of int, optional
        Length of a flat window: one for all axes, or one per axis.
    footprint : array_like of bool, optional
        Mask of the window's elements that count, in place of `size`. It has one axis per filtered
        axis.
    structure : array_like, optional
        Values that are subtracted inside of the window, which has its shape.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or, with `size`
        alone, one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int or sequence of int, default 0
        Shift of the window in elements, as in `correlate`: one for all axes, or one per axis.
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

    Warns
    -----
    UserWarning
        If both `size` and `footprint` are given; `size` is then ignored.

    See Also
    --------
    minimum_filter : Has no structure.
    grey_dilation : Computes the maximum.

    Notes
    -----
    For a NaN in the input, the result is that of SciPy, which depends on its order of comparisons.
    Integers of 64 bits are exact, where SciPy rounds them to double.
    With a structure, sums are those of SciPy: in double at the first element of the window, and in
    the input's dtype at all others, where integers wrap.
    The cost per element does not depend on the size of a large flat window. With a footprint, it
    goes with the number of runs of neighbouring elements along the last axis.

    References
    ----------
    J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.grey_erosion([1, 5, 2, 0, 3], size=3)
    array([1, 1, 0, 0, 0])
    """
    arrays, options = _arguments(
        (input, structure), size, footprint, (mode, cval, origin, axes), warnings=1
    )
    return filtered("ndimage.grey_erosion", arrays, options, output, out, algorithm, num_threads)


def grey_dilation(
    input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0,
    origin=0, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the maximum of a reflected window around every element, plus a structure.

    This is a drop-in replacement for `scipy.ndimage.grey_dilation`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size, footprint, structure
        Describe the window, with the values and defaults of `grey_erosion`.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a
        new array of the input's dtype.
    mode, cval, origin, axes
        Describe the edges, the place of the window and the axes, with the values and defaults of
        `grey_erosion`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `grey_erosion`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `grey_erosion` lists.

    Warns
    -----
    UserWarning
        If both `size` and `footprint` are given; `size` is then ignored.

    See Also
    --------
    maximum_filter : Has no structure, and does not reflect the window.
    grey_erosion : Computes the minimum.

    Notes
    -----
    The window is reflected at its position: the values of the structure lie around every element.
    For a NaN in the input, the result is that of SciPy, which depends on its order of comparisons.
    Integers of 64 bits are exact, where SciPy rounds them to double.
    With a structure, sums are those of SciPy: in double at the first element of the window, and in
    the input's dtype at all others, where integers wrap.

    References
    ----------
    J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.grey_dilation([1, 5, 2, 0, 3], structure=[0, 1, 2])
    array([5, 6, 7, 4, 4])
    """
    arrays, options = _arguments(
        (input, structure), size, footprint, (mode, cval, origin, axes), warnings=1
    )
    return filtered("ndimage.grey_dilation", arrays, options, output, out, algorithm, num_threads)


def grey_opening(
    input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0,
    origin=0, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute an erosion and then a dilation, which removes what is small and bright.

    This is a drop-in replacement for `scipy.ndimage.grey_opening`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size, footprint, structure
        Describe the window, with the values and defaults of `grey_erosion`.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a
        new array of the input's dtype.
    mode, cval, origin, axes
        Describe the edges, the place of the window and the axes, with the values and defaults of
        `grey_erosion`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `grey_erosion`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `grey_erosion` lists.

    Warns
    -----
    UserWarning
        If both `size` and `footprint` are given; `size` is then ignored.

    See Also
    --------
    grey_closing : Removes what is small and dark.
    white_tophat : Returns what an opening removes.

    Notes
    -----
    For a NaN in the input, the result is that of SciPy, which depends on its order of comparisons.
    With a structure, sums are those of SciPy: in double at the first element of the window, and in
    the input's dtype at all others, where integers wrap.

    References
    ----------
    J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.grey_opening([1, 5, 2, 2, 2, 0], size=3)
    array([1, 2, 2, 2, 2, 0])
    """
    arrays, options = _arguments(
        (input, structure), size, footprint, (mode, cval, origin, axes), warnings=3
    )
    return filtered("ndimage.grey_opening", arrays, options, output, out, algorithm, num_threads)


def grey_closing(
    input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0,
    origin=0, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute a dilation and then an erosion, which removes what is small and dark.

    This is a drop-in replacement for `scipy.ndimage.grey_closing`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size, footprint, structure
        Describe the window, with the values and defaults of `grey_erosion`.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a
        new array of the input's dtype.
    mode, cval, origin, axes
        Describe the edges, the place of the window and the axes, with the values and defaults of
        `grey_erosion`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `grey_erosion`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `grey_erosion` lists.

    Warns
    -----
    UserWarning
        If both `size` and `footprint` are given; `size` is then ignored.

    See Also
    --------
    grey_opening : Removes what is small and bright.
    black_tophat : Returns what a closing adds.

    Notes
    -----
    For a NaN in the input, the result is that of SciPy, which depends on its order of comparisons.
    With a structure, sums are those of SciPy: in double at the first element of the window, and in
    the input's dtype at all others, where integers wrap.

    References
    ----------
    J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.grey_closing([4, 1, 4, 4, 5, 5], size=3)
    array([4, 4, 4, 4, 5, 5])
    """
    arrays, options = _arguments(
        (input, structure), size, footprint, (mode, cval, origin, axes), warnings=3
    )
    return filtered("ndimage.grey_closing", arrays, options, output, out, algorithm, num_threads)
