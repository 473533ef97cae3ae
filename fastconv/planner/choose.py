"""Which algorithms can run a problem, at what cost, and which one is chosen."""

import math
from dataclasses import dataclass, replace

from ..algorithms.base import FILTERS, MAXIMA, RESAMPLINGS, rounding
from ..errors import UnsupportedAlgorithm, shown
from ..problem.arguments import ACCURACIES, choice, integer, is_word
from ..problem.filtering import SPECTRAL_METHODS
from . import store
from .backend import HOST
from .text import size_text

#: the accuracy contract: the largest max|y - y64| / max|y64| of each level, by dtype
LEVELS = {
    "high": {"f32": 2e-6, "f64": 4e-15},
    "default": {"f32": 1e-5, "f64": 2e-14},
    "fast": {"f32": 5e-5, "f64": 1e-13},
}
#: the permanent names of all families of problems
_ANYWHERE = frozenset((*FILTERS, *MAXIMA, *RESAMPLINGS))
#: the real dtype of a complex one
_REAL = {"c64": "f32", "c128": "f64"}


@dataclass(frozen=True)
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
    seconds, error_bound, workspace : optional
        What the algorithm predicts; None where it cannot run, or predicts nothing.
    """

    name: str
    runs: bool
    reason: str | None
    seconds: float | None = None
    error_bound: float | None = None
    workspace: int | None = None


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
    names = ("auto", *backend.names(problem))
    if isinstance(algorithm, str) and algorithm not in names and algorithm in _ANYWHERE:
        raise UnsupportedAlgorithm(
            f"algorithm {algorithm!r} cannot run this problem; allowed: {', '.join(names)}"
        )
    choice("algorithm", algorithm, names)
    choice("accuracy", accuracy, ACCURACIES)
    if workspace_limit is not None:
        integer("workspace_limit", workspace_limit, 0)


def check_method(given, algorithm):
    """Refuse a method beside an algorithm."""
    method = given.get("method", "auto")
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
        Bytes; by default the backend's limit.
    prepared : bool, optional
        Whether the weight is transformed before the call.
    backend : Host or Device, optional
    """
    problem = _not_empty(problem)
    limit = backend.limit(problem) if workspace_limit is None else workspace_limit
    allowed = tolerance(problem, accuracy)
    rows = [
        _candidate(name, problem, backend, allowed, limit, prepared)
        for name in backend.names(problem)
    ]
    return sorted(rows, key=lambda c: (c.reason is not None, not c.runs, c.seconds or 0.0))


def _candidate(name, problem, backend, allowed, limit, prepared, forced=False):
    reason = backend.reason_against(name, problem)
    if reason is not None:
        return Candidate(name, False, reason)
    algorithm = backend.lookup(name, problem)
    reason = None if forced else algorithm.hesitates(problem)
    if not algorithm.predicts:
        return Candidate(name, True, reason)
    machine, threads = backend.machine(), backend.threads()
    seconds = algorithm.cost(problem, machine, threads)
    bound = algorithm.error_bound(problem)
    workspace = algorithm.workspace(problem, threads)
    if prepared:
        saved_seconds, saved_bytes = algorithm.preparation(problem, machine, threads)
        seconds, workspace = seconds - saved_seconds, workspace - saved_bytes
    if workspace > limit and name != "naive":
        reason = (
            f"needs {size_text(workspace)} of workspace, more than the limit of {size_text(limit)}"
        )
    elif bound > allowed:
        reason = f"error bound {bound:.0e} exceeds the accuracy contract's {allowed:.0e}"
    return Candidate(name, True, reason, seconds, bound, workspace)


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
        Bytes; by default the backend's limit, or none if the algorithm is forced.
    prepared : bool, optional
        Whether the weight is transformed before the call.
    backend : Host or Device, optional

    Raises
    ------
    UnsupportedAlgorithm
        If a forced algorithm cannot run the problem, or needs more workspace than the limit.
    """
    if algorithm != "auto":
        return _forced(problem, algorithm, workspace_limit, prepared, backend)
    rows = table(problem, accuracy, workspace_limit, prepared, backend)
    possible = [c for c in rows if c.reason is None]
    if not possible:
        return _last_resort(rows)
    known = store.recall(problem.key(), accuracy, prepared, backend.identity())
    return next((c for c in possible if c.name == known), possible[0])


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
    limit = math.inf if workspace_limit is None else workspace_limit
    row = _candidate(algorithm, problem, backend, math.inf, limit, prepared, forced=True)
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
