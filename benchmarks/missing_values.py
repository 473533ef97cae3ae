"""Time convolutions of images with missing values beside astropy's.

    python benchmarks/missing_values.py [--size 512] [--share 0.02] [--repeat 15]

The rows of the table are kernels. The columns are `fastconv.convolve` with ``nan_policy="omit"``,
what the same costs without missing values, a composition of two plain convolutions, and both
functions of `fastconv.astropy` beside those of `astropy.convolution`, which are left out if astropy
is not installed. All run on one thread; times are the least CPU time of calls in turn, in
milliseconds.
"""

import argparse
import time
import warnings

import numpy as np

import fastconv as fc
from fastconv import astropy as ours


def composition(x, w):
    """Return the normalised convolution of two calls, as a program would write it."""
    missing = np.isnan(x)
    w = w / w.sum()
    sums = fc.convolve(np.where(missing, 0, x), w, "same")
    weights = fc.convolve((~missing).astype(x.dtype), w, "same", fillvalue=1)
    return sums / weights


def kernels():
    """Return kernels by name."""
    rng = np.random.default_rng(1)
    g = np.exp(-0.5 * (np.arange(-12, 13) / 4.0) ** 2)
    y, x = np.mgrid[-12:13, -12:13]
    return {
        "any 5x5": rng.random((5, 5)),
        "any 25x25": rng.random((25, 25)),
        "Gaussian 25x25": np.outer(g, g),
        "disk 25x25": (x * x + y * y <= 144) / 1.0,
    }


def contenders(x, w, theirs):
    """Return functions without arguments by name."""
    whole = np.nan_to_num(x)
    calls = {
        "convolve, omit": lambda: fc.convolve(x, w, "same", nan_policy="omit", normalize=True),
        "nothing missing": lambda: fc.convolve(
            whole, w, "same", nan_policy="omit", normalize=True
        ),
        "composition": lambda: composition(x, w),
    }  # fmt: skip
    for name in ("convolve", "convolve_fft"):
        calls[f"ours {name}"] = lambda name=name: getattr(ours, name)(x, w)
        if theirs is not None:
            calls[f"astropy {name}"] = lambda name=name: getattr(theirs, name)(x, w)
    return calls


def measured(calls, repeat):
    """Return the least milliseconds of each call, made in turn."""
    best = dict.fromkeys(calls, np.inf)
    for _ in range(repeat):
        for name, function in calls.items():
            start = time.thread_time()
            function()
            best[name] = min(best[name], 1e3 * (time.thread_time() - start))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--share", type=float, default=0.02)
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args()
    try:
        import astropy.convolution as theirs
    except ImportError:
        theirs = None
    warnings.simplefilter("ignore")
    fc.set_num_threads(1)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((options.size, options.size))
    x[rng.random(x.shape) < options.share] = np.nan
    head = None
    for name, w in kernels().items():
        best = measured(contenders(x, w, theirs), options.repeat)
        if head is None:
            head = ["kernel", *best]
            print("| " + " | ".join(head) + " |")
            print("|" + "---|" * len(head))
        print("| " + " | ".join([name, *(f"{ms:.3g}" for ms in best.values())]) + " |")


if __name__ == "__main__":
    main()
