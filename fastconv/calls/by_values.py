"""Executors that depend on the values of a weight.

A kernel that is an outer product gets another algorithm than one that is not, and SciPy's image
filters skip weights of zero. Shapes alone, or the identity of an array, say nothing of values, so
that every call looks at its own weight. A small weight that was met before is known by its bytes.
"""

import numpy as np

from ..algorithms.integer_filters import SKIPPED
from ..planner.traits import BY_VALUES, engine_weight, weight_position, with_traits

#: weights known again by their bytes: so many of at most so many bytes each
_KNOWN = 16
_KNOWN_BYTES = 1 << 16


class ByValues:
    """Stands for an `Executor` where the algorithm depends on the values of the weight.

    Parameters
    ----------
    request : Request
        Of a problem without traits.
    make : callable
        ``make(request)`` returns the `Executor` of a request whose problem has traits.
    structure : bool
        Whether the weight's structure (its rank) is looked at, or only what image filters need.
    """

    forwards = False

    def __init__(self, request, make, structure=True):
        self.request = request
        self._make = make
        self._structure = structure
        self._position = weight_position(request)
        self._executors = {}
        self._known = {}

    def __call__(self, arrays, prepared, out, num_threads):
        return self.bound(arrays)(arrays, None, out, num_threads)

    def bound(self, arrays):
        """Return the executor for the values of this weight."""
        weight = arrays[self._position]
        content = weight.tobytes() if weight.nbytes <= _KNOWN_BYTES else None
        known = None if content is None else self._known.get(content)
        if known is None:
            known = self._look(arrays)
            if content is not None:
                if len(self._known) >= _KNOWN:
                    self._known.clear()
                self._known[content] = known
        return known

    def _look(self, arrays):
        weight, gaps = self._weight(arrays)
        request = with_traits(self.request, weight, self._structure)
        found = request.problem.traits
        executor = self._executors.get(found)
        if executor is None:
            executor = self._executors[found] = self._make(request)
        if executor.forwards:
            return executor
        prepared = None
        if not executor.empty and (
            executor.algorithm.name in BY_VALUES or self.request.problem.family == "integer"
        ):
            prepared = executor.algorithm.prepare(request.problem, weight)
        return self._bound(executor, prepared, weight, gaps)

    def with_values(self, arrays, executor, prepared):
        """Return `executor` for this weight, of which `prepared` was made."""
        return self._bound(executor, prepared, *self._weight(arrays))

    def _bound(self, executor, prepared, weight, gaps):
        fixed = weight if self.request.problem.on_image else None
        return executor.bound(prepared, fixed, gaps)

    def _weight(self, arrays):
        """Return the weight as the engine takes it, and whether SciPy skips a part of it."""
        weight = engine_weight(self.request, arrays)
        problem = self.request.problem
        if not problem.on_image or problem.family == "integer":
            return weight, False
        gaps = weight.dtype.kind == "c"  # SciPy filters the real and the imaginary part apart
        if not problem.op.endswith("1d"):
            weight = _without_skipped(weight)
            gaps = gaps or not weight.all()
        return weight, gaps


def _without_skipped(w):
    """Return weights with zeros where SciPy's N-D functions skip them."""
    if w.dtype.kind == "c":  # part by part
        small = [(p != 0) & (np.abs(p) <= SKIPPED) for p in (w.real, w.imag)]
        if any(s.any() for s in small):
            return np.where(small[0], 0, w.real) + 1j * np.where(small[1], 0, w.imag)
        return w
    small = (w != 0) & (np.abs(w) <= SKIPPED)
    return np.where(small, w.dtype.type(0), w) if small.any() else w
