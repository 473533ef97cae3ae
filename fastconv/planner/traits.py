"""Where a weight's values take part in the choice of an algorithm.

A problem says nothing of values, but for its `traits`. They are set here, from a weight, where that
may pay: each channel on its own, a kernel that is not small, and more work than a look costs.
"""

from dataclasses import replace
from math import prod

from .. import config
from ..loops.operands import ready
from ..problem.traits import traits
from .choose import choose

#: algorithms that cannot run without knowing what the weight allows
BY_VALUES = ("separable", "low_rank", "box")
#: smaller kernels, and less work, are not worth a look
LEAST_TAPS = 25
LEAST_SECONDS = 50e-6

#: weights known again by their bytes: so many of at most so many bytes each
_KNOWN = 16
_KNOWN_BYTES = 1 << 16


def possible(problem):
    """Whether an algorithm could make use of traits of this problem's weight."""
    stencil = getattr(problem, "stencil", None)
    return (
        stencil is not None
        and problem.compute in ("f32", "f64")
        and problem.kind == stencil.role == "fwd"
        and stencil.image_channels == stencil.groups
        and all(a.tile == 1 for a in stencil.axes)
    )


def looks(problem, algorithm="auto", accuracy="default", workspace_limit=None, exclude=()):
    """Whether a call looks at its weight; choices as `choose` takes them."""
    if algorithm != "auto":
        return algorithm in BY_VALUES and possible(problem)
    if not possible(problem) or prod(a.taps for a in problem.stencil.axes) < LEAST_TAPS:
        return False
    blind = choose(replace(problem, traits=None), "auto", accuracy, workspace_limit, exclude)
    return blind.seconds * config.get_num_threads() > LEAST_SECONDS


def engine_weight(request, arrays):
    """Return the weight as the engine takes it, from the caller's arrays."""
    return request.operands(ready, arrays, only=weight_position(request))[1]


def weight_position(request):
    """Which of the caller's arrays is the weight; a filter may take the smaller one."""
    return 0 if getattr(request.problem, "swapped", False) else 1


def with_traits(request, weight):
    """The request, its problem with the traits of `weight`, which is as the engine takes it."""
    found = traits(weight, len(request.problem.stencil.axes))
    return replace(request, problem=replace(request.problem, traits=found))


class ByTraits:
    """Stands for an `Executor` where the algorithm depends on the values of the weight.

    Every call looks at its own weight: shapes alone, or the identity of an array, say nothing of
    values. A small weight seen before is known again by its bytes.

    Parameters
    ----------
    request : Request
        Of a problem without traits.
    executor : callable
        ``executor(request)`` makes the `Executor` of a request whose problem has traits.
    """

    def __init__(self, request, executor):
        self.request = request
        self._make = executor
        self._position = weight_position(request)
        self._executors = {}
        self._known = {}

    def __call__(self, arrays, prepared, out, num_threads):
        weight = arrays[self._position]
        content = weight.tobytes() if weight.nbytes <= _KNOWN_BYTES else None
        known = self._known.get(content)
        if known is None:
            known = self._look(arrays, content)
        executor, prepared = known
        return executor(arrays, prepared, out, num_threads)

    def _look(self, arrays, content):
        weight = engine_weight(self.request, arrays)
        request = with_traits(self.request, weight)
        found = request.problem.traits
        executor = self._executors.get(found)
        if executor is None:
            executor = self._executors[found] = self._make(request)
        prepared = None
        if executor.algorithm.name in BY_VALUES and not executor.empty:
            prepared = executor.algorithm.prepare(request.problem, weight)
        if content is not None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[content] = executor, prepared
        return executor, prepared
