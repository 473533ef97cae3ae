"""separable: a kernel that is an outer product of vectors, filtered one axis after the other.

Only a kernel's values say whether it is one (`problem.traits`). Plans look at them, and calls that
ask for the algorithm by name. Each axis is one pass of `direct`.
"""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from ..algorithms.separable import lacks_trait, refuses_depthwise
from ..problem.arrays import DTYPES
from ..problem.factors import factors
from ..problem.geometry import Axis, Stencil
from .base import DeviceAlgorithm
from .direct import Direct
from .stride_phases import refuses_phases


@dataclass(frozen=True)
class _Pass:
    """The convolution along one axis, as far as `direct` needs to know a problem."""

    stencil: Stencil
    compute: str
    dtypes: tuple
    bias: str | None = None
    activation: str | None = None
    add: bool = False
    kind: str = "fwd"
    op: str = "conv"
    conjugate: bool = False
    family: str = "convolution"
    traits: str | None = None

    @property
    def bytes(self):
        """Bytes of both sides; the weight is small."""
        s = self.stencil
        values = prod(s.image_shape) + prod(s.feature_shape)
        return values * DTYPES[self.compute].itemsize


def passes(problem):
    """Return the passes of a problem, the last axis first.

    Parameters
    ----------
    problem : ConvProblem or FilterProblem

    Returns
    -------
    list of tuple (int, _Pass)
        Number of the axis, and its convolution. The last pass has the epilogue.
    """
    s = problem.stencil
    sizes = [a.image for a in s.axes]
    channels = s.image_channels
    result = []
    for i in reversed(range(len(s.axes))):
        own = s.axes[i]
        axes = [Axis(n, n, 1) for n in sizes]
        axes[i] = own
        stencil = Stencil("fwd", s.n, s.groups, channels, s.feature_channels, tuple(axes))
        result.append((i, _Pass(stencil, problem.compute, problem.dtypes)))
        sizes[i], channels = own.feature, s.feature_channels
        s = replace(s, groups=s.feature_channels)
    axis, last = result[-1]
    last = replace(last, bias=problem.bias, activation=problem.activation, add=bool(problem.add))
    return [*result[:-1], (axis, last)]


class Separable(DeviceAlgorithm):
    """Kernels of rank one."""

    name = "separable"
    dtypes = ("f32", "f64")
    bounds = {"f32": 1.5e-6, "f64": 3e-15}

    def __init__(self, runtime):
        super().__init__(runtime)
        self._direct = Direct(runtime)

    def refuses(self, problem):
        reason = refuses_depthwise(problem) or refuses_phases(problem)
        if reason is not None:
            return reason
        if len(problem.stencil.axes) == 1:
            return "a kernel along one axis has nothing to separate"
        if problem.traits not in ("box", "r1"):
            return lacks_trait(problem, "an outer product of vectors")
        return next((r for _, p in passes(problem) if (r := self._direct.supports(p))), None)

    def cost(self, problem, machine, threads):
        return sum(self._direct.cost(p, machine, threads) for _, p in passes(problem))

    def workspace(self, problem, threads):
        size = DTYPES[problem.compute].itemsize
        return sum(prod(p.stencil.feature_shape) for _, p in passes(problem)[:-1]) * size

    def prepare(self, problem, weight):
        """Return the vectors of all axes, one after the other in memory."""
        values = np.asarray(self.runtime.to_host(weight)).reshape(problem.stencil.weight_shape)
        vectors = [v[:, 0] for v in factors(values, 1)]
        flat = np.concatenate([v.ravel() for v in vectors]).astype(DTYPES[problem.compute])
        return self.runtime.xp.asarray(flat)

    def bind(self, problem):
        steps = [(i, p, self._direct.bind(p)) for i, p in passes(problem)]
        lengths = [a.taps * problem.stencil.feature_channels for a in problem.stencil.axes]
        starts = np.concatenate(([0], np.cumsum(lengths)))

        def run(arrays, prepared, out, threads):
            vectors = self.prepare(problem, arrays[1]) if prepared is None else prepared
            source = arrays[0]
            for i, step, compute in steps:
                target = out
                if step is not steps[-1][1]:
                    target = self.runtime.xp.empty(step.stencil.feature_shape, out.dtype)
                weight = vectors[starts[i] : starts[i + 1]]
                compute((source, weight, *arrays[2:4]), None, target, 1)
                source = target

        return run
