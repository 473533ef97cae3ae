"""Poolings of float16 on the algorithms for float32, by blocks of channels that stay in cache.

Every channel is pooled by itself. So some of them are converted to float32 and pooled, and their
results are converted back, before the next ones are read: neither float32 array is ever whole.
"""

from dataclasses import replace
from functools import lru_cache

from ..loops.half import narrow, widen
from ..loops.interrupt import check
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from .base import Algorithm

#: bytes of float32 of a block: they stay in a second-level cache
_BLOCK = 1 << 19
#: values per second that are converted, in cache
_RATE = 8e9
#: calls of Python functions for a block
_CALLS = 3
#: ops with weights, that join channels, and that only move values, whatever these are
_OTHERS = ("weighted_pool", "maxout", "unfold")
_HALF, _SINGLE = DTYPES["f16"], DTYPES["f32"]


class Halves(Algorithm):
    """One algorithm, for block after block of channels.

    Parameters
    ----------
    base : Algorithm
        An algorithm for poolings of float32 that treats channels alike.
    """

    families = ("pooling",)

    def __init__(self, base):
        self.base = base
        self.name = base.name
        self.checks = base.checks

    def serves(self, problem):
        halves = super().serves(problem) and problem.dtypes == ("f16",) * 3
        return halves and problem.op not in _OTHERS and self.base.serves(problem)

    def supports(self, problem):
        return self.base.supports(problem)

    def hesitates(self, problem):
        return self.base.hesitates(problem)

    def floor(self, problem, machine, threads):
        return self.base.floor(problem, machine, threads)

    def cost(self, problem, machine, threads):
        blocks = -(-problem.n * problem.c // _channels(problem))
        converted = problem.bytes / 4 / _RATE / threads
        begun = _CALLS * blocks * machine.python_call
        return self.base.cost(problem, machine, threads) + converted + begun

    def error_bound(self, problem):
        return self.base.error_bound(problem)

    def workspace(self, problem, threads):
        block = _of_channels(problem, _channels(problem))
        return block.bytes + 4 * 64 + self.base.workspace(block, threads)

    def takes(self, problem):
        return "f16"

    def bind(self, problem):
        channels, planes = _channels(problem), problem.n * problem.c
        whole = self.base.bind(_of_channels(problem, channels))
        rest = planes % channels
        last = self.base.bind(_of_channels(problem, rest)) if rest else whole

        def run(arrays, prepared, out, threads):
            outs = out if isinstance(out, tuple) else (out,)
            given = [a.reshape(planes, -1) for a in arrays]
            made = [a.reshape(planes, -1) for a in outs]
            lease = Lease(sum(_bytes(a, channels) for a in (*given, *made)))
            singles = [_single(lease, a, channels) for a in given]
            results = [_single(lease, a, channels) for a in made]
            for first in range(0, planes, channels):
                check()
                stop = min(first + channels, planes)
                some = [a[first:stop] for a in given]
                target = [a[first:stop] for a in made]
                for i, wide in enumerate(singles):
                    if wide is not None:
                        widen(some[i], wide, threads)
                        some[i] = wide[: stop - first]
                pooled = [
                    t if wide is None else wide[: stop - first]
                    for t, wide in zip(target, results, strict=True)
                ]
                inner = whole if stop - first == channels else last
                inner(tuple(some), None, tuple(pooled) if len(pooled) > 1 else pooled[0], threads)
                for half, wide in zip(target, results, strict=True):
                    if wide is not None:
                        narrow(wide[: stop - first], half, threads)

        return run


def _bytes(array, channels):
    """Return the bytes of some channels of an array in float32, 0 for an array of indices."""
    if array.dtype != _HALF:
        return 0
    return channels * array.shape[1] * _SINGLE.itemsize + 64


def _single(lease, array, channels):
    """Return an array for some channels of another one in float32, None for one of indices."""
    if array.dtype != _HALF:
        return None
    return lease.array((channels, array.shape[1]), _SINGLE)


def _channels(problem):
    """Return the number of channels of a block."""
    planes = max(1, problem.n * problem.c)
    size = problem.bytes // planes
    return max(1, min(planes, _BLOCK // max(size, 1)))


@lru_cache(256)
def _of_channels(problem, channels):
    """Return the problem of some channels in float32."""
    return replace(problem, dtypes=("f32",) * 3, n=1, c=channels)
