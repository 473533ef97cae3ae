"""implicit_gemm: a convolution as a matrix product whose right side is unfolded as it is packed.

References
----------
S. Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014 (the implicit product);
K. Goto and R. A. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS, 2008
(blocks for each cache); F. G. Van Zee and R. A. van de Geijn, "BLIS", ACM TOMS, 2015.
"""

from math import ceil, prod

import numpy as np

from .. import config
from ..loops.implicit_gemm import Convolution
from .base import Algorithm, against_forward, c_axis, moved, overlapped, rounding
from .reading import copied_row

#: power of the full share of a register tile's 6 rows: smaller tiles are less of a loss
_TILE = 0.6
#: bytes packed per second, relative to the memory's rate: packing stays in cache
_PACK_SPEED = 1.4
#: seconds to plan a call, to run a register tile, to copy the pixels of an output row for a term,
#: to begin an output row, an output plane, to write an output
_PLAN, _RUN, _PIECE, _BEGIN, _PLANE, _WRITE = 1e-6, 4.5e-9, 1.1e-9, 2.7e-9, 4.5e-9, 0.1e-9
#: terms of a block of the sum, pixels of a register tile
_BLOCK, _PIXELS = 320, 16


class _Sizes:
    """Numbers that a cost is made of."""

    def __init__(self, problem):
        s = problem.stencil
        *outer, columns = s.axes
        self.wide = 1 if problem.compute == "f32" else 2
        self.depth = s.image_channels // s.groups * prod(a.taps for a in s.axes)
        self.strip_rows = s.feature_channels // s.groups
        self.strips = ceil(self.strip_rows / 6)
        self.lines = s.n * prod(a.feature for a in outer)
        self.pixels = self.lines * columns.feature
        self.plain = all(a.taps == a.stride == 1 and a.boundary == "zeros" for a in s.axes)


class ImplicitGemm(Algorithm):
    """The register tile of a matrix product on panels packed straight from the image."""

    name = "implicit_gemm"
    loop = Convolution

    def supports(self, problem):
        if problem.compute not in ("f32", "f64"):
            return "float32 and float64 only"
        return against_forward(problem.stencil)

    def error_bound(self, problem):
        return (1.5e-6 if problem.compute == "f32" else 3e-15) + rounding(problem)

    def cost(self, problem, machine, threads):
        s, z = problem.stencil, _Sizes(problem)
        efficiency = (z.strip_rows / (6 * z.strips)) ** _TILE
        tiles = s.groups * z.strips * ceil(z.pixels * z.wide / _PIXELS) * ceil(z.depth / _BLOCK)
        work = s.multiply_adds * z.wide / (machine.gemm_rate * efficiency) + tiles * _RUN
        work += s.n * s.feature_channels * _PLANE
        work += z.pixels * s.feature_channels * z.wide * _WRITE
        if self._convolution(problem).packs():
            work += self._packing(s, z, machine)
        if not z.plain:
            work += self._reading(s, z)
        fork = machine.fork if threads > 1 else 0.0
        memory = moved(problem) / machine.memory_rate
        return machine.call + _PLAN + fork + overlapped(work / threads, memory)

    def _packing(self, s, z, machine):
        """Seconds on one thread to copy every pixel for every term."""
        packed = 4 * z.wide * z.pixels * z.depth * s.groups
        pieces = 0 if z.plain else z.lines * s.groups * z.depth
        return packed / (machine.memory_rate * _PACK_SPEED) + pieces * _PIECE

    def _reading(self, s, z):
        """Seconds on one thread for what is done once a row, much of the work of few channels."""
        *outer, w = s.axes
        row = copied_row(w.feature, w.taps, w.stride, w.dilation, 8 // z.wide)
        found = s.n * s.image_channels * prod(a.used for a in outer)
        return found * row + z.lines * s.groups * _BEGIN

    def workspace(self, problem, threads):
        return self._convolution(problem).workspace(threads)

    def prepare(self, problem, weight):
        return self._convolution(problem).pack_weights(np.ascontiguousarray(weight))

    def bind(self, problem):
        convolution = self._convolution(problem)
        if problem.kind == "fwd":
            return convolution

        def run(arrays, prepared, out, threads):
            """The input gradient of a transposed convolution: its operands come weight first."""
            weight, grad_output = arrays
            convolution((grad_output, weight, None, None), prepared, out, threads)

        return run

    def _convolution(self, problem):
        s = problem.stencil
        return self.loop(
            config.current_isa(), problem.compute, s.n, s.groups, s.image_channels,
            s.feature_channels, [c_axis(a) for a in s.axes], bias=problem.bias,
            activation=problem.activation, add=problem.add,
        )  # fmt: skip
