"""`upfirdn` of `scipy.signal`, which filters a signal and changes its sampling rate."""

from ..calls import call

__all__ = ["upfirdn"]


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
