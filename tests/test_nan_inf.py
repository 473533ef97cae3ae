"""Test that a NaN or an infinity reaches only outputs whose window holds it, with "auto"."""

from operator import attrgetter

import numpy as np
import oracle
import pytest
from numpy.testing import assert_array_equal
from oracle import assert_matches

import fastconv as fc

# problems with incomplete register tiles in both directions, for the algorithms of `auto`
# name, op, input, weight, options
PROBLEMS = [
    ("edges", "conv2d", (1, 3, 9, 37), (19, 3, 3, 3), {"padding": 1}),
    ("valid", "conv2d", (2, 5, 8, 29), (7, 5, 3, 3), {}),
    ("stride", "conv2d", (1, 3, 9, 31), (9, 3, 3, 3), {"stride": 2, "padding": 1}),
    ("dilation", "conv2d", (1, 3, 11, 27), (6, 3, 3, 3), {"dilation": (2, 3)}),
    ("1x1", "conv2d", (1, 7, 5, 13), (17, 7, 1, 1), {}),
    ("groups", "conv2d", (1, 6, 7, 17), (10, 3, 3, 3), {"padding": 1, "groups": 2}),
    ("depthwise", "conv2d", (1, 17, 7, 19), (17, 1, 3, 3), {"padding": 1, "groups": 17}),
    ("circular", "conv2d", (1, 2, 7, 9), (5, 2, 3, 3),
     {"padding": 1, "padding_mode": "circular"}),
    ("many-channels", "conv2d", (1, 33, 6, 10), (34, 33, 3, 3), {"padding": 1}),
    ("1d", "conv1d", (2, 4, 53), (9, 4, 5), {"padding": 2}),
    ("1d-long", "conv1d", (1, 1, 400), (1, 1, 120), {"padding": "same"}),
    ("3d", "conv3d", (1, 2, 5, 6, 13), (7, 2, 3, 3, 3), {"padding": 1}),
    ("transposed", "conv_transpose2d", (1, 3, 5, 13), (3, 9, 3, 3), {"stride": 2, "padding": 1}),
    ("local", "local_conv2d", (1, 3, 5, 12), (7, 3, 3, 3, 3, 10), {}),
    ("tiled", "tiled_conv2d", (1, 3, 6, 13), (7, 3, 3, 3, 2, 2), {"padding": 1}),
]  # fmt: skip
LARGE = [
    ("2d-fft", "conv2d", (1, 1, 150, 160), (1, 1, 41, 43), {"padding": "same"}),
    ("1d-fft", "conv1d", (1, 1, 20000), (1, 1, 2001), {"padding": "same"}),
    ("channels", "conv2d", (1, 32, 40, 41), (32, 32, 3, 3), {"padding": 1}),
    ("separable", "conv2d", (1, 2, 90, 91), (2, 1, 15, 15), {"padding": 7, "groups": 2}),
]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def operands(rng, shape, weight, dtype):
    x = rng.standard_normal(shape).astype(dtype)
    w = (rng.standard_normal(weight) / np.sqrt(np.prod(weight[1:]))).astype(dtype)
    return x, w


def reach(op, shape, position, w, options):
    """Return which outputs have the position in their window."""
    marked = np.zeros(shape)
    marked[position] = 1
    return getattr(oracle, op)(marked, np.ones(w.shape), **options) != 0


def positions(shape):
    """Yield positions in every row, column and channel, or in some of them for long rows."""
    middle = [n // 2 for n in shape]
    for axis in range(len(shape)):
        for i in range(0, shape[axis], 1 + shape[axis] // 100 * 2):
            yield (*middle[:axis], i, *middle[axis + 1 :])


def check(op, x, w, options, position, value, clean):
    held = reach(op, x.shape, position, w, options)
    bad = x.copy()
    bad[position] = value
    with np.errstate(invalid="ignore"):
        result = getattr(fc, op)(bad, w, **options)
    assert not np.any(np.isfinite(result[held])), position
    others = np.where(held, 0, result)
    assert_matches(others, np.where(held, 0, clean), dtype=x.dtype)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(("op", "shape", "weight", "options"), [p[1:] for p in PROBLEMS],
                         ids=[p[0] for p in PROBLEMS])  # fmt: skip
def test_containment(rng, op, shape, weight, options, dtype):
    x, w = operands(rng, shape, weight, dtype)
    clean = getattr(oracle, op)(x, w, **options)
    for number, position in enumerate(positions(shape)):
        value = (np.inf, np.nan, -np.inf)[number % 3]
        check(op, x, w, options, position, value, clean)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(("op", "shape", "weight", "options"), [p[1:] for p in LARGE],
                         ids=[p[0] for p in LARGE])  # fmt: skip
def test_containment_where_algorithms_would_spread(rng, op, shape, weight, options, dtype):
    x, w = operands(rng, shape, weight, dtype)
    if weight[-1] == 15:
        w = np.broadcast_to(np.hanning(17)[1:-1, None] * np.hanning(17)[1:-1], weight)
        w = np.ascontiguousarray(w / w[0].sum(), dtype)
    clean = getattr(fc, op)(x, w, **options)
    assert np.all(np.isfinite(clean))
    for fraction, value in ((0.0, np.inf), (0.37, np.nan), (0.999, -np.inf)):
        position = (0, shape[1] // 2, *(int(fraction * n) for n in shape[2:]))
        check(op, x, w, options, position, value, clean.astype("f8"))


@pytest.mark.parametrize("algorithm", ["naive", "implicit_gemm", "direct", "im2col"])
def test_the_others_are_bitwise_as_without_it(rng, algorithm):
    x, w = operands(rng, (1, 3, 9, 37), (19, 3, 3, 3), "f4")
    try:
        clean = fc.conv2d(x, w, padding=1, algorithm=algorithm)
    except fc.UnsupportedAlgorithm as reason:
        pytest.skip(str(reason))
    for position in positions(x.shape):
        held = reach("conv2d", x.shape, position, w, {"padding": 1})
        bad = x.copy()
        bad[position] = np.inf
        result = fc.conv2d(bad, w, padding=1, algorithm=algorithm)
        assert_array_equal(result[~held], clean[~held])
        assert not np.any(np.isfinite(result[held]))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_nan_in_the_weight_stays_in_its_output_channel(rng, dtype):
    x, w = operands(rng, (1, 5, 7, 23), (19, 5, 3, 3), dtype)
    clean = oracle.conv2d(x, w, padding=1)
    for k in range(19):
        bad = w.copy()
        bad[k, 2, 1, 1] = np.nan
        result = fc.conv2d(x, bad, padding=1)
        assert np.all(np.isnan(result[:, k]))
        assert_matches(np.delete(result, k, 1), np.delete(clean, k, 1))


def test_zero_weights_do_not_hide_what_they_multiply(rng):
    x = rng.standard_normal((1, 1, 6, 6))
    x[0, 0, 2, 3] = np.inf
    assert np.isnan(fc.conv2d(x, np.zeros((1, 1, 3, 3)))).sum() == 9


def test_infinities_of_both_signs_make_nan_only_where_they_meet():
    x = np.zeros((1, 1, 12))
    x[0, 0, 2], x[0, 0, 8] = np.inf, -np.inf
    result = fc.conv1d(x, np.ones((1, 1, 5)))[0, 0]
    assert_array_equal(result, [np.inf] * 3 + [0] + [-np.inf] * 4)
    meeting = fc.conv1d(x, np.ones((1, 1, 7)))[0, 0]
    assert_array_equal(meeting, [np.inf] * 2 + [np.nan] + [-np.inf] * 3)


def test_nan_in_bias_and_add(rng):
    x, w = operands(rng, (1, 3, 6, 13), (9, 3, 3, 3), "f4")
    clean = fc.conv2d(x, w, padding=1)
    bias, add = np.zeros(9, "f4"), np.zeros_like(clean)
    bias[4], add[0, 2, 3, 5] = np.nan, np.nan
    result = fc.conv2d(x, w, bias, padding=1, add=add, activation="relu")
    expected = np.maximum(clean, 0)
    expected[0, 4], expected[0, 2, 3, 5] = np.nan, np.nan
    assert_array_equal(result, expected)


@pytest.mark.parametrize("activation", ["relu", "relu6", "silu", "sigmoid", "tanh"])
def test_activations_keep_nan_and_have_limits(activation):
    x = np.array([[[np.nan, np.inf, -np.inf, 800.0, -800.0, 0.0]]])
    one = np.ones((1, 1, 1))
    expected = {
        "relu": [np.nan, np.inf, 0, 800, 0, 0],
        "relu6": [np.nan, 6, 0, 6, 0, 0],
        "silu": [np.nan, np.inf, np.nan, 800, 0, 0],
        "sigmoid": [np.nan, 1, 0, 1, 0, 0.5],
        "tanh": [np.nan, 1, -1, 1, -1, 0],
    }[activation]
    for dtype in ("f4", "f8"):
        result = fc.conv1d(x.astype(dtype), one.astype(dtype), activation=activation)[0, 0]
        if activation == "silu":  # -inf * 0 is NaN by the formula, but 0 in the limit
            assert np.isnan(result[2]) or result[2] == 0
            result[2] = np.nan
        np.testing.assert_allclose(result, expected, atol=1e-30)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_gradients_contain(rng, dtype):
    x, w = operands(rng, (1, 3, 7, 15), (9, 3, 3, 3), dtype)
    g = rng.standard_normal((1, 9, 7, 15)).astype(dtype)
    for position in positions(g.shape):
        bad = g.copy()
        bad[position] = np.nan
        marked = (np.isnan(bad)).astype(float)
        held = oracle.grad.conv2d_input(x.shape, np.ones(w.shape), marked, padding=1) != 0
        result = fc.grad.conv2d_input(x.shape, w, bad, padding=1)
        assert_array_equal(np.isnan(result), held)
        kernel = fc.grad.conv2d_weight(x, w.shape, bad, padding=1)
        others = np.delete(kernel, position[1], 0)
        assert np.all(np.isfinite(others))
        assert np.isnan(kernel[position[1]]).any()


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("sizes", [((60,), (9,)), ((3000,), (900,)), ((40, 45), (21, 20))], ids=str)
def test_filters_contain(rng, mode, sizes):
    a, b = (rng.standard_normal(size) for size in sizes)
    clean = oracle.convolve(a, b, mode)
    for fraction in (0, 0.4, 0.99):
        position = tuple(int(fraction * n) for n in sizes[0])
        bad, marked = a.copy(), np.zeros(sizes[0])
        bad[position], marked[position] = np.nan, 1
        held = np.abs(oracle.convolve(marked, np.ones(sizes[1]), mode)) > 0.5
        with np.errstate(invalid="ignore"):
            result = fc.convolve(bad, b, mode)
        assert_array_equal(np.isnan(result), held)
        assert_matches(np.where(held, 0, result), np.where(held, 0, clean))


POOLS = [
    ("max_pool1d", (1, 2, 37), {"kernel_size": 3, "stride": 1, "padding": 1}),
    ("max_pool2d", (1, 1, 9, 35), {"kernel_size": 2}),
    ("max_pool2d", (1, 1, 9, 35), {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("max_pool2d", (1, 1, 13, 21), {"kernel_size": 9, "stride": 1, "padding": 4}),
    ("max_pool2d", (1, 1, 9, 20), {"kernel_size": 2, "stride": 1, "dilation": 3}),
    ("max_pool3d", (1, 1, 4, 6, 17), {"kernel_size": 2, "stride": 1}),
    ("avg_pool2d", (1, 1, 9, 35), {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("avg_pool2d", (1, 1, 13, 21), {"kernel_size": 9, "stride": 1}),
    ("lp_pool2d", (1, 1, 9, 19), {"norm_type": 2, "kernel_size": 3, "stride": 1}),
    ("weighted_pool2d", (1, 1, 9, 19), {"weights": np.ones((3, 3)), "padding": 1, "stride": 1}),
    ("adaptive_max_pool2d", (1, 1, 9, 19), {"output_size": (4, 7)}),
    ("adaptive_avg_pool2d", (1, 1, 9, 19), {"output_size": (4, 7)}),
]


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize(("op", "shape", "options"), POOLS)
def test_pools_contain_and_a_nan_wins_in_every_lane(rng, op, shape, options, dtype):
    options = {k: v.astype(dtype) if k == "weights" else v for k, v in options.items()}
    x = (0.5 + rng.random(shape)).astype(dtype)
    clean = attrgetter(op)(fc)(x, **options)
    average = op.replace("max", "avg").replace("lp", "avg")
    plain = {k: v for k, v in options.items() if k != "norm_type"}
    for position in positions(shape):
        bad, marked = x.copy(), np.zeros(shape)
        bad[position], marked[position] = np.nan, 1
        held = getattr(oracle, average)(marked, **plain) > 0
        result = attrgetter(op)(fc)(bad, **options)
        assert_array_equal(np.isnan(result), held)
        if "max" in op:
            assert_array_equal(result[~held], clean[~held])
            values, where = attrgetter(op)(fc)(bad, **options, return_indices=True)
            assert_array_equal(values, result)
            flat = np.ravel_multi_index(position[2:], shape[2:])
            image = (slice(None), position[1])
            assert np.all(where[image][held[image]] == flat)


def test_infinities_in_max_pools():
    x = np.array([[np.inf, 1, -np.inf, -np.inf, 5, np.nan, np.inf, -np.inf]])
    values, where = fc.max_pool1d(x, 2, return_indices=True)
    assert_array_equal(values, [[np.inf, -np.inf, np.nan, np.inf]])
    assert_array_equal(where, [[0, 2, 5, 6]])
