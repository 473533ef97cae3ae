"""Wisdom: what measuring found out, kept for later calls and later processes.

``fc.plan(..., effort="measure")`` remembers its winner here, `calibrate` the machine's constants.
The idea and the word are FFTW's (Frigo and Johnson, "The Design and Implementation of FFTW3",
Proceedings of the IEEE, 2005).
"""

from .planner import store
from .planner.tune import calibrate

__all__ = ["calibrate", "export", "forget", "load"]


def export(path):
    """Write all wisdom and the measured constants of this machine to a file.

    Parameters
    ----------
    path : path_like

    Raises
    ------
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib, fastconv as fc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fc.wisdom.export(pathlib.Path(folder) / "wisdom.json")
    ...     fc.wisdom.load(pathlib.Path(folder) / "wisdom.json")
    """
    store.export(path)


def load(path):
    """Merge a file written by `export` into this process's wisdom.

    Parameters
    ----------
    path : path_like

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is truncated, changed, of another version or of another machine. It is refused
        whole, and nothing changes.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.wisdom.load("no such file")
    Traceback (most recent call last):
        ...
    FileNotFoundError: [Errno 2] No such file or directory: 'no such file'
    """
    store.load(path)


def forget():
    """Drop all wisdom and measured constants, those in the user's cache directory too.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.wisdom.forget()
    """
    store.forget()
