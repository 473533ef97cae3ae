"""implicit_gemm: a convolution as a matrix product whose right side is never stored as a whole.

It has two forms. In one, lanes of vectors are pixels, and weights are broadcast: pixels are packed
for every tap, or read in place. In the other one, lanes are output channels, and pixels are
broadcast from the rows of the image (`loops/lanes.pyx`). The sizes of a problem decide which is
used, and whether the weight was prepared: the second form needs it packed.

References
----------
S. Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014 (the implicit product);
K. Goto and R. A. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS, 2008
(blocks for each cache); F. G. Van Zee and R. A. van de Geijn, "BLIS", ACM TOMS, 2015.
"""

from math import ceil, prod

import numpy as np

from .. import config
from ..loops.implicit_gemm import Convolution
from ..loops.lanes import Lanes
from ..loops.simd import splits, vector_bytes
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
from .reading import copied_row, unforeseen_row

#: exponent of the filled share of a register tile's rows in its speed: smaller tiles lose less
_TILE = 0.7
#: rows of a register tile
_ROWS = 6
#: float32 pixels of a register tile
_PIXELS = 16
#: terms of a block of the sum
_BLOCK = 320
#: speed of packing over that of memory: packing stays in cache
_PACK_SPEED = 1.4
#: most taps that every instruction set takes as one block of a sum
_MOST_TAPS = 320
#: seconds to plan a call
_PLAN = 1e-6
#: seconds to begin a register tile
_RUN = 4.5e-9
#: seconds to find the pixels of a register tile in copied rows
_COLUMN = 10e-9
#: seconds to begin copying the pixels of an output row for one term
_PIECE = 1.1e-9
#: seconds to begin an output row
_OUTPUT_ROW = 2.7e-9
#: seconds to begin an output plane
_PLANE = 4.5e-9
#: time of a multiply-add over one at full speed where pixels are read in place
_IN_PLACE_SLOWDOWN = 1.1
#: the same with vectors of 32 bytes, and for so many terms that their lines of cache exceed L1
_IN_PLACE_SHORT_SLOWDOWN, _IN_PLACE_DEEP_SLOWDOWN, _IN_PLACE_DEEP = 1.35, 1.6, 128
#: seconds to write a float32 output
_WRITE = 0.03e-9
#: lanes are channels: time of a multiply-add over one at full speed
_LANES_SLOWDOWN = 1.02
#: the same for vectors half as wide as those of the instruction set, where these are split; for one
#: vector, for which loads are waited for, where they are split and where they are not
_NARROW_SLOWDOWN, _NARROW_ALONE_SLOWDOWN, _NARROW_WHOLE_SLOWDOWN = 1.1, 1.35, 2.1
#: the same for tiles of one vector, which wait for loads where vectors are not split
_ALONE_SLOWDOWN = 1.4
#: the same for one tap of an image in place with vectors of 32 bytes: each term is a line of cache
_PLANES_SLOWDOWN = 1.4
#: lanes are channels: seconds to read a cache line of an image in place, and bytes of an image that
#: stays in cache
_LANES_LINE, _LANES_CACHED = 3e-9, 1 << 22
#: lanes are channels: seconds to transpose one float32 value of a square of sums
_LANES_TURN = 0.15e-9
#: lanes are channels: seconds to write one float32 sum to an output with channels last
_LANES_PUT = 0.06e-9
#: lanes are channels: seconds to pack a float32 value of the weight
_LANES_PACK = 0.19e-9


class ImplicitGemm(Algorithm):
    """Register tiles of a matrix product, on panels that are packed straight from the image."""

    name = "implicit_gemm"
    forward_only = True
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}
    loop = Convolution
    permutes = True
    lanes = Lanes
    channels_last = True
    sized = False

    def __init__(self):
        self._forms = Latest(self._new_forms, PARTS)

    def refuses(self, problem):
        if last_of(problem):
            if problem.stencil.taps > _MOST_TAPS:
                return f"at most {_MOST_TAPS} taps of images with channels last"
            if problem.bias == "position":
                return "no bias of its own for each position of images with channels last"
        return refuses_forward(problem.stencil)

    def floor(self, problem, machine, threads):
        s = problem.stencil
        seconds, filled = products_floor(problem, machine, threads), _efficiency(s)
        if self.lanes is not None:
            # lanes are output channels: few of them leave lanes of vectors empty
            lanes = vector_bytes(config.current_isa()) // (4 if problem.compute == "f32" else 8)
            features = s.feature_channels // s.groups
            filled = max(filled, features / (lanes * ceil(features / lanes)))
            for a in s.axes:
                if a.boundary == "zeros":  # other borders are not left out
                    seconds *= least_inside(a)
        return machine.call + _PLAN + seconds / filled

    def cost(self, problem, machine, threads):
        return _seconds(self._forms(problem).fresh, problem, machine, threads)

    def workspace(self, problem, threads):
        return self._forms(problem).fresh.workspace(threads)

    def preparation(self, problem, machine, threads):
        forms = self._forms(problem)
        if forms.prepared is forms.fresh and not forms.prepared.packs:
            return 0.0, 0
        prepared = forms.prepared
        seconds = _seconds(prepared, problem, machine, threads, prepared=True)
        return (
            _seconds(forms.fresh, problem, machine, threads) - seconds,
            forms.fresh.workspace(threads) - prepared.workspace(threads, prepared=True),
        )

    def prepare(self, problem, weight):
        loop = self._forms(problem).prepared.loop
        return loop.pack_weights(np.ascontiguousarray(weight))

    def bind(self, problem):
        forms = self._forms(problem)
        fresh, prepared = forms.fresh.loop, forms.prepared.loop
        if fresh is prepared:
            return in_forward_order(problem, fresh)

        def run(arrays, packed, out, threads):
            (fresh if packed is None else prepared)(arrays, packed, out, threads)

        return in_forward_order(problem, run)

    def _new_forms(self, problem):
        s = problem.stencil
        arguments = (
            config.current_isa(), problem.compute, s.n, s.groups, s.image_channels,
            s.feature_channels, [c_axis(a) for a in s.axes],
        )  # fmt: skip
        options = {"bias": problem.bias, "activation": problem.activation, "add": problem.add}
        if last_of(problem):
            lanes = self.lanes(*arguments, last=last_of(problem), **options)
            return _Forms(*[_Channels(lanes, problem)] * 2)
        pixels = _Pixels(self.loop(*arguments, **options))
        lanes = self.lanes and self.lanes(*arguments, **options)
        if not lanes or not lanes.runs():
            return _Forms(pixels, pixels)
        lanes = _Channels(lanes, problem)
        # not those of this machine, which may change between the preparation of a weight and a call
        rates = RATES[config.current_isa()]
        seconds, packed = pixels.work(problem, *rates), lanes.work(problem, *rates, prepared=True)
        return _Forms(
            lanes if packed + lanes.packing < seconds else pixels,
            lanes if packed < seconds else pixels,
        )


class _Forms:
    """What runs a problem without and with a prepared weight."""

    def __init__(self, fresh, prepared):
        self.fresh, self.prepared = fresh, prepared


class _Pixels:
    """Lanes are pixels."""

    packs = False

    def __init__(self, loop):
        self.loop = loop

    def workspace(self, threads, prepared=False):
        return self.loop.workspace(threads)

    def work(self, problem, gemm_rate, memory_rate, prepared=False):
        s, loop = problem.stencil, self.loop
        wide = 1 if problem.compute == "f32" else 2
        depth = s.image_channels // s.groups * s.taps
        strips, pixels = ceil(s.feature_channels // s.groups / _ROWS), s.n * s.pixels
        read, made, copied = loop.reading()
        lanes = vector_bytes(config.current_isa()) // (4 * wide)
        # unpacked vectors do not cross the ends of rows
        line = pixels if loop.packs() else s.axes[-1].feature if copied else s.pixels
        computed = pixels // line * ceil(line / lanes) * lanes
        work = computed / pixels * s.multiply_adds * wide / (gemm_rate * _efficiency(s))
        columns = s.groups * ceil(pixels * wide / _PIXELS)
        work += columns * strips * ceil(depth / _BLOCK) * _RUN
        work += s.n * s.feature_channels * _PLANE + pixels * s.feature_channels * wide * _WRITE
        if loop.packs():
            packed = 4 * wide * pixels * depth * s.groups
            work += packed / (memory_rate * _PACK_SPEED)
            work += made * s.groups * depth * _PIECE
        elif copied is not None:
            work += columns * _COLUMN
        else:
            work *= _in_place_slowdown(depth)
        if copied is not None:
            row = copied_row(*copied, 8 // wide)
            row += unforeseen_row(s, s.image_channels // s.groups, 4 * wide)
            work += read * row + made * s.groups * _OUTPUT_ROW
        return work


class _Channels:
    """Lanes are output channels."""

    packs = True

    def __init__(self, loop, problem):
        self.loop = loop
        wide = 1 if problem.compute == "f32" else 2
        s = problem.stencil
        lanes, narrow = loop.lanes()
        vectors, seconds, squares = loop.work()
        split = splits(config.current_isa())
        alone = s.feature_channels // s.groups <= lanes
        if narrow and split:
            slowdown = _NARROW_ALONE_SLOWDOWN if alone else _NARROW_SLOWDOWN
        elif narrow:
            slowdown = _NARROW_WHOLE_SLOWDOWN
        else:
            slowdown = _ALONE_SLOWDOWN if alone and not split else _LANES_SLOWDOWN
        if s.taps == 1 and loop.reads_planes() and lanes * 4 * wide == 32:
            slowdown = max(slowdown, _PLANES_SLOWDOWN)
        self.products = vectors * lanes * wide * slowdown
        last = last_of(problem) in ("output", "both")
        self.moves = seconds + squares * lanes**2 * wide * (_LANES_PUT if last else _LANES_TURN)
        self.packing = prod(s.weight_shape) * wide * _LANES_PACK
        self.lines = 0.0
        if loop.reads_planes():
            *outer, w = s.axes
            touched = min(w.image, w.read) * prod([min(a.image, a.used) for a in outer])
            touched *= 4 * wide * s.n * s.image_channels
            if touched > _LANES_CACHED:  # tiles read a line of each channel
                self.lines = touched / 64 * _LANES_LINE

    def workspace(self, threads, prepared=False):
        return self.loop.workspace(threads, prepared)

    def work(self, problem, gemm_rate, memory_rate, prepared=False):
        work = self.products / gemm_rate
        if self.lines:
            work = max(work, self.lines + work / 2)
        work += self.moves
        return work if prepared else work + self.packing


def _seconds(form, problem, machine, threads, prepared=False):
    """Return the seconds of a call by one of the forms.

    Their method `work` returns those on one thread with all data in cache.
    """
    work = form.work(problem, machine.gemm_rate, machine.memory_rate, prepared)
    fork = machine.fork if threads > 1 else 0.0
    memory = moved(problem) / machine.memory_rate
    return machine.call + _PLAN + fork + overlapped(work / threads, memory)


def _in_place_slowdown(depth):
    """Return the slowdown of tiles that read the pixels of `depth` terms in place."""
    if vector_bytes(config.current_isa()) != 32:
        return _IN_PLACE_SLOWDOWN
    return _IN_PLACE_SHORT_SLOWDOWN if depth <= _IN_PLACE_DEEP else _IN_PLACE_DEEP_SLOWDOWN


def _efficiency(stencil):
    """Return the speed of a register tile whose rows are not all filled, relative to a full one."""
    features = stencil.feature_channels // stencil.groups
    return (features / (_ROWS * ceil(features / _ROWS))) ** _TILE
