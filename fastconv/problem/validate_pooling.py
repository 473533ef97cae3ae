"""From the arguments of a pooling or one of its gradients to a `Request`."""

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
from .limits import checked_size, checked_span
from .pooling import PoolProblem
from .request import Request
from .validate_convolution import PADDING_NAMES, _batched, _output_size, _size

POOL_PADDING_NAMES = ("valid", "same", "same_lower")


def pool(op, dims, arrays, o):
    """Request of max, average or Lp pooling."""
    (x,) = arrays
    shape, batched = _batched("input", x.shape, dims)
    dtype = _result(op, x)
    problem = _window_problem(op, "fwd", dims, shape, x, dtype, o)
    return _forward(problem, x, batched, dtype)


def adaptive(op, dims, arrays, o):
    """Request of adaptive pooling."""
    (x,) = arrays
    shape, batched = _batched("input", x.shape, dims)
    output = _adaptive_output(o["output_size"], shape[2:])
    dtype = _result(op, x)
    indices = boolean("return_indices", o.get("return_indices", False))
    problem = PoolProblem(
        op, "fwd", _names(x, x, dtype), *shape[:2], shape[2:], (), output, indices=indices
    )
    return _forward(problem, x, batched, dtype)


def _adaptive_output(size, sizes):
    """One size of the output for all axes or one for each; None is the input's."""
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
    """Request of max unpooling."""
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
    engine = DTYPES[problem.compute]
    full = (*shape[:2], *output)
    return Request(
        problem, (engine, np.dtype(np.int64)), full if batched else full[1:], dtype, full, engine,
        check=partial(indices_in_range, limit=prod(output)),
    )  # fmt: skip


def weighted(op, dims, arrays, o):
    """Request of weighted pooling, forward or gradient."""
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
    engine = DTYPES[problem.compute]
    return Request(problem, (engine, engine), full if batched else full[1:], dtype, full, engine)


def maxout(op, dims, arrays, o):
    """Request of maxout, forward or gradient."""
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
    engine = DTYPES[problem.compute]
    out_shape = shape if gradient else reduced
    return Request(problem, (engine,) * len(arrays), out_shape, dtype, out_shape, engine)


def unfold(op, dims, arrays, o):
    """Request of unfold."""
    (x,) = arrays
    dims = _dims(o["kernel_size"])
    shape, batched = _batched("input", x.shape, dims)
    dtype = native(x)
    problem = _window_problem(op, "fwd", dims, shape, x, dtype, o, names=PADDING_NAMES, free=True)
    full = (shape[0], shape[1] * prod(problem.kernel), prod(problem.output))
    engine = DTYPES[problem.compute]
    return Request(problem, (engine,), full if batched else full[1:], dtype, full, engine)


def fold(op, dims, arrays, o):
    """Request of fold."""
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
    engine = DTYPES[problem.compute]
    return Request(problem, (engine,), full if batched else full[1:], dtype, full, engine)


# ------------------------------------------------------------------------------------- gradients


def by_indices(op, dims, arrays, o):
    """Request of a gradient that follows indices: max pooling, adaptive or not, and unpooling."""
    g, indices = arrays
    shape, batched = _size("input_size", o["input_size"], dims)
    real_only("grad_output", g, "max pooling") if op != "max_unpool" else None
    given, _ = _batched("grad_output", g.shape, dims)
    if given[:2] != shape[:2] or (len(g.shape) == dims + 2) != batched:
        raise ValueError(
            f"grad_output has shape {tuple(g.shape)}; batch and channels must be those of "
            f"input_size {tuple(o['input_size'])}"
        )
    # pooling's indices lie beside its output, unpooling's beside its input
    if op == "max_unpool":
        _check_indices(indices, tuple(o["input_size"]), "input_size")
        limit = prod(given[2:])
    else:
        _check_indices(indices, g.shape, "grad_output")
        limit = prod(shape[2:])
    dtype = result_dtype(g)
    problem = PoolProblem(op, "input", _names(g, g, dtype), *shape[:2], shape[2:], (), given[2:])
    engine = DTYPES[problem.compute]
    return Request(
        problem, (engine, np.dtype(np.int64)), shape if batched else shape[1:], dtype, shape,
        engine, check=partial(indices_in_range, limit=limit),
    )  # fmt: skip


def average_gradient(op, dims, arrays, o):
    """Request of the gradient of average or adaptive average pooling."""
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
    engine = DTYPES[problem.compute]
    return Request(problem, (engine,), shape if batched else shape[1:], dtype, shape, engine)


def lp_gradient(op, dims, arrays, o):
    """Request of the gradient of Lp pooling."""
    g, x = arrays
    shape, batched = _batched("input", x.shape, dims)
    real_only("input", x, "Lp pooling")
    real_only("grad_output", g, "Lp pooling")
    dtype = inexact(np.result_type(native(g), native(x)))
    problem = _window_problem(op, "input", dims, shape, g, dtype, o, second=x)
    _match_output("grad_output", g.shape, shape[:2], problem.output, batched)
    engine = DTYPES[problem.compute]
    return Request(problem, (engine, engine), tuple(x.shape), dtype, shape, engine)


# --------------------------------------------------------------------------------------- helpers


def _result(op, x):
    if op in ("max_pool", "adaptive_max_pool", "lp_pool"):
        real_only("input", x, "max and Lp pooling")
    return native(x) if op in ("max_pool", "adaptive_max_pool") else inexact(native(x))


def _names(a, b, dtype):
    return short(native(a)), short(native(b)), short(dtype)


def _forward(problem, x, batched, dtype):
    full = (problem.n, problem.c, *problem.output)
    engine = DTYPES[problem.compute]
    return Request(
        problem, (engine,), full if batched else full[1:], dtype, full, engine,
        indices=problem.indices,
    )  # fmt: skip


def _window_problem(op, kind, dims, shape, x, dtype, o, *, second=None, names=None, free=False):
    """Validate windows. `free`: padding in all of a convolution's forms, without a limit."""
    kernel = integers("kernel_size", o["kernel_size"], dims, 1)
    stride = kernel if o["stride"] is None else integers("stride", o["stride"], dims, 1)
    dilation = integers("dilation", o.get("dilation", 1), dims, 1)
    spans = extents(kernel, dilation)
    limits = None if free else tuple((e // 2, e - 1) for e in spans)
    pads = padding(
        o["padding"], shape[2:], spans, stride, names=names or POOL_PADDING_NAMES, limits=limits
    )
    checked_size(kernel, native(x), "a window", lambda: f"kernel_size is {shown(o['kernel_size'])}")
    checked_span("input_size" if "input_size" in o else "input", o["padding"], shape[2:], pads)
    ceil_mode = boolean("ceil_mode", o.get("ceil_mode", False))
    output = tuple(
        _pool_output(*column, ceil_mode)
        for column in zip(shape[2:], spans, stride, pads, strict=True)
    )
    if not ceil_mode or min(output) < 1:  # else the only window may hang over the end
        fits("weights" if op == "weighted_pool" else "kernel_size", shape[2:], pads, spans)
    return PoolProblem(
        op, kind, _names(x, x if second is None else second, dtype), *shape[:2], shape[2:],
        kernel, output, stride, pads, dilation, ceil_mode,
        boolean("count_include_pad", o.get("count_include_pad", True)),
        _divisor(o.get("divisor_override")), _norm(o),
        boolean("return_indices", o.get("return_indices", False)),
    )  # fmt: skip


def _pool_output(n, extent, stride, pad, ceil_mode):
    free = n + sum(pad) - extent
    if not ceil_mode:
        return free // stride + 1
    outputs = -(-free // stride) + 1
    # the last window must start inside the input or its left padding
    return outputs - 1 if (outputs - 1) * stride >= n + pad[0] else outputs


def _divisor(value):
    if value is None:
        return None
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"divisor_override must be a number or None, got {shown(value)}")
    if not math.isfinite(value) or value == 0:
        raise ValueError(f"divisor_override is {value}; a finite number other than 0 is needed")
    return float(value)


def _norm(o):
    if "norm_type" not in o:
        return None
    value = o["norm_type"]
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(f"norm_type must be a number, got {shown(value)}")
    if not value > 0:
        raise ValueError(f"norm_type is {shown(value)}; it must be greater than 0")
    return float(value)


def _dims(kernel_size):
    """Dimensions of unfold and fold: a tuple's length, 2 for an int."""
    if not is_sequence(kernel_size):
        return 2
    if not 1 <= len(kernel_size) <= 3:
        raise ValueError(f"kernel_size is {shown(kernel_size)}; 1 to 3 dimensions are allowed")
    return len(kernel_size)


def _match_output(name, shape, head, output, batched):
    expected = (*head, *output) if batched else (*head[1:], *output)
    if tuple(shape) != expected:
        raise ValueError(f"{name} has shape {tuple(shape)}; the output has shape {expected}")


def _check_indices(indices, shape, beside):
    if native(indices).kind not in "iu":
        raise TypeError(f"indices has dtype {indices.dtype}; integers are needed")
    if tuple(indices.shape) != tuple(shape):
        raise ValueError(
            f"indices has shape {tuple(indices.shape)}; {beside} has shape {tuple(shape)}"
        )


def indices_in_range(arrays, limit):
    """Refuse indices, the second array, below -1 or from `limit` on."""
    indices = arrays[1]
    if indices.size and (indices.min() < -1 or indices.max() >= limit):
        bad = indices[(indices < -1) | (indices >= limit)][0]
        raise ValueError(f"indices holds {bad}; allowed: -1 (skipped) and 0 to {limit - 1}")
