"""Turns: every contender runs in short bursts, one after the other, again and again.

After a call the OpenMP workers of fastconv and torch, and the BLAS workers of NumPy, spin for some
milliseconds, and on a machine with few cores rob whoever comes next. So before every burst there is
a pause, and one call that is not timed.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

PAUSE = 0.02
BURST = 0.01  # seconds of timed calls, at least one
SAMPLE = 1e-4  # seconds of one sample: many calls of what is shorter
ROUNDS = (3, 15)


@dataclass
class Contender:
    """One way to compute a case.

    `prepared`: work on the weight, or a compilation, is not timed. `preallocated`: the result goes
    into memory that is there already. `call` computes; `array` makes a NumPy array of its result.
    """

    name: str
    call: Callable
    prepared: bool = False
    preallocated: bool = False
    array: Callable = np.asarray
    ours: bool = False
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


def take_turns(contenders, time_limit):
    """Time them within about `time_limit` seconds for all, in rounds of one burst each."""
    start = time.perf_counter()
    first = []
    for c in contenders:
        time.sleep(PAUSE)
        first.append(_seconds(c.call, 1))
    loops = [max(1, min(1000, int(SAMPLE / max(t, 1e-7)))) for t in first]
    share = time_limit / max(1, len(contenders))
    for turn in range(ROUNDS[1]):
        for i, c in enumerate(contenders):
            slow = first[i] > share / ROUNDS[0]  # too slow for rounds
            if slow and turn > 0:
                continue
            time.sleep(PAUSE)
            if slow:
                c.samples.append(_seconds(c.call, 1))
                continue
            c.call()
            begin = time.perf_counter()
            while True:
                c.samples.append(_seconds(c.call, loops[i]))
                if time.perf_counter() - begin > BURST:
                    break
        if turn + 1 >= ROUNDS[0] and time.perf_counter() - start > time_limit:
            break


def _seconds(call, loops):
    begin = time.perf_counter()
    for _ in range(loops):
        call()
    return (time.perf_counter() - begin) / loops
