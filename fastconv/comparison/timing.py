"""Run, check and time every algorithm of one problem (`compare`)."""

import importlib
import math
from dataclasses import replace

import numpy as np

from .. import config
from ..errors import UnsupportedAlgorithm
from ..planner.choose import table
from ..planner.measure import TIME_LIMIT, time_interleaved
from ..planner.text import seconds_text, size_text
from ..problem.arguments import boolean, duration, integer
from .result import Comparison, Row
from .subject import from_call, from_problem

#: one run of naive longer than this is enough of it: it is there for scale, not to win
_LONG = 0.02


def compare(op, *args, repeat=None, time_limit=TIME_LIMIT, reference=True, num_threads=None,
            **options):  # fmt: skip
    """Run every algorithm that can compute a call, and return their times and errors.

    Parameters
    ----------
    op : str
        Name of a function as `plan` takes it: ``"conv2d"``, ``"conv2d_weight"``,
        ``"max_pool2d"``, ``"convolve"``, ``"ndimage.convolve"``.
    *args, **options
        Arguments of that function. Arguments that control how it runs (`algorithm`, `method`,
        `out`) are not allowed, but `accuracy` and `workspace_limit` are.
    repeat : int, optional
        Number of times to time each algorithm, at least 1. By default as many as `time_limit`
        allows, but at most 50. The algorithms take turns, so that a change in the speed of the
        machine affects all of them.
    time_limit : float, default 10
        Number of seconds for the timing. An algorithm whose predicted time exceeds it is not run,
        and its row says so. The reference and the first run of each algorithm are not counted.
    reference : bool, default True
        Whether to compute the problem in double precision by `naive`, and the errors with respect
        to that. If it would take longer than `time_limit`, there are no errors, and the table says
        so.
    num_threads : int, optional
        Number of threads of every run, from 1 to 1024. The default is that of
        `fastconv.get_num_threads`.

    Returns
    -------
    Comparison
        One row per algorithm, with times, errors, memory and reasons.

    Raises
    ------
    ValueError, TypeError
        If the function would raise it, or the batch is empty.

    See Also
    --------
    plan : Chooses an algorithm and prepares the weight for many calls.

    Notes
    -----
    Times are those of a call without a plan. They include casts, borders, the transformation of the
    weight and a new output. `naive` is timed only once if its first run takes more than 20 ms.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> x = np.ones((1, 8, 32, 32), np.float32)
    >>> w = np.ones((8, 8, 3, 3), np.float32)
    >>> comparison = fc.compare("conv2d", x, w, padding=1)
    >>> comparison.row("naive").error < 1e-6
    True
    >>> comparison.chosen in [row.algorithm for row in comparison.rows]
    True
    """
    checked = _checked(repeat, time_limit, reference)
    return _compare(from_call(op, args, options), *checked, num_threads)


def compare_problem(problem, *, accuracy="default", workspace_limit=None, repeat=None,
                    time_limit=TIME_LIMIT, reference=True, num_threads=None):  # fmt: skip
    """Compare the algorithms of a problem, with noise as operands.

    Parameters
    ----------
    problem : ConvProblem, PoolProblem or FilterProblem
        The problem, for instance from `fastconv.problem.parse`.
    accuracy : {"high", "default", "fast"}, default "default"
        Error bound that ``algorithm="auto"`` must respect.
    workspace_limit : int, optional
        Number of bytes of scratch memory that an algorithm may use.
    repeat, time_limit, reference, num_threads
        Control the timing, with the values and defaults of `compare`.

    Returns
    -------
    Comparison
        One row per algorithm, with times, errors, memory and reasons.

    Raises
    ------
    ValueError, TypeError
        If an argument is not allowed, or the batch is empty.

    Examples
    --------
    >>> from fastconv.comparison import compare_problem
    >>> from fastconv.problem import parse
    >>> problem = parse("max_pool2d_fwd_f32_n1_c4_i8x8_w2x2_s2x2_p0.0x0.0_d1x1_o4x4")
    >>> compare_problem(problem, time_limit=0.1).row("naive").error
    0.0
    """
    checked = _checked(repeat, time_limit, reference)
    return _compare(from_problem(problem, accuracy, workspace_limit), *checked, num_threads)


def _checked(repeat, time_limit, reference):
    if repeat is not None:
        repeat = integer("repeat", repeat, 1)
    return repeat, duration("time_limit", time_limit), boolean("reference", reference)


def _compare(subject, *settings):
    with subject.backend.current():
        return _compared(subject, *settings)


def _compared(subject, repeat, time_limit, reference, num_threads):
    threads = config.run_threads(num_threads)
    backend = subject.backend
    truth, remark = _reference(subject, time_limit, threads) if reference else (None, None)
    rows, calls = [], {}
    for candidate in table(subject.problem, subject.accuracy, subject.workspace_limit,
                           backend=backend):  # fmt: skip
        row, call = _described(candidate, subject, time_limit, threads), None
        if row.reason is None:
            row, call = _first_run(row, subject, truth, time_limit, threads, num_threads)
        if call is not None:
            calls[row.algorithm] = call
        rows.append(row)
    medians = time_interleaved(
        list(calls.values()), repeat=repeat, time_limit=time_limit, backend=backend
    )
    timed = dict(zip(calls, medians, strict=True))
    rows = [replace(row, seconds=timed.get(row.algorithm, row.seconds)) for row in rows]
    rows.sort(key=lambda row: (row.seconds is None, row.seconds or 0.0))
    return Comparison(
        subject.problem, tuple(rows), subject.chosen, threads, *backend.label(), subject.accuracy,
        remark,
    )  # fmt: skip


def _described(candidate, subject, time_limit, threads):
    """Return the row of an algorithm before it has run, with the reason if it will not."""
    if not candidate.runs:
        return Row(candidate.name, reason=candidate.reason)
    if candidate.seconds is None:
        return Row(candidate.name, reason=_against_scipy(subject, time_limit))
    predicted = _predicted(candidate.name, subject, threads)
    bounded = subject.workspace_limit is not None and candidate.name != "naive"
    free = subject.backend.free_memory()
    reason = None
    if bounded and candidate.workspace > subject.workspace_limit:
        reason = candidate.reason
    elif predicted > time_limit:
        reason = f"predicted {seconds_text(predicted)} exceeds time_limit={time_limit:g} s"
    elif free is not None and candidate.workspace > free:
        reason = f"needs {size_text(candidate.workspace)} of workspace, {size_text(free)} are free"
    return Row(
        candidate.name, None, predicted, None, candidate.error_bound, candidate.workspace, reason,
        candidate.reason if reason is None else None,
    )  # fmt: skip


def _predicted(name, subject, threads):
    problem, backend = subject.problem, subject.backend
    return backend.lookup(name, problem).cost(problem, backend.machine(), threads)


def _against_scipy(subject, time_limit):
    """Return why SciPy's function is not run, or None; it takes about as long as `naive`."""
    problem, backend = subject.problem, subject.backend
    if not problem.op.startswith("ndimage") or backend.reason_against("naive", problem) is not None:
        return None
    predicted = _predicted("naive", subject, 1)
    if predicted <= time_limit:
        return None
    return (
        f"like naive, predicted {seconds_text(predicted)} exceeds time_limit={time_limit:g} s"
    )  # fmt: skip


def _first_run(row, subject, truth, time_limit, threads, num_threads):
    """Run once for the error; return the row, and the call if it is to be timed with the others."""
    try:
        run = subject.runner(row.algorithm)
        if row.algorithm == "scipy":
            importlib.import_module(f"scipy.{_package(subject.problem)}")  # slower than most runs
        results = []
        seconds = subject.backend.timed(lambda: results.append(run(num_threads, True)))
    except MemoryError:
        return replace(row, reason="ran out of memory", note=None), None
    except (UnsupportedAlgorithm, ValueError) as error:
        if row.algorithm != "scipy":
            raise
        return replace(row, reason=str(error), note=None), None
    error = None if truth is None else _error(_parts(subject, results[0]), truth)
    row = replace(row, error=error, seconds=seconds)
    long = {"naive": _LONG, "scipy": time_limit / 4}.get(row.algorithm, math.inf)
    return row, None if seconds > long else lambda: run(num_threads)


def _package(problem):
    return "ndimage" if problem.op.startswith("ndimage") else "signal"


def _parts(subject, result):
    """Return the values of a result and its indices (or None) on the host."""
    values, indices = result if isinstance(result, tuple) else (result, None)
    values, indices = subject.backend.get((values, indices))
    return np.asarray(values), indices


def _reference(subject, time_limit, threads):
    """Return (values, indices) in double precision and None, or None and why there are none."""
    run, predicted = subject.reference()
    if run is None:
        return None, f"no errors: {predicted}"
    if predicted > time_limit:
        return None, (
            f"no errors: the reference is predicted to take {seconds_text(predicted)}, more than "
            f"time_limit={time_limit:g} s"
        )
    return _parts(subject, run(threads)), None


def _error(result, truth):
    """Return max|y - y64| / max|y64|, where equal infinities and NaN in both do not differ."""
    (values, indices), (exact, exact_indices) = result, truth
    if indices is not None and not np.array_equal(indices, exact_indices):
        return float("inf")
    if np.array_equal(values, exact, equal_nan=values.dtype.kind in "fc"):
        return 0.0
    wide = np.complex128 if exact.dtype.kind == "c" else np.float64
    with np.errstate(all="ignore"):
        values, exact = values.astype(wide), exact.astype(wide)
        same = (values == exact) | (np.isnan(values) & np.isnan(exact))
        difference = np.where(same, 0.0, np.abs(values - exact))
        worst = float(difference.max())
        scale = float(np.abs(exact[np.isfinite(exact)]).max(initial=0.0))
        if not np.isfinite(worst):
            return float("inf")
        return worst / scale if scale > 0 else worst
