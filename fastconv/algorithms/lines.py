"""direct: sums of complex numbers along one axis, output by output.

A filter of one axis is a change of the sampling rate without values in between, so the loops of
`polyphase` compute it: a border that is longer than the line costs no more than its products. Lines
that are longer than the kernel are left to `naive`, which has SciPy's bits.
"""

from math import prod

import numpy as np

from ..problem import ResampleProblem
from ..problem.filtering import FilterProblem
from .base import Algorithm, Latest
from .polyphase import Polyphase

_RESAMPLING = Polyphase()
#: calls of Python functions
_CALLS = 8


class DirectLines(Algorithm):
    """The loops of `polyphase`, for complex numbers."""

    name = "direct"
    ops = ("convolve", "correlate")
    dtypes = ("c64", "c128")
    bounds = _RESAMPLING.bounds
    growth = None

    def serves(self, problem):
        own = isinstance(problem, FilterProblem) and problem.compute in self.dtypes
        return own and super().serves(problem)

    def refuses(self, problem):
        if _resampling(problem) is None:
            return "complex numbers along one axis that is no longer than the kernel, only"
        return None

    def floor(self, problem, machine, threads):
        return machine.python_call

    def cost(self, problem, machine, threads):
        seconds = _RESAMPLING.cost(_resampling(problem), machine, threads)
        return seconds + _CALLS * machine.python_call

    def workspace(self, problem, threads):
        return _RESAMPLING.workspace(_resampling(problem), threads)

    def bind(self, problem):
        resample = _RESAMPLING.bind(_resampling(problem))

        def run(arrays, prepared, out, threads):
            x, weight = arrays[:2]
            fill = arrays[4] if len(arrays) > 4 and arrays[4] is not None else 0.0
            h = np.ascontiguousarray(weight.reshape(-1)[::-1])
            resample((x, h, fill), None, out, threads)

        return run


@Latest
def _resampling(problem):
    """Return the change of the sampling rate that is a filter of one axis, or None."""
    s = problem.stencil
    if s.role != "fwd" or s.image_channels != 1 or s.feature_channels != 1 or s.tiled:
        return None
    filtered = [i for i, a in enumerate(s.axes) if not a.unfiltered] or [len(s.axes) - 1]
    place, a = filtered[0], s.axes[filtered[0]]
    if len(filtered) > 1 or a.dilation > a.unit:
        return None
    n, length, before = a.image // a.unit, a.feature // a.unit, a.before // a.unit
    first, last = a.taps - 1 - before, a.taps - 1 - before + (length - 1) * a.stride
    if n > a.taps:
        return None
    if first < 0 or last >= n + a.taps:  # positions beyond the full output
        return None
    lead = s.n * prod([b.image for b in s.axes[:place]])
    inner = a.unit * prod([b.image for b in s.axes[place + 1 :]])
    return ResampleProblem(
        "signal.upfirdn", (problem.compute,) * 3, (lead, n, inner), 1, a.taps, 1, a.stride,
        a.boundary, first, length,
    )  # fmt: skip
