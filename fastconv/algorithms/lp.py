"""direct, of norms of any p and of their gradients: powers, sums over windows, and powers again.

    norm[o] = (sum of |x|^p over the window o)^(1/p)
    gradient of x = sign(x) * |x|^(p - 1) * sum over the windows o that hold x of
                    grad[o] * norm[o]^(1 - p)

The sums are those of an average pooling and of its gradient. Everything is computed in double
precision, for blocks of channels that stay in cache. A block with sums or powers beyond the range
of a double is computed by the definition.
"""

from dataclasses import replace
from functools import lru_cache
from math import prod

from .. import config
from ..loops.interrupt import check
from ..loops.lp import Powers
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from .base import Algorithm
from .kinds import SIMPLE_NORMS
from .naive import Naive
from .pool_backward import AverageGradient
from .pooling import DirectPooling

#: bytes of a block of channels in double precision
_BLOCK = 1 << 20
#: multiply-adds of float32 that take as long as a power, for both dtypes
_POWER = {"f32": 220, "f64": 260}
#: calls of Python functions for a block
_CALLS = 5
_DOUBLE = DTYPES["f64"]


class PowerNorms(Algorithm):
    """Powers by vectors, and the sums of `DirectPooling` and of `AverageGradient`."""

    name = "direct"
    families = ("pooling",)
    ops = ("lp_pool",)
    dtypes = ("f32", "f64")
    bounds = {"f32": 1e-6, "f64": 4e-15}

    def serves(self, problem):
        return super().serves(problem) and problem.norm not in SIMPLE_NORMS

    def refuses(self, problem):
        reason = _SUMS.supports(_sums(problem, 1))
        if reason is None and problem.kind == "input":
            reason = _SPREAD.supports(_spread(problem, 1))
        return reason

    def cost(self, problem, machine, threads):
        p, channels = problem, problem.n * problem.c
        values = channels * (prod(p.input) + prod(p.output)) * (1 if p.kind == "fwd" else 2)
        seconds = values * _POWER[p.compute] / machine.gemm_rate / threads
        seconds += _CALLS * -(-channels // _channels(p)) * machine.python_call
        seconds += _SUMS.cost(_sums(p, channels), machine, threads)
        if p.kind == "input":
            seconds += _SPREAD.cost(_spread(p, channels), machine, threads)
        return seconds

    def error_bound(self, problem):
        # the root of a sum has 1/p times its relative error
        return super().error_bound(problem) * max(1.0, 1 / problem.norm)

    def workspace(self, problem, threads):
        channels = _channels(problem)
        size = _SUMS.workspace(_sums(problem, channels), threads)
        if problem.kind == "input":
            size = max(size, _SPREAD.workspace(_spread(problem, channels), threads))
        return size + _buffers(problem)

    def bind(self, problem):
        channels, planes = _channels(problem), problem.n * problem.c
        whole = _Block(problem, channels)
        rest = planes % channels
        last = _Block(problem, rest) if rest else whole
        sizes = prod(problem.input), prod(problem.output)
        buffers = _buffers(problem)

        def run(arrays, prepared, out, threads):
            flat = [a.reshape(planes, -1) for a in (*arrays, out)]
            lease = Lease(buffers)
            powers, sums = (lease.array((channels, size), _DOUBLE) for size in sizes)
            for first in range(0, planes, channels):
                stop = min(first + channels, planes)
                block = whole if stop - first == channels else last
                *given, made = (a[first:stop] for a in flat)
                block(given, powers[: stop - first], sums[: stop - first], made, threads)

        return run


class _Block:
    """A block of channels: ``block(arrays, powers, sums, out, threads)``."""

    def __init__(self, problem, channels):
        self.kind = problem.kind
        self.powers = Powers(config.current_isa(), problem.compute, problem.norm)
        self.sums = _SUMS.bind(_sums(problem, channels))
        self.naive = Naive().bind(replace(problem, dtypes=(problem.compute,) * 3, n=1, c=channels))
        if problem.kind == "input":
            self.spread = _SPREAD.bind(_spread(problem, channels))

    def __call__(self, arrays, powers, sums, out, threads):
        run = self._forward if self.kind == "fwd" else self._gradient
        if not run(arrays, powers, sums, out, threads):
            check()
            self.naive(arrays, None, out, threads)

    def _forward(self, arrays, powers, sums, out, threads):
        (x,) = arrays
        scales = self.powers.scales(x, threads)
        self.powers.raised(x, scales, powers, threads)
        self.sums((powers,), None, sums, threads)
        return self.powers.rooted(sums, scales, out, threads)

    def _gradient(self, arrays, powers, sums, out, threads):
        grad, x = arrays
        scales = self.powers.scales(x, threads)
        self.powers.raised(x, scales, powers, threads)
        self.sums((powers,), None, sums, threads)
        if not self.powers.ratios(grad, sums, scales, sums, threads):
            return False
        self.spread((sums,), None, powers, threads)
        return self.powers.spread(x, powers, scales, out, threads)


_SUMS, _SPREAD = DirectPooling(), AverageGradient()


@lru_cache(256)
def _sums(problem, channels):
    """Return the pooling that sums the powers, which are not negative: a norm with p = 1."""
    return replace(problem, kind="fwd", norm=1.0, dtypes=("f64",) * 3, n=1, c=channels)


@lru_cache(256)
def _spread(problem, channels):
    """Return the gradient that sums over the windows that hold a value: of a sum."""
    return replace(
        problem, op="avg_pool", norm=None, divisor=1.0, dtypes=("f64",) * 3, n=1, c=channels
    )


def _channels(problem):
    """Return the number of channels of a block."""
    size = 8 * (prod(problem.input) + prod(problem.output))
    return max(1, min(problem.n * problem.c, _BLOCK // size))


def _buffers(problem):
    """Return the bytes of the powers and sums of a block."""
    size = 8 * (prod(problem.input) + prod(problem.output))
    return _channels(problem) * size + 2 * 64
