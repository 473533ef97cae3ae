"""Test that integers are exact, whatever algorithm for real numbers computes them.

The expected results are sums of Python's integers or of int64 modulo 2**64, which do not round.
"""

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import fastconv as fc
from fastconv import config
from fastconv.algorithms.exact_bounds import WHOLE, Limits
from fastconv.algorithms.exact_operands import Operand
from fastconv.algorithms.registry import lookup
from fastconv.loops import exact
from fastconv.planner.measure import sample_arrays
from fastconv.problem import parse

NAMES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
SUMS = ("direct", "im2col", "implicit_gemm")
TRANSFORMS = ("fft", "fft_tiled")


def values(rng, dtype, shape, largest=None):
    """Return integers up to a largest absolute value, or all from the ends of the dtype's range."""
    info = np.iinfo(dtype)
    if largest is None:
        return rng.choice(np.array([info.min, info.min + 1, info.max - 1, info.max], dtype), shape)
    low, high = max(info.min, -largest), min(info.max, largest)
    return rng.integers(low, high, shape, dtype=dtype, endpoint=True)


@st.composite
def filters(draw):
    """Draw two arrays of up to three axes, and options of `fc.convolve`."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    dims = draw(st.integers(1, 3))
    arrays = []
    for most in (60, 25):
        shape = [draw(st.integers(1, {1: most, 2: most // 2, 3: most // 5}[dims]))
                 for _ in range(dims)]  # fmt: skip
        bits = draw(st.sampled_from([None, 1, 7, 8, 15, 16, 24, 31, 32, 51, 53, 62]))
        dtype = draw(st.sampled_from(NAMES))
        arrays.append(values(rng, dtype, shape, None if bits is None else 2**bits))
    boundary = draw(st.sampled_from(["fill", "fill", "wrap", "symm", "nearest"]))
    if arrays[1].ndim == 1 and draw(st.booleans()):
        boundary = "mirror"
    stride = tuple(draw(st.integers(1, 3)) for _ in range(dims))
    mode = draw(st.sampled_from(["full", "same"]))
    return arrays, {"mode": mode, "boundary": boundary, "stride": stride}


def exact_dtype(*arrays):
    """Return the dtype of a filter's result if it is of integers, else None."""
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind in "iu" else None


@given(filters(), st.sampled_from([*SUMS, *TRANSFORMS, "auto"]), st.sampled_from(["one", "two"]))
@settings(deadline=None)
def test_filters(drawn, algorithm, threads):
    (x, w), options = drawn
    if exact_dtype(x, w) is None:
        return
    expected = fc.convolve(x, w, **options, algorithm="naive")
    try:
        result = fc.convolve(
            x, w, **options, algorithm=algorithm, num_threads=1 + (threads == "two")
        )
    except fc.UnsupportedAlgorithm:
        return
    assert result.dtype == expected.dtype == exact_dtype(x, w)
    assert_array_equal(result, expected)


@pytest.mark.parametrize("algorithm", [*SUMS, *TRANSFORMS])
@pytest.mark.parametrize("dtype", NAMES)
def test_against_the_definition(dtype, algorithm):
    """Test the ends of every range, in Python's integers."""
    rng = np.random.default_rng(3)
    x, w = values(rng, dtype, 90), values(rng, dtype, 17)
    sums = np.convolve(x.astype(object), w.astype(object))
    modulus = 2 ** (8 * x.itemsize)
    low = int(np.iinfo(dtype).min)
    expected = np.array([(int(s) - low) % modulus + low for s in sums], dtype)
    assert_array_equal(fc.convolve(x, w, algorithm=algorithm), expected)


LAYERS = [
    ("conv1d", (2, 3, 40), (4, 3, 5), {"padding": 2, "stride": 2}),
    ("conv2d", (2, 4, 9, 11), (6, 2, 3, 3), {"padding": 1, "groups": 2}),
    ("conv2d", (1, 3, 12, 13), (5, 3, 4, 3), {"padding_mode": "circular", "padding": 2}),
    ("conv2d", (1, 2, 40, 41), (2, 2, 17, 15), {"padding": "same"}),
    ("conv3d", (1, 2, 5, 6, 7), (3, 2, 3, 2, 3), {"dilation": (1, 2, 1)}),
    ("conv_transpose1d", (2, 3, 20), (3, 2, 6), {"stride": 3, "padding": 1}),
    ("conv_transpose2d", (1, 4, 7, 8), (4, 3, 3, 3), {"stride": 2, "output_padding": 1}),
    ("local_conv2d", (1, 2, 6, 7), (3, 2, 3, 3, 4, 5), {}),
    ("tiled_conv2d", (1, 2, 8, 9), (3, 2, 3, 3, 2, 3), {}),
]
ALGORITHMS = (*SUMS, *TRANSFORMS, "winograd_f2", "auto")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("op", "shape", "weight", "options"), LAYERS)
def test_layers_with_epilogues(op, shape, weight, options, algorithm):
    rng = np.random.default_rng(5)
    for bits in (3, 12, 30, None):
        x = values(rng, "int64", shape, None if bits is None else 2**bits)
        w = values(rng, "int64", weight, None if bits is None else 2**bits)
        plain = getattr(oracle, op)(x, w, **options)
        features = plain.shape[1]
        bias = values(rng, "int64", features, 2**62)
        for activation in (None, "relu", "relu6"):
            expected = getattr(oracle, op)(x, w, bias, **options, activation=activation)
            try:
                result = getattr(fc, op)(
                    x, w, bias, **options, activation=activation, algorithm=algorithm
                )
            except fc.UnsupportedAlgorithm:
                return
            assert_array_equal(result, expected)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("op", "shape", "weight", "options"), LAYERS[:-2])
def test_gradients(op, shape, weight, options, algorithm):
    rng = np.random.default_rng(6)
    for bits in (7, 25, None):
        largest = None if bits is None else 2**bits
        x, w = values(rng, "int64", shape, largest), values(rng, "int64", weight, largest)
        g = values(rng, "int64", getattr(oracle, op)(x, w, **options).shape, largest)
        for kind, arguments in (("input", (shape, w, g)), ("weight", (x, weight, g))):
            name = f"{op}_{kind}"
            try:
                result = getattr(fc.grad, name)(*arguments, **options, algorithm=algorithm)
            except fc.UnsupportedAlgorithm:
                continue
            assert_array_equal(result, getattr(oracle.grad, name)(*arguments, **options), name)


@pytest.mark.parametrize("algorithm", [*SUMS, *TRANSFORMS])
def test_sizes_around_the_bounds(algorithm):
    """Test sums just below and just above what float32 and float64 hold."""
    for bits in range(6, 33):
        for delta in (-1, 0, 1):
            x = np.full((1, 1, 70), 2**bits + delta)
            w = np.full((1, 1, 31), -(2**bits) + delta)
            expected = oracle.conv1d(x, w)
            assert_array_equal(fc.conv1d(x, w, algorithm=algorithm), expected)


@pytest.mark.parametrize("algorithm", [*SUMS, *TRANSFORMS])
@pytest.mark.parametrize("dtype", ["int16", "uint64"])
def test_fill_values_count(dtype, algorithm):
    x, w = np.arange(40).astype(dtype), np.arange(7).astype(dtype)
    for fill in (3, int(np.iinfo(dtype).max), int(np.iinfo(dtype).min)):
        options = {"boundary": "fill", "fillvalue": fill}
        expected = fc.convolve(x, w, **options, algorithm="naive")
        assert_array_equal(fc.convolve(x, w, **options, algorithm=algorithm), expected)


def test_views_and_byte_orders():
    rng = np.random.default_rng(8)
    x, w = rng.integers(-99, 99, (64, 65)).astype(">i4"), rng.integers(-9, 9, (9, 9)).astype("i2")
    expected = fc.convolve(np.ascontiguousarray(x[::-2, 1::3]).astype("i8"), w.astype("i8"))
    result = fc.convolve(x[::-2, 1::3], w)
    assert result.dtype == np.int32
    assert_array_equal(result, expected)
    x.flags.writeable = False
    out = np.empty((72, 73), np.int32)
    assert fc.convolve(x, w, out=out) is out
    assert_array_equal(out, fc.convolve(x, w, algorithm="naive"))


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64"])
def test_plans_keep_the_weight(dtype):
    rng = np.random.default_rng(9)
    w = values(rng, dtype, (8, 4, 3, 3))
    for algorithm in ("implicit_gemm", "winograd_f2", "fft", "fft_tiled"):
        plan = fc.plan(
            "conv2d", input=(1, 4, 20, 21), weight=w, dtype=dtype, padding=1, algorithm=algorithm
        )
        assert plan.prepared_bytes >= w.nbytes and plan.error_bound == 0
        for largest in (3, None):
            x = values(rng, dtype, (1, 4, 20, 21), largest)
            assert_array_equal(plan(x), oracle.conv2d(x, w, padding=1))


def test_what_is_chosen_and_recorded():
    x = np.random.default_rng(0).integers(0, 100, 20_000).astype(np.int32)
    with fc.record() as calls:
        result = fc.correlate(x, x)
    assert calls[0][1] in TRANSFORMS
    assert_array_equal(result, np.correlate(x, x, "full"))
    plan = fc.plan("correlate", in1=x, in2=x)
    assert plan.algorithm == calls[0][1] and plan.key == calls[0][0]


def test_large_values_under_small_kernels():
    """Test that sums of int64 take over where products of digits would take longer."""
    rng = np.random.default_rng(0)
    x, w = values(rng, "int64", (160, 161), 2**62), values(rng, "int64", (3, 3), 2**62)
    expected = fc.convolve(x, w, algorithm="naive")
    for _ in range(2):
        assert_array_equal(fc.convolve(x, w), expected)
    plan = fc.plan("convolve", in1=x.shape, in2=w, dtype=np.int64)
    assert plan.algorithm != "naive"
    with fc.record() as calls:
        assert_array_equal(plan(x), expected)
    assert [name for _, name in calls] == [plan.algorithm]
    assert_array_equal(plan(x % 100, w % 100), fc.convolve(x % 100, w % 100))
    assert_array_equal(fc.convolve(x, w, algorithm="direct"), expected)
    out = np.empty_like(expected)
    assert fc.convolve(x, w, out=out) is out
    assert_array_equal(out, expected)


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize(
    "key",
    [
        "convolve_i64_i3000_w1000_full",
        "convolve_i64_i70x71_w30x31_full",
        "convolve_i64_i70x71_w30x31_same_mode-circular",
        "convolve_i64_i14x15x16_w7x7x7_full",
        "conv2d_fwd_i64_n2_g1_c16_k3_i25x26_w7x7_s1x1_p3.3x3.3_d1x1",
        "conv2d_input_i64_n2_g1_c16_k3_i25x26_w7x7_s1x1_p3.3x3.3_d1x1",
        "conv2d_weight_i64_n2_g1_c3_k4_i25x26_w7x7_s1x1_p3.3x3.3_d1x1",
    ],
)
def test_errors_of_transforms_are_far_below_the_bound(name, key):
    """Test the bound from which exactness follows, with values that nothing rounds by chance."""
    problem = parse(key)
    real = problem.in_f64
    base = lookup(name, real)
    if base is None or base.supports(real) is not None:
        pytest.skip("not for this problem")
    (first, second, *rest), out = sample_arrays(real, seed=1)
    rng = np.random.default_rng(0)
    first, second = (rng.integers(-(2**20), 2**20, a.shape).astype(float) for a in (first, second))
    base.bind(real)((first, second, *rest), None, out, 1)
    expected = np.empty(out.shape, np.int64)
    lookup("naive", problem).bind(problem)(
        (first.astype(np.int64), second.astype(np.int64), *rest), None, expected, 1
    )
    image, weight = (second, first) if problem.kind == "input" else (first, second)
    error = np.abs(out - expected).max()
    bound = Limits(name, problem, 1).error * np.linalg.norm(image) * np.linalg.norm(weight)
    assert error < bound / 4, (error, bound)


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("dtype", NAMES)
def test_conversions(isa, dtype):
    conversions = exact.Conversions(isa)
    rng = np.random.default_rng(4)
    for count in (1, 7, 63, 64, 65, 5000, 40_000):
        x = values(rng, dtype, count)
        as_signed = x.astype(np.int64)  # uint64 modulo 2**64
        assert conversions.largest(x) == max(abs(int(v)) for v in as_signed)
        assert np.isclose(conversions.squares(x), (as_signed.astype(float) ** 2).sum())
        for real in ("f4", "f8"):
            into = np.empty(count, real)
            conversions.write(x, into, 2)
            assert_array_equal(into, as_signed.astype(real))
        for limit, real in ((2**24, "f4"), (2**51, "f8")):
            y = rng.integers(-limit, limit, count, endpoint=True)
            y[0] = limit
            back = np.zeros(count, dtype)
            conversions.read(y.astype(real), back, 2)
            assert_array_equal(back, y.astype(dtype))
            conversions.read(y.astype(real), back, 2, 3, True)
            assert_array_equal(back, (y * 9).astype(dtype))
    half = np.array([0.49, 1.51, -0.49, -7.51])
    rounded = np.empty(4, np.int64)
    conversions.read(half, rounded, 1)
    assert_array_equal(rounded, [0, 2, 0, -8])


@pytest.mark.parametrize("dtype", ["int64", "uint64", "int32", "uint8"])
def test_digits_add_up(dtype):
    conversions = exact.Conversions(config.current_isa())
    rng = np.random.default_rng(2)
    x = np.concatenate([values(rng, dtype, 50), values(rng, dtype, 500, 2**62)])
    problem = parse("convolve_i64_i550_w200_full")
    for most in (1, 2**20, 2**40, 2**62):
        operand = Operand(conversions, x, fill=-5)
        digits, _ = Limits("fft", problem, 1)._split(operand.largest, most, 256)
        total, fill = np.zeros(x.size, np.uint64), 0
        into = np.empty(x.size)
        for i in range(digits.count):
            fill += operand.write_digit(digits, i, into, 1) << (i * digits.width)
            assert digits == WHOLE or np.abs(into).max() <= max(digits.largest, 1)
            total += into.astype(np.int64).astype(np.uint64) << np.uint64(i * digits.width)
        assert_array_equal(total, x.astype(np.int64).astype(np.uint64))
        assert fill % 2**64 == -5 % 2**64
