"""Test depthwise layers with `direct`, which computes planes of one channel."""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from oracle import assert_matches

import fastconv as fc
from fastconv import config


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def _check(function, *args, dtype, **options):
    expected = function(*args, **options, algorithm="naive")
    for isa in config.available_isas():
        with config.isa(isa):
            results = [
                function(*args, **options, algorithm="direct", num_threads=threads)
                for threads in (1, 3)
            ]
        assert_matches(results[0], expected, dtype=dtype)
        assert_array_equal(results[0], results[1])


@pytest.mark.parametrize("kernel", [2, 3, 5, 7])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_rows_of_every_length(rng, dtype, kernel, stride):
    """Test vectors that begin before a row or end after it, and the first and the last plane."""
    for width in (*range(kernel, kernel + 18), 31, 33, 64, 131):
        height = int(rng.integers(kernel, 50))
        x = rng.standard_normal((2, 3, height, width)).astype(dtype)
        weight = rng.standard_normal((3, 1, kernel, kernel)).astype(dtype)
        bias = rng.standard_normal(3).astype(dtype)
        padding = tuple(int(p) for p in rng.integers(0, kernel, 2))
        _check(fc.conv2d, x, weight, bias, stride=stride, padding=padding, groups=3, dtype=dtype)


_BORDERS = ["reflect", "replicate", "circular"]


@pytest.mark.parametrize("mode", ["zeros", *_BORDERS])
@pytest.mark.parametrize("stride", [1, 2])
def test_borders(rng, mode, stride):
    x = rng.standard_normal((1, 4, 13, 21)).astype("f4")
    weight = rng.standard_normal((4, 1, 5, 5)).astype("f4")
    options = {"padding": 2, "padding_mode": mode, "stride": stride, "groups": 4}
    _check(fc.conv2d, x, weight, dtype="f4", **options)


@pytest.mark.parametrize("dilation", [2, 3, (1, 4), (5, 1)])
def test_dilation(rng, dilation):
    x = rng.standard_normal((1, 4, 23, 21)).astype("f4")
    weight = rng.standard_normal((4, 1, 3, 3)).astype("f4")
    _check(fc.conv2d, x, weight, padding=3, dilation=dilation, groups=4, dtype="f4")


@pytest.mark.parametrize("features", [2, 3])
def test_depth_multiplier_and_epilogue(rng, features):
    x = rng.standard_normal((2, 5, 14, 15)).astype("f4")
    weight = rng.standard_normal((5 * features, 1, 3, 3)).astype("f4")
    bias = rng.standard_normal(5 * features).astype("f4")
    residual = rng.standard_normal((2, 5 * features, 14, 15)).astype("f4")
    function = partial(fc.conv2d, activation="relu")
    _check(function, x, weight, bias, padding=1, groups=5, add=residual, dtype="f4")


@pytest.mark.parametrize("stride", [1, 2, (1, 2, 2)])
@pytest.mark.parametrize("taps", [1, 3])
def test_volumes(rng, stride, taps):
    """Test sums over depth, also at the border, and rows that are shorter than a vector."""
    for width in (5, 7, 19):
        x = rng.standard_normal((2, 3, 6, 9, width)).astype("f4")
        weight = rng.standard_normal((3, 1, taps, 3, 3)).astype("f4")
        _check(fc.conv3d, x, weight, stride=stride, padding=1, groups=3, dtype="f4")


def test_nan_stays_in_its_windows(rng):
    x = rng.standard_normal((1, 2, 12, 12)).astype("f4")
    x[0, 0, 5, 7], x[0, 1, 0, 11] = np.nan, np.inf
    weight = rng.standard_normal((2, 1, 3, 3)).astype("f4")
    result = fc.conv2d(x, weight, padding=1, groups=2, algorithm="direct")
    expected = fc.conv2d(x, weight, padding=1, groups=2, algorithm="naive")
    assert_array_equal(np.isfinite(result), np.isfinite(expected))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_kernels_as_large_as_the_map(rng, dtype):
    """Test few outputs with many taps: one, or some at borders, strides and dilations."""
    for size, kernel, options in (
        ((9, 14), (9, 14), {}), ((9, 14), (9, 14), {"padding": 1}), ((17, 33), (17, 33), {}),
        ((28, 28), (14, 14), {"stride": 14}), ((20, 21), (9, 13), {"stride": 7, "padding": 3}),
        ((19, 40), (5, 33), {"dilation": (4, 1)}), ((1, 1100), (1, 1090), {}),
        ((30, 5), (30, 5), {"padding": (0, 2)}), ((6, 6), (16, 16), {"padding": 5}),
    ):  # fmt: skip
        x = rng.standard_normal((2, 3, *size)).astype(dtype)
        weight = rng.standard_normal((6, 1, *kernel)).astype(dtype)
        bias = rng.standard_normal(6).astype(dtype)
        _check(fc.conv2d, x, weight, bias, groups=3, activation="relu", dtype=dtype, **options)
    x = rng.standard_normal((1, 2, 7, 8, 9)).astype(dtype)
    weight = rng.standard_normal((2, 1, 7, 8, 9)).astype(dtype)
    _check(fc.conv3d, x, weight, groups=2, padding=(1, 0, 0), dtype=dtype)


def test_nan_stays_in_few_windows(rng):
    x = rng.standard_normal((1, 1, 40)).astype("f4")
    weight = rng.standard_normal((1, 1, 38)).astype("f4")
    x[0, 0, 0], x[0, 0, 39] = np.nan, np.inf
    result = fc.conv1d(x, weight, algorithm="direct")
    assert_array_equal(np.isfinite(result), [[[False, True, False]]])
