"""direct, of poolings: one thread for every output or, in gradients, for every input.

`naive` runs the same kernels; there they sum float32 in float64.
"""

from math import prod

import numpy as np

from ..problem.arrays import DTYPES
from ..problem.geometry import Axis
from .base import DeviceAlgorithm, linear_grid, small
from .source import Struct
from .unfold import Unfolding, too_large

_AXIS = Struct("i input, output, taps, stride, dilation, before, after, adaptive")
_POOLING = Struct(
    "P input, second, out, indices, norms; d lowest, divisor, norm; q count;"
    "i pads, conjugate, stacked, unused; axis axes[3]",
    axis=_AXIS,
)  # fmt: skip
_POOL_BACKWARD = Struct(
    "P input, second, indices, out, sums, winner, owner;"
    "q planes, values, positions, groups, members, inner"
)
#: ops that move values and compute none
_MOVES = ("max_pool", "adaptive_max_pool", "max_unpool", "maxout", "unfold")
#: positions of an axis stay below this number, so that 32-bit integers count them in kernels
_LIMIT = 1 << 30
#: share of the peak that comparisons and additions reach, together with computing addresses
_SHARE = 0.03


class DirectPooling(DeviceAlgorithm):
    """Windows with sums in the dtype of the computation."""

    name = "direct"
    families = ("pooling",)
    bounds = {"f32": 2e-6, "c64": 2e-6, "f64": 4e-15, "c128": 4e-15}

    def refuses(self, problem):
        if problem.op == "unfold":
            return too_large(_unfolded_axes(problem), problem.c)
        if max((*problem.input, *problem.output)) >= _LIMIT:
            return "more positions than 32 bits count"
        if problem.kind == "input" and not _by_windows(problem):
            return "the one kernel that follows indices is called naive"
        return None

    def cost(self, problem, machine, threads):
        return machine.launch + machine.seconds(problem, problem.flops, problem.bytes, _SHARE)

    def error_bound(self, problem):
        if problem.op in _MOVES and problem.kind == "fwd":
            return 0.0
        return super().error_bound(problem)

    def workspace(self, problem, threads):
        return Windows(self, problem).workspace

    def bind(self, problem):
        return Windows(self, problem, narrow=problem.op != "lp_pool").run


def _by_windows(problem):
    return problem.op in ("avg_pool", "adaptive_avg_pool", "lp_pool", "weighted_pool")


def _unfolded_axes(problem):
    """Return the axes of `unfold`."""
    columns = zip(
        problem.input, problem.output, problem.kernel, problem.stride, problem.dilation,
        problem.padding, strict=True,
    )  # fmt: skip
    return tuple(Axis(i, o, t, s, d, pad[0]) for i, o, t, s, d, pad in columns)


class Windows:
    """The kernels of one pooling.

    Parameters
    ----------
    algorithm : DeviceAlgorithm
        Launches the kernels.
    problem : PoolProblem
    narrow : bool, optional
        Sum float32 in float32.

    Attributes
    ----------
    workspace : int
        Bytes that a call allocates besides its operands and its output.
    """

    def __init__(self, algorithm, problem, narrow=False):
        self.algorithm = algorithm
        self.runtime = algorithm.runtime
        self.problem = p = problem
        taps = prod(p.kernel) if p.op in ("unfold", "fold") else 1
        largest = max(prod(p.input), prod(p.output)) * taps * p.n * p.c
        self.options = (*(("-DNARROW",) if narrow else ()), *small(largest))
        self.planes = p.n * p.c
        self._template = None
        self._run = {
            ("max_pool", "fwd"): self._max, ("max_pool", "input"): self._scatter_add,
            ("adaptive_max_pool", "fwd"): self._max,
            ("adaptive_max_pool", "input"): self._scatter_add,
            ("max_unpool", "fwd"): self._unpool, ("max_unpool", "input"): self._gather,
            ("lp_pool", "fwd"): self._lp, ("lp_pool", "input"): self._lp_input,
            ("maxout", "fwd"): self._maxout, ("maxout", "input"): self._maxout,
            ("unfold", "fwd"): self._unfold, ("fold", "fwd"): self._sum_input,
        }.get((p.op, p.kind), self._sum if p.kind == "fwd" else self._sum_input)  # fmt: skip

    @property
    def workspace(self):
        p = self.problem
        if self._run == self._scatter_add:
            wide = {"f32": 8, "c64": 16}.get(p.compute, DTYPES[p.compute].itemsize)
            return self.planes * prod(p.input) * (wide + 4)
        if self._run == self._unpool:
            return self.planes * prod(p.output) * 8
        if self._run == self._lp_input:
            return self.planes * prod(p.output) * 16
        return 0

    def run(self, arrays, prepared, out, threads):
        """Write the output to `out`, or output and indices to its two arrays."""
        values, indices = out if isinstance(out, tuple) else (out, None)
        if values.size:
            self._run(arrays, values, indices)

    # ------------------------------------------------------------------------------- windows

    def _axes(self):
        p = self.problem
        sizes, grid = (p.output, p.input) if p.op == "fold" else (p.input, p.output)
        ones = (1,) * len(sizes)
        zeros = ((0, 0),) * len(sizes)
        columns = zip(
            sizes, grid, p.kernel or ones, p.stride or ones, p.dilation or ones,
            p.padding or zeros, strict=True,
        )  # fmt: skip
        axes = [(i, o, t, s, d, *pad, p.adaptive) for i, o, t, s, d, pad in columns]
        return [[(1, 1, 1, 1, 1, 0, 0, 0)] * (3 - len(axes)) + axes]

    def _structure(self):
        """Return the structure of the kernels on windows, without its arrays."""
        p = self.problem
        lowest = 0.0
        if p.op in ("max_pool", "adaptive_max_pool"):
            dtype = DTYPES[p.compute]
            lowest = -np.inf if dtype.kind == "f" else float(np.iinfo(dtype).min)
        return _POOLING(
            self.runtime, divisor=p.divisor or 0.0, norm=p.norm or 0.0, lowest=lowest,
            pads=p.count_include_pad, conjugate=p.compute[0] == "c", stacked=p.op == "fold",
            axes=self._axes(),
        )  # fmt: skip

    def _launch(self, name, out, count=None, **arrays):
        p = self.problem
        if self._template is None:
            self._template = self._structure()
        count = count or out.size
        counts = (("count", count),)
        struct = _POOLING.again(self.runtime, self._template, counts, out=out, **arrays)
        self.algorithm.launch("pooling", name, p, linear_grid(count), struct, options=self.options)

    def _max(self, arrays, out, indices):
        self._launch("pool_max", out, input=arrays[0], indices=indices)

    def _sum(self, arrays, out, indices):
        self._launch("pool_sum", out, input=arrays[0], second=(*arrays, None)[1])

    def _sum_input(self, arrays, out, indices):
        self._launch("pool_sum_input", out, input=arrays[0], second=(*arrays, None)[1])

    def _lp(self, arrays, out, indices):
        self._launch("pool_lp", out, input=arrays[0])

    def _lp_input(self, arrays, out, indices):
        xp = self.runtime.xp
        g, x = arrays
        norms, largest = xp.empty(g.shape, np.float64), xp.empty(g.shape, np.int64)
        self._launch("pool_lp", None, input=x, norms=norms, indices=largest, count=g.size)
        self._launch("pool_lp_input", out, input=g, second=x, norms=norms, indices=largest)

    def _unfold(self, arrays, out, indices):
        p = self.problem
        image = arrays[0].reshape(p.n, p.c, *p.input)
        Unfolding(self.algorithm, p, _unfolded_axes(p), p.c)(image, out)

    # ------------------------------------------------------------------------------- indices

    def _launch_backward(self, name, out, grid, **members):
        p = self.problem
        values, positions = (p.input, p.output) if p.op == "max_unpool" else (p.output, p.input)
        struct = _POOL_BACKWARD(
            self.runtime, out=out, planes=self.planes, values=prod(values),
            positions=prod(positions), **members,
        )  # fmt: skip
        self.algorithm.launch("pool_backward", name, p, grid, struct)

    def _scatter_add(self, arrays, out, indices):
        xp = self.runtime.xp
        g, given = arrays
        wide = {"f32": np.float64, "c64": np.complex128}.get(self.problem.compute, out.dtype)
        sums, winner = xp.empty(out.shape, wide), xp.empty(out.shape, np.int32)
        self._launch_backward(
            "scatter_add", out, linear_grid(self.planes, 1), input=g, indices=given, sums=sums,
            winner=winner,
        )  # fmt: skip

    def _unpool(self, arrays, out, indices):
        x, given = arrays
        owner = self.runtime.xp.full(out.shape, -1, np.int64)
        self._launch_backward("scatter_claim", out, linear_grid(x.size), indices=given, owner=owner)
        self._launch_backward("scatter_fill", out, linear_grid(out.size), input=x, owner=owner)

    def _gather(self, arrays, out, indices):
        g, given = arrays
        self._launch_backward("gather", out, linear_grid(out.size), input=g, indices=given)

    def _maxout(self, arrays, out, indices):
        p = self.problem
        first, second = (*arrays, None)[:2]
        struct = _POOL_BACKWARD(
            self.runtime, input=first, second=second, out=out, planes=p.n, groups=p.groups,
            members=p.c // p.groups, inner=prod(p.input),
        )  # fmt: skip
        name = "maxout" if p.kind == "fwd" else "maxout_input"
        count = p.n * p.groups * prod(p.input)
        self.algorithm.launch("pool_backward", name, p, linear_grid(count), struct)
