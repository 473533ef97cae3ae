"""Eager calls: a problem with its algorithm chosen, bound and ready to run.

A call builds a key, finds its `Executor` in a dictionary and runs it.
"""

import sys
from dataclasses import replace
from functools import partial

import numpy as np

from . import config
from .algorithms.registry import lookup
from .gpu.arrays import device_of
from .loops.entry import Lane, call_key
from .loops.epilogue import any_nonfinite
from .loops.operands import described, ready
from .loops.recent import Recent
from .planner.cache import Cache, clear_all, known
from .planner.choose import check_arguments, choose, contained
from .planner.traits import ByTraits, looks
from .problem import OPS
from .problem.arrays import checked_out

#: predicted seconds on one thread below which a team of threads costs more than it brings
SERIAL_BELOW = 20e-6

#: algorithm, accuracy, workspace_limit and exclude of a call that leaves all to fastconv
_AUTO = ("auto", "default", None, ())

_cache = Cache(4096)
_entries = _cache.entries
#: what the last calls found there, and faces elsewhere
recent = known(Recent())


class Executor:
    """One problem on one algorithm, called with arrays of the validated shapes and dtypes."""

    def __init__(self, op, request, candidate, accuracy="default", workspace_limit=None,
                 may_redo=True):  # fmt: skip
        self.op = op
        self.candidate = candidate
        self.accuracy = accuracy
        self.workspace_limit = workspace_limit
        problem = request.problem
        self.algorithm = lookup(candidate.name, problem)
        self.empty = problem.n == 0 if hasattr(problem, "n") else False
        if self.algorithm.checks and not self.empty:  # while it runs
            request = replace(request, check=None)
        self.request = request
        self.run = _write_zeros if self.empty else self.algorithm.bind(problem)
        self.planned_threads = config.get_num_threads()
        self.serial = candidate.seconds * self.planned_threads < SERIAL_BELOW
        self.checks_output = may_redo and self.algorithm.spreads_nan and not self.empty
        self.direct = request.restore is None and request.out_dtype == request.compute_dtype
        self._redo = None
        plain = self.direct and not (
            self.empty or self.checks_output or request.check or request.indices
        )
        result = (request.out_shape, request.out_dtype, request.arrange)
        self.lane = Lane(self.run, request.dtypes, *result) if plain else None

    def __call__(self, arrays, prepared, out, num_threads):
        request = self.request
        if num_threads is None and self.serial:
            threads = 1
        else:
            threads = config.run_threads(num_threads)
            if self.serial:
                threads = 1
            elif threads > self.planned_threads and self.workspace_limit is not None:
                threads = self._affordable(threads)
        if self.lane is not None:
            result = self.lane(arrays, prepared, out, threads)
            if result is not None:
                return result
        if out is not None:
            named = dict(zip(self.op.arrays, arrays, strict=True))
            checked_out(out, request.out_shape, request.out_dtype, named)
        operands = request.operands(ready, arrays)
        if request.indices:
            return self._with_indices(operands, prepared, out, threads)
        if not self.direct:
            return self._converted(operands, prepared, out, threads)
        if out is None:
            out = np.empty(request.out_shape, request.out_dtype)
        self._compute(operands, prepared, out, threads)
        return out

    def _affordable(self, threads):
        """Fewer threads than a call asks for, if the scratch of as many exceeds the limit."""
        problem = self.request.problem
        while (
            threads > self.planned_threads
            and self.algorithm.workspace(problem, threads) > self.workspace_limit
        ):
            threads = max(self.planned_threads, threads // 2)
        return threads

    def _compute(self, operands, prepared, out, threads):
        self.run(operands, prepared, out, threads)
        if self.checks_output and any_nonfinite(out, threads):
            self.contained()(operands, None, out, threads)

    def contained(self):
        """`run` of the algorithm that keeps a NaN where it is, bound when it is first needed."""
        if self._redo is None:
            row = contained(self.request.problem, self.accuracy, self.workspace_limit)
            self._redo = lookup(row.name, self.request.problem).bind(self.request.problem)
        return self._redo

    def _converted(self, operands, prepared, out, threads):
        """The engine's dtype or order of axes is not the caller's."""
        request = self.request
        result = np.empty(request.compute_shape, request.compute_dtype)
        self._compute(operands, prepared, result, threads)
        if request.restore is not None:
            result = request.restore(result)
        return _cast(result.reshape(request.out_shape), out, request.out_dtype)

    def _with_indices(self, operands, prepared, out, threads):
        request = self.request
        target = out if self.direct and out is not None else None
        if target is None:
            target = np.empty(request.out_shape, request.compute_dtype)
        indices = np.empty(request.out_shape, np.int64)
        self.run(operands, prepared, (target, indices), threads)
        if target is not out and (out is not None or not self.direct):
            target = _cast(target, out, request.out_dtype)
        return target, indices


def _cast(result, out, dtype):
    if out is None:
        out = np.empty(result.shape, dtype)
    with np.errstate(all="ignore"):  # a float16 that overflows is inf, as everywhere else
        np.copyto(out, result, casting="unsafe")
    return out


def _write_zeros(arrays, prepared, out, threads):
    """An empty batch: nothing to compute, and sums over it are zero."""
    for array in out if isinstance(out, tuple) else (out,):
        array[...] = 0


# ----------------------------------------------------------------------------------- eager calls


def call(name, arrays, options, algorithm="auto", accuracy="default", workspace_limit=None,
         out=None, num_threads=None, exclude=(), face=None):  # fmt: skip
    """Run the function `name` of `problem.OPS` on `arrays` with `options`, both in its order.

    `exclude` names algorithms that the automatic choice leaves out. `face`, a name and options, is
    what `call_again` asks for.
    """
    common = (algorithm, accuracy, workspace_limit, exclude)
    epoch = config.epoch()
    executor = recent.find(name, arrays, options, common, epoch)
    if executor is None:
        executor, operands = _found(name, arrays, options, common, epoch)
        result = executor(operands, None, out, num_threads)
        if face is not None:
            recent.keep(face[0], arrays, face[1], _AUTO, epoch, executor)
        return result
    return executor(arrays, None, out, num_threads)


def call_again(name, arrays, options, out, num_threads):
    """The result of a call that only differs in values from one made before, else None.

    For faces that look closely at their arguments: what was found good is good again.
    """
    executor = recent.find(name, arrays, options, _AUTO, config.epoch())
    return None if executor is None else executor(arrays, None, out, num_threads)


def _found(name, arrays, options, common, epoch):
    """The executor of a call, kept or new, and its arrays as arrays."""
    key = call_key(name, arrays, options, common, epoch)
    executor = None if key is None else _entries.get(key)
    if executor is None:
        return _executor(key, name, arrays, options, common)
    recent.keep(name, arrays, options, common, epoch, executor)
    return executor, arrays


def _executor(key, name, arrays, options, common):
    """The slower lane: arrays that are none yet, options that are lists, calls not seen before."""
    op = OPS[name]
    runtime = device_of(arrays) if key is None else None
    if runtime is not None:
        from .gpu.calls import executor_of

        return executor_of(runtime, op, arrays, options, common), arrays
    arrays = op.coerce(arrays)
    if key is None:
        key = (name, repr(options), repr(common), config.epoch(), described(arrays))
        executor = _entries.get(key)
        if executor is not None:
            return executor, arrays
    algorithm, accuracy, workspace_limit, exclude = common
    request = op.make(arrays, dict(zip(op.options, options, strict=True)))
    check_arguments(algorithm, accuracy, workspace_limit, request.problem)
    make = partial(chosen_executor, op, common)
    executor = ByTraits(request, make) if looks(request.problem, *common) else make(request)
    _cache.insert(key, executor)
    return executor, arrays


def chosen_executor(op, common, request):
    """The `Executor` of a request, with the algorithm that `common` asks for."""
    algorithm, accuracy, workspace_limit, exclude = common
    candidate = choose(request.problem, algorithm, accuracy, workspace_limit, exclude)
    redo = algorithm == "auto" and "naive" not in exclude  # which leaves algorithms that spread
    return Executor(op, request, candidate, accuracy, workspace_limit, may_redo=redo)


def release_memory():
    """Free the scratch memory and the cached choices that fastconv keeps between calls.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.release_memory()
    """
    from .loops import scratch

    clear_all()
    device_calls = sys.modules.get(f"{__package__}.gpu.calls")
    if device_calls is not None:
        device_calls.release_memory()
    scratch.release_memory()
