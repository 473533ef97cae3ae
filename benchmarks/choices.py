"""Measure how well `auto` chooses, on random convolutions and on random calls of SciPy's functions.

    python benchmarks/choices.py [--seconds 120] [--seed 0] [--dtype f32] [--threads 1] [--worst 20]
                                 [--draw layers,calls,signals]

The cost model was tuned on the problems in problems/*.txt; these are other problems.

- **layers** are forward convolutions with channels. For each algorithm whose predicted time is at
  most six times the shortest one, a plan with a prepared weight is timed. The regret is the time of
  the chosen algorithm divided by that of the fastest one.
- **calls** are those of `benchmarks.random_calls`: filters of signals, images and volumes, with
  kernels as large as the image, thin images, trailing axes of one element, boundaries, integers.
  The function is timed as a user calls it, after its first call, beside the same algorithms and
  beside SciPy's own call. What SciPy has no function for is compared with a few calls of SciPy's.
- **signals** are calls of `lfilter`, `filtfilt`, `savgol_filter`, `resample_poly`, `decimate` and
  `sepfir2d` without feedback, in the same way, with a line for each function.
"""

import argparse
import math
import random
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

import fastconv as fc

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.common import Call  # noqa: E402
from benchmarks.random_calls import FILTERS, SIGNALS, random_call
from fastconv.planner.choose import table
from fastconv.problem import parse

CHANNELS = (1, 2, 3, 4, 6, 8, 10, 16, 20, 24, 32, 48, 64, 96, 128, 160, 192, 256, 384, 512, 1024)
KERNELS = {
    1: (1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 16, 25, 31, 64, 101),
    2: (1, 1, 2, 3, 3, 3, 3, 4, 5, 5, 6, 7, 7, 9, 11, 13, 15),
    3: (1, 2, 3, 3, 3, 5, 7),
}
#: smallest and largest size of the image, by number of axes
SIZES = {1: (8, 100_000), 2: (5, 500), 3: (4, 64)}
#: largest number of multiply-adds of a problem
MOST_WORK = 750e6
#: largest number of bytes of a problem
MOST_BYTES = 100e6
#: an algorithm is timed if its predicted time is at most so many times the shortest one
FAR = 6
#: seconds of one sample
SAMPLE = 1.5e-3
#: seconds of SciPy's call below which it is mostly overhead
SMALL = 50e-6
#: number of samples of each algorithm
SAMPLES = 4


def spread(low, high, rng):
    """Return a random int between `low` and `high` whose logarithm is uniformly distributed."""
    return round(math.exp(rng.uniform(math.log(low), math.log(high))))


def random_key(rng, dtype):
    """Return the key of a random forward convolution of one to three axes."""
    while True:
        dims = rng.choice((1, 2, 2, 2, 3))
        batch, c, k, groups = rng.choice((1, 1, 1, 2, 4, 8, 16, 32)), *rng.choices(CHANNELS, k=2), 1
        if rng.random() < 0.22:  # depthwise
            groups, k = c, c * rng.choice((1, 1, 1, 2))
        elif rng.random() < 0.15:
            groups = rng.choice((2, 4, 8, 16, 32))
            c, k = (groups * rng.choice((2, 4, 8, 16, 32)) for _ in range(2))
        size, taps = spread(*SIZES[dims], rng), rng.choice(KERNELS[dims])
        image = [size] * (dims - 1) + [max(2, int(size * rng.choice((0.5, 1, 1, 1))))]
        kernel = [taps if rng.random() < 0.9 else 1 for _ in range(dims)]
        stride = [rng.choice((1, 1, 1, 2, 2, 3, 4))] * dims
        dilation = [rng.choice((1, 1, 1, 1, 2, 3))] * dims
        padding = [rng.choice((0, t * d // 2)) for t, d in zip(kernel, dilation, strict=True)]
        if any(
            n + 2 * p <= d * (t - 1)
            for n, p, t, d in zip(image, padding, kernel, dilation, strict=True)
        ):
            continue
        sizes = [
            f"{name}{'x'.join(map(str, values))}"
            for name, values in (("i", image), ("w", kernel), ("s", stride))
        ]
        pairs = "x".join(f"{p}.{p}" for p in padding)
        key = (
            f"conv{dims}d_fwd_{dtype}_n{batch}_g{groups}_c{c}_k{k}_{'_'.join(sizes)}_p{pairs}"
            f"_d{'x'.join(map(str, dilation))}"
        )
        problem = parse(key)
        if 1e4 < problem.stencil.multiply_adds < MOST_WORK and problem.bytes < MOST_BYTES:
            return key


def timed(key, threads):
    """Return {algorithm: (predicted, measured)} of one problem, the chosen algorithm first."""
    rows = [row for row in table(parse(key), prepared=True) if row.reason is None]
    call = Call(key)
    near = [row.name for row in rows if row.seconds <= FAR * rows[0].seconds]
    seconds = measured({name: call.planned(name, threads) for name in near})
    return {row.name: (row.seconds, seconds[row.name]) for row in rows if row.name in seconds}


def timed_call(call, threads):
    """Return ({algorithm: (predicted, measured)}, seconds of SciPy's call) of one random call.

    The chosen algorithm comes first. Calls that SciPy itself answers have no other algorithms.
    """
    arguments = call.made()
    ours = partial(call.function(), *arguments, **call.options, num_threads=threads)
    with fc.record() as calls:
        ours()
    key, chosen = calls[0]
    predicted = {chosen: math.nan}
    runs = {chosen: ours, "SciPy": partial(call.reference, *arguments, **call.options)}
    if chosen != "scipy" and "method" not in call.options:
        rows = [row for row in table(parse(key)) if row.reason is None]
        predicted |= {row.name: row.seconds for row in rows}
        for row in rows:
            if row.seconds <= FAR * rows[0].seconds and row.name not in (chosen, "scipy"):
                runs[row.name] = partial(ours, algorithm=row.name)
    seconds = measured(runs)
    theirs = seconds.pop("SciPy")
    names = sorted(seconds, key=lambda name: name != chosen)
    return {name: (predicted[name], seconds[name]) for name in names}, theirs


def measured(runs):
    """Return the shortest time of each function, by its name. All take turns.

    A function that takes four times as long as another one is timed once, unless it stands first.
    """
    seconds, counts, first = {}, {}, next(iter(runs))
    for name, run in runs.items():
        run()  # makes tables and touches memory
        start = time.perf_counter()
        run()
        seconds[name] = time.perf_counter() - start
        counts[name] = max(1, int(SAMPLE / seconds[name]))
    for _ in range(SAMPLES):  # take turns, so that changes of clock frequency affect all
        for name, run in runs.items():
            if seconds[name] > 4 * min(seconds.values()) and name != first:
                continue
            run()
            start = time.perf_counter()
            for _ in range(counts[name]):
                run()
            seconds[name] = min(seconds[name], (time.perf_counter() - start) / counts[name])
    return seconds


def drawn_call(number, kinds=FILTERS):
    """Return a random call whose values are all finite, or None."""
    call = random_call(number, kinds)
    return None if any(a.values == "nan" for a in call.arrays()) else call


def regret(times):
    """Return the time of the chosen algorithm divided by that of the fastest."""
    measured = [seconds for _, seconds in times.values()]
    return measured[0] / min(measured)


def shown(times):
    """Return the measured and the predicted microseconds of all algorithms."""
    return "  ".join(f"{n} {m * 1e6:.0f} ({p * 1e6:.0f})" for n, (p, m) in times.items())


def report_regrets(found, what):
    """Print how `auto` chose, for {problem: times}."""
    regrets = [regret(times) for times in found.values()]
    p90, p95 = np.percentile(regrets, (90, 95))
    print(
        f"{len(found)} {what}: time of auto over the best, "
        f"mean {np.exp(np.mean(np.log(regrets))):.3f}, 90th percentile {p90:.2f}, 95th {p95:.2f}, "
        f"worst {max(regrets):.2f}\n\npredicted over measured"
    )
    for name in sorted({name for times in found.values() for name in times} - {"scipy"}):
        ratios = [p / m for times in found.values() for n, (p, m) in times.items() if n == name]
        low, middle, high = np.nanpercentile(ratios, (5, 50, 95))
        print(f"  {name:14s} {len(ratios):5d}   {low:.2f}  {middle:.2f}  {high:.2f}")


def report_worst(found, ratio, count, title):
    """Print the problems with the largest ratios."""
    print(f"\n{title}")
    for problem, times in sorted(found.items(), key=lambda item: -ratio(*item))[:count]:
        print(f"{ratio(problem, times):5.2f}  {problem}  {shown(times)}")


def report_functions(found, ratio):
    """Print how our time compares with SciPy's, for each function."""
    by_name = {}
    for text, times in found.items():
        by_name.setdefault(text.split(": ")[1].partition("(")[0], []).append(ratio(text, times))
    print("\nfunction                calls  mean   10th percentile  90th")
    for name, ratios in sorted(by_name.items()):
        low, high = np.percentile(ratios, (10, 90))
        mean = np.exp(np.mean(np.log(ratios)))
        print(f"{name:22s}  {len(ratios):5d}  {mean:.3f}  {low:15.3f}  {high:.3f}")


def draw_layers(args):
    rng, found, end = random.Random(args.seed), {}, time.perf_counter() + args.seconds
    while time.perf_counter() < end:
        key = random_key(rng, args.dtype)
        found[key] = timed(key, args.threads)
    report_regrets(found, f"layers, {args.dtype}, {args.threads} threads")
    report_worst(found, lambda _, times: regret(times), args.worst,
                 "largest regrets: us measured (predicted)")  # fmt: skip


def draw_calls(args, kinds=FILTERS):
    found, peer, number = {}, {}, 10_000_000 * (1 + args.seed)
    end = time.perf_counter() + args.seconds
    while time.perf_counter() < end:
        number += 1
        call = drawn_call(number, kinds)
        if call is None:
            continue
        try:
            times, seconds = timed_call(call, args.threads)
        except (ValueError, TypeError):
            continue  # a kernel that does not fit into the image in the mode "valid", say
        text = f"{number}: {call}"
        found[text], peer[text] = times, seconds

    def ratio(text, times):
        return next(iter(times.values()))[1] / peer[text]

    print(f"\nour time over SciPy's, {args.threads} threads")
    for what, low, high in (("us", 0, SMALL), ("us and more", SMALL, math.inf)):
        some = {text: times for text, times in found.items() if low <= peer[text] < high}
        ratios = [ratio(text, times) for text, times in some.items()] or [math.nan]
        p90, p95 = np.percentile(ratios, (90, 95))
        limit = f"{'less than ' * (low == 0)}{SMALL * 1e6:.0f} {what}"
        print(
            f"{len(some):5d} calls that take SciPy {limit}: "
            f"mean {np.exp(np.mean(np.log(ratios))):.3f}, 90th percentile {p90:.2f}, "
            f"95th {p95:.2f}, worst {max(ratios):.2f}"
        )
    if kinds is SIGNALS:
        report_functions(found, ratio)
    title = f"largest times over SciPy's from {SMALL * 1e6:.0f} us on: us measured (predicted)"
    large = {text: times for text, times in found.items() if peer[text] >= SMALL}
    report_worst(large, ratio, args.worst, title)
    report_regrets(found, "calls")
    report_worst(found, lambda _, times: regret(times), args.worst,
                 "largest regrets: us measured (predicted)")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120, help="for each of what is drawn")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dtype", choices=("f32", "f64"), default="f32", help="of layers")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--worst", type=int, default=20, help="number of problems to show")
    parser.add_argument("--draw", default="layers,calls", help="what to draw")
    args = parser.parse_args()
    draws = {
        "layers": draw_layers, "calls": draw_calls, "signals": partial(draw_calls, kinds=SIGNALS),
    }  # fmt: skip
    wanted = args.draw.split(",")
    if not set(wanted) <= set(draws):
        parser.error(f"--draw is {args.draw}; allowed: {', '.join(draws)}")
    fc.set_num_threads(args.threads)
    for name in wanted:
        draws[name](args)


if __name__ == "__main__":
    main()
