"""Count the calls of replaced functions, and show the counts as a table."""

from dataclasses import asdict, dataclass
from threading import Lock

from ..planner.text import aligned

_lock = Lock()
#: counts by the full name of the function
_counts = {}


@dataclass
class Row:
    """What one replaced function has done.

    Attributes
    ----------
    function : str
        Full name: ``scipy.ndimage.sobel``.
    calls, answered, handed_back : int
        Number of calls, of those that fastconv computed, and of those that the original function
        computed, in part or as a whole.
    seconds : float
        Time of all calls.
    """

    function: str
    calls: int = 0
    answered: int = 0
    handed_back: int = 0
    seconds: float = 0.0


class Report:
    """The calls of all replaced functions. Printed, it is a table.

    Attributes
    ----------
    rows : tuple of Row
        Functions that were called, those that took the most time first.
    """

    def __init__(self, rows):
        self.rows = rows

    def to_dict(self):
        """Return the rows as dicts, by the name of the function."""
        return {row.function: asdict(row) for row in self.rows}

    def __str__(self):
        header = ["function", "calls", "answered by fastconv", "handed back", "seconds"]
        lines = [
            [row.function, str(row.calls), str(row.answered), str(row.handed_back),
             f"{row.seconds:.6f}"]
            for row in self.rows
        ]  # fmt: skip
        return aligned(header, lines) if lines else "no function that fastconv replaces was called"

    __repr__ = __str__


def row_of(function):
    """Return the row in which the calls of a function are counted."""
    with _lock:
        return _counts.setdefault(function, Row(function))


def add(row, seconds, handed_back):
    """Count one call."""
    with _lock:
        row.calls += 1
        row.seconds += seconds
        if handed_back:
            row.handed_back += 1
        else:
            row.answered += 1


def reset():
    """Forget all calls."""
    with _lock:
        for row in _counts.values():
            row.calls = row.answered = row.handed_back = 0
            row.seconds = 0.0


def report():
    """Return what the replaced functions have done since they were installed.

    Returns
    -------
    Report
        Printed, it is a table with a line for each function that was called: the number of calls,
        how many of them fastconv answered and how many it handed back to the original function, and
        the time of all of them.

    See Also
    --------
    install : Puts the functions in their places.

    Notes
    -----
    Counts begin when functions are installed while none are. They stay after `uninstall`. Calls
    that the originals make of each other do not count.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv.accel
    >>> with fastconv.accel.installed():
    ...     y = np.convolve([1.0, 2.0], [1.0, 1.0])
    >>> [(row.function, row.answered) for row in fastconv.accel.report().rows]
    [('numpy.convolve', 1)]
    """
    with _lock:
        rows = [Row(**asdict(row)) for row in _counts.values() if row.calls]
    return Report(tuple(sorted(rows, key=lambda row: -row.seconds)))
