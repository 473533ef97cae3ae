"""winograd_f2, winograd_f4, winograd_f6: 3-tap convolutions with fewer multiplications.

F(m x m, 3 x 3) computes a tile of m x m outputs with (m + 2)^2 products per pair of channels
instead of 9 m^2. Larger tiles need less work and lose more digits.

References
----------
S. Winograd, "Arithmetic Complexity of Computations", SIAM, 1980; A. Lavin and S. Gray, "Fast
Algorithms for Convolutional Neural Networks", CVPR 2016; Z. Jia et al., "Optimizing N-dimensional,
Winograd-based Convolution for Manycore CPUs", PPoPP 2018 (fused, in cache).
"""

from math import ceil, prod

import numpy as np

from .. import config
from ..loops.simd import vector_bytes
from ..loops.winograd import Winograd as Loop
from .base import PARTS, Algorithm, Latest, c_axis, in_forward_order, overlapped
from .kinds import is_filter

#: terms of a sum that reach half the speed of an endless one
_HALF_DEPTH = 5
#: speed of reading transformed weights over that of memory: nothing is written
_READ_SPEED = 2.0
#: growth of F(2 x 2, 3 x 3): sums of 2 x 2 inputs and of 3 x 3 products, in quarters
_GROWTH = 2 * 2 * 3 * 3 * 4


class Winograd(Algorithm):
    """F(m x m, 3 x 3), or F(m, 3) along one axis.

    Parameters
    ----------
    m : int
        Outputs of a tile along an axis.
    bounds : dict
        As in `Algorithm`.
    """

    forward_only = True
    dtypes = ("f32", "f64")
    spreads_nan = True
    sized = False

    def __init__(self, m, bounds):
        self.name = f"winograd_f{m}"
        self.m = m
        self.bounds = bounds
        self._loop = Latest(self._new_loop, PARTS)
        self.growth = _GROWTH if m == 2 else None

    def refuses(self, problem):
        stencil = problem.stencil
        if is_filter(problem):
            return "one channel: there is no sum of products to save"
        if stencil.role != "fwd":
            return "forward convolutions only"
        if stencil.tiled:
            return "the kernel changes from position to position"
        *front, last = stencil.axes
        if last.taps != 3 or (front and front[-1].taps not in (1, 3)):
            return "kernels of 3 taps along the last axis, and 3 or 1 along the one before"
        if any(a.stride != 1 for a in (*front[-1:], last)):
            return "stride 1 only"
        return None

    def floor(self, problem, machine, threads):
        # tiles that lie side by side without a gap, of which none is filled up to a whole vector
        s = problem.stencil
        *front, _ = s.axes
        square = front and front[-1].taps == 3
        values = (1 + 2 / self.m) ** (2 if square else 1) * s.n * s.pixels
        if problem.compute == "f64":
            values *= 2
        depth = s.image_channels // s.groups * s.taps // (9 if square else 3)
        products = values * s.feature_channels * (depth + _HALF_DEPTH) / _filled(s)
        transforms = values * (s.groups * depth + s.feature_channels)
        work = products / machine.gemm_rate + transforms / machine.transform_rate
        return machine.call + work / threads

    def cost(self, problem, machine, threads):
        s = problem.stencil
        wide = 1.0 if problem.compute == "f32" else 2.0
        depth = s.image_channels // s.groups * prod(a.taps for a in s.axes[:-2])
        lanes = vector_bytes(config.current_isa()) / (4 * wide)
        frequencies, tiles, columns = self._tiles(s)
        # lanes of vectors are tiles, and while the input is transformed tiles of one row
        vectors = ceil(tiles / lanes) * lanes
        inputs = tiles / columns * ceil(columns / lanes) * lanes * s.groups * depth
        transforms = frequencies * (inputs + vectors * s.feature_channels) * wide
        efficiency = depth / (depth + _HALF_DEPTH) * _filled(s)
        products = frequencies * vectors * s.feature_channels * depth * wide
        work = transforms / machine.transform_rate + products / (machine.gemm_rate * efficiency)
        weights, size = self.preparation(problem, machine, threads)
        memory = (problem.bytes + size / _READ_SPEED) / machine.memory_rate
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + overlapped(work / threads, memory) + weights

    def workspace(self, problem, threads):
        return self._loop(problem).workspace(threads)

    def preparation(self, problem, machine, threads):
        s = problem.stencil
        values = self._tiles(s)[0] * prod(s.weight_shape) / prod(a.taps for a in s.axes[-2:])
        size = values * (4 if problem.compute == "f32" else 8)
        seconds = max(values / machine.transform_rate / threads, size / machine.memory_rate)
        return seconds, int(size)

    def prepare(self, problem, weight):
        return self._loop(problem).pack_weights(np.ascontiguousarray(weight))

    def bind(self, problem):
        return in_forward_order(problem, self._loop(problem))

    def _tiles(self, stencil):
        """Return the products of a tile, the number of tiles, and how many lie in one row."""
        *front, last = stencil.axes
        high = self.m if front and front[-1].taps == 3 else 1
        columns = ceil(last.feature / (self.m * last.dilation))
        rows = last.dilation * stencil.n * columns
        if front:
            second = front[-1]
            rows *= ceil(second.feature / (high * second.dilation)) * second.dilation
            rows *= prod(a.feature for a in front[:-1])
        return (self.m + 2) * (self.m + 2 if high > 1 else 1), rows, columns

    def _new_loop(self, problem):
        s = problem.stencil
        return Loop(
            config.current_isa(), problem.compute, self.m, s.n, s.groups, s.image_channels,
            s.feature_channels, [c_axis(a) for a in s.axes], bias=problem.bias,
            activation=problem.activation, add=problem.add,
        )  # fmt: skip


def _filled(stencil):
    """Return the filled share of the rows of register tiles."""
    rows = stencil.feature_channels // stencil.groups
    return rows / (6 * ceil(rows / 6))


WINOGRADS = (
    Winograd(2, {"f32": 1.5e-6, "f64": 3e-15}),
    Winograd(4, {"f32": 7e-6, "f64": 1.5e-14}),
    Winograd(6, {"f32": 5e-5, "f64": 1e-13}),
)
