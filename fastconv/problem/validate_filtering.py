"""From the arguments of an array-style convolution to a `Request`."""

import numbers
from dataclasses import replace
from functools import partial

import numpy as np

from ..errors import shown
from .arguments import choice, integer, integers, is_sequence
from .arrays import DTYPES, native, short
from .filtering import MODES, FilterProblem
from .request import Request

#: names of the boundaries as `fastconv.convolve` and as SciPy's ndimage call them
SIGNAL_BOUNDARIES = {
    "fill": "constant", "wrap": "circular", "symm": "symmetric", "mirror": "reflect",
    "nearest": "replicate",
}  # fmt: skip
NDIMAGE_BOUNDARIES = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "constant": "constant",
    "grid-constant": "constant", "nearest": "replicate", "mirror": "reflect",
    "wrap": "circular", "grid-wrap": "circular",
}  # fmt: skip


def signal_filter(op, dims, arrays, o):
    """Request of `fastconv.convolve` or `fastconv.correlate`."""
    in1, in2 = arrays
    mode = choice("mode", o["mode"], MODES)
    boundary = SIGNAL_BOUNDARIES[choice("boundary", o["boundary"], tuple(SIGNAL_BOUNDARIES))]
    shape, weights = tuple(in1.shape), tuple(in2.shape)
    if len(shape) != len(weights):
        raise ValueError(
            f"in1 and in2 must have the same number of dimensions, got shapes {shape}, {weights}"
        )
    if not shape or 0 in shape or 0 in weights:
        raise ValueError(f"in1 and in2 must not be empty, got shapes {shape} and {weights}")
    axes, order = _axes(o["axes"], len(shape))
    for a in range(len(shape)):
        if a not in axes and shape[a] != weights[a] and 1 not in (shape[a], weights[a]):
            raise ValueError(
                f"in1 and in2 must broadcast on axis {a}, which is not filtered, got shapes "
                f"{shape} and {weights}"
            )
    stride = _ordered(integers("stride", o["stride"], len(axes), 1), order)
    dilation = _ordered(integers("dilation", o["dilation"], len(axes), 1), order)
    if mode == "valid":
        larger = [shape[a] >= (weights[a] - 1) * d + 1 for a, d in zip(axes, dilation, strict=True)]
        smaller = [
            shape[a] <= (weights[a] - 1) * d + 1 for a, d in zip(axes, dilation, strict=True)
        ]
        if not all(larger) and not all(smaller):
            raise ValueError(
                "mode 'valid' needs one of in1 and in2 to be at least as large as the other on "
                f"every filtered axis, got shapes {shape} and {weights}"
            )
    fill = _scalar("fillvalue", o["fillvalue"])
    dtype = np.result_type(native(in1), native(in2))
    if boundary == "constant":
        if fill == 0:
            boundary = "zeros"
        elif not np.can_cast(np.min_scalar_type(fill), dtype, "same_kind"):
            raise TypeError(f"fillvalue is {fill}, which does not go into a result of {dtype}")
    ones = len(axes)
    whole = FilterProblem(
        op, (short(native(in1)), short(native(in2)), short(dtype)), shape, weights, axes, mode,
        (boundary,) * ones, (0,) * ones, stride, dilation,
    )  # fmt: skip
    problem = whole.apart()
    request = _request(problem, dtype, fill)
    if op == "convolve" or problem is whole:
        return request
    reversed_ = tuple(set(whole.axes) - set(problem.axes))
    return replace(request, arrange=partial(_turn, reversed_, request.arrange))


def _turn(axes, arrange, arrays):
    """Operands of a correlation whose kernel is turned along `axes` that are not filtered."""
    in1, in2 = arrays
    return arrange((in1, None if in2 is None else np.flip(in2, axes)))


def ndimage_filter(op, dims, arrays, o):
    """Request of `fastconv.ndimage.convolve` or `correlate`: the result has the input's dtype."""
    x, w = arrays
    if native(w).kind == "c" and native(x).kind != "c":
        raise TypeError(f"weights has dtype {w.dtype}; the result has the input's, {x.dtype}")
    shape, weights = tuple(x.shape), tuple(w.shape)
    axes, order = _axes(o["axes"], len(shape))
    if len(weights) != len(axes):
        raise RuntimeError("filter weights array has incorrect shape.")
    modes = o["mode"]
    modes = (modes,) * len(axes) if isinstance(modes, str) else tuple(modes)
    fill = _scalar("cval", o["cval"])
    boundary = tuple(
        NDIMAGE_BOUNDARIES[choice("mode", m, tuple(NDIMAGE_BOUNDARIES))] for m in modes
    )
    if fill == 0:
        boundary = tuple("zeros" if b == "constant" else b for b in boundary)
    origin = o["origin"]
    origin = tuple(origin) if is_sequence(origin) else (origin,) * len(axes)
    lengths = (len(boundary), len(origin))
    if lengths != (len(axes),) * 2:
        raise RuntimeError("sequence argument must have length equal to input rank")
    boundary = _ordered(boundary, order)
    origin = _ordered([integer("origin", v, -(2**31)) for v in origin], order)
    for m, v in zip(weights, origin, strict=True):
        moved = -v - (m % 2 == 0) if op == "ndimage.convolve" else v
        if not 0 <= m // 2 + moved < m:
            raise ValueError(f"invalid origin: origin is {v} for a window of {m}")
    spread = [1] * len(shape)
    for a, m in zip(axes, weights, strict=True):
        spread[a] = m
    dtype = native(x)
    ones = (1,) * len(axes)
    problem = FilterProblem(
        op, (short(dtype), short(native(w)), short(dtype)), shape, tuple(spread), axes, "same",
        boundary, origin, ones, ones,
    )  # fmt: skip
    return _request(problem, dtype, fill)


def _request(problem, dtype, fill):
    engine = DTYPES[problem.compute]
    shape = [0] * len(problem.shape)
    rest = [a for a in range(len(shape)) if a not in problem.axes]
    for a, size in zip((*rest, *problem.axes), (*problem.batch, *problem.output), strict=True):
        shape[a] = size
    in_order = problem.in_place is not None or problem.axes == (*range(len(rest), len(shape)),)
    return Request(
        problem, (engine, engine), tuple(shape), dtype, problem.stencil.feature_shape, engine,
        weight=None if problem.swapped else 1,
        arrange=_arrangement(problem, fill),
        restore=None if in_order else partial(_restore, problem),
    )  # fmt: skip


def _arrangement(problem, fill):
    """`_arrange` for one problem; without its detours where every axis is filtered."""
    if problem.batch or problem.swapped:
        return partial(_arrange, problem, fill)
    return OneImage(problem.op.endswith("correlate"), len(problem.shape), fill)


class OneImage:
    """The operands of a filter of all axes: a batch of one image, the kernel turned to correlate.

    Parameters
    ----------
    correlates : bool
    ndim : int
    fill : scalar
    """

    def __init__(self, correlates, ndim, fill):
        self.correlates, self.fill = correlates, fill
        self._reverse = (None, None, *(slice(None, None, -1),) * ndim)

    def __call__(self, arrays):
        image, kernel = arrays
        if image is not None:
            image = image[None, None]
        if kernel is not None:
            kernel = kernel.conj()[None, None] if self.correlates else kernel[self._reverse].copy()
        return image, kernel, None, None, self.fill


def _arrange(problem, fill, arrays):
    """Operands of the stencil: batch first, filtered axes last, the kernel turned to correlate."""
    in1, in2 = arrays
    rest = [a for a in range(len(problem.shape)) if a not in problem.axes]
    if in2 is not None and in2.ndim != len(problem.weights):  # ndimage: only the filtered axes
        in2 = in2.reshape(problem.weights)
    if problem.op.endswith("correlate") and in2 is not None:
        in2 = np.flip(in2.conj(), problem.axes)
    image, kernel = (in2, in1) if problem.swapped else (in1, in2)
    stencil = problem.stencil
    if image is not None and problem.in_place is not None:
        image = _in_order(image).reshape(stencil.image_shape)
    elif image is not None:
        image = image.transpose(*rest, *problem.axes)
        if problem.one_kernel or not problem.one_image:
            image = np.broadcast_to(image, (*problem.batch, *image.shape[len(rest) :]))
        image = _in_order(image).reshape(stencil.image_shape)
    if kernel is not None:
        kernel = np.flip(kernel, problem.axes)
        if problem.in_place is not None:
            kernel = _in_order(kernel).reshape(stencil.weight_shape)
            return image, kernel, None, None, fill
        kernel = kernel.transpose(*rest, *problem.axes)
        lead = (1,) * len(rest) if problem.one_kernel else problem.batch
        kernel = np.broadcast_to(kernel, (*lead, *kernel.shape[len(rest) :]))
        kernel = _in_order(kernel).reshape(stencil.weight_shape)
    return image, kernel, None, None, fill


def _in_order(array):
    """The array itself or a copy, C-contiguous, wherever it lives."""
    return array if array.flags.c_contiguous else array.copy()


def _restore(problem, feature):
    """Put the filtered axes back where the caller has them."""
    ndim = len(problem.shape)
    rest = [a for a in range(ndim) if a not in problem.axes]
    full = feature.reshape(*problem.batch, *problem.output)
    return full.transpose(*np.argsort([*rest, *problem.axes]).tolist())


def _axes(axes, ndim):
    """Filtered axes, ascending, and where in the caller's order each of them stood."""
    if axes is None:
        return tuple(range(ndim)), tuple(range(ndim))
    given = tuple(axes) if is_sequence(axes) else (axes,)
    numbers_ = [integer("axes", a, -ndim, "an int or a sequence of ints") for a in given]
    if any(a >= ndim for a in numbers_) or not numbers_:
        raise ValueError(f"axes is {shown(axes)}; the arrays have {ndim} dimensions")
    normal = [a % ndim for a in numbers_]
    if len(set(normal)) != len(normal):
        raise ValueError(f"axes is {shown(axes)}; an axis is named twice")
    return tuple(sorted(normal)), tuple(np.argsort(normal))


def _ordered(values, order):
    return tuple(values[i] for i in order)


def _scalar(name, value):
    if isinstance(value, numbers.Number) or (
        np.ndim(value) == 0 and np.asarray(value).dtype.kind in "biufc"
    ):
        return value if isinstance(value, numbers.Number) else np.asarray(value)[()]
    raise TypeError(f"{name} must be a number, got {shown(value)}")
