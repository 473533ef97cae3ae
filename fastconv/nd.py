"""fc.convolve and fc.correlate: SciPy's N-D functions, and more than SciPy has in one call."""

from .calls import call

__all__ = ["convolve", "correlate"]


def convolve(
    in1, in2, mode="full", method="auto", *, axes=None, boundary="fill", fillvalue=0, stride=1,
    dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Convolve two N-D arrays: ``sum over t of in1[i - dilation*t] * in2[t]``.

    With the defaults this is `scipy.signal.convolve`; the keywords continue `in1` past its edges,
    keep to some axes, spread `in2` and thin out the result.

    Parameters
    ----------
    in1, in2 : array_like
        Of the same number of dimensions. Integers, float16/32/64 and complex64/128; other dtypes
        (bool, object, longdouble) and empty arrays go to SciPy and take no keyword but
        `algorithm`, `out` and `num_threads`.
    mode : {"full", "same", "valid"}, default "full"
        ``full``: every position at which the arrays overlap. ``same``: the part of in1's size
        around its centre. ``valid``: positions at which the smaller array lies inside the larger.
    method : {"auto", "direct", "fft"}, default "auto"
        ``direct`` takes any algorithm but the FFTs. ``fft`` takes them, rounds integers back, and
        lets a NaN or Inf spread over the result, with SciPy's warning.
    axes : int or sequence of int, optional
        Axes to convolve over, by default all. The others broadcast.
    boundary : {"fill", "wrap", "symm", "mirror", "nearest"}, default "fill"
        What lies past the edges of in1: `fillvalue`, the other end, a reflection that repeats the
        edge, one that does not, the edge itself. ``full`` is the full output over it.
    fillvalue : scalar, default 0
    stride, dilation : int or sequence of int, default 1
        One for each of `axes`. `stride` keeps every s-th element of the mode's output, from its
        first; `dilation` is the distance between neighbours of `in2`.
    algorithm : str, default "auto"
        ``auto``, or the name of one algorithm; ``scipy`` runs `scipy.signal.convolve`.
    out : ndarray, optional
        C-contiguous, of the result's shape and dtype, apart from the inputs.
    num_threads : int, optional
        At most so many threads.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        Of NumPy's promoted dtype. Integers wrap around as NumPy's do.

    Raises
    ------
    ValueError, TypeError
        An argument is not among what is allowed, `method` and `algorithm` are both given, or with
        ``valid`` neither array contains the other.
    UnsupportedAlgorithm
        `algorithm` cannot run this problem.

    See Also
    --------
    correlate : without turning `in2` round.
    fastconv.conv2d : arrays with channels.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 2.3.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.convolve([1, 2, 3], [0, 1, 0.5])
    array([0. , 1. , 2.5, 4. , 1.5])
    >>> fc.convolve([1, 2, 3, 4], [1, 1], mode="same", boundary="wrap")
    array([5, 3, 5, 7])
    >>> fc.convolve([[1, 2, 3, 4]], [[1, 1]], "valid", axes=1, dilation=2)
    array([[4, 6]])
    """
    options = (mode, method, axes, boundary, fillvalue, stride, dilation)
    return call("convolve", (in1, in2), options, algorithm, out=out, num_threads=num_threads)


def correlate(
    in1, in2, mode="full", method="auto", *, axes=None, boundary="fill", fillvalue=0, stride=1,
    dilation=1, algorithm="auto", out=None, num_threads=None,
):  # fmt: skip
    """Cross-correlate two N-D arrays: convolution with `in2` reversed and conjugated.

    Parameters
    ----------
    in1, in2, mode, method, axes, boundary, fillvalue, stride, dilation, algorithm, out, num_threads
        As in `convolve`; `in2` is reversed along `axes`.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        Shape and dtype as `convolve` returns them.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        As `convolve` does.

    See Also
    --------
    convolve : all parameters in full.
    fastconv.signal.correlation_lags : the displacements that the elements of a result belong to.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 2.9 and problem 2.75.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.correlate([1, 2, 3], [0, 1, 0.5])
    array([0.5, 2. , 3.5, 3. , 0. ])
    >>> fc.correlate([0, 0, 1, 2, 0], [1, 2], "valid")  # largest where they match
    array([0, 2, 5, 2])
    """
    options = (mode, method, axes, boundary, fillvalue, stride, dilation)
    return call("correlate", (in1, in2), options, algorithm, out=out, num_threads=num_threads)
