"""Time the rows of a section until its time is used up, with the other benchmarks' functions."""

import random
import statistics
import sys
import time
import warnings
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np

import fastconv as fc

from .. import accelerated, choices, networks
from ..alone import Alone
from ..contenders import cases, machine, main, remote, truth

#: first of the numbers of random calls
FIRST_CALL = 30_000_000
#: sweeps: name, problem with a letter, and its values
SWEEPS = (
    ("Layers of 32 to 32 channels, 56 x 56 pixels", "conv2d",
     {"input": (1, 32, 56, 56), "weight": (32, 32, "K", "K")},
     {"padding": "same"}, (1, 3, 5, 7, 9, 11, 15, 21, 31)),
    ("Filters of an image of 512 x 512 pixels", "convolve", {"in1": (512, 512), "in2": ("K", "K")},
     {"mode": "same"}, (3, 5, 7, 11, 15, 21, 31, 45, 63)),
    ("Filters of a signal of 100 000 samples", "convolve", {"in1": (100_000,), "in2": ("K",)},
     {"mode": "same"}, (3, 9, 17, 33, 65, 129, 257, 513, 1025, 4097)),
)  # fmt: skip


class Clock:
    """Whether there is time for more: a section ends when its seconds are used up.

    Parameters
    ----------
    seconds : float
    busy : bool
        Whether the least of several processor times counts rather than the median of elapsed
        times, because other programs run on the machine.
    """

    def __init__(self, seconds, busy=False):
        self.end, self.busy = time.perf_counter() + seconds, busy

    @property
    def choose(self):
        """The function that takes one of several times."""
        return min if self.busy else statistics.median

    def runs(self):
        return time.perf_counter() < self.end


def told(row):
    """Show a row on standard error while it is measured."""
    if sys.stderr.isatty():
        print(f"\r{row['problem'][:100]}\033[K", end="", file=sys.stderr)
    return row


def whole_networks(clock, threads):
    """Return rows of networks; those with most weights, whose models take long, come last."""
    from ..classifiers import NETWORKS

    rows = []
    for name in sorted(NETWORKS, key=lambda name: name in ("alexnet", "vgg16")):
        for count in threads:
            if rows and not clock.runs():
                return rows
            peers = [p for p in ("onnxruntime", "openvino", "torch") if find_spec(p)]
            found = networks.compared(
                name, 1, count, 5, count == threads[0], peers, count > 1,
                "process_time" if clock.busy else "perf_counter", clock.choose,
            )  # fmt: skip
            rows.append(told({
                "class": name, "problem": f"{name}, batch 1", "threads": count, "algorithm": "",
                "seconds": found["seconds"],
            }))  # fmt: skip
    return rows


def spread(problems, seed=0):
    """Return the problems so that every file has its turn early, in a random order within it."""
    by_file = {}
    for problem in random.Random(seed).sample(problems, len(problems)):
        by_file.setdefault(problem[2], []).append(problem)
    columns = by_file.values()
    longest = max(map(len, columns))
    return [c[i] for i in range(longest) for c in columns if i < len(c)]


def problem_sets(clock, threads, sets, mode, limit=0.6):
    """Return rows of the problems of some sets, compared with all libraries.

    On several threads, each library is in a process of its own.

    Parameters
    ----------
    clock : Clock
    threads : tuple of int
    sets : tuple of str
        Names of `cases.SETS`.
    mode : {"eager", "plan"}
        Plain calls of all libraries, or a plan beside the best that each library offers.
    limit : float
        Seconds for timing one problem.
    """
    how = SimpleNamespace(
        plans=False, cold=False, minima=False, time_limit=limit, processor_time=clock.busy
    )
    found = {row[0]: row for name in sets for row in cases.select(name)}
    rows, failures = [], []
    with remote.libraries(max(threads) > 1) as apart:
        for problem in spread(list(found.values())):
            if rows and not clock.runs():
                break
            case = cases.case(*problem)
            exact = truth.truth(case)
            for count in threads:
                libraries, limited = (apart, ()) if count > 1 else (None, machine.PEERS)
                with machine.limited(count, limited):
                    full = main.compared(case, exact, count, how, failures, libraries)
                rows.append(told(_short(full, mode, "least" if clock.busy else "median")))
    return rows


def _short(full, mode, which):
    """Return a row of this report for one of `contenders.report`."""
    prepared, preallocated = mode == "plan", mode == "plan"
    seconds = {"fastconv": full["ours"][mode][which]}
    for peer in full["peers"]:
        fair = peer["prepared"] <= prepared and peer["preallocated"] <= preallocated
        if fair and peer["verdict"] != "wrong":
            name = peer["library"]
            seconds[name] = min(peer[which], seconds.get(name, float("inf")))
    return {
        "class": full["group"], "problem": full["problem"], "threads": full["threads"],
        "algorithm": full["algorithm"], "seconds": seconds,
    }  # fmt: skip


class Workloads:
    """The programs of `workloads.py`, in a process of their own: timers stay in SciPy's modules."""

    def __init__(self):
        warnings.simplefilter("ignore")
        self.timers = accelerated.Timers()
        self.made = accelerated.prepare(self.timers, ())

    def names(self):
        return list(self.made)

    def row(self, name, threads, busy):
        options = SimpleNamespace(processor_time=busy, repeat=5)
        with fc.threads(threads):
            made = {name: self.made[name]}
            _, found, _ = next(accelerated.rows(made, options, self.timers))
        return {
            "class": name, "problem": name, "threads": threads,
            "algorithm": f"{found['share']:.0%} of the time in functions that fastconv has",
            "seconds": {"fastconv": found["after"], "scipy": found["before"]},
        }  # fmt: skip


def whole_programs(clock, threads):
    """Return rows of programs of other packages."""
    process, rows = Alone(Workloads), []
    for name in process.names():
        for count in threads:
            if not rows or clock.runs():
                rows.append(told(process.row(name, count, clock.busy)))
    process.close()
    return rows


def random_calls(clock, threads):
    """Return rows of random calls of SciPy's functions, on one thread."""
    rows, number = [], FIRST_CALL
    with fc.threads(threads[0]):
        while clock.runs():
            number += 1
            call = choices.drawn_call(number, choices.FILTERS + choices.SIGNALS)
            if call is None:
                continue
            try:
                times, theirs = choices.timed_call(call, threads[0])
            except (ValueError, TypeError):
                continue  # a kernel that does not fit into the image, say
            algorithm, (_, ours) = next(iter(times.items()))
            rows.append(told({
                "class": str(call).partition("(")[0], "problem": f"{number}: {call}",
                "threads": threads[0], "algorithm": algorithm,
                "seconds": {"fastconv": ours, "scipy": theirs},
            }))  # fmt: skip
    return rows


def sweeps(clock, threads):
    """Return rows of sweeps: for each value, the predicted and measured seconds of algorithms."""
    from fastconv.comparison import compare

    rng, rows = np.random.default_rng(0), []
    for name, op, shapes, options, values in SWEEPS:
        left = clock.end - time.perf_counter()
        share = max(0.3, left / len(SWEEPS) / len(values) / (8 if clock.busy else 2))
        for value in values:
            arrays = [
                rng.standard_normal([value if n == "K" else n for n in shape]).astype(np.float32)
                for shape in shapes.values()
            ]
            found, *again = (
                compare(
                    op, *arrays, **options, time_limit=min(share, 2.0), reference=False,
                    num_threads=threads[0],
                )
                for _ in range(4 if clock.busy else 1)
            )  # fmt: skip
            rows.append(told({
                "class": name, "problem": found.problem.key(), "threads": threads[0],
                "value": value, "algorithm": found.chosen,
                "seconds": {
                    r.algorithm: min([r.seconds, *(_seconds(c, r.algorithm) for c in again)])
                    for r in found.rows
                    if r.seconds
                },
                "predicted": {
                    r.algorithm: r.predicted_seconds for r in found.rows if r.predicted_seconds
                },
            }))  # fmt: skip
    return rows


def _seconds(comparison, algorithm):
    """Return the seconds of an algorithm, infinite if it was not run this time."""
    return comparison.row(algorithm).seconds or float("inf")
