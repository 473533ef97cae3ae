"""fc.convolve and fc.correlate, SciPy's N-D functions with more keywords, and fc.match_template."""

import inspect

from .calls import call

__all__ = ["convolve", "correlate", "match_template"]

#: keywords that few calls have, and their defaults. As parameters, they would slow down all calls
_RARE = {
    "mask": None, "nan_policy": "propagate", "normalize": False, "output_dtype": None,
    "rounding": "truncate", "saturate": False,
}  # fmt: skip


def _with_rare(function):
    """Return a function of which the last parameter, ``**rare``, stands for those of `_RARE`."""
    signature = inspect.signature(function)
    *own, _ = signature.parameters.values()
    at = [p.name for p in own].index("algorithm")
    only = inspect.Parameter.KEYWORD_ONLY
    own[at:at] = [inspect.Parameter(name, only, default=d) for name, d in _RARE.items()]
    function.__signature__ = signature.replace(parameters=own)
    return function


def _extended(name, arrays, options, algorithm, out, num_threads, rare):
    """Make a call with keywords of `_RARE`."""
    for word in rare:
        if word not in _RARE:
            raise TypeError(f"{name}() got an unexpected keyword argument {word!r}")
    mask, *others = {**_RARE, **rare}.values()
    defaults = zip(rare.values(), [_RARE[word] for word in rare], strict=True)
    if not all(v is d or isinstance(v, str) and v == d for v, d in defaults):
        arrays, options = (*arrays, mask), (*options, *others)
    return call(name, arrays, options, algorithm, "default", None, out, num_threads)


@_with_rare
def convolve(
    in1, in2, mode="full", method="auto", *, axes=None, boundary="fill", fillvalue=0, stride=1,
    dilation=1, algorithm="auto", out=None, num_threads=None, **rare,
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
    output_dtype : dtype, optional
        dtype of the result, in place of the promoted one. For a dtype of integers, sums are
        computed in float64 and become integers as `rounding` and `saturate` say; `method` must not
        be "fft". For a dtype of floating-point numbers, the arrays are promoted with it first.
    rounding : {"truncate", "nearest"}, default "truncate"
        How sums become integers: fractions are dropped, or the nearest integer is taken, the even
        one of two.
    saturate : bool, default False
        Whether sums beyond the limits of an `output_dtype` of integers become its limits. Otherwise
        they wrap around, modulo 2 to the power of the number of bits.
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
        With `mask`, "omit" or `normalize`, the result of integers is float64. `output_dtype`
        replaces all of this.

    Raises
    ------
    ValueError, TypeError
        If an argument is not allowed, both `method` and `algorithm` are given, or `mode` is "valid"
        and neither array contains the other. If `in2` sums to zero, and is to be normalized or
        elements of `in1` are missing. If "raise" finds a NaN. If `rounding` or `saturate` is given
        without an `output_dtype` of integers, or a sum that is to become an integer is NaN, or
        infinite and not to saturate.
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

    Sums that become integers are those of `scipy.ndimage.correlate` on float64 arrays: it adds the
    products in the order of the taps, rounds each of them, and skips taps of at most 2.2e-16. So a
    result of integers does not depend on the algorithm, the threads or the processor.

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
    >>> import numpy as np
    >>> photo = np.array([10, 200, 250], np.uint8)
    >>> fc.convolve(photo, [-1, 3, -1], "same", output_dtype=np.uint8, saturate=True)
    array([  0, 255, 255], dtype=uint8)
    >>> fc.convolve(photo, [0.25, 0.5, 0.25], "same", output_dtype="u1", rounding="nearest")
    array([ 55, 165, 175], dtype=uint8)
    """
    if rare:
        options = mode, method, axes, boundary, fillvalue, stride, dilation
        return _extended("convolve", (in1, in2), options, algorithm, out, num_threads, rare)
    return call(  # by position, which is faster
        "convolve", (in1, in2), (mode, method, axes, boundary, fillvalue, stride, dilation),
        algorithm, "default", None, out, num_threads,
    )  # fmt: skip


@_with_rare
def correlate(
    in1, in2, mode="full", method="auto", *, axes=None, boundary="fill", fillvalue=0, stride=1,
    dilation=1, algorithm="auto", out=None, num_threads=None, **rare,
):  # fmt: skip
    """Cross-correlate two arrays.

    This is the convolution with `in2` conjugated and reversed along `axes`.

    Parameters
    ----------
    in1, in2 : array_like
        The arrays to correlate, as in `convolve`.
    mode, method, axes, boundary, fillvalue, stride, dilation, mask, nan_policy, normalize, \
output_dtype, rounding, saturate, algorithm, out, num_threads
        Choose the part of the result to return, the algorithms, the axes, the values past the
        edges, the stride, the dilation, the missing elements, the sum of `in2`, the dtype of the
        result and how sums become integers, the output array and the number of threads, with the
        values and defaults of `convolve`.

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
    if rare:
        options = mode, method, axes, boundary, fillvalue, stride, dilation
        return _extended("correlate", (in1, in2), options, algorithm, out, num_threads, rare)
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
