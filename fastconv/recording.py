"""Record the problem and the algorithm of every call that runs."""

from contextlib import contextmanager
from threading import Lock

_lock = Lock()
#: the lists of all blocks that record
_lists = []
#: called with True when recording begins, and with False when it ends
_listeners = []


def listen(listener):
    """Register a function ``listener(on)`` that is called when recording begins or ends."""
    _listeners.append(listener)


@contextmanager
def record():
    """Collect the problem and the algorithm of every call that runs in a block, in all threads.

    Returns
    -------
    context manager
        Its value is a list that fills with a tuple ``(key, algorithm)`` for each call: the problem
        key, which `fastconv.problem.parse` turns back into the problem, and the name of the
        algorithm that computed the result.

    See Also
    --------
    compare : run and time all algorithms of one call.

    Notes
    -----
    Calls of `plan` objects count, too. While a block records, small calls take some microseconds
    longer.

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> with fc.record() as calls:
    ...     y = fc.ndimage.maximum_filter(np.zeros((8, 9), np.float32), size=3, algorithm="direct")
    >>> calls
    [('ndimage.maximum-filter_f32_i8x9_w3x3', 'direct')]
    """
    calls = []
    with _lock:
        _lists.append(calls)
        _notify()
    try:
        yield calls
    finally:
        with _lock:
            _lists[:] = [other for other in _lists if other is not calls]
            _notify()


def _notify():
    """Call all listeners."""
    for listener in _listeners:
        listener(bool(_lists))


def recording():
    """Return whether any block records."""
    return bool(_lists)


def note(problem, algorithm):
    """Add the problem and the name of the algorithm of a call to the lists of all blocks."""
    if _lists:
        entry = (problem.key(), algorithm)
        for calls in tuple(_lists):
            calls.append(entry)
