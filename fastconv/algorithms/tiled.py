"""Tiled convolutions by the algorithms for shared kernels: one convolution for each residue.

Outputs whose index is r modulo t use one kernel, and read the image with stride t*s from r*s on. So
every residue r is a dense convolution of its own, with t times the stride, and their outputs are
interleaved. The gradients take every t-th value of grad_output: that of the input is the sum over
all residues, and that of the weight has a part for each of them.

References
----------
K. Gregor and Y. LeCun, "Emergence of complex-like cells in a temporal product network with local
receptive fields", arXiv:1006.0448, 2010 (tiled convolution).
"""

from itertools import product
from math import prod

import numpy as np

from .. import config
from ..loops.stride_phases import Interleaving, Lease
from ..loops.tiled import add, thinned
from ..problem.arrays import DTYPES
from ..problem.convolution import ConvProblem
from ..problem.geometry import Axis
from ..problem.records import record
from .base import Algorithm, Latest, c_axis, rounding


@record
class Part:
    """The convolution of one residue.

    Parameters
    ----------
    residue : tuple of int
        Output index modulo the tile, along each axis.
    problem : ConvProblem
    """

    residue: tuple[int, ...]
    problem: ConvProblem


def _parts_of(problem):
    """Return the parts of a tiled problem, without those that have no outputs."""
    s = problem.stencil
    parts = []
    for residue in product(*(range(min(a.tile, a.feature)) for a in s.axes)):
        sizes, strides, padding = [], [], []
        for a, r in zip(s.axes, residue, strict=True):
            size, stride = -(-(a.feature - r) // a.tile), a.stride * a.tile
            before = a.before - r * a.stride
            sizes.append(size)
            strides.append(stride)
            padding.append((before, (size - 1) * stride + a.extent - before - a.image))
        own = ConvProblem(
            "conv", problem.kind, (problem.compute,) * 3, s.n, 1, s.image_channels,
            s.feature_channels, problem.input, problem.kernel, tuple(strides), tuple(padding),
            problem.dilation, padding_mode=problem.padding_mode,
            bias="channel" if problem.bias == "tile" else None,
        )  # fmt: skip
        parts.append(Part(residue, own))
    return tuple(parts)


#: the parts of a problem, for which all algorithms ask
parts_of = Latest(_parts_of)


class Tiled(Algorithm):
    """An algorithm for shared kernels, applied to every residue.

    Parameters
    ----------
    shared : Algorithm
    """

    ops = ("tiled_conv",)
    dtypes = ("f32", "f64")

    def __init__(self, shared):
        self.shared = shared
        self.name = shared.name
        self.roles = shared.roles or ("fwd",)
        self.spreads_nan, self.growth = shared.spreads_nan, shared.growth

    def serves(self, problem):
        if not super().serves(problem):
            return False
        axes = problem.stencil.axes
        return any(a.tile > 1 for a in axes) and not all(a.tile == a.feature for a in axes)

    def refuses(self, problem):
        for part in parts_of(problem):
            reason = self.shared.supports(part.problem)
            if reason is not None:
                return reason
        return None

    def cost(self, problem, machine, threads):
        parts = parts_of(problem)
        seconds = sum(self.shared.cost(p.problem, machine, threads) for p in parts)
        moved = 2 * self._bytes(problem) / machine.memory_rate / threads
        return seconds + moved + 3 * len(parts) * machine.python_call

    def error_bound(self, problem):
        bound = max(self.shared.error_bound(p.problem) for p in parts_of(problem))
        return bound + rounding(problem)

    def workspace(self, problem, threads):
        inner = (self.shared.workspace(p.problem, threads) for p in parts_of(problem))
        return self._bytes(problem) + max(inner)

    def bind(self, problem):
        bound = _Bound(self.shared, problem, self._bytes(problem))
        kinds = {"fwd": bound.forward, "input": bound.input, "weight": bound.weight}
        return kinds[problem.stencil.role]

    def _bytes(self, problem):
        """Return the bytes of the parts' weights and outputs or, of gradients, operands."""
        s, size = problem.stencil, 0
        for part in parts_of(problem):
            p = part.problem
            size += _aligned(p.n * p.k * prod(p.output), problem)
            size += _aligned(prod(p.weight_shape) + (p.k if p.bias else 0), problem)
        if s.role == "input":
            size += _aligned(prod(s.image_shape), problem)
        return size


def _aligned(values, problem):
    return values * DTYPES[problem.compute].itemsize + 2 * 64


class _Bound:
    """What a call needs, made once for a problem.

    Parameters
    ----------
    shared : Algorithm
    problem : ConvProblem
    size : int
        Bytes of the arrays of all parts.
    """

    def __init__(self, shared, problem, size):
        self.problem = problem
        self.parts = parts_of(problem)
        self.runs = [shared.bind(p.problem) for p in self.parts]
        self.size = size
        self.dtype = DTYPES[problem.compute]
        self.tiles = problem.tiles
        self.interleave = _interleaving(problem) if problem.kind == "fwd" else None

    def forward(self, arrays, prepared, out, threads):
        """Compute the convolution."""
        image, weight, bias = (*arrays, None)[:3]
        out = out.reshape(self.problem.stencil.feature_shape)  # an unbatched one has no n
        lease, made = Lease(self.size), []
        for part, run in zip(self.parts, self.runs, strict=True):
            p = part.problem
            plus = None
            if p.bias:
                plus = lease.array((p.k,), self.dtype)
                np.copyto(plus, bias[(slice(None), *part.residue)])
            made.append(lease.array((p.n, p.k, *p.output), self.dtype))
            run((image, self._kernel(lease, weight, part), plus, None), None, made[-1], threads)
        self.interleave(made, bias if self.problem.bias != "tile" else None, out, threads)

    def input(self, arrays, prepared, out, threads):
        """Compute the input's gradient."""
        weight, grad = arrays
        lease = Lease(self.size)
        part_of_image = lease.array(out.shape, self.dtype)
        for i, (part, run) in enumerate(zip(self.parts, self.runs, strict=True)):
            own = self._grad(lease, grad, part, threads)
            target = part_of_image if i else out
            run((self._kernel(lease, weight, part), own), None, target, threads)
            if i:
                add(config.current_isa(), self.problem.compute, part_of_image, out, threads)

    def weight(self, arrays, prepared, out, threads):
        """Compute the weight's gradient."""
        image, grad = arrays
        lease = Lease(self.size)
        if len(self.parts) < prod(self.tiles):
            out[...] = 0  # some residues have no output
        for part, run in zip(self.parts, self.runs, strict=True):
            own = self._grad(lease, grad, part, threads)
            made = lease.array(part.problem.weight_shape, self.dtype)
            run((image, own), None, made, threads)
            out[(..., *part.residue)] = made

    def _kernel(self, lease, weight, part):
        kernel = lease.array(part.problem.weight_shape, self.dtype)
        np.copyto(kernel, weight[(..., *part.residue)])
        return kernel

    def _grad(self, lease, grad, part, threads):
        p = part.problem
        own = lease.array((p.n, p.k, *p.output), self.dtype)
        thinned(grad, part.residue, self.tiles, own, threads)
        return own


def _interleaving(problem):
    """Return the loop that interleaves the parts' outputs."""
    s, bias = problem.stencil, problem.bias
    tables, axes, counts = [], [], []
    for a in s.axes:
        used = min(a.tile, a.feature)
        tables.append([(residue, residue, 0, 0) for residue in range(used)])
        counts.append(used)
        axes.append(c_axis(Axis(a.feature, -(-a.feature // a.tile), a.tile, a.tile)))
    return Interleaving(
        config.current_isa(), problem.compute, s.feature_channels, axes, True, tables, counts,
        [(p.problem.output, (1,) * len(axes)) for p in parts_of(problem)],
        None if bias == "tile" else bias, problem.activation,
    )  # fmt: skip
