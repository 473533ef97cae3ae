"""winograd_f2, winograd_f4: 3-tap convolutions with fewer multiplications.

Transforms are kernels of our own, the products of all frequencies one batched cuBLAS call.

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

from ..algorithms.base import is_filter, rounding
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
from .direct import ahead
from .source import Struct
from .walks import WALK, against, walks

_TAPS = 3
_STRUCTS = {
    name: Struct(
        f"P source, weight, planes, out; epilogue epilogue; d g[24]; {code} b[64], a[48];"
        "q source_size, target_size, weight_group, weight_target, weight_source, plane, count;"
        "i n, groups, sources, targets, tiles_b, tiles_c, contains, unused; walk walks[3]",
        epilogue=EPILOGUE, walk=WALK,
    )
    for name, code in (("f32", "f"), ("f64", "d"))
}  # fmt: skip
#: interpolation points, besides infinity: those of small error
_POINTS = {2: (0.0, 1.0, -1.0), 4: (0.0, 0.75, -0.75, 1.5, -1.5)}
#: share of the peak of batched cuBLAS, and terms that are worth half of it
_SHARE, _HALF = 0.7, 64


@cache
def matrices(m):
    """(A', B', G) of F(m, 3): ``y = A' ((G w) * (B' d))``, by Toom and Cook's interpolation.

    The product of polynomials is interpolated at the points; its transpose is the filter.
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
    """F(m x m, 3 x 3); F(m, 3) along one axis."""

    dtypes = ("f32", "f64")
    spreads_nan = True

    def __init__(self, runtime, m, bounds):
        super().__init__(runtime)
        self.name = f"winograd_f{m}"
        self.m = m
        self.bounds = bounds

    def refuses(self, problem):
        reason = against(problem)
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
        # each plane is written by one kernel and read by another
        moved = problem.bytes + 2 * points * values * size
        products = points * t.tiles * problem.stencil.groups * t.sources * t.targets
        share = _SHARE * t.sources / (t.sources + _HALF) * min(1.0, t.targets / 64)
        blocks = points * problem.stencil.groups * ceil(t.tiles / 128) * ceil(t.targets / 128)
        seconds = machine.seconds(problem, products, 0, share, blocks)
        # transforms: a dense product of points x points with every value
        operations = 2 * points * max(t.points_b, t.points_c) * values
        seconds += machine.seconds(problem, operations, moved, 0.5)
        weights, _ = self.preparation(problem, machine, threads)
        return 2 * machine.launch + machine.library + seconds + weights

    def error_bound(self, problem):
        s = problem.stencil
        terms = max(s.image_channels, s.feature_channels) // s.groups
        # of 512 channels; the products sum in one chain
        growth = max(1.0, sqrt(terms / 512))
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

    def bind(self, problem, contains=False):
        return _Tiles(self, problem, contains).run


class _Tiles:
    """The tiles and launches of one problem."""

    def __init__(self, algorithm, problem, contains=False):
        self.algorithm, self.problem, self.contains = algorithm, problem, contains
        s = problem.stencil
        self.walk = tuple(ahead(w) for w in walks(s)[0])
        _, b, c = self.walk
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

    def _structure(self):
        """The kernels' structure without its arrays."""
        problem, s = self.problem, self.problem.stencil
        a, b, g = (np.zeros(shape) for shape in ((6, 8), (8, 8), (8, 3)))
        for to, matrix in zip((a, b, g), matrices(self.m_c), strict=True):
            to[: matrix.shape[0], : matrix.shape[1]] = matrix
        taps = prod(x.taps for x in s.axes)
        c, k = s.image_channels // s.groups, s.feature_channels // s.groups
        forward = s.role == "fwd"
        runtime = self.algorithm.runtime
        return _STRUCTS[problem.compute](
            runtime, epilogue=epilogue(problem, runtime), g=g.ravel(), b=b.ravel(), a=a.ravel(),
            source_size=prod(w.source for w in self.walk),
            target_size=prod(w.size for w in self.walk), weight_group=k * c * taps,
            weight_target=c * taps if forward else taps,
            weight_source=taps if forward else c * taps, n=s.n, groups=s.groups,
            sources=self.sources, targets=self.targets, tiles_b=self.tiles_b,
            tiles_c=self.tiles_c, contains=self.contains,
            walks=[[w.struct() for w in self.walk]],
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

    def transformed(self, weight):
        """The weight in frequencies, (points, groups, targets, sources)."""
        planes = self._planes(self.targets, self.sources)
        self._launch("winograd_weight", planes, weight=weight)
        return planes

    def run(self, arrays, prepared, out, threads):
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


def winograds(runtime):
    """Both sizes of tiles, with their error bounds."""
    return (
        Winograd(runtime, 2, {"f32": 1.9e-6, "f64": 3.6e-15}),
        Winograd(runtime, 4, {"f32": 7e-6, "f64": 1.5e-14}),
    )
