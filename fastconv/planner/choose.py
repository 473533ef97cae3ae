"""Which algorithms can run a problem, at what cost, and which one is chosen."""

import math
from dataclasses import replace
from operator import itemgetter

from .. import config
from ..algorithms.base import rounding
from ..algorithms.names import FILTERS, MAXIMA, RANKS, RESAMPLINGS
from ..algorithms.registry import may_run
from ..errors import UnsupportedAlgorithm, shown
from ..problem.arguments import ACCURACIES, choice, integer, is_word
from ..problem.filtering import SPECTRAL_METHODS
from ..problem.records import record
from . import store
from .backend import HOST
from .text import size_text

#: the accuracy contract: the largest max|y - y64| / max|y64| of each level, by dtype
LEVELS = {
    "high": {"f32": 2e-6, "f64": 4e-15},
    "default": {"f32": 1e-5, "f64": 2e-14},
    "fast": {"f32": 5e-5, "f64": 1e-13},
}
#: predicted seconds from which on further algorithms are looked at. Below, a look would take longer
#: than it could save: of small calls drawn at random, none became more than 1.08 times as slow
_LOOK = 2e-6
#: how many times as slow as the fastest an algorithm may be that needs less workspace
_SLOWEST = 2.0
#: the permanent names of all families of problems
_ANYWHERE = frozenset((*FILTERS, *MAXIMA, *RANKS, *RESAMPLINGS))
#: the real dtype of a complex one
_REAL = {"c64": "f32", "c128": "f64"}


#: the last problem, what `choose` was asked of it, and its answer: a call asks more than once
_last = (None, None, None)


@record
class Candidate:
    """One row of the planner's table.

    Parameters
    ----------
    name : str
        Of the algorithm.
    runs : bool
        Whether the algorithm can run the problem if it is forced.
    reason : str or None
        Why the algorithm cannot be chosen; None if it can.
    seconds, workspace, error_bound : optional
        What the algorithm predicts; None where it cannot run, or predicts nothing.
    """

    name: str
    runs: bool
    reason: str | None
    seconds: float | None = None
    workspace: int | None = None
    error_bound: float | None = None


def tolerance(problem, accuracy):
    """Return the largest error that the accuracy contract allows; infinite for exact integers."""
    name = _REAL.get(problem.compute, problem.compute)
    return LEVELS[accuracy].get(name, math.inf) + rounding(problem)


def check_arguments(algorithm, accuracy, workspace_limit, problem, backend=HOST):
    """Validate the arguments that all functions have in common.

    Parameters
    ----------
    algorithm, accuracy, workspace_limit
        As the caller gave them.
    problem : ConvProblem, FilterProblem, PoolProblem, ...
        Of which family the algorithm must be.
    backend : Host or Device, optional
    """
    if workspace_limit is None and is_word(algorithm, "auto") and is_word(accuracy, "default"):
        return
    names = ("auto", *backend.names(problem))
    if isinstance(algorithm, str) and algorithm not in names and algorithm in _ANYWHERE:
        raise UnsupportedAlgorithm(
            f"algorithm {algorithm!r} cannot run this problem; allowed: {', '.join(names)}"
        )
    choice("algorithm", algorithm, names)
    choice("accuracy", accuracy, ACCURACIES)
    if workspace_limit is not None:
        integer("workspace_limit", workspace_limit, 0)


def check_method(op, given, algorithm):
    """Refuse a method beside an algorithm, if the method of the op names algorithms."""
    if not op.has_methods:
        return
    method = given["method"]
    if not (is_word(algorithm, "auto") or is_word(method, "auto")):
        raise ValueError(
            f"method is {shown(method)} and algorithm {shown(algorithm)}; give one of them and "
            "leave the other at 'auto'"
        )


def table(problem, accuracy="default", workspace_limit=None, prepared=False, backend=HOST):
    """Return a `Candidate` for every permanent name: first the possible ones, fastest first.

    Parameters
    ----------
    problem : ConvProblem, FilterProblem, PoolProblem, ...
    accuracy : str, optional
    workspace_limit : int, optional
        Bytes; by default the backend's limit, or more as `_default_limit` says.
    prepared : bool, optional
        Whether the weight is transformed before the call.
    backend : Host or Device, optional
    """
    problem = _not_empty(problem)
    allowed = tolerance(problem, accuracy)
    names = backend.names(problem)
    rows = [_candidate(name, problem, backend, allowed, prepared) for name in names]
    limit = workspace_limit
    if limit is None:
        limit = _default_limit([c for c in rows if c.reason is None], problem, backend)
    rows = [_within(c, limit) for c in rows]
    return sorted(rows, key=lambda c: (c.reason is not None, not c.runs, c.seconds or 0.0))


def _candidate(name, problem, backend, allowed, prepared, forced=False):
    """Return the row of an algorithm, whatever workspace it needs."""
    reason = backend.reason_against(name, problem)
    if reason is not None:
        return Candidate(name, False, reason)
    algorithm = backend.lookup(name, problem)
    reason = None if forced else algorithm.hesitates(problem)
    if not algorithm.predicts:
        return Candidate(name, True, reason)
    bound = algorithm.error_bound(problem)
    if bound > allowed:
        reason = f"error bound {bound:.0e} exceeds the accuracy contract's {allowed:.0e}"
    asked = (algorithm, problem, backend.machine(), backend.threads(), prepared)
    return Candidate(name, True, reason, *_seconds_and_bytes(*asked), bound)


def _seconds_and_bytes(algorithm, problem, machine, threads, prepared):
    """Return the predicted seconds of a call and the bytes of workspace that it needs."""
    seconds = algorithm.cost(problem, machine, threads)
    workspace = algorithm.workspace(problem, threads)
    if prepared:
        saved_seconds, saved_bytes = algorithm.preparation(problem, machine, threads)
        seconds, workspace = seconds - saved_seconds, workspace - saved_bytes
    return seconds, workspace


def _within(row, limit):
    """Return a row, with a reason against it if it needs more workspace than the limit."""
    if row.workspace is None or row.name == "naive" or row.workspace <= limit:
        return row
    return replace(
        row,
        reason=f"needs {size_text(row.workspace)} of workspace, more than the limit of "
        f"{size_text(limit)}",
    )


def _default_limit(rows, problem, backend):
    """Return the workspace that a call may use unless the caller says otherwise.

    It is the backend's limit, or what an algorithm needs that is at most twice as slow as the
    fastest, if all within the limit are slower. No algorithm may need more than the backend's
    share of the memory.
    """
    limit = backend.limit(problem)
    most = max(limit, backend.most_workspace())
    rows = [c for c in rows if c.seconds is not None and c.workspace <= most]
    if not rows:
        return limit
    fastest = min(c.seconds for c in rows)  # below 0 if more is saved by preparing than is counted
    enough = max(fastest, _SLOWEST * fastest)
    return max(limit, min(c.workspace for c in rows if c.seconds <= enough))


def _not_empty(problem):
    """Return the problem, with a batch of one if it is empty, so that tables have numbers."""
    return replace(problem, n=1) if getattr(problem, "n", 1) == 0 else problem


def choose(problem, algorithm="auto", accuracy="default", workspace_limit=None, prepared=False,
           backend=HOST):  # fmt: skip
    """Return the `Candidate` that a call gets.

    Parameters
    ----------
    problem : ConvProblem, FilterProblem, PoolProblem, ...
    algorithm : str, optional
        A name that is forced, or ``"auto"``.
    accuracy : str, optional
    workspace_limit : int, optional
        Bytes; by default the limit of `table`, or none if the algorithm is forced.
    prepared : bool, optional
        Whether the weight is transformed before the call.
    backend : Host or Device, optional

    Raises
    ------
    UnsupportedAlgorithm
        If a forced algorithm cannot run the problem, or needs more workspace than the limit.
    """
    global _last
    asked = (algorithm, accuracy, workspace_limit, prepared, backend, config.epoch())
    of, how, candidate = _last
    if of is not problem or how != asked:
        candidate = _choose(problem, *asked[:-1])
        _last = problem, asked, candidate
    return candidate


def _choose(problem, algorithm, accuracy, workspace_limit, prepared, backend):
    if algorithm != "auto":
        return _forced(problem, algorithm, workspace_limit, prepared, backend)
    problem = _not_empty(problem)
    limit = backend.limit(problem) if workspace_limit is None else workspace_limit
    rows = _contenders(problem, accuracy, limit, prepared, backend)
    if len(rows) == 1 and (rows[0].workspace or 0) <= limit:
        best = rows[0]
    else:
        if workspace_limit is None:
            limit = _default_limit(rows, problem, backend)
        possible = [c for c in rows if _within(c, limit).reason is None]
        if not possible:
            return _last_resort(table(problem, accuracy, workspace_limit, prepared, backend))
        best = min(possible, key=lambda c: c.seconds or 0.0)
    known = store.recall(problem, accuracy, prepared, backend.identity())
    if known is None or known[0] == best.name:
        return best
    name, layout = known
    if getattr(backend.lookup(name, problem), "layout", None) != layout:
        return best
    rows = table(problem, accuracy, workspace_limit, prepared, backend)
    return next((c for c in rows if c.reason is None and c.name == name), best)


def _contenders(problem, accuracy, limit, prepared, backend):
    """Return the rows without a reason against them that may be chosen, in the table's order.

    An algorithm is left out if it is slower at its best than another one that is within the limit.
    None is looked for once one is found that takes less than `_LOOK`.
    """
    allowed = tolerance(problem, accuracy)
    machine, threads = backend.machine(), backend.threads()
    rows, best = [], math.inf
    for position, algorithm, undecided in backend.able(problem):
        if best < _LOOK:
            break
        if best < math.inf and algorithm.floor(problem, machine, threads) >= best:
            continue
        if undecided and not may_run(algorithm, problem):
            continue
        if not algorithm.predicts:
            rows.append((position, Candidate(algorithm.name, True, None)))
            continue
        bound = algorithm.error_bound(problem)
        if bound > allowed:
            continue
        seconds, workspace = _seconds_and_bytes(algorithm, problem, machine, threads, prepared)
        rows.append((position, Candidate(algorithm.name, True, None, seconds, workspace, bound)))
        if workspace <= limit and not prepared:
            best = min(best, seconds)
    if len(rows) > 1:
        rows.sort(key=itemgetter(0))
    return [row for _, row in rows]


def _last_resort(rows):
    """Return the candidate of a problem that no algorithm runs within the accuracy and the limit.

    SciPy's own function, where there is one, is faster than the definition.
    """
    runs = {c.name: c for c in rows if c.runs}
    if "naive" in runs and "scipy" not in runs:
        return runs["naive"]
    ours = [c for c in rows if c.runs and c.name not in ("naive", "scipy")]
    return ours[0] if ours and "naive" not in runs else runs.get("scipy", runs.get("naive"))


def _forced(problem, algorithm, workspace_limit, prepared, backend):
    problem = _not_empty(problem)
    row = _candidate(algorithm, problem, backend, math.inf, prepared, forced=True)
    row = _within(row, math.inf if workspace_limit is None else workspace_limit)
    if row.reason is not None:
        raise UnsupportedAlgorithm(f"algorithm {algorithm!r} cannot run this problem: {row.reason}")
    return row


def contained(problem, accuracy, workspace_limit):
    """Return the algorithm that repeats a call whose output a NaN or an infinity spoiled.

    It keeps them in their windows, or spreads them as far as SciPy's transform of whole arrays.
    """
    rows = table(problem, accuracy, workspace_limit)
    if getattr(problem, "method", "auto") in SPECTRAL_METHODS:
        return next(c for c in rows if c.name == "fft")
    possible = [
        c
        for c in rows
        if c.reason is None and c.name != "scipy" and not HOST.lookup(c.name, problem).spreads_nan
    ]
    return possible[0] if possible else next(c for c in rows if c.name == "naive")
