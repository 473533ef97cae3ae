"""Contenders of OpenCV: filters of one image, with and without `dst`."""

import numpy as np

from fastconv import kernels
from fastconv.algorithms.kinds import is_filter, is_pooling
from fastconv.problem import ExtremumProblem, FilterProblem, SeparableProblem
from fastconv.problem.arrays import DTYPES

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


def _both(name, function, like):
    """Yield a contender without `dst` and one with it.

    Parameters
    ----------
    name : str
    function : callable
        ``function(dst)`` computes the result, into `dst` if it is not None.
    like : ndarray
        An array with the shape and dtype of the result.
    """
    dst = np.empty_like(like)
    yield Contender(name, lambda: function(None))
    yield Contender(name, lambda: function(dst), preallocated=True)


# ---------------------------------------------------------------------------------------- filters


def _filters(case):
    """Yield the contenders of a filter of an image."""
    p = case.problem
    if isinstance(p, ExtremumProblem):
        yield from _extremum(case)
    elif isinstance(p, SeparableProblem):
        yield from _of_vectors(case)
    elif isinstance(p, FilterProblem):
        yield from _of_array(case)


def _border(p, axes, boundary, origin):
    """Return OpenCV's border of a filter, or None if OpenCV does not have the filter.

    OpenCV filters images of one to four channels along their first two axes.

    Parameters
    ----------
    p : FilterProblem, SeparableProblem or ExtremumProblem
    axes : sequence of int
        The filtered axes.
    boundary : sequence of str
        Names in `geometry.BOUNDARIES`, one for each filtered axis.
    origin : sequence of int
        Shifts of the window.
    """
    import cv2

    borders = {
        "zeros": cv2.BORDER_CONSTANT, "reflect": cv2.BORDER_REFLECT_101,
        "symmetric": cv2.BORDER_REFLECT, "replicate": cv2.BORDER_REPLICATE,
    }  # fmt: skip
    planar = len(p.shape) == 2 or len(p.shape) == 3 and p.shape[2] <= 4
    if not planar or set(axes) != {0, 1} or len(set(boundary)) > 1 or any(origin):
        return None
    return borders.get(boundary[0])


def _depth(p):
    """Return OpenCV's name of the result's dtype, and an array like the result."""
    import cv2

    depths = {"i16": cv2.CV_16S, "f32": cv2.CV_32F, "f64": cv2.CV_64F}
    depth = -1 if p.dtypes[2] == p.dtypes[0] else depths[p.dtypes[2]]
    return depth, np.empty(p.shape, DTYPES[p.dtypes[2]])


def _of_array(case):
    """Yield the contenders of a filter whose kernel is an array."""
    import cv2

    p = case.problem
    if p.op == "ndimage.correlate1d":
        yield from _along_one_axis(case)
        return
    border = _border(p, p.axes, p.boundary, p.origin)
    same = p.mode == "same" and {*p.stride, *p.dilation} == {1}
    if border is None or not same or p.op == "ndimage.convolve" or p.swapped:
        return
    x, w = case.arrays.values()
    w = w.reshape(p.weights[:2])
    if p.op == "convolve":
        w = np.ascontiguousarray(w[::-1, ::-1])
    depth, like = _depth(p)
    yield from _both(
        "filter2D", lambda dst: cv2.filter2D(x, depth, w, dst, borderType=border), like
    )
    if p.traits == "r1":
        column, row = kernels.separate(w)[0]
        column, row = column.astype(w.dtype), row.astype(w.dtype)
        yield from _both(
            "sepFilter2D",
            lambda dst: cv2.sepFilter2D(x, -1, row, column, dst, borderType=border), like,
        )  # fmt: skip


def _along_one_axis(case):
    """Yield the contenders of a filter along one axis: the vector of the other axis is 1."""
    import cv2

    p = case.problem
    border = _border(p, (0, 1), p.boundary, p.origin)
    if border is None or p.axes[0] > 1:
        return
    x, w = case.arrays.values()
    depth, like = _depth(p)
    one = np.ones(1, w.dtype)
    row, column = (w, one) if p.axes[0] == 1 else (one, w)
    yield from _both(
        "sepFilter2D",
        lambda dst: cv2.sepFilter2D(x, depth, row, column, dst, borderType=border), like,
    )  # fmt: skip


def _of_vectors(case):
    """Yield the contenders of a filter that is given as 1-D kernels."""
    import cv2

    p = case.problem
    passes = [q for term in p.terms for q in term]
    axes, boundary = [q.axis for q in passes], [q.boundary for q in passes]
    border = _border(p, axes, boundary, [q.origin for q in passes])
    if border is None:
        return
    x = case.arrays["input"]
    depth, like = _depth(p)
    if p.op == "ndimage.laplace":
        yield from _both(
            "Laplacian", lambda dst: cv2.Laplacian(x, depth, dst, 1, 1, 0, border), like
        )
    if len(p.terms) > 1:
        return
    rows, columns = (next(q.kernel for q in passes if q.axis == a) for a in (0, 1))
    size = columns.size, rows.size
    if p.is_box:
        yield from _both(
            "boxFilter", lambda dst: cv2.boxFilter(x, depth, size, dst, borderType=border), like
        )
        return
    if p.op == "ndimage.sobel":
        step = (1, 0) if axes[0] == 1 else (0, 1)
        yield from _both(
            "Sobel", lambda dst: cv2.Sobel(x, depth, *step, dst, 3, 1, 0, border), like
        )
    elif rows.kind == columns.kind == "gaussian" and rows.order == columns.order == 0:
        sigma = columns.sigma, rows.sigma
        yield from _both(
            "GaussianBlur",
            lambda dst: cv2.GaussianBlur(x, size, sigma[0], dst, sigma[1], borderType=border), like,
        )  # fmt: skip
    dtype = np.float64 if x.dtype == np.float64 else np.float32
    row, column = columns.weights.astype(dtype), rows.weights.astype(dtype)
    yield from _both(
        "sepFilter2D",
        lambda dst: cv2.sepFilter2D(x, depth, row, column, dst, borderType=border), like,
    )  # fmt: skip


def _extremum(case):
    """Yield the contenders of a maximum or minimum filter.

    OpenCV ignores positions past the edges. So may windows that hold the reflected elements anyway.
    """
    import cv2

    p = case.problem
    border = _border(p, p.axes, p.boundary, p.origin)
    if border is None or p.bordered_axes or p.dtypes[2] != p.dtypes[0]:
        return
    x, window = case.arrays["input"], np.ones(p.size, np.uint8)
    function = cv2.erode if "minimum" in p.op else cv2.dilate
    yield from _both(function.__name__, lambda dst: function(x, window, dst), x)


# -------------------------------------------------------------------------------------- poolings


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
