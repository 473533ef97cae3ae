"""direct: the sum of the definition on tiles of the source in shared memory.

For few channels, where a matrix product has nothing to share: images, signals, depthwise layers.
"""

from dataclasses import replace
from math import ceil, prod

from ..problem.arrays import DTYPES
from .base import EPILOGUE, DeviceAlgorithm, epilogue, last_operands, operands, three
from .source import Struct
from .walks import WALK, against, walks

_DIRECT = Struct(
    "P source, weight, out; epilogue epilogue;"
    "q source_size, target_size, weight_group, weight_target, weight_source;"
    "i n, groups, sources, targets, planes, tiles_b, tiles_c, tile_rows, tile_columns, pitch,"
    "kernel_b, kernel_c; walk walks[3]",
    epilogue=EPILOGUE, walk=WALK,
)  # fmt: skip
_THREADS = 256
#: taps that slide through registers at a time, and strides of rows for which they do
_CHUNK, _STEPS = 8, (1, 2)
#: shared memory of a block that leaves room for others
_SHARED = 64 << 10
#: shares of the peak: by shared memory's speed, for rows that share what they read or do not
_SLIDING, _ALONE = 0.45, 0.2


class Direct(DeviceAlgorithm):
    """Tiles in shared memory, rows in registers."""

    name = "direct"
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}

    def refuses(self, problem):
        reason = against(problem)
        if reason is not None:
            return reason
        tilings = [_Tiling(problem, w) for w in walks(problem.stencil)]
        if any(t.shared > self._most() for t in tilings):
            return "a tile of the source and its kernel exceed a block's shared memory"
        if any(max(t.grid, t.planes) >= 1 << 31 for t in tilings):
            return "more tiles than a grid has blocks"
        return None

    def cost(self, problem, machine, threads):
        s = problem.stencil
        seconds = 0.0
        for walk in walks(s):
            tiling = _Tiling(problem, walk)
            taps = prod(w.taps for w in walk)
            targets = s.n * s.groups * tiling.blocks * tiling.channels
            padded = targets * walk[0].targets * tiling.tiles * tiling.outputs
            share = _SLIDING if tiling.chunk else _ALONE
            # loading a tile costs about as much as a row of taps
            column = max(tiling.column.taps, 1)
            share *= tiling.channels * column / (tiling.channels * column + 3)
            read = tiling.sources * s.n * s.groups * tiling.blocks * tiling.tiles
            read *= tiling.tile_rows * tiling.tile_columns * DTYPES[problem.compute].itemsize
            moved = problem.bytes + read * walk[0].targets * walk[0].taps / 4
            operations = padded * tiling.sources * max(taps, 1)
            seconds += machine.launch
            seconds += machine.seconds(problem, operations, moved, share, tiling.grid)
        return seconds

    def bind(self, problem):
        parts = []
        for walk in walks(problem.stencil):
            tiling = _Tiling(problem, walk)
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

    def _most(self):
        return min(self.runtime.properties["shared"], 96 << 10)

    def _structure(self, problem, tiling):
        """The kernel's structure without its arrays."""
        s = problem.stencil
        forward = s.role == "fwd"
        kernel = [a.taps for a in three(s.axes)]
        taps = prod(kernel)
        c, k = s.image_channels // s.groups, s.feature_channels // s.groups
        walk = tiling.walk
        return _DIRECT(
            self.runtime, epilogue=epilogue(problem, self.runtime),
            source_size=prod(w.source for w in walk), target_size=prod(w.size for w in walk),
            weight_group=k * c * taps, weight_target=c * taps if forward else taps,
            weight_source=taps if forward else c * taps, n=s.n, groups=s.groups,
            sources=tiling.sources, targets=tiling.targets, planes=tiling.planes,
            tiles_b=tiling.tiles_b, tiles_c=tiling.tiles_c, tile_rows=tiling.tile_rows,
            tile_columns=tiling.tile_columns, pitch=tiling.pitch, kernel_b=kernel[1],
            kernel_c=kernel[2], walks=[[w.struct() for w in walk]],
        )  # fmt: skip


class _Tiling:
    """Threads, tiles and shared memory of one walk."""

    def __init__(self, problem, walk):
        s = problem.stencil
        self.walk = walk = tuple(ahead(w) for w in walk)
        a, b, c = walk
        self.targets, self.sources = (n // s.groups for n in (s.feature_channels, s.image_channels))
        if s.role == "input":
            self.targets, self.sources = self.sources, self.targets
        self.line = b.targets == 1 and b.taps == 1 and c.targets >= 256
        self.column = column = c if self.line else b
        self.channels = 1 if self.targets == 1 else 4 if self.targets > 2 else 2
        self.rows = 8 if self.channels < 4 else 4
        if not self.line and b.targets < self.rows:
            self.rows = 1 if b.targets == 1 else 2 if b.targets == 2 else 4
        taps = max(column.taps, 1)
        slides = (column.reach == 1 or column.taps == 1) and column.step in _STEPS
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
            f"-DCHUNK={self.chunk}", *((f"-DSTEP={column.step}",) if self.chunk else ()),
            *(("-DLINE",) if self.line else ()),
        )  # fmt: skip

    def _shape(self, b, c):
        """Threads along columns and rows."""
        if self.line:
            return 32, 8
        width = 8
        while width < 32 and width < c.targets:
            width *= 2
        height = 1
        while height < _THREADS // width and height * self.rows < b.targets:
            height *= 2
        return width, height

    def _fit(self, width, height, size, depth=None):
        a, b, c = self.walk
        depth = depth or max(1, min(_THREADS // (width * height), self.planes, 64))
        block_rows = height * self.rows
        if self.line:
            self.outputs = width * block_rows
            self.tiles_b, self.tiles_c = 1, ceil(c.targets / self.outputs)
            self.tile_rows = (block_rows - 1) * c.step + (c.taps - 1) * c.reach + 1
            self.tile_columns, self.pitch = width, width + 1
        else:
            self.outputs = width * block_rows
            self.tiles_b, self.tiles_c = ceil(b.targets / block_rows), ceil(c.targets / width)
            self.tile_rows = (block_rows - 1) * b.step + (max(b.taps, 1) - 1) * b.reach + 1
            self.tile_columns = (width - 1) * c.step + (max(c.taps, 1) - 1) * c.reach + 1
            self.pitch = self.tile_columns
        self.tiles = self.tiles_b * self.tiles_c
        self.block = (width, height, depth)
        values = self.tile_rows * self.pitch + self.channels * b.taps * c.taps
        self.shared = depth * values * size
        self.grid = self.tiles * a.targets * ceil(self.planes / depth)


def ahead(w):
    """The same walk with taps in the order of their sources."""
    if w.reach >= 0:
        return w
    last = w.taps - 1
    return replace(
        w, start=w.start + last * w.reach, reach=-w.reach, tap=w.tap + last * w.tap_step,
        tap_step=-w.tap_step,
    )  # fmt: skip
