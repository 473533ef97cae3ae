"""One problem on one algorithm of a device, ready to be called with arrays."""

from functools import partial

import numpy as np

from .. import config
from ..planner.choose import choose
from ..planner.text import size_text
from ..recording import note
from .arrays import checked_out, ready


class DeviceExecutor:
    """The device's counterpart of `fastconv.calls.Executor`.

    Where device memory runs out, an algorithm with less workspace takes over, for this call and all
    later ones.

    Parameters
    ----------
    backend : Device
    op : Op
    request : Request
    candidate : Candidate
        Names the algorithm.
    accuracy : str, optional
    workspace_limit : int, optional
        Both as the caller gave them, for choosing another algorithm.
    may_redo : bool, optional
        Whether another algorithm may take over, and outputs that are not finite be recomputed.
    """

    forwards = False

    def __init__(self, backend, op, request, candidate, accuracy="default", workspace_limit=None,
                 may_redo=True):  # fmt: skip
        self.backend = backend
        self.runtime = backend.runtime
        self.op = op
        self.request = request
        self.accuracy = accuracy
        self.workspace_limit = workspace_limit
        self.may_redo = may_redo
        self.ready = partial(ready, self.runtime)
        self.empty = getattr(request.problem, "n", 1) == 0
        self.writes_to_out = request.restore is None and request.out_dtype == request.compute_dtype
        self._changed = False
        self._use(candidate)

    def _use(self, candidate):
        """Bind the algorithm of `candidate`."""
        problem = self.request.problem
        self.candidate = candidate
        self.algorithm = self.backend.lookup(candidate.name, problem)
        self.run = None
        if not self.empty:
            repairs = self.may_redo and self.algorithm.spreads_nan
            self.run = self.algorithm.bind(problem, **({"contain_nan": True} if repairs else {}))

    def __call__(self, arrays, prepared, out, num_threads):
        if num_threads is not None:
            config.checked_threads(num_threads)  # checked, and without effect on a device
        note(self.request.problem, self.algorithm.name)
        with self.runtime.current():
            return self._call(arrays, prepared, out)

    def _call(self, arrays, prepared, out):
        request, xp = self.request, self.runtime.xp
        if out is not None:
            named = dict(zip(self.op.arrays, arrays, strict=True))
            checked_out(self.runtime, out, request.out_shape, request.out_dtype, named)
        operands = request.operands(self.ready, arrays)
        own = self.writes_to_out and out is not None
        values = out if own else xp.empty(request.compute_shape, request.compute_dtype)
        if own:
            values = values.reshape(request.compute_shape)
        target = values
        if request.indices:
            target = (values, xp.empty(request.compute_shape, np.int64))
        self.compute(operands, prepared, target)
        result = values
        if request.restore is not None:
            result = request.restore(result)
        result = result.reshape(request.out_shape)
        if not own:
            result = self._delivered(result, out)
        if out is not None:
            result = out
        return (result, target[1].reshape(request.out_shape)) if request.indices else result

    def _delivered(self, result, out):
        """Return the result in the caller's dtype and C order, in `out` if there is one."""
        if out is None:
            return self.runtime.xp.ascontiguousarray(result, dtype=self.request.out_dtype)
        out[...] = result.astype(self.request.out_dtype)
        return out

    def compute(self, operands, prepared, target):
        """Run the algorithm, or one with less workspace if memory runs out."""
        if self.empty:
            for array in target if isinstance(target, tuple) else (target,):
                array[...] = 0
            return
        while True:
            try:
                # what a plan prepared is of no use to another algorithm
                return self.run(operands, None if self._changed else prepared, target, 1)
            except self.runtime.out_of_memory as error:
                self._use_less(error)

    def _use_less(self, error):
        """Change to the best algorithm with less workspace than the one that failed."""
        self.runtime.release()
        needed = self.candidate.workspace or 0
        problem = self.request.problem
        smaller = None
        if self.may_redo and needed:
            smaller = choose(problem, "auto", self.accuracy, needed - 1, backend=self.backend)
        if smaller is None or (smaller.workspace or 0) >= needed:
            raise MemoryError(
                f"the device has {size_text(self.runtime.free_memory())} free; "
                f"{self.algorithm.name} needs {size_text(needed)} of workspace besides the result: "
                f"{problem.key()}"
            ) from error
        self._changed = True
        self._use(smaller)
