"""naive: every problem by its definition, one sum for every output.

It supports everything, so it is last in the registry. float32 is summed in float64, complex64 in
complex128, integers modulo 2**64; a sum of float64 runs in blocks of at most 512 terms.
"""

from math import prod

import numpy as np

from ..problem.arrays import DTYPES
from .base import (
    BOUNDARY,
    EPILOGUE,
    DeviceAlgorithm,
    epilogue,
    last_operands,
    linear_grid,
    operands,
    three,
)
from .poolings import Windows
from .source import Struct

_AXIS = Struct("q image, feature, taps, stride, dilation, before, tile, boundary, unit")
_NAIVE = Struct(
    "P image, feature, weight, out; epilogue epilogue; d fill_real, fill_imaginary;"
    "q fill_integer, count, n, groups, c, k, taps, tiles, image_size, feature_size;"
    "i dims, conjugate, repair, finishes; axis axes[32]",
    epilogue=EPILOGUE, axis=_AXIS,
)  # fmt: skip
#: as on the CPU: one rounding of an almost exact sum
_BOUNDS = {"f16": 1.5e-7 + 2.0**-11, "f32": 1.5e-7, "c64": 1.5e-7, "f64": 4e-15, "c128": 4e-15}
_TEAM = 128
#: `out` holds sums: compute those that are not finite again; or only apply the epilogue
REPAIR, FINISH = 1, 2
#: share of the peak that threads on their own reach
_SHARE = 0.01


class Naive(DeviceAlgorithm):
    """The definition."""

    name = "naive"
    families = ("convolution", "pooling")

    def refuses(self, problem):
        return None

    def cost(self, problem, machine, threads):
        if problem.family == "pooling":
            return machine.launch + machine.seconds(problem, problem.flops, problem.bytes, _SHARE)
        work = problem.stencil.multiply_adds * machine.double
        return machine.launch + machine.seconds(problem, work, problem.bytes, _SHARE)

    def error_bound(self, problem):
        return _BOUNDS.get(problem.dtypes[2], 0.0)

    def workspace(self, problem, threads):
        if problem.family == "pooling":
            return Windows(self, problem).workspace
        return 0

    def bind(self, problem):
        if problem.family == "pooling":
            return Windows(self, problem).run
        if problem.stencil.role == "bias":
            return self._bias_gradient(problem)

        definition = Definition(self, problem)

        def run(arrays, prepared, out, threads):
            definition.compute(arrays, out)

        return run

    def _bias_gradient(self, problem):
        """Plain sums over the batch and, but for a bias per position, over places."""
        xp = self.runtime.xp
        dtype = DTYPES[problem.compute]
        wide = {"f32": np.float64, "c64": np.complex128}.get(problem.compute, dtype)
        places = tuple(range(2, 2 + problem.dims))

        def run(arrays, prepared, out, threads):
            g = arrays[0].reshape(problem.n, problem.k, *problem.output)
            if problem.bias == "position":
                out[...] = xp.sum(g, axis=0, dtype=wide)
            elif problem.bias == "channel":
                out[...] = xp.sum(g, axis=(0, *places), dtype=wide)
            else:
                for tile in np.ndindex(*problem.tiles):
                    steps = zip(tile, problem.tiles, strict=True)
                    own = g[(..., *(slice(t, None, n) for t, n in steps))]
                    out[(slice(None), *tile)] = xp.sum(own, axis=(0, *places), dtype=wide)

        return run


class Definition:
    """The launches of one problem: all of it, or what another algorithm leaves to do.

    Parameters
    ----------
    algorithm : DeviceAlgorithm
        Who launches.
    problem : ConvProblem or FilterProblem
    """

    def __init__(self, algorithm, problem):
        self._algorithm, self._problem = algorithm, problem
        # whether bias, residual or activation come after the sum
        last = problem.bias is not None or problem.activation is not None or problem.add
        self._finishes = bool(last) and problem.kind == "fwd"
        self._templates = {}

    def finish(self, arrays, out, contains=False):
        """What is left to do where `out` holds plain sums.

        With `contains`, for algorithms that spread, sums that are not finite are computed again.
        """
        if contains or self._finishes:
            self.compute(arrays, out, REPAIR if contains else FINISH)

    def compute(self, arrays, out, repair=0):
        """Write `out`; with `REPAIR` only what is not finite there, and every epilogue."""
        problem = self._problem
        template = self._templates.get(repair)
        if template is None:
            template = self._templates[repair] = self._structure(repair)
        if len(arrays) > 4 and arrays[4] is not None:
            template = self._filled(template, arrays[4])
        image, feature, weight = operands(problem, arrays, out)
        struct = _NAIVE.again(
            self._algorithm.runtime, template, (("count", out.size),), image=image,
            feature=feature, weight=weight, out=out, **last_operands(problem, arrays),
        )  # fmt: skip
        role = problem.stencil.role
        if role == "weight":
            grid, block = linear_grid(out.size, 1), (_TEAM, 1, 1)
            self._algorithm.launch("naive", "naive_weight", problem, grid, struct, block=block)
        else:
            name = "naive_forward" if role == "fwd" else "naive_input"
            self._algorithm.launch("naive", name, problem, linear_grid(out.size), struct)

    def _structure(self, repair):
        """The kernels' structure without its arrays."""
        problem, runtime = self._problem, self._algorithm.runtime
        s = problem.stencil
        turned = getattr(problem, "op", None) == "conv_transpose"
        axes = three(s.axes) if len(s.axes) < 3 else s.axes
        struct = _NAIVE(
            runtime, epilogue=epilogue(problem, runtime), n=s.n, groups=s.groups,
            c=s.image_channels // s.groups, k=s.feature_channels // s.groups,
            taps=prod(a.taps for a in axes), tiles=prod(a.tile for a in axes),
            image_size=prod(a.image for a in axes), feature_size=prod(a.feature for a in axes),
            dims=len(axes),
            # a weight gradient conjugates the side that the function calls its input
            conjugate=problem.conjugate * (2 if turned and s.role == "weight" else 1),
            repair=repair, finishes=self._finishes,
        )  # fmt: skip
        for i, a in enumerate(axes):
            struct["axes"][0, i] = (
                a.image, a.feature, a.taps, a.stride, a.dilation, a.before, a.tile,
                BOUNDARY[a.boundary], a.unit,
            )  # fmt: skip
        return struct

    def _filled(self, template, fill):
        """The structure with what lies past the edges."""
        fill = np.asarray(fill).astype(DTYPES[self._problem.compute])
        struct = template.copy()
        struct["fill_real"], struct["fill_imaginary"] = fill.real, fill.imag
        if fill.dtype.kind in "iu":
            struct["fill_integer"] = fill.astype(np.int64)
        return struct
