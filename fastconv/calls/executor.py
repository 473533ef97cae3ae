"""`Executor`: run one problem with one algorithm."""

import math
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

from .. import config
from ..algorithms.base import last_of
from ..algorithms.contained import Contained, contains
from ..algorithms.exact import TooLarge
from ..algorithms.registry import lookup
from ..loops.epilogue import any_nonfinite
from ..loops.half import narrowed
from ..loops.interrupt import Interruptible
from ..loops.meeting import meet
from ..loops.operands import ready
from ..planner.backend import HOST
from ..planner.choose import choose, contained
from ..problem.arrays import checked_out
from ..problem.channels_last import as_last, empty_last, is_last
from ..problem.filtering import SPECTRAL_METHODS
from ..recording import note
from .fast_call import FastCall
from .forward import call_scipy

#: run on one thread if it takes fewer predicted seconds: starting threads would cost more
SERIAL_BELOW = 20e-6
#: look for signals if it takes more predicted seconds: Ctrl-C then ends the call
WATCHED_FROM = 1e-3

#: positions of the operands that have channels last, by what a problem says of it
_LAST = {None: (), "input": (0,), "output": (3,), "both": (0, 3)}
#: folder of this package, for the warning in `_warn_of_nan`
_PACKAGE = str(Path(__file__).parent.parent)


class Executor:
    """Run one problem with one algorithm, for arrays of the validated shapes and dtypes.

    Parameters
    ----------
    op : Op
    options : tuple
        The options in the order of the op, as the caller passed them.
    request : Request
    candidate : Candidate
        The chosen algorithm.
    accuracy, workspace_limit
        As in the public functions.
    may_redo : bool
        Whether a call may be repeated with another algorithm. This is done if a NaN or an infinity
        spread to outputs whose windows do not hold it.
    """

    forwards = False
    #: whether `fastconv.record` shows the calls
    notes = True
    #: what takes over, made when it is first needed
    _redo = _contained = _definition = None
    #: whether the last call had a NaN: the next one does not run in vain
    _expects_nan = False

    def __init__(self, op, options, request, candidate, accuracy="default", workspace_limit=None,
                 may_redo=True):  # fmt: skip
        self.op = op
        self.options = options
        self.candidate = candidate
        self.accuracy = accuracy
        self.workspace_limit = workspace_limit
        problem = request.problem
        self.algorithm = lookup(candidate.name, problem)
        self._asked = request
        request = self.request = self.algorithm.adapted(request)
        self.empty = problem.n == 0 if hasattr(problem, "n") else False
        self.run = _write_zeros
        if not self.empty:
            self.run = _bound(self.algorithm, problem, candidate, may_redo)
        self.planned_threads = config.get_num_threads()
        self.serial = candidate.seconds * self.planned_threads < SERIAL_BELOW
        self.checks_output = may_redo and self.algorithm.spreads_nan and not self.empty
        self.asks_scipy = request.asks_scipy if may_redo else None
        self.may_redo = may_redo
        self.writes_to_out = request.restore is None and request.out_dtype == request.compute_dtype
        if request.finish is not None:
            self.writes_to_out &= math.prod(request.out_shape) == math.prod(request.compute_shape)
        if request.fixed is not None and not self.empty:
            self.run = _prepared(self.run, self.algorithm.prepare(problem, request.fixed))
        if self.algorithm.checks or self.empty:
            request = self.request = replace(request, check=None)
        plain = self.writes_to_out and not (
            self.empty or self.checks_output or request.check or request.indices
            or self.asks_scipy or request.warns or request.finish
        )  # fmt: skip
        #: positions of the arrays that have channels last; the output's is that of what is added
        self.last = _LAST[last_of(problem)]
        self.fast = self._fast_call() if plain and not self.last else None

    def _fast_call(self, weight=None, prepared=None):
        """Return the `FastCall` of this executor, for one weight if it is given."""
        request = self.request
        return FastCall(
            self.run, request.dtypes, request.out_shape, request.out_dtype, request.arrange,
            self._threads, self.serial, weight, prepared,
        )  # fmt: skip

    def bound(self, prepared, weight=None, skips=False):
        """Return this executor bound to one weight.

        Parameters
        ----------
        prepared : object
            What the algorithm's `prepare` returned for the weight.
        weight : ndarray or None
            The weight as an operand. None if the request arranges it as usual.
        skips : bool
            Whether SciPy skips some values of the weight. Its result then differs wherever ours is
            not finite.
        """
        return _Bound(self, prepared, weight, skips)

    def __call__(self, arrays, prepared, out, num_threads):
        try:
            if self.fast is not None:
                result = self.fast(arrays, prepared, out, num_threads)
                if result is not None:
                    return result
            return self.call(arrays, prepared, out, num_threads)
        except TooLarge:
            return self._by_definition()(arrays, None, out, num_threads)

    def direct(self, arrays, prepared, out):
        """Return ``call(threads)`` that computes these very arrays, which are never checked again.

        None where each call has more to do than to run the algorithm. Nothing is recorded.
        """
        request, run = self.request, self.run
        if self.fast is None and not self.last or request.arrange is not None:
            return None
        operands = self._ready(arrays, request.dtypes)
        if any(o is not a for o, a in zip(operands, arrays, strict=True)):
            return None
        if (out.shape, out.dtype) != (request.out_shape, request.out_dtype):
            return None
        if 3 in self.last and not is_last(out):
            return None
        if self.serial:
            return lambda threads: run(operands, prepared, out, 1)
        return lambda threads: run(operands, prepared, out, threads)

    def _ready(self, arrays, dtypes):
        """Return arrays as the algorithm takes them, in the order of the op."""
        if not self.last:
            return ready(arrays, dtypes)
        plain = ready(tuple([None if i in self.last else a for i, a in enumerate(arrays)]), dtypes)
        columns = enumerate(zip(arrays, plain, dtypes, strict=True))
        return tuple([
            as_last(a, d) if i in self.last and a is not None else p for i, (a, p, d) in columns
        ])  # fmt: skip

    def _by_definition(self):
        """Return the executor of the definition, which sums integers of any size."""
        if self._definition is None:
            candidate = choose(self.request.problem, "naive")
            self._definition = Executor(self.op, self.options, self._asked, candidate)
            self._definition.notes = False  # the call was noted when it began
        return self._definition

    def call(self, arrays, prepared, out, num_threads, weight=None, skips=False):
        """Run a call on the general path. `weight` and `skips` are as in `bound`."""
        request = self.request
        threads = self._threads(num_threads)
        if out is not None:
            named = dict(zip(self.op.arrays, arrays, strict=True))
            checked_out(out, request.out_shape, request.out_dtype, named, 3 in self.last)
        given = arrays if weight is None else (arrays[0], None)
        operands, kept = request.operands(self._ready, given), None
        if request.finish is not None:
            operands, kept = operands[:-1], operands[-1]
        if weight is not None:
            operands = (operands[0], weight, *operands[2:])
        if self.asks_scipy == "nan" and _has_nan(operands[0], threads):
            return self.forward(arrays, out)
        if self.notes:
            note(request.problem, self.algorithm.name)
        if request.indices:
            return self._with_indices(operands, prepared, out, threads)
        if self.writes_to_out:
            result = self._new_result() if out is None else out
        else:
            result = np.empty(request.compute_shape, request.compute_dtype)
        if not self._compute(operands, prepared, result, threads, skips and self.may_redo):
            return self.forward(arrays, out)
        if self.asks_scipy == "nonfinite" and (
            result.dtype.kind in "fc" and any_nonfinite(result, threads)
        ):
            return self.forward(arrays, out)
        if request.warns and not np.isfinite(result.flat[0]):
            _warn_of_nan()
        if request.finish is not None:
            return self._finished(result, kept, out)
        return result if self.writes_to_out else self._converted(result, out)

    def _new_result(self):
        """Return an array for the result."""
        request = self.request
        make = empty_last if 3 in self.last else np.empty
        return make(request.out_shape, request.out_dtype)

    def _threads(self, num_threads):
        """Return the number of threads for a call with this `num_threads`."""
        if num_threads is None and self.serial:
            return 1
        threads = config.run_threads(num_threads)
        if self.serial or threads == 1:
            return 1
        meet(threads)
        if threads > self.planned_threads and self.workspace_limit is not None:
            return self._affordable(threads)
        return threads

    def _affordable(self, threads):
        """Return fewer threads than `threads` if their scratch memory exceeds the limit."""
        problem = self.request.problem
        while (
            threads > self.planned_threads
            and self.algorithm.workspace(problem, threads) > self.workspace_limit
        ):
            threads = max(self.planned_threads, threads // 2)
        return threads

    def _compute(self, operands, prepared, out, threads, skips):
        """Run the algorithm, and keep a NaN in its windows; return whether the result is right.

        If `skips`, the result has to be SciPy's, which skips weights of 0.
        """
        checks = self.checks_output or skips
        if not (checks and self._expects_nan):
            self.run(operands, prepared, out, threads)
            if not (checks and any_nonfinite(out, threads)):
                return True
        found = self._repeated(operands, prepared, out, threads, skips)
        self._expects_nan = bool(found)
        if found is None and not skips:
            self.contained()(operands, None, out, threads)
        return found is not None or not skips

    def _repeated(self, operands, prepared, out, threads, skips):
        """Repeat a call as `Contained` does, if it can, and return what that returns."""
        problem = self.request.problem
        spectral = getattr(problem, "method", "auto") in SPECTRAL_METHODS
        if spectral or not contains(problem) or self.request.out_dtype.kind not in "fc":
            return None
        limit = math.inf if self.workspace_limit is None else self.workspace_limit
        if self.candidate.workspace + problem.bytes > limit:  # of the finite image and masks
            return None
        if self._contained is None:
            self._contained = Contained(problem, self.algorithm, self.run, HOST.machine())
        most = (lambda: math.inf) if skips else self._spared_seconds
        return self._contained(operands, prepared, out, threads, most, skips)

    def contained(self):
        """Return `run` of the fastest algorithm that does not spread a NaN."""
        if self._redo is None:
            problem = self.request.problem
            row = contained(problem, self.accuracy, self.workspace_limit)
            self._redo = _bound(lookup(row.name, problem), problem, row), row.seconds
        return self._redo[0]

    def _spared_seconds(self):
        """Return the seconds by which that algorithm takes longer."""
        self.contained()
        return self._redo[1] - self.candidate.seconds

    def forward(self, arrays, out):
        """Return the result of SciPy's function."""
        note(self.request.problem, "scipy")
        result = call_scipy(self.op, arrays, self.options)
        return _cast(np.asarray(result, order="C"), out, self.request.out_dtype)

    def _converted(self, result, out):
        """Return a result with the dtype, order of axes and shape that the caller gets."""
        request = self.request
        if request.restore is not None:
            result = request.restore(result)
        return _cast(result.reshape(request.out_shape), out, request.out_dtype)

    def _finished(self, result, kept, out):
        """Return what the caller gets of a request that has a `finish`."""
        request = self.request
        if self.writes_to_out:
            request.finish(result, kept)
            return result
        if request.restore is not None:
            result = request.restore(result)
        made = request.finish(result, kept)
        first, *others = made if type(made) is tuple else (made,)
        first = _cast(first, out, request.out_dtype)
        return (first, *others) if others else first

    def _with_indices(self, operands, prepared, out, threads):
        """Run the algorithm and return its output and its indices."""
        request = self.request
        target = out if self.writes_to_out and out is not None else None
        if target is None:
            target = np.empty(request.out_shape, request.compute_dtype)
        indices = np.empty(request.out_shape, np.int64)
        self.run(operands, prepared, (target, indices), threads)
        if target is not out and (out is not None or not self.writes_to_out):
            target = _cast(target, out, request.out_dtype)
        return target, indices


class _Bound:
    """An `Executor` that is bound to one weight; see `Executor.bound`."""

    forwards = False

    def __init__(self, executor, prepared, weight, skips):
        self.executor = executor
        self.request = executor.request
        self.prepared, self.weight, self.skips = prepared, weight, skips
        self.checks_finite = skips and executor.may_redo
        self.fast = None
        if executor.fast is not None:
            self.fast = executor._fast_call(weight, prepared)

    def __call__(self, arrays, prepared, out, num_threads):
        if self.fast is not None:
            result = self.fast(arrays, self.prepared, out, num_threads)
            if result is not None:
                if not (self.checks_finite and any_nonfinite(result, 1)):
                    return result
                out = result
        return self.executor.call(
            arrays, self.prepared, out, num_threads, self.weight, self.skips
        )  # fmt: skip


def _bound(algorithm, problem, candidate, automatic=False):
    """Return `run` of an algorithm, which signals can end if it is predicted to take long."""
    if automatic:
        run = algorithm.bind_automatic(problem, HOST.machine())
    else:
        run = algorithm.bind(problem)
    return Interruptible(run) if candidate.seconds > WATCHED_FROM else run


def _prepared(run, prepared):
    """Return `run` with what an algorithm's `prepare` returned for the only weight of a request."""
    return lambda arrays, _, out, threads: run(arrays, prepared, out, threads)


def _has_nan(x, threads):
    """Return whether an array of real numbers holds a NaN."""
    return any_nonfinite(x, threads) and bool(np.isnan(x).any())


def _cast(result, out, dtype):
    """Return a result with `dtype` in C order, written into `out` if that is not None."""
    if out is None:
        if result.dtype == dtype and result.flags.c_contiguous and result.flags.owndata:
            return result
        out = np.empty(result.shape, dtype)
    if narrowed(result, out):
        return out
    if result.dtype.kind in "iub":
        np.copyto(out, result, casting="unsafe")
        return out
    with np.errstate(all="ignore"):  # a float16 that overflows becomes inf without a warning
        np.copyto(out, result, casting="unsafe")
    return out


def _warn_of_nan():
    """Warn as SciPy's ``method="fft"`` does, at the line that called this package."""
    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(
        "Use of fft convolution on input with NAN or inf results in NAN or inf output. "
        "Consider using method='direct' instead.",
        category=RuntimeWarning,
        stacklevel=level,
    )


def _write_zeros(arrays, prepared, out, threads):
    """Write the result for an empty batch: nothing, or zeros for sums over the batch."""
    for array in out if isinstance(out, tuple) else (out,):
        array[...] = 0
