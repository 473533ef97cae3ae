"""Test problems on a device that are larger than a tile, and incomplete tiles at the ends."""

import device
import numpy as np
import pytest

import fastconv as fc
from fastconv import grad

pytestmark = pytest.mark.skipif(
    device.runtime() is None, reason="neither a CUDA device nor g++, which emulates one"
)
put, get = device.put, device.get


@pytest.fixture
def few_multiprocessors(monkeypatch):
    """Emulate a device that few blocks fill, so that matrix products take their largest tiles."""
    properties = {**device.runtime().properties, "multiprocessors": 1}
    monkeypatch.setattr(device.runtime(), "properties", properties, raising=False)
    fc.release_memory()
    yield
    fc.release_memory()


def noise(*shape, dtype="f4"):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(dtype)


def agrees(function, arrays, options, algorithm, bound=2e-6):
    """Assert that a function agrees on the device and, in double precision, on the host."""
    result = get(function(*map(put, arrays), **options, algorithm=algorithm))
    wide = [a.astype("f8") if isinstance(a, np.ndarray) else a for a in arrays]
    expected = function(*wide, **options, algorithm="naive")
    assert result.shape == expected.shape
    assert np.abs(result - expected).max() <= bound * np.abs(expected).max()


LAYERS = [
    # input, weight, options
    ((1, 20, 17, 19), (130, 20, 3, 3), {"padding": 1}),
    ((3, 9, 13, 14), (70, 9, 5, 5), {"padding": 2, "stride": 2}),
    ((2, 70, 12, 12), (140, 35, 1, 1), {"groups": 2}),
    ((1, 600, 5, 6), (66, 600, 1, 1), {}),
    ((1, 60, 9, 9), (65, 60, 3, 3), {"padding": 1, "activation": "silu"}),
]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("line", LAYERS, ids=lambda line: f"{line[0]}-{line[1]}")
def test_products_of_several_tiles(line, dtype, few_multiprocessors):
    x, w, options = noise(*line[0], dtype=dtype), noise(*line[1], dtype=dtype), line[2]
    agrees(fc.conv2d, (x, w), options, "implicit_gemm")


@pytest.mark.parametrize("line", LAYERS, ids=lambda line: f"{line[0]}-{line[1]}")
def test_products_in_slices(line):
    x, w, options = noise(*line[0]), noise(*line[1]), line[2]
    agrees(fc.conv2d, (x, w), options, "implicit_gemm")


def test_input_gradients_of_several_tiles(few_multiprocessors):
    size, w = (2, 70, 14, 15), noise(80, 70, 3, 3)
    for stride in (1, 2, 3):
        g = noise(2, 80, *((n + 2 - 3) // stride + 1 for n in size[2:]))
        agrees(
            lambda w, g, stride=stride, **how: grad.conv2d_input(size, w, g, stride, 1, **how),
            (w, g), {}, "implicit_gemm",
        )  # fmt: skip


@pytest.mark.parametrize("taps", [1, 3, 8, 9, 33, 200])
@pytest.mark.parametrize("options", [
    {}, {"stride": 2, "padding": 3}, {"dilation": 3, "padding": "same"}, {"stride": 3},
    {"padding": 7, "padding_mode": "reflect"},
], ids=str)  # fmt: skip
def test_lines_in_segments(taps, options):
    agrees(fc.conv1d, (noise(2, 1, 5003), noise(3, 1, taps)), options, "direct")


@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm", "mirror", "nearest"])
def test_signals(boundary):
    a, b = noise(4500), noise(65)
    agrees(fc.convolve, (a, b), {"mode": "same", "boundary": boundary}, "direct")


@pytest.mark.parametrize("shape", [(1, 1, 70, 90), (2, 3, 33, 40), (1, 5, 7, 100)], ids=str)
@pytest.mark.parametrize("taps", [(3, 3), (9, 9), (11, 2), (1, 13), (17, 17)], ids=str)
@pytest.mark.parametrize("options", [
    {"padding": "same"}, {"padding": 8, "stride": 2}, {"padding": 16, "dilation": 2},
    {"padding": 8, "stride": (3, 1)},
], ids=str)  # fmt: skip
def test_tiles_of_images(shape, taps, options):
    channels = shape[1]
    agrees(fc.conv2d, (noise(*shape), noise(2 * channels, 1, *taps)),
           {**options, "groups": channels}, "direct")  # fmt: skip


def test_tiles_of_volumes():
    agrees(fc.conv3d, (noise(1, 2, 9, 18, 40), noise(6, 2, 3, 5, 3)), {"padding": 2}, "direct")


@pytest.mark.parametrize("m", [2, 4])
def test_winograd_with_clipped_tiles(m):
    for size in ((19, 21), (8, 8), (5, 40)):
        agrees(
            fc.conv2d, (noise(2, 20, *size), noise(30, 20, 3, 3)), {"padding": 1},
            f"winograd_f{m}", 1e-5,
        )  # fmt: skip


def test_sums_of_many_terms_are_short(few_multiprocessors):
    """Test that float32 sums of 36000 products are within the contract of accuracy "high".

    They add at most 512 terms in a row.
    """
    x, w = noise(1, 4000, 4, 4), noise(65, 4000, 3, 3)
    agrees(fc.conv2d, (x, w), {}, "implicit_gemm", 1.5e-6)


def test_large_poolings():
    x = noise(2, 3, 70, 300)
    for function, options in (
        (fc.max_pool2d, {"kernel_size": 5, "stride": 2, "padding": 2}),
        (fc.avg_pool2d, {"kernel_size": (3, 7), "stride": (2, 3), "ceil_mode": True}),
    ):
        agrees(function, (x,), options, "direct")


def test_gradients_of_overlapping_maxima():
    """Test positions that many windows share: sums have the order of windows, not of threads."""
    x = noise(3, 2, 40, 40)
    _, indices = fc.max_pool2d(x, 7, 1, 3, return_indices=True)
    g = noise(*indices.shape)
    expected = grad.max_pool2d_input(g, indices, x.shape, algorithm="naive")
    result = get(grad.max_pool2d_input(put(g), put(indices), x.shape))
    assert np.array_equal(result, expected)
