"""Time programs of other packages before and after `fastconv.accel.install()`, in one run.

    pip install ".[workloads]"
    python benchmarks/accelerated.py [--threads 1] [--repeat 7] [--calls] [NAME ...]

Each workload runs in turns with SciPy's functions and with fastconv's. `share` is the part of the
time before that is spent in functions which fastconv has too, as timers around them measure it in
runs of their own. So the gain cannot exceed ``limit = 1 / (1 - share)``, however fast these
functions are. `of limit` is the gain divided by it, and `inside` is how many times faster the
functions themselves have become, if the rest takes as long as before. Times are medians of elapsed
time in milliseconds; `--processor-time` takes the least processor time instead, for one thread on a
busy machine. `--calls` shows the functions of every workload. Workloads of packages that are not
installed are left out.
"""

import argparse
import functools
import statistics
import sys
import threading
import time
import warnings
from importlib import import_module
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import fastconv as fc
from benchmarks.workloads import WORKLOADS
from fastconv import accel
from fastconv.accel.replacements import PLACES, names_of


class Timers(threading.local):
    """Add up the time of the original functions, without that of calls inside of them."""

    def __init__(self):
        self.on, self.inside, self.seconds, self.clock = False, False, 0.0, time.perf_counter

    def around(self, function):
        """Return the function with a timer around it."""

        @functools.wraps(function)
        def timed(*args, **kwargs):
            if self.inside or not self.on:
                return function(*args, **kwargs)
            self.inside, start = True, self.clock()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += self.clock() - start
                self.inside = False

        return timed


def prepare(timers, names):
    """Put timers around the originals, and import packages so that they get replacements.

    A replacement that is not active calls the original. So a name that a package has bound at its
    import changes what it does at each `install` and `uninstall`.
    """
    for place in PLACES:
        try:
            module = import_module(place)
        except ImportError:
            continue
        for name in names_of(place):
            if hasattr(module, name):
                setattr(module, name, timers.around(getattr(module, name)))
    accel.install()
    made = {}
    for name, make in WORKLOADS.items():
        if names and not any(part in name for part in names):
            continue
        try:
            made[name] = make()
            made[name]()  # packages import some modules when they are used
        except ImportError as error:
            print(f"{name}: left out, since there is no {error.name}")
    accel.uninstall()
    return made


def timed(run, clock):
    """Return the seconds of one run."""
    start = clock()
    run()
    return clock() - start


def measured(run, timers, repeat, clock, middle):
    """Return the seconds before, the share of the functions, the seconds after, and the calls.

    The runs take turns, after one of each that does not count.
    """
    before, after, shares = [], [], []
    for k in range(repeat + 1):
        seconds = timed(run, clock)
        timers.on, timers.seconds = True, 0.0
        whole = timed(run, clock)
        timers.on = False
        with accel.installed():
            ours = timed(run, clock)
            calls = accel.report().rows
        if k:
            before.append(seconds)
            shares.append(timers.seconds / whole)
            after.append(ours)
    return middle(before), statistics.median(shares), middle(after), calls


def rows(made, options, timers):
    """Yield the cells of the table, and the calls, one workload at a time."""
    clock = time.process_time if options.processor_time else time.perf_counter
    middle = min if options.processor_time else statistics.median
    timers.clock = clock
    for name, run in made.items():
        before, share, after, calls = measured(run, timers, options.repeat, clock, middle)
        limit = 1 / max(1 - share, 1e-9)
        inside = max(after - before * (1 - share), 1e-9)  # seconds of the functions, after
        yield name, {
            "before": before, "after": after, "gain": before / after, "share": share,
            "limit": limit, "of": before / after / limit, "inside": before * share / inside,
        }, calls  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a part of a workload's name")
    parser.add_argument("--threads", type=int, help="of fastconv's functions")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--processor-time", action="store_true")
    parser.add_argument("--calls", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.threads:
        fc.set_num_threads(options.threads)
    timers = Timers()
    made = prepare(timers, options.names)
    print(f"fastconv's functions run on {fc.get_num_threads()} threads\n")
    head = ("workload", "before, ms", "after, ms", "gain", "share", "limit", "of limit", "inside")
    print("| " + " | ".join(head) + " |\n|---|" + "---:|" * (len(head) - 1))
    found = []
    for name, row, calls in rows(made, options, timers):
        found.append(row)
        print(
            f"| {name} | {1e3 * row['before']:.3g} | {1e3 * row['after']:.3g} "
            f"| {row['gain']:.2f} | {row['share']:.1%} | {row['limit']:.3g} "
            f"| {row['of']:.0%} | {row['inside']:.3g} |",
            flush=True,
        )
        for call in calls if options.calls else ():
            print(f"    {call.function}: {call.answered} of {call.calls}, {1e3 * call.seconds:.3g}")
    gains = [row["gain"] for row in found]
    print(f"\ngeometric mean {np.exp(np.mean(np.log(gains))):.2f}, least {min(gains):.2f}")


if __name__ == "__main__":
    main()
