"""Integers, by the algorithms for real numbers.

An algorithm that only adds up products computes integers exactly as long as float32 or float64
holds every sum. A Fourier transform rounds, but its result rounds to the right integers as long as
a bound on its error stays below one quarter (`exact_bounds`). If the dtypes of the operands do not
prove this, a call looks at their largest values. If these are too large, it splits the operands
into digits, which are small, and adds up the products of all pairs:

    x = sum over i of x_i 2^(b i),  w = sum over j of w_j 2^(c j)
    x * w = sum over i, j of (x_i * w_j) 2^(b i + c j)    modulo 2^64

References
----------
D. E. Knuth, *The Art of Computer Programming*, volume 2, 3rd edition, 1997, section 4.3.3 (exact
products of integers by rounded Fourier transforms).
"""

from dataclasses import replace
from functools import lru_cache, partial
from math import inf, prod

import numpy as np

from .. import config
from ..loops.exact import Conversions
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from .base import Algorithm, Latest, add_bias
from .exact_bounds import WHOLE, Limits
from .exact_operands import Operand, Weights

#: bytes between two arrays of a lease
_APART = 64
#: products of int64 per second by the definition, and seconds to begin each output
_INTEGER_RATE, _INTEGER_OUTPUT = 1e9, 4e-9
#: bytes of memory traffic of a product of digits for each byte of the operands and the result
_DIGIT_TRAFFIC = 10
#: steps of Python of a call, besides those of the algorithm for real numbers
_STEPS = 8
#: bytes of memory traffic for each byte of the operands and the result, to convert them
_TRAFFIC = 1


class TooLarge(Exception):
    """Values are so large that sums of int64 take less time than products of digits."""


class Exact(Algorithm):
    """An algorithm for real numbers, applied to integers.

    Parameters
    ----------
    base : Algorithm
    """

    dtypes = ("i64", "u64")

    def __init__(self, base):
        self.base = base
        self.name, self.ops, self.roles = base.name, base.ops, base.roles
        self.limits = Latest(lambda problem: Limits(base.name, problem, base.growth))

    def serves(self, problem):
        return problem.compute in self.dtypes and self.base.serves(problem)

    def refuses(self, problem):
        return self.base.supports(problem.in_f64)

    def floor(self, problem, machine, threads):
        return self.base.floor(self._real(problem), machine, threads)

    def cost(self, problem, machine, threads):
        seconds = self.base.cost(self._real(problem), machine, threads)
        seconds += _TRAFFIC * problem.bytes / machine.memory_rate
        return seconds + _STEPS * machine.python_call

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        real = reals(problem, self.limits(problem).proved or "f64")
        return self.base.workspace(real, threads) + _lease_bytes(problem)

    def preparation(self, problem, machine, threads):
        return self.base.preparation(self._real(problem), machine, threads)

    def prepare(self, problem, weight):
        conversions = _conversions(config.current_isa())
        prepare = partial(self._prepare_reals, problem)
        weights = Weights(conversions, weight, problem.stencil, prepare)
        weights.reals(self.limits(problem).expected, WHOLE)
        return weights

    def _prepare_reals(self, problem, real, weight):
        return self.base.prepare(reals(problem, real), weight)

    def adapted(self, request):
        """Return the request with operands and result in their own dtypes, not in int64."""
        named = zip(request.dtypes, request.problem.dtypes[:2], strict=False)
        own = [None if dtype is None else DTYPES[name] for dtype, name in named]
        dtypes = (*own, *request.dtypes[2:])
        return replace(request, dtypes=dtypes, compute_dtype=request.out_dtype)

    def bind(self, problem):
        return _Bound(self, problem).run

    def bind_automatic(self, problem, machine):
        """Return what `bind` returns, but it raises `TooLarge`."""
        bound = _Bound(self, problem)
        bound.set_patience(machine)
        return bound.run

    def _real(self, problem):
        """Return the problem of real numbers that most calls compute."""
        return reals(problem, self.limits(problem).expected)


def reals(problem, real):
    """Return the problem of real numbers of the dtype called `real`."""
    return problem.in_f32 if real == "f32" else problem.in_f64


def _lease_bytes(problem):
    """Return the bytes of the image and the result as real numbers."""
    s = problem.stencil
    image = s.feature_shape if s.role in ("input", "bias") else s.image_shape
    return 8 * (prod(image) + prod(s.out_shape)) + 2 * _APART


@lru_cache(8)
def _conversions(isa):
    return Conversions(isa)


class _Bound:
    """What a call needs, made once for a problem.

    Parameters
    ----------
    algorithm : Exact
    problem : ConvProblem or FilterProblem
    """

    def __init__(self, algorithm, problem):
        self.problem, self.base = problem, algorithm.base
        self.conversions = _conversions(config.current_isa())
        self.limits = algorithm.limits(problem)
        self.settled = self.limits.settled
        finished = problem.bias is not None or problem.activation is not None or problem.add
        self.finishes = finished and problem.kind == "fwd"
        self.runs = {}
        self._bound(self.limits.expected)
        self.most_products = inf

    def set_patience(self, machine):
        """Compute no more products of digits than sums of int64 allow, by the cost model."""
        p = self.problem
        product = self.base.cost(p.in_f64, machine, 1)
        product += _DIGIT_TRAFFIC * p.bytes / machine.memory_rate
        seconds = p.stencil.multiply_adds / _INTEGER_RATE
        seconds += prod(p.stencil.out_shape) * _INTEGER_OUTPUT
        self.most_products = seconds / product

    def run(self, arrays, prepared, out, threads):
        """Compute the problem; `prepared` is a `Weights`, or None."""
        image, weight = self._operands(arrays, prepared)
        how = self.settled, WHOLE, WHOLE
        if self.settled is None or image.fill:
            how = self.limits.choose(image, weight, self.most_products)
            if how is None:
                raise TooLarge
        self._add_products(image, weight, *how, out, threads)
        if self.finishes:
            _finish(self.problem, arrays, out)

    def _operands(self, arrays, prepared):
        """Return the image, or what takes its place, and the weight."""
        p = self.problem
        if p.kind == "bias":
            arrays = arrays[0], np.ones(1, np.int8)
        first, second, *rest = arrays
        if p.kind == "input":
            first, second = second, first
        fill = int(rest[2]) if len(rest) > 2 else 0
        image = Operand(self.conversions, first, p.stencil.n, fill)
        if prepared is None:
            prepared = Weights(self.conversions, second, p.stencil)
        return image, prepared

    def _bound(self, real):
        """Return `run` of the algorithm for real numbers."""
        if real not in self.runs:
            self.runs[real] = self.base.bind(reals(self.problem, real))
        return self.runs[real]

    def _add_products(self, image, weight, real, first, second, out, threads):
        """Write the sum of the products of all pairs of digits."""
        run, dtype, bits = self._bound(real), DTYPES[real], 8 * out.itemsize
        lease = Lease((image.values.size + out.size) * dtype.itemsize + 2 * _APART)
        part = lease.array(image.values.shape, dtype)
        alone = first.count == second.count == 1 and 8 * dtype.itemsize == bits
        result = out.view(dtype) if alone else lease.array(out.shape, dtype)
        for i in range(first.count):
            fill = image.write_digit(first, i, part, threads)
            for j, (values, prepared) in enumerate(weight.reals(real, second)):
                shift = i * first.width + j * second.width
                if shift < bits:
                    run(self._arrays(part, values, fill), prepared, result, threads)
                    self.conversions.read(result, out, threads, shift, shift > 0)

    def _arrays(self, image, weight, fill):
        """Return operands in the order of the op."""
        kind = self.problem.kind
        if kind == "fwd":
            return image, weight, None, None, fill
        if kind == "bias":
            return (image,)
        return (weight, image) if kind == "input" else (image, weight)


def _finish(problem, arrays, out):
    """Add bias and residual of a convolution of integers, and apply its activation."""
    bias, add = (*arrays, None, None)[2:4]
    if problem.bias == "tile":
        tiles = zip(problem.output, problem.tiles, strict=True)
        tiled = np.ix_(*(np.arange(n) % t for n, t in tiles))
        add_bias(problem, bias[(slice(None), *tiled)], out)
    elif problem.bias is not None:
        add_bias(problem, bias, out)
    if problem.add:
        out += add.reshape(out.shape)
    if problem.activation is not None and out.dtype.kind == "i":
        np.maximum(out, 0, out=out)
    if problem.activation == "relu6":
        np.minimum(out, 6, out=out)
