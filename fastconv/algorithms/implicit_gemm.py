"""implicit_gemm: a convolution as a matrix product whose right side is unfolded while packed.

References
----------
S. Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014 (the implicit product);
K. Goto and R. A. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS, 2008
(blocks for each cache); F. G. Van Zee and R. A. van de Geijn, "BLIS", ACM TOMS, 2015.
"""

from math import ceil

import numpy as np

from .. import config
from ..loops.implicit_gemm import Convolution
from .base import (
    Algorithm,
    Latest,
    c_axis,
    in_forward_order,
    moved,
    overlapped,
    products_floor,
    refuses_forward,
)
from .reading import copied_row

#: exponent of the filled share of a register tile's rows in its speed: smaller tiles lose less
_TILE = 0.6
#: rows of a register tile
_ROWS = 6
#: float32 pixels of a register tile
_PIXELS = 16
#: terms of a block of the sum
_BLOCK = 320
#: speed of packing over that of memory: packing stays in cache
_PACK_SPEED = 1.4
#: seconds to plan a call
_PLAN = 1e-6
#: seconds to begin a register tile
_RUN = 4.5e-9
#: seconds to begin copying the pixels of an output row for one term
_PIECE = 1.1e-9
#: seconds to begin an output row
_OUTPUT_ROW = 2.7e-9
#: seconds to begin an output plane
_PLANE = 4.5e-9
#: seconds to write a float32 output
_WRITE = 0.1e-9


class ImplicitGemm(Algorithm):
    """Register tiles of a matrix product, on panels that are packed straight from the image."""

    name = "implicit_gemm"
    forward_only = True
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}
    loop = Convolution
    permutes = True
    sized = False

    def __init__(self):
        self._loops = Latest(self._new_loops)

    def refuses(self, problem):
        return refuses_forward(problem.stencil)

    def floor(self, problem, machine, threads):
        seconds = products_floor(problem, machine, threads)
        return machine.call + _PLAN + seconds / _efficiency(problem.stencil)

    def cost(self, problem, machine, threads):
        s, loop = problem.stencil, self._loops(problem)
        wide = 1 if problem.compute == "f32" else 2
        depth = s.image_channels // s.groups * s.taps
        strips, pixels = ceil(s.feature_channels // s.groups / _ROWS), s.n * s.pixels
        read, made, copied = loop.reading()
        work = s.multiply_adds * wide / (machine.gemm_rate * _efficiency(s))
        work += s.groups * strips * ceil(pixels * wide / _PIXELS) * ceil(depth / _BLOCK) * _RUN
        work += s.n * s.feature_channels * _PLANE + pixels * s.feature_channels * wide * _WRITE
        if loop.packs():
            packed = 4 * wide * pixels * depth * s.groups
            work += packed / (machine.memory_rate * _PACK_SPEED)
            work += made * s.groups * depth * _PIECE
        if copied is not None:
            work += read * copied_row(*copied, 8 // wide) + made * s.groups * _OUTPUT_ROW
        fork = machine.fork if threads > 1 else 0.0
        memory = moved(problem) / machine.memory_rate
        return machine.call + _PLAN + fork + overlapped(work / threads, memory)

    def workspace(self, problem, threads):
        return self._loops(problem).workspace(threads)

    def prepare(self, problem, weight):
        return self._loops(problem).pack_weights(np.ascontiguousarray(weight))

    def bind(self, problem):
        return in_forward_order(problem, self._loops(problem))

    def _new_loops(self, problem):
        s = problem.stencil
        return self.loop(
            config.current_isa(), problem.compute, s.n, s.groups, s.image_channels,
            s.feature_channels, [c_axis(a) for a in s.axes], bias=problem.bias,
            activation=problem.activation, add=problem.add,
        )  # fmt: skip


def _efficiency(stencil):
    """Return the speed of a register tile whose rows are not all filled, relative to a full one."""
    features = stencil.feature_channels // stencil.groups
    return (features / (_ROWS * ceil(features / _ROWS))) ** _TILE
