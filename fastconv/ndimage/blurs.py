"""`scipy.ndimage`'s Gaussian and uniform filters, over several axes and along one."""

from ..calls import filtered

__all__ = ["gaussian_filter", "gaussian_filter1d", "uniform_filter", "uniform_filter1d"]


def gaussian_filter(
    input, sigma, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None,
    axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Blur with a Gaussian, or take its derivatives, as `scipy.ndimage.gaussian_filter`.

    Parameters
    ----------
    input : array_like
    sigma : float or sequence of float
        Standard deviation, one for all axes or one for each.
    order : int or sequence of int, default 0
        Order of the derivative of the Gaussian.
    output, cval
        As in `correlate`.
    mode : str or sequence of str, default "reflect"
        As in `correlate`, one for all axes or one for each.
    truncate : float, default 4.0
        The window ends at so many standard deviations.
    radius : int or sequence of int, optional
        Radius of the window, in place of `truncate`.
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
    T. Lindeberg, *Scale-Space Theory in Computer Vision*, Kluwer, 1994, chapter 3.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.gaussian_filter([0.0, 0.0, 1.0, 0.0, 0.0], sigma=0.5).round(3)
    array([0.   , 0.106, 0.787, 0.106, 0.   ])
    """
    return filtered(
        "ndimage.gaussian_filter", (input,), (sigma, order, mode, cval, truncate, radius, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def gaussian_filter1d(
    input, sigma, axis=-1, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *,
    radius=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Blur along one axis with a Gaussian, as `scipy.ndimage.gaussian_filter1d`.

    Parameters
    ----------
    input : array_like
    sigma : float
    axis : int, default -1
    order, output, mode, cval, truncate, radius, algorithm, num_threads, out
        As in `gaussian_filter`, one value each.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `gaussian_filter` does; `numpy.exceptions.AxisError` for an axis that is not there.

    References
    ----------
    T. Lindeberg, *Scale-Space Theory in Computer Vision*, Kluwer, 1994, chapter 3.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.gaussian_filter1d([0.0, 0.0, 1.0, 1.0], sigma=0.5, order=1).round(3)
    array([0.002, 0.428, 0.428, 0.002])
    """
    return filtered(
        "ndimage.gaussian_filter1d", (input,), (sigma, order, mode, cval, truncate, radius, axis),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def uniform_filter(
    input, size=3, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None,
    algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Average over a box, as `scipy.ndimage.uniform_filter`.

    Parameters
    ----------
    input : array_like
    size : int or sequence of int, default 3
        Lengths of the box, one for all axes or one for each.
    output, cval
        As in `correlate`.
    mode, origin
        As in `correlate`, one for all axes or one for each.
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
    M. J. McDonnell, "Box-filtering techniques", *Computer Graphics and Image Processing* 17, 1981.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.uniform_filter([3.0, 0.0, 6.0, 3.0], size=3)
    array([2., 3., 3., 4.])
    """
    return filtered(
        "ndimage.uniform_filter", (input,), (size, mode, cval, origin, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def uniform_filter1d(
    input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Average over a window along one axis, as `scipy.ndimage.uniform_filter1d`.

    Parameters
    ----------
    input : array_like
    size : int
    axis : int, default -1
    output, mode, cval, origin, algorithm, num_threads, out
        As in `uniform_filter`, one value each.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `uniform_filter` does; `numpy.exceptions.AxisError` for an axis that is not there.

    References
    ----------
    M. J. McDonnell, "Box-filtering techniques", *Computer Graphics and Image Processing* 17, 1981.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.uniform_filter1d([3.0, 0.0, 6.0, 3.0], size=2, origin=-1)
    array([1.5, 3. , 4.5, 3. ])
    """
    return filtered(
        "ndimage.uniform_filter1d", (input,), (size, mode, cval, origin, axis),
        output, out, algorithm, num_threads,
    )  # fmt: skip