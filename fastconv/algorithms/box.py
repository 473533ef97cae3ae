"""box: constant kernels, at a cost that hardly depends on their size.

Along a row, a window of w = b * a + e values is the sum of b windows of a values and e single ones,
and so on down to single values, with as few additions as possible. Down columns there are two
running sums per window of rows (`src/box/room.h`). Nothing is ever subtracted, so that rounding
errors do not drift, and a NaN stays in its windows.

References
----------
M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal
kernels", Pattern Recognition Letters 13, 1992 (the blocks, here for sums).
"""

import itertools
from functools import cache

import numpy as np

from ..loops.box import Box as Loops
from ..problem.arrays import DTYPES
from .base import Algorithm, Latest
from .separable import lacks_trait, loops_of, passes_cost, refuses_depthwise

#: rows of a window from which on running sums are cheaper
_RUNNING = 12
#: rows of a window up to which running sums keep to the bounds: chains of additions have one term
#: for every four rows (src/box/room.h), and sums of the contract at most 512 terms
_CHAIN = 2048
#: additions of running sums, for a row of the window
_RUNNING_ADDITIONS = 6
#: cost of a step along a row besides its additions, in additions
_STEP = 0.25


class Box(Algorithm):
    """Kernels whose taps are all equal."""

    name = "box"
    forward_only = True
    dtypes = ("f32", "f64")
    bounds = {"f32": 1e-6, "f64": 2e-15}
    growth = None
    sized = False

    def refuses(self, problem):
        reason = refuses_depthwise(problem)
        if reason is None and problem.traits != "box":
            reason = lacks_trait(problem, "constant")
        return reason

    def cost(self, problem, machine, threads):
        *front, last = problem.stencil.axes
        additions = _cheapest(last.taps)[0] if last.stride == 1 else last.taps
        for axis in front:
            running = _RUNNING <= axis.taps <= _CHAIN and axis is front[-1]
            additions += _RUNNING_ADDITIONS if running else axis.taps
        return passes_cost(problem, machine, threads, additions)

    def workspace(self, problem, threads):
        return _loops(problem).workspace(threads)

    def prepare(self, problem, weight):
        return _coefficients(problem, _loops(problem), weight)

    def prepare_vectors(self, problem, vectors):
        # each axis has its own constant
        *front, last = problem.stencil.axes
        rest = iter(v[0] for v in vectors)
        values = [np.ones(1)] * (2 - len(front))
        values += [np.full(a.taps, next(rest)) if a.taps > 1 else np.ones(1) for a in front]
        scale = next(rest) if last.taps > 1 else 1.0
        for source, _, parts, _, single, _ in _steps(last.taps):
            values.append(np.full(parts, 1.0 if source else scale))
            values.append(np.full(single, scale))
        return np.concatenate(values).astype(DTYPES[problem.compute]).reshape(1, 1, -1)

    def bind(self, problem):
        loops = _loops(problem).build()

        def run(arrays, prepared, out, threads):
            if prepared is None:
                prepared = _coefficients(problem, loops, arrays[1])
            loops(arrays, prepared, out, threads)

        return run


def _new_loops(problem):
    *front, last = problem.stencil.axes
    if last.taps == 1:  # axes behind that of the taps are one long row
        front = [a for a in front if a.taps > 1]
    rows = front[-1].taps if front else 1
    running = _RUNNING <= rows <= _CHAIN
    return loops_of(
        problem, Loops, unit=rows if running else 0,
        steps=_steps(last.taps) if last.stride == 1 else None,
    )  # fmt: skip


_loops = Latest(_new_loops)


def _coefficients(problem, loops, weight):
    """Return coefficients that are ones, but the kernel's constant along its first long axis."""
    shape, starts = loops.factors()
    values = np.ones(shape, DTYPES[problem.compute])
    taps = [1] * (3 - len(problem.stencil.axes)) + [a.taps for a in problem.stencil.axes]
    axis = 0 if taps[0] > 1 else 1
    along = slice(starts[axis], starts[axis] + taps[axis])
    values[:, :, along] = weight.reshape(shape[0], -1)[:, :1, None]
    return values


@cache
def _cheapest(taps):
    """Return (additions, b, e): the cheapest way to sum `taps` values.

    The sum is put together from b sums of (taps - e) / b values and e single values.
    """
    best = (taps + _STEP, taps, 0)
    for single in range(4):
        for parts in range(2, 9):
            size, rest = divmod(taps - single, parts)
            if rest == 0 and size > 1:
                best = min(best, (_cheapest(size)[0] + parts + single + _STEP, parts, single))
    return best


@cache
def _steps(taps):
    """Return the steps of `loops.passes.Passes` that sum `taps` values along a row."""
    sizes = [taps]
    while sizes[-1] > 1:
        _, parts, single = _cheapest(sizes[-1])
        sizes.append((sizes[-1] - single) // parts)
    steps = []
    for level, (part, size) in enumerate(itertools.pairwise(reversed(sizes))):
        parts, single = divmod(size, part)
        steps.append((level, -1 if size == taps else level + 1, parts, part, single, taps - size))
    return steps or [(0, -1, 1, 1, 0, 0)]
