"""The N-D convolution and correlation of `scipy.signal`, their methods and their lags."""

from ..calls import call
from ..calls.forward import scipy_function

__all__ = ["choose_conv_method", "convolve", "correlate", "correlation_lags"]


def convolve(
    in1, in2, mode="full", method="auto", *, algorithm="auto", num_threads=None, out=None
):  # fmt: skip
    """Convolve two arrays.

    This is a drop-in replacement for `scipy.signal.convolve`.

    Parameters
    ----------
    in1, in2 : array_like
        The arrays to convolve, with the same number of dimensions.
    mode : {"full", "same", "valid"}, default "full"
        "full" returns every position at which the arrays overlap, "same" the part of in1's size
        around the centre, and "valid" the positions at which the smaller array lies inside the
        larger.
    method : {"auto", "direct", "fft"}, default "auto"
        "direct" allows every algorithm except FFTs, "fft" allows only FFTs, and "auto" allows all.
    algorithm : str, default "auto"
        Name of the algorithm, in place of `method`. "auto" leaves the choice to `method`. "scipy"
        runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        The convolution. Its dtype is NumPy's promoted dtype of the inputs. Integers wrap around.

    Raises
    ------
    ValueError, TypeError
        If SciPy would raise it, both `method` and `algorithm` are given, or `out` does not meet its
        conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    fastconv.convolve : Has axes, boundaries, a stride and a dilation.

    Notes
    -----
    The result is ``z[k] = sum over l of in1[l] * in2[k - l]``. With "auto" and "direct", a NaN or
    Inf reaches only the results that depend on it. With "fft" it spreads over the whole result, and
    the function warns, as SciPy does.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 2.3.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.convolve([1, 2, 3], [0, 1, 0.5], "same")
    array([1. , 2.5, 4. ])
    """
    return call(
        "signal.convolve", (in1, in2), (mode, method), algorithm, out=out, num_threads=num_threads
    )  # fmt: skip


def correlate(
    in1, in2, mode="full", method="auto", *, lags=None, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Cross-correlate two arrays.

    This is a drop-in replacement for `scipy.signal.correlate`.

    Parameters
    ----------
    in1, in2 : array_like
        The arrays to correlate, with the same number of dimensions. `in2` is conjugated.
    lags : tuple of int, or one such tuple per axis, optional
        The first and the last lag to compute, ``(first, last)``, numbered as `correlation_lags`
        numbers those of the mode "full", which `mode` must be. A single pair holds for every axis.
        Lags outside of the full result give zeros. The default is the part that `mode` names.
    mode, method, algorithm, num_threads, out
        Choose the part of the result to return, the algorithms, the number of threads and the
        output array, with the values and defaults of `convolve`.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        The correlation. Its dtype is NumPy's promoted dtype of the inputs. Integers wrap around.
        With `lags`, it has ``last - first + 1`` elements along each axis.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        Under the conditions that `convolve` lists, or if `lags` is not as described.

    See Also
    --------
    correlation_lags : Returns the displacement of every element of the result.
    fastconv.correlate : Has axes, boundaries, a stride and a dilation.

    Notes
    -----
    The full result is ``z[k] = sum over l of in1[l] * conj(in2[l - k + n - 1])``, where n is the
    length of `in2`.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    problem 2.75.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.correlate([1, 2, 3], [0, 1, 0.5])
    array([0.5, 2. , 3.5, 3. , 0. ])
    >>> signal.correlate([1, 2, 3], [0, 1, 0.5], lags=(-1, 0))
    array([2. , 3.5])
    """
    return call(
        "signal.correlate", (in1, in2), (mode, method, lags), algorithm, out=out,
        num_threads=num_threads,
    )  # fmt: skip


def choose_conv_method(in1, in2, mode="full", measure=False):
    """Return the faster `method` of `scipy.signal.convolve`, by SciPy's own estimate.

    Parameters
    ----------
    in1, in2 : array_like
        The arrays to convolve, with the same number of dimensions.
    mode : {"full", "same", "valid"}, default "full"
        "full" returns every position at which the arrays overlap, "same" the part of in1's size
        around the centre, and "valid" the positions at which the smaller array lies inside the
        larger.
    measure : bool, default False
        Whether to time both methods of SciPy instead of estimating their time.

    Returns
    -------
    method : {"direct", "fft"}
        Name of the faster method.
    times : dict
        Measured seconds of both methods by their names. Returned only with `measure`.

    Raises
    ------
    ValueError
        If SciPy would raise it.

    See Also
    --------
    fastconv.compare : Times every algorithm of fastconv.

    Notes
    -----
    The functions of fastconv do not use this estimate. They choose among all algorithms, as
    `fastconv.plan` shows.

    References
    ----------
    `scipy.signal.choose_conv_method`.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.choose_conv_method([1.0, 2.0, 3.0], [0.5, 0.5])
    'direct'
    """
    return scipy_function("signal", "choose_conv_method")(in1, in2, mode, measure)


def correlation_lags(in1_len, in2_len, mode="full"):
    """Return the displacement of each element of a 1-D cross-correlation.

    The function is `scipy.signal.correlation_lags`.

    Parameters
    ----------
    in1_len, in2_len : int
        Lengths of the correlated arrays.
    mode : {"full", "same", "valid"}, default "full"
        Mode of the correlation.

    Returns
    -------
    ndarray of int, shape (length of the correlation,)
        The displacement of `in2` with respect to `in1` for each element, in elements.

    Raises
    ------
    ValueError
        If `mode` is not one of the three names.

    See Also
    --------
    correlate : Computes the correlation.

    Notes
    -----
    In the mode "full", the displacements run from 1 - in2_len to in1_len - 1.

    References
    ----------
    `scipy.signal.correlation_lags`.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.correlation_lags(3, 2)
    array([-1,  0,  1,  2])
    """
    return scipy_function("signal", "correlation_lags")(in1_len, in2_len, mode)
