"""`scipy.signal`'s filtering with a change of the sampling rate."""

from ..calls import call

__all__ = ["upfirdn"]


def upfirdn(
    h, x, up=1, down=1, axis=-1, mode="constant", cval=0, *, algorithm="auto", num_threads=None,
    out=None,
):  # fmt: skip
    """Upsample, filter and downsample, as `scipy.signal.upfirdn`.

    Only what is kept is computed, from the values of x alone: the zeros between them cost nothing.

    Parameters
    ----------
    h : array_like, 1-D
        Coefficients of the filter.
    x : array_like
    up, down : int, default 1
        Factors of the two changes of rate.
    axis : int, default -1
        The axis of x that is filtered.
    mode : str, default "constant"
        How x continues past its ends: one of SciPy's names. SciPy itself answers ``smooth``,
        ``line``, ``antisymmetric`` and ``antireflect``.
    cval : float, default 0
        The value past the ends for ``constant``.
    algorithm : str, default "auto"
        ``auto``, or the name of one algorithm: ``polyphase`` or ``naive`` where `up` does not
        divide `down`, else those of `convolve`; ``scipy`` is SciPy itself.
    num_threads : int, optional
        At most so many threads.
    out : ndarray, optional
        C-contiguous, of the result's shape and dtype, apart from the inputs.

    Returns
    -------
    ndarray
        ``ceil(((n - 1)*up + len(h)) / down)`` elements along `axis`.

    Raises
    ------
    ValueError, TypeError
        As SciPy, or `out` does not fit.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

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
