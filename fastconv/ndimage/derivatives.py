"""`scipy.ndimage`'s edge filters: first and second derivatives."""

from ..calls import filtered

__all__ = ["gaussian_gradient_magnitude", "gaussian_laplace", "laplace", "prewitt", "sobel"]


def sobel(
    input, axis=-1, output=None, mode="reflect", cval=0.0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Apply the Sobel filter: a derivative along one axis, smoothed along the others.

    As `scipy.ndimage.sobel`: [-1, 0, 1] along `axis`, [1, 2, 1] along every other axis.

    Parameters
    ----------
    input : array_like
    axis : int, default -1
        The axis of the derivative.
    output, cval
        As in `correlate`.
    mode : str or sequence of str, default "reflect"
        As in `correlate`, one for all axes or one for each.
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
        As SciPy, or both `out` and `output` are given; `numpy.exceptions.AxisError` for an axis
        that is not there.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    References
    ----------
    I. Sobel and G. Feldman, "A 3x3 isotropic gradient operator for image processing", Stanford
    Artificial Intelligence Project, 1968.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.sobel([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    array([[0., 4., 4.],
           [0., 4., 4.]])
    """
    return filtered(
        "ndimage.sobel", (input,), (mode, cval, axis),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def prewitt(
    input, axis=-1, output=None, mode="reflect", cval=0.0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Apply the Prewitt filter: `sobel` with [1, 1, 1] along the other axes.

    Parameters
    ----------
    input, axis, output, mode, cval, algorithm, num_threads, out
        As in `sobel`.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `sobel` does.

    References
    ----------
    J. M. S. Prewitt, "Object enhancement and extraction", in *Picture Processing and
    Psychopictorics*, Academic Press, 1970.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.prewitt([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    array([[0., 3., 3.],
           [0., 3., 3.]])
    """
    return filtered(
        "ndimage.prewitt", (input,), (mode, cval, axis),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def laplace(
    input, output=None, mode="reflect", cval=0.0, *, axes=None, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Sum of second differences [1, -2, 1] over the axes, as `scipy.ndimage.laplace`.

    Parameters
    ----------
    input : array_like
    output, cval
        As in `correlate`.
    mode : str or sequence of str, default "reflect"
        As in `correlate`, one for all axes or one for each.
    axes : int or iterable of int, optional
        Axes to differentiate along, by default all.
    algorithm, num_threads, out
        As in `sobel`.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `sobel` does.

    References
    ----------
    R. C. Gonzalez and R. E. Woods, *Digital Image Processing*, 4th ed., Pearson, 2018, section 3.6.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.laplace([0.0, 0.0, 1.0, 0.0, 0.0])
    array([ 0.,  1., -2.,  1.,  0.])
    """
    return filtered(
        "ndimage.laplace", (input,), (mode, cval, axes),
        output, out, algorithm, num_threads,
    )  # fmt: skip


def gaussian_laplace(
    input, sigma, output=None, mode="reflect", cval=0.0, *, axes=None, algorithm="auto",
    num_threads=None, out=None, **kwargs,
):  # fmt: skip
    """Laplace filter by second derivatives of a Gaussian, as `scipy.ndimage.gaussian_laplace`.

    Parameters
    ----------
    input : array_like
    sigma : float or sequence of float
        Standard deviation, one for all axes or one for each.
    output, mode, cval, axes, algorithm, num_threads, out
        As in `laplace`.
    **kwargs
        Handed on to `gaussian_filter`: `truncate`, `radius`.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `sobel` does.

    References
    ----------
    D. Marr and E. Hildreth, "Theory of edge detection", *Proc. Royal Society B* 207, 1980.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.gaussian_laplace([0.0, 0.0, 1.0, 0.0, 0.0], sigma=0.5).round(3)
    array([ 0.016,  1.277, -3.146,  1.277,  0.016])
    """
    return _of_gaussian(
        "gaussian_laplace", input, sigma, (mode, cval, axes), output, out, algorithm,
        num_threads, kwargs,
    )  # fmt: skip


def gaussian_gradient_magnitude(
    input, sigma, output=None, mode="reflect", cval=0.0, *, axes=None, algorithm="auto",
    num_threads=None, out=None, **kwargs,
):  # fmt: skip
    """Length of the gradient by derivatives of a Gaussian, as SciPy's function of that name.

    Parameters
    ----------
    input, sigma, output, mode, cval, axes, algorithm, num_threads, out, **kwargs
        As in `gaussian_laplace`.

    Returns
    -------
    ndarray of the input's shape and dtype
        Or in the dtype of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        As `sobel` does.

    References
    ----------
    J. Canny, "A computational approach to edge detection", *IEEE Trans. Pattern Analysis and
    Machine Intelligence* 8(6), 1986.

    Examples
    --------
    >>> from fastconv import ndimage
    >>> ndimage.gaussian_gradient_magnitude([0.0, 0.0, 1.0, 0.0, 0.0], sigma=0.5).round(3)
    array([0.002, 0.426, 0.   , 0.426, 0.002])
    """
    return _of_gaussian(
        "gaussian_gradient_magnitude", input, sigma, (mode, cval, axes), output, out, algorithm,
        num_threads, kwargs,
    )  # fmt: skip


def _of_gaussian(name, input, sigma, settings, output, out, algorithm, num_threads, kwargs):
    unknown = set(kwargs) - {"truncate", "radius"}
    if unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument {min(unknown)!r}")
    options = (sigma, *settings, kwargs.get("truncate", 4.0), kwargs.get("radius"))
    return filtered(
        f"ndimage.{name}", (input,), options, output, out, algorithm, num_threads
    )  # fmt: skip
