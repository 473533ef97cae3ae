"""Measure how well `auto` chooses, on random convolutions.

    python benchmarks/choices.py [--seconds 120] [--seed 0] [--dtype f32] [--threads 1] [--worst 20]

The cost model was tuned on the problems in problems/*.txt; these are other problems. For each
algorithm whose predicted time is at most six times the shortest one, a plan with a prepared weight
is timed. The regret is the time of the chosen algorithm divided by that of the fastest one.
"""

import argparse
import math
import random
import sys
import time
from pathlib import Path

import numpy as np

import fastconv as fc

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.common import Call  # noqa: E402
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
    runs, seconds = {}, {}
    for row in rows:
        if row.seconds <= FAR * rows[0].seconds:
            run = call.planned(row.name, threads)
            start = time.perf_counter()
            run()
            seconds[row.name] = time.perf_counter() - start
            runs[row.name] = run, max(1, int(SAMPLE / seconds[row.name]))
    for _ in range(SAMPLES):  # take turns, so that changes of clock frequency affect all
        for name, (run, count) in runs.items():
            if seconds[name] > 4 * min(seconds.values()):
                continue
            run()
            start = time.perf_counter()
            for _ in range(count):
                run()
            seconds[name] = min(seconds[name], (time.perf_counter() - start) / count)
    return {row.name: (row.seconds, seconds[row.name]) for row in rows if row.name in seconds}


def regret(times):
    """Return the time of the chosen algorithm divided by that of the fastest."""
    measured = [seconds for _, seconds in times.values()]
    return measured[0] / min(measured)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dtype", choices=("f32", "f64"), default="f32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--worst", type=int, default=20, help="number of problems to show")
    args = parser.parse_args()
    fc.set_num_threads(args.threads)
    rng, found, end = random.Random(args.seed), {}, time.perf_counter() + args.seconds
    while time.perf_counter() < end:
        key = random_key(rng, args.dtype)
        found[key] = timed(key, args.threads)
    regrets = [regret(times) for times in found.values()]
    p90, p95 = np.percentile(regrets, (90, 95))
    print(
        f"{len(found)} problems, {args.dtype}, {args.threads} threads: time of auto over the best, "
        f"mean {np.exp(np.mean(np.log(regrets))):.3f}, 90th percentile {p90:.2f}, 95th {p95:.2f}, "
        f"worst {max(regrets):.2f}\n\npredicted over measured"
    )
    for name in sorted({name for times in found.values() for name in times}):
        ratios = [p / s for times in found.values() for n, (p, s) in times.items() if n == name]
        low, middle, high = np.percentile(ratios, (5, 50, 95))
        print(f"  {name:14s} {len(ratios):5d}   {low:.2f}  {middle:.2f}  {high:.2f}")
    print("\nlargest regrets: us measured (predicted)")
    for key, times in sorted(found.items(), key=lambda item: -regret(item[1]))[: args.worst]:
        shown = "  ".join(f"{n} {s * 1e6:.0f} ({p * 1e6:.0f})" for n, (p, s) in times.items())
        print(f"{regret(times):5.2f}  {key}  {shown}")


if __name__ == "__main__":
    main()
