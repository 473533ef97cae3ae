"""direct: the sum of the definition, as stencils over rows that stay in registers.

Each input row is loaded once per tap column and serves every output row of a register tile that it
belongs to. For few channels, where a matrix product has nothing to share: images, depthwise layers,
short filters.

References
----------
J. Zhang, F. Franchetti and T. M. Low, "High Performance Zero-Memory Overhead Direct Convolutions",
ICML, 2018; A. Zlateski and H. S. Seung, "Compile-time optimized and statically scheduled N-D
convnet primitives for multi-core and many-core (Xeon Phi) CPUs", ICS, 2017.
"""

from math import prod

from .. import config
from ..loops.direct import Stencils
from ..loops.direct_planes import PLANE_REACH, Planes
from ..problem.arrays import DTYPES
from ..problem.geometry import Axis
from .base import Algorithm, against_forward, overlapped, rounding

#: share of the multiply-add rate that stencils of many taps reach, and taps that are worth half of
#: it: neighbouring output rows share what they load, a single row of taps shares nothing; taps in
#: many planes are summed in memory
_SHARED, _ALONE, _PLANES, _HALF_TAPS = 0.97, 0.82, 0.65, 5
#: seconds to find an input row, to part a value of it by the stride, to begin an output row
_FIND, _PART, _BEGIN = 5e-9, 0.7e-9, 10e-9
#: values of a vector, as most machines have them
_LANES = 8
#: by planes: multiply-adds per one at full speed, seconds to read and write a vector, to begin a
#: column of them, to collect a value from a border; bytes of rows beyond which few stay in L1
_PLANE_SHARE, _PLANE_VECTOR, _PLANE_COLUMN, _PLANE_VALUE = 1.5, 1.2e-9, 20e-9, 0.8e-9
_PLANE_BYTES = 2048


class Direct(Algorithm):
    """Register tiles of a stencil, read from the image itself or from rows with borders."""

    name = "direct"

    def supports(self, problem):
        if problem.compute not in ("f32", "f64"):
            return "float32 and float64 only"
        return against_forward(problem.stencil)

    def error_bound(self, problem):
        return (1.5e-6 if problem.compute == "f32" else 3e-15) + rounding(problem)

    def cost(self, problem, machine, threads):
        memory = problem.bytes / machine.memory_rate
        fork = machine.fork if threads > 1 else 0.0
        work = _planes_work if _by_planes(problem) else _stencils_work
        return machine.call + fork + overlapped(work(problem, machine) / threads, memory)

    def workspace(self, problem, threads):
        return _stencils(problem).workspace(threads)

    def bind(self, problem):
        stencils = _stencils(problem)
        if problem.kind == "fwd":
            return stencils

        def run(arrays, prepared, out, threads):
            """The input gradient of a transposed convolution: its operands come weight first."""
            weight, grad_output = arrays
            stencils((grad_output, weight, None, None), prepared, out, threads)

        return run


def _stencils_work(problem, machine):
    """Seconds on one thread, out of cache."""
    s = problem.stencil
    wide = 1.0 if problem.compute == "f32" else 2.0
    *depth, row = s.axes[:-1] or (None,)
    columns = s.axes[-1]
    taps = prod(a.taps for a in s.axes)
    lanes = _LANES // wide
    full = columns.feature / (lanes * -(-columns.feature // lanes))
    share = _SHARED if taps > columns.taps else _ALONE
    if any(a.taps > 1 for a in depth if a is not None):
        share = _PLANES
    efficiency = share * taps / (taps + _HALF_TAPS) * full
    work = s.multiply_adds * wide / (machine.gemm_rate * efficiency)
    planes = s.n * prod(a.feature for a in depth)
    found = planes * s.image_channels * prod(a.taps for a in depth) * (row.read if row else 1)
    work += found * _FIND
    if columns.stride > 1:
        work += found * columns.read * wide * _PART
    work += planes * s.feature_channels * (row.feature if row else 1) * _BEGIN
    return work


def _planes_work(problem, machine):
    """Seconds on one thread, out of cache."""
    s = problem.stencil
    *depth, h, w = s.axes
    lanes = _LANES // (1 if problem.compute == "f32" else 2)
    columns = -(-w.feature // lanes)
    planes = s.n * s.feature_channels * prod(a.feature * a.taps for a in depth)
    products = _LANES * w.taps * h.taps / machine.gemm_rate
    rows = columns * w.stride * (_PLANE_SHARE * products + _PLANE_VECTOR)
    if w.boundary != "zeros":
        rows += min(columns, 2) * w.stride * (w.stride * lanes + w.taps) * _PLANE_VALUE
    return planes * (h.feature * rows + columns * _PLANE_COLUMN)


def _by_planes(problem):
    """Whether planes are convolved one by one: small ones of one channel, under k x k taps."""
    s = problem.stencil
    if len(s.axes) < 2 or s.image_channels > s.groups:
        return False
    h, w = s.axes[-2:]
    row = w.image * DTYPES[problem.compute].itemsize
    return (
        h.taps == w.taps in (2, 3, 5, 7)
        and (w.taps - 1) * w.dilation <= PLANE_REACH
        and h.stride == w.stride in ((1,) if h.taps == 2 else (1, 2))
        and (h.stride == 1 or h.dilation == w.dilation == 1)
        and (h.stride == 2 or (h.taps - 1) * row <= _PLANE_BYTES)
        and "constant" not in (a.boundary for a in s.axes)
    )


def _stencils(problem):
    s = problem.stencil
    axes = [(a.image, a.feature, a.taps, a.stride, a.dilation, a.before, a.at) for a in s.axes]
    epilogue = {"bias": problem.bias, "activation": problem.activation, "add": problem.add}
    isa, dtype, n = config.current_isa(), problem.compute, s.n
    if _by_planes(problem):
        zeros = s.axes[-1].boundary == "zeros"
        if len(axes) == 2:
            axes.insert(0, (1, 1, 1, 1, 1, 0, Axis(1, 1, 1).at))
        return Planes(isa, dtype, n, s.image_channels, s.feature_channels, axes, zeros, **epilogue)
    one_line = len(axes) == s.image_channels == s.feature_channels == 1
    if one_line and n > 1 and problem.bias != "position":  # rows share what finding rows costs
        axes.insert(0, (n, n, 1, 1, 1, 0, Axis(n, n, 1).at))
        n = 1
    return Stencils(isa, dtype, n, s.groups, s.image_channels, s.feature_channels, axes, **epilogue)
