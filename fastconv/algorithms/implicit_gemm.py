"""implicit_gemm: a convolution as a matrix product whose right side is unfolded as it is packed.

References
----------
S. Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014 (the implicit product);
K. Goto and R. A. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS, 2008
(blocks for each cache); F. G. Van Zee and R. A. van de Geijn, "BLIS", ACM TOMS, 2015.
"""

from math import prod

import numpy as np

from .. import config
from ..loops.implicit_gemm import Convolution
from .base import Algorithm, against_forward, c_axis, overlapped, rounding

#: terms of a sum that are worth half the speed of an endless one
_HALF_DEPTH = 6
#: power of the full share of a register tile's 6 rows: smaller tiles are less of a loss
_TILE = 0.6
#: bytes packed per second, relative to the memory's rate: packing stays in cache
_PACK_SPEED = 1.5
#: seconds to find an input row, to part a value of it by the stride, to begin an output row
_FIND, _PART, _BEGIN = 12e-9, 0.1e-9, 10e-9


def _rows(stencil):
    """Seconds on one thread for what is done once a row, which is much of the work of few channels.

    None where pixels are read where they stand.
    """
    if all(a.taps == a.stride == 1 and a.boundary == "zeros" for a in stencil.axes):
        return 0.0
    *outer, columns = stencil.axes
    part = columns.read * _PART if columns.stride > 1 else 0.0
    found = stencil.n * stencil.image_channels * prod(a.read for a in outer)
    begun = stencil.n * stencil.groups * prod(a.feature for a in outer)
    return found * (_FIND + part) + begun * _BEGIN


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
        s = problem.stencil
        depth = s.image_channels // s.groups * prod(a.taps for a in s.axes)
        rows = s.feature_channels // s.groups
        pixels = s.n * prod(a.feature for a in s.axes)
        wide = 1.0 if problem.compute == "f32" else 2.0
        efficiency = depth / (depth + _HALF_DEPTH) * (rows / (6 * -(-rows // 6))) ** _TILE
        multiply = s.multiply_adds * wide / (machine.gemm_rate * efficiency)
        packed = 4 * wide * pixels * depth * s.groups * self._convolution(problem).packs()
        pack = packed / (machine.memory_rate * _PACK_SPEED)
        memory = problem.bytes / machine.memory_rate
        fork = machine.fork if threads > 1 else 0.0
        work = multiply + pack + _rows(s)
        return machine.call + fork + overlapped(work / threads, memory)

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
