"""The outcome of a comparison."""

import math
from dataclasses import asdict, dataclass

from ..planner.choose import tolerance
from .text import comparison_table


@dataclass(frozen=True)
class Row:
    """One algorithm.

    Parameters
    ----------
    algorithm : str
    seconds : float or None
        Measured: median of one call.
    predicted_seconds : float or None
        By the cost model.
    error : float or None
        max|y - y64| / max|y64| against the same problem computed in double by `naive`.
    error_bound : float or None
        What the algorithm promises.
    workspace_bytes : int or None
        Scratch of one call besides its operands and its output.
    reason : str or None
        Why it was not run.
    note : str or None
        Why the automatic choice does not consider it although it runs.
    """

    algorithm: str
    seconds: float | None = None
    predicted_seconds: float | None = None
    error: float | None = None
    error_bound: float | None = None
    workspace_bytes: int | None = None
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Every algorithm of one problem, made by `fastconv.compare`. Printing it gives a table.

    Attributes
    ----------
    problem : ConvProblem, PoolProblem or FilterProblem
    rows : tuple of Row
        One for every permanent name: those that ran, fastest first, then the others.
    chosen : str
        What ``algorithm="auto"`` runs.
    best : str or None
        The fastest one measured whose error bound satisfies the accuracy; None if nothing ran.
    threads : int
    isa, cpu, accuracy : str
    remark : str or None
        Why there are no errors although a reference was asked for.
    """

    problem: object
    rows: tuple[Row, ...]
    chosen: str
    threads: int
    isa: str
    cpu: str
    accuracy: str = "default"
    remark: str | None = None

    @property
    def best(self):
        measured = [row for row in self.rows if row.seconds is not None]
        allowed = tolerance(self.problem, self.accuracy)
        # where nothing satisfies the accuracy the automatic choice takes what there is, and so here
        exact = [row for row in measured if _error_of(row) <= allowed] or measured
        return min(exact, key=lambda row: row.seconds).algorithm if exact else None

    def row(self, algorithm):
        """Return the row of an algorithm.

        Parameters
        ----------
        algorithm : str

        Raises
        ------
        KeyError
            The problem's tables have no such name.
        """
        for row in self.rows:
            if row.algorithm == algorithm:
                return row
        raise KeyError(algorithm)

    def to_dict(self):
        """Return everything as a dictionary that `json.dumps` takes.

        Returns
        -------
        dict
            ``problem`` (its key), ``threads``, ``isa``, ``cpu``, ``chosen`` and ``rows``, a list of
            ``algorithm``, ``seconds``, ``predicted_seconds``, ``error``, ``error_bound``,
            ``workspace_bytes``, ``reason``. None where something is not applicable, or infinite.
        """
        rows = [asdict(row) for row in self.rows]
        for row in rows:
            del row["note"]
        return {
            "problem": self.problem.key(),
            "threads": self.threads,
            "isa": self.isa,
            "cpu": self.cpu,
            "chosen": self.chosen,
            "rows": [{name: _json_safe(value) for name, value in row.items()} for row in rows],
        }

    def plot(self, path=None):
        """Draw the times as bars, the choice of ``algorithm="auto"`` highlighted.

        Parameters
        ----------
        path : path_like, optional
            Where to save the figure; the ending decides the format (png, svg, pdf).

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            matplotlib is missing: ``pip install fastconv[cli]``.
        OSError, ValueError
            The file cannot be written, or not in that format.
        """
        from .plot import comparison_figure

        figure = comparison_figure(self)
        if path is not None:
            figure.savefig(path, dpi=150)
        return figure

    def __str__(self):
        return comparison_table(self)

    def __repr__(self):
        return f"<Comparison {self.problem.key()} chosen={self.chosen} best={self.best}>"


def _error_of(row):
    """The bound that an algorithm promises; SciPy promises none, so what it was seen to do."""
    for error in (row.error_bound, row.error):
        if error is not None:
            return error
    return math.inf


def _json_safe(value):
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
