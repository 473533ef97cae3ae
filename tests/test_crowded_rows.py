"""Test filters across long rows, which are copied where they compete for L1 or are resampled."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from numpy.testing import assert_allclose, assert_array_equal

import fastconv as fc
from fastconv import ndimage, signal

MODES = ("reflect", "mirror", "nearest", "wrap", "constant")
#: rows of 4096 bytes; chunks of rows, strips of columns and ends of both
SHAPES = {"f4": ((150, 1024), (3, 21, 1024)), "f8": ((133, 512), (2, 40, 1536))}
TOLERANCE = {"f4": 1e-6, "f8": 2e-15}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", SHAPES)
def test_gaussians(dtype, mode):
    rng = np.random.default_rng(3)
    for shape in SHAPES[dtype]:
        x = rng.random(shape).astype(dtype)
        for sigma in ((0,) * (len(shape) - 2) + (3, 2), (0,) * (len(shape) - 2) + (11, 0)):
            call = {"sigma": sigma, "mode": mode, "cval": 2.5, "truncate": 3}
            results = [
                ndimage.gaussian_filter(x, algorithm="separable", num_threads=n, **call)
                for n in (1, 2, 5)
            ]
            for result in results[1:]:
                assert_array_equal(result, results[0])
            expected = scipy.ndimage.gaussian_filter(x.astype("f8"), **call)
            assert_allclose(results[0], expected, rtol=0, atol=TOLERANCE[dtype] * 3)


@pytest.mark.parametrize("dtype", SHAPES)
def test_dilated_and_strided_kernels(dtype):
    """Test products of vectors whose rows of taps, not of the image, are 4096 bytes apart."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((1, 2, 61, 512)).astype(dtype)
    w = np.stack([np.outer(*rng.standard_normal((2, 11))) for _ in range(2)])[:, None]
    for stride, dilation in ((1, 2), (2, 2), ((3, 1), 4)):
        call = {
            "stride": stride, "padding": 9, "dilation": dilation, "groups": 2,
            "padding_mode": "reflect",
        }  # fmt: skip
        plan = fc.plan("conv2d", input=x.shape, weight=w.astype(dtype), dtype=dtype,
                       algorithm="separable", **call)  # fmt: skip
        expected = fc.conv2d(x, w.astype(dtype), algorithm="naive", **call)
        assert_allclose(plan(x), expected, rtol=0, atol=TOLERANCE[dtype] * 200)


@pytest.mark.parametrize("dtype", SHAPES)
@pytest.mark.parametrize("mode", MODES)
def test_first_axes_of_volumes(dtype, mode):
    """Test axes behind the filtered one, which are one long row, with and without copies."""
    rng = np.random.default_rng(5)
    for shape in ((40, 16, 64), (23, 5, 7), (70, 1, 3)):
        x = rng.random(shape).astype(dtype)
        call = {"axis": 0, "mode": mode, "cval": -1.5}
        result = ndimage.gaussian_filter1d(x, 4, **call)
        expected = scipy.ndimage.gaussian_filter1d(x.astype("f8"), 4, **call)
        assert_allclose(result, expected, rtol=0, atol=TOLERANCE[dtype] * 3)
        for size in (3, 9, 22):
            result = ndimage.uniform_filter1d(x, size, **call)
            expected = scipy.ndimage.uniform_filter1d(x.astype("f8"), size, **call)
            assert_allclose(result, expected, rtol=0, atol=TOLERANCE[dtype] * 9)


@pytest.mark.parametrize("dtype", SHAPES)
@pytest.mark.parametrize("mode", ("constant", "symmetric", "reflect", "edge", "wrap"))
def test_parts_of_resampled_rows(dtype, mode):
    """Test lines longer and shorter than the filter, and every end of blocks and parts."""
    rng = np.random.default_rng(6)
    for shape, taps, up, down in (
        ((300, 270), 61, 2, 3), ((7, 129), 61, 3, 1), ((2, 150, 4, 40), 9, 1, 2),
        ((90, 512), 900, 7, 5), ((64, 200), 25, 1, 40),
    ):  # fmt: skip
        axis = len(shape) // 2 - 1
        x, h = rng.standard_normal(shape).astype(dtype), rng.standard_normal(taps).astype(dtype)
        call = {"up": up, "down": down, "axis": axis, "mode": mode, "cval": 0.75}
        results = [signal.upfirdn(h, x, num_threads=n, **call) for n in (1, 2, 5)]
        for result in results[1:]:
            assert_array_equal(result, results[0])
        expected = scipy.signal.upfirdn(h.astype("f8"), x.astype("f8"), **call)
        assert_allclose(results[0], expected, rtol=0, atol=TOLERANCE[dtype] * 10 * taps)
