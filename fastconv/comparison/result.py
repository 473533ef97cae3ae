"""The result of a comparison."""

import math
from dataclasses import asdict, dataclass

from ..planner.choose import tolerance
from .text import comparison_table


@dataclass(frozen=True)
class Row:
    """The result of one algorithm. Its attributes are None where they do not apply.

    Parameters
    ----------
    algorithm : str
        Name of the algorithm.
    seconds : float or None
        Measured time of one call in seconds (the median).
    predicted_seconds : float or None
        Time of one call in seconds that the cost model predicts.
    error : float or None
        Measured error max|y - y64| / max|y64|, where y64 is the result of `naive` in double
        precision.
    error_bound : float or None
        Bound on the error that the algorithm promises.
    workspace_bytes : int or None
        Scratch memory of one call in bytes, without operands and output.
    reason : str or None
        Reason why the algorithm was not run.
    note : str or None
        Reason why the automatic choice does not consider the algorithm, although it runs.
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
    """The results of all algorithms of one problem, as `fastconv.compare` returns them.

    Printing a comparison shows a table.

    Attributes
    ----------
    problem : ConvProblem, PoolProblem or FilterProblem
        The problem.
    rows : tuple of Row
        One row for every name that the problem may use: first the algorithms that ran, fastest
        first, then the others.
    chosen : str
        Name of the algorithm that ``algorithm="auto"`` runs.
    best : str or None
        Name of the fastest measured algorithm whose error bound satisfies the accuracy, or None if
        nothing ran.
    threads : int
        Number of threads of every run.
    isa, cpu, accuracy : str
        The instruction set, the processor, and the accuracy that `best` must satisfy.
    remark : str or None
        Reason why there are no errors although a reference was wanted.

    See Also
    --------
    fastconv.compare : Makes one.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> found = fc.compare("convolve", np.ones(50), np.ones(5), time_limit=0.1)
    >>> found.row(found.chosen).seconds < 1
    True
    >>> found.row("winograd_f2").reason
    'one channel: there is no sum of products to save'
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
        """Name of the fastest measured algorithm whose error bound satisfies the accuracy."""
        measured = [row for row in self.rows if row.seconds is not None]
        allowed = tolerance(self.problem, self.accuracy)
        # If no algorithm satisfies the accuracy, all of them count, as in the automatic choice.
        exact = [row for row in measured if _error_of(row) <= allowed] or measured
        return min(exact, key=lambda row: row.seconds).algorithm if exact else None

    def row(self, algorithm):
        """Return the row of an algorithm.

        Parameters
        ----------
        algorithm : str
            Name of the algorithm.

        Returns
        -------
        Row
            The row of that name.

        Raises
        ------
        KeyError
            If the problem's tables have no such name.
        """
        for row in self.rows:
            if row.algorithm == algorithm:
                return row
        raise KeyError(algorithm)

    def to_dict(self):
        """Return the comparison as a dictionary that `json.dumps` accepts.

        Returns
        -------
        dict
            Its keys are ``problem`` (a problem key), ``threads``, ``isa``, ``cpu``, ``chosen`` and
            ``rows``. Each row is a dictionary with ``algorithm``, ``seconds``,
            ``predicted_seconds``, ``error``, ``error_bound``, ``workspace_bytes`` and ``reason``. A
            value is None if it does not apply or is not finite.
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
        """Draw the times as bars, and highlight the choice of ``algorithm="auto"``.

        Parameters
        ----------
        path : path_like, optional
            File to write the figure to. Its suffix selects the format (png, svg, pdf). By default
            no file is written.

        Returns
        -------
        matplotlib.figure.Figure
            The figure.

        Raises
        ------
        ImportError
            If matplotlib is missing; ``pip install fastconv[cli]`` installs it.
        OSError, ValueError
            If the file cannot be written, or not in that format.
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
    """Return the error bound of a row, or its measured error if it has none, as SciPy's row."""
    for error in (row.error_bound, row.error):
        if error is not None:
            return error
    return math.inf


def _json_safe(value):
    """Return `value`, or None for a number that JSON cannot express."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
