"""The morphological filters of boolean images in `scipy.ndimage`."""

from ..calls import filtered
from .arguments import array_of, marks_of

__all__ = [
    "binary_closing",
    "binary_dilation",
    "binary_erosion",
    "binary_opening",
]


def _structure(structure):
    """Return a structure as an option of the op."""
    return None if structure is None else marks_of(structure)


def binary_erosion(
    input, structure=None, iterations=1, mask=None, output=None, border_value=0, origin=0,
    brute_force=False, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute where a structure around every element meets True elements only.

    This is a drop-in replacement for `scipy.ndimage.binary_erosion`.

    Parameters
    ----------
    input : array_like
        The array to filter. Elements other than 0 count as True.
    structure : array_like of bool, optional
        Window with one axis per filtered axis. The default is an element and its neighbours along
        the axes.
    iterations : int, default 1
        How often it is repeated. Less than 1 repeats until nothing changes.
    mask : array_like of bool, optional
        Elements that may change, in the shape of the input. The default is all of them.
    output : ndarray, optional
        Array of any real dtype that receives the result. The default is a new array of bool.
    border_value : int, default 0
        Value past the edges: True unless 0.
    origin : int or sequence of int, default 0
        Shift of the window in elements, as in `correlate`: one for all axes, or one per axis.
    brute_force : bool, default False
        Has no effect on the result, and is there because SciPy has it.
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
    ndarray of bool, shape of the input
        The filtered array, or `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        If SciPy would raise it, or both `out` and `output` are given.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    binary_dilation : Computes where it meets any.
    grey_erosion : Erodes grey images.

    Notes
    -----
    Iterations of a structure without gaps are computed as one filter with a larger window.

    References
    ----------
    J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.binary_erosion([0, 1, 1, 1, 0])
    array([False, False,  True, False, False])
    """
    options = (_structure(structure), iterations, border_value, origin, brute_force, axes)
    return filtered(
        "ndimage.binary_erosion", (input, mask), options, array_of(output, out), out, algorithm,
        num_threads,
    )  # fmt: skip


def binary_dilation(
    input, structure=None, iterations=1, mask=None, output=None, border_value=0, origin=0,
    brute_force=False, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute where a reflected structure around every element meets a True element.

    This is a drop-in replacement for `scipy.ndimage.binary_dilation`.

    Parameters
    ----------
    input : array_like
        The array to filter. Elements other than 0 count as True.
    structure : array_like of bool, optional
        Window with one axis per filtered axis. The default is an element and its neighbours along
        the axes.
    iterations : int, default 1
        How often it is repeated. Less than 1 repeats until nothing changes.
    mask : array_like of bool, optional
        Elements that may change, in the shape of the input. The default is all of them.
    output : ndarray, optional
        Array of any real dtype that receives the result. The default is a new array of bool.
    border_value : int, default 0
        Value past the edges: True unless 0.
    origin : int or sequence of int, default 0
        Shift of the window in elements, as in `correlate`: one for all axes, or one per axis.
    brute_force : bool, default False
        Has no effect on the result, and is there because SciPy has it.
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
    ndarray of bool, shape of the input
        The filtered array, or `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        If SciPy would raise it, or both `out` and `output` are given.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    binary_erosion : Computes where all are True.
    grey_dilation : Dilates grey images.

    Notes
    -----
    Iterations of a structure without gaps are computed as one filter with a larger window.

    References
    ----------
    J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.binary_dilation([0, 0, 1, 0, 0])
    array([False,  True,  True,  True, False])
    """
    options = (_structure(structure), iterations, border_value, origin, brute_force, axes)
    return filtered(
        "ndimage.binary_dilation", (input, mask), options, array_of(output, out), out, algorithm,
        num_threads,
    )  # fmt: skip


def binary_opening(
    input, structure=None, iterations=1, output=None, origin=0, mask=None, border_value=0,
    brute_force=False, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute an erosion and then a dilation, which removes small groups of True.

    This is a drop-in replacement for `scipy.ndimage.binary_opening`.

    Parameters
    ----------
    input : array_like
        The array to filter. Elements other than 0 count as True.
    structure : array_like of bool, optional
        Window with one axis per filtered axis. The default is an element and its neighbours along
        the axes.
    iterations : int, default 1
        How often each of the two steps is repeated. Less than 1 repeats until nothing changes.
    output : ndarray, optional
        Array of any real dtype that receives the result. The default is a new array of bool.
    origin : int or sequence of int, default 0
        Shift of the window in elements, as in `correlate`: one for all axes, or one per axis.
    mask : array_like of bool, optional
        Elements that may change, in the shape of the input. The default is all of them.
    border_value : int, default 0
        Value past the edges: True unless 0.
    brute_force : bool, default False
        Has no effect on the result, and is there because SciPy has it.
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
    ndarray of bool, shape of the input
        The filtered array, or `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        If SciPy would raise it, or both `out` and `output` are given.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    binary_closing : Fills small gaps.

    Notes
    -----
    Iterations of a structure without gaps are computed as one filter with a larger window.

    References
    ----------
    J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.binary_opening([0, 1, 0, 1, 1, 1, 0])
    array([False, False, False,  True,  True,  True, False])
    """
    options = (_structure(structure), iterations, border_value, origin, brute_force, axes)
    return filtered(
        "ndimage.binary_opening", (input, mask), options, array_of(output, out), out, algorithm,
        num_threads,
    )  # fmt: skip


def binary_closing(
    input, structure=None, iterations=1, output=None, origin=0, mask=None, border_value=0,
    brute_force=False, *, axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Compute a dilation and then an erosion, which fills small gaps between True.

    This is a drop-in replacement for `scipy.ndimage.binary_closing`.

    Parameters
    ----------
    input : array_like
        The array to filter. Elements other than 0 count as True.
    structure : array_like of bool, optional
        Window with one axis per filtered axis. The default is an element and its neighbours along
        the axes.
    iterations : int, default 1
        How often each of the two steps is repeated. Less than 1 repeats until nothing changes.
    output : ndarray, optional
        Array of any real dtype that receives the result. The default is a new array of bool.
    origin : int or sequence of int, default 0
        Shift of the window in elements, as in `correlate`: one for all axes, or one per axis.
    mask : array_like of bool, optional
        Elements that may change, in the shape of the input. The default is all of them.
    border_value : int, default 0
        Value past the edges: True unless 0.
    brute_force : bool, default False
        Has no effect on the result, and is there because SciPy has it.
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
    ndarray of bool, shape of the input
        The filtered array, or `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        If SciPy would raise it, or both `out` and `output` are given.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    binary_opening : Removes small groups.

    Notes
    -----
    Iterations of a structure without gaps are computed as one filter with a larger window.

    References
    ----------
    J. Serra, *Image Analysis and Mathematical Morphology*, Academic Press, 1982.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.binary_closing([0, 1, 0, 1, 1, 1, 0])
    array([False,  True,  True,  True,  True,  True, False])
    """
    options = (_structure(structure), iterations, border_value, origin, brute_force, axes)
    return filtered(
        "ndimage.binary_closing", (input, mask), options, array_of(output, out), out, algorithm,
        num_threads,
    )  # fmt: skip
