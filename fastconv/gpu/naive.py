"""naive: every problem by its definition, one sum for every output.

It supports everything, so it is last in the registry. float32 is summed in float64, complex64 in
complex128, integers modulo 2**64. Sums of float64 run in blocks of at most 512 terms.
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
from .pooling import Windows
from .source import Struct

_AXIS = Struct("q image, feature, taps, stride, dilation, before, tile, boundary, unit")
_NAIVE = Struct(
    "P image, feature, weight, out; epilogue epilogue; d fill_real, fill_imaginary;"
    "q fill_integer, count, n, groups, c, k, taps, tiles, image_size, feature_size;"
    "i dims, conjugate, repair, finishes; axis axes[32]",
    epilogue=EPILOGUE, axis=_AXIS,
)  # fmt: skip
#: bounds by dtype of the result, as on the host: one rounding of an almost exact sum
_BOUNDS = {"f16": 1.5e-7 + 2.0**-11, "f32": 1.5e-7, "c64": 1.5e-7, "f64": 4e-15, "c128": 4e-15}
#: threads of a block that sum one weight's gradient
_THREADS = 128
#: `out` holds plain sums: recompute those that are not finite, and apply the epilogue to all
REPAIR = 1
#: `out` holds plain sums: apply the epilogue alone
FINISH = 2
#: share of the peak that threads reach which share nothing
_SHARE = 0.01


class Naive(DeviceAlgorithm):
    """One thread for every output."""

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
        """Return a `run` that sums over the batch, and over pixels that share a bias."""
        xp = self.runtime.xp
        dtype = DTYPES[problem.compute]
        wide = {"f32": np.float64, "c64": np.complex128}.get(problem.compute, dtype)
        pixels = tuple(range(2, 2 + problem.dims))

        def run(arrays, prepared, out, threads):
            g = arrays[0].reshape(problem.n, problem.k, *problem.output)
            if problem.bias == "position":
                out[...] = xp.sum(g, axis=0, dtype=wide)
            elif problem.bias == "channel":
                out[...] = xp.sum(g, axis=(0, *pixels), dtype=wide)
            else:
                for tile in np.ndindex(*problem.tiles):
                    steps = zip(tile, problem.tiles, strict=True)
                    own = g[(..., *(slice(t, None, n) for t, n in steps))]
                    out[(slice(None), *tile)] = xp.sum(own, axis=(0, *pixels), dtype=wide)

        return run


class Definition:
    """The kernels of one problem's definition: for all of it, or for what another algorithm leaves.

    Parameters
    ----------
    algorithm : DeviceAlgorithm
        Launches the kernels.
    problem : ConvProblem or FilterProblem
    """

    def __init__(self, algorithm, problem):
        self._algorithm, self._problem = algorithm, problem
        last = problem.bias is not None or problem.activation is not None or problem.add
        #: whether there is an epilogue
        self._finishes = bool(last) and problem.kind == "fwd"
        self._templates = {}

    def finish(self, arrays, out, contain_nan=False):
        """Apply the epilogue to plain sums.

        Parameters
        ----------
        arrays : tuple of array
            The function's operands.
        out : array
            Holds the sums.
        contain_nan : bool, optional
            Recompute sums that are not finite, for algorithms that may spread a NaN.
        """
        if contain_nan or self._finishes:
            self.compute(arrays, out, REPAIR if contain_nan else FINISH)

    def compute(self, arrays, out, repair=0):
        """Write `out`; with `repair`, `REPAIR` or `FINISH`, it holds plain sums already."""
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
            grid, block = linear_grid(out.size, 1), (_THREADS, 1, 1)
            self._algorithm.launch("naive", "naive_weight", problem, grid, struct, block=block)
        else:
            name = "naive_forward" if role == "fwd" else "naive_input"
            self._algorithm.launch("naive", name, problem, linear_grid(out.size), struct)

    def _structure(self, repair):
        """Return the kernels' structure without its arrays."""
        problem, runtime = self._problem, self._algorithm.runtime
        s = problem.stencil
        transposed = getattr(problem, "op", None) == "conv_transpose"
        axes = three(s.axes) if len(s.axes) < 3 else s.axes
        struct = _NAIVE(
            runtime, epilogue=epilogue(problem, runtime), n=s.n, groups=s.groups,
            c=s.image_channels // s.groups, k=s.feature_channels // s.groups,
            taps=prod(a.taps for a in axes), tiles=prod(a.tile for a in axes),
            image_size=prod(a.image for a in axes), feature_size=prod(a.feature for a in axes),
            dims=len(axes),
            # a weight gradient conjugates the function's input: 1 the image, 2 the feature
            conjugate=problem.conjugate * (2 if transposed and s.role == "weight" else 1),
            repair=repair, finishes=self._finishes,
        )  # fmt: skip
        for i, a in enumerate(axes):
            struct["axes"][0, i] = (
                a.image, a.feature, a.taps, a.stride, a.dilation, a.before, a.tile,
                BOUNDARY[a.boundary], a.unit,
            )  # fmt: skip
        return struct

    def _filled(self, template, fill):
        """Return the structure with the value of the padding."""
        fill = np.asarray(fill).astype(DTYPES[self._problem.compute])
        struct = template.copy()
        struct["fill_real"], struct["fill_imaginary"] = fill.real, fill.imag
        if fill.dtype.kind in "iu":
            struct["fill_integer"] = fill.astype(np.int64)
        return struct
