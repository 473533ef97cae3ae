"""winograd_f2, winograd_f4: 3-tap convolutions with fewer multiplications.

The transforms are kernels of our own; one batched call of cuBLAS multiplies at all frequencies.

References
----------
S. Winograd, "Arithmetic Complexity of Computations", SIAM, 1980; A. Lavin and S. Gray, "Fast
Algorithms for Convolutional Neural Networks", CVPR 2016; B. Barabasz, A. Anderson, K. M. Soodhalter
and D. Gregg, "Error analysis and improving the accuracy of Winograd convolution for deep neural
networks", ACM TOMS, 2020 (the points).
"""

from functools import cache
from math import ceil, prod, sqrt

import numpy as np

from ..algorithms.base import rounding
from ..algorithms.kinds import is_filter
from ..problem.arrays import DTYPES
from .base import (
    EPILOGUE,
    DeviceAlgorithm,
    epilogue,
    last_operands,
    linear_grid,
    operands,
    small,
    three,
)
from .direct import ascending
from .source import Struct
from .stride_phases import PHASE_AXIS, refuses_phases, stride_phases

#: taps along an axis that is transformed
_TAPS = 3
_STRUCTS = {
    name: Struct(
        f"P source, weight, planes, out; epilogue epilogue; d g[24]; {code} bt[64], at[48];"
        "q source_size, target_size, weight_group, weight_target, weight_source, plane, count;"
        "i n, groups, sources, targets, tiles_b, tiles_c, contain_nan, unused; axis axes[3]",
        epilogue=EPILOGUE, axis=PHASE_AXIS,
    )
    for name, code in (("f32", "f"), ("f64", "d"))
}  # fmt: skip
#: interpolation points besides infinity, chosen for a small error
_POINTS = {2: (0.0, 1.0, -1.0), 4: (0.0, 0.75, -0.75, 1.5, -1.5)}
#: share of the peak that batched cuBLAS reaches
_SHARE = 0.7
#: terms of a sum that reach half of that share
_HALF = 64
#: terms up to which the error bounds hold: cuBLAS may sum them in one chain
_BOUND_TERMS = 512


@cache
def matrices(m):
    """Return A', B' and G of F(m, 3), with ``y = A' ((G w) * (B' d))``.

    By Toom and Cook: a product of polynomials is interpolated from its values at points, and the
    filter is the transpose of that product.
    """
    points = _POINTS[m]
    n = m + _TAPS - 1
    a, g = np.zeros((m, n)), np.zeros((n, _TAPS))
    b = np.zeros((n, n))
    for i, point in enumerate(points):
        others = [q for j, q in enumerate(points) if j != i]
        a[:, i] = point ** np.arange(m)
        g[i] = point ** np.arange(_TAPS) / prod(point - q for q in others)
        b[i, : n - 1] = np.poly(others)[::-1]
    a[m - 1, n - 1] = g[n - 1, _TAPS - 1] = 1.0
    b[n - 1] = np.poly(points)[::-1]
    return a, b, g


class Winograd(DeviceAlgorithm):
    """F(m x m, 3 x 3), or F(m, 3) along one axis.

    Parameters
    ----------
    runtime : Runtime
    m : int
        Outputs of a tile along an axis.
    bounds : dict
        As in `Algorithm`, for sums of at most 512 channels.
    """

    dtypes = ("f32", "f64")
    spreads_nan = True

    def __init__(self, runtime, m, bounds):
        super().__init__(runtime)
        self.name = f"winograd_f{m}"
        self.m = m
        self.bounds = bounds

    def refuses(self, problem):
        reason = refuses_phases(problem)
        if reason is not None:
            return reason
        if is_filter(problem):
            return "one channel: there is no sum of products to save"
        if len(problem.stencil.axes) > 2:
            return "at most 2 filtered axes"
        _, b, c = three(problem.stencil.axes)
        if c.taps != _TAPS or b.taps not in (1, _TAPS):
            return "kernels of 3 taps along the last axis, and 3 or 1 along the one before"
        if (b.stride, c.stride, b.dilation, c.dilation) != (1,) * 4:
            return "stride 1 and dilation 1 only"
        if problem.compute == "f32" and self.runtime.reduced_precision():
            return self.runtime.reduced_precision()
        return None

    def cost(self, problem, machine, threads):
        t = _Tiles(self, problem)
        points = t.points_b * t.points_c
        size = DTYPES[problem.compute].itemsize
        values = t.tiles * problem.stencil.groups * (t.sources + t.targets)
        # one kernel writes each plane and another reads it
        moved = problem.bytes + 2 * points * values * size
        products = points * t.tiles * problem.stencil.groups * t.sources * t.targets
        share = _SHARE * t.sources / (t.sources + _HALF) * min(1.0, t.targets / 64)
        blocks = points * problem.stencil.groups * ceil(t.tiles / 128) * ceil(t.targets / 128)
        seconds = machine.seconds(problem, products, 0, share, blocks)
        # a transform multiplies every value by a dense matrix of points x points
        operations = 2 * points * max(t.points_b, t.points_c) * values
        seconds += machine.seconds(problem, operations, moved, 0.5)
        weights, _ = self.preparation(problem, machine, threads)
        return 2 * machine.launch + machine.library + seconds + weights

    def error_bound(self, problem):
        s = problem.stencil
        terms = max(s.image_channels, s.feature_channels) // s.groups
        growth = max(1.0, sqrt(terms / _BOUND_TERMS))
        return self.bounds[problem.compute] * growth + rounding(problem)

    def workspace(self, problem, threads):
        t = _Tiles(self, problem)
        values = t.tiles * problem.stencil.groups * (t.sources + t.targets)
        planes = t.points_b * t.points_c * values * DTYPES[problem.compute].itemsize
        return planes + t.weight_bytes

    def preparation(self, problem, machine, threads):
        size = _Tiles(self, problem).weight_bytes
        return machine.launch + size / machine.memory_rate, size

    def prepare(self, problem, weight):
        return _Tiles(self, problem).transformed(weight)

    def bind(self, problem, contain_nan=False):
        return _Tiles(self, problem, contain_nan).run


class _Tiles:
    """The tiles of one problem and its launches, prepared once.

    Parameters
    ----------
    algorithm : Winograd
    problem : ConvProblem
    contain_nan : bool, optional
        Recompute outputs that are not finite by the definition.
    """

    def __init__(self, algorithm, problem, contain_nan=False):
        self.algorithm, self.problem, self.contain_nan = algorithm, problem, contain_nan
        s = problem.stencil
        self.phase = tuple(ascending(a) for a in stride_phases(s)[0])
        _, b, c = self.phase
        self.m_b, self.m_c = (algorithm.m if b.taps == _TAPS else 1), algorithm.m
        self.points_b = self.m_b + _TAPS - 1 if self.m_b > 1 else 1
        self.points_c = self.m_c + _TAPS - 1
        self.targets, self.sources = (n // s.groups for n in (s.feature_channels, s.image_channels))
        if s.role == "input":
            self.targets, self.sources = self.sources, self.targets
        self.tiles_b, self.tiles_c = ceil(b.targets / self.m_b), ceil(c.targets / self.m_c)
        self.tiles = s.n * self.tiles_b * self.tiles_c
        points = self.points_b * self.points_c
        weights = points * s.groups * self.sources * self.targets
        self.weight_bytes = weights * DTYPES[problem.compute].itemsize
        self.template = self._structure()

    def run(self, arrays, prepared, out, threads):
        """Transform the weight unless that is done, and the tiles; multiply; transform back."""
        runtime, problem = self.algorithm.runtime, self.problem
        image, feature, weight = operands(problem, arrays, out)
        source = image if problem.stencil.role == "fwd" else feature
        weights = self.transformed(weight) if prepared is None else prepared
        values = self._planes(self.sources, self.tiles)
        self._launch("winograd_input", values, source=source)
        products = runtime.xp.matmul(weights, values)
        del values
        self._launch(
            "winograd_output", products, source=source, weight=weight, out=out,
            **last_operands(problem, arrays),
        )  # fmt: skip

    def transformed(self, weight):
        """Return the transformed weight, (points, groups, targets, sources)."""
        planes = self._planes(self.targets, self.sources)
        self._launch("winograd_weight", planes, weight=weight)
        return planes

    def _structure(self):
        """Return the kernels' structure without its arrays."""
        problem, s = self.problem, self.problem.stencil
        at, bt, g = (np.zeros(shape) for shape in ((6, 8), (8, 8), (8, 3)))
        for to, matrix in zip((at, bt, g), matrices(self.m_c), strict=True):
            to[: matrix.shape[0], : matrix.shape[1]] = matrix
        taps = prod(x.taps for x in s.axes)
        c, k = s.image_channels // s.groups, s.feature_channels // s.groups
        forward = s.role == "fwd"
        runtime = self.algorithm.runtime
        return _STRUCTS[problem.compute](
            runtime, epilogue=epilogue(problem, runtime), g=g.ravel(), bt=bt.ravel(),
            at=at.ravel(), source_size=prod(a.source_length for a in self.phase),
            target_size=prod(a.target_length for a in self.phase), weight_group=k * c * taps,
            weight_target=c * taps if forward else taps,
            weight_source=taps if forward else c * taps, n=s.n, groups=s.groups,
            sources=self.sources, targets=self.targets, tiles_b=self.tiles_b,
            tiles_c=self.tiles_c, contain_nan=self.contain_nan,
            axes=[[a.struct() for a in self.phase]],
        )  # fmt: skip

    def _launch(self, name, planes, **arrays):
        problem, runtime = self.problem, self.algorithm.runtime
        kind = _STRUCTS[problem.compute]
        count = planes.size // planes.shape[0]
        counts = (("count", count), ("plane", count))
        struct = kind.again(runtime, self.template, counts, planes=planes, **arrays)
        options = ("-DNARROW", f"-DMB={self.m_b}", f"-DMC={self.m_c}", *small(count))
        self.algorithm.launch(
            "winograd", name, problem, linear_grid(count), struct, options=options
        )

    def _planes(self, rows, columns):
        shape = (self.points_b * self.points_c, self.problem.stencil.groups, rows, columns)
        return self.algorithm.runtime.xp.empty(shape, DTYPES[self.problem.compute])


def winograds(runtime):
    """Return the algorithms of both sizes of tiles, with their error bounds."""
    return (
        Winograd(runtime, 2, {"f32": 1.9e-6, "f64": 3.6e-15}),
        Winograd(runtime, 4, {"f32": 7e-6, "f64": 1.5e-14}),
    )
