"""implicit_gemm: a convolution as a matrix product whose right side is unfolded while it is loaded.

`cuda/implicit_gemm.cu` describes tiles, panels and slices.

References
----------
S. Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014.
"""

from math import ceil, prod

from ..problem.arrays import DTYPES
from .base import (
    EPILOGUE,
    DeviceAlgorithm,
    bytes_of,
    epilogue,
    last_operands,
    linear_grid,
    operands,
    three,
)
from .source import Struct
from .stride_phases import PHASE_AXIS, refuses_phases, stride_phases
from .unfold import LARGEST, LIMIT

_GEMM = Struct(
    "P source, weight, out, partial; epilogue epilogue;"
    "q source_channels, target_channels, target_size, weight_group;"
    "i source_size, weight_target, weight_source, m, sources, pixels, groups, slices, slice, taps,"
    "kernel_b, kernel_c; digits term_step; axis axes[3]",
    epilogue=EPILOGUE, axis=PHASE_AXIS, digits=Struct("i channel, a, b, c"),
)  # fmt: skip
#: terms of a panel
_DEPTH = 8
#: threads of a block
_THREADS = 256
#: fewest terms of a slice: fewer do not pay for adding the slices
_LEAST_SLICE = 128
#: most slices of a sum
_MOST_SLICES = 32
#: share of the peak that large products reach
_SHARE = 0.6
#: terms of a sum that reach half of that share
_HALF_DEPTH = 24


class ImplicitGemm(DeviceAlgorithm):
    """Register tiles of a matrix product, unfolded while they are loaded."""

    name = "implicit_gemm"
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}

    def refuses(self, problem):
        reason = refuses_phases(problem)
        if reason is not None:
            return reason
        s = problem.stencil
        image, feature = (shape[1:] for shape in (s.image_shape, s.feature_shape))
        if max(map(prod, (image, feature, s.weight_shape))) // s.groups >= LIMIT:
            return "more values of an image or a kernel than 32 bits count"
        if max(s.groups, ceil(max(s.image_channels, s.feature_channels) / s.groups / 64)) > LARGEST:
            return "more groups or channels than a grid has blocks"
        return None

    def cost(self, problem, machine, threads):
        seconds = 0.0
        for phase in stride_phases(problem.stencil):
            tiling = _Tiling(problem, phase, machine.multiprocessors)
            padded = tiling.side**2 * tiling.tiles * max(tiling.terms, 1)
            efficiency = _SHARE * tiling.terms / (tiling.terms + _HALF_DEPTH) + 1e-3
            if tiling.side < 128 and problem.compute == "f32":
                efficiency *= 0.7
            moved = problem.bytes + 2 * tiling.partial_bytes
            blocks = tiling.tiles * tiling.slices
            seconds += machine.launch * (2 if tiling.slices > 1 else 1)
            seconds += machine.seconds(problem, padded, moved, efficiency, blocks)
        return seconds

    def workspace(self, problem, threads):
        count = self.runtime.properties["multiprocessors"]
        phases = stride_phases(problem.stencil)
        return max(_Tiling(problem, phase, count).partial_bytes for phase in phases)

    def bind(self, problem):
        return _Product(self, problem).run


class _Tiling:
    """Tiles and slices of the product of one stride phase.

    Parameters
    ----------
    problem : ConvProblem or FilterProblem
    phase : tuple of 3 PhaseAxis
    multiprocessors : int

    Attributes
    ----------
    m, sources : int
        Channels of a group: of the target, and of the source.
    pixels, taps, terms : int
        Targets of a channel in all images, taps, and terms of a sum.
    side, tiles : int
        Side of a block's square tile, and the number of tiles.
    slices, slice : int
        Slices of the sum, and terms of one.
    partial_bytes : int
        Workspace for the sums of slices.
    """

    def __init__(self, problem, phase, multiprocessors):
        s = problem.stencil
        channels = (s.feature_channels, s.image_channels)
        self.m, self.sources = (c // s.groups for c in channels)
        if s.role == "input":
            self.m, self.sources = self.sources, self.m
        self.pixels = s.n * prod(a.targets for a in phase)
        self.taps = prod(a.taps for a in phase)
        self.terms = self.sources * self.taps
        self.side = 128
        if problem.compute == "f64" or self.m <= 64 or self._blocks(s, 128) < multiprocessors:
            self.side = 64
        self.tiles = self._blocks(s, self.side)
        self.slices, self.slice = 1, max(self.terms, 1)
        if self.tiles < multiprocessors:
            wanted = min(_MOST_SLICES, 2 * multiprocessors // self.tiles)
            self.slice = _whole(max(_LEAST_SLICE, ceil(self.terms / wanted)))
            self.slices = max(1, ceil(self.terms / self.slice))
        self.partial_bytes = 0
        if self.slices > 1:
            shape = (self.slices, s.groups * self.m, self.pixels)
            self.partial_bytes = bytes_of(problem, shape)

        self.grid = (
            ceil(self.pixels / self.side), ceil(self.m / self.side), s.groups * self.slices
        )  # fmt: skip

    def _blocks(self, stencil, side):
        return stencil.groups * ceil(self.m / side) * ceil(self.pixels / side)


def _whole(terms):
    return -(-terms // _DEPTH) * _DEPTH


def _digits(phase, terms):
    """Return a number of terms in mixed radix: channels, and taps along each axis."""
    digits = []
    for axis in reversed(phase):
        terms, digit = divmod(terms, max(axis.taps, 1))
        digits.append(digit)
    return (terms, *reversed(digits))


class _Product:
    """The launches of one problem, prepared once."""

    def __init__(self, algorithm, problem):
        self.algorithm = algorithm
        self.problem = problem
        count = algorithm.runtime.properties["multiprocessors"]
        plain = problem.stencil.role == "fwd"
        zeros = all(a.boundary == "zeros" for a in problem.stencil.axes)
        self.options = ("-DPLAIN",) * plain + ("-DZERO_PADDED",) * zeros
        self.parts = []
        for phase in stride_phases(problem.stencil):
            tiling = _Tiling(problem, phase, count)
            self.parts.append((tiling, self._structure(phase, tiling)))

    def run(self, arrays, prepared, out, threads):
        """Compute every phase; where there are slices, add their sums afterwards."""
        problem, runtime = self.problem, self.algorithm.runtime
        s = problem.stencil
        image, feature, weight = operands(problem, arrays, out)
        source = image if s.role == "fwd" else feature
        for tiling, template in self.parts:
            partial = None
            if tiling.slices > 1:
                shape = (tiling.slices, s.groups * tiling.m, tiling.pixels)
                partial = runtime.xp.empty(shape, DTYPES[problem.compute])
            struct = _GEMM.again(
                runtime, template, source=source, weight=weight, out=out, partial=partial,
                **last_operands(problem, arrays),
            )  # fmt: skip
            options = ("-DNARROW", f"-DSIDE={tiling.side}", *self.options)
            self.algorithm.launch(
                "implicit_gemm", "implicit_gemm", problem, tiling.grid, struct, options=options
            )
            if partial is not None:
                grid = linear_grid(s.groups * tiling.m * tiling.pixels)
                self.algorithm.launch(
                    "implicit_gemm", "implicit_gemm_reduce", problem, grid, struct,
                    options=options,
                )  # fmt: skip

    def _structure(self, phase, tiling):
        """Return the kernel's structure without its arrays."""
        s = self.problem.stencil
        forward = s.role == "fwd"
        kernel = [a.taps for a in three(s.axes)]
        channel = prod(kernel)
        c, k = s.image_channels // s.groups, s.feature_channels // s.groups
        runtime = self.algorithm.runtime
        return _GEMM(
            runtime, epilogue=epilogue(self.problem, runtime),
            source_channels=s.groups * tiling.sources, target_channels=s.groups * tiling.m,
            source_size=prod(a.source_length for a in phase),
            target_size=prod(a.target_length for a in phase),
            weight_group=k * c * channel, weight_target=c * channel if forward else channel,
            weight_source=channel if forward else c * channel,
            m=tiling.m, sources=tiling.sources, pixels=tiling.pixels, groups=s.groups,
            slices=tiling.slices, slice=tiling.slice, taps=tiling.taps, kernel_b=kernel[1],
            kernel_c=kernel[2], term_step=_digits(phase, _THREADS // tiling.side),
            axes=[[a.struct() for a in phase]],
        )  # fmt: skip
