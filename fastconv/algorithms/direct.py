"""direct: the sum of the definition, as stencils over rows that stay in registers.

An input row is loaded once per column of taps and used for every output row of a register tile that
it belongs to; where one plane is filtered by few rows of taps, for every row of taps. This is for
few channels, where a matrix product has nothing to share: images, depthwise layers, short filters.

References
----------
J. Zhang, F. Franchetti and T. M. Low, "High Performance Zero-Memory Overhead Direct Convolutions",
ICML, 2018; A. Zlateski and H. S. Seung, "Compile-time optimized and statically scheduled N-D
convnet primitives for multi-core and many-core (Xeon Phi) CPUs", ICS, 2017.
"""

import numpy as np

from ..loops.direct import Stencils
from ..loops.direct_across import Across
from ..loops.direct_dots import Dots
from ..loops.direct_matrix import Matrix
from ..loops.direct_planes import Planes
from .base import (
    Algorithm,
    in_forward_order,
    last_of,
    least_inside,
    overlapped,
    products_floor,
    refuses_forward,
)
from .direct_costs import loops_of, memory_seconds, work_seconds
from .direct_loops import across, dots, is_depthwise, matrix, planes, stencils


class Direct(Algorithm):
    """Register tiles that read the image itself, or copies of its rows with borders."""

    name = "direct"
    forward_only = True
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}
    permutes = True
    channels_last = True
    sized = False

    def refuses(self, problem):
        reason = refuses_forward(problem.stencil)
        if reason is None and last_of(problem):
            return _refuses_last(problem)
        return reason

    def floor(self, problem, machine, threads):
        seconds = products_floor(problem, machine, threads)
        if is_depthwise(problem.stencil):  # rows of borders may be left out
            for a in problem.stencil.axes[:-1]:
                seconds *= least_inside(a)
        return machine.call + seconds

    def cost(self, problem, machine, threads):
        if loops_of(problem) is Stencils:
            threads = stencils(problem).busy(threads)
        fork = machine.fork if threads > 1 else 0.0
        work, memory = work_seconds(problem, machine), memory_seconds(problem, machine)
        return machine.call + fork + overlapped(work / threads, memory)

    def workspace(self, problem, threads):
        make = {Stencils: stencils, Across: across}.get(loops_of(problem))
        return make(problem).workspace(threads) if make else 0

    def prepare(self, problem, weight):
        make = {Matrix: matrix, Across: across}.get(loops_of(problem))
        return make and make(problem).pack_weights(np.ascontiguousarray(weight))

    def bind(self, problem):
        loops = loops_of(problem)
        if loops is Stencils:
            return in_forward_order(problem, stencils(problem).build())
        if loops is Across:
            return in_forward_order(problem, across(problem).build())
        make = {Dots: dots, Planes: planes, Matrix: matrix}[loops]
        return in_forward_order(problem, make(problem))


def _refuses_last(problem):
    """Return why arrays with channels last cannot be read or written, or None."""
    if not is_depthwise(problem.stencil):
        return "channels last: only depthwise layers with borders of zeros"
    if problem.bias == "position":
        return "channels last: no bias that varies by position"
    return None
