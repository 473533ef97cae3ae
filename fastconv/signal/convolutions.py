"""`scipy.signal`'s N-D convolution and correlation, and what belongs to them."""

from ..calls import call
from ..calls.forward import scipy_function

__all__ = ["choose_conv_method", "convolve", "correlate", "correlation_lags"]


def convolve(
    in1, in2, mode="full", method="auto", *, algorithm="auto", num_threads=None, out=None
):  # fmt: skip
    """Convolve two N-D arrays, as `scipy.signal.convolve`.

    Parameters
    ----------
    in1, in2 : array_like
        Of the same number of dimensions.
    mode : {"full", "same", "valid"}, default "full"
    method : {"auto", "direct", "fft"}, default "auto"
        ``direct`` is any algorithm but an FFT; ``auto`` and ``direct`` keep a NaN or Inf to the
        results that it belongs to, ``fft`` warns and spreads it.
    algorithm : str, default "auto"
        Name of one algorithm, in place of `method`; ``scipy`` is SciPy itself.
    num_threads : int, optional
        At most so many threads.
    out : ndarray, optional
        C-contiguous, of the result's shape and dtype, apart from the inputs.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        Of NumPy's promoted dtype; integers wrap around.

    Raises
    ------
    ValueError, TypeError
        As SciPy, or `method` and `algorithm` are both given, or `out` does not fit.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    See Also
    --------
    fastconv.convolve : with axes, boundaries, strides and dilation.

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
    in1, in2, mode="full", method="auto", *, algorithm="auto", num_threads=None, out=None
):  # fmt: skip
    """Cross-correlate two N-D arrays, as `scipy.signal.correlate`.

    Parameters
    ----------
    in1, in2, mode, method, algorithm, num_threads, out
        As in `convolve`.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        ``z[k] = sum over l of in1[l] * conj(in2[l - k])``, of NumPy's promoted dtype.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        As `convolve` does.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    problem 2.75.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.correlate([1, 2, 3], [0, 1, 0.5])
    array([0.5, 2. , 3.5, 3. , 0. ])
    """
    return call(
        "signal.correlate", (in1, in2), (mode, method), algorithm, out=out, num_threads=num_threads
    )  # fmt: skip


def choose_conv_method(in1, in2, mode="full", measure=False):
    """Return the faster `method` of `scipy.signal.convolve`, by SciPy's own estimate.

    fastconv's functions do not ask it: they choose among all algorithms (see `fastconv.plan`).

    Parameters
    ----------
    in1, in2 : array_like
    mode : {"full", "same", "valid"}, default "full"
    measure : bool, default False
        Time both methods of SciPy instead of estimating.

    Returns
    -------
    method : {"direct", "fft"}
    times : dict
        Seconds of both, only with `measure`.

    Raises
    ------
    ValueError
        As SciPy's.

    See Also
    --------
    fastconv.compare : times every algorithm.

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
    """Displacement of each element of a 1-D cross-correlation, as SciPy's function.

    Parameters
    ----------
    in1_len, in2_len : int
        Lengths of the correlated arrays.
    mode : {"full", "same", "valid"}, default "full"
        The mode of the correlation.

    Returns
    -------
    ndarray of int, shape (length of the correlation,)

    Raises
    ------
    ValueError
        `mode` is none of these.

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
