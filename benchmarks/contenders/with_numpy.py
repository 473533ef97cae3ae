"""Contenders of NumPy: np.convolve, and functions written with strided views and BLAS."""

from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fastconv.algorithms.kinds import is_filter, is_pooling
from fastconv.problem import FilterProblem

from .timing import Contender

NAME, MODULE = "numpy", "numpy"

#: largest size of the unfolded image
_MOST_BYTES = 1 << 30


def contenders(case, threads):
    """Yield the contenders of NumPy for the case."""
    p = case.problem
    if is_pooling(p):
        yield from _poolings(case)
    elif is_filter(p):
        yield from _signals(case)
    elif p.op == "conv" and p.kind == "fwd" and p.padding_mode == "zeros":
        yield from _im2col(case)


def _signals(case):
    """Yield np.convolve for a convolution of two 1-D arrays."""
    p = case.problem
    if not isinstance(p, FilterProblem):
        return
    plain = set(p.boundary) == {"zeros"} and {*p.stride, *p.dilation} == {1}
    if p.op != "convolve" or len(p.shape) != 1 or not plain or p.part:
        return
    if p.stencil.multiply_adds > 3e9:
        return
    a, b = case.arrays.values()
    mode = p.mode
    yield Contender("np.convolve", lambda: np.convolve(a, b, mode))


def _im2col(case):
    """Yield a convolution that unfolds the image by a strided view and a copy, then calls BLAS."""
    p = case.problem
    x, w = case.arrays["input"], case.arrays["weight"]
    depth = p.c // p.groups * prod(p.kernel)
    bytes_ = p.n * p.groups * depth * prod(p.output) * x.itemsize
    if bytes_ > _MOST_BYTES or p.bias == "position" or p.activation not in (None, "relu"):
        return
    matrix = w.reshape(p.groups, -1, depth)
    pads = ((0, 0), (0, 0), *p.padding)
    padded = any(map(any, p.padding))
    spatial = tuple(range(2, 2 + p.dims))
    extents = [d * (k - 1) + 1 for d, k in zip(p.dilation, p.kernel, strict=True)]
    step = (slice(None), slice(None), *(slice(None, None, s) for s in p.stride))
    step += tuple(slice(None, None, d) for d in p.dilation)
    order = (0, 1, *range(2 + p.dims, 2 + 2 * p.dims), *spatial)
    shape, pixels = (p.n, p.k, *p.output), prod(p.output)
    bias, add = case.arrays.get("bias"), case.arrays.get("add")

    def run():
        windows = sliding_window_view(np.pad(x, pads) if padded else x, extents, spatial)[step]
        columns = windows.transpose(order).reshape(p.n, p.groups, depth, pixels)
        y = np.matmul(matrix, columns).reshape(shape)
        if bias is not None:
            y += bias.reshape(-1, *(1,) * p.dims)
        if add is not None:
            y += add
        return np.maximum(y, 0, out=y) if p.activation else y

    yield Contender("numpy im2col", run)


def _poolings(case):
    """Yield unfold, or a pooling without padding, over a strided view of all windows."""
    p = case.problem
    if p.op == "unfold":
        yield _unfolded(case)
    if p.kind != "fwd" or p.op not in ("max_pool", "avg_pool") or p.indices or p.ceil_mode:
        return
    if any(map(any, p.padding)) or set(p.dilation) != {1} or p.divisor is not None:
        return
    x = case.arrays["input"]
    spatial = tuple(range(2, 2 + p.dims))
    step = (slice(None), slice(None), *(slice(None, None, s) for s in p.stride))
    over = tuple(range(-p.dims, 0))
    reduce = np.max if p.op == "max_pool" else np.mean
    yield Contender(
        "numpy windows",
        lambda: reduce(sliding_window_view(x, p.kernel, spatial)[step], axis=over),
    )


def _unfolded(case):
    """Return the contender of unfold: a copy of a strided view of all windows."""
    p, x = case.problem, case.arrays["input"]
    pads = ((0, 0), (0, 0), *p.padding)
    spatial = tuple(range(2, 2 + p.dims))
    extents = [d * (k - 1) + 1 for d, k in zip(p.dilation, p.kernel, strict=True)]
    step = (slice(None), slice(None), *(slice(None, None, s) for s in p.stride))
    step += tuple(slice(None, None, d) for d in p.dilation)
    order = (0, 1, *range(2 + p.dims, 2 + 2 * p.dims), *spatial)
    shape = (p.n, p.c * prod(p.kernel), prod(p.output))

    def run():
        windows = sliding_window_view(np.pad(x, pads), extents, spatial)[step]
        return windows.transpose(order).reshape(shape)

    return Contender("numpy windows", run)
