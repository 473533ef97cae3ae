"""naive: every problem by its definition, one sum for every output.

It supports everything, so it is last in the registry. float32 is summed in float64, complex64 in
complex128, integers modulo 2**64; a sum of float64 runs in blocks of at most 512 terms.
"""

from math import prod

import numpy as np

from ..algorithms.base import family
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

    def supports(self, problem):
        return None

    def cost(self, problem, machine, threads):
        if family(problem) == "pooling":
            return machine.launch + machine.seconds(problem, problem.flops, problem.bytes, _SHARE)
        work = problem.stencil.multiply_adds * machine.double
        return machine.launch + machine.seconds(problem, work, problem.bytes, _SHARE)

    def error_bound(self, problem):
        return _BOUNDS.get(problem.dtypes[2], 0.0)

    def workspace(self, problem, threads):
        if family(problem) == "pooling":
            return Windows(self, problem).workspace
        return 0

    def bind(self, problem):
        if family(problem) == "pooling":
            return Windows(self, problem).run
        if problem.stencil.role == "bias":
            return self._bias_gradient(problem)

        def run(arrays, prepared, out, threads):
            self.compute(problem, arrays, out)

        return run

    def finish(self, problem, arrays, out, contains):
        """What is left to do where `out` holds the plain sums of an algorithm that spreads.

        With `contains`, sums that are not finite are computed again.
        """
        if contains or _finishes(problem):
            self.compute(problem, arrays, out, repair=REPAIR if contains else FINISH)

    def compute(self, problem, arrays, out, *, repair=0):
        """Write `out`; with `REPAIR` only what is not finite there, and every epilogue."""
        s = problem.stencil
        image, feature, weight = operands(problem, arrays, out)
        fill = arrays[4] if len(arrays) > 4 and arrays[4] is not None else 0
        fill = np.asarray(fill).astype(DTYPES[problem.compute])
        turned = getattr(problem, "op", None) == "conv_transpose"
        axes = three(s.axes) if len(s.axes) < 3 else s.axes
        struct = _NAIVE(
            self.runtime, image=image, feature=feature, weight=weight, out=out,
            epilogue=epilogue(problem, self.runtime),
            fill_real=fill.real, fill_imaginary=fill.imag,
            fill_integer=fill.astype(np.int64) if fill.dtype.kind in "iu" else 0,
            count=out.size, n=s.n, groups=s.groups, c=s.image_channels // s.groups,
            k=s.feature_channels // s.groups, taps=prod(a.taps for a in axes),
            tiles=prod(a.tile for a in axes), image_size=prod(a.image for a in axes),
            feature_size=prod(a.feature for a in axes), dims=len(axes),
            # a weight gradient conjugates the side that the function calls its input
            conjugate=problem.conjugate * (2 if turned and s.role == "weight" else 1),
            repair=repair, finishes=_finishes(problem),
        )  # fmt: skip
        for i, a in enumerate(axes):
            struct["axes"][0, i] = (
                a.image, a.feature, a.taps, a.stride, a.dilation, a.before, a.tile,
                BOUNDARY[a.boundary], a.unit,
            )  # fmt: skip
        struct = _NAIVE.again(self.runtime, struct, **last_operands(problem, arrays))
        if s.role == "weight":
            grid, block = linear_grid(out.size, 1), (_TEAM, 1, 1)
            self.launch("naive", "naive_weight", problem, grid, struct, block=block)
        else:
            name = "naive_forward" if s.role == "fwd" else "naive_input"
            self.launch("naive", name, problem, linear_grid(out.size), struct)

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


def _finishes(problem):
    """Whether anything comes after the sum."""
    last = problem.bias is not None or problem.activation is not None or problem.add
    return bool(last) and problem.kind == "fwd"
