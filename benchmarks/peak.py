"""The limits of this machine: multiply-add peak and memory bandwidth, on one core and on all.

    python benchmarks/peak.py [--isa avx2] [--threads 2] [--repeat 9]

The best of several runs counts: a limit is what nothing exceeds. Shares of peak in benchmarks are
shares of the figure for one core printed here, times the threads used.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from fastconv.config import get_num_threads
from fastconv.loops import probe, simd

BYTES = 256 << 20


def timed(jobs, pool):
    """Seconds until every job, one per thread, is done, and what they return."""
    start = time.perf_counter()
    results = [jobs[0]()] if len(jobs) == 1 else list(pool.map(lambda job: job(), jobs))
    return time.perf_counter() - start, results


def flops(isa, dtype, threads=1, repeat=9):
    """Floating-point operations per second, a multiply-add counted as two."""
    iterations = 1_000_000
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(repeat):
            jobs = [partial(probe.multiply_add, isa, dtype, iterations)] * threads
            seconds, done = timed(jobs, pool)
            best = max(best, sum(done) / seconds)
    return best


def bandwidth(isa, threads=1, repeat=5):
    """Bytes per second, (read, copied); a copied byte counts twice, once read and once written."""
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
