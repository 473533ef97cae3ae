"""Test the rules of poolings, one by one."""

import math
from contextlib import suppress
from itertools import product

import numpy as np
import oracle
import pytest
import scipy.ndimage
from numpy.testing import assert_allclose, assert_array_equal
from oracle import assert_matches

import fastconv as fc
from fastconv import config

DTYPES = ["i1", "u1", "i2", "i4", "i8", "u8", "f2", "f4", "f8"]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_the_first_maximum_wins(rng, dtype, dims):
    x = rng.integers(0, 3, (2, 3, *(7, 8, 9)[:dims])).astype(dtype)
    options = {"kernel_size": 3, "stride": 2, "padding": 1, "return_indices": True}
    name = f"max_pool{dims}d"
    assert_matches(
        getattr(fc, name)(x, **options), getattr(oracle, name)(x, **options), dtype=dtype
    )
    name = f"adaptive_max_pool{dims}d"
    assert_matches(getattr(fc, name)(x, 3, True), getattr(oracle, name)(x, 3, True), dtype=dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_windows_of_padding_only(dtype):
    x = np.array([[5, 3]], dtype)
    options = {"stride": 1, "padding": [(3, 3)], "dilation": 3}
    values, where = fc.max_pool1d(x, 2, return_indices=True, **options)
    lowest = -np.inf if np.dtype(dtype).kind == "f" else np.iinfo(dtype).min
    assert_array_equal(values, np.array([[5, 3, lowest, 5, 3]]).astype(dtype))
    assert_array_equal(where, [[0, 1, -1, 0, 1]])
    average = fc.avg_pool1d(x, 2, count_include_pad=False, **options)
    assert_array_equal(average, [[5, 3, np.nan, 5, 3]])
    assert_array_equal(fc.avg_pool1d(x, 2, **options), [[2.5, 1.5, 0, 2.5, 1.5]])
    halved = fc.avg_pool1d(x, 2, divisor_override=1, **options)
    assert_array_equal(halved, [[5, 3, 0, 5, 3]])
    assert_array_equal(fc.lp_pool1d(x, 1, 2, **options), [[5, 3, 0, 5, 3]])
    assert_array_equal(fc.lp_pool1d(x, math.inf, 2, **options), [[5, 3, 0, 5, 3]])


def test_windows_of_padding_only_have_no_gradient():
    x = np.array([[5.0, 3]])
    options = {"stride": 1, "padding": [(3, 3)], "dilation": 3}
    g = np.array([[1.0, 10, 100, 1000, 10000]])
    _, where = fc.max_pool1d(x, 2, return_indices=True, **options)
    assert_array_equal(fc.grad.max_pool1d_input(g, where, x.shape), [[1001, 10010]])
    average = fc.grad.avg_pool1d_input(g, x.shape, 2, count_include_pad=False, **options)
    assert_array_equal(average, [[1001, 10010]])
    assert_array_equal(fc.grad.lp_pool1d_input(g, x, 2, 2, **options), [[1001, 10010]])


def test_a_window_of_minus_infinity_has_an_index():
    x = np.full((1, 4), -np.inf)
    values, where = fc.max_pool1d(x, 2, return_indices=True)
    assert_array_equal(values, [[-np.inf, -np.inf]])
    assert_array_equal(where, [[0, 2]])
    lowest = np.full((1, 4), -128, np.int8)
    assert_array_equal(fc.max_pool1d(lowest, 2, return_indices=True)[1], [[0, 2]])


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_of_results(dtype):
    x = np.arange(1, 37).reshape(1, 1, 6, 6).astype(dtype)
    floating = dtype if dtype[0] == "f" else "f8"
    values, where = fc.max_pool2d(x, 2, return_indices=True)
    for kept in (
        values,
        fc.adaptive_max_pool2d(x, 3),
        fc.max_unpool2d(values, where, 2),
        fc.maxout(x, 1),
        fc.unfold(x, 2),
        fc.fold(fc.unfold(x, 2), 6, 2),
    ):
        assert kept.dtype == np.dtype(dtype)
    for averaged in (
        fc.avg_pool2d(x, 2),
        fc.adaptive_avg_pool2d(x, 3),
        fc.lp_pool2d(x, 2, 2),
        fc.weighted_pool2d(x, np.ones((2, 2), dtype)),
    ):
        assert averaged.dtype == np.dtype(floating)
    assert fc.weighted_pool2d(x, np.ones((2, 2))).dtype == np.float64


@pytest.mark.parametrize("dtype", ["F", "D"])
def test_complex_averages(rng, dtype):
    x = (rng.standard_normal((2, 6, 6)) + 1j * rng.standard_normal((2, 6, 6))).astype(dtype)
    assert_matches(fc.avg_pool2d(x, 2), oracle.avg_pool2d(x, 2), dtype=dtype)
    weights = np.array([[1, 2j], [3 - 1j, 0.5]])
    assert_matches(fc.weighted_pool2d(x, weights), oracle.weighted_pool2d(x, weights), dtype="D")
    for refused in (
        lambda: fc.max_pool2d(x, 2),
        lambda: fc.lp_pool2d(x, 2, 2),
        lambda: fc.adaptive_max_pool2d(x, 2),
    ):
        with pytest.raises(TypeError, match="complex"):
            refused()


def test_float16_sums_in_float32():
    x = np.full((1, 1, 64, 64), 60000, np.float16)
    assert_array_equal(fc.avg_pool2d(x, 64), np.full((1, 1, 1, 1), 60000, np.float16))
    ones = np.full((1, 4, 1), 2048, np.float16)
    small = ones.copy()
    small[:, 1:] = 1
    folded = fc.fold(np.concatenate([small, np.zeros_like(small)], axis=2), (1, 5), (1, 4))
    assert folded.dtype == np.float16
    columns = np.ones((1, 2, 4097), np.float16)
    columns[:, 0], columns[:, 1] = 2048, 1
    assert fc.fold(columns, (4098,), (2,))[0, 0, 1] == 2048  # 2049 is rounded once, to even


def test_ceil_mode_drops_a_window_that_starts_in_the_right_padding():
    for n in range(3, 12):
        for k, s, p in ((2, 3, 1), (3, 2, 1), (2, 5, 0), (3, 4, 1)):
            x = np.arange(1.0, n + 1)[None]
            options = {"kernel_size": k, "stride": s, "padding": p, "ceil_mode": True}
            expected = oracle.max_pool1d(x, **options)
            assert expected.shape[1] in ((n + 2 * p - k) // s + 1, -(-(n + 2 * p - k) // s) + 1)
            assert_array_equal(fc.max_pool1d(x, **options), expected)
            assert_matches(fc.avg_pool1d(x, **options), oracle.avg_pool1d(x, **options))


def test_the_overhang_of_ceil_mode_never_counts():
    x = np.ones((1, 5))
    assert_array_equal(fc.avg_pool1d(x, 2, ceil_mode=True), [[1, 1, 1]])
    padded = fc.avg_pool1d(x, 4, 3, 1, ceil_mode=True)
    assert_allclose(padded, [[3 / 4, 3 / 4]])  # positions 2..5: three ones and one of padding


def test_the_same_padding_uses_the_default_stride():
    x = np.arange(1.0, 8)[None]
    values = fc.max_pool1d(x, 3, padding="same")  # ceil(7 / 3) = 3 windows need two zeros: 1 + 1
    assert_array_equal(values, [[2, 5, 7]])
    assert_array_equal(fc.max_pool1d(x, 2, padding="same"), [[2, 4, 6, 7]])
    assert_array_equal(fc.max_pool1d(x, 2, padding="same_lower"), [[1, 3, 5, 7]])


@pytest.mark.parametrize(
    ("norm", "expected"), [(1, 7), (2, 5), (math.inf, 4), (0.5, (3**0.5 + 2) ** 2)]
)
def test_norms(norm, expected):
    x = np.array([[3.0, -4, 0, 0]])
    assert_allclose(fc.lp_pool1d(x, norm, 2), [[expected, 0]], rtol=1e-14)


@pytest.mark.parametrize("norm", [0.5, 1, 1.5, 2, 3.5, math.inf])
def test_the_gradient_of_a_norm_is_0_at_0(norm):
    x, g = np.array([[0.0, 0, 0, 2, -2, 0]]), np.array([[1.0, 1, 1]])
    gradient = fc.grad.lp_pool1d_input(g, x, norm, 2)
    assert_allclose(gradient, [[0, 0, 0, 1, -1, 0]], rtol=1e-14, atol=0)


def test_the_gradient_of_the_infinity_norm_goes_to_the_first_maximum():
    x, g = np.array([[-2.0, 2, 1, 3, -3, 3]]), np.array([[5.0, 7]])
    assert_array_equal(fc.grad.lp_pool1d_input(g, x, math.inf, 3), [[-5, 0, 0, 7, 0, 0]])


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("norm", [1.5, 2, 3])
def test_the_gradient_of_a_norm_by_finite_differences(rng, dims, norm):
    x = rng.standard_normal((1, 2, *(6, 5, 4)[:dims]))
    forward, backward = (
        getattr(fc, f"lp_pool{dims}d"),
        getattr(fc.grad, f"lp_pool{dims}d_input"),
    )
    options = {"kernel_size": 3, "stride": 2, "padding": 1}
    g = rng.standard_normal(forward(x, norm, **options).shape)
    direction, step = rng.standard_normal(x.shape), 1e-6
    ends = [np.vdot(g, forward(x + s * direction, norm, **options)) for s in (step, -step)]
    slope = (ends[0] - ends[1]) / (2 * step)
    assert_allclose(np.vdot(backward(g, x, norm, **options), direction), slope, rtol=1e-6)


def test_unpooling_lets_the_last_duplicate_win_and_skips_minus_one():
    x = np.array([[1.0, 2, 3, 4]])
    where = np.array([[5, 0, 5, -1]])
    expected = [[2, 0, 0, 0, 0, 3, 0, 0]]
    assert_array_equal(fc.max_unpool1d(x, where, 2), expected)
    g = np.arange(10.0, 18)[None]
    gradient = fc.grad.max_unpool1d_input(g, np.array([[5, 0, 7, -1]]), x.shape)
    assert_array_equal(gradient, [[15, 10, 17, 0]])
    back = fc.grad.max_pool1d_input(x, where, (1, 8))
    assert_array_equal(back, [[2, 0, 0, 0, 0, 4, 0, 0]])


@pytest.mark.parametrize("index", [-2, 8, 2**40])
def test_an_index_out_of_range_is_an_error(index):
    x, where = np.array([[1.0, 2, 3, 4]]), np.array([[0, 2, index, 6]])
    for call in (
        lambda: fc.max_unpool1d(x, where, 2),
        lambda: fc.grad.max_pool1d_input(x, where, (1, 8)),
        lambda: fc.grad.adaptive_max_pool1d_input(x, where, (1, 8)),
        lambda: fc.grad.max_unpool1d_input(np.ones((1, 8)), where, (1, 4)),
    ):
        with pytest.raises(ValueError, match="indices"):
            call()


def test_unpooling_inverts_pooling(rng):
    x = rng.standard_normal((2, 3, 7, 9))
    y, where = fc.max_pool2d(x, 2, return_indices=True)
    for size in ((7, 9), (2, 3, 7, 9), [7, 9]):
        whole = fc.max_unpool2d(y, where, 2, output_size=size)
        assert whole.shape == x.shape
        again, indices = fc.max_pool2d(np.where(whole == 0, -np.inf, whole), 2, return_indices=True)
        assert_array_equal(again, y)
        assert_array_equal(indices, where)


def test_maxout_ties_nan_and_axes(rng):
    x = np.array([[[1.0, 2], [1, 3], [0, np.nan], [np.nan, 5]]])
    assert_array_equal(fc.maxout(x, 2), [[[1, 3], [np.nan, np.nan]]])
    g = np.array([[[1.0, 2], [3, 4]]])
    expected = [[[1, 0], [0, 2], [0, 4], [3, 0]]]
    assert_array_equal(fc.grad.maxout_input(g, x, 2), expected)
    y = rng.standard_normal((4, 3, 8))
    for axis in (0, 2, -1):
        assert_array_equal(fc.maxout(y, 2, axis), oracle.maxout(y, 2, axis))


def test_unfold_orders_rows_by_channel_then_kernel_position(rng):
    x = rng.standard_normal((2, 3, 5, 6))
    columns = fc.unfold(x, (2, 3))
    assert columns.shape == (2, 18, 16)
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3), axis=(2, 3))
    expected = windows.transpose(0, 1, 4, 5, 2, 3).reshape(2, 18, 16)
    assert_array_equal(columns, expected)
    assert_array_equal(fc.unfold(x[0], (2, 3)), expected[0])


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_fold_counts_how_often_unfold_reads(dims):
    size = (7, 6, 5)[:dims]
    ones = np.ones((1, 2, *size), np.int32)
    options = {"kernel_size": (3,) * dims, "stride": 2, "padding": 1}
    counts = fc.fold(fc.unfold(ones, **options), size, **options)
    assert counts.dtype == np.int32
    along = [
        [sum(0 <= i - (o * 2 - 1) < 3 for o in range((n + 2 - 3) // 2 + 1)) for i in range(n)]
        for n in size
    ]
    expected = np.ones(())
    for axis in along:
        expected = np.multiply.outer(expected, axis)
    assert_array_equal(counts, np.broadcast_to(expected, counts.shape))


@pytest.mark.parametrize("kernel", [1, 2, 3, 5, 8, 13, 21])
@pytest.mark.parametrize("stride", [1, 2])
def test_wide_windows(rng, kernel, stride):
    x = rng.standard_normal((1, 2, 24, 25)).astype("f4")
    expected = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))
    expected = expected[:, :, ::stride, ::stride]
    assert_array_equal(fc.max_pool2d(x, kernel, stride), expected.max(axis=(-2, -1)))
    mean = expected.astype("f8").mean(axis=(-2, -1))
    assert_matches(fc.avg_pool2d(x, kernel, stride), mean, dtype="f4")


def _every_way(function, x, *names, **options):
    """Yield label and result of all algorithms and instruction sets that compute a pooling."""
    for isa, name in product(config.available_isas(), names):
        with config.isa(isa), suppress(fc.UnsupportedAlgorithm):
            yield f"{name} {isa} {options}", function(x, **options, algorithm=name)


@pytest.mark.parametrize("kernel", [2, 3, 5, 9])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("dtype", ["u1", "f4", "f8"])
def test_rows_of_every_length(rng, dtype, kernel, stride):
    """Test vectors that begin before a row or end after it, and the first and the last plane."""
    for width in (*range(kernel, kernel + 20), 31, 33, 64, 70, 131):
        padding, height = rng.integers(0, kernel // 2 + 1), rng.integers(kernel, 21)
        options = {
            "kernel_size": kernel, "stride": stride, "padding": int(padding),
            "ceil_mode": bool(rng.integers(2)),
        }  # fmt: skip
        x = rng.integers(0, 256, (1, 2, height, width)).astype(dtype)
        if x.dtype.kind == "f":
            x[rng.random(x.shape) < 0.002] = np.nan
            x[rng.random(x.shape) < 0.002] = np.inf
            x[rng.random(x.shape) < 0.002] = -np.inf
        expected = fc.max_pool2d(x, **options, algorithm="naive")
        names = ("direct", "doubling", "van_herk")
        for label, result in _every_way(fc.max_pool2d, x, *names, **options):
            assert_array_equal(result, expected, err_msg=label)
        x[np.isnan(x)] = 1
        options["count_include_pad"] = bool(rng.integers(2))
        expected = fc.avg_pool2d(x, **options, algorithm="naive")
        for label, result in _every_way(fc.avg_pool2d, x, "direct", **options):
            assert_allclose(result, expected, rtol=1e-6, err_msg=label)


def test_global_average_equals_adaptive_and_windowed(rng):
    x = rng.standard_normal((2, 3, 8, 9))
    mean = x.mean(axis=(2, 3), keepdims=True)
    for result in (
        fc.adaptive_avg_pool2d(x, 1),
        fc.avg_pool2d(x, (8, 9)),
        fc.weighted_pool2d(x, np.full((8, 9), 1 / 72)),
    ):
        assert_allclose(result, mean, atol=1e-15)


@pytest.mark.parametrize("dtype", ["u1", "i2", "f4", "f8"])
@pytest.mark.parametrize("kernel", [2, 3])
@pytest.mark.parametrize("stride", [1, 2])
def test_windows_at_once_of_single_planes(dtype, kernel, stride):
    """Test planes of which vectors of the first and last rows begin or end outside of the array."""
    rng = np.random.default_rng(0)
    sizes = ((1, 40), (2, 67), (3, 5), (7, 130), (9, 33), (40, 70), (70, 300), (33, 3))
    for height, width in sizes:
        x = (50 * rng.standard_normal((1, 1, height, width))).astype(dtype)
        if dtype == "f4" and height > 5:
            x[0, 0, 0, 0] = x[0, 0, -1, -1] = np.nan
        for padding in (0, 1):
            if min(height, width) + 2 * padding < kernel:
                continue
            expected = fc.max_pool2d(x, kernel, stride, padding, algorithm="naive")
            for isa in config.available_isas():
                with config.isa(isa):
                    result = fc.max_pool2d(x, kernel, stride, padding, algorithm="direct")
                np.testing.assert_array_equal(result, expected)
        if stride == 1 and not np.isnan(x).any():
            args = (x[0, 0], kernel)
            np.testing.assert_array_equal(
                fc.ndimage.minimum_filter(*args), scipy.ndimage.minimum_filter(*args)
            )


def test_dilated_windows_of_as_many_taps_as_the_input(rng):
    """Test windows with as many taps as the axis that hang over its end, as ceil_mode lets them."""
    x = rng.standard_normal((2, 1, 14, 4))
    options = {"kernel_size": (1, 4), "stride": 5, "dilation": (1, 2), "ceil_mode": True}
    kept = x[:, :, ::5, ::2]
    for label, result in _every_way(fc.max_pool2d, x, "direct", "doubling", **options):
        assert_array_equal(result, kept.max(-1, keepdims=True), err_msg=label)
    for label, result in _every_way(fc.lp_pool2d, x, "direct", norm_type=1, **options):
        assert_allclose(result, np.abs(kept).sum(-1, keepdims=True), err_msg=label)


def test_gradients_of_averages_in_every_geometry(rng):
    """Compare with naive: strides, dilation, padding, overhang; windows of one size and of two."""
    for _ in range(60):
        dims = int(rng.integers(1, 4))
        size = rng.integers(1, (40, 12, 6)[dims - 1], dims)
        kernel = [int(rng.integers(1, n + 1)) for n in size]
        dilation = [int(rng.integers(1, (n - 1) // max(1, k - 1) + 1)) if k > 1 else 1
                    for n, k in zip(size, kernel, strict=True)]  # fmt: skip
        spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
        options = {
            "kernel_size": kernel, "stride": [int(s) for s in rng.integers(1, 8, dims)],
            "padding": [(int(rng.integers(0, e)), int(rng.integers(0, e))) for e in spans],
            "dilation": dilation, "ceil_mode": bool(rng.integers(2)),
            "count_include_pad": bool(rng.integers(2)),
        }  # fmt: skip
        shape = (2, 1, *map(int, size))
        output = getattr(fc, f"avg_pool{dims}d")(np.ones(shape), **options).shape
        function = getattr(fc.grad, f"avg_pool{dims}d_input")
        g = rng.standard_normal(output)
        results = [function(g, shape, algorithm=a, **options) for a in ("direct", "naive")]
        assert_allclose(*results, atol=1e-14, err_msg=str((shape, options)))
        g = rng.standard_normal((2, 1, *(int(rng.integers(1, 2 * n + 1)) for n in size)))
        function = getattr(fc.grad, f"adaptive_avg_pool{dims}d_input")
        results = [function(g, shape, algorithm=a) for a in ("direct", "naive")]
        assert_allclose(*results, atol=1e-14, err_msg=str((shape, g.shape)))


def test_a_long_window_at_every_position():
    """Test that no table has an entry for each tap at each position."""
    n, taps = 100_000, 5_000
    result = fc.grad.avg_pool1d_input(np.ones((1, 1, n - taps + 1)), (1, 1, n), taps, 1)[0, 0]
    windows = np.minimum(np.minimum(np.arange(1, n + 1), np.arange(n, 0, -1)), taps)
    assert_allclose(result, windows / taps, rtol=1e-12)
