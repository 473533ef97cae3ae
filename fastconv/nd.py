"""fc.convolve and fc.correlate, SciPy's N-D functions with more keywords, and fc.match_template."""

from .calls import call
from .problem.arguments import is_word

__all__ = ["convolve", "correlate", "match_template"]

#: the default of `nan_policy`, which most calls have; it is compared by identity first
_PROPAGATE = "propagate"


def convolve(
    in1, in2, mode="full", method="auto", *, axes=None, boundary="fill", fillvalue=0, stride=1,
    dilation=1, mask=None, nan_policy="propagate", normalize=False, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Convolve two arrays.

    With the defaults, the function returns what `scipy.signal.convolve` returns. The keywords
    select axes, a boundary for `in1`, a dilation of `in2` and a stride.

    Parameters
    ----------
    in1, in2 : array_like
        The arrays to convolve, with the same number of dimensions. They hold integers, float16,
        float32, float64, complex64 or complex128. Other dtypes (bool, object, longdouble) and empty
        arrays are passed to SciPy, with no other keywords than `algorithm`, `out` and
        `num_threads`.
    mode : {"full", "same", "valid"}, default "full"
        "full" returns every position at which the arrays overlap, "same" the part of in1's size
        around the centre, and "valid" the positions at which the smaller array lies inside the
        larger.
    method : {"auto", "direct", "fft"}, default "auto"
        "direct" allows every algorithm except FFTs, "fft" allows only FFTs, and "auto" allows all.
    axes : int or sequence of int, optional
        Axes to convolve over. The default is all axes. The arrays broadcast along the others.
    boundary : {"fill", "wrap", "symm", "mirror", "nearest"}, default "fill"
        Values past the edges of `in1`: `fillvalue`, the other side, the reflection that repeats the
        edge, the reflection that does not, or the edge. The mode "full" returns the full output for
        `in1` with these values.
    fillvalue : scalar, default 0
        Value past the edges if `boundary` is "fill".
    stride : int or sequence of int, default 1
        Step between the elements of the mode's output that are returned, starting with its first:
        one for all `axes`, or one per axis.
    dilation : int or sequence of int, default 1
        Distance between neighbouring elements of `in2`: one for all `axes`, or one per axis.
    mask : array_like of bool, optional
        True where an element of `in1` is missing. It broadcasts to the shape of `in1`. If `in1` is
        a `numpy.ma.MaskedArray`, its mask counts too, and the result is a plain array.
    nan_policy : {"propagate", "omit", "raise"}, default "propagate"
        "omit" counts a NaN in `in1` as missing. "raise" raises an error if `in2` holds a NaN, or
        `in1` one that is not masked.
    normalize : bool, default False
        Whether to divide `in2` by its sum first.
    algorithm : str, default "auto"
        Name of the algorithm, in place of `method`. "auto" leaves the choice to `method`. "scipy"
        runs `scipy.signal.convolve`.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        The convolution. Its dtype is NumPy's promoted dtype of the inputs. Integers wrap around.
        With `mask`, "omit" or `normalize`, the result of integers is float64.

    Raises
    ------
    ValueError, TypeError
        If an argument is not allowed, both `method` and `algorithm` are given, or `mode` is "valid"
        and neither array contains the other. If `in2` sums to zero, and is to be normalized or
        elements of `in1` are missing. If "raise" finds a NaN.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    correlate : Does not reverse `in2`.
    fastconv.conv2d : Takes arrays with channels.
    fastconv.astropy.convolve : Has the arguments of astropy's function.

    Notes
    -----
    The result is ``y[i] = sum over t of in1[i - dilation*t] * in2[t]``. With "auto" and "direct", a
    NaN or Inf reaches only the results that depend on it. With "fft" it spreads over the whole
    result, and the function warns, as SciPy does; integers are rounded back to integers.

    Where a window holds missing elements, the result is ``sum(w) * conv(valid*x, w) / conv(valid,
    w)`` with w = in2, x = in1, and valid = 1 where an element is not missing, else 0: the
    normalised convolution of Knutsson and Westin. A window without missing elements gives the plain
    sum, and one without valid elements NaN. The boundary continues the mask with `in1`; `fillvalue`
    is valid. A sum of `in2` counts as zero if it is at most 8 eps times the sum of the absolute
    values.

    References
    ----------
    A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*, 3rd ed., Pearson, 2010,
    section 2.3.

    H. Knutsson and C.-F. Westin, "Normalized and differential convolution: methods for
    interpolation and filtering of incomplete and uncertain data", Proceedings of CVPR, 1993.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.convolve([1, 2, 3], [0, 1, 0.5])
    array([0. , 1. , 2.5, 4. , 1.5])
    >>> fc.convolve([1, 2, 3, 4], [1, 1], mode="same", boundary="wrap")
    array([5, 3, 5, 7])
    >>> fc.convolve([[1, 2, 3, 4]], [[1, 1]], "valid", axes=1, dilation=2)
    array([[4, 6]])
    >>> fc.convolve([1.0, float("nan"), 4.0], [1, 1, 1], "same", nan_policy="omit", normalize=True)
    array([0.5, 2.5, 2. ])
    """
    if mask is not None or normalize is not False or (
        nan_policy is not _PROPAGATE and not is_word(nan_policy, _PROPAGATE)
    ):  # fmt: skip
        arrays = in1, in2, mask
        options = (
            mode, method, axes, boundary, fillvalue, stride, dilation, nan_policy, normalize,
        )  # fmt: skip
        return call("convolve", arrays, options, algorithm, "default", None, out, num_threads)
    return call(  # by position, which is faster
        "convolve", (in1, in2), (mode, method, axes, boundary, fillvalue, stride, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def correlate(
    in1, in2, mode="full", method="auto", *, axes=None, boundary="fill", fillvalue=0, stride=1,
    dilation=1, mask=None, nan_policy="propagate", normalize=False, algorithm="auto", out=None,
    num_threads=None,
):  # fmt: skip
    """Cross-correlate two arrays.

    This is the convolution with `in2` conjugated and reversed along `axes`.

    Parameters
    ----------
    in1, in2 : array_like
        The arrays to correlate, as in `convolve`.
    mode, method, axes, boundary, fillvalue, stride, dilation, mask, nan_policy, normalize, \
algorithm, out, num_threads
        Choose the part of the result to return, the algorithms, the axes, the values past the
        edges, the stride, the dilation, the missing elements, the sum of `in2`, the output array
        and the number of threads, with the values and defaults of `convolve`.

    Returns
    -------
    ndarray, or a NumPy scalar if both arrays are 0-d
        The correlation, with the shape and dtype that `convolve` returns.

    Raises
    ------
    ValueError, TypeError, UnsupportedAlgorithm
        Under the conditions that `convolve` lists.

    See Also
    --------
    convolve : Describes all parameters in full.
    fastconv.signal.correlation_lags : Returns the displacement of every element of the result.

    Notes
    -----
    The full result is ``z[k] = sum over t of in1[k - dilation*(n - 1 - t)] * conj(in2[t])``, where
    n is the length of `in2`.

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
    if mask is not None or normalize is not False or (
        nan_policy is not _PROPAGATE and not is_word(nan_policy, _PROPAGATE)
    ):  # fmt: skip
        arrays = in1, in2, mask
        options = (
            mode, method, axes, boundary, fillvalue, stride, dilation, nan_policy, normalize,
        )  # fmt: skip
        return call("correlate", arrays, options, algorithm, "default", None, out, num_threads)
    return call(  # by position, which is faster
        "correlate", (in1, in2), (mode, method, axes, boundary, fillvalue, stride, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


def match_template(
    image, template, pad_input=False, mode="constant", constant_values=0, *, algorithm="auto",
    out=None, num_threads=None,
):  # fmt: skip
    """Return how well a template matches an image at every position.

    The function takes the place of `skimage.feature.match_template`.

    Parameters
    ----------
    image : array_like, 2-D or 3-D
        The image, of real numbers.
    template : array_like
        The template, with as many dimensions and not larger along any of them.
    pad_input : bool, default False
        Whether the result has the image's shape, with matches at the centres of the windows.
        Otherwise they are at the first corners of the windows inside the image.
    mode : str, default "constant"
        Values past the edges with `pad_input`: a mode of `numpy.pad`.
    constant_values : scalar, default 0
        Value past the edges if `mode` is "constant".
    algorithm : str, default "auto"
        Name of the algorithm that correlates. "auto" picks the fastest.
    out : ndarray, optional
        Array that receives the result and is returned. It must have exactly the result's shape and
        dtype, be C-contiguous, and share no memory with the inputs.
    num_threads : int, optional
        Largest number of threads of this call, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.

    Returns
    -------
    ndarray
        Correlation coefficients from -1 to 1, up to rounding, in float32 for an image of float16 or
        float32, else in float64. Where the window or the template is constant, they are 0.

    Raises
    ------
    ValueError, TypeError
        If the shapes do not fit, an array is complex or on a device, or `out` does not meet its
        conditions.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem. The message gives the reason.

    See Also
    --------
    correlate : Returns the sums of products, without a normalization.

    Notes
    -----
    The mean and the variance of every window come from sums in float64, whose cost does not depend
    on the size of the template. A NaN reaches only the windows that hold it.

    References
    ----------
    J. P. Lewis, "Fast normalized cross-correlation", *Vision Interface*, 1995, 120-123.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> image = np.zeros((5, 6))
    >>> image[1:3, 2:4] = [[1, 2], [3, 4]]
    >>> match = fc.match_template(image, image[1:3, 2:4])
    >>> [int(i) for i in np.unravel_index(match.argmax(), match.shape)]
    [1, 2]
    """
    return call(
        "match_template", (image, template), (pad_input, mode, constant_values), algorithm,
        out=out, num_threads=num_threads,
    )  # fmt: skip
