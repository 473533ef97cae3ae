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
from ..problem.geometry import Axis
from .base import Algorithm, overlapped, rounding

#: share of the multiply-add rate that stencils of many taps reach, and taps that are worth half of
#: it: neighbouring output rows share what they load, a single row of taps shares nothing
_SHARED, _ALONE, _HALF_TAPS = 0.8, 0.5, 5
#: seconds to find an input row, to part a value of it by the stride, to begin an output row
_FIND, _PART, _BEGIN = 5e-9, 0.4e-9, 10e-9
#: values of a vector, as most machines have them
_LANES = 8


def _read(axis):
    """Elements of the input, its borders included, that an axis reads."""
    return (axis.feature - 1) * axis.stride + axis.extent


class Direct(Algorithm):
    """Register tiles of a stencil, read from the image itself or from rows with borders."""

    name = "direct"

    def supports(self, problem):
        stencil = problem.stencil
        if problem.compute not in ("f32", "f64"):
            return "float32 and float64 only"
        if stencil.role != "fwd":
            return "forward convolutions only"
        if any(a.tile != 1 for a in stencil.axes):
            return "the kernel changes from position to position"
        if len(stencil.axes) > 3:
            return "at most 3 filtered axes"
        return None

    def error_bound(self, problem):
        return (1.5e-6 if problem.compute == "f32" else 3e-15) + rounding(problem)

    def cost(self, problem, machine, threads):
        s = problem.stencil
        wide = 1.0 if problem.compute == "f32" else 2.0
        *depth, row = s.axes[:-1] or (None,)
        columns = s.axes[-1]
        taps = prod(a.taps for a in s.axes)
        lanes = _LANES // wide
        full = columns.feature / (lanes * -(-columns.feature // lanes))
        share = _SHARED if taps > columns.taps else _ALONE
        efficiency = share * taps / (taps + _HALF_TAPS) * full
        work = s.multiply_adds * wide / (machine.gemm_rate * efficiency)
        planes = s.n * prod(a.feature for a in depth)
        found = planes * s.image_channels * prod(a.taps for a in depth) * (_read(row) if row else 1)
        work += found * _FIND
        if columns.stride > 1:
            work += found * _read(columns) * wide * _PART
        work += planes * s.feature_channels * (row.feature if row else 1) * _BEGIN
        memory = problem.bytes / machine.memory_rate
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + overlapped(work / threads, memory)

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


def _stencils(problem):
    s = problem.stencil
    axes = [(a.image, a.feature, a.taps, a.stride, a.dilation, a.before, a.at) for a in s.axes]
    n = s.n
    one_line = len(axes) == s.image_channels == s.feature_channels == 1
    if one_line and n > 1 and problem.bias != "position":  # rows share what finding rows costs
        axes.insert(0, (n, n, 1, 1, 1, 0, Axis(n, n, 1).at))
        n = 1
    return Stencils(
        config.current_isa(), problem.compute, n, s.groups, s.image_channels,
        s.feature_channels, axes, bias=problem.bias, activation=problem.activation,
        add=problem.add,
    )  # fmt: skip
