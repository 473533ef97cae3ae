"""Test calls for which memory is too small: they raise MemoryError and leave nothing behind."""

import subprocess
import sys

import pytest

CHILD = """
import resource, sys
import numpy as np
import fastconv as fc
from fastconv.loops import scratch

fc.set_num_threads(1)

def limit(more):
    pages = int(open("/proc/self/statm").read().split()[0])
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    bytes_ = hard if more is None else pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (bytes_, hard))

rng = np.random.default_rng(0)
x, w = rng.standard_normal((2, 32, 96, 96)), rng.standard_normal((64, 32, 3, 3))
y = rng.standard_normal((2, 64, 94, 94))
image, kernel = rng.standard_normal((1500, 1500)), rng.standard_normal((41, 41))
calls = [lambda a=a: fc.conv2d(x, w, algorithm=a) for a in (
    "naive", "direct", "im2col", "implicit_gemm", "winograd_f2", "winograd_f4", "fft", "fft_tiled")]
calls += [
    lambda: fc.conv_transpose2d(y, w, stride=2),
    lambda: fc.grad.conv2d_weight(x, w.shape, y),
    lambda: fc.grad.conv2d_input(x.shape, w, y),
    lambda: fc.convolve(image, kernel, boundary="wrap", algorithm="fft"),
    lambda: fc.convolve(image, kernel, algorithm="fft_tiled"),
    lambda: fc.ndimage.gaussian_filter(image, 20),
    lambda: fc.max_pool2d(x, 3), lambda: fc.unfold(x, 3),
    lambda: fc.grad.avg_pool2d_input(y, (2, 64, 96, 96), 3, 1),
]
refused = 0
for call in calls:
    expected = call()
    for megabytes in (0, 1, 2, 4, 8, 16, 32, 64):
        fc.release_memory()
        limit(megabytes << 20)
        try:
            result = call()
        except MemoryError:
            refused += 1
        else:
            limit(None)
            assert np.array_equal(result, expected)
        limit(None)
        assert scratch.leased_bytes() == 0
    assert np.array_equal(call(), expected)
print(refused)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux can")
def test_too_little_memory():
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
