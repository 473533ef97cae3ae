"""`scipy.ndimage`'s maximum and minimum filters, over several axes and along one."""

import numpy as np

from ..calls import filtered

__all__ = ["maximum_filter", "maximum_filter1d", "minimum_filter", "minimum_filter1d"]


def _marks(footprint):
    """Return a footprint as nested tuples of bools, so that it can be part of a key."""
    if footprint is None:
        return None
    marks = np.asarray(footprint)
    return _nested(marks.astype(bool)) if marks.dtype.kind in "biuf" else footprint


def _nested(marks):
    return tuple(map(_nested, marks)) if marks.ndim else bool(marks)


def maximum_filter(
    input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *,
    axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Largest element of a window, as `scipy.ndimage.maximum_filter`.

    Parameters
    ----------
    input : array_like, real
    size : int or sequence of int, optional
        Lengths of the window, one for all axes or one for each.
    footprint : array_like of bool, optional
        The elements of the window that count, in place of `size`.
    output, cval
        As in `correlate`.
    mode, origin
        As in `correlate`, one for all axes or, without a footprint, one for each.
    axes : int or iterable of int, optional
        Axes to filter, by default all.
    algorithm : str, default "auto"
        ``auto``, or the name of one algorithm; ``scipy`` is SciPy itself.
    num_threads : int, optional
    out : ndarray, optional
        The same as an array for `output`.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        As SciPy, or both `out` and `output` are given.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    References
    ----------
    M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and
    octagonal kernels", *Pattern Recognition Letters* 13(7), 1992.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.maximum_filter([1, 5, 2, 0, 3], size=3)
    array([5, 5, 5, 3, 3])
    """
    return filtered(
        "ndimage.maximum_filter", (input,), (size, _marks(footprint), mode, cval, origin, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def minimum_filter(
    input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *,
    axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Smallest element of a window, as `scipy.ndimage.minimum_filter`.

    Parameters
    ----------
    input, size, footprint, output, mode, cval, origin, axes, algorithm, num_threads, out
        As in `maximum_filter`.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `maximum_filter` does.

    References
    ----------
    M. van Herk, as in `maximum_filter`.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.minimum_filter([1, 5, 2, 0, 3], footprint=[True, False, True])
    array([1, 1, 0, 2, 0])
    """
    return filtered(
        "ndimage.minimum_filter", (input,), (size, _marks(footprint), mode, cval, origin, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def maximum_filter1d(
    input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Largest element of a window along one axis, as `scipy.ndimage.maximum_filter1d`.

    Parameters
    ----------
    input : array_like, real
    size : int
    axis : int, default -1
    output, mode, cval, origin, algorithm, num_threads, out
        As in `maximum_filter`, one value each.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `maximum_filter` does; `numpy.exceptions.AxisError` for an axis that is not there.

    References
    ----------
    M. van Herk, as in `maximum_filter`.

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
    """Smallest element of a window along one axis, as `scipy.ndimage.minimum_filter1d`.

    Parameters
    ----------
    input, size, axis, output, mode, cval, origin, algorithm, num_threads, out
        As in `maximum_filter1d`.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `maximum_filter1d` does.

    References
    ----------
    M. van Herk, as in `maximum_filter`.

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