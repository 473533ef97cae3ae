"""Convolutions of complex numbers on the algorithms for real ones, with twice as many channels.

The real and imaginary parts of each channel are two real channels. A complex weight a + bi is the
matrix that multiplies both parts:

    [re y]   [a  -b] [re x]
    [im y] = [b   a] [im x]

This takes the four real products of a complex one. The transpose of the matrix is that of the
conjugate weight, so that the gradient of the real convolution is the one that PyTorch defines for a
complex one. The gradient of the weight adds up the four blocks of the real one's.
"""

from dataclasses import replace
from functools import lru_cache
from math import prod

import numpy as np

from .. import config
from ..loops.interrupt import check
from ..loops.planar import Planes
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from .base import Algorithm, Latest

#: bytes of the real channels of the images that are convolved together
_BLOCK = 1 << 23
#: calls of Python functions for a block of images
_CALLS = 4
_PARTS = {"c64": "f32", "c128": "f64"}


class Planar(Algorithm):
    """One algorithm, for real and imaginary parts as channels.

    Parameters
    ----------
    base : Algorithm
        An algorithm for real numbers.
    """

    ops = ("conv", "conv_transpose")
    dtypes = ("c64", "c128")
    growth = None

    def __init__(self, base):
        self.base = base
        self.name = base.name
        self.roles = base.roles or ("fwd",)
        self.spreads_nan = base.spreads_nan

    def serves(self, problem):
        return problem.compute in self.dtypes and super().serves(problem)

    def refuses(self, problem):
        return self.base.supports(_real(problem))

    def hesitates(self, problem):
        return self.base.hesitates(_real(problem))

    def floor(self, problem, machine, threads):
        return self.base.floor(_real(problem), machine, threads)

    def cost(self, problem, machine, threads):
        blocks = -(-problem.n // _images(problem))
        moved = 2 * problem.bytes + 4 * _weight_bytes(problem)
        seconds = self.base.cost(_real(problem), machine, threads)
        seconds += moved / machine.memory_rate / threads
        return seconds + (_CALLS * blocks + 2) * machine.python_call

    def error_bound(self, problem):
        return self.base.error_bound(_real(problem))

    def workspace(self, problem, threads):
        size = _buffers(problem) + _weight_bytes(problem) + 64
        if problem.kind == "weight":
            return size + self.base.workspace(_real(problem), threads)
        return size + self.base.workspace(_of_images(problem, _images(problem)), threads)

    def preparation(self, problem, machine, threads):
        if problem.kind == "weight":
            return 0.0, 0
        seconds, size = self.base.preparation(_real(problem), machine, threads)
        embedding = 2 * _weight_bytes(problem) / machine.memory_rate / threads
        return seconds + embedding + machine.python_call, size + _weight_bytes(problem)

    def prepare(self, problem, weight):
        if problem.kind == "weight":
            return None
        real = _of_images(problem, _images(problem))
        embedded = np.empty(real.weight_shape, DTYPES[real.compute])
        _embed(problem, weight, embedded, 1)
        return Prepared(embedded, self.base.prepare(real, embedded))

    def bind(self, problem):
        bound = _Bound(self.base, problem)
        return bound.weight if problem.kind == "weight" else bound.image


class Prepared:
    """A weight as real matrices, and what the algorithm for real numbers makes of it."""

    def __init__(self, weight, inner):
        self.weight, self.inner = weight, inner

    @property
    def nbytes(self):
        """Bytes that a plan keeps."""
        return self.weight.nbytes + getattr(self.inner, "nbytes", 0)


class _Bound:
    """What a call needs, made once for a problem.

    Parameters
    ----------
    base : Algorithm
    problem : ConvProblem
    """

    def __init__(self, base, problem):
        self.problem, self.buffers = problem, _buffers(problem)
        self.planes = Planes(config.current_isa(), _PARTS[problem.compute])
        self.dtype = DTYPES[_PARTS[problem.compute]]
        self.images = _images(problem)
        self.runs = {}
        if problem.kind == "weight":
            self.run = base.bind(_real(problem))
            return
        for n in {self.images, problem.n % self.images or self.images}:
            self.runs[n] = base.bind(_of_images(problem, n))
        self.weight_bytes = _weight_bytes(problem) + 64

    def image(self, arrays, prepared, out, threads):
        """Compute the convolution, or the gradient of its input."""
        p = self.problem
        if p.kind == "fwd":
            x, weight, bias, add = (*arrays, None, None)[:4]
        else:
            weight, x, bias, add = *arrays, None, None
        lease = Lease(self.buffers + (self.weight_bytes if prepared is None else 0))
        if prepared is None:
            matrix = lease.array(_real(p).weight_shape, self.dtype)
            _embed(p, weight, matrix, threads)
            inner = None
        else:
            matrix, inner = prepared.weight, prepared.inner
        bias = None if bias is None else self._bias(bias)
        x, y = x.reshape(p.n, -1), out.reshape(p.n, -1)
        source = lease.array((self.images, 2 * x.shape[1]), self.dtype)
        made = lease.array((self.images, 2 * y.shape[1]), self.dtype)
        for first in range(0, p.n, self.images):
            check()
            n = min(self.images, p.n - first)
            blocks = n * p.groups
            self.planes.split(x[first : first + n], blocks, source, threads)
            operands = (source[:n], matrix, bias, None)
            if p.kind == "input":
                operands = (matrix, source[:n])
            self.runs[n](operands, inner, made[:n], threads)
            self.planes.join(made, blocks, y[first : first + n], threads)
        if add is not None:
            out += add.reshape(out.shape)

    def weight(self, arrays, prepared, out, threads):
        """Compute the gradient of the weight."""
        p = self.problem
        lease = Lease(self.buffers + _weight_bytes(p) + 64)
        operands = []
        for array in arrays:
            parts = lease.array((2 * array.size,), self.dtype)
            self.planes.split(array, p.n * p.groups, parts, threads)
            operands.append(parts)
        blocks = lease.array(_real(p).weight_shape, self.dtype)
        self.run(tuple(operands), None, blocks, threads)
        # the conjugate operand is the image of the stencil, of a transposed convolution its feature
        sign = -1 if p.op == "conv_transpose" else 1
        self.planes.merge(blocks, p.groups, sign, out.reshape(p.weight_shape), threads)

    def _bias(self, bias):
        """Return a bias of the real channels."""
        p = self.problem
        grouped = bias.reshape(p.groups, p.k // p.groups, *bias.shape[1:])
        parts = np.stack([grouped.real, grouped.imag], axis=1)
        return parts.reshape(2 * p.k, *bias.shape[1:])


def _embed(problem, weight, out, threads):
    """Write the real matrices of a weight to `out`."""
    # the real convolution's adjoint conjugates, and so does the problem where it says so
    plain = problem.conjugate == (problem.stencil.role == "input")
    planes = Planes(config.current_isa(), _PARTS[problem.compute])
    planes.embed(weight, problem.groups, 1 if plain else -1, out, threads)


@Latest
def _real(problem):
    """Return the problem with real channels."""
    s = problem.stencil
    found = replace(
        problem, dtypes=(_PARTS[problem.compute],) * 3, c=2 * problem.c, k=2 * problem.k, add=False
    )
    found.stencil = replace(
        s, image_channels=2 * s.image_channels, feature_channels=2 * s.feature_channels
    )
    return found


def _of_images(problem, n):
    """Return the problem of some images, with real channels."""
    real = _real(problem)
    return real if n == problem.n else _some(real, n)


@lru_cache(256)
def _some(problem, n):
    return replace(problem, n=n)


def _images(problem):
    """Return the number of images that are convolved together."""
    if problem.kind == "weight":
        return problem.n
    size = _values(problem) * DTYPES[problem.compute].itemsize
    return max(1, min(problem.n, _BLOCK // size))


def _values(problem):
    """Return the complex numbers of an image and of its feature."""
    return problem.c * prod(problem.input) + problem.k * prod(problem.output)


def _buffers(problem):
    """Return the bytes of the real channels of images and features."""
    return _images(problem) * _values(problem) * DTYPES[problem.compute].itemsize + 2 * 64


def _weight_bytes(problem):
    """Return the bytes of the real matrices of the weight."""
    return 2 * prod(problem.weight_shape) * DTYPES[problem.compute].itemsize
