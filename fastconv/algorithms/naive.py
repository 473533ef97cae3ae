"""naive: every problem by its definition, one sum for every output. Slow, and a reference.

It supports everything, so it is last in the registry. float32 is summed in float64, complex64 in
complex128, integers modulo 2**64. Sums of float64 run in blocks of at most 512 terms.
"""

from math import inf, prod

import numpy as np

from .. import config
from ..loops.naive import rearrange, windows
from ..loops.naive.convolution import Gather
from ..loops.naive.gradients import WeightGradient
from ..loops.naive.linear import LinearPool
from ..loops.naive.lp import LpPool
from ..loops.naive.maxima import MaxPool, maxout, maxout_gradient
from ..problem.arrays import DTYPES
from ..problem.geometry import Axis, Stencil
from .base import Algorithm, in_forward_order, moved
from .kinds import is_pooling

#: Bounds by dtype of the result. float32 is exact to float64 and rounded once, by 2**-24 of the
#: output and at most sqrt(2) times that in complex64. float16 is rounded once more, by 2**-11.
#: float64 has the contract's bound; sums in blocks of 512 terms stay below half of it.
_BOUNDS = {"f16": 1.5e-7 + 2.0**-11, "f32": 1.5e-7, "c64": 1.5e-7, "f64": 4e-15, "c128": 4e-15}
#: poolings that move values and compute none
_MOVES = ("max_pool", "min_pool", "adaptive_max_pool", "max_unpool", "maxout", "unfold")
#: outputs of a row that are summed together
_BLOCK = 256
#: cost of a multiply-add along such a row, real and complex, in those of `naive_rate`, which counts
#: all that a small kernel takes
_ALONG, _ALONG_COMPLEX = 0.9, {"c64": 2.3, "c128": 1.55}
#: cost of a complex one where each row has one output, whose terms are added up along the row
_WINDOW_COMPLEX = 1.25
#: seconds to begin and finish the sum of an output
_OUTPUT = 3.5e-9
#: seconds to begin a tap of a block of outputs, also of complex ones, and a row of taps
_TAP, _TAP_COMPLEX, _TAPS = 3.3e-9, 10e-9, 5e-9
#: seconds to find out whether a tap meets a block of outputs
_SEARCH = 10e-9
#: gradients of weights: cost of a complex multiply-add in real ones, seconds to begin the sum of an
#: output, and a row of its terms
_COMPLEX, _WEIGHT, _TERMS = 4, 15e-9, 6e-9
#: seconds of a power in the sum of a norm
_POWER = 28e-9


class Naive(Algorithm):
    """Loops over the definition, without any reordering."""

    name = "naive"
    families = ("convolution", "pooling")
    sized = False

    def refuses(self, problem):
        return None

    def floor(self, problem, machine, threads):
        if is_pooling(problem):
            return machine.call + problem.flops / machine.naive_pool_rate / threads
        seconds = problem.stencil.multiply_adds * _along(problem) / machine.naive_rate
        return machine.call + seconds / threads

    def cost(self, problem, machine, threads):
        if is_pooling(problem):
            seconds = problem.flops / machine.naive_pool_rate
            if problem.norm not in (None, 1.0, 2.0, inf):
                seconds += problem.flops * _POWER
        elif problem.stencil.role in ("fwd", "input"):
            memory = moved(problem) / machine.memory_rate
            seconds = _sums_cost(problem, machine) + threads * memory
        else:
            s = problem.stencil
            seconds = s.multiply_adds / machine.naive_rate
            seconds *= _COMPLEX if problem.compute[0] == "c" else 1
            seconds += prod(s.out_shape) * _WEIGHT + s.multiply_adds / s.axes[-1].taps * _TERMS
        return machine.call + seconds / threads + (machine.fork if threads > 1 else 0)

    def error_bound(self, problem):
        if is_pooling(problem) and problem.op in _MOVES and problem.kind == "fwd":
            return 0.0
        return _BOUNDS.get(problem.dtypes[2], 0.0)

    def bind(self, problem):
        if is_pooling(problem):
            return _POOLS[problem.op, problem.kind](problem)
        return _ROLES[problem.stencil.role](problem)


def _along(problem):
    """Return the cost of a multiply-add along a row, in those of `naive_rate`."""
    if problem.compute[0] != "c":
        return _ALONG
    return _WINDOW_COMPLEX if _adds_up_rows(problem) else _ALONG_COMPLEX[problem.compute]


def _adds_up_rows(problem):
    """Return whether complex products of a row of taps are added up for one output."""
    s = problem.stencil
    return problem.compute[0] == "c" and s.role == "fwd" and s.axes[-1].feature == 1


def _sums_cost(problem, machine):
    """Return the seconds of sums that gather what taps meet."""
    s = problem.stencil
    length, channels = s.axes[-1].feature, s.image_channels
    if s.role == "input":
        length, channels = s.axes[-1].image, s.feature_channels
    outputs = prod(s.out_shape)
    rows, blocks = outputs // length, -(-length // _BLOCK)
    kernels = rows * (channels // s.groups)
    tap = _TAP_COMPLEX if problem.compute[0] == "c" else _TAP
    tap = 0.0 if _adds_up_rows(problem) else tap
    taps = s.taps * (tap * blocks + _SEARCH * (blocks - 1))
    seconds = s.multiply_adds * _along(problem) / machine.naive_rate + outputs * _OUTPUT
    return seconds + kernels * (taps + s.taps // s.axes[-1].taps * blocks * _TAPS)


# ---------------------------------------------------------------------------------- convolutions


def _gather(problem):
    """Return the run of forward convolutions, input gradients and filters."""
    gather = Gather(
        config.current_isa(), problem.stencil, problem.compute, problem.bias, problem.activation,
        problem.conjugate,
    )  # fmt: skip
    dtype = DTYPES[problem.compute]

    def run(arrays, prepared, out, threads):
        source, weight, *rest = arrays
        bias, add, fill = (*rest, None, None, None)[:3]
        if fill is not None:
            fill = np.asarray(fill, dtype)
        gather(source, weight, bias, add, fill, out, threads)

    return in_forward_order(problem, run)


def _weight_gradient(problem):
    # a transposed convolution's input is the stencil's feature, its output the image
    transposed = problem.op == "conv_transpose"
    side = "feature" if transposed else "image"
    gradient = WeightGradient(problem.stencil, problem.compute, side if problem.conjugate else None)

    def run(arrays, prepared, out, threads):
        image, feature = reversed(arrays) if transposed else arrays
        gradient(image, feature, out, threads)

    return run


def _bias_gradient(problem):
    """Return the run of a bias' gradient.

    A bias is a kernel of one tap on an image of ones, of which one pixel is enough.
    """
    tiles = {
        "channel": (1,) * len(problem.output), "position": problem.output, "tile": problem.tiles
    }[problem.bias]  # fmt: skip
    axes = tuple(
        Axis(1, size, 1, boundary="replicate", tile=tile)
        for size, tile in zip(problem.output, tiles, strict=True)
    )
    k = problem.k
    gradient = WeightGradient(Stencil("weight", problem.n, k, k, k, axes), problem.compute)
    ones = np.ones((problem.n, k), DTYPES[problem.compute])

    def run(arrays, prepared, out, threads):
        gradient(ones, arrays[0], out, threads)

    return run


_ROLES = {
    "fwd": _gather,
    "input": _gather,
    "weight": _weight_gradient,
    "bias": _bias_gradient,
}


# -------------------------------------------------------------------------------------- poolings


def _pooled(p):
    """Return three axes of windows over the input, the number of planes, and their size."""
    return windows.pooled(p.windows(), p.input, p.kernel), p.n * p.c, prod(p.input)


def _transposed(p):
    """Return three axes of the windows that cover each input, the number of planes, their size."""
    axes = windows.transposed(p.windows(), p.input, p.output, p.kernel)
    return axes, p.n * p.c, prod(p.output)


def _max_pool(p):
    pool = MaxPool(*_pooled(p))

    def run(arrays, prepared, out, threads):
        values, indices = out if p.indices else (out, None)
        pool(arrays[0], values, indices, threads)

    return run


def _min_pool(p):
    """Return the run of a minimum: min(x) is -max(-x), or ~max(~x) for integers."""
    pool = MaxPool(*_pooled(p))
    reverse = np.negative if p.compute[0] == "f" else np.invert

    def run(arrays, prepared, out, threads):
        pool(reverse(arrays[0]), out, None, threads)
        reverse(out, out=out)

    return run


def _by_indices(p, move):
    """Return the run of `move`, which moves values to or from the positions that indices name."""
    planes = p.n * p.c

    def run(arrays, prepared, out, threads):
        if planes:
            move(*arrays, out, planes, min(threads, planes))

    return run


def _linear(pool):
    """Return the run of a `LinearPool`, whose operands are a source and perhaps weights."""

    def run(arrays, prepared, out, threads):
        pool(arrays[0], arrays[1] if len(arrays) > 1 else None, out, threads)

    return run


def _average(p):
    return _linear(LinearPool(*_pooled(p), p.compute, "target", p.divisor))


def _average_gradient(p):
    return _linear(LinearPool(*_transposed(p), p.compute, "sources", p.divisor))


def _weighted(p):
    return _linear(LinearPool(*_pooled(p), p.compute))


def _weighted_gradient(p):
    return _linear(LinearPool(*_transposed(p), p.compute, conjugate=p.compute[0] == "c"))


def _fold(p):
    axes = windows.transposed(p.windows(), p.output, p.input, p.kernel, stacked=True)
    return _linear(LinearPool(axes, p.n * p.c, prod(p.kernel) * prod(p.input), p.compute))


def _unfold(p):
    axes, planes, _ = _pooled(p)
    blocks = rearrange.Unfold(axes, planes)

    def run(arrays, prepared, out, threads):
        if planes:
            blocks(arrays[0], out, threads)

    return run


def _lp(p):
    pool = LpPool(*_pooled(p), p.norm)
    return lambda arrays, prepared, out, threads: pool(arrays[0], out, threads)


def _lp_gradient(p):
    pool = LpPool(*_pooled(p), p.norm)
    planes = p.n * p.c

    def run(arrays, prepared, out, threads):
        if planes:
            pool.gradient(*arrays, out, min(threads, planes))

    return run


def _maxout(p):
    shape = (p.n, p.groups, p.c // p.groups, *p.input)

    def run(arrays, prepared, out, threads):
        if p.n:
            maxout(arrays[0].reshape(shape), out.reshape(p.n, p.groups, *p.input), threads)

    return run


def _maxout_gradient(p):
    shape = (p.n, p.groups, p.c // p.groups, *p.input)

    def run(arrays, prepared, out, threads):
        grad_output, source = arrays
        if p.n:
            maxout_gradient(source.reshape(shape), grad_output, out, threads)

    return run


_POOLS = {
    ("max_pool", "fwd"): _max_pool,
    ("min_pool", "fwd"): _min_pool,
    ("max_pool", "input"): lambda p: _by_indices(p, rearrange.add),
    ("adaptive_max_pool", "fwd"): _max_pool,
    ("adaptive_max_pool", "input"): lambda p: _by_indices(p, rearrange.add),
    ("max_unpool", "fwd"): lambda p: _by_indices(p, rearrange.unpool),
    ("max_unpool", "input"): lambda p: _by_indices(p, rearrange.pick),
    ("avg_pool", "fwd"): _average,
    ("avg_pool", "input"): _average_gradient,
    ("adaptive_avg_pool", "fwd"): _average,
    ("adaptive_avg_pool", "input"): _average_gradient,
    ("lp_pool", "fwd"): _lp,
    ("lp_pool", "input"): _lp_gradient,
    ("weighted_pool", "fwd"): _weighted,
    ("weighted_pool", "input"): _weighted_gradient,
    ("maxout", "fwd"): _maxout,
    ("maxout", "input"): _maxout_gradient,
    ("unfold", "fwd"): _unfold,
    ("fold", "fwd"): _fold,
}
