"""Searches for a template on the algorithms for convolution, and on the sums of `box`.

    r = correlation / sqrt((squares - sums**2 / count) * ssd)

`correlation` is that of the image with the template less its mean, `sums` and `squares` are sums
over windows of the image and of its squares, `count` is the number of taps, and `ssd` the sum of
the squares of the template less its mean. The sums are those of `box`, in float64: they subtract
nothing that has left the window, so that a large value leaves no rounding error behind.

A window is constant if the variance is no larger than its rounding error. The result is then 0.
"""

from math import prod

import numpy as np

from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from ..problem.filter_requests import filter_request
from .base import Algorithm, Latest
from .box import Box

#: rounding errors of a variance, in units of the sum of squares
_ROUNDINGS = 16
#: passes over the sums and the result, besides those of the sums themselves
_PASSES = 4
#: bytes between arrays of a lease, at most
_APART = 128
#: elements that are normalized while they are in cache
_TOGETHER = 1 << 14
_BOX = Box()


class Matching(Algorithm):
    """One algorithm for the correlation.

    Parameters
    ----------
    base : Algorithm
    """

    families = ("matching",)

    def __init__(self, base):
        self.base = base
        self.name = base.name
        self.spreads_nan = base.spreads_nan

    def supports(self, problem):
        return self.base.supports(problem.correlation)

    def hesitates(self, problem):
        return self.base.hesitates(problem.correlation)

    def cost(self, problem, machine, threads):
        sums = 2 * _BOX.cost(problem.window_sums, machine, threads)
        memory = _PASSES * 8 * prod(problem.shape) / machine.memory_rate
        return self.base.cost(problem.correlation, machine, threads) + sums + memory

    def error_bound(self, problem):
        return self.base.error_bound(problem.correlation) + _BOX.error_bound(problem.window_sums)

    def workspace(self, problem, threads):
        sums = _BOX.workspace(problem.window_sums, threads) + 8 * 4 * prod(problem.shape)
        return self.base.workspace(problem.correlation, threads) + sums

    def bind(self, problem):
        correlate = self.base.bind(problem.correlation)
        sums, dtype = _sums(problem), DTYPES[problem.compute]
        request = filter_request(problem.correlation, dtype, 0)
        count, least = prod(problem.weights), np.finfo(dtype).eps

        def run(arrays, prepared, out, threads):
            image, template, ssd = arrays
            lease = Lease(_lease_bytes(problem))  # new memory costs more than filling it
            spare = lease.array(image.shape, np.float64)
            narrow = image
            if dtype != image.dtype:
                narrow = spare.reshape(-1).view(dtype)[: image.size].reshape(image.shape)
                np.copyto(narrow, image)
            operands = request.arrange((narrow, np.ascontiguousarray(template, dtype)))
            correlate(operands, prepared, out, threads)
            plain, squares = (lease.array(problem.output, np.float64) for _ in range(2))
            sums(image, plain, threads)
            sums(np.multiply(image, image, out=spare), squares, threads)
            plain, squares, result = plain.ravel(), squares.ravel(), out.reshape(-1)
            for start in range(0, result.size, _TOGETHER):
                block = slice(start, start + _TOGETHER)
                _normalize(result[block], plain[block], squares[block], count, ssd, least)

        return run


def _lease_bytes(problem):
    """Return the bytes of the image's squares and of both sums."""
    return 8 * (prod(problem.shape) + 2 * prod(problem.output)) + 3 * _APART


def _normalize(result, plain, squares, count, ssd, least):
    """Divide correlations by the norms of windows and template, in place.

    Parameters
    ----------
    result : ndarray
        The correlations.
    plain, squares : ndarray of float64
        Sums over the windows, which are overwritten.
    count : int
        Number of elements of a window.
    ssd : float
        Sum of the squares of the template less its mean.
    least : float
        Norms up to this are 0.
    """
    plain *= plain
    plain *= 1 / count
    np.subtract(squares, plain, out=plain)  # variance times count
    squares *= _ROUNDINGS * np.finfo(np.float64).eps
    constant = plain <= squares
    plain *= ssd
    constant |= plain <= least * least
    some = constant.any()
    if some:
        plain[constant] = 1
    np.sqrt(plain, out=plain)
    result /= plain.astype(result.dtype, copy=False)
    if some:
        result[constant] = 0


def _new_sums(problem):
    """Return ``sums(image, out, threads)``, which sums over windows of an image of float64."""
    p = problem.window_sums
    request = filter_request(p, np.dtype(np.float64), 0)
    weight = request.arrange((None, np.ones(p.weights)))[1]
    run, prepared = _BOX.bind(p), _BOX.prepare(p, weight)

    def sums(image, out, threads):
        run(request.arrange((image, weight.reshape(p.weights))), prepared, out, threads)

    return sums


_sums = Latest(_new_sums)
