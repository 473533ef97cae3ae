"""What poolings and their gradients have in common: windows, norms, indices, dtypes of results.

In this module, `o` is the dict of a function's options by name, and `dims` the number of spatial
axes.
"""

import math
import numbers
from math import prod

import numpy as np

from ..errors import shown
from .arguments import boolean, extents, fits, integers, is_sequence, padding
from .arrays import DTYPES, inexact, native, real_only, short
from .limits import POSITIONS, checked_size, checked_span, total_memory
from .pooling import PoolProblem
from .request import Request

POOL_PADDING_NAMES = ("valid", "same", "same_lower")
#: most bytes of a value
_WIDEST = 16


def pool_result(op, x):
    """Return the dtype of the result of a pooling."""
    dtype = native(x)
    averages = op in ("avg_pool", "adaptive_avg_pool")
    if dtype.kind == "c" and not averages:
        real_only("input", x, "max and Lp pooling")
    return inexact(dtype) if averages or op == "lp_pool" else dtype


def names_of(a, b, dtype):
    """Return the short names of two arrays' dtypes and of the result's dtype."""
    first = native(a)
    name = short(first)
    return name, name if b is a else short(native(b)), name if dtype is first else short(dtype)


def forward_request(problem, x, batched, dtype):
    """Return the request of a pooling of one array."""
    full = (problem.n, problem.c, *problem.output)
    compute = DTYPES[problem.compute]
    return Request(
        problem, (compute,), full if batched else full[1:], dtype, full, compute,
        indices=problem.indices,
    )  # fmt: skip


def window_problem(op, kind, dims, shape, x, dtype, o, *, second=None, names=None, free=False):
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
        op, kind, names_of(x, x if second is None else second, dtype), shape[0], shape[1], sizes,
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


def window_dims(kernel_size):
    """Return the number of spatial axes of unfold and fold.

    It is the length of `kernel_size`, or 2 if that is an int.
    """
    if not is_sequence(kernel_size):
        return 2
    if not 1 <= len(kernel_size) <= 3:
        raise ValueError(f"kernel_size is {shown(kernel_size)}; 1 to 3 dimensions are allowed")
    return len(kernel_size)


def match_output(name, shape, head, output, batched):
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


def check_indices(indices, shape, beside):
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
