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

from functools import cache
from math import ceil, prod
from types import SimpleNamespace

import numpy as np

from .. import config
from ..loops.direct import Stencils
from ..loops.direct_across import Across
from ..loops.direct_dots import Dots
from ..loops.direct_matrix import Matrix
from ..loops.direct_planes import PLANE_REACH, Planes
from ..loops.simd import vector_bytes
from ..problem.arrays import DTYPES
from .base import (
    PARTS,
    RATES,
    Algorithm,
    Latest,
    c_axis,
    in_forward_order,
    last_of,
    least_inside,
    moved,
    overlapped,
    products_floor,
    refuses_forward,
)
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
#: float32 values of a vector on most machines
_LANES = 8
#: output by output: seconds to begin an output, and to begin each row of its taps
_DOT, _DOT_ROW = 8e-9, 1.5e-9
#: output by output: time of a multiply-add over one at full speed
_DOT_SLOWDOWN = 2.0
#: output by output: fewest taps; most vectors over those of other loops, which a stride slows down
_DOT_TAPS, _DOT_SHARE, _DOT_STRIDED_SHARE = 32, 0.8, 1.25
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
_ACROSS_SLOWDOWN, _ACROSS_SLIDING = 1.35, 0.95
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
#: plane by plane: most bytes of the rows under a kernel, so that they stay in L1
_PLANE_BYTES = 2048


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
        if _is_depthwise(problem.stencil):  # rows of borders may be left out
            for a in problem.stencil.axes[:-1]:
                seconds *= least_inside(a)
        return machine.call + seconds

    def cost(self, problem, machine, threads):
        memory = moved(problem) / machine.memory_rate
        if last_of(problem) and moved(problem) <= _LAST_BYTES:
            memory *= _LAST_MEMORY
        loops, s = _loops(problem), problem.stencil
        if loops is Stencils:
            threads = _stencils(problem).busy(threads)
            if s.image_channels > _PREFETCHED * s.groups and moved(problem) > _FAR_BYTES:
                memory *= _FAR_MEMORY
        fork = machine.fork if threads > 1 else 0.0
        work = _WORK[loops](problem, machine)
        return machine.call + fork + overlapped(work / threads, memory)

    def workspace(self, problem, threads):
        make = {Stencils: _stencils, Across: _across}.get(_loops(problem))
        return make(problem).workspace(threads) if make else 0

    def prepare(self, problem, weight):
        make = {Matrix: _matrix, Across: _across}.get(_loops(problem))
        return make and make(problem).pack_weights(np.ascontiguousarray(weight))

    def bind(self, problem):
        loops = _loops(problem)
        if loops is Stencils:
            return in_forward_order(problem, _stencils(problem).build())
        if loops is Across:
            return in_forward_order(problem, _across(problem).build())
        make = {Dots: _dots, Planes: _planes, Matrix: _matrix}[loops]
        return in_forward_order(problem, make(problem))


def _stencils_work(problem, machine):
    """Return the seconds of register tiles on one thread, with all data in cache."""
    s = problem.stencil
    lanes = _LANES if problem.compute == "f32" else _LANES // 2
    planes, units, (height, longer, many, few, shared), width, found, parts, rolls = _stencils(
        problem
    ).shape()
    columns, taps, stride, dilation = width
    if rolls:
        vectors = ceil(columns / lanes)
        products = vectors * max(longer, _ROLL_TAPS) * taps * _LANES / machine.gemm_rate
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
        row += unforeseen_row(s, planes, _LANES // lanes * 4) / parts
    work = found * parts * row
    product = _LANES / machine.gemm_rate
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
    lanes = _LANES // (1 if problem.compute == "f32" else 2)
    rows, columns = prod(min(a.taps, a.image) for a in front), min(w.taps, w.image)
    if front and w.taps == w.image == columns and w.feature == 1:
        rows, columns = rows // min(front[-1].taps, front[-1].image), columns * front[-1].taps
    vectors = ceil(columns / lanes)
    row = _DOT_ROW + _DOT_SLOWDOWN * vectors * _LANES / machine.gemm_rate
    return s.n * s.feature_channels * prod(a.feature for a in s.axes) * (_DOT + rows * row)


def _matrix_work(problem, machine):
    """Return the seconds of a matrix times images on one thread, with all data in cache."""
    s = problem.stencil
    lanes = _LANES // (1 if problem.compute == "f32" else 2)
    terms = s.image_channels * s.taps
    row = _DOT + _MATRIX_SLOWDOWN * ceil(terms / lanes) * _LANES / machine.gemm_rate
    return s.n * s.feature_channels * row


def _across_work(problem, machine):
    """Return the seconds of blocks of channels on one thread, with all data in cache."""
    products, tiles, blocks, squares, lanes = _across(problem).work()
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


def _refuses_last(problem):
    """Return why arrays with channels last cannot be read or written, or None."""
    if not _is_depthwise(problem.stencil):
        return "channels last: only depthwise layers with borders of zeros"
    if problem.bias == "position":
        return "channels last: no bias that varies by position"
    return None


@Latest
def _loops(problem):
    """Return the class of the loops that compute a problem."""
    if last_of(problem):
        return Across
    if _is_matrix(problem.stencil):
        return Matrix
    if problem.stencil.image_channels > problem.stencil.groups:
        return Stencils
    loops = Dots if _by_dots(problem) else Planes if _by_planes(problem) else Stencils
    if not _is_depthwise(problem.stencil):
        return loops
    # not the rates of this machine, which may change between the preparation of a weight and a call
    machine = SimpleNamespace(gemm_rate=RATES[config.current_isa()][0])
    return min(loops, Across, key=lambda found: _WORK[found](problem, machine))


def _is_depthwise(stencil):
    """Return whether each of several channels has one kernel, and borders are zeros."""
    return 1 < stencil.groups == stencil.image_channels == stencil.feature_channels and all(
        a.boundary == "zeros" or a.before <= 0 >= a.after for a in stencil.axes
    )


def _is_matrix(stencil):
    """Return whether all outputs of an image read all of it."""
    return stencil.groups == 1 and all(
        a.feature == 1 and a.taps == a.image and a.dilation == 1 and a.before == 0
        for a in stencil.axes
    )


def _by_dots(problem):
    """Return whether outputs are computed one by one, with taps as lanes.

    This is for planes of one channel with few outputs in a row and many taps.
    """
    axes = problem.stencil.axes
    w = axes[-1]
    # vectors of outputs, whose lanes are not all needed, or of taps, whose lanes are added up
    lanes = _LANES // (1 if problem.compute == "f32" else 2)
    by_lanes = w.taps * ceil(w.feature / lanes)
    share = _DOT_SHARE if w.stride == 1 else _DOT_STRIDED_SHARE
    if w.dilation > 1 or w.feature * (ceil(w.taps / lanes) + 1) >= share * by_lanes:
        return False
    if prod(a.taps for a in axes) < _DOT_TAPS:
        return False
    return all(a.boundary == "zeros" or a.before <= 0 >= a.after for a in axes)


def _by_planes(problem):
    """Return whether planes are convolved one by one.

    This is for planes of one channel under k x k taps, with rows so short that they stay in L1.
    """
    s = problem.stencil
    if len(s.axes) < 2:
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


def _planes(problem):
    """Return the loops over planes."""
    s = problem.stencil
    return Planes(
        config.current_isa(), problem.compute, s.n, s.image_channels, s.feature_channels,
        [c_axis(a) for a in s.axes], s.axes[-1].boundary == "zeros", **_epilogue(problem),
    )  # fmt: skip


@Latest
def _across(problem):
    """Return the loops over blocks of channels."""
    s = problem.stencil
    return Across(
        config.current_isa(), problem.compute, s.n, s.image_channels, [c_axis(a) for a in s.axes],
        last=last_of(problem), **_epilogue(problem),
    )  # fmt: skip


def _dots(problem):
    """Return the loops over single outputs."""
    s = problem.stencil
    return Dots(
        config.current_isa(), problem.compute, s.n, s.image_channels, s.feature_channels,
        [c_axis(a) for a in s.axes], **_epilogue(problem),
    )  # fmt: skip


def _matrix(problem):
    """Return the loops over rows of a matrix."""
    s = problem.stencil
    return Matrix(
        config.current_isa(), problem.compute, s.n, s.feature_channels, s.image_channels * s.taps,
        **_epilogue(problem),
    )  # fmt: skip


def _new_stencils(problem):
    s = problem.stencil
    axes, n = [c_axis(a) for a in s.axes], s.n
    one_row = len(axes) == s.image_channels == s.feature_channels == 1
    if one_row and n > 1 and problem.bias != "position":
        # the batch becomes an axis, so that its rows are looked up together
        axes.insert(0, (n, n, 1, 1, 1, 0, "zeros", 1))
        n = 1
    return Stencils(
        config.current_isa(), problem.compute, n, s.groups, s.image_channels, s.feature_channels,
        axes, **_epilogue(problem),
    )  # fmt: skip


def _epilogue(problem):
    return {"bias": problem.bias, "activation": problem.activation, "add": problem.add}


#: the register tiles of a problem: cost, workspace and call ask for them in turn
_stencils = Latest(_new_stencils, PARTS)
