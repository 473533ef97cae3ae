"""direct: the sum of the definition on tiles of the source in shared memory.

It is for few channels, where a matrix product has nothing to share: images, signals and depthwise
layers. `cuda/direct.cu` describes how threads share a tile.
"""

from dataclasses import replace
from math import ceil, prod

from ..problem.arrays import DTYPES
from .base import EPILOGUE, DeviceAlgorithm, epilogue, last_operands, operands, three
from .source import Struct
from .stride_phases import PHASE_AXIS, refuses_phases, stride_phases

_DIRECT = Struct(
    "P source, weight, out; epilogue epilogue;"
    "q source_size, target_size, weight_group, weight_target, weight_source;"
    "i n, groups, sources, targets, planes, tiles_b, tiles_c, tile_rows, tile_columns, pitch,"
    "kernel_b, kernel_c; axis axes[3]",
    epilogue=EPILOGUE, axis=PHASE_AXIS,
)  # fmt: skip
#: threads of a block
_THREADS = 256
#: taps of a column that a thread keeps in registers at a time while it slides down
_CHUNK = 8
#: strides of rows for which threads slide
_SLIDING_STRIDES = (1, 2)
#: bytes of shared memory of a block that leave room for other blocks
_SHARED = 64 << 10
#: most bytes of shared memory that a block may take
_MOST_SHARED = 96 << 10
#: targets in a row from which on a signal's threads slide as well
_LONG_ROW = 256
#: share of the peak that threads reach when they slide: shared memory's speed limits it
_SLIDING = 0.45
#: share of the peak when they read each window anew
_NOT_SLIDING = 0.2


class Direct(DeviceAlgorithm):
    """Tiles of the source in shared memory, rows of targets in registers."""

    name = "direct"
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}

    def refuses(self, problem):
        reason = refuses_phases(problem)
        if reason is not None:
            return reason
        tilings = [_Tiling(problem, phase) for phase in stride_phases(problem.stencil)]
        if any(t.shared > self._most_shared() for t in tilings):
            return "a tile of the source and its kernel exceed a block's shared memory"
        if any(max(t.grid, t.planes) >= 1 << 31 for t in tilings):
            return "more tiles than a grid has blocks"
        return None

    def cost(self, problem, machine, threads):
        s = problem.stencil
        seconds = 0.0
        for phase in stride_phases(s):
            tiling = _Tiling(problem, phase)
            taps = prod(a.taps for a in phase)
            targets = s.n * s.groups * tiling.blocks * tiling.channels
            padded = targets * phase[0].targets * tiling.tiles * tiling.outputs
            share = _SLIDING if tiling.chunk else _NOT_SLIDING
            # loading tiles costs as much as three more products with every value
            column = max(tiling.column.taps, 1)
            share *= tiling.channels * column / (tiling.channels * column + 3)
            read = tiling.sources * s.n * s.groups * tiling.blocks * tiling.tiles
            read *= tiling.tile_rows * tiling.tile_columns * DTYPES[problem.compute].itemsize
            moved = problem.bytes + read * phase[0].targets * phase[0].taps / 4
            operations = padded * tiling.sources * max(taps, 1)
            seconds += machine.launch
            seconds += machine.seconds(problem, operations, moved, share, tiling.grid)
        return seconds

    def bind(self, problem):
        parts = []
        for phase in stride_phases(problem.stencil):
            tiling = _Tiling(problem, phase)
            parts.append((tiling, self._structure(problem, tiling)))
        forward = problem.stencil.role == "fwd"

        def run(arrays, prepared, out, threads):
            image, feature, weight = operands(problem, arrays, out)
            source = image if forward else feature
            for tiling, template in parts:
                struct = _DIRECT.again(
                    self.runtime, template, source=source, weight=weight, out=out,
                    **last_operands(problem, arrays),
                )  # fmt: skip
                self.launch(
                    "direct", "direct", problem, (tiling.grid, 1, 1), struct, block=tiling.block,
                    options=tiling.options, shared=tiling.shared,
                )  # fmt: skip

        return run

    def _most_shared(self):
        return min(self.runtime.properties["shared"], _MOST_SHARED)

    def _structure(self, problem, tiling):
        """Return the kernel's structure without its arrays."""
        s = problem.stencil
        forward = s.role == "fwd"
        kernel = [a.taps for a in three(s.axes)]
        taps = prod(kernel)
        c, k = s.image_channels // s.groups, s.feature_channels // s.groups
        return _DIRECT(
            self.runtime, epilogue=epilogue(problem, self.runtime),
            source_size=prod(a.source_length for a in tiling.phase),
            target_size=prod(a.target_length for a in tiling.phase),
            weight_group=k * c * taps, weight_target=c * taps if forward else taps,
            weight_source=taps if forward else c * taps, n=s.n, groups=s.groups,
            sources=tiling.sources, targets=tiling.targets, planes=tiling.planes,
            tiles_b=tiling.tiles_b, tiles_c=tiling.tiles_c, tile_rows=tiling.tile_rows,
            tile_columns=tiling.tile_columns, pitch=tiling.pitch, kernel_b=kernel[1],
            kernel_c=kernel[2], axes=[[a.struct() for a in tiling.phase]],
        )  # fmt: skip


class _Tiling:
    """Threads, tiles and shared memory of one stride phase.

    Parameters
    ----------
    problem : ConvProblem or FilterProblem
    phase : tuple of 3 PhaseAxis

    Attributes
    ----------
    targets, sources : int
        Channels of a group on both sides.
    one_row : bool
        Whether all targets lie in one row, as a signal's.
    column : PhaseAxis
        The axis along which a thread computes several targets.
    channels, rows : int
        Target channels and rows of a thread.
    chunk : int
        Taps that a thread keeps in registers at a time while it slides; 0 if it does not.
    blocks, planes : int
        Blocks of channels of a group, and of all groups and images.
    outputs, tiles : int
        Targets of a tile, and tiles of a plane.
    block : tuple of int
        Threads of a block along columns, rows and planes.
    shared : int
        Bytes of shared memory of a block.
    grid : int
        Blocks in all.
    """

    def __init__(self, problem, phase):
        s = problem.stencil
        self.phase = phase = tuple(ascending(a) for a in phase)
        _, b, c = phase
        self.targets, self.sources = (n // s.groups for n in (s.feature_channels, s.image_channels))
        if s.role == "input":
            self.targets, self.sources = self.sources, self.targets
        self.one_row = b.targets == 1 and b.taps == 1 and c.targets >= _LONG_ROW
        self.column = column = c if self.one_row else b
        self.channels = 1 if self.targets == 1 else 4 if self.targets > 2 else 2
        self.rows = 8 if self.channels < 4 else 4
        if not self.one_row and b.targets < self.rows:
            self.rows = 1 if b.targets == 1 else 2 if b.targets == 2 else 4
        taps = max(column.taps, 1)
        slides = column.dilation == 1 or column.taps == 1
        slides = slides and column.stride in _SLIDING_STRIDES
        self.chunk = ceil(taps / ceil(taps / _CHUNK)) if slides else 0
        self.blocks = ceil(self.targets / self.channels)
        self.planes = s.n * s.groups * self.blocks
        size = DTYPES[problem.compute].itemsize
        width, height = self._shape(b, c)
        while True:
            self._fit(width, height, size)
            if self.shared > _SHARED:
                self._fit(width, height, size, depth=1)
            if self.shared <= _SHARED or width * height <= 32:
                break
            width, height = (width, height // 2) if height > 1 else (width // 2, height)
        self.options = (
            "-DNARROW", f"-DCHANNELS={self.channels}", f"-DROWS={self.rows}",
            f"-DCHUNK={self.chunk}", *((f"-DSTEP={column.stride}",) if self.chunk else ()),
            *(("-DONE_ROW",) if self.one_row else ()),
        )  # fmt: skip

    def _shape(self, b, c):
        """Return the threads of a block along columns and rows."""
        if self.one_row:
            return 32, 8
        width = 8
        while width < 32 and width < c.targets:
            width *= 2
        height = 1
        while height < _THREADS // width and height * self.rows < b.targets:
            height *= 2
        return width, height

    def _fit(self, width, height, size, depth=None):
        """Set tiles and shared memory for so many threads; `depth` is the planes of a block."""
        a, b, c = self.phase
        depth = depth or max(1, min(_THREADS // (width * height), self.planes, 64))
        block_rows = height * self.rows
        if self.one_row:
            self.outputs = width * block_rows
            self.tiles_b, self.tiles_c = 1, ceil(c.targets / self.outputs)
            self.tile_rows = (block_rows - 1) * c.stride + (c.taps - 1) * c.dilation + 1
            self.tile_columns, self.pitch = width, width + 1
        else:
            self.outputs = width * block_rows
            self.tiles_b, self.tiles_c = ceil(b.targets / block_rows), ceil(c.targets / width)
            self.tile_rows = (block_rows - 1) * b.stride + (max(b.taps, 1) - 1) * b.dilation + 1
            self.tile_columns = (width - 1) * c.stride + (max(c.taps, 1) - 1) * c.dilation + 1
            self.pitch = self.tile_columns
        self.tiles = self.tiles_b * self.tiles_c
        self.block = (width, height, depth)
        values = self.tile_rows * self.pitch + self.channels * b.taps * c.taps
        self.shared = depth * values * size
        self.grid = self.tiles * a.targets * ceil(self.planes / depth)


def ascending(axis):
    """Return the axis of a phase with its taps in ascending order of the sources that they read.

    Parameters
    ----------
    axis : PhaseAxis
    """
    if axis.dilation >= 0:
        return axis
    last = axis.taps - 1
    return replace(
        axis, offset=axis.offset + last * axis.dilation, dilation=-axis.dilation,
        first_tap=axis.first_tap + last * axis.tap_stride, tap_stride=-axis.tap_stride,
    )  # fmt: skip
