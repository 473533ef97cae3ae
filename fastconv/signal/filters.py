"""The filters of `scipy.signal` that are convolutions: FIR filters and Savitzky-Golay filters."""

from ..calls import call
from ..problem.validate_fir import coefficients, like_image

__all__ = ["filtfilt", "lfilter", "savgol_filter", "sepfir2d"]


def lfilter(
    b, a, x, axis=-1, zi=None, *, algorithm="auto", num_threads=None, out=None
):  # fmt: skip
    """Filter a signal along one axis.

    This is a drop-in replacement for `scipy.signal.lfilter`. Filters without feedback (FIR), whose
    `a` has one element, are convolutions. SciPy itself runs the others.

    Parameters
    ----------
    b : array_like, 1-D
        Coefficients of the filter.
    a : array_like, scalar or 1-D
        Coefficients of the feedback. All coefficients are divided by the first one.
    x : array_like
        The signal, with at least one axis.
    axis : int, default -1
        Axis of `x` to filter.
    zi : array_like, optional
        Initial state, with the shape of `x` except for ``len(b) - 1`` elements along `axis`; other
        axes may have one element. The default is zero.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted, or was measured, to be the fastest. A name
        runs that algorithm. "scipy" runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the filtered signal. It must have exactly its shape and dtype, be
        C-contiguous, and share no memory with the inputs.

    Returns
    -------
    y : ndarray
        The filtered signal, with the shape of `x`. Its dtype is NumPy's promoted dtype of all
        arrays, which must be a floating-point dtype other than float16.
    zf : ndarray
        The final state, with the shape of the initial one. Returned only if `zi` is given.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        If SciPy would raise it, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    filtfilt : Filters forward and backward.
    fastconv.convolve : Returns the whole convolution, and continues the signal past its ends.

    Notes
    -----
    The result is ``y[n] = sum over k of b[k] / a[0] * x[n - k]``, plus the state in the first
    ``len(b) - 1`` samples. A signal may be filtered piece by piece: the final state of one piece is
    the initial state of the next.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 6.5.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.lfilter([0.5, 0.5], 1, [2.0, 4.0, 8.0])
    array([1., 3., 6.])
    >>> signal.lfilter([0.5, 0.5], 1, [2.0, 4.0], zi=[1.0])
    (array([2., 3.]), array([2.]))
    """
    arrays = (x, coefficients(b), coefficients(a), zi)
    return call("signal.lfilter", arrays, (axis,), algorithm, out=out, num_threads=num_threads)


def filtfilt(
    b, a, x, axis=-1, padtype="odd", padlen=None, method="pad", irlen=None, *, algorithm="auto",
    num_threads=None, out=None,
):  # fmt: skip
    """Filter a signal forward and backward, without a delay.

    This is a drop-in replacement for `scipy.signal.filtfilt`. SciPy itself runs filters with
    feedback, the method "gust", and extensions that are shorter than the filter's state.

    Parameters
    ----------
    b : array_like, 1-D
        Coefficients of the filter.
    a : array_like, scalar or 1-D
        Coefficients of the feedback. All coefficients are divided by the first one.
    x : array_like
        The signal, longer than `padlen` along `axis`.
    axis : int, default -1
        Axis of `x` to filter.
    padtype : {"odd", "even", "constant", None}, default "odd"
        How the signal is extended past its ends: by its point reflection, by its reflection, by its
        last value, or not at all.
    padlen : int, optional
        Number of samples by which it is extended. The default is ``3 * max(len(a), len(b))``.
    method : {"pad", "gust"}, default "pad"
        Whether to extend the signal, or to choose the initial states by Gustafsson's method.
    irlen : int, optional
        Length of the impulse response for the method "gust".
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted, or was measured, to be the fastest. A name
        runs that algorithm. "scipy" runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.

    Returns
    -------
    ndarray
        The filtered signal, with the shape of `x`.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        If SciPy would raise it, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    lfilter : Filters forward.

    Notes
    -----
    Without feedback, the result is one correlation of the extended signal with the autocorrelation
    of the filter, ``sum over i of b[i] * b[i + k] / a[0]**2``.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    problem 5.72.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import signal
    >>> signal.filtfilt([0.5, 0.5], 1, np.arange(8.0) ** 2).round(6)
    array([ 0. ,  1.5,  4.5,  9.5, 16.5, 25.5, 36.5, 49. ])
    """
    return call(
        "signal.filtfilt", (x, coefficients(b), coefficients(a)),
        (axis, padtype, padlen, method, irlen), algorithm, out=out, num_threads=num_threads,
    )  # fmt: skip


def savgol_filter(
    x, window_length, polyorder, deriv=0, delta=1.0, axis=-1, mode="interp", cval=0.0, *,
    algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Smooth or differentiate a signal by fitting a polynomial to every window.

    This is a drop-in replacement for `scipy.signal.savgol_filter`.

    Parameters
    ----------
    x : array_like
        The signal. float32 stays float32; other real numbers become float64.
    window_length : int
        Number of samples of a window, with the mode "interp" at most those of `x` along `axis`.
    polyorder : int
        Degree of the polynomial, less than `window_length`.
    deriv : int, default 0
        Order of the derivative to return. 0 returns the smoothed signal.
    delta : float, default 1.0
        Distance between samples, for derivatives.
    axis : int, default -1
        Axis of `x` to filter.
    mode : {"interp", "mirror", "constant", "nearest", "wrap"}, default "interp"
        Values past the ends, by the names of `scipy.ndimage`. With "interp" there are none: the
        polynomial of the first and of the last whole window continues to the ends.
    cval : float, default 0.0
        Value past the ends if `mode` is "constant".
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted, or was measured, to be the fastest. A name
        runs that algorithm. "scipy" runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.

    Returns
    -------
    ndarray
        The filtered signal, with the shape of `x`.

    Raises
    ------
    ValueError, TypeError
        If SciPy would raise it, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    fastconv.ndimage.gaussian_filter1d : Weights samples by a Gaussian.

    Notes
    -----
    The filter is a convolution with weights that depend on the window and the polynomial only.

    References
    ----------
    A. Savitzky and M. J. E. Golay, "Smoothing and differentiation of data by simplified least
    squares procedures", *Analytical Chemistry* 36, 1964, 1627-1639.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.savgol_filter([2, 2, 5, 2, 1, 0, 1, 4, 9], 5, 2).round(2)
    array([1.66, 3.17, 3.54, 2.86, 0.66, 0.17, 1.  , 4.  , 9.  ])
    """
    return call(
        "signal.savgol_filter", (x,), (window_length, polyorder, deriv, delta, axis, mode, cval),
        algorithm, out=out, num_threads=num_threads,
    )  # fmt: skip


def sepfir2d(input, hrow, hcol, *, algorithm="auto", num_threads=None, out=None):
    """Convolve an image with a filter along its rows and another along its columns.

    This is a drop-in replacement for `scipy.signal.sepfir2d`.

    Parameters
    ----------
    input : array_like, 2-D
        The image. Integers become float32, those of 32 and 64 bits float64.
    hrow, hcol : array_like, 1-D
        The filters along the rows and along the columns, of odd lengths. NumPy must be able to cast
        arrays safely to the image's dtype.
    algorithm : str, default "auto"
        "auto" picks the algorithm that is predicted, or was measured, to be the fastest. A name
        runs that algorithm. "scipy" runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.

    Returns
    -------
    ndarray
        The filtered image, with the shape of `input`.

    Raises
    ------
    ValueError, TypeError
        If SciPy would raise it, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    convolve2d : Convolves with any kernel.

    Notes
    -----
    Past its edges, the image continues as its reflection, which repeats the edge. SciPy reads other
    memory for images that are smaller than the filters, which fastconv filters rightly.

    References
    ----------
    `scipy.signal.sepfir2d`.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.sepfir2d([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [1.0, 1.0, 1.0], [1.0])
    array([[ 4.,  6.,  8.],
           [13., 15., 17.]])
    """
    filters = like_image(hrow, input), like_image(hcol, input)
    return call(
        "signal.sepfir2d", (input, *filters), (), algorithm, out=out, num_threads=num_threads
    )  # fmt: skip
