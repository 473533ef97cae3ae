"""Plans of problems that SciPy answers itself, for dtypes that no algorithm takes."""

from importlib import import_module

import numpy as np

from .algorithms.base import FILTERS
from .forwarding import check_forward
from .planner.text import aligned
from .plans import Plan, makers
from .problem import OPS
from .problem.arrays import DTYPES, native

#: rooms of the functions that SciPy has too
FACES = {
    "convolve": "nd",
    "correlate": "nd",
    "ndimage.convolve": "ndimage",
    "ndimage.correlate": "ndimage",
}


class ScipyPlan(Plan):
    """A plan whose algorithm is SciPy: there is nothing to choose, and nothing to prepare.

    `problem` is None, and so are the predictions: the engine has no such problem.
    """

    def __init__(self, op, arrays, options, algorithm):
        check_forward(op.name, algorithm, None)
        self._made_from = (op.name, arrays, options, algorithm)
        self._op, self._given, self._options = op, arrays, options
        foreign = next(a.dtype.name for a in arrays if _not_ours(a))
        self._reason = f"no arrays of {foreign}"
        shapes = ("x".join(map(str, np.shape(a))) for a in arrays)
        self.key = "_".join((op.name, foreign, *shapes))
        self.algorithm = "scipy"
        self.problem = self.predicted_seconds = self.error_bound = None
        self.workspace_bytes = self.prepared_bytes = 0

    def __call__(self, x, weight=None, bias=None, *, out=None, num_threads=None, **arrays):
        """Run the plan: as `Plan` does, but arrays of other shapes and dtypes are SciPy's to judge.

        Raises
        ------
        TypeError
            An array that the function does not take.
        ValueError, TypeError
            As SciPy's function does.
        """
        first, second = self._op.arrays
        given = dict(zip((first, second), self._given, strict=True))
        given.update({first: x} if x is not None else {})
        given.update({second: weight} if weight is not None else {})
        for name in ("bias",) * (bias is not None) + tuple(arrays):
            if name not in given:
                raise TypeError(f"{name}: {self._op.name} takes {first}, {second}")
        given.update(arrays)
        room = import_module(f".{FACES[self._op.name]}", __package__)
        function = getattr(room, self._op.name.rpartition(".")[2])
        return function(**given, **self._options, out=out, num_threads=num_threads)

    def explain(self):
        """Return the table of `Plan.explain`, with SciPy chosen and one reason for all others."""
        lines = [["* scipy", ""]] + [[f"  {n}", self._reason] for n in FILTERS if n != "scipy"]
        table = aligned(["", "why not"], lines, left=(0, 1))
        return "\n".join([self.key, "scipy: chosen, it alone has this dtype", "", table])

    def __reduce__(self):
        return _rebuild, self._made_from


def _rebuild(name, arrays, options, algorithm):
    return ScipyPlan(OPS[name], arrays, options, algorithm)


def _made(op, arrays, options, algorithm):
    if op.name in FACES and any(map(_not_ours, arrays)):
        return ScipyPlan(op, tuple(map(np.array, arrays)), options, algorithm)
    return None


makers.append(_made)


def _not_ours(array):
    """Whether an array has a dtype that the engine does not compute with."""
    return isinstance(array, np.ndarray) and native(array) not in DTYPES.values()
