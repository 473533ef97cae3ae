"""Time contenders in turns: each runs for a short burst, in several rounds.

After a call, the worker threads of OpenMP (fastconv, torch) and of BLAS (NumPy) spin for some
milliseconds. On a machine with few cores they slow down the next contender. So every burst begins
with a pause and with one call that is not timed.
"""

import functools
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

#: seconds of pause before a burst
PAUSE = 0.02
#: seconds of timed calls in a burst; there is at least one call
BURST = 0.01
#: seconds of one sample, which consists of several calls if a call is shorter
SAMPLE = 1e-4
#: smallest and largest number of rounds
ROUNDS = (3, 15)
#: bytes of the largest cache where the system does not say
CACHE = 1 << 25


@dataclass
class Contender:
    """One way to compute a case.

    Parameters
    ----------
    name : str
    call : callable
        ``call()`` computes the case.
    prepared : bool
        Whether work on the weight, or a compilation, is done before and not timed.
    preallocated : bool
        Whether the result is written into an existing array.
    array : callable
        ``array(call())`` is the result as a NumPy array.
    ours : bool
        Whether it is a function of fastconv.
    library : str
        Name of the library that it calls.
    error : float or None
        Error of the result, once it is checked.
    verdict : str
        One of `report.VERDICTS`.
    samples : list of float
        Seconds of one call.
    """

    name: str
    call: Callable
    prepared: bool = False
    preallocated: bool = False
    array: Callable = np.asarray
    ours: bool = False
    library: str = "fastconv"
    error: float | None = None
    verdict: str = ""
    samples: list = field(default_factory=list)

    @property
    def median(self):
        return statistics.median(self.samples)

    @property
    def least(self):
        return min(self.samples)

    @property
    def label(self):
        return self.name + "*" * self.prepared + "+" * self.preallocated

    def result(self):
        """Return the result of a call as a NumPy array."""
        return self.array(self.call())

    def burst(self, loops, once=False, cold=False, clock="perf_counter"):
        """Return the samples of one burst: mean seconds of `loops` calls each."""
        time.sleep(PAUSE)
        if not (once or cold):
            self.call()
        begin, found = time.perf_counter(), []
        while True:
            if cold:
                _empty_caches()
            found.append(_seconds(self.call, loops, clock))
            if once or time.perf_counter() - begin > BURST:
                return found


def take_turns(contenders, time_limit, cold=False, clock="perf_counter"):
    """Time all contenders, in rounds of one burst each, for about `time_limit` seconds together.

    Parameters
    ----------
    contenders : list of Contender
    time_limit : float
    cold : bool, optional
        Whether the caches hold none of the operands before each call that is timed.
    clock : str, optional
        Name of a clock of the module time.
    """
    start = time.perf_counter()
    first = [c.burst(1, True, False, clock)[0] for c in contenders]
    loops = [1 if cold else max(1, min(1000, int(SAMPLE / max(t, 1e-7)))) for t in first]
    share = time_limit / max(1, len(contenders))
    for turn in range(ROUNDS[1]):
        for i, c in enumerate(contenders):
            slow = first[i] > share / ROUNDS[0]  # then time a single call
            if not slow or turn == 0:
                c.samples += c.burst(loops[i], slow, cold, clock)
        if turn + 1 >= ROUNDS[0] and time.perf_counter() - start > time_limit:
            break


@functools.cache
def _other_data():
    """Return an array that is twice as large as the largest cache."""
    try:
        size = os.sysconf("SC_LEVEL3_CACHE_SIZE")
    except (ValueError, OSError):
        size = 0
    return np.zeros(2 * (size if size > 0 else CACHE), np.uint8)


def _empty_caches():
    """Fill all caches with other data."""
    _other_data()[::16] += 1  # writes to every cache line


def _seconds(call, loops, clock):
    """Return the mean seconds of one of `loops` calls by a clock."""
    clock = getattr(time, clock)
    begin = clock()
    for _ in range(loops):
        call()
    return (clock() - begin) / loops
