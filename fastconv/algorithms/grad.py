"""implicit_gemm and direct, of the gradients of weights and biases: sums over pixels.

implicit_gemm multiplies the matrix of grad_output, one row per channel, with the unfolded image.
The lanes of its vectors are pixels, so that nothing has to be transposed; they are added up at the
end of a block of pixels. direct takes one channel of the image and one of grad_output at a time,
without unfolding, for depthwise layers and images. For a bias it sums the pixels of each channel.

References
----------
K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks for Document
Processing", 10th International Workshop on Frontiers in Handwriting Recognition, 2006 (backward
passes as matrix products).
"""

from math import prod

from .. import config
from ..loops.grad import WeightGradient
from ..loops.grad_direct import TapGradient
from ..loops.grad_sums import batch_sums, sums
from .base import Algorithm, Latest, c_axis, overlapped, products_floor, refuses_axes

#: implicit_gemm: pixels that reach half the speed of endlessly many
_HALF_PIXELS = 50
#: implicit_gemm: multiply-adds that unfolding or packing a value costs
_PACK = 6
#: implicit_gemm: exponent of the filled share of a register tile's 3 rows in its speed
_TILE = 0.6
#: direct: most taps that one block of a channel's sums holds
_MOST_TAPS = 256
#: direct: most images in a sum over the batch
_MOST_IMAGES = 512
#: direct: share of the multiply-add rate that many taps of one channel reach
_SHARE = 0.55
#: direct: taps that reach half of that share
_HALF_TAPS = 3
#: direct: seconds to begin a row of pixels
_ROW = 4e-9
#: direct: seconds to add up the lanes of a tap
_LANE_SUM = 5e-9


class _WeightGradient(Algorithm):
    """What the two algorithms for weights have in common.

    Subclasses set `loop`, and `share`: the part of the multiply-add rate that they reach at most.
    """

    roles = ("weight",)
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}

    def __init__(self):
        self._loops = Latest(self._new_loops)

    def refuses(self, problem):
        return refuses_axes(problem.stencil)

    def floor(self, problem, machine, threads):
        return machine.call + products_floor(problem, machine, threads) / self.share

    def workspace(self, problem, threads):
        return self._loops(problem).workspace(threads)

    def bind(self, problem):
        gradient = self._loops(problem)
        # a transposed convolution's input is the stencil's feature, its output the image
        transposed = problem.op == "conv_transpose"

        def run(arrays, prepared, out, threads):
            image, feature = reversed(arrays) if transposed else arrays
            gradient(image, feature, out, threads)

        return run

    def _new_loops(self, problem):
        s = problem.stencil
        return self.loop(
            config.current_isa(), problem.compute, s.n, s.groups, s.image_channels,
            s.feature_channels, [c_axis(a) for a in s.axes],
        )  # fmt: skip


class WeightProducts(_WeightGradient):
    """A product of the channels of grad_output with the rows of the unfolded image."""

    name = "implicit_gemm"
    loop = WeightGradient
    share = 1.0

    def cost(self, problem, machine, threads):
        s = problem.stencil
        wide = 1.0 if problem.compute == "f32" else 2.0
        rows, columns = s.feature_channels // s.groups, s.image_channels // s.groups
        columns *= s.taps
        pixels = s.n * s.pixels
        efficiency = (rows / (3 * -(-rows // 3))) ** _TILE * pixels / (pixels + _HALF_PIXELS)
        work = s.multiply_adds / efficiency + _PACK * s.groups * pixels * (rows + columns)
        work *= wide / machine.gemm_rate
        memory = problem.bytes / machine.memory_rate
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + overlapped(work / threads, memory)


class WeightTaps(_WeightGradient):
    """One channel of grad_output at a time with the taps of one channel of the image."""

    name = "direct"
    loop = TapGradient
    share = _SHARE

    def refuses(self, problem):
        reason = super().refuses(problem)
        if reason is None and problem.stencil.taps > _MOST_TAPS:
            return f"at most {_MOST_TAPS} taps"
        return reason

    def cost(self, problem, machine, threads):
        s = problem.stencil
        wide = 1.0 if problem.compute == "f32" else 2.0
        taps = s.taps
        rows = s.n * s.pixels // s.axes[-1].feature
        pairs = s.feature_channels * s.image_channels // s.groups
        lanes = 8 // wide
        width = s.axes[-1].feature
        full = width / (lanes * -(-width // lanes))
        work = s.multiply_adds * wide / machine.gemm_rate
        work *= (taps + _HALF_TAPS) / taps / (_SHARE * full)
        work += rows * (pairs * -(-taps // 12) + s.image_channels) * _ROW + pairs * taps * _LANE_SUM
        copied = s.n * s.image_channels * prod(a.image for a in s.axes) * 4 * wide
        memory = problem.bytes / machine.memory_rate
        work += copied / machine.memory_rate
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + overlapped(work / threads, memory)


class BiasSums(Algorithm):
    """Sums of a bias: of each channel's pixels or, for a bias per position, over the batch."""

    name = "direct"
    roles = ("bias",)
    dtypes = ("f32", "f64")
    bounds = {"f32": 1e-6, "f64": 3e-15}

    def refuses(self, problem):
        if problem.bias == "tile":
            return "no bias per tile"
        if problem.bias == "position" and problem.n > _MOST_IMAGES:
            return f"at most {_MOST_IMAGES} images"
        return None

    def cost(self, problem, machine, threads):
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + problem.bytes / 2 / machine.memory_rate

    def bind(self, problem):
        isa, compute = config.current_isa(), problem.compute
        shape = (problem.n, problem.k, prod(problem.output))

        def channels(arrays, prepared, out, threads):
            sums(isa, compute, arrays[0].reshape(shape), out, min(threads, problem.k))

        def positions(arrays, prepared, out, threads):
            batch_sums(isa, compute, arrays[0].reshape(shape), out, threads)

        return channels if problem.bias == "channel" else positions
