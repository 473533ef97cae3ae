"""Contenders of OpenCV: filters of one image, with and without `dst`."""

import numpy as np

from fastconv import kernels
from fastconv.algorithms.base import is_filter, is_pooling

from .cases import WINDOWS
from .timing import Contender

NAME, MODULE = "opencv-python-headless", "cv2"


def contenders(case, threads):
    """Yield every function of OpenCV that computes the case."""
    p = case.problem
    if is_filter(p):
        yield from _filters(case)
    elif is_pooling(p):
        yield from _poolings(case)
    elif case.name == "conv2d":
        yield from _convolution(case)


def _both(name, function, x):
    """Yield a contender without `dst` and one with it.

    Parameters
    ----------
    name : str
    function : callable
        ``function(dst)`` computes the result, into `dst` if it is not None.
    x : ndarray
        An array with the shape and dtype of the result.
    """
    dst = np.empty_like(x)
    yield Contender(name, lambda: function(None))
    yield Contender(name, lambda: function(dst), preallocated=True)


def _filters(case):
    """Yield the contenders of a filter of an image."""
    import cv2

    p = case.problem
    borders = {
        "zeros": cv2.BORDER_CONSTANT, "reflect": cv2.BORDER_REFLECT_101,
        "symmetric": cv2.BORDER_REFLECT, "replicate": cv2.BORDER_REPLICATE,
    }  # fmt: skip
    if (
        not _planar(p)
        or p.mode != "same"
        or len(set(p.boundary)) > 1
        or p.boundary[0] not in borders
        or any(p.origin)
        or {*p.stride, *p.dilation} != {1}
        or p.op == "ndimage.convolve"
        or p.swapped
    ):
        return
    border = borders[p.boundary[0]]
    x, w = case.arrays.values()
    w = w.reshape(p.weights[:2])
    size = w.shape[::-1]
    if p.op == "convolve":
        w = np.ascontiguousarray(w[::-1, ::-1])
    if case.kind in WINDOWS:
        function, window = (cv2.dilate, cv2.erode)[case.kind == "minimum"], np.ones(w.shape, "u1")
        # OpenCV ignores positions past the edges. So may any window of odd size with reflections,
        # because it holds the reflected elements anyway.
        yield from _both(function.__name__, lambda dst: function(x, window, dst), x)
        return
    depth = cv2.CV_16S if case.kind == "integer" else -1
    like = np.empty(x.shape, np.int16 if case.kind == "integer" else x.dtype)
    yield from _both(
        "filter2D", lambda dst: cv2.filter2D(x, depth, w, dst, borderType=border), like
    )
    if case.kind in ("gaussian", "sepfilter2d") or p.traits == "r1":
        column, row = kernels.separate(w)[0]
        column, row = column.astype(w.dtype), row.astype(w.dtype)
        yield from _both(
            "sepFilter2D",
            lambda dst: cv2.sepFilter2D(x, -1, row, column, dst, borderType=border), x,
        )  # fmt: skip
    if case.kind == "gaussian":
        sigma = case.sigma
        yield from _both(
            "GaussianBlur",
            lambda dst: cv2.GaussianBlur(x, size, sigma, dst, sigma, borderType=border), x,
        )  # fmt: skip
    if case.kind == "box":
        yield from _both(
            "boxFilter", lambda dst: cv2.boxFilter(x, -1, size, dst, borderType=border), x
        )


def _planar(p):
    """Return whether the array is one image, with one to four channels in its last axis."""
    if len(p.shape) == 3:
        return p.axes == (0, 1) and p.shape[2] <= 4
    return len(p.shape) == 2


def _poolings(case):
    """Yield the contenders of a pooling that is a filter of one image."""
    import cv2

    p = case.problem
    centred = all(b == a == k // 2 and k % 2 for k, (a, b) in zip(p.kernel, p.padding, strict=True))
    one_plane = p.dims == 2 and p.n == p.c == 1 and p.kind == "fwd" and p.kernel and centred
    if p.op not in ("max_pool", "avg_pool") or not one_plane or p.indices:
        return
    if {*p.stride, *p.dilation} != {1}:
        return
    x = case.arrays["input"].reshape(p.input)
    shape = (1, 1, *p.input)
    constant = cv2.BORDER_CONSTANT
    if p.op == "max_pool":
        window = np.ones(p.kernel, np.uint8)
        pairs = _both("dilate", lambda dst: cv2.dilate(x, window, dst, borderType=constant), x)
    elif p.op == "avg_pool" and p.count_include_pad and p.divisor is None:
        size = p.kernel[::-1]
        pairs = _both(
            "boxFilter", lambda dst: cv2.boxFilter(x, -1, size, dst, borderType=constant), x
        )
    else:
        return
    for contender in pairs:
        contender.array = lambda result: result.reshape(shape)
        yield contender


def _convolution(case):
    """Yield the contender of a convolution of one channel: the interior of a filtered image."""
    import cv2

    p = case.problem
    alone = p.n == p.c == p.k == 1 and {*p.stride, *p.dilation} == {1} and p.kind == "fwd"
    if not alone or p.bias or p.activation or p.add or any(map(any, p.padding)):
        return
    x = case.arrays["input"].reshape(p.input)
    w = case.arrays["weight"].reshape(p.kernel)
    inside = tuple(
        slice(k // 2, k // 2 + n) for k, n in zip(p.kernel, p.output, strict=True)
    )  # fmt: skip
    yield Contender(
        "filter2D", lambda: cv2.filter2D(x, -1, w)[inside],
        array=lambda result: result.reshape(1, 1, *p.output),
    )  # fmt: skip
