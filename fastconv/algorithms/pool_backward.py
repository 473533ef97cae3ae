"""direct, of the gradients of poolings, of weighted windows, and of maxima across channels.

The gradient of an average sums, for every row of the input, the rows of windows that cover it, and
then along the row, by the phases of its stride, the windows that cover each position. The gradient
of a norm is that of an average of ``grad / norm``, times the input. The gradient of a maximum goes
to the position that its index names. A weighted pooling is a convolution of one channel.
"""

from dataclasses import replace
from math import prod

from .. import config
from ..loops.pool_backward import AverageBackward, maxout, moved, ratios
from ..loops.pool_backward_layout import BackwardCut
from ..loops.stride_phases import Lease
from ..problem.arrays import DTYPES
from ..problem.convolution import ConvProblem
from ..problem.gaps import compacted
from ..problem.geometry import Axis
from ..problem.pool_arguments import indices_in_range
from .base import Algorithm, Latest, rounding
from .direct import Direct
from .pooling import DirectPooling
from .stride_phases import StridePhases, phases

#: most terms of a sum in one chain of additions
_TERMS = 512
#: seconds to begin a row of the gradient
_ROW = 40e-9
#: seconds to copy a row from the one above
_COPY = 9e-9
#: seconds to move one value to or from the position that its index names
_MOVE = 0.8e-9


class _Backward(Algorithm):
    """What all of them have in common."""

    name = "direct"
    families = ("pooling",)
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}

    def refuses(self, problem):
        return None

    def cost(self, problem, machine, threads):
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + problem.bytes / machine.memory_rate


class ByIndices(_Backward):
    """Values that move to or from positions that indices name: unpooling, gradients of maxima."""

    ops = ("max_pool", "adaptive_max_pool", "max_unpool")
    checks = True
    _HOW = {("max_unpool", "fwd"): "put", ("max_unpool", "input"): "pick"}

    def serves(self, problem):
        pools = problem.op != "max_unpool" and problem.kind == "fwd"
        return super().serves(problem) and not pools

    def refuses(self, problem):
        # sums stay short if few windows have their maximum at one position, which values decide
        if problem.op != "max_unpool" and prod(problem.output) > _TERMS + prod(problem.input):
            return "more windows than positions"
        return None

    def cost(self, problem, machine, threads):
        values = problem.n * problem.c * prod(problem.output)
        return super().cost(problem, machine, threads) + values * _MOVE / threads

    def error_bound(self, problem):
        return 0.0 if problem.op == "max_unpool" else super().error_bound(problem)

    def bind(self, problem):
        planes = problem.n * problem.c
        isa, compute = config.current_isa(), problem.compute
        how = self._HOW.get((problem.op, problem.kind), "add")
        limit = prod(problem.output if problem.op == "max_unpool" else problem.input)

        def run(arrays, prepared, out, threads):
            if not moved(isa, compute, how, *arrays, out, planes, min(threads, planes)):
                indices_in_range(arrays, limit)

        return run


class Maxout(_Backward):
    """Maxima across channels and their gradient, with pixels as lanes of vectors."""

    ops = ("maxout",)

    def error_bound(self, problem):
        return 0.0

    def bind(self, problem):
        p = problem
        shape = (p.n, p.groups, p.c // p.groups, prod(p.input))
        isa, compute = config.current_isa(), p.compute

        def forward(arrays, prepared, out, threads):
            maxout(isa, compute, arrays[0].reshape(shape), None, out, threads)

        def gradient(arrays, prepared, out, threads):
            grad, source = arrays
            maxout(isa, compute, source.reshape(shape), grad, out, threads)

        return forward if p.kind == "fwd" else gradient


class Weighted(_Backward):
    """Weighted windows and their gradient, as a convolution of every channel by itself."""

    ops = ("weighted_pool",)

    def refuses(self, problem):
        return _convolving(problem).supports(_convolution(problem))

    def cost(self, problem, machine, threads):
        return _convolving(problem).cost(_convolution(problem), machine, threads)

    def error_bound(self, problem):
        return _convolving(problem).error_bound(_convolution(problem)) + rounding(problem)

    def workspace(self, problem, threads):
        return _convolving(problem).workspace(_convolution(problem), threads)

    def bind(self, problem):
        own = _convolution(problem)
        inner = _convolving(problem).bind(own)
        p = own.stencil
        image, feature, weight = p.image_shape, p.feature_shape, p.weight_shape

        def forward(arrays, prepared, out, threads):
            source, weights = arrays
            operands = source.reshape(image), weights.reshape(weight), None, None
            inner(operands, None, out.reshape(feature), threads)

        def gradient(arrays, prepared, out, threads):
            grad, weights = arrays
            operands = weights.reshape(weight), grad.reshape(feature)
            inner(operands, None, out.reshape(image), threads)

        return forward if problem.kind == "fwd" else gradient


_DIRECT = {"fwd": Direct(), "input": StridePhases(Direct())}


def _convolving(problem):
    return _DIRECT[problem.kind]


def _convolution(p):
    return ConvProblem(
        "conv", p.kind, (p.compute,) * 3, p.n * p.c, 1, 1, 1, p.input, p.kernel, p.stride,
        p.padding, p.dilation,
    )  # fmt: skip


class AverageGradient(_Backward):
    """Gradients of averages and of norms with p = 1 and 2."""

    ops = ("avg_pool", "adaptive_avg_pool", "lp_pool")
    roles = ("input",)

    def refuses(self, problem):
        if problem.norm not in (None, 1.0, 2.0):
            return "norms with p = 1 and 2 only"
        if problem.kernel and prod(problem.kernel) > _TERMS**2:
            return f"at most {_TERMS**2} windows at one position"
        return None

    def cost(self, problem, machine, threads):
        p = problem
        rows = p.n * p.c * prod(p.input[:-1])
        covers = 1.0
        if p.kernel:
            covers = prod(k / s for k, s in zip(p.kernel[:-1], p.stride[:-1], strict=True))
            covers += p.kernel[-1] / p.stride[-1]
        size = 3 * rows * p.input[-1] * covers * DTYPES[p.compute].itemsize
        joined = rows * _unlike(p)
        begun = joined * _ROW + (rows - joined) * _COPY
        seconds = (begun + size / machine.pool_rate) / threads
        if p.norm == 2.0:
            seconds += DirectPooling().cost(_norm(p), machine, threads)
        return super().cost(p, machine, threads) + seconds

    def workspace(self, problem, threads):
        size = _cut(problem).workspace(threads)
        if problem.norm == 2.0:
            size += 128 + 2 * problem.n * problem.c * prod(problem.output) * 8
            size += DirectPooling().workspace(_norm(problem), threads)
        return size

    def bind(self, problem):
        p, backward = problem, AverageBackward(_cut(problem))
        if p.norm is None:
            return lambda arrays, prepared, out, threads: backward(arrays[0], None, out, threads)
        if p.norm == 1.0:
            return lambda arrays, prepared, out, threads: backward(*arrays, out, threads)
        norms = DirectPooling().bind(_norm(p))
        shape, dtype = (p.n, p.c, *p.output), DTYPES[p.compute]
        isa = config.current_isa()

        def run(arrays, prepared, out, threads):
            grad, source = arrays
            lease = Lease(128 + 2 * prod(shape) * dtype.itemsize)
            norm, by_norm = lease.array(shape, dtype), lease.array(shape, dtype)
            norms((source,), None, norm, threads)
            ratios(isa, p.compute, grad, norm, by_norm, threads)
            backward(by_norm, source, out, threads)

        return run


def _unlike(p):
    """Return the share of rows, about, that other windows cover than the row above."""
    if p.dims == 1 or p.norm is not None:
        return 1.0
    size, windows = p.input[-2], p.output[-2]
    if p.adaptive:
        windows *= 1 if size % windows == 0 else 2
    elif p.kernel[-2] != p.stride[-2] or p.dilation[-2] != 1:
        return 1.0
    return min(1.0, windows / size)


def _norm(p):
    """Return the forward problem of a norm's gradient."""
    return replace(p, kind="fwd", dtypes=(p.compute,) * 3)


@Latest
def _cut(p):
    """Return how a gradient is computed, with its windows along three axes."""
    row = _row(p)
    dilated = None
    if row is not None and row.dilation > 1:
        dilated = [
            (_ranges(c.residues), len(c.taps[0]), c.dilation, -c.padding[0], c.size, c.first)
            for c in phases(row)
        ]
    return BackwardCut(p, config.current_isa(), row, dilated)


def _ranges(numbers):
    return [range(n, n + 1) for n in numbers]


def _row(p):
    """Return the last axis if its windows have one size, else None."""
    size, outputs = p.input[-1], p.output[-1]
    if p.adaptive:
        if size % outputs:
            return None
        return Axis(size, outputs, size // outputs, size // outputs)
    numbers = (p.kernel[-1], p.stride[-1], p.dilation[-1], p.padding[-1][0])
    return compacted(Axis(size, outputs, *numbers))
