"""Requests of filters: how the caller's arrays become operands, and results the caller's arrays."""

from functools import partial

import numpy as np

from .arrays import DTYPES
from .request import Request


def filter_request(problem, dtype, fill):
    """Return the request of a filter.

    Parameters
    ----------
    problem : FilterProblem
    dtype : dtype
        dtype of the result.
    fill : scalar
        The value past the edges, for the boundary ``constant``.
    """
    compute = DTYPES[problem.compute]
    shape = problem.output
    if len(problem.axes) < len(problem.shape):
        shape = [0] * len(problem.shape)
        rest = [a for a in range(len(shape)) if a not in problem.axes]
        for a, size in zip((*rest, *problem.axes), (*problem.batch, *problem.output), strict=True):
            shape[a] = size
    return Request(
        problem, (compute, compute), tuple(shape), dtype, problem.stencil.feature_shape, compute,
        weight=None if problem.swapped else 1,
        arrange=_arrangement(problem, fill),
        restore=None if in_order(problem) else partial(_restore, problem),
    )  # fmt: skip


def in_order(problem):
    """Return whether the result lies in memory as the algorithm writes it."""
    axes, ndim = problem.axes, len(problem.shape)
    last = axes == tuple(range(ndim - len(axes), ndim))
    return last or problem.memory_layout is not None


def is_filter_request(request):
    """Return whether a request is as `filter_request` returns it, along some of the axes."""
    arranged = type(request.arrange) is partial and request.arrange.func is _arrange
    return arranged and request.restore is request.asks_scipy is None and not request.warns


def filter_again(request, problem):
    """Return the request of a problem that differs from that of `request` in sizes only."""
    return filter_request(problem, request.out_dtype, request.arrange.args[1])


def _arrangement(problem, fill):
    """Return the function `arrange` of a problem, a faster one if every axis is filtered."""
    if problem.batch or problem.swapped:
        return partial(_arrange, problem, fill)
    kept = len(problem.stencil.axes) == len(problem.shape)
    weights = None if kept else problem.stencil.weight_shape
    return OneImage("correlate" in problem.op, len(problem.shape), fill, weights)


class OneImage:
    """The function `arrange` of a filter along all axes of one image.

    It adds a batch axis and a channel axis to both arrays, and reverses the kernel of a
    convolution, because algorithms correlate.

    Parameters
    ----------
    correlates : bool
        Whether the filter is a correlation.
    ndim : int
        Number of axes.
    fill : scalar
        The value past the edges.
    weights : tuple of int or None
        Shape of the kernel as an operand, if axes of the problem are merged or left out.
    """

    def __init__(self, correlates, ndim, fill, weights=None):
        self.correlates, self.fill, self.weights = correlates, fill, weights
        self._reverse = (None, None, *(slice(None, None, -1),) * ndim)

    def __call__(self, arrays):
        image, kernel = arrays
        if image is not None:
            image = image[None, None]
        if kernel is not None:
            kernel = kernel.conj()[None, None] if self.correlates else kernel[self._reverse].copy()
            if self.weights is not None:
                kernel = kernel.reshape(self.weights)
        return image, kernel, None, None, self.fill


def _arrange(problem, fill, arrays):
    """Return the operands of an algorithm for any filter.

    The axes that are not filtered come first, then the filtered axes. The kernel of a convolution
    is reversed, because algorithms correlate.

    Parameters
    ----------
    problem : FilterProblem
    fill : scalar
        The value past the edges.
    arrays : tuple of array or None
        in1 and in2.
    """
    in1, in2 = arrays
    rest = [a for a in range(len(problem.shape)) if a not in problem.axes]
    if in2 is not None and in2.ndim != len(problem.weights):
        # weights of ndimage have only the filtered axes
        in2 = in2.reshape(problem.weights)
    if "correlate" in problem.op and in2 is not None:
        in2 = np.flip(in2.conj(), problem.axes)
    image, kernel = (in2, in1) if problem.swapped else (in1, in2)
    stencil = problem.stencil
    if image is not None and problem.memory_layout is not None:
        image = _in_order(image).reshape(stencil.image_shape)
    elif image is not None:
        image = image.transpose(*rest, *problem.axes)
        if problem.one_kernel or not problem.one_image:
            image = np.broadcast_to(image, (*problem.batch, *image.shape[len(rest) :]))
        image = _in_order(image).reshape(stencil.image_shape)
    if kernel is not None:
        kernel = np.flip(kernel, problem.axes)
        if problem.memory_layout is not None:
            kernel = _in_order(kernel).reshape(stencil.weight_shape)
            return image, kernel, None, None, fill
        kernel = kernel.transpose(*rest, *problem.axes)
        lead = (1,) * len(rest) if problem.one_kernel else problem.batch
        kernel = np.broadcast_to(kernel, (*lead, *kernel.shape[len(rest) :]))
        kernel = _in_order(kernel).reshape(stencil.weight_shape)
    return image, kernel, None, None, fill


def _in_order(array):
    """Return a C-contiguous array: the array itself, or a copy of it. It may be on a device."""
    return array if array.flags.c_contiguous else array.copy()


def _restore(problem, feature):
    """Return a result with the filtered axes at their positions in the caller's arrays."""
    ndim = len(problem.shape)
    rest = [a for a in range(ndim) if a not in problem.axes]
    full = feature.reshape(*problem.batch, *problem.output)
    return full.transpose(*np.argsort([*rest, *problem.axes]).tolist())
