"""Validate the arguments of poolings and their gradients, and return a `Request`.

In this module, `o` is the dict of a function's options by name, and `dims` the number of spatial
axes.
"""

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
    padding_pairs,
)
from .arrays import DTYPES, inexact, native, real_only, result_dtype
from .convolution import conv_output
from .limits import POSITIONS
from .pool_arguments import (
    check_indices,
    forward_request,
    indices_in_range,
    match_output,
    names_of,
    pool_result,
    window_dims,
    window_problem,
)
from .pooling import PoolProblem
from .request import Request
from .validate_convolution import PADDING_NAMES, _batched, _output_size, _size


def pool(op, dims, arrays, o):
    """Return the request of max, average or Lp pooling."""
    (x,) = arrays
    shape, batched = _batched("input", x.shape, dims)
    dtype = pool_result(op, x)
    problem = window_problem(op, "fwd", dims, shape, x, dtype, o)
    return forward_request(problem, x, batched, dtype)


def adaptive(op, dims, arrays, o):
    """Return the request of adaptive average or max pooling."""
    (x,) = arrays
    shape, batched = _batched("input", x.shape, dims)
    output = _adaptive_output(o["output_size"], shape[2:])
    dtype = pool_result(op, x)
    indices = boolean("return_indices", o.get("return_indices", False))
    problem = PoolProblem(
        op, "fwd", names_of(x, x, dtype), shape[0], shape[1], shape[2:], (), output, indices=indices
    )
    return forward_request(problem, x, batched, dtype)


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
    check_indices(indices, x.shape, "input")
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
    problem = PoolProblem(op, "fwd", names_of(x, x, dtype), *shape[:2], shape[2:], (), output)
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
    problem = window_problem(
        op, kind, dims, shape, x, dtype, options, second=w, names=PADDING_NAMES, free=True
    )
    full = shape if gradient else (*shape[:2], *problem.output)
    if gradient:
        match_output("grad_output", x.shape, shape[:2], problem.output, batched)
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
        op, "input" if gradient else "fwd", names_of(arrays[0], x, dtype), prod(shape[:axis]),
        shape[axis], (prod(shape[axis + 1 :]),), (), (prod(shape[axis + 1 :]),), groups=groups,
    )  # fmt: skip
    compute = DTYPES[problem.compute]
    out_shape = shape if gradient else reduced
    return Request(problem, (compute,) * len(arrays), out_shape, dtype, out_shape, compute)


def unfold(op, dims, arrays, o):
    """Return the request of unfold."""
    (x,) = arrays
    dims = window_dims(o["kernel_size"])
    shape, batched = _batched("input", x.shape, dims)
    dtype = native(x)
    problem = window_problem(op, "fwd", dims, shape, x, dtype, o, names=PADDING_NAMES, free=True)
    full = (shape[0], shape[1] * prod(problem.kernel), prod(problem.output))
    compute = DTYPES[problem.compute]
    return Request(problem, (compute,), full if batched else full[1:], dtype, full, compute)


def fold(op, dims, arrays, o):
    """Return the request of fold."""
    (x,) = arrays
    dims = window_dims(o["kernel_size"])
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
        op, "fwd", names_of(x, x, dtype), n, rows // prod(kernel), grid, kernel, output, stride,
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
        check_indices(indices, tuple(o["input_size"]), "input_size")
        limit = prod(given[2:])
    else:
        check_indices(indices, g.shape, "grad_output")
        limit = prod(shape[2:])
    dtype = result_dtype(g)
    problem = PoolProblem(op, "input", names_of(g, g, dtype), *shape[:2], shape[2:], (), given[2:])
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
            op, "input", names_of(g, g, dtype), *shape[:2], shape[2:], (), given[2:]
        )
    else:
        problem = window_problem(op, "input", dims, shape, g, dtype, o)
    match_output("grad_output", g.shape, shape[:2], problem.output, batched)
    compute = DTYPES[problem.compute]
    return Request(problem, (compute,), shape if batched else shape[1:], dtype, shape, compute)


def lp_gradient(op, dims, arrays, o):
    """Return the request of the gradient of Lp pooling."""
    g, x = arrays
    shape, batched = _batched("input", x.shape, dims)
    real_only("input", x, "Lp pooling")
    real_only("grad_output", g, "Lp pooling")
    dtype = inexact(np.result_type(native(g), native(x)))
    problem = window_problem(op, "input", dims, shape, g, dtype, o, second=x)
    match_output("grad_output", g.shape, shape[:2], problem.output, batched)
    compute = DTYPES[problem.compute]
    return Request(problem, (compute, compute), tuple(x.shape), dtype, shape, compute)
