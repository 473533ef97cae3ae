"""Run a few calls of an installed fastconv, and compare them with plain sums.

    python tools/smoke.py

It needs what fastconv itself needs and nothing else, so wheels are tested by it in an empty
environment. It runs one problem of each kind on every instruction set that this CPU has.
"""

import sys
import tempfile

import numpy as np

import fastconv as fc

ALGORITHMS = ("auto", "naive", "direct", "implicit_gemm", "im2col", "winograd_f2", "fft")
RNG = np.random.default_rng(0)


def layer(x, w):
    """Return conv2d with padding 1 in float64, as a sum over the taps."""
    x, w = np.pad(x.astype(float), ((0, 0), (0, 0), (1, 1), (1, 1))), w.astype(float)
    height, width = x.shape[2] - 2, x.shape[3] - 2
    return sum(
        np.einsum("nchw,kc->nkhw", x[:, :, u : u + height, v : v + width], w[:, :, u, v])
        for u in range(3)
        for v in range(3)
    )


def close(found, wanted, tolerance):
    error = np.abs(found - wanted).max() / np.abs(wanted).max()
    assert error <= tolerance, f"error {error:.1e}, allowed {tolerance:.1e}"


def check():
    for dtype, tolerance in (("f4", 1e-5), ("f8", 2e-14)):
        x = RNG.standard_normal((2, 8, 19, 23)).astype(dtype)
        w = RNG.standard_normal((12, 8, 3, 3)).astype(dtype)
        wanted = layer(x, w)
        for algorithm in ALGORITHMS:
            for threads in (1, 2):
                y = fc.conv2d(x, w, padding=1, algorithm=algorithm, num_threads=threads)
                close(y, wanted, 1e-4 if algorithm.startswith("winograd") else tolerance)
        close(fc.plan("conv2d", input=x.shape, weight=w, padding=1)(x), wanted, tolerance)
        close(fc.max_pool2d(x, 2), x[:, :, :18, :22].reshape(2, 8, 9, 2, 11, 2).max((3, 5)), 0)
        signal, taps = RNG.standard_normal(5000).astype(dtype), RNG.standard_normal(37)
        close(fc.convolve(signal, taps), np.convolve(signal.astype(float), taps), tolerance)
    image = RNG.integers(0, 255, (40, 50), np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1, "symmetric"), (3, 3))
    assert (fc.ndimage.maximum_filter(image, 3) == windows.max((2, 3))).all()


def main():
    with tempfile.TemporaryDirectory() as folder:
        fc.wisdom.export(f"{folder}/wisdom.json")
        fc.wisdom.load(f"{folder}/wisdom.json")
    for isa in fc.config.available_isas():
        with fc.config.isa(isa):
            check()
    isas = ", ".join(fc.config.available_isas())
    print(f"smoke: fastconv {fc.__version__} on Python {sys.version.split()[0]}, {isas}: right")


if __name__ == "__main__":
    main()
