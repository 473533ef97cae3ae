"""Time calls of a shape that was not met before, and print them beside SciPy's.

A loop over arrays of varied shapes makes such a call every time. The suite runs each function on
`SHAPES` shapes in turn, small enough for planning to be most of the time; results are the time of
all of them. As a script, it prints microseconds per call: of a new shape, of the same shape again,
and of SciPy's function.

    python benchmarks/bench_first_call.py
"""

import argparse
import itertools
import platform
import statistics
import time

import numpy as np
import scipy.ndimage
import scipy.signal

import fastconv as fc

#: shapes of one measurement; no two measurements of a process share a shape
SHAPES = 40
_RNG = np.random.default_rng(0)
_TAPS, _STENCIL = _RNG.random(31), _RNG.random((5, 5))
_WEIGHT = _RNG.random((8, 8, 3, 3), np.float32)
_WIDE = _RNG.random((8, 8, 4, 4), np.float32)


def _line(i):
    return _RNG.random(100 + i)


def _image(i):
    return _RNG.random((40 + i % 97, 50 + i // 97))


def _bytes(i):
    return (255 * _image(i)).astype(np.uint8)


def _maps(i):
    return _RNG.random((1, 8, 10 + i % 97, 11 + i // 97), np.float32)


def _sequence(i):
    return _RNG.random((1, 8, 100 + i), np.float32)


#: for each function: what makes an array of the i-th shape, our call, and SciPy's or None
FUNCTIONS = {
    "signal.convolve": (
        _line, lambda x: fc.signal.convolve(x, _TAPS, "same"),
        lambda x: scipy.signal.convolve(x, _TAPS, "same"),
    ),
    "signal.fftconvolve": (
        _line, lambda x: fc.signal.fftconvolve(x, _TAPS, "same"),
        lambda x: scipy.signal.fftconvolve(x, _TAPS, "same"),
    ),
    "signal.convolve2d": (
        _image, lambda x: fc.signal.convolve2d(x, _STENCIL, "same"),
        lambda x: scipy.signal.convolve2d(x, _STENCIL, "same"),
    ),
    "signal.upfirdn": (
        _line, lambda x: fc.signal.upfirdn(_TAPS, x, 3, 2),
        lambda x: scipy.signal.upfirdn(_TAPS, x, 3, 2),
    ),
    "ndimage.convolve": (
        _image, lambda x: fc.ndimage.convolve(x, _STENCIL),
        lambda x: scipy.ndimage.convolve(x, _STENCIL),
    ),
    "ndimage.convolve of bytes": (
        _bytes, lambda x: fc.ndimage.convolve(x, _STENCIL),
        lambda x: scipy.ndimage.convolve(x, _STENCIL),
    ),
    "ndimage.gaussian_filter": (
        _image, lambda x: fc.ndimage.gaussian_filter(x, 2.0),
        lambda x: scipy.ndimage.gaussian_filter(x, 2.0),
    ),
    "ndimage.uniform_filter": (
        _image, lambda x: fc.ndimage.uniform_filter(x, 5),
        lambda x: scipy.ndimage.uniform_filter(x, 5),
    ),
    "ndimage.sobel": (
        _image, fc.ndimage.sobel, scipy.ndimage.sobel,
    ),
    "ndimage.maximum_filter": (
        _image, lambda x: fc.ndimage.maximum_filter(x, 5),
        lambda x: scipy.ndimage.maximum_filter(x, 5),
    ),
    "conv1d": (_sequence, lambda x: fc.conv1d(x, _WEIGHT[:, :, 0], padding=1), None),
    "conv2d": (_maps, lambda x: fc.conv2d(x, _WEIGHT, padding=1), None),
    "conv_transpose2d": (_maps, lambda x: fc.conv_transpose2d(x, _WIDE, stride=2), None),
    "conv2d_weight": (
        _maps, lambda x: fc.grad.conv2d_weight(x, _WEIGHT.shape, x, padding=1), None,
    ),
    "max_pool2d": (_maps, lambda x: fc.max_pool2d(x, 2), None),
    "adaptive_avg_pool2d": (_maps, lambda x: fc.adaptive_avg_pool2d(x, 7), None),
}  # fmt: skip


class FirstCalls:
    """Calls of one function on shapes that are new each time."""

    params = list(FUNCTIONS)
    param_names = ["function"]
    number = 1

    def setup(self, function):
        fc.set_num_threads(1)
        make, self.run, _ = FUNCTIONS[function]
        self.arrays = [make(next(_numbers)) for _ in range(SHAPES)]

    def time_new_shapes(self, function):
        run = self.run
        for array in self.arrays:
            run(array)


_numbers = itertools.count()


def _seconds(run, array):
    begin = time.perf_counter()
    run(array)
    return time.perf_counter() - begin


def _measure(function):
    """Return medians of the seconds of first calls, of second calls, and of SciPy's or None."""
    make, ours, theirs = FUNCTIONS[function]
    ours(make(next(_numbers)))
    times = ([], [], [])
    for _ in range(SHAPES):
        array = make(next(_numbers))
        times[0].append(_seconds(ours, array))
        times[1].append(_seconds(ours, array))
        if theirs is not None:
            times[2].append(_seconds(theirs, array))
    return [statistics.median(t) if t else None for t in times]


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help="default: all")
    names = parser.parse_args().functions or list(FUNCTIONS)
    fc.set_num_threads(1)
    print(f"{platform.machine()}, {fc.config.current_isa()}, microseconds per call, one thread")
    print(f"{'function':28s} new shape  the same again  planning  SciPy  new/SciPy")
    for name in names:
        first, again, theirs = _measure(name)
        line = f"{name:28s} {first * 1e6:9.0f} {again * 1e6:15.1f} {(first - again) * 1e6:9.0f}"
        print(line + (f" {theirs * 1e6:6.0f} {first / theirs:10.1f}" if theirs else ""))


if __name__ == "__main__":
    main()
