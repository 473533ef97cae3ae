"""Filters of images whose last axis is short, on the algorithms for images with long rows.

Algorithms work row by row. Where rows have two or three values, such as a colour image that is
filtered along all axes, the short axes are moved to the front, the image is filtered, and the
result is moved back. This takes two passes over the image.
"""

from math import prod

from ..loops.stride_phases import Lease
from ..loops.turned import turn
from ..problem.arrays import DTYPES
from ..problem.turned import OPS, short_axes, turned, turns
from .base import Algorithm

#: values that are moved per second
_RATE = 2e9
#: calls of Python functions
_CALLS = 4


class Turned(Algorithm):
    """One algorithm, for an image with its short axes in front.

    Parameters
    ----------
    base : Algorithm
        An algorithm for filters.
    """

    ops = OPS
    growth = None

    def __init__(self, base):
        self.base = base
        self.name = base.name
        self.families = base.families
        self.spreads_nan = base.spreads_nan

    def serves(self, problem):
        return turns(problem) and self.base.serves(problem)

    def supports(self, problem):
        return self.base.supports(turned(problem))

    def hesitates(self, problem):
        return self.base.hesitates(turned(problem))

    def floor(self, problem, machine, threads):
        return self.base.floor(turned(problem), machine, threads)

    def cost(self, problem, machine, threads):
        moved = 2 * prod(problem.shape) / _RATE / threads
        seconds = self.base.cost(turned(problem), machine, threads)
        return seconds + moved + _CALLS * machine.python_call

    def error_bound(self, problem):
        return self.base.error_bound(turned(problem))

    def workspace(self, problem, threads):
        return self.base.workspace(turned(problem), threads) + _buffers(problem)

    def preparation(self, problem, machine, threads):
        return self.base.preparation(turned(problem), machine, threads)

    def prepare(self, problem, weight):
        return self.base.prepare(turned(problem), _turned_weight(problem, weight))

    def bind(self, problem):
        own = turned(problem)
        inner = self.base.bind(own)
        columns = prod(problem.shape[-short_axes(problem) :])
        shape, result = own.shape, own.shape
        if problem.family == "convolution":
            shape, result = own.stencil.image_shape, own.stencil.feature_shape
        buffers = _buffers(problem)

        def run(arrays, prepared, out, threads):
            x, *others = arrays
            if len(others) > 1 and others[0] is not None:
                others[0] = _turned_weight(problem, others[0])
            lease = Lease(buffers)
            image, made = lease.array(shape, x.dtype), lease.array(result, out.dtype)
            turn(x, image, columns, False, threads)
            inner((image, *others), prepared, made, threads)
            turn(made, out, columns, True, threads)

        return run


def _turned_weight(problem, weight):
    """Return the weight of a `FilterProblem` as an operand of the problem with moved axes."""
    short, ndim = short_axes(problem), len(problem.shape)
    order = [*range(ndim - short, ndim), *range(ndim - short)]
    values = weight.reshape(problem.weights).transpose(order).copy()
    if problem.family == "integer":
        return values
    return values.reshape(turned(problem).stencil.weight_shape)


def _buffers(problem):
    """Return the bytes of the moved image and of the moved result."""
    sizes = [DTYPES[name].itemsize for name in (problem.compute, problem.dtypes[2])]
    return prod(problem.shape) * (sizes[0] + max(sizes)) + 2 * 64
