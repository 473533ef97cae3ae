"""Validate the arguments of `fastconv.convolve` and `correlate`, and return a `Request`.

The same functions make the requests of filters of `scipy.ndimage` and `scipy.signal`.
"""

import numbers
from dataclasses import replace
from functools import partial

import numpy as np

from ..errors import UnsupportedAlgorithm, shown
from .arguments import choice, integer, integers, is_sequence
from .arrays import coerce, native, short
from .filter_requests import filter_request
from .filtering import MODES, PART, FilterProblem
from .lags import inside, part_of, with_zeros
from .scipy_arguments import DTYPE_CHARS, MAX_DIMS, ForSciPy

#: `geometry.BOUNDARIES` by the names that `fastconv.convolve` gives them
SIGNAL_BOUNDARIES = {
    "fill": "constant", "wrap": "circular", "symm": "symmetric", "mirror": "reflect",
    "nearest": "replicate",
}  # fmt: skip
#: keywords that SciPy's functions do not have, and their defaults
PLAIN = {"axes": None, "boundary": "fill", "fillvalue": 0, "stride": 1, "dilation": 1}


def array_filter(op, arrays, o):
    """Return the request of `fastconv.convolve` or `fastconv.correlate`."""
    return signal_filter(op, arrays, o, extension(o))


def signal_filter(op, arrays, o, keyword=None):
    """Return the request of a convolution or correlation; `keyword` is its `extension`."""
    in1, in2 = arrays
    if not _computable(in1, in2):
        if keyword is None:
            shapes = f"shapes {tuple(in1.shape)} and {tuple(in2.shape)}"
            raise ForSciPy(f"arrays of {in1.dtype} and {in2.dtype}, {shapes}")
        most = max(len(in1.shape), len(in2.shape))
        if most > MAX_DIMS:
            raise ValueError(
                f"in1 and in2 have {len(in1.shape)} and {len(in2.shape)} dimensions; with "
                f"{keyword}, at most {MAX_DIMS} are allowed"
            )
    in1, in2 = coerce("in1", in1), coerce("in2", in2)
    # SciPy also raises ValueError for values that are not strings
    for name, allowed in (("mode", MODES), ("method", ("auto", "direct", "fft"))):
        if not (isinstance(o[name], str) and o[name] in allowed):
            raise ValueError(f"{name} is {shown(o[name])}; allowed: {', '.join(allowed)}")
    if o["method"] == "fft" and keyword is None:
        _checked_shapes(in1.shape, in2.shape)
        if o["mode"] == "valid":
            every = range(len(in1.shape))
            _checked_valid(in1.shape, in2.shape, every, (1,) * len(every))
        along = transformed_axes(in1.shape, in2.shape, range(len(in1.shape)))
        if not along:
            raise ForSciPy("there is no axis to transform")
        dtype = np.result_type(native(in1), native(in2))
        return spectral_request(op, in1, in2, o["mode"], along, dtype, "fft", warns=True)
    request = _general(op, in1, in2, o)
    if o["method"] == "fft":
        request = replace(request, restore=_rounded_after(request), warns=True)
    return request


def _computable(in1, in2):
    """Return whether algorithms compute with these dtypes and dimensions, and no array is empty."""
    known = in1.dtype.char in DTYPE_CHARS and in2.dtype.char in DTYPE_CHARS
    sizes = (*in1.shape, *in2.shape)
    return known and 0 not in sizes and 0 < max(len(in1.shape), len(in2.shape)) <= MAX_DIMS


def extension(o):
    """Return the name of the first keyword of `PLAIN` that is not at its default, or None."""
    for name, default in PLAIN.items():
        value = o[name]
        if value is default:
            continue
        if default is None or isinstance(default, str):
            same = value is default or (isinstance(value, str) and value == default)
        else:
            same = np.ndim(value) == 0 and value == default
        if not same:
            return name
    return None


def check_plain(name, arrays, o):
    """Refuse options that the function `name` of `scipy.signal` does not have."""
    keyword = extension(o)
    if keyword is not None:
        raise UnsupportedAlgorithm(
            f"algorithm 'scipy' cannot run this problem: scipy.signal.{name} has no {keyword}"
        )


def _checked_shapes(shape, weights):
    """Refuse empty arrays, and arrays with different numbers of dimensions."""
    if len(shape) != len(weights):
        raise ValueError(
            f"in1 and in2 must have the same number of dimensions, got shapes {shape}, {weights}"
        )
    if not shape or 0 in shape or 0 in weights:
        raise ValueError(f"in1 and in2 must not be empty, got shapes {shape} and {weights}")


def _general(op, in1, in2, o):
    """Return the request of a convolution or correlation with any of the keywords of `PLAIN`."""
    asked = part = ()
    if o.get("lags") is not None:
        shapes = tuple(in1.shape), tuple(in2.shape)
        _checked_shapes(*shapes)
        asked = part_of(o["lags"], o["mode"], shapes[1])
        part = inside(asked, *shapes)
    whole, dtype, fill = general_problem(op, in1, in2, o, part=part)
    request = _reversed_along(whole.axes, filter_request(whole.without_unit_axes(), dtype, fill))
    return with_zeros(request, asked, part) if asked else request


def general_problem(op, in1, in2, o, floating=False, missing="", part=()):
    """Return the problem of a filter with any of the keywords of `PLAIN`.

    Return also the dtype of its result, float64 for integers if `floating`, and the value past the
    edges. `missing` and `part` are those of the problem.
    """
    mode = o["mode"]
    boundary = SIGNAL_BOUNDARIES[choice("boundary", o["boundary"], SIGNAL_BOUNDARIES)]
    shape, weights = tuple(in1.shape), tuple(in2.shape)
    _checked_shapes(shape, weights)
    axes, order = _axes(o["axes"], len(shape))
    for a in range(len(shape) if len(axes) < len(shape) else 0):
        if a not in axes and shape[a] != weights[a] and 1 not in (shape[a], weights[a]):
            raise ValueError(
                f"in1 and in2 must broadcast on axis {a}, which is not filtered, got shapes "
                f"{shape} and {weights}"
            )
    stride = integers("stride", o["stride"], len(axes), 1)
    dilation = integers("dilation", o["dilation"], len(axes), 1)
    if o["axes"] is not None:
        stride, dilation = _ordered(stride, order), _ordered(dilation, order)
    if mode == "valid":
        _checked_valid(shape, weights, axes, dilation)
    fill = _scalar("fillvalue", o["fillvalue"])
    dtypes = native(in1), native(in2)
    dtype = dtypes[0] if dtypes[0] is dtypes[1] else np.result_type(*dtypes)
    if floating and dtype.kind in "iu":
        dtype = np.dtype(np.float64)
    if boundary == "constant":
        if fill == 0:
            boundary = "zeros"
        elif not np.can_cast(np.min_scalar_type(fill), dtype, "same_kind"):
            raise TypeError(f"fillvalue is {fill}, which does not go into a result of {dtype}")
    ones = len(axes)
    whole = FilterProblem(
        op, (short(dtypes[0]), short(dtypes[1]), short(dtype)), shape, weights, axes,
        PART if part else mode, (boundary,) * ones, (0,) * ones, stride, dilation,
        method=o["method"], part=part, missing=missing,
    )  # fmt: skip
    return whole, dtype, fill


def _checked_valid(shape, weights, axes, dilation):
    """Refuse arrays for the mode ``valid`` if none of them is larger along all axes."""
    extents = [(weights[a] - 1) * d + 1 for a, d in zip(axes, dilation, strict=True)]
    larger = [shape[a] >= e for a, e in zip(axes, extents, strict=True)]
    smaller = [shape[a] <= e for a, e in zip(axes, extents, strict=True)]
    if not all(larger) and not all(smaller):
        raise ValueError(
            "mode 'valid' needs one of in1 and in2 to be at least as large as the other on "
            f"every filtered axis, got shapes {shape} and {weights}"
        )


def _reversed_along(axes, request):
    """Return the request with in2 reversed along those of `axes` that its problem leaves out.

    This is needed for correlations. `FilterProblem.without_unit_axes` leaves axes out.
    """
    if request.problem.op != "correlate":
        return request
    missing = tuple(a for a in axes if a not in request.problem.axes)
    if not missing:
        return request
    return replace(request, arrange=partial(_reverse, missing, request.arrange))


def _reverse(axes, arrange, arrays):
    """Return the operands after reversing in2 along `axes`."""
    in1, in2 = arrays
    return arrange((in1, None if in2 is None else np.flip(in2, axes)))


# -------------------------------------------------------------------------- Fourier transforms


def transformed_axes(shape, weights, axes):
    """Return those of `axes` along which both arrays have more than one element.

    Along the other axes SciPy broadcasts the arrays without a transform, so a NaN does not spread
    along them.
    """
    return tuple(a for a in axes if shape[a] != 1 and weights[a] != 1)


def spectral_request(op, in1, in2, mode, along, dtype, method, warns=False):
    """Return the request of a convolution or correlation by Fourier transforms.

    Parameters
    ----------
    op : str
        ``convolve`` or ``correlate``.
    in1, in2 : ndarray or Spec
    mode : str
        One of `MODES`.
    along : tuple of int
        The transformed axes, non-negative and ascending.
    dtype : dtype
        dtype of the result. Integers are computed in float64 and rounded.
    method : str
        ``fft`` or ``overlap``.
    warns : bool
        As in `Request`.
    """
    shape, weights = tuple(in1.shape), tuple(in2.shape)
    ones = (1,) * len(along)
    problem = FilterProblem(
        op, (short(native(in1)), short(native(in2)), short(dtype)), shape, weights, along, mode,
        ("zeros",) * len(ones), (0,) * len(ones), ones, ones, method=method,
    )  # fmt: skip
    request = _reversed_along(range(len(shape)), filter_request(problem, dtype, 0))
    if mode == "same" and request.out_shape != shape:
        request = replace(
            request, out_shape=shape, restore=partial(_central, request, shape)
        )  # fmt: skip
    return replace(request, restore=_rounded_after(request), warns=warns)


def _central(request, shape, feature):
    """Return the central part of a result, of shape `shape`.

    The mode ``same`` needs it if in1 is broadcast, because the output has the shape of in1.
    """
    result = request.restore(feature) if request.restore is not None else feature
    result = result.reshape(request.out_shape)
    return result[
        tuple(
            slice((long - short_) // 2, (long - short_) // 2 + short_)
            for long, short_ in zip(result.shape, shape, strict=True)
        )
    ]


def _rounded_after(request):
    """Return the function `restore` of a request, which also rounds the result if it is integer."""
    if request.out_dtype.kind not in "iu":
        return request.restore
    return partial(_rounded, request.restore)


def _rounded(restore, feature):
    """Round a result to integers, then apply `restore` if it is not None."""
    result = feature.round()  # NumPy and CuPy round half to even
    return result if restore is None else restore(result)


def _axes(axes, ndim):
    """Return the filtered axes in ascending order, and the position of each in `axes`."""
    if axes is None:
        every = tuple(range(ndim))
        return every, every
    given = tuple(axes) if is_sequence(axes) else (axes,)
    numbers_ = [integer("axes", a, -ndim, "an int or a sequence of ints") for a in given]
    if any(a >= ndim for a in numbers_) or not numbers_:
        raise ValueError(f"axes is {shown(axes)}; the arrays have {ndim} dimensions")
    normal = [a % ndim for a in numbers_]
    if len(set(normal)) != len(normal):
        raise ValueError(f"axes is {shown(axes)}; an axis is named twice")
    return tuple(sorted(normal)), tuple(np.argsort(normal))


def _ordered(values, order):
    """Return values per axis, given in the caller's order, in ascending order of axes."""
    return tuple(values[i] for i in order)


def _scalar(name, value):
    """Return `value` as a number, and refuse anything else."""
    if type(value) is int or type(value) is float:
        return value  # a test for a number takes much longer
    if isinstance(value, numbers.Number) or (
        np.ndim(value) == 0 and np.asarray(value).dtype.kind in "biufc"
    ):
        return value if isinstance(value, numbers.Number) else np.asarray(value)[()]
    raise TypeError(f"{name} must be a number, got {shown(value)}")
