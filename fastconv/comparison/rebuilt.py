"""Find the call of a public function that poses a problem, so that a key is enough to run it."""

from dataclasses import replace
from math import prod

import numpy as np

from ..planner.measure import noise
from ..problem import (
    OPS,
    ConvProblem,
    ExtremumProblem,
    FilterProblem,
    FootprintProblem,
    MatchProblem,
    MorphologyProblem,
    PoolProblem,
    RankProblem,
    ResampleProblem,
    SeparableProblem,
    StructureProblem,
)
from ..problem.arrays import DTYPES, Spec
from ..problem.filtering import PART
from ..problem.footprint import as_option
from ..problem.morphology import mirrored_marks
from ..problem.ops import EXTENDED
from ..problem.scipy_arguments import IMAGE_BOUNDARIES
from ..problem.validate_filtering import SIGNAL_BOUNDARIES
from ..problem.validate_signals import EXTENSIONS
from ..problem.window import mirrored_origin
from .sample import sample

#: names of boundaries in `scipy.ndimage`, in `scipy.signal.upfirdn` and in `fastconv.convolve`
_IMAGE_MODES = {ours: theirs for theirs, ours in reversed(IMAGE_BOUNDARIES.items())}
_EXTENSION_MODES = {ours: theirs for theirs, (_, ours) in EXTENSIONS.items()}
_SIGNAL_MODES = {ours: theirs for theirs, ours in SIGNAL_BOUNDARIES.items()}
for _modes in (_IMAGE_MODES, _EXTENSION_MODES, _SIGNAL_MODES):
    _modes["zeros"] = _modes["constant"]
#: options of which each makes a call one of an extended function
_EXTENDING = ("nan_policy", "output_dtype")
#: functions that have one method each
_BY_METHOD = {"fft": "signal.fftconvolve", "overlap": "signal.oaconvolve"}


def call_of(problem, seed=0):
    """Return the call of a public function that poses `problem`, with noise as operands.

    Parameters
    ----------
    problem : ConvProblem, PoolProblem, FilterProblem, ...
        The problem. Weights have the structure that its traits promise.
    seed : int
        Seed of the noise.

    Returns
    -------
    tuple or None
        ``(name, arrays, options)``: the function's name in `fastconv.problem.OPS`, its arrays in
        the op's order (None for an absent one), and all of its options by name. None where no
        function poses the problem, such as a correlation with another boundary on each axis.

    Raises
    ------
    ValueError, TypeError
        If the function refuses the call.
    """
    for name, shapes, options in _calls(problem):
        more = "mask" in shapes or not options.keys().isdisjoint(_EXTENDING)
        extended = name in EXTENDED and more
        op = EXTENDED[name] if extended else OPS[name]
        specs = tuple(
            Spec(tuple(shapes[word][0]), _dtype(shapes[word][1])) if word in shapes else None
            for word in op.arrays
        )
        options = {word: options.get(word, default) for word, default in op.options.items()}
        if op.request(specs, options).problem == _without_traits(problem):
            return name, sample(problem, op, specs, seed), options
    return None


def _dtype(name):
    return np.dtype(bool) if name == "bool" else DTYPES[name]


def _without_traits(problem):
    """Return the problem as validation makes it, without a look at the weight's values."""
    return problem if problem.traits is None else replace(problem, traits=None)


def _calls(problem):
    """Yield calls that may pose the problem: ``(name, {array: (shape, dtype)}, options)``.

    The options may include some that the function does not have.
    """
    if isinstance(problem, FilterProblem) and not problem.on_image:
        yield from _signal(problem)
    elif type(problem) in _KINDS and problem.function in OPS:
        name = problem.function
        if isinstance(problem, ResampleProblem) and problem.count:
            name = "signal.resample_poly"
        yield name, *_KINDS[type(problem)](problem)


# -------------------------------------------------------------------- networks: conv and poolings


def _convolution(p):
    """Return the arrays and options of a convolution or of one of its gradients."""
    x, y = (p.n, p.c, *p.input), (p.n, p.k, *p.output)
    first, second, result = p.dtypes
    shapes = {
        "fwd": {"input": (x, first), "weight": (p.weight_shape, second)},
        "input": {"weight": (p.weight_shape, first), "grad_output": (y, second)},
        "weight": {"input": (x, first), "grad_output": (y, second)},
        "bias": {"grad_output": (y, first)},
    }[p.kind]
    if p.kind == "fwd" and p.bias:
        biases = {"channel": (p.k,), "position": y[1:], "tile": (p.k, *p.tiles)}
        shapes["bias"] = (biases[p.bias], result)
    if p.add:
        shapes["add"] = (y, result)
    return shapes, {
        "stride": p.stride, "padding": p.padding, "dilation": p.dilation, "groups": p.groups,
        "padding_mode": p.padding_mode, "output_padding": p.output_padding,
        "activation": p.activation, "input_size": x, "weight_size": p.weight_shape,
        "per_position": p.bias == "position", "tiles": p.tiles or None,
    }  # fmt: skip


def _pooling(p):
    """Return the arrays and options of a pooling or of its gradient."""
    x, y = (p.n, p.c, *p.input), (p.n, p.c, *p.output)
    if p.op == "unfold":
        y = (p.n, p.c * prod(p.kernel), prod(p.output))
    elif p.op == "fold":
        x = (p.n, p.c * prod(p.kernel), prod(p.input))
    elif p.op == "maxout":
        y = (p.n, p.groups, *p.output)
    options = {
        "kernel_size": p.kernel, "stride": p.stride, "padding": p.padding, "dilation": p.dilation,
        "ceil_mode": p.ceil_mode, "count_include_pad": p.count_include_pad,
        "divisor_override": p.divisor, "norm_type": p.norm, "return_indices": p.indices,
        "groups": p.groups, "output_size": p.output, "input_size": x,
    }  # fmt: skip
    if p.op == "max_unpool":
        windows = zip(*map(_unpooling, p.input, p.output), strict=True)
        options |= dict(zip(("kernel_size", "stride", "padding"), windows, strict=True))
    arrays = {
        "input": x, "grad_output": y, "weights": p.kernel,
        "indices": x if p.op == "max_unpool" else y,
    }  # fmt: skip
    names = OPS[p.function].arrays
    dtypes = ["i64" if n == "indices" else p.dtypes[i] for i, n in enumerate(names)]
    return {n: (arrays[n], dtype) for n, dtype in zip(names, dtypes, strict=True)}, options


def _unpooling(size, output):
    """Return (kernel_size, stride, padding) of a max unpooling from `size` to `output` positions.

    The problem knows the two sizes only, for the indices say the rest.
    """
    stride = max(1, (output - 1) // (size - 1)) if size > 1 else output
    taps = output - (size - 1) * stride
    return (taps, stride, (0, 0)) if taps >= 1 else (1, stride, (1 - taps, 0))


# --------------------------------------------------------------------- signals: signal.* and nd.*


def _signal(p):
    """Yield the calls that may pose a convolution or correlation of arrays."""
    if p.mode == PART:
        yield from _part(p)
        return
    shapes = {"in1": (p.shape, p.dtypes[0]), "in2": (p.weights, p.dtypes[1])}
    options = {
        "mode": p.mode, "boundary": _SIGNAL_MODES[p.boundary[0]],
        "fillvalue": int(p.boundary[0] == "constant"), "stride": _one(p.stride),
        "dilation": _one(p.dilation), "axes": _axes(p),
    }  # fmt: skip
    if p.missing:
        yield p.op, *_with_mask(p, shapes, options)
        return
    if p.rounding:
        yield p.op, shapes, options | {
            "fillvalue": p.fill, "method": p.method, "output_dtype": DTYPES[p.dtypes[2]],
            "rounding": p.rounding, "saturate": p.saturate,
        }  # fmt: skip
        return
    if p.method != "overlap":
        yield p.op, shapes, {**options, "method": p.method}
    if p.method in _BY_METHOD and p.op == "convolve":
        yield _BY_METHOD[p.method], shapes, options
    if p.dtypes[2] == "f64" and p.method != "overlap":  # of integers, if in2 is normalized
        yield p.op, *_with_mask(p, shapes, {**options, "normalize": True})


def _with_mask(p, shapes, options):
    """Return the arrays and options of a call in which elements may be missing."""
    if p.missing in ("mask", "both"):
        shapes = {**shapes, "mask": (p.shape, "bool")}
    policy = "omit" if p.missing in ("nan", "both") else "propagate"
    return shapes, {**options, "nan_policy": policy, "method": p.method}


def _part(p):
    """Yield the calls that may pose a convolution or correlation of which a part is returned."""
    if p.op == "correlate" and {*p.stride, *p.dilation} == {1} and set(p.boundary) == {"zeros"}:
        pairs = zip(p.part, p.weights, strict=True)
        lags = tuple((first - taps + 1, first - taps + n) for (first, n), taps in pairs)
        shapes = {"in1": (p.shape, p.dtypes[0]), "in2": (p.weights, p.dtypes[1])}
        yield "signal.correlate", shapes, {"lags": lags, "method": p.method}
        return
    axis, dtype = p.axes[0], p.dtypes[2]
    signal, taps = {"x": (p.shape, dtype)}, p.weights[axis]
    if p.stride == (1,):
        yield "signal.lfilter", {**signal, "b": ((taps,), dtype), "a": ((1,), dtype)}, {
            "axis": axis
        }
    yield "signal.resample_poly", signal, _rates(p, 1, p.stride[0], taps, axis)


def _rates(p, up, down, taps, axis):
    """Return the options of `resample_poly` with a filter of noise."""
    mode = p.boundary if isinstance(p.boundary, str) else p.boundary[0]
    return {
        "up": up, "down": down, "axis": axis, "padtype": _EXTENSION_MODES.get(mode),
        "window": noise(np.random.default_rng(0), (taps,), DTYPES[p.dtypes[1]]),
        "cval": 1 if mode == "constant" else None,
    }  # fmt: skip


def _resampling(p):
    """Return the arrays and options of `upfirdn`, or of `resample_poly` for a part of a signal."""
    if p.count:
        return {"x": (p.shape, p.dtypes[0])}, _rates(p, p.up, p.down, p.taps, p.axis)
    shapes = {"x": (p.shape, p.dtypes[0]), "h": ((p.taps,), p.dtypes[1])}
    return shapes, {
        "up": p.up, "down": p.down, "axis": p.axis, "mode": _EXTENSION_MODES[p.boundary],
        "cval": int(p.boundary == "constant"),
    }  # fmt: skip


# --------------------------------------------------------------------------- images: ndimage.*


def _correlation(p):
    """Return the arrays and options of a convolution or correlation of an image."""
    weights = tuple(p.weights[a] for a in p.axes)
    shapes = {"input": (p.shape, p.dtypes[0]), "weights": (weights, p.dtypes[1])}
    one_axis = p.op.endswith("1d")
    return shapes, _image(p, p.boundary) | {
        "origin": p.origin[0] if one_axis else _one(p.origin), "axes": _axes(p),
        "axis": p.axes[0],
    }  # fmt: skip


def _extremum(p):
    """Return the arrays and options of a maximum or minimum filter."""
    shapes = {"input": (p.shape, p.dtypes[0])}
    settings = {"size": _one(p.size), "origin": _one(p.origin), "axes": _axes(p)}
    return shapes, _image(p, p.boundary) | settings


def _matching(p):
    """Return the arrays and options of a search for a template."""
    return {"image": (p.shape, p.dtypes[0]), "template": (p.weights, p.dtypes[1])}, {}


def _footprint(p):
    """Return the arrays and options of a maximum or minimum filter with a footprint."""
    shapes = {"input": (p.shape, p.dtypes[0])}
    settings = {"footprint": p.footprint, "origin": _one(p.origin), "axes": _axes(p)}
    return shapes, _image(p, p.boundary) | settings


def _rank(p):
    """Return the arrays and options of a rank filter."""
    shapes, options = _footprint(p)
    return shapes, {**options, "rank": p.rank}


def _structure(p):
    """Return the arrays and options of an erosion or dilation with a structure."""
    erosion = p
    if p.op.endswith("dilation"):  # the window of the problem is reflected already
        erosion = replace(
            p, marks=mirrored_marks(p.size, p.marks), origin=mirrored_origin(p.size, p.origin)
        )
    shapes, options = _footprint(erosion)
    return {**shapes, "structure": (p.size, "f64")}, options


def _morphology(p):
    """Return the arrays and options of a filter of several steps."""
    shapes, options = _footprint(p) if p.marks else _extremum(p)
    if p.summed:
        shapes["structure"] = p.size, "f64"
    if p.is_binary:
        shapes |= {"mask": (p.shape, "u8")} if p.masked else {}
        structure = p.footprint if p.marks else np.ones(p.size, bool)
        options |= {
            "iterations": p.iterations, "structure": as_option(structure),
            "border_value": 0, "output": None if p.dtypes[2] == "u8" else DTYPES[p.dtypes[2]],
        }  # fmt: skip
    return shapes, options


def _separable(p):
    """Return the arrays and options of a filter that is given as 1-D kernels."""
    shapes = {"input": (p.shape, p.dtypes[0])}
    ndim, passes = len(p.shape), p.terms[0]
    if p.op in ("ndimage.gaussian_laplace", "ndimage.gaussian_gradient_magnitude"):
        return shapes, _derivatives(p)
    if p.op == "ndimage.laplace":
        passes = [q for term in p.terms for q in term]
    axes = tuple(q.axis for q in passes)
    settings = {
        "sigma": [q.kernel.sigma for q in passes], "order": [q.kernel.order for q in passes],
        "radius": [q.kernel.size // 2 for q in passes], "size": [q.kernel.size for q in passes],
        "origin": [q.origin for q in passes],
    }  # fmt: skip
    boundary = [q.boundary for q in passes]
    if p.op in ("ndimage.sobel", "ndimage.prewitt"):  # one for each axis of the image, in order
        boundary = [q.boundary for q in sorted(passes, key=lambda q: q.axis)]
    options = {word: _one(values) for word, values in settings.items()}
    options |= {"axes": None if axes == tuple(range(ndim)) else axes, "axis": axes[0]}
    return shapes, _image(p, boundary) | options


def _derivatives(p):
    """Return the options of a sum or a length of derivatives of Gaussians, a term for each axis."""
    ndim = len(p.shape)
    kernels = {q.axis: q.kernel for term in p.terms for q in term}
    axes = tuple(next((q.axis for q in term if q.kernel.order), -1) for term in p.terms)
    along = range(ndim) if len(p.terms) == ndim else axes
    sigma = [kernels[a].sigma if a in kernels else 0.0 for a in along]
    radius = [kernels[a].size // 2 if a in kernels else 0 for a in range(ndim)]
    return _image(p, [term[0].boundary for term in p.terms]) | {
        "sigma": _one(sigma), "radius": _one(radius), "axes": None if along != axes else axes,
    }  # fmt: skip


def _image(p, boundary):
    """Return the options that all filters of images have: mode, cval and output."""
    fill = getattr(p, "fill", 0.0) or float("constant" in boundary)
    output = None if p.dtypes[2] == p.dtypes[0] else DTYPES[p.dtypes[2]]
    return {"mode": _one([_IMAGE_MODES[b] for b in boundary]), "cval": fill, "output": output}


def _axes(p):
    """Return the axes as an option, None where they are all."""
    return None if p.axes == tuple(range(len(p.shape))) else p.axes


def _one(values):
    """Return one value where it is the same on all axes, else a tuple."""
    values = tuple(values)
    return values[0] if len(set(values)) == 1 else values


_KINDS = {
    ConvProblem: _convolution, PoolProblem: _pooling, FilterProblem: _correlation,
    SeparableProblem: _separable, ExtremumProblem: _extremum, FootprintProblem: _footprint,
    ResampleProblem: _resampling, MatchProblem: _matching,
    StructureProblem: _structure, MorphologyProblem: _morphology,
    RankProblem: _rank,
}  # fmt: skip
