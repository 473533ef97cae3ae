"""Find the executor that fits the values of a weight.

The choice of algorithm depends on values: an outer product, for example, can be split into 1-D
kernels. SciPy's image filters skip weights of zero, which changes results that are not finite.
Values can change although the shape and the array stay the same, so every call inspects its weight.
The executors of small weights are kept under the bytes of the weight.
"""

import numpy as np

from ..algorithms.integer_sums import SKIPPED
from ..planner.traits import (
    BY_VALUES,
    engine_weight,
    weight_position,
    with_known_traits,
    with_traits,
)

#: largest number of weights whose executors are kept
_KNOWN = 16
#: largest size of such a weight
_KNOWN_BYTES = 1 << 16


class ByValues:
    """A callable like `Executor` whose algorithm depends on the values of the weight.

    Parameters
    ----------
    request : Request
        The request, whose problem has no traits yet.
    make : callable
        ``make(request)`` returns the `Executor` of a request whose problem has traits.
    structure : int
        Highest rank of the weight to look for. If 0, only the properties are found that image
        filters need.
    """

    forwards = False

    def __init__(self, request, make, structure):
        self.request = request
        self._make = make
        self._structure = structure
        self._position = weight_position(request)
        self._executors = {}
        self._known = {}

    def __call__(self, arrays, prepared, out, num_threads):
        return self.bound(arrays)(arrays, None, out, num_threads)

    def bound(self, arrays):
        """Return the executor for the values of the weight among `arrays`, kept or new."""
        weight = arrays[self._position]
        content = weight.tobytes() if weight.nbytes <= _KNOWN_BYTES else None
        known = None if content is None else self._known.get(content)
        return self._new(content, arrays) if known is None else known

    def _new(self, content, arrays):
        """Return a new executor, which is kept under the bytes of the weight if they are given."""
        made = self._make_executor(content, arrays)
        if content is not None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[content] = made
        return made

    def _make_executor(self, content, arrays):
        """Return a new executor for the values of the weight among `arrays`.

        What is found of a weight is kept for images of other sizes, under its bytes `content`.
        """
        problem = self.request.problem
        shared = getattr(problem, "shared", None)
        seen = {} if shared is None or content is None else shared.setdefault("weights", {})
        key = content, self._structure, problem.stencil.weight_shape
        known = seen.get(key)
        if known is None:
            weight, skips = self._weight(arrays)
            request = with_traits(self.request, weight, self._structure)
            found = request.problem.traits
            if len(seen) >= _KNOWN:
                seen.clear()
            seen[key] = weight, skips, found
        else:
            weight, skips, found = known
            request = with_known_traits(self.request, found)
        executor = self._executors.get(found)
        if executor is None:
            executor = self._executors[found] = self._make(request)
        if executor.forwards:
            return executor
        prepared = None
        if not executor.empty and (
            executor.algorithm.name in BY_VALUES
            or self.request.problem.family in ("integer", "rounded")
        ):
            prepared = executor.algorithm.prepare(request.problem, weight)
        return self._bound(executor, prepared, weight, skips)

    def with_values(self, arrays, executor, prepared):
        """Return `executor` bound to the weight among `arrays`, from which `prepared` was made."""
        return self._bound(executor, prepared, *self._weight(arrays))

    def _bound(self, executor, prepared, weight, skips):
        """Return `executor` bound to a weight; see `Executor.bound`."""
        fixed = weight if self.request.problem.on_image else None
        return executor.bound(prepared, fixed, skips)

    def _weight(self, arrays):
        """Return the weight as an operand, and whether SciPy skips some of its values.

        The operand is kept, so it is a copy if the caller could change it.
        """
        weight = engine_weight(self.request, arrays)
        if any([a is not None and np.may_share_memory(a, weight) for a in arrays]):
            weight = weight.copy()
        problem = self.request.problem
        if not problem.on_image or problem.family == "integer":
            return weight, False
        skips = weight.dtype.kind == "c"  # SciPy filters the real and the imaginary part separately
        if not problem.op.endswith("1d"):
            weight = _without_skipped(weight)
            skips = skips or not weight.all()
        return weight, skips


class OfSeveral(ByValues):
    """A `ByValues` for a weight that is computed from several arrays; see `Request.beside`."""

    def bound(self, arrays):
        positions = self.request.made_from(self._position)
        weights = [arrays[i] for i in positions]
        small = sum(w.nbytes for w in weights) <= _KNOWN_BYTES
        content = b"".join([w.tobytes() for w in weights]) if small else None
        known = None if content is None else self._known.get(content)
        return self._new(content, arrays) if known is None else known


def _without_skipped(w):
    """Return weights with 0 in place of the values that SciPy's N-D functions skip."""
    if w.dtype.kind == "c":  # the real and the imaginary part separately
        small = [(p != 0) & (np.abs(p) <= SKIPPED) for p in (w.real, w.imag)]
        if any(s.any() for s in small):
            return np.where(small[0], 0, w.real) + 1j * np.where(small[1], 0, w.imag)
        return w
    small = (w != 0) & (np.abs(w) <= SKIPPED)
    return np.where(small, w.dtype.type(0), w) if small.any() else w
