"""Differences of erosions, dilations and the image, as in `scipy.ndimage`."""

from ..calls import filtered
from .arguments import arguments as _arguments
from .arguments import array_of

__all__ = [
    "black_tophat",
    "morphological_gradient",
    "morphological_laplace",
    "white_tophat",
]


def morphological_gradient(
    input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0,
    origin=0, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the difference of a dilation and an erosion, which shows edges.

    This is a drop-in replacement for `scipy.ndimage.morphological_gradient`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size, footprint, structure
        Describe the window, with the values and defaults of `grey_erosion`.
    output : ndarray or dtype_like, optional
        Array that receives the result. By default, the result is a new array of the input's
        dtype; a dtype has no effect, as in SciPy.
    mode, cval, origin, axes
        Describe the edges, the place of the window and the axes, with the values and defaults of
        `grey_erosion`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `grey_erosion`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, or `output`.

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
    gaussian_gradient_magnitude : Finds edges by derivatives.

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
    >>> ndimage.morphological_gradient([0, 0, 0, 7, 7, 7], size=3)
    array([0, 0, 7, 7, 0, 0])
    """
    arrays, options = _arguments(
        (input, structure), size, footprint, (mode, cval, origin, axes), warnings=2
    )
    return filtered(
        "ndimage.morphological_gradient", arrays, options, array_of(output, out), out, algorithm,
        num_threads,
    )  # fmt: skip


def morphological_laplace(
    input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0,
    origin=0, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the sum of a dilation and an erosion, less twice the input.

    This is a drop-in replacement for `scipy.ndimage.morphological_laplace`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real dtype that SciPy takes.
    size, footprint, structure
        Describe the window, with the values and defaults of `grey_erosion`.
    output : ndarray or dtype_like, optional
        Array that receives the result. By default, the result is a new array of the input's
        dtype; a dtype has no effect, as in SciPy.
    mode, cval, origin, axes
        Describe the edges, the place of the window and the axes, with the values and defaults of
        `grey_erosion`.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `grey_erosion`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, or `output`.

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
    laplace : Computes the sum of second derivatives.

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
    >>> ndimage.morphological_laplace([0, 0, 0, 7, 7, 7], size=3)
    array([ 0,  0,  7, -7,  0,  0])
    """
    arrays, options = _arguments(
        (input, structure), size, footprint, (mode, cval, origin, axes), warnings=2
    )
    return filtered(
        "ndimage.morphological_laplace", arrays, options, array_of(output, out), out, algorithm,
        num_threads,
    )  # fmt: skip


def white_tophat(
    input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0,
    origin=0, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the difference of the input and its opening: what is small and bright.

    This is a drop-in replacement for `scipy.ndimage.white_tophat`.

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
    grey_opening : Removes what this returns.
    black_tophat : Returns what is small and dark.

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
    >>> ndimage.white_tophat([1, 5, 2, 2, 2, 0], size=3)
    array([0, 3, 0, 0, 0, 0])
    """
    arrays, options = _arguments(
        (input, structure), size, footprint, (mode, cval, origin, axes), warnings=3
    )
    return filtered("ndimage.white_tophat", arrays, options, output, out, algorithm, num_threads)


def black_tophat(
    input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0,
    origin=0, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute the difference of the closing of the input and the input: what is dark.

    This is a drop-in replacement for `scipy.ndimage.black_tophat`.

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
    grey_closing : Adds what this returns.
    white_tophat : Returns what is small and bright.

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
    >>> ndimage.black_tophat([4, 1, 4, 4, 5, 5], size=3)
    array([0, 3, 0, 0, 0, 0])
    """
    arrays, options = _arguments(
        (input, structure), size, footprint, (mode, cval, origin, axes), warnings=3
    )
    return filtered("ndimage.black_tophat", arrays, options, output, out, algorithm, num_threads)
