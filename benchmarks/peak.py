"""Measure the multiply-add peak and the memory bandwidth of this machine, on one and all cores.

    python benchmarks/peak.py [--isa avx2] [--threads 2] [--repeat 9]

The highest rate of several runs is printed. In benchmarks, a share of the peak is relative to the
peak of one core that is printed here, multiplied by the number of threads.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from fastconv.config import get_num_threads
from fastconv.loops import probe, simd

#: size of the arrays for measuring bandwidth
BYTES = 256 << 20


def timed(jobs, pool):
    """Run jobs, one per thread. Return the seconds until all are done, and their results."""
    start = time.perf_counter()
    results = [jobs[0]()] if len(jobs) == 1 else list(pool.map(lambda job: job(), jobs))
    return time.perf_counter() - start, results


def flops(isa, dtype, threads=1, repeat=9):
    """Return floating-point operations per second. A multiply-add counts as two."""
    iterations = 1_000_000
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(repeat):
            jobs = [partial(probe.multiply_add, isa, dtype, iterations)] * threads
            seconds, done = timed(jobs, pool)
            best = max(best, sum(done) / seconds)
    return best


def bandwidth(isa, threads=1, repeat=5):
    """Return bytes per second of reading and of copying.

    A copied byte counts twice, because it is read and written.
    """
    source = np.ones(BYTES // 8)
    target = np.ones(BYTES // 8)
    parts = list(zip(np.array_split(source, threads), np.array_split(target, threads), strict=True))
    read = copied = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(repeat):
            seconds, _ = timed([partial(probe.read, isa, s) for s, _ in parts], pool)
            read = max(read, BYTES / seconds)
            seconds, _ = timed([partial(np.copyto, t, s) for s, t in parts], pool)
            copied = max(copied, 2 * BYTES / seconds)
    return read, copied


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--isa", choices=simd.runnable_isas(), default=simd.runnable_isas()[0])
    parser.add_argument("--threads", type=int, default=get_num_threads())
    parser.add_argument("--repeat", type=int, default=9)
    args = parser.parse_args()
    print(f"{args.isa}, {simd.compiler()}")
    for threads in sorted({1, args.threads}):
        peaks = [flops(args.isa, dtype, threads, args.repeat) / 1e9 for dtype in ("f32", "f64")]
        read, copied = (rate / 1e9 for rate in bandwidth(args.isa, threads))
        print(
            f"threads {threads}: multiply-add peak {peaks[0]:.1f} GFLOP/s f32, {peaks[1]:.1f} f64; "
            f"memory {read:.1f} GB/s read, {copied:.1f} GB/s copied"
        )


if __name__ == "__main__":
    main()
