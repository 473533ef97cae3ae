"""Long calls that a signal ends, for test_interrupt.py, which runs this file as a process.

python tests/interrupted.py 2       # on two threads; prints a line of JSON for each call
"""

import json
import signal
import sys

import numpy as np

import fastconv as fc
from fastconv import grad, ndimage
from fastconv import signal as signals
from fastconv.loops import scratch

#: seconds after which the signal comes; without it, each call takes several times as long
DELAY = 0.015


def _f32(*shape):
    values = np.random.default_rng(1).standard_normal(99_991, np.float32)
    return np.resize(values, shape)  # large arrays of random numbers take as long as the calls


def _u8(*shape):
    return np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)


def _layer(algorithm, n, channels, features, size, taps, **options):
    def made():
        x = _f32(n, channels, size, size)
        w = _f32(features, channels // options.get("groups", 1), taps, taps)
        return fc.conv2d, (x, w), {"algorithm": algorithm, **options}

    return made


def _gradient(algorithm, n, channels, features, size, taps, groups=1):
    def made():
        x, weight_size = _f32(n, channels, size, size), (features, channels // groups, taps, taps)
        y = _f32(n, features, size - taps + 1, size - taps + 1)
        return (
            grad.conv2d_weight,
            (x, weight_size, y),
            {"algorithm": algorithm, "groups": groups},
        )

    return made


#: name of a case: function that makes (function, arguments, options)
CASES = {
    "naive": _layer("naive", 8, 16, 16, 128, 5),
    "direct": _layer("direct", 16, 64, 128, 64, 5),
    "im2col": _layer("im2col", 8, 128, 256, 56, 5),
    "implicit_gemm": _layer("implicit_gemm", 8, 128, 256, 56, 5),
    "winograd_f2": _layer("winograd_f2", 32, 128, 256, 56, 3),
    "winograd_f4": _layer("winograd_f4", 64, 128, 256, 56, 3),
    "fft": _layer("fft", 8, 32, 32, 128, 5),
    "fft_tiled": _layer("fft_tiled", 48, 128, 128, 56, 7),
    "depthwise": _layer("direct", 32, 128, 128, 128, 7, groups=128),
    "naive integers": lambda: (
        fc.conv2d, (_u8(8, 16, 128, 128), _u8(16, 16, 5, 5)), {"algorithm": "naive"}),
    "tiles of an image": lambda: (
        fc.convolve, (_f32(8000, 8000), _f32(61, 61)), {"algorithm": "fft_tiled"}),
    "whole image": lambda: (fc.convolve, (_f32(6000, 4000), _f32(61, 61)), {"algorithm": "fft"}),
    "large kernel": lambda: (
        fc.convolve, (_f32(3000, 1500), _f32(61, 61)), {"algorithm": "direct", "mode": "same"}),
    "box": lambda: (ndimage.uniform_filter, (_f32(8000, 8000), 301), {"algorithm": "box"}),
    "separable": lambda: (
        ndimage.gaussian_filter, (_f32(3000, 3000), 40), {"algorithm": "separable"}),
    "integers": lambda: (ndimage.correlate, (_u8(5000, 5000), _u8(25, 25)), {}),
    "weight gradient": _gradient("implicit_gemm", 8, 128, 256, 56, 5),
    "weight gradient by taps": _gradient("direct", 32, 256, 256, 112, 5, groups=256),
    "naive weight gradient": _gradient("naive", 8, 16, 16, 128, 5),
    "input gradient": lambda: (
        grad.conv2d_input, ((4, 128, 112, 112), _f32(256, 128, 5, 5), _f32(4, 256, 54, 54)),
        {"stride": 2}),
    "local": lambda: (
        fc.local_conv2d, (_f32(64, 32, 32, 32), _f32(64, 32, 5, 5, 28, 28)), {}),
    "maxima": lambda: (
        fc.max_pool2d, (_f32(1, 8, 1000, 1000), 301, 1), {"algorithm": "direct"}),
    "naive maxima": lambda: (fc.max_pool2d, (_f32(1, 1, 500, 500), 31, 1), {"algorithm": "naive"}),
    "naive means": lambda: (fc.avg_pool2d, (_f32(1, 1, 500, 500), 31, 1), {"algorithm": "naive"}),
    "naive norms": lambda: (fc.lp_pool2d, (_f32(1, 1, 200, 200), 3, 21, 1), {"algorithm": "naive"}),
    "gradient of means": lambda: (
        grad.avg_pool2d_input, (_f32(4, 16, 440, 440), (4, 16, 500, 500), 61, 1), {}),
    "resampling": lambda: (
        signals.upfirdn, (_f32(300_000), _f32(1_000_000), 160, 147), {"algorithm": "polyphase"}),
}  # fmt: skip


class Alarm(Exception):
    """What the handler of the signal raises."""


def raising(*_):
    """Handle a signal as Python's own handler of Ctrl-C does."""
    raise Alarm


def alarmed(function, *arguments, handler=raising, **options):
    """Make a call during which a signal arrives, and return its result."""
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, DELAY)
    try:
        return function(*arguments, **options)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def interrupted(case, threads):
    """Make a call that a signal ends, and return what came of it."""
    function, arguments, options = CASES[case]()
    raised = None
    try:
        alarmed(function, *arguments, **options, num_threads=threads)
    except Alarm:
        raised = "Alarm"
    except Exception as error:  # noqa: BLE001 - the test shows it
        raised = repr(error)
    return {"case": case, "raised": raised, "leased": scratch.leased_bytes()}


if __name__ == "__main__":
    for name in CASES:
        print(json.dumps(interrupted(name, int(sys.argv[1]))), flush=True)
