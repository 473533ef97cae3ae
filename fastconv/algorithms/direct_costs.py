"""What the loops of `direct` take on one thread, and which of them run a problem."""

from functools import cache
from math import ceil, prod
from types import SimpleNamespace

from .. import config
from ..loops.direct import Stencils
from ..loops.direct_across import Across
from ..loops.direct_dots import Dots
from ..loops.direct_matrix import Matrix
from ..loops.direct_planes import Planes
from ..loops.simd import vector_bytes
from .base import RATES, Latest, last_of, moved
from .direct_loops import LANES, across, by_dots, by_planes, is_depthwise, is_matrix, stencils
from .reading import FIND, copied_row, unforeseen_row

#: output rows of a register tile
_ROWS = 4
#: vectors of a tile's row, where a tile has several rows
_VECTORS = 3
#: vectors of a tile's row, where it has one row or its rows share no input
_ONE_ROW_VECTORS = 8
#: time of a run of tap rows over what its multiply-adds, loads or chains of additions need
_RUN_SLOWDOWN = 1.14
#: the same over that, where a stride divides the copied rows of several channels
_DIVIDED_SLOWDOWN = 1.25
#: chains of additions that together hide the latency of a multiply-add
_CHAINS = 8
#: seconds to begin a run of tap rows
_RUN = 0.9e-9
#: seconds to begin each input row of a run
_INPUT_ROW = 0.6e-9
#: seconds to begin a register tile
_TILE = 9.3e-9
#: seconds to begin an output row
_OUTPUT_ROW = 0.5e-9
#: seconds to read a cache line that was not prefetched
_CACHE_LINE = 1.4e-9
#: most input planes that the processor prefetches side by side
_PREFETCHED = 16
#: arrays of more bytes than these come from memory; time to read them from more planes at a time
#: than the processor prefetches, over that to read them one by one
_FAR_BYTES, _FAR_MEMORY = 4 << 20, 2.5
#: rolling stencils: time of a multiply-add over one at full speed; fewest tap rows that outlast the
#: loads of a vector
_ROLL_SLOWDOWN, _ROLL_TAPS = 1.0, 2.5
#: rolling stencils: seconds to begin a row of outputs, with both ends, and to read and write a
#: vector
_ROLL_ROW, _ROLL_VECTOR = 7e-9, 0.15e-9
#: vectors of outputs of a row, without windows in a border, from which on only borders are copied
_LONG = 24
#: output by output: seconds to begin an output, and to begin each row of its taps
_DOT, _DOT_ROW = 8e-9, 1.5e-9
#: output by output: time of a multiply-add over one at full speed
_DOT_SLOWDOWN = 2.0
#: a matrix times an image: time of a multiply-add over one at full speed
_MATRIX_SLOWDOWN = 0.8
#: plane by plane: seconds to read and write a vector, without and with a stride
_PLANE_VECTOR = {1: 1.7e-9, 2: 4.5e-9}
#: plane by plane: seconds to load a tap, and to begin a column of vectors
_PLANE_TAP, _PLANE_COLUMN = 0.5e-9, 20e-9
#: plane by plane: seconds to copy one value of a border
_PLANE_BORDER = 0.8e-9
#: across channels: time of a multiply-add over one at full speed, for tiles that load each vector
#: for each of its taps, and for those that load it once for three columns of taps
_ACROSS_SLOWDOWN, _ACROSS_SLIDING = 1.35, 1.08
#: across channels: seconds to begin a register tile, to begin a block, and to transpose one float32
#: value
_ACROSS_TILE, _ACROSS_BLOCK, _ACROSS_VALUE = 7e-9, 0.1e-6, 0.11e-9
#: across channels that are last in some array: the same two
_LAST_SLOWDOWN, _LAST_SLIDING = 1.7, 1.0
#: the same: seconds to begin a register tile of one strip that reads an image, or that reads a
#: patch and stores lines apart; to begin a block; to transpose one float32 value of the output
_LAST_TILE, _LAST_PATCH_TILE, _LAST_BLOCK, _LAST_VALUE = 5e-9, 15e-9, 0.15e-6, 0.19e-9
#: such arrays up to these bytes come from caches, one line after the other, in this share of the
#: time
_LAST_BYTES, _LAST_MEMORY = 16 << 20, 0.5


@Latest
def loops_of(problem):
    """Return the class of the loops that compute a problem."""
    if last_of(problem):
        return Across
    if is_matrix(problem.stencil):
        return Matrix
    if problem.stencil.image_channels > problem.stencil.groups:
        return Stencils
    loops = Dots if by_dots(problem) else Planes if by_planes(problem) else Stencils
    if not is_depthwise(problem.stencil):
        return loops
    # not the rates of this machine, which may change between the preparation of a weight and a call
    machine = SimpleNamespace(gemm_rate=RATES[config.current_isa()][0])
    return min(loops, Across, key=lambda found: _WORK[found](problem, machine))


def work_seconds(problem, machine):
    """Return the seconds of the loops of a problem on one thread, with all data in cache."""
    return _WORK[loops_of(problem)](problem, machine)


def memory_seconds(problem, machine):
    """Return the seconds in which what a problem reads and writes comes from memory."""
    s, seconds = problem.stencil, moved(problem) / machine.memory_rate
    if last_of(problem) and moved(problem) <= _LAST_BYTES:
        return seconds * _LAST_MEMORY
    many = loops_of(problem) is Stencils and s.image_channels > _PREFETCHED * s.groups
    return seconds * (_FAR_MEMORY if many and moved(problem) > _FAR_BYTES else 1)


def _stencils_work(problem, machine):
    """Return the seconds of register tiles on one thread, with all data in cache."""
    s = problem.stencil
    lanes = LANES if problem.compute == "f32" else LANES // 2
    planes, units, (height, longer, many, few, shared), width, found, parts, rolls = stencils(
        problem
    ).shape()
    columns, taps, stride, dilation = width
    if rolls:
        vectors = ceil(columns / lanes)
        products = vectors * max(longer, _ROLL_TAPS) * taps * LANES / machine.gemm_rate
        row = _ROLL_SLOWDOWN * products + _ROLL_ROW + vectors * _ROLL_VECTOR
        return units * (s.feature_channels // s.groups) * height * row + found * FIND
    tall = _ROWS if shared else 1
    vectors = ceil(columns / lanes)
    panels = ceil(vectors / (_VECTORS if tall > 1 else _ONE_ROW_VECTORS))
    a = s.axes[-1]
    inside = a.image - (taps - 1) * dilation  # windows that reach no border, at most
    copied = vectors < _LONG or ceil(min(columns, inside) / lanes) < (_LONG if height > 1 else 1)
    copied = stride > 1 or (copied and (a.before > 0 or a.after > 0 or columns < lanes))
    part = ceil(columns / parts)
    row = copied_row(part, taps, stride, dilation, lanes) if copied else FIND
    if copied:
        row += unforeseen_row(s, planes, LANES // lanes * 4) / parts
    work = found * parts * row
    product = LANES / machine.gemm_rate
    if stride > 1 and planes > 1:
        product *= _DIVIDED_SLOWDOWN
    features = s.feature_channels // s.groups
    for rows, count in ((tall, height // tall), (height % tall, 1)):
        if rows:
            run = 0.0
            for tap_rows, runs in ((longer, many), (longer - 1, few)):
                if runs:
                    products = _products(tap_rows, taps, rows, vectors / panels) * product
                    run += runs * (products + _RUN + (rows + tap_rows - 1) * _INPUT_ROW)
            tiles = units * features * count
            work += tiles * panels * (planes * run + _TILE) + tiles * rows * _OUTPUT_ROW
            if not copied and planes > _PREFETCHED:
                work += tiles * planes * rows * columns / (2 * lanes) * _CACHE_LINE
    return work


def _products(high_taps, taps, rows, vectors):
    """Return the time of one run of tap rows, in multiply-adds of vectors."""
    products = high_taps * rows * vectors
    loads = (rows + high_taps - 1) * vectors + high_taps * rows
    return _RUN_SLOWDOWN * taps * max(products, loads, _CHAINS * high_taps)


def _planes_work(problem, machine):
    """Return the seconds of planes one by one on one thread, with all data in cache."""
    s = problem.stencil
    *depth, h, w = s.axes
    wide = 1 if problem.compute == "f32" else 2
    lanes = _vector_bytes(config.current_isa()) // (4 * wide)
    columns = -(-w.feature // lanes)
    planes = s.n * s.feature_channels * prod(a.feature * a.taps for a in depth)
    products = lanes * wide * w.taps * h.taps / machine.gemm_rate
    rows = columns * (products + _PLANE_VECTOR[w.stride])
    if w.boundary != "zeros":
        rows += min(columns, 2) * w.stride * (w.stride * lanes + w.taps) * _PLANE_BORDER
    taps = w.taps * h.taps * _PLANE_TAP
    return planes * (taps + h.feature * rows + columns * _PLANE_COLUMN)


def _dots_work(problem, machine):
    """Return the seconds of outputs one by one on one thread, with all data in cache."""
    s = problem.stencil
    *front, w = s.axes
    lanes = LANES // (1 if problem.compute == "f32" else 2)
    rows, columns = prod(min(a.taps, a.image) for a in front), min(w.taps, w.image)
    if front and w.taps == w.image == columns and w.feature == 1:
        rows, columns = rows // min(front[-1].taps, front[-1].image), columns * front[-1].taps
    vectors = ceil(columns / lanes)
    row = _DOT_ROW + _DOT_SLOWDOWN * vectors * LANES / machine.gemm_rate
    return s.n * s.feature_channels * prod(a.feature for a in s.axes) * (_DOT + rows * row)


def _matrix_work(problem, machine):
    """Return the seconds of a matrix times images on one thread, with all data in cache."""
    s = problem.stencil
    lanes = LANES // (1 if problem.compute == "f32" else 2)
    terms = s.image_channels * s.taps
    row = _DOT + _MATRIX_SLOWDOWN * ceil(terms / lanes) * LANES / machine.gemm_rate
    return s.n * s.feature_channels * row


def _across_work(problem, machine):
    """Return the seconds of blocks of channels on one thread, with all data in cache."""
    products, tiles, blocks, squares, lanes = across(problem).work()
    wide = 1 if problem.compute == "f32" else 2
    w = problem.stencil.axes[-1]
    slides = w.taps >= 3 and w.stride == w.dilation
    slowdown = _ACROSS_SLIDING if slides else _ACROSS_SLOWDOWN
    tile, block, value = _ACROSS_TILE, _ACROSS_BLOCK, _ACROSS_VALUE
    if last_of(problem):
        slowdown = _LAST_SLIDING if slides else _LAST_SLOWDOWN
        tile, block, value = _LAST_TILE, _LAST_BLOCK, _LAST_VALUE
        if problem.channels_last == "output":
            tile, value = _LAST_PATCH_TILE, _ACROSS_VALUE
    work = slowdown * products * lanes * wide / machine.gemm_rate + tiles * tile
    return work + blocks * block + squares * lanes**2 * wide * value


#: bytes of a vector of an instruction set
_vector_bytes = cache(vector_bytes)
_WORK = {
    Dots: _dots_work, Planes: _planes_work, Stencils: _stencils_work, Matrix: _matrix_work,
    Across: _across_work,
}  # fmt: skip
