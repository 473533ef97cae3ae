"""Run random calls in four threads for a long time: results and memory must not change.

    python tools/soak.py [--minutes 60] [--calls 200] [--seed 0]

Every call is made once on its own; what it returns later must have the same bits. The memory of the
process is read after a first round and then every half minute, without what `release_memory`
frees, and may grow by 64 MiB in all.
"""

import argparse
import ctypes
import random
import sys
import threading
import time
from pathlib import Path

import numpy as np
from fuzz import random_call

import fastconv as fc

THREADS = 4
ALLOWED = 64 << 20


def resident():
    """Return the bytes that the process has in memory once everything is released."""
    fc.release_memory()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Soak:
    """The calls, what they returned at first, and what went wrong since."""

    def __init__(self, count, seed):
        self.calls, self.expected, number = [], [], seed
        while len(self.calls) < count:
            call = random_call(number)
            result = call.run(threads=1)
            if not isinstance(result, Exception):
                self.calls.append(call)
                self.expected.append(result)
            number += 1
        self.done, self.wrong, self.stop = [0] * THREADS, [], threading.Event()

    def work(self, number):
        """Run random ones of the calls until told to stop."""
        choose = random.Random(number)
        while not self.stop.is_set():
            i = choose.randrange(len(self.calls))
            result = self.calls[i].run(threads=choose.randint(1, 2))
            same = not isinstance(result, Exception) and np.array_equal(
                result, self.expected[i], equal_nan=result.dtype.kind in "fc"
            )
            if not same:
                self.wrong.append(f"{self.calls[i]}: {result!s:.200}")
                self.stop.set()
            self.done[number] += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    soak = Soak(arguments.calls, arguments.seed)
    workers = [threading.Thread(target=soak.work, args=(n,)) for n in range(THREADS)]
    for worker in workers:
        worker.start()
    end = time.monotonic() + 60 * arguments.minutes
    first = most = None
    while time.monotonic() < end and not soak.stop.wait(min(30.0, 6 * arguments.minutes)):
        bytes_now = resident()
        if first is None:
            first = bytes_now
        most = max(most or 0, bytes_now)
    soak.stop.set()
    for worker in workers:
        worker.join()
    grown = most - first if first is not None else 0
    print(*soak.wrong, sep="\n", end="\n" if soak.wrong else "")
    print(
        f"soak: {sum(soak.done)} calls of {len(soak.calls)} problems in {THREADS} threads, "
        f"{len(soak.wrong)} wrong, memory {(first or 0) >> 20} MiB and {grown / 2**20:+.1f} at most"
    )
    return int(bool(soak.wrong) or grown > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
