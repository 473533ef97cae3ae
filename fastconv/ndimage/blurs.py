"""The Gaussian and uniform filters of `scipy.ndimage`, over several axes and along one axis."""

from ..calls import filtered

__all__ = ["gaussian_filter", "gaussian_filter1d", "uniform_filter", "uniform_filter1d"]


def gaussian_filter(
    input, sigma, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None,
    axes=None, algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Blur an array with a Gaussian, or compute derivatives of the blurred array.

    This is a drop-in replacement for `scipy.ndimage.gaussian_filter`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    sigma : float or sequence of float
        Standard deviation in elements: one for all axes, or one per axis.
    order : int or sequence of int, default 0
        Order of the derivative along each axis. 0 blurs without a derivative.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    truncate : float, default 4.0
        Radius of the window in standard deviations.
    radius : int or sequence of int, optional
        Radius of the window in elements, in place of `truncate`.
    axes : int or iterable of int, optional
        Axes to filter. The default is all axes.
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
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    fastconv.kernels.gaussian : Returns a Gaussian kernel of a given size.

    Notes
    -----
    The weights along an axis are proportional to exp(-x^2 / (2 sigma^2)) for the offsets x from -r
    to r, where r = int(truncate*sigma + 0.5), and sum to 1. The filter runs along one axis after
    the other, so its cost per element is proportional to the sum of the radii. For integers, sums
    are computed in float64 and truncated towards zero after every axis, as in SciPy. A NaN reaches
    only the outputs whose window holds it.

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
    """Blur an array along one axis with a Gaussian, or compute a derivative of the blur.

    This is a drop-in replacement for `scipy.ndimage.gaussian_filter1d`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    sigma : float
        Standard deviation in elements.
    axis : int, default -1
        Axis to filter. A negative number counts from the end.
    order : int, default 0
        Order of the derivative. 0 blurs without a derivative.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str, default "reflect"
        Values past the ends, with the names of `correlate`.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    truncate : float, default 4.0
        Radius of the window in standard deviations.
    radius : int, optional
        Radius of the window in elements, in place of `truncate`.
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
        Under the conditions that `gaussian_filter` lists.
    numpy.exceptions.AxisError
        If `axis` does not exist.

    See Also
    --------
    gaussian_filter : Blurs along several axes.

    Notes
    -----
    `gaussian_filter` gives the formula of the weights. For integers, the result is computed in
    float64 and truncated towards zero, as in SciPy.

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
    """Compute the average of a box around every element.

    This is a drop-in replacement for `scipy.ndimage.uniform_filter`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
    size : int or sequence of int, default 3
        Length of the box: one for all axes, or one per axis.
    output : ndarray or dtype_like, optional
        Array that receives the result, or dtype of the result. By default, the result is a new
        array of the input's dtype.
    mode : str or sequence of str, default "reflect"
        Values past the edges, with the names of `correlate`: one for all axes, or one per axis.
    cval : scalar, default 0.0
        Value past the edges if `mode` is "constant".
    origin : int or sequence of int, default 0
        Shift of the box in elements, as in `correlate`: one for all axes, or one per axis.
    axes : int or iterable of int, optional
        Axes to filter. The default is all axes.
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
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    fastconv.avg_pool2d : Uses a window with a stride, without other boundaries than zeros.

    Notes
    -----
    The cost per element does not depend on the size of a large box. For integers, sums are computed
    in float64 and truncated towards zero after every axis, as in SciPy. A NaN reaches only the
    outputs whose box holds it, while SciPy spreads it to all later elements of the line.

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
    """Compute the average of a window around every element along one axis.

    This is a drop-in replacement for `scipy.ndimage.uniform_filter1d`.

    Parameters
    ----------
    input : array_like
        The array to filter, in any real or complex dtype that SciPy takes (not float16, longdouble
        or object).
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
        defaults of `correlate`.

    Returns
    -------
    ndarray, shape of the input
        The filtered array, in the input's dtype or in that of `output`.

    Raises
    ------
    ValueError, TypeError, RuntimeError, UnsupportedAlgorithm
        Under the conditions that `uniform_filter` lists.
    numpy.exceptions.AxisError
        If `axis` does not exist.

    See Also
    --------
    uniform_filter : Averages over several axes.

    Notes
    -----
    For integers, the result is computed in float64 and truncated towards zero, as in SciPy. A NaN
    reaches only the outputs whose window holds it.

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