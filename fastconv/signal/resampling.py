"""The functions of `scipy.signal` that filter a signal and change its sampling rate."""

import numpy as np

from ..calls import call

__all__ = ["decimate", "resample_poly", "upfirdn"]


def upfirdn(
    h, x, up=1, down=1, axis=-1, mode="constant", cval=0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Upsample, filter and downsample a signal.

    This is a drop-in replacement for `scipy.signal.upfirdn`.

    Parameters
    ----------
    h : array_like, 1-D
        Coefficients of the filter.
    x : array_like
        The signal, with at least one axis.
    up : int, default 1
        Factor by which the sampling rate increases before the filter, at least 1.
    down : int, default 1
        Factor by which the sampling rate decreases after the filter, at least 1.
    axis : int, default -1
        Axis of x to filter.
    mode : str, default "constant"
        Values past the ends of x, by one of SciPy's names: "constant", "symmetric", "reflect",
        "edge" or "wrap". SciPy itself answers "smooth", "line", "antisymmetric" and "antireflect".
        A single sample is its own reflection; "smooth" needs two.
    cval : float, default 0
        Value past the ends if `mode` is "constant".
    algorithm : str, default "auto"
        "auto" picks the fastest algorithm. A name runs that algorithm; fewer of them can run if
        `down` is not a multiple of `up`. "scipy" runs SciPy itself.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.

    Returns
    -------
    ndarray
        The filtered signal, with ``ceil(((n - 1)*up + len(h)) / down)`` elements along `axis`.

    Raises
    ------
    ValueError, TypeError
        If SciPy would raise it, `x` has too few samples for its `mode` to continue, or `out` does
        not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    Notes
    -----
    Upsampling inserts up - 1 zeros after every element, and downsampling keeps every down-th
    element. The function computes only the elements that it returns, and skips the inserted zeros.

    References
    ----------
    P. P. Vaidyanathan, *Multirate Systems and Filter Banks*, Prentice Hall, 1993, section 4.3.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.upfirdn([1, 1, 1], [1, 2, 3], up=2)
    array([1., 1., 3., 2., 5., 3., 3.])
    """
    return call(
        "signal.upfirdn", (x, h), (up, down, axis, mode, cval), algorithm, out=out,
        num_threads=num_threads,
    )  # fmt: skip


def resample_poly(
    x, up, down, axis=0, window=("kaiser", 5.0), padtype="constant", cval=None, *,
    algorithm="auto", num_threads=None, out=None,
):  # fmt: skip
    """Change the sampling rate of a signal by the ratio `up` / `down`.

    This is a drop-in replacement for `scipy.signal.resample_poly`.

    Parameters
    ----------
    x : array_like
        The signal, with at least one axis.
    up, down : int
        Factors of the sampling rate, at least 1.
    axis : int, default 0
        Axis of `x` to resample.
    window : str, tuple or array_like, default ("kaiser", 5.0)
        The window of the lowpass filter that is designed, or the coefficients of a filter in a list
        or an array.
    padtype : str, default "constant"
        Values past the ends of `x`: "constant", or another mode of `upfirdn`; "mean", "median",
        "minimum" or "maximum" of the signal.
    cval : float, optional
        Value past the ends if `padtype` is "constant". The default is 0.
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
        The resampled signal, with ``ceil(n * up / down)`` elements along `axis`.

    Raises
    ------
    ValueError, TypeError
        If SciPy would raise it, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    upfirdn : Filters with any filter, and returns the whole result.
    decimate : Reduces the sampling rate by an integer.

    Notes
    -----
    Zeros that upsampling inserts are not multiplied, and only the returned elements are computed. A
    ratio of 1 is a copy, which SciPy makes.

    References
    ----------
    P. P. Vaidyanathan, *Multirate Systems and Filter Banks*, Prentice Hall, 1993, section 4.1.

    Examples
    --------
    >>> from fastconv import signal
    >>> signal.resample_poly([1.0, 2.0, 3.0], 2, 1, window=[0.25, 0.5, 0.25])
    array([1. , 1.5, 2. , 2.5, 3. , 1.5])
    """
    if isinstance(window, list):
        window = np.asarray(window)  # which the call cache finds sooner
    return call(
        "signal.resample_poly", (x,), (up, down, axis, window, padtype, cval), algorithm, out=out,
        num_threads=num_threads,
    )  # fmt: skip


def decimate(
    x, q, n=None, ftype="iir", axis=-1, zero_phase=True, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Reduce the sampling rate of a signal by an integer, after a lowpass filter.

    This is a drop-in replacement for `scipy.signal.decimate`. fastconv computes it with
    ``ftype="fir"``; SciPy itself runs filters with feedback, which are the default.

    Parameters
    ----------
    x : array_like
        The signal, with at least one axis.
    q : int
        Factor by which the sampling rate decreases.
    n : int, optional
        Order of the filter, its length less one. The default is ``20 * q`` for "fir", and 8 for
        "iir".
    ftype : {"iir", "fir"} or `scipy.signal.dlti`, default "iir"
        The kind of filter, or the filter itself.
    axis : int, default -1
        Axis of `x` to filter.
    zero_phase : bool, default True
        Whether to make up for the delay of the filter.
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
        The signal at the lower rate, with ``ceil(n / q)`` elements along `axis`.

    Raises
    ------
    ValueError, TypeError
        If SciPy would raise it, or `out` does not meet its conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    resample_poly : Changes the sampling rate by a ratio.

    Notes
    -----
    The FIR filter is a Hamming-windowed lowpass with the cutoff ``1 / q`` of the Nyquist frequency.
    Only the returned elements are computed.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 4.6.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv import signal
    >>> signal.decimate(np.arange(60.0), 10, n=2, ftype="fir").round(2)
    array([ 0.07, 10.  , 20.  , 30.  , 40.  , 50.  ])
    """
    return call(
        "signal.decimate", (x,), (q, n, ftype, axis, zero_phase), algorithm, out=out,
        num_threads=num_threads,
    )  # fmt: skip
