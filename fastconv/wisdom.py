"""Wisdom: results of measurements, kept for later calls and later processes.

``fc.plan(..., effort="measure")`` stores the fastest algorithm, and `calibrate` stores the
constants of the machine. Both are saved in the user's cache folder at once, beside what other
processes saved there, and later processes use them. ``python -m fastconv wisdom show`` lists them.
The idea and the word are FFTW's (M. Frigo and S. G. Johnson, "The design
and implementation of FFTW3", Proceedings of the IEEE 93(2), 2005).
"""

from .planner import store
from .planner.tune import calibrate

__all__ = ["calibrate", "export", "forget", "load"]


def export(path):
    """Write all wisdom and the measured constants of this machine to a file.

    Parameters
    ----------
    path : path_like
        The file to write. An existing file is replaced.

    Returns
    -------
    None

    Raises
    ------
    OSError
        If the file cannot be written.

    See Also
    --------
    load : Reads the file.

    Notes
    -----
    The file is JSON with a checksum, so that `load` notices any change to it.

    Examples
    --------
    >>> import tempfile, pathlib, fastconv as fc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fc.wisdom.export(pathlib.Path(folder) / "wisdom.json")
    ...     fc.wisdom.load(pathlib.Path(folder) / "wisdom.json")
    """
    store.export(path)


def load(path):
    """Merge a file that `export` wrote into the wisdom of this process.

    Parameters
    ----------
    path : path_like
        The file to read.

    Returns
    -------
    None

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is truncated or changed, or comes from another version or another machine. No
        part of it is used then.

    See Also
    --------
    export : Writes the file.

    Notes
    -----
    Wisdom influences only the choice of algorithm. An entry for an algorithm that cannot run is
    ignored.

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
    """Delete all wisdom and measured constants, including those in the user's cache directory.

    Returns
    -------
    None

    Notes
    -----
    Later calls choose by the constants that come with the package, until `calibrate` measures new
    ones.

    Examples
    --------
    >>> import fastconv as fc
    >>> fc.wisdom.forget()
    """
    store.forget()
