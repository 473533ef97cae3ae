"""The edge filters of `scipy.ndimage`, which compute first and second derivatives."""

from ..calls import filtered

__all__ = ["gaussian_gradient_magnitude", "gaussian_laplace", "laplace", "prewitt", "sobel"]


def sobel(
    input, axis=-1, output=None, mode="reflect", cval=0.0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Apply the Sobel filter, which computes a smoothed first derivative.

    This is a drop-in replacement for `scipy.ndimage.sobel`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    axis : int, default -1
        Axis of the derivative. A negative number counts from the end.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
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
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError
        If SciPy would raise it, or both `out` and `output` are given.
    numpy.exceptions.AxisError
        If `axis` does not exist.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    fastconv.kernels.sobel : Returns the kernel for two dimensions.

    Notes
    -----
    The weights are [-1, 0, 1] along `axis` and [1, 2, 1] along every other axis. They are not
    scaled. A negative derivative wraps around in the dtype of an unsigned input; ``output=float``
    avoids it.

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
    """Apply the Prewitt filter, which computes a smoothed first derivative.

    This is a drop-in replacement for `scipy.ndimage.prewitt`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    axis : int, default -1
        Axis of the derivative. A negative number counts from the end.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `correlate`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `sobel` lists.

    See Also
    --------
    sobel : Gives the middle of the window more weight.

    Notes
    -----
    The weights are [-1, 0, 1] along `axis` and [1, 1, 1] along every other axis. They are not
    scaled.

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
    """Compute the sum of the second differences along the axes.

    This is a drop-in replacement for `scipy.ndimage.laplace`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    axes : int or iterable of int, optional
        Axes of the second differences. The default is all axes.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `correlate`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `sobel` lists.

    See Also
    --------
    fastconv.kernels.laplacian : Returns the kernel for two dimensions.

    Notes
    -----
    The weights of a second difference are [1, -2, 1].

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
    """Compute the sum of the second derivatives of a Gaussian blur along the axes.

    This is a drop-in replacement for `scipy.ndimage.gaussian_laplace`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    sigma : float or sequence of float
        Standard deviation in elements: one for all axes, or one per axis.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    axes : int or iterable of int, optional
        Axes of the derivatives. The default is all axes.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `correlate`.
    **kwargs
        Further arguments of `gaussian_filter`: `truncate` and `radius`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `sobel` lists.

    See Also
    --------
    gaussian_filter : Computes one derivative.
    fastconv.kernels.log : Returns a kernel of a given size.

    Notes
    -----
    The result is negative in the centre of a bright blob. Its zero crossings are edges.

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
    """Compute the length of the gradient of a Gaussian blur.

    This is a drop-in replacement for `scipy.ndimage.gaussian_gradient_magnitude`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    sigma : float or sequence of float
        Standard deviation in elements: one for all axes, or one per axis.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    axes : int or iterable of int, optional
        Axes of the derivatives. The default is all axes.
    algorithm, num_threads, out
        Choose the algorithm, the number of threads and the output array, with the values and
        defaults of `correlate`.
    **kwargs
        Further arguments of `gaussian_filter`: `truncate` and `radius`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `sobel` lists.

    See Also
    --------
    gaussian_filter : Computes one derivative.

    Notes
    -----
    The result is the square root of the sum over the axes of the squared first derivatives.

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
    """Run a filter with derivatives of a Gaussian.

    Parameters
    ----------
    name : str
        Name of the function.
    settings : tuple
        The options between `sigma` and `truncate`, in the order of the op.
    kwargs : dict
        Further keywords that the caller passed. SciPy's function allows `truncate` and `radius`.
    input, sigma, output, out, algorithm, num_threads
        As in the public functions.
    """
    unknown = set(kwargs) - {"truncate", "radius"}
    if unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument {min(unknown)!r}")
    options = (sigma, *settings, kwargs.get("truncate", 4.0), kwargs.get("radius"))
    return filtered(
        f"ndimage.{name}", (input,), options, output, out, algorithm, num_threads
    )  # fmt: skip
