"""Compare the oracle with SciPy, with examples of the textbook and with definitions."""

import inspect
import re
from operator import attrgetter

import numpy as np
import oracle
import pytest
from cases import CASES, accepts, build
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage, signal

NOT_OPERATIONS = ("LEVELS", "assert_matches", "grad", "relative_error")
GRADIENTS = [n for n in vars(oracle.grad) if re.search(r"\dd_|maxout_", n)]
IMAGE = np.arange(9).reshape(1, 3, 3)
KERNEL = np.arange(4).reshape(1, 1, 2, 2)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def normal(rng, *shape, dtype="d"):
    x = rng.standard_normal(shape)
    return x + 1j * rng.standard_normal(shape) if dtype == "D" else x


def close(actual, expected):
    expected = np.asarray(expected)
    assert np.shape(actual) == expected.shape
    assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


# Worked examples of the textbook


def test_textbook_examples_1_to_5():
    assert_array_equal(oracle.conv2d(IMAGE, KERNEL)[0], [[19, 25], [37, 43]])
    full = [[0, 3, 8, 4], [9, 19, 25, 10], [21, 37, 43, 16], [6, 7, 8, 0]]
    assert_array_equal(oracle.conv2d(IMAGE, KERNEL, padding=1)[0], full)
    assert_array_equal(oracle.conv2d(IMAGE, KERNEL, padding="full")[0], full)
    strided = oracle.conv2d(IMAGE, KERNEL, padding=1, stride=(3, 2))
    assert_array_equal(strided[0], [[0, 8], [6, 8]])
    two = oracle.conv2d(
        np.concatenate([IMAGE, IMAGE + 1]), np.concatenate([KERNEL, KERNEL + 1], axis=1)
    )
    assert_array_equal(two[0], [[56, 72], [104, 120]])
    assert_array_equal(oracle.max_pool2d(IMAGE, 2, 1)[0], [[4, 5], [7, 8]])
    assert_array_equal(oracle.avg_pool2d(IMAGE, 2, 1)[0], [[2, 3], [5, 6]])


# SciPy


@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("method", ["direct", "fft"])
@pytest.mark.parametrize(
    "shapes",
    [((9,), (4,)), ((4,), (9,)), ((7, 8), (3, 4)), ((2, 3), (5, 4)), ((4, 5, 6), (2, 3, 3))],
)
@pytest.mark.parametrize("dtype", ["d", "D"])
def test_filters_against_scipy_signal(rng, name, mode, method, shapes, dtype):
    a, b = (normal(rng, *shape, dtype=dtype) for shape in shapes)
    expected = getattr(signal, name)(a, b, mode=mode, method=method)
    close(getattr(oracle, name)(a, b, mode), expected)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
@pytest.mark.parametrize("kernel", [(3, 3), (2, 5), (6, 4)])
def test_convolve_against_scipy_convolve2d(rng, mode, boundary, kernel):
    a, b = normal(rng, 7, 8), normal(rng, *kernel)
    expected = signal.convolve2d(a, b, mode, boundary, fillvalue=2.5)
    close(oracle.convolve(a, b, mode, boundary=boundary, fillvalue=2.5), expected)


@pytest.mark.parametrize("axes", [0, 1, (1,), (0, 2), (-1, 0)])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolve_axes_against_fftconvolve(rng, axes, mode):
    chosen = {a % 3 for a in ([axes] if isinstance(axes, int) else axes)}
    a = normal(rng, 5, 6, 7)
    b = normal(rng, *(3 if axis in chosen else 1 for axis in range(3)))
    close(oracle.convolve(a, b, mode, axes=axes), signal.fftconvolve(a, b, mode, axes=axes))


@pytest.mark.parametrize(
    ("boundary", "ndimage_mode"),
    [("fill", "constant"), ("wrap", "wrap"), ("symm", "reflect"), ("mirror", "mirror"),
     ("nearest", "nearest")],
)  # fmt: skip
@pytest.mark.parametrize("size", [(8, 9), (3, 2), (1, 4)])
def test_correlate_boundaries_against_ndimage(rng, boundary, ndimage_mode, size):
    a, b = normal(rng, *size), normal(rng, 3, 5)
    expected = ndimage.correlate(a, b, mode=ndimage_mode, cval=1.5)
    close(oracle.correlate(a, b, "same", boundary=boundary, fillvalue=1.5), expected)


def test_stride_and_dilation_of_filters(rng):
    a, b = normal(rng, 11, 12), normal(rng, 3, 2)
    spread = np.zeros((5, 4))
    spread[::2, ::3] = b
    expected = signal.convolve(a, spread, "same")[::3, ::2]
    close(oracle.convolve(a, b, "same", stride=(3, 2), dilation=(2, 3)), expected)


def test_integers_wrap_modulo_two_to_the_64(rng):
    info = np.iinfo(np.int64)
    x = rng.integers(info.min, info.max, (1, 2, 4), dtype=np.int64)
    w = rng.integers(info.min, info.max, (1, 2, 3), dtype=np.int64)
    exact = [
        sum(int(x[0, c, o + t]) * int(w[0, c, t]) for c in range(2) for t in range(3))
        for o in range(2)
    ]
    assert [int(v) % 2**64 for v in oracle.conv1d(x, w)[0, 0]] == [e % 2**64 for e in exact]
    mixed = oracle.conv1d(x.astype(np.uint64), w)
    assert mixed.dtype == np.uint64
    assert [int(v) for v in mixed[0, 0]] == [e % 2**64 for e in exact]


# Functions that other libraries lack, computed from functions that they have


def test_local_and_tiled_are_convolutions_where_kernels_are_equal(rng):
    x, w, b = normal(rng, 2, 3, 7, 8), normal(rng, 4, 3, 3, 2), normal(rng, 4)
    expected = oracle.conv2d(x, w, b, (2, 1), 1)
    outputs = expected.shape[2:]
    local = np.broadcast_to(w[..., None, None], (*w.shape, *outputs))
    close(oracle.local_conv2d(x, local, b, (2, 1), 1), expected)
    close(oracle.tiled_conv2d(x, w[..., None, None], b, (2, 1), 1), expected)
    own = normal(rng, *w.shape, *outputs)
    close(oracle.tiled_conv2d(x, own, b, (2, 1), 1), oracle.local_conv2d(x, own, b, (2, 1), 1))
    tiled = normal(rng, *w.shape, 2, 3)
    result = oracle.tiled_conv2d(x, tiled, b, (2, 1), 1)
    for j, k in np.ndindex(2, 3):
        one = oracle.conv2d(x, tiled[..., j, k], b, (2, 1), 1)
        close(result[..., j::2, k::3], one[..., j::2, k::3])


def test_local_and_tiled_gradients_by_finite_differences(rng):
    x, g = normal(rng, 2, 2, 5, 4), normal(rng, 2, 3, 3, 2)
    for op, tiles in (("local_conv2d", (3, 2)), ("tiled_conv2d", (2, 2))):
        w = normal(rng, 3, 2, 2, 3, *tiles)
        forward = getattr(oracle, op)
        for name, size in (("input", x.shape), ("weight", w.shape)):
            direction = normal(rng, *size)
            moved = (x + direction, w) if name == "input" else (x, w + direction)
            slope = np.vdot(g, forward(*moved, None, 2, 1) - forward(x, w, None, 2, 1))
            operands = (size, w, g) if name == "input" else (x, size, g)
            gradient = getattr(oracle.grad, f"{op}_{name}")(*operands, 2, 1)
            assert_allclose(np.vdot(gradient, direction), slope, rtol=1e-10)
    expected = [[g[:, k, j::2, :].sum() for j in range(2)] for k in range(3)]
    close(oracle.grad.tiled_conv2d_bias(g, (2, 1))[..., 0], expected)


def test_lp_pool_infinity_is_the_signed_maximum(rng):
    x, g = normal(rng, 1, 6, 6), normal(rng, 1, 3, 3)
    _, where = oracle.max_pool2d(np.abs(x), 2, return_indices=True)
    close(oracle.lp_pool2d(x, np.inf, 2), oracle.max_pool2d(np.abs(x), 2))
    expected = oracle.grad.max_pool2d_input(g, where, x.shape) * np.sign(x)
    close(oracle.grad.lp_pool2d_input(g, x, np.inf, 2), expected)


def test_weighted_pool_is_a_depthwise_convolution(rng):
    x, w = normal(rng, 2, 3, 8, 9), normal(rng, 3, 2)
    depthwise = np.broadcast_to(w, (3, 1, 3, 2))
    expected = oracle.conv2d(x, depthwise, None, (3, 2), 1, groups=3)
    close(oracle.weighted_pool2d(x, w, padding=1), expected)
    g = normal(rng, *expected.shape)
    gradient = oracle.grad.conv2d_input(x.shape, depthwise, g, (3, 2), 1, groups=3)
    close(oracle.grad.weighted_pool2d_input(g, x.shape, w, padding=1), gradient)


def test_maxout(rng):
    x, g = normal(rng, 2, 6, 5), normal(rng, 2, 3, 5)
    pairs = x.reshape(2, 3, 2, 5)
    close(oracle.maxout(x, 3), pairs.max(axis=2))
    gradient = (pairs == pairs.max(axis=2, keepdims=True)) * g[:, :, None]
    close(oracle.grad.maxout_input(g, x, 3), gradient.reshape(x.shape))
    close(oracle.maxout(x.swapaxes(1, 2), 3, axis=-1), pairs.max(axis=2).swapaxes(1, 2))


def test_same_padding_is_the_rule_of_onnx(rng):
    x, w = normal(rng, 1, 1, 5), normal(rng, 1, 1, 4)
    # ceil(5 / 2) = 3 outputs need (3 - 1) 2 + 4 - 5 = 3 zeros: the odd one after, or before
    upper, lower = (np.pad(x, ((0, 0), (0, 0), pair)) for pair in ((1, 2), (2, 1)))
    close(oracle.conv1d(x, w, stride=2, padding="same"), oracle.conv1d(upper, w, stride=2))
    close(oracle.conv1d(x, w, stride=2, padding="same_lower"), oracle.conv1d(lower, w, stride=2))


def test_windows_of_padding_only():
    x = np.ones((1, 1))
    options = {"stride": 1, "padding": [(2, 2)], "dilation": 2}
    y, where = oracle.max_pool1d(x, 2, return_indices=True, **options)
    assert_array_equal(y, [[1, -np.inf, 1]])
    assert_array_equal(where, [[0, -1, 0]])
    small = oracle.max_pool1d(x.astype(np.int8), 2, **options)
    assert_array_equal(small, [[1, -128, 1]])
    average = oracle.avg_pool1d(x, 2, count_include_pad=False, **options)
    assert_array_equal(average, [[1, np.nan, 1]])
    assert_array_equal(oracle.avg_pool1d(x, 2, **options), [[0.5, 0, 0.5]])


def test_nan_wins_and_the_first_maximum_wins():
    x = np.array([[3.0, 5, 5, np.nan, 9, 1]])
    y, where = oracle.max_pool1d(x, 3, return_indices=True)
    assert_array_equal(y, [[5, np.nan]])
    assert_array_equal(where, [[1, 3]])


# The table of problems


def test_the_table_names_every_operation_of_the_oracle():
    families = [name for name in oracle.__all__ if name not in NOT_OPERATIONS]
    families += [f"grad.{name}" for name in GRADIENTS]
    assert sorted({case.op for case in CASES}) == sorted(families)


def test_building_a_case_is_repeatable_and_gives_what_was_asked():
    for case in CASES:
        for dtype in ("D",) if accepts(case, "D") else ("f4",):
            first, second = (build(case, dtype, np.random.default_rng(5)) for _ in range(2))
            for a, b in zip(first[0], second[0], strict=True):
                assert_array_equal(a, b)
            arrays = {name: v for name, v in first[1].items() if isinstance(v, np.ndarray)}
            made = [a for a in (*first[0], *arrays.values()) if isinstance(a, np.ndarray)]
            assert sorted(a.shape for a in made) == sorted(case.arrays.values()), case
            assert {a.dtype for a in made} <= {np.dtype(dtype), np.dtype("i8")}, case


@pytest.mark.parametrize("op", sorted({case.op for case in CASES}))
def test_signatures_are_those_of_the_public_functions(op):
    common = {"algorithm", "accuracy", "out", "workspace_limit", "num_threads", "method"}
    # tests/oracle/missing.py and rounded.py have signatures of their own
    common |= {"mask", "nan_policy", "normalize", "output_dtype", "rounding", "saturate"}
    import fastconv

    public, own = (
        [
            (p.name, p.default, p.kind)
            for p in inspect.signature(attrgetter(op)(package)).parameters.values()
            if p.name not in common
        ]
        for package in (fastconv, oracle)
    )
    assert public == own
