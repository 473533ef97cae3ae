"""Run random calls of network-style functions, and compare them with the definition.

    python tools/fuzz.py [--seconds 60] [--seed 0]

Each call has random sizes, strides, paddings, dilations, groups, dtype, algorithm and number of
threads, and arrays with random memory layouts. ``algorithm="naive"`` must give the same result, up
to rounding. Calls that fastconv refuses count, but not as faults. `tools/sanitize.sh` runs this on
builds with sanitizers, and `tools/soak.py` runs the calls in several threads.
"""

import argparse
import sys
import time

import numpy as np

import fastconv as fc

ALGORITHMS = ("auto", "auto", "direct", "implicit_gemm", "im2col", "winograd_f2", "winograd_f4",
              "fft", "fft_tiled", "planar", "unfold", "separable", "exact")  # fmt: skip
DTYPES = ("f4", "f8", "f2", "c8", "c16", "i1", "u1", "i2", "i4", "i8")
#: largest relative difference between two algorithms
TOLERANCES = {"e": 2e-2, "f": 2e-4, "F": 2e-4, "d": 1e-9, "D": 1e-9}


class Call:
    """A function of fastconv, its arrays and its options.

    Parameters
    ----------
    name : str
        Name of the function, such as ``"grad.conv2d_weight"``.
    arguments : tuple
        Positional arguments.
    options : dict
        Keyword arguments without `algorithm` and `num_threads`.
    algorithm : str
    threads : int
    """

    def __init__(self, name, arguments, options, algorithm, threads):
        self.name, self.arguments, self.options = name, arguments, options
        self.algorithm, self.threads = algorithm, threads

    def run(self, algorithm=None, threads=None):
        """Return the result, or the error of a refusal.

        The call becomes one with ``algorithm="auto"`` if its algorithm cannot run it.
        """
        function = fc
        for part in self.name.split("."):
            function = getattr(function, part)
        try:
            return function(*self.arguments, **self.options,
                            algorithm=algorithm or self.algorithm,
                            num_threads=threads or self.threads)  # fmt: skip
        except fc.UnsupportedAlgorithm as error:
            if "auto" in (algorithm, self.algorithm):
                return error
            self.algorithm = "auto"
            return self.run(algorithm, threads)
        except (ValueError, TypeError) as error:
            return error

    def __str__(self):
        shown = [f"{a.dtype}{a.shape}{a.strides}" if isinstance(a, np.ndarray) else repr(a)
                 for a in self.arguments]  # fmt: skip
        return f"{self.name}({', '.join(shown)}, {self.options}, {self.algorithm}, {self.threads})"


def array(rng, shape, dtype):
    """Return an array of random values with a random memory layout."""
    dtype = np.dtype(dtype)
    steps = [int(rng.choice([1, 1, 1, 2, -1])) for _ in shape]
    order = rng.permutation(len(shape)) if rng.random() < 0.3 else np.arange(len(shape))
    whole = [shape[a] * abs(steps[a]) for a in order]
    if dtype.kind in "iu":
        base = rng.integers(0, 100, whole).astype(dtype)
    else:
        base = rng.standard_normal(whole).astype(dtype)
    view = base.transpose(np.argsort(order))[tuple(slice(None, None, s) for s in steps)]
    view = view[tuple(slice(n) for n in shape)]
    if rng.random() < 0.1:
        view = view.astype(dtype.newbyteorder(">"))
    return view


def random_call(seed):
    """Return the `Call` with this number."""
    rng = np.random.default_rng(seed)
    dims = int(rng.choice([1, 2, 2, 2, 3]))
    most = {1: 300, 2: 40, 3: 12}[dims]
    sizes = tuple(int(n) for n in rng.integers(1, most, dims))
    taps = tuple(int(n) for n in rng.integers(1, {1: 40, 2: 8, 3: 4}[dims], dims))
    batch = int(rng.integers(1, 4))
    dtype = str(rng.choice(DTYPES))
    algorithm, threads = str(rng.choice(ALGORITHMS)), int(rng.integers(1, 4))
    geometry = {
        "stride": tuple(int(n) for n in rng.integers(1, 4, dims)),
        "padding": tuple(int(n) for n in rng.integers(0, 4, dims)),
        "dilation": tuple(int(n) for n in rng.choice([1, 1, 2, 3], dims)),
    }
    if rng.random() < 0.25:
        x = array(rng, (batch, int(rng.integers(1, 9)), *sizes), dtype)
        kind = str(rng.choice(["max_pool", "avg_pool", "lp_pool"]))
        geometry["padding"] = tuple(min(p, t // 2) for p, t in zip(geometry["padding"], taps,
                                                                    strict=True))  # fmt: skip
        first = (2.0,) if kind == "lp_pool" else ()
        return Call(f"{kind}{dims}d", (x, *first, taps), geometry, algorithm, threads)
    groups = int(rng.choice([1, 1, 1, 2, 4]))
    channels = groups * int(rng.integers(1, 20))
    outputs = groups * int(rng.integers(1, 20))
    x = array(rng, (batch, channels, *sizes), dtype)
    kind = str(rng.choice(["conv", "conv", "conv", "conv_transpose", "input", "weight"]))
    options = {**geometry, "groups": groups}
    if kind == "conv_transpose":
        w = array(rng, (channels, outputs // groups, *taps), dtype)
        return Call(f"conv_transpose{dims}d", (x, w), options, algorithm, threads)
    w = array(rng, (outputs, channels // groups, *taps), dtype)
    if kind == "conv":
        bias = array(rng, (outputs,), dtype) if rng.random() < 0.5 else None
        options["activation"] = str(rng.choice(["relu", "relu6"])) if rng.random() < 0.3 else None
        options["padding_mode"] = str(rng.choice(["zeros", "zeros", "reflect", "circular"]))
        return Call(f"conv{dims}d", (x, w, bias), options, algorithm, threads)
    result = Call(f"conv{dims}d", (x, w), options, "naive", 1).run()
    if isinstance(result, Exception):
        return Call(f"conv{dims}d", (x, w), options, algorithm, threads)
    g = array(rng, result.shape, dtype)
    arguments = (x.shape, w, g) if kind == "input" else (x, w.shape, g)
    return Call(f"grad.conv{dims}d_{kind}", arguments, options, algorithm, threads)


def fault(result, expected):
    """Return what is wrong with a result, or None."""
    if isinstance(result, Exception):
        return None
    if isinstance(expected, Exception):
        return f"the definition refuses: {expected}"
    if result.shape != expected.shape or result.dtype != expected.dtype:
        return f"is {result.dtype}{result.shape}, not {expected.dtype}{expected.shape}"
    if result.dtype.kind in "iu":
        return None if np.array_equal(result, expected) else "has other integers"
    with np.errstate(all="ignore"):
        if not np.array_equal(np.isfinite(result), np.isfinite(expected)):
            return None if result.dtype.char == "e" else "is finite elsewhere"
        finite = np.isfinite(expected)
        wide = np.result_type(expected.dtype, np.float64)
        largest = np.abs(expected[finite]).max(initial=0).astype(float)
        error = np.abs(result[finite].astype(wide) - expected[finite]).max(initial=0)
    allowed = TOLERANCES[result.dtype.char] * max(largest, 1.0)
    return None if error <= allowed else f"differs by {error:.1e} of {largest:.1e}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    stop = time.monotonic() + arguments.seconds
    number, refused, faults = arguments.seed, 0, 0
    while time.monotonic() < stop and faults < 20:
        call = random_call(number)
        print(f"\rfuzz: {number}", end="", file=sys.stderr, flush=True)  # the last one if it dies
        result, expected = call.run(), call.run("naive", 1)
        refused += isinstance(result, Exception)
        wrong = fault(result, expected)
        if wrong is not None:
            faults += 1
            print(f"\nfuzz: {number}: {call} {wrong}")
        number += 1
    total = number - arguments.seed
    print(f"\nfuzz: {total} calls from {arguments.seed}, {refused} refused, {faults} faults")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
