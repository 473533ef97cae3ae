"""Validate the arguments of poolings and their gradients, and return a `Request`.

In this module, `o` is the dict of a function's options by name, and `dims` the number of spatial
axes.
"""

import math
import numbers
from functools import partial
from math import prod

import numpy as np

from ..errors import shown
from .arguments import (
    boolean,
    extents,
    fits,
    integer,
    integers,
    is_sequence,
    nonzero,
    padding,
    padding_pairs,
)
from .arrays import DTYPES, inexact, native, real_only, result_dtype, short
from .convolution import conv_output
from .limits import POSITIONS, checked_size, checked_span, total_memory
from .pooling import PoolProblem
from .request import Request
from .validate_convolution import PADDING_NAMES, _batched, _output_size, _size

POOL_PADDING_NAMES = ("valid", "same", "same_lower")
#: most bytes of a value
_WIDEST = 16


def pool(op, dims, arrays, o):
    """Return the request of max, average or Lp pooling."""
    (x,) = arrays
    shape, batched = _batched("input", x.shape, dims)
    dtype = _result(op, x)
    problem = _window_problem(op, "fwd", dims, shape, x, dtype, o)
    return _forward(problem, x, batched, dtype)


def adaptive(op, dims, arrays, o):
    """Return the request of adaptive average or max pooling."""
    (x,) = arrays
    shape, batched = _batched("input", x.shape, dims)
    output = _adaptive_output(o["output_size"], shape[2:])
    dtype = _result(op, x)
    indices = boolean("return_indices", o.get("return_indices", False))
    problem = PoolProblem(
        op, "fwd", _names(x, x, dtype), shape[0], shape[1], shape[2:], (), output, indices=indices
    )
    return _forward(problem, x, batched, dtype)


def _adaptive_output(size, sizes):
    """Return the sizes of the output, given as one for all axes or one per axis.

    None stands for the size of the input.
    """
    if type(size) is int and 1 <= size <= POSITIONS:
        return (size,) * len(sizes)
    one = "an int or None"
    allowed = f"{one}, or a sequence of {len(sizes)} of them, one per axis"
    if not is_sequence(size):
        checked = size if size is None else integer("output_size", size, 1, allowed)
        size = (checked,) * len(sizes)
    if len(size) != len(sizes):
        raise ValueError(f"output_size must be {allowed}, got {shown(size)}")
    return tuple(
        n if v is None else integer(f"output_size[{i}]", v, 1, one)
        for i, (n, v) in enumerate(zip(sizes, size, strict=True))
    )


def unpool(op, dims, arrays, o):
    """Return the request of max unpooling."""
    x, indices = arrays
    shape, batched = _batched("input", x.shape, dims)
    _check_indices(indices, x.shape, "input")
    kernel = integers("kernel_size", o["kernel_size"], dims, 1)
    stride = kernel if o["stride"] is None else integers("stride", o["stride"], dims, 1)
    pads = padding_pairs(o["padding"], dims)
    columns = list(zip(shape[2:], kernel, stride, pads, strict=True))
    output = tuple((n - 1) * s - sum(p) + k for n, k, s, p in columns)
    if o["output_size"] is not None:
        given = _output_size(o["output_size"], shape[:2], dims)
        for got, usual, s in zip(given, output, stride, strict=True):
            if abs(got - usual) >= s:
                raise ValueError(
                    f"output_size is {given}; each must differ from {output} by less than the "
                    f"stride {stride}"
                )
        output = given
    if min(output) < 1:
        raise ValueError(f"padding {pads} crops the whole output: sizes {output}")
    dtype = native(x)
    problem = PoolProblem(op, "fwd", _names(x, x, dtype), *shape[:2], shape[2:], (), output)
    compute = DTYPES[problem.compute]
    full = (*shape[:2], *output)
    return Request(
        problem, (compute, np.dtype(np.int64)), full if batched else full[1:], dtype, full, compute,
        check=partial(indices_in_range, limit=prod(output)),
    )  # fmt: skip


def weighted(op, dims, arrays, o):
    """Return the request of weighted pooling or of its gradient."""
    gradient = "input_size" in o
    x, w = arrays
    name = "input_size" if gradient else "input"
    shape, batched = _size(name, o[name], dims) if gradient else _batched(name, x.shape, dims)
    if len(w.shape) != dims:
        raise ValueError(f"weights has shape {tuple(w.shape)}; {dims} dimensions are needed")
    nonzero("weights", w.shape)
    dtype = inexact(np.result_type(native(x), native(w)))
    options = {**o, "kernel_size": tuple(w.shape)}
    kind = "input" if gradient else "fwd"
    problem = _window_problem(
        op, kind, dims, shape, x, dtype, options, second=w, names=PADDING_NAMES, free=True
    )
    full = shape if gradient else (*shape[:2], *problem.output)
    if gradient:
        _match_output("grad_output", x.shape, shape[:2], problem.output, batched)
    compute = DTYPES[problem.compute]
    return Request(problem, (compute, compute), full if batched else full[1:], dtype, full, compute)


def maxout(op, dims, arrays, o):
    """Return the request of maxout or of its gradient."""
    gradient = len(arrays) == 2
    x = arrays[-1]
    real_only("input", x, "maxout")
    shape = tuple(x.shape)
    axis = integer("axis", o["axis"], -len(shape))
    if axis >= len(shape):
        raise ValueError(f"axis is {axis}; the input has {len(shape)} dimensions")
    axis %= len(shape)
    groups = integer("groups", o["groups"], 1)
    nonzero("input", shape, batch=axis > 0)
    if shape[axis] % groups:
        raise ValueError(f"groups is {groups}; it must divide the {shape[axis]} channels")
    reduced = (*shape[:axis], groups, *shape[axis + 1 :])
    dtype = native(x)
    if gradient:
        g = arrays[0]
        if tuple(g.shape) != reduced:
            raise ValueError(f"grad_output has shape {tuple(g.shape)}; the output has {reduced}")
        real_only("grad_output", g, "maxout")
        dtype = result_dtype(g, x)
    problem = PoolProblem(
        op, "input" if gradient else "fwd", _names(arrays[0], x, dtype), prod(shape[:axis]),
        shape[axis], (prod(shape[axis + 1 :]),), (), (prod(shape[axis + 1 :]),), groups=groups,
    )  # fmt: skip
    compute = DTYPES[problem.compute]
    out_shape = shape if gradient else reduced
    return Request(problem, (compute,) * len(arrays), out_shape, dtype, out_shape, compute)


def unfold(op, dims, arrays, o):
    """Return the request of unfold."""
    (x,) = arrays
    dims = _dims(o["kernel_size"])
    shape, batched = _batched("input", x.shape, dims)
    dtype = native(x)
    problem = _window_problem(op, "fwd", dims, shape, x, dtype, o, names=PADDING_NAMES, free=True)
    full = (shape[0], shape[1] * prod(problem.kernel), prod(problem.output))
    compute = DTYPES[problem.compute]
    return Request(problem, (compute,), full if batched else full[1:], dtype, full, compute)


def fold(op, dims, arrays, o):
    """Return the request of fold."""
    (x,) = arrays
    dims = _dims(o["kernel_size"])
    kernel = integers("kernel_size", o["kernel_size"], dims, 1)
    output = integers("output_size", o["output_size"], dims, 1)
    stride = integers("stride", o["stride"], dims, 1)
    dilation = integers("dilation", o["dilation"], dims, 1)
    pads = padding_pairs(o["padding"], dims)
    fits("kernel_size", output, pads, extents(kernel, dilation))
    grid = conv_output(output, kernel, stride, pads, dilation)
    shape, batched = _batched("input", x.shape, 1)
    n, rows, blocks = shape
    if rows % prod(kernel):
        raise ValueError(
            f"input has shape {tuple(x.shape)}: {rows} rows; a multiple of {prod(kernel)}, the "
            "kernel's positions, is needed"
        )
    if blocks != prod(grid):
        raise ValueError(
            f"input has shape {tuple(x.shape)}: {blocks} blocks; output_size {output} has "
            f"{prod(grid)}"
        )
    dtype = native(x)
    problem = PoolProblem(
        op, "fwd", _names(x, x, dtype), n, rows // prod(kernel), grid, kernel, output, stride,
        pads, dilation,
    )  # fmt: skip
    full = (n, problem.c, *output)
    compute = DTYPES[problem.compute]
    return Request(problem, (compute,), full if batched else full[1:], dtype, full, compute)


# ------------------------------------------------------------------------------------- gradients


def by_indices(op, dims, arrays, o):
    """Return the request of a gradient that is computed from indices.

    These are the gradients of max pooling, adaptive max pooling and max unpooling.
    """
    g, indices = arrays
    shape, batched = _size("input_size", o["input_size"], dims)
    real_only("grad_output", g, "max pooling") if op != "max_unpool" else None
    given, _ = _batched("grad_output", g.shape, dims)
    if given[:2] != shape[:2] or (len(g.shape) == dims + 2) != batched:
        raise ValueError(
            f"grad_output has shape {tuple(g.shape)}; batch and channels must be those of "
            f"input_size {tuple(o['input_size'])}"
        )
    # the indices of a pooling have the shape of its output, those of unpooling that of its input
    if op == "max_unpool":
        _check_indices(indices, tuple(o["input_size"]), "input_size")
        limit = prod(given[2:])
    else:
        _check_indices(indices, g.shape, "grad_output")
        limit = prod(shape[2:])
    dtype = result_dtype(g)
    problem = PoolProblem(op, "input", _names(g, g, dtype), *shape[:2], shape[2:], (), given[2:])
    compute = DTYPES[problem.compute]
    return Request(
        problem, (compute, np.dtype(np.int64)), shape if batched else shape[1:], dtype, shape,
        compute, check=partial(indices_in_range, limit=limit),
    )  # fmt: skip


def average_gradient(op, dims, arrays, o):
    """Return the request of the gradient of average or adaptive average pooling."""
    (g,) = arrays
    shape, batched = _size("input_size", o["input_size"], dims)
    dtype = inexact(result_dtype(g))
    if op == "adaptive_avg_pool":
        given, _ = _batched("grad_output", g.shape, dims)
        problem = PoolProblem(
            op, "input", _names(g, g, dtype), *shape[:2], shape[2:], (), given[2:]
        )
    else:
        problem = _window_problem(op, "input", dims, shape, g, dtype, o)
    _match_output("grad_output", g.shape, shape[:2], problem.output, batched)
    compute = DTYPES[problem.compute]
    return Request(problem, (compute,), shape if batched else shape[1:], dtype, shape, compute)


def lp_gradient(op, dims, arrays, o):
    """Return the request of the gradient of Lp pooling."""
    g, x = arrays
    shape, batched = _batched("input", x.shape, dims)
    real_only("input", x, "Lp pooling")
    real_only("grad_output", g, "Lp pooling")
    dtype = inexact(np.result_type(native(g), native(x)))
    problem = _window_problem(op, "input", dims, shape, g, dtype, o, second=x)
    _match_output("grad_output", g.shape, shape[:2], problem.output, batched)
    compute = DTYPES[problem.compute]
    return Request(problem, (compute, compute), tuple(x.shape), dtype, shape, compute)


# --------------------------------------------------------------------------------------- helpers


def _result(op, x):
    """Return the dtype of the result of a pooling."""
    dtype = native(x)
    averages = op in ("avg_pool", "adaptive_avg_pool")
    if dtype.kind == "c" and not averages:
        real_only("input", x, "max and Lp pooling")
    return inexact(dtype) if averages or op == "lp_pool" else dtype


def _names(a, b, dtype):
    """Return the short names of two arrays' dtypes and of the result's dtype."""
    first = native(a)
    name = short(first)
    return name, name if b is a else short(native(b)), name if dtype is first else short(dtype)


def _forward(problem, x, batched, dtype):
    """Return the request of a pooling of one array."""
    full = (problem.n, problem.c, *problem.output)
    compute = DTYPES[problem.compute]
    return Request(
        problem, (compute,), full if batched else full[1:], dtype, full, compute,
        indices=problem.indices,
    )  # fmt: skip


def _window_problem(op, kind, dims, shape, x, dtype, o, *, second=None, names=None, free=False):
    """Validate the options of a window, and return a `PoolProblem`.

    Parameters
    ----------
    op, kind : str
        As in `PoolProblem`.
    dims : int
    shape : tuple of int
        Shape of the op's input, with a batch axis.
    x : ndarray or Spec
        The first operand.
    dtype : dtype
        dtype of the result.
    o : dict
    second : ndarray or Spec, optional
        The second operand.
    names : tuple of str, optional
        Strings that `padding` may be, by default those of poolings.
    free : bool
        Whether padding has no upper limit.
    """
    sizes, given = shape[2:], o["padding"]
    kernel = integers("kernel_size", o["kernel_size"], dims, 1)
    stride = kernel if o["stride"] is None else integers("stride", o["stride"], dims, 1)
    dilation = integers("dilation", o.get("dilation", 1), dims, 1)
    spans = extents(kernel, dilation)
    limits = None if free else [(e // 2, e - 1) for e in spans]
    pads = padding(given, sizes, spans, stride, names=names or POOL_PADDING_NAMES, limits=limits)
    if prod(kernel) * _WIDEST > total_memory():
        checked_size(kernel, native(x), "a window", f"kernel_size is {shown(o['kernel_size'])}")
    ceil_mode = boolean("ceil_mode", o.get("ceil_mode", False))
    output, inside = [], True
    for n, span, step, pad in zip(sizes, spans, stride, pads, strict=True):
        positions = n + pad[0] + pad[1]
        if positions > POSITIONS:
            checked_span("input_size" if "input_size" in o else "input", given, sizes, pads)
        inside = inside and span <= positions
        output.append(_pool_output(positions - span, step, n + pad[0], ceil_mode))
    # with ceil_mode, the only window may end past the input
    if not inside and (not ceil_mode or min(output) < 1):
        fits("weights" if op == "weighted_pool" else "kernel_size", sizes, pads, spans)
    return PoolProblem(
        op, kind, _names(x, x if second is None else second, dtype), shape[0], shape[1], sizes,
        kernel, tuple(output), stride, pads, dilation, ceil_mode,
        boolean("count_include_pad", o.get("count_include_pad", True)),
        _divisor(o.get("divisor_override")), _norm(o),
        boolean("return_indices", o.get("return_indices", False)),
    )  # fmt: skip


def _pool_output(free, stride, end, ceil_mode):
    """Return the size of a pooling's output along one axis.

    Parameters
    ----------
    free : int
        Positions of the padded input that one window leaves over.
    stride : int
    end : int
        Position behind the input, counted from the beginning of the padding.
    ceil_mode : bool
    """
    if not ceil_mode:
        return free // stride + 1
    outputs = -(-free // stride) + 1
    # the last window must start inside the input or in the padding before it
    return outputs - 1 if (outputs - 1) * stride >= end else outputs


def _divisor(value):
    """Return the option `divisor_override` as a float or None."""
    if value is None:
        return None
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"divisor_override must be a number or None, got {shown(value)}")
    if not math.isfinite(value) or value == 0:
        raise ValueError(f"divisor_override is {value}; a finite number other than 0 is needed")
    return float(value)


def _norm(o):
    """Return the option `norm_type` as a float, or None for ops that do not have it."""
    if "norm_type" not in o:
        return None
    value = o["norm_type"]
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"norm_type must be a number, got {shown(value)}")
    if not value > 0:
        raise ValueError(f"norm_type is {shown(value)}; it must be greater than 0")
    return float(value)


def _dims(kernel_size):
    """Return the number of spatial axes of unfold and fold.

    It is the length of `kernel_size`, or 2 if that is an int.
    """
    if not is_sequence(kernel_size):
        return 2
    if not 1 <= len(kernel_size) <= 3:
        raise ValueError(f"kernel_size is {shown(kernel_size)}; 1 to 3 dimensions are allowed")
    return len(kernel_size)


def _match_output(name, shape, head, output, batched):
    """Refuse a gradient that does not have the shape of the output.

    Parameters
    ----------
    name : str
        Name of the gradient's argument.
    shape : tuple of int
        Its shape.
    head, output : tuple of int
        Batch size and channels, and spatial sizes, of the output.
    batched : bool
        Whether the caller's arrays have a batch axis.
    """
    expected = (*head, *output) if batched else (*head[1:], *output)
    if tuple(shape) != expected:
        raise ValueError(f"{name} has shape {tuple(shape)}; the output has shape {expected}")


def _check_indices(indices, shape, beside):
    """Refuse indices that are not integers or do not have the shape of the array `beside`."""
    if native(indices).kind not in "iu":
        raise TypeError(f"indices has dtype {indices.dtype}; integers are needed")
    if tuple(indices.shape) != tuple(shape):
        raise ValueError(
            f"indices has shape {tuple(indices.shape)}; {beside} has shape {tuple(shape)}"
        )


def indices_in_range(arrays, limit):
    """Refuse indices, the second of `arrays`, that are below -1 or not below `limit`."""
    indices = arrays[1]
    if indices.size and (indices.min() < -1 or indices.max() >= limit):
        bad = indices[(indices < -1) | (indices >= limit)][0]
        raise ValueError(f"indices holds {bad}; allowed: -1 (skipped) and 0 to {limit - 1}")
