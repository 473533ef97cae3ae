"""Test that a NaN or an infinity reaches only outputs whose window holds it, with "auto"."""

from operator import attrgetter

import numpy as np
import oracle
import pytest
import scipy.ndimage
from cases import ACTIVATIONS
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from oracle import assert_matches

import fastconv as fc
from fastconv.calls import Executor
from fastconv.loops import contained as loops
from fastconv.planner.choose import choose
from fastconv.problem import OPS
from fastconv.problem.geometry import BOUNDARIES, Axis

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


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_keep_nan_and_have_limits(activation):
    x = np.array([[[np.nan, np.inf, -np.inf, 800.0, -800.0, 0.0]]])
    one = np.ones((1, 1, 1))
    expected = {
        "relu": [np.nan, np.inf, 0, 800, 0, 0],
        "relu6": [np.nan, 6, 0, 6, 0, 0],
        "silu": [np.nan, np.inf, np.nan, 800, 0, 0],
        "sigmoid": [np.nan, 1, 0, 1, 0, 0.5],
        "tanh": [np.nan, 1, -1, 1, -1, 0],
        "hardswish": [np.nan, np.inf, 0, 800, 0, 0],
        "hardsigmoid": [np.nan, 1, 0, 1, 0, 0.5],
        "leaky_relu": [np.nan, np.inf, -np.inf, 800, -8, 0],
    }[activation]
    for dtype in ("f4", "f8"):
        result = fc.conv1d(x.astype(dtype), one.astype(dtype), activation=activation)[0, 0]
        if activation == "silu":  # -inf * 0 is NaN by the formula, but 0 in the limit
            assert np.isnan(result[2]) or abs(result[2]) < 1e-30
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


# ------------------------------------- repeated with 0 in place of what is not finite: contained.py


class Spoiled(Exception):
    """Another algorithm had to repeat a call."""


def repeated(name, arrays, options, algorithm, allows_another=False):
    """Return a result of an algorithm that spreads a NaN, as `auto` returns it."""
    op = OPS[name]
    options = {**op.options, **options}
    request = op.request(arrays, options)
    candidate = choose(request.problem, algorithm)
    executor = Executor(op, tuple(options.values()), request, candidate)
    if not allows_another:
        executor.contained = lambda: (_ for _ in ()).throw(Spoiled)
        executor._spared_seconds = lambda: 1e9
    results = [executor(arrays, None, None, threads) for threads in (1, 2)]
    assert_array_equal(*results)
    return results[0]


def scatter(rng, x, numbers, values=(np.nan, np.inf, -np.inf)):
    """Return a copy of an array with some numbers that are not finite."""
    x = x.copy()
    places = rng.choice(x.size, min(numbers, x.size), replace=False)
    x.reshape(-1)[places] = rng.choice(values, places.size)
    return x


def same_kinds(result, expected):
    """Compare with a direct sum: NaN and infinities bit for bit, other numbers closely."""
    assert_array_equal(np.isnan(result), np.isnan(expected))
    for infinity in (np.inf, -np.inf):
        assert_array_equal(result == infinity, expected == infinity)
    finite = np.isfinite(expected)
    single = expected.dtype in (np.float32, np.complex64)
    scale = np.abs(expected[finite]).max(initial=1.0)
    tolerance = (2e-5 if single else 1e-12) * max(scale, 10)
    np.testing.assert_allclose(result[finite], expected[finite], rtol=0, atol=tolerance)


REPEATED = [
    ("conv1d", (3, 2, 200), (3, 2, 40), {"padding": 20}, "fft_tiled"),
    ("conv1d", (2, 1, 200), (1, 1, 40), {"stride": 3, "dilation": 2, "padding": 7}, "fft"),
    ("conv2d", (2, 4, 25, 26), (6, 2, 7, 8), {"padding": 3, "groups": 2}, "fft_tiled"),
    ("conv2d", (1, 3, 25, 26), (4, 3, 7, 8), {"padding": 9, "padding_mode": "circular"}, "fft"),
    ("conv2d", (1, 2, 25, 26), (4, 2, 6, 5), {"stride": (2, 3), "dilation": (3, 2)}, "fft_tiled"),
    ("conv2d", (1, 4, 19, 22), (5, 4, 3, 3), {"padding": 1}, "winograd_f4"),
    ("conv3d", (1, 2, 9, 10, 11), (3, 2, 3, 4, 5), {"padding": 1}, "fft_tiled"),
    ("conv_transpose1d", (2, 2, 90), (2, 3, 20), {"stride": 3, "padding": 2}, "fft"),
    ("conv_transpose2d", (1, 4, 15, 16), (4, 2, 9, 8), {"groups": 2, "dilation": 2}, "fft_tiled"),
    ("conv_transpose2d", (1, 4, 15, 16), (4, 3, 6, 6), {"stride": 2, "padding": 2}, "fft_tiled"),
    ("tiled_conv2d", (1, 2, 20, 21), (3, 2, 5, 5, 2, 1), {"padding": 2}, "fft_tiled"),
]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(("op", "shape", "weight", "options", "algorithm"), REPEATED)
def test_repeated_layers(rng, op, shape, weight, options, algorithm, dtype):
    x, w = operands(rng, shape, weight, dtype)
    features = getattr(oracle, op)(x, w, **options).shape[1]
    b = rng.standard_normal(features).astype(dtype)
    for numbers in (1, 3, 40):
        for values in ((np.nan,), (np.inf,), (np.nan, np.inf, -np.inf)):
            for zeros in (False, True):
                bad = scatter(rng, x, numbers, values)
                k = np.where(rng.random(w.shape) < 0.3, 0, w).astype(dtype) if zeros else w
                for bias, activation in ((None, None), (b, "relu")):
                    given = {**options, "activation": activation}
                    with np.errstate(invalid="ignore"):
                        expected = getattr(fc, op)(bad, k, bias, **given, algorithm="naive")
                    # infinities under kernels of several tiles are another algorithm's
                    others = algorithm == "winograd_f4" or op == "tiled_conv2d"
                    arrays = (bad, k, bias, None)[: len(OPS[op].arrays)]
                    same_kinds(repeated(op, arrays, given, algorithm, others), expected)


@pytest.mark.parametrize("op", ["conv2d", "conv_transpose2d"])
@pytest.mark.parametrize("options", [{"padding": 2}, {"padding": 3, "stride": 2, "groups": 2}])
def test_repeated_gradients(rng, op, options):
    x, w = operands(rng, (2, 4, 20, 21), (4, 4 // options.get("groups", 1), 6, 6), "f8")
    g = rng.standard_normal(getattr(oracle, op)(x, w, **options).shape)
    for numbers in (1, 30):
        bad = scatter(rng, g, numbers)
        gradient = getattr(fc.grad, f"{op}_input")
        with np.errstate(invalid="ignore"):
            expected = gradient(x.shape, w, bad, **options, algorithm="naive")
        given = {**options, "input_size": x.shape}
        for algorithm in ("fft", "fft_tiled"):
            same_kinds(repeated(f"{op}_input", (w, bad), given, algorithm), expected)


@st.composite
def spoiled_filters(draw):
    """Draw an image that is not finite, a kernel, and options of `fc.convolve`."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    dims = draw(st.integers(1, 3))
    shape = [draw(st.integers(2, 60 // dims**2)) for _ in range(dims)]
    taps = [draw(st.integers(2, 20 // dims)) for _ in range(dims)]
    x, w = rng.standard_normal(shape), rng.standard_normal(taps)
    kernel = draw(st.sampled_from(["any", "zeros", "positive"]))
    if kernel == "zeros":
        w[rng.random(taps) < 0.4] = 0
    elif kernel == "positive":
        w = np.abs(w)
    values = draw(st.sampled_from([(np.nan,), (np.inf,), (-np.inf,), (np.nan, np.inf, -np.inf)]))
    x = scatter(rng, x, draw(st.sampled_from([1, 2, 5, 200])), values)
    options = {
        "mode": draw(st.sampled_from(["full", "same"])),
        "boundary": draw(st.sampled_from(["fill", "wrap", "symm", "nearest"])),
        "stride": tuple(draw(st.integers(1, 3)) for _ in range(dims)),
        "dilation": tuple(draw(st.integers(1, 3)) for _ in range(dims)),
    }
    return x.astype(draw(st.sampled_from(["f4", "f8"]))), w, options


@given(spoiled_filters(), st.sampled_from(["fft", "fft_tiled"]))
@settings(deadline=None)
def test_repeated_filters(drawn, algorithm):
    x, w, options = drawn
    w = w.astype(x.dtype)
    if OPS["convolve"].request((x, w), {**OPS["convolve"].options, **options}).problem.swapped:
        return  # the image is finite; the next test has kernels that are not
    with np.errstate(invalid="ignore"):
        expected = fc.convolve(x, w, **options, algorithm="naive")
    try:
        result = repeated("convolve", (x, w), options, algorithm)
    except fc.UnsupportedAlgorithm:
        return
    same_kinds(result, expected)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
@pytest.mark.parametrize("algorithm", ["fft", "fft_tiled"])
def test_repeated_with_a_nan_in_the_weight(rng, dtype, algorithm):
    """Test that it is a NaN in all outputs of its channel, as windows hold all weights."""
    x, w = operands(rng, (2, 4, 30, 31), (6, 2, 9, 8), dtype)
    clean = fc.conv2d(x, w, groups=2, algorithm=algorithm)
    w[1, 0, 8, 7] = w[4, 1, 0, 0] = np.nan
    for image in (x, scatter(rng, x, 3, (np.nan,))):
        held = np.isnan(image).any((2, 3))
        result = repeated("conv2d", (image, w, None, None), {"groups": 2}, algorithm)
        assert np.isnan(result[:, [1, 4]]).all()
        for n, k in np.argwhere(~np.isnan(result).all((2, 3))):
            if not held[n, k // 3 * 2 : k // 3 * 2 + 2].any():
                assert_array_equal(result[n, k], clean[n, k])
    a, b = rng.standard_normal(400), rng.standard_normal(300)
    b[100] = np.nan
    assert np.isnan(repeated("convolve", (a, b), {}, algorithm)).all()
    assert np.isnan(repeated("convolve", (b, a), {}, algorithm)).all()


@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_repeated_complex_filters(rng, dtype):
    x, w = (
        (rng.standard_normal(n) + 1j * rng.standard_normal(n)).astype(dtype)
        for n in ((40, 41), (9, 10))
    )
    x.real[20, 20], x.imag[5, 39] = np.nan, np.nan
    expected = fc.convolve(x, w, algorithm="naive")
    result = repeated("convolve", (x, w), {}, "fft_tiled")
    same_kinds(result, expected)
    assert_array_equal(np.isnan(result.imag), np.isnan(expected.imag))
    x.imag[0, 0] = np.inf
    with np.errstate(invalid="ignore"):
        expected = fc.convolve(x, w, algorithm="naive")
    assert_array_equal(repeated("convolve", (x, w), {}, "fft_tiled", True), expected)


def test_what_another_algorithm_repeats(rng):
    """Test a weight that is not finite, sums that overflow, and a fill value that is not finite."""
    x, w = rng.standard_normal(300), rng.standard_normal(40)
    w[3] = np.inf
    with pytest.raises(Spoiled):
        repeated("convolve", (x, w), {}, "fft")
    w[3] = 1
    large = np.where(np.arange(300) == 99, 1e308, x)
    for image, options in ((large * 1.5, {}), (x, {"fillvalue": np.inf})):
        with np.errstate(all="ignore"):
            with pytest.raises(Spoiled):
                repeated("convolve", (image, 9 * w), options, "fft")
            expected = fc.convolve(image, 9 * w, **options, algorithm="naive")
            same_kinds(repeated("convolve", (image, 9 * w), options, "fft", True), expected)


@pytest.mark.parametrize("values", [(np.nan,), (np.inf,), (np.nan, np.inf, -np.inf)])
@pytest.mark.parametrize("name", ["correlate", "convolve"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("taps", [(3, 3), (4, 5), (21, 21)])
def test_weights_that_scipy_skips(rng, name, dtype, taps, values):
    """Test that a NaN under a weight of 0 stays out of SciPy's image filters, and so of ours."""
    x = scatter(rng, rng.standard_normal((60, 61)).astype(dtype), 9, values)
    radius = np.hypot(*np.ogrid[-1 : 1 : taps[0] * 1j, -1 : 1 : taps[1] * 1j])
    w = rng.standard_normal(taps) * (radius <= 1)
    for mode in ("reflect", "constant", "wrap"):
        with np.errstate(invalid="ignore"):
            expected = getattr(scipy.ndimage, name)(x, w, mode=mode)
            with fc.record() as calls:
                results = [getattr(fc.ndimage, name)(x, w, mode=mode) for _ in range(3)]
        assert {algorithm for _, algorithm in calls}.isdisjoint({"scipy"})
        for result in results:
            same_kinds(result, expected)


def test_gaussian_filters_with_many_taps(rng):
    x = rng.standard_normal((3, 5000))
    x[1, 2000], x[0, 4500] = np.nan, np.nan
    result = fc.ndimage.gaussian_filter1d(x, 200, truncate=4)
    expected = scipy.ndimage.gaussian_filter1d(x, 200, truncate=4)
    same_kinds(result, expected)
    with fc.record() as calls:
        fc.ndimage.gaussian_filter1d(x, 200, truncate=4)
    assert calls[0][1] in ("fft", "fft_tiled", "separable")
    for _ in range(2):  # the second call does not run in vain
        result = repeated(
            "ndimage.gaussian_filter1d", (x,), {"sigma": 200, "truncate": 4.0}, "fft_tiled"
        )
        same_kinds(result, expected)


def test_a_limit_on_workspace_holds_for_calls_with_a_nan(rng):
    x, w = operands(rng, (1, 1, 150, 160), (1, 1, 41, 43), "f4")
    free = fc.plan("conv2d", input=x.shape, weight=w.shape, padding="same", dtype="f4")
    assert free.algorithm in ("fft", "fft_tiled")
    bad = scatter(rng, x, 2)
    with np.errstate(invalid="ignore"):
        expected = fc.conv2d(bad, w, padding="same", algorithm="naive")
        for limit in (free.workspace_bytes, 2 * free.workspace_bytes + 10**7):
            same_kinds(fc.conv2d(bad, w, padding="same", workspace_limit=limit), expected)


def test_calls_after_a_nan(rng):
    """Test that finite calls and others alternate, as an executor remembers the last one."""
    x, w = operands(rng, (1, 1, 150, 160), (1, 1, 41, 43), "f4")
    plan = fc.plan("conv2d", input=x.shape, weight=w, padding="same", dtype="f4")
    assert plan.algorithm in ("fft", "fft_tiled")
    bad = scatter(rng, x, 2)
    with np.errstate(invalid="ignore"):
        expected = fc.conv2d(bad, w, padding="same", algorithm="naive")
    clean = plan(x)
    for _ in range(2):
        same_kinds(plan(bad), expected)
        same_kinds(plan(bad), expected)
        assert_array_equal(plan(x), clean)
        assert_array_equal(plan(x), clean)
    with np.errstate(all="ignore"):
        huge = x * np.float32(1e38)
        same_kinds(plan(huge), fc.conv2d(huge, w, padding="same", algorithm="naive"))


@given(st.integers(0, 10**6))
@settings(deadline=None)
def test_dilated_masks(seed):
    rng = np.random.default_rng(seed)
    n, features, taps, stride, dilation = (int(rng.integers(1, m)) for m in (40, 30, 20, 5, 5))
    before = int(rng.integers(-10, 30))
    boundary = BOUNDARIES[rng.integers(len(BOUNDARIES))]
    a = Axis(n, features, taps, stride, dilation, before, boundary)
    numbers = (a.image, a.feature, a.taps, a.stride, a.dilation, a.before)
    table = a.table()
    for inner in (1, 3, 200):
        mask = (rng.random((2, n, inner)) < 0.1).astype(np.uint8)
        held = np.where(table[None, :, :, None] >= 0, mask[:, np.maximum(table, 0)], 0)
        found = loops.dilated(mask, 1, numbers, a.line(), False, 2)
        assert_array_equal(found, held.any(2))
        mask = (rng.random((2, features, inner)) < 0.1).astype(np.uint8)
        expected = np.zeros((2, n, inner), np.uint8)
        for o, t in np.argwhere(table >= 0):
            expected[:, table[o, t]] |= mask[:, o]
        assert_array_equal(loops.dilated(mask, 1, numbers, a.line(), True, 2), expected)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
def test_cleaned_images_and_marks(rng, dtype):
    for pixels in (1, 15, 16, 17, 300, 20_000):
        x = rng.standard_normal((2, 3, pixels)).astype(dtype)
        x.view(x.real.dtype).reshape(-1)[rng.integers(0, x.size, pixels // 20)] = np.nan
        x.real[1, 2, pixels // 2] = np.inf
        cleaned, mask = np.empty_like(x), np.full((2, pixels), 7, np.uint8)
        finite = np.isfinite(x)
        nan, infinite = loops.clean(x, cleaned, mask, 2)
        assert nan == np.isnan(x).any() and infinite == (~finite & ~np.isnan(x)).any()
        assert_array_equal(cleaned, np.where(finite, x, 0))
        assert_array_equal(mask, ~finite.all(1))
        loops.mark(cleaned, mask, 2)
        assert_array_equal(np.isnan(cleaned), np.broadcast_to(mask[:, None], x.shape))


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
