"""Validate the arguments of convolutions and their gradients, and return a `Request`.

In this module, `o` is the dict of a function's options by name, and `dims` the number of spatial
axes.
"""

from dataclasses import replace

import numpy as np

from ..errors import shown
from .arguments import (
    PADDING_MODES,
    activation,
    boolean,
    choice,
    counted,
    extents,
    fits,
    integer,
    integers,
    is_sequence,
    nonzero,
    padding,
    padding_pairs,
)
from .arrays import DTYPES, native, result_dtype, short
from .convolution import ConvProblem, transposed_output
from .request import Request

PADDING_NAMES = ("valid", "same", "same_lower", "full")


# --------------------------------------------------------------------------------------- forward


def forward(op, dims, arrays, o):
    """Return the request of ``conv``, ``conv_transpose``, ``local_conv`` or ``tiled_conv``."""
    x, w, bias, add = (*arrays, None, None)[:4]
    shape, batched = _batched("input", x.shape, dims)
    dtype = result_dtype(x, w, bias)
    names = (short(native(x)), short(native(w)), short(dtype))
    epilogue = {"activation": activation(o["activation"], dtype), "add": add is not None}
    problem = _geometry(op, "fwd", dims, shape, w.shape, o, names, **epilogue)
    out_shape = (problem.n, problem.k, *problem.output)
    if bias is not None:
        problem = replace(problem, bias=_bias_kind(bias.shape, problem))
    public_shape = out_shape if batched else out_shape[1:]
    if add is not None:
        _check_add(add, public_shape, dtype)
    compute = DTYPES[problem.compute]
    operands = tuple(None if a is None else compute for a in (x, w, bias, add))
    arrange = None if len(arrays) == 4 else without_add
    return Request(
        problem, operands, public_shape, dtype, out_shape, compute, weight=1, arrange=arrange
    )


def without_add(operands):
    """Return the operands of a function that has no argument `add`."""
    return (*operands, None)


def _check_add(add, shape, dtype):
    """Refuse an array `add` that does not have the shape of the output, or cannot be cast to it."""
    if tuple(add.shape) != shape:
        raise ValueError(f"add has shape {tuple(add.shape)}; the output has shape {shape}")
    if not np.can_cast(native(add), dtype, "same_kind"):
        raise TypeError(f"add has dtype {add.dtype}, which does not go into a result of {dtype}")


def _bias_kind(shape, p):
    """Return what a bias of this shape belongs to: ``channel``, ``position`` or ``tile``."""
    shape = tuple(shape)
    if shape == (p.k,):
        return "channel"
    if shape == (p.k, *p.output):
        return "position"
    if p.op == "tiled_conv" and shape == (p.k, *p.tiles):
        return "tile" if max(p.tiles) > 1 else "channel"
    allowed = [(p.k,), (p.k, *p.output)] + ([(p.k, *p.tiles)] if p.op == "tiled_conv" else [])
    raise ValueError(f"bias has shape {shape}; allowed: {' or '.join(map(str, allowed))}")


# ------------------------------------------------------------------------------------- gradients


def input_gradient(op, dims, arrays, o):
    """Return the request of the gradient with respect to the input."""
    w, g = arrays
    shape, batched = _size("input_size", o["input_size"], dims)
    problem = _geometry(op, "input", dims, shape, w.shape, o, _gradient_dtypes(w, g))
    _match("grad_output", g.shape, problem, dims, batched)
    return _gradient(problem, shape if batched else shape[1:], shape, weight=0)


def weight_gradient(op, dims, arrays, o):
    """Return the request of the gradient with respect to the weight."""
    x, g = arrays
    shape, batched = _batched("input", x.shape, dims)
    size = _sizes("weight_size", o["weight_size"])
    names = _gradient_dtypes(x, g)
    problem = _geometry(op, "weight", dims, shape, size, o, names, weight_name="weight_size")
    _match("grad_output", g.shape, problem, dims, batched)
    return _gradient(problem, size, problem.stencil.weight_shape)


def bias_gradient(op, dims, arrays, o):
    """Return the request of the gradient with respect to the bias.

    It sums over the batch, and over all positions that share an entry of the bias.
    """
    (g,) = arrays
    (n, k, *sizes), _ = _batched("grad_output", g.shape, dims)
    sizes = tuple(sizes)
    tiles, kind, shape = (), "channel", (k,)
    if o.get("tiles") is not None:
        tiles = integers("tiles", o["tiles"], dims, 1)
        kind, shape = "tile", (k, *tiles)
    elif boolean("per_position", o.get("per_position", False)):
        kind, shape = "position", (k, *sizes)
    dtype = result_dtype(g)
    names = (short(native(g)),) * 2 + (short(dtype),)
    ones = (1,) * dims
    problem = ConvProblem(
        op, "bias", names, n, 1, k, k, sizes, ones, ones, ((0, 0),) * dims, ones,
        output_padding=(0,) * dims if op == "conv_transpose" else (), tiles=tiles, bias=kind,
    )  # fmt: skip
    compute = DTYPES[problem.compute]
    return Request(problem, (compute,), shape, dtype, shape, compute)


def _gradient_dtypes(a, b):
    """Return the short names of the dtypes of two arrays and of a gradient made from them."""
    return short(native(a)), short(native(b)), short(result_dtype(a, b))


def _gradient(problem, out_shape, compute_shape, weight=None):
    """Return the request of a gradient of two arrays; the last arguments are as in `Request`."""
    dtype, compute = DTYPES[problem.dtypes[2]], DTYPES[problem.compute]
    return Request(problem, (compute, compute), out_shape, dtype, compute_shape, compute, weight)


def _match(name, shape, p, dims, batched):
    """Refuse a gradient that does not have the shape of the output."""
    expected = (p.n, p.k, *p.output) if batched else (p.k, *p.output)
    if tuple(shape) != expected:
        raise ValueError(f"{name} has shape {tuple(shape)}; the output has shape {expected}")


# -------------------------------------------------------------------------------------- geometry


def _batched(name, shape, dims):
    """Return the shape with a batch axis, and whether the caller gave that axis.

    Only the size of the batch may be 0.
    """
    shape = tuple(shape)
    batched = len(shape) == dims + 2
    if not batched and len(shape) != dims + 1:
        raise ValueError(
            f"{name} has {len(shape)} dimensions, shape {shown(shape)}; {dims + 2} (N, C, ...) or "
            f"{dims + 1} (C, ...) are allowed"
        )
    nonzero(name, shape, batched)
    return (shape if batched else (1, *shape)), batched


def _sizes(name, value):
    """Return a full shape, given as a sequence of ints, as a tuple."""
    if not is_sequence(value):
        raise TypeError(f"{name} must be a full shape, a sequence of ints, got {shown(value)}")
    return tuple(integer(f"{name}[{i}]", v, 0) for i, v in enumerate(value))


def _size(name, value, dims):
    """Return what `_batched` returns for a shape that is an argument."""
    return _batched(name, _sizes(name, value), dims)


def _geometry(op, kind, dims, shape, weight, o, names, weight_name="weight", **epilogue):
    """Validate shapes and options, and return a problem with these dtypes and this epilogue."""
    n, c, *sizes = shape
    sizes, weight = tuple(sizes), tuple(weight)
    ndim = dims + 2 + (dims if op in ("local_conv", "tiled_conv") else 0)
    if len(weight) != ndim:
        raise ValueError(
            f"{weight_name} has {len(weight)} dimensions, shape {shown(weight)}; {ndim} are needed"
        )
    nonzero(weight_name, weight)
    kernel = weight[2 : 2 + dims]
    groups = integer("groups", o.get("groups", 1), 1)
    stride = integers("stride", o["stride"], dims, 1)
    dilation = integers("dilation", o.get("dilation", 1), dims, 1)
    mode = choice("padding_mode", o.get("padding_mode", "zeros"), PADDING_MODES)
    spans = extents(kernel, dilation)
    if op == "conv_transpose":
        pads = padding_pairs(o["padding"], dims)
        k = weight[1] * groups
        _check_channels(
            weight_name, weight[0], c, groups, "weight.shape[0]", "the input's channels"
        )
        extra = _output_padding(o, dims, sizes, (n, k), kernel, stride, pads, dilation)
        problem = ConvProblem(
            op, kind, names, n, groups, c, k, sizes, kernel, stride, pads, dilation, extra, mode,
            **epilogue,
        )  # fmt: skip
        if min(problem.output) < 1:
            raise ValueError(f"padding {pads} crops the whole output: sizes {problem.output}")
        return problem
    pads = padding(o["padding"], sizes, spans, stride, names=PADDING_NAMES)
    fits(weight_name, sizes, pads, spans)
    k = weight[0]
    _check_channels(
        weight_name,
        weight[1] * groups,
        c,
        groups,
        "weight.shape[1] * groups",
        "the input's channels",
    )
    if k % groups:
        raise ValueError(f"groups is {groups}; it must divide {weight_name}.shape[0] = {k}")
    problem = ConvProblem(
        op, kind, names, n, groups, c, k, sizes, kernel, stride, pads, dilation,
        padding_mode=mode, tiles=weight[2 + dims :], **epilogue,
    )  # fmt: skip
    if op == "local_conv" and problem.tiles != problem.output:
        raise ValueError(
            f"{weight_name} has shape {weight}: kernels for {problem.tiles} positions; the output "
            f"has {problem.output}"
        )
    return problem


def _check_channels(name, given, channels, groups, what, whose):
    """Refuse a weight whose channels do not match the input's.

    Parameters
    ----------
    name : str
        Name of the weight's argument.
    given, channels : int
        Number of channels that the weight is for, and number that the input has.
    groups : int
    what, whose : str
        Where the two numbers come from, for the error message.
    """
    if channels % groups:
        raise ValueError(f"groups is {groups}; it must divide the input's {channels} channels")
    if given != channels:
        raise ValueError(f"{name}: {what} is {given}; {whose} are {channels} (groups={groups})")


def _output_padding(o, dims, sizes, head, kernel, stride, pads, dilation):
    """Return the output padding of a transposed convolution, also if `output_size` gives it.

    Parameters
    ----------
    o : dict
    dims : int
    sizes : tuple of int
        Spatial sizes of the input.
    head : tuple of int
        Batch size and channels of the output.
    kernel, stride, pads, dilation : tuple
        One entry per axis.
    """
    extra = integers("output_padding", o.get("output_padding", 0), dims, 0)
    size = o.get("output_size")
    if size is not None:
        if any(extra):
            raise ValueError("output_padding and output_size: give one of them, got both")
        size = _output_size(size, head, dims)
        least = transposed_output(sizes, kernel, stride, pads, dilation, extra)
        extra = tuple(given - small for given, small in zip(size, least, strict=True))
    for e, s, d in zip(extra, stride, dilation, strict=True):
        if not 0 <= e < max(s, d):
            name = "output_padding" if size is None else "output_size"
            raise ValueError(
                f"{name} asks for an output padding of {extra}; each must be at least 0 and less "
                f"than stride {stride} or dilation {dilation}"
            )
    return extra


def _output_size(size, head, dims):
    """Return the spatial sizes in `output_size`, which may also be a full shape.

    Parameters
    ----------
    size : int or sequence of int
        What the caller passed.
    head : tuple of int
        Batch size and channels of the output, with which a full shape must begin.
    dims : int
    """
    allowed = f"an int, {counted(dims, 'spatial size')} or a full shape"
    if not is_sequence(size):
        return (integer("output_size", size, 1, allowed),) * dims
    size = tuple(integer(f"output_size[{i}]", v, 0) for i, v in enumerate(size))
    if len(size) in (dims + 1, dims + 2):
        lead = size[:-dims]
        if lead != head[-len(lead) :]:
            raise ValueError(f"output_size is {size}; it must begin with {head[-len(lead) :]}")
        size = size[-dims:]
    elif len(size) != dims:
        raise ValueError(f"output_size must be {allowed}, got {shown(size)}")
    nonzero("output_size", size)
    return size
