"""Test fastconv.convolve and correlate of arrays with missing elements."""

import pickle

import numpy as np
import pytest
from faces import random_array
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle.missing import masked_convolve, masked_correlate

import fastconv as fc
from fastconv import config
from fastconv.algorithms.names import FILTERS
from fastconv.problem import parse

NAMES = ("convolve", "correlate")
ORACLES = {"convolve": masked_convolve, "correlate": masked_correlate}
BOUNDARIES = ("fill", "wrap", "symm", "mirror", "nearest")
LEVEL = {"e": 2e-3, "f": 2e-5, "F": 2e-5}


@pytest.fixture
def rng():
    return np.random.default_rng(19)


def assert_close(result, expected, dtype="d"):
    """Compare results that are NaN at the same positions."""
    assert result.shape == expected.shape
    assert np.array_equal(np.isnan(result), np.isnan(expected))
    real = ~np.isnan(expected)
    largest = np.abs(expected[real]).max(initial=0)
    level = LEVEL.get(dtype, 1e-12)
    np.testing.assert_allclose(result[real], expected[real], rtol=level, atol=level * largest)


def with_nan(rng, array, share=0.2):
    array = array.copy()
    array[rng.random(array.shape) < share] = np.nan
    return array


def kernel_of(rng, shape, dtype="d"):
    """Return positive weights, with which no window's weights cancel each other."""
    return (1 + 8 * rng.random(shape)).astype(dtype)


@st.composite
def calls(draw):
    """Draw arguments of a call: (in1, in2, keywords)."""
    ndim = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    axes = draw(st.sets(st.integers(0, ndim - 1), min_size=1))
    mode = draw(st.sampled_from(["full", "same", "valid"]))
    dilation = tuple(draw(st.integers(1, 3)) for _ in axes)
    shape, weights = [], []
    steps = dict(zip(sorted(axes), dilation, strict=True))
    for a in range(ndim):
        n, taps = draw(st.integers(1, 9)), draw(st.integers(1, 5))
        if a not in axes:
            n, taps = draw(st.sampled_from([(n, 1), (1, n), (n, n)]))
        elif mode == "valid":
            n = max(n, (taps - 1) * steps[a] + 1)
        shape.append(n)
        weights.append(taps)
    dtypes = draw(st.sampled_from(["dd", "ff", "ee", "iq", "Bf", "dD", "Fd", "fd", "hh"]))
    in1 = random_array(rng, tuple(shape), dtypes[0])
    in2 = kernel_of(rng, tuple(weights), dtypes[1])
    boundary = draw(st.sampled_from(BOUNDARIES))
    keywords = {
        "mode": mode, "axes": tuple(sorted(axes)), "boundary": boundary, "dilation": dilation,
        "stride": tuple(draw(st.integers(1, 3)) for _ in axes),
        "fillvalue": draw(st.sampled_from([0, 3])) if boundary == "fill" else 0,
        "normalize": draw(st.booleans()),
    }  # fmt: skip
    share = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    kind = draw(st.sampled_from(["mask", "nan", "both"]))
    if kind != "nan":
        cut = draw(st.integers(0, ndim - 1))
        keywords["mask"] = rng.random(shape[cut:]) < share
    if kind != "mask" and in1.dtype.kind in "fc":
        in1 = with_nan(rng, in1, share)
    if kind != "mask":
        keywords["nan_policy"] = "omit"
    return in1, in2, keywords


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(call=calls(), name=st.sampled_from(NAMES))
def test_any_call(call, name):
    in1, in2, keywords = call
    result = getattr(fc, name)(in1, in2, **keywords)
    dtype = np.result_type(in1, in2)
    assert result.dtype == (np.float64 if dtype.kind in "iu" else dtype)
    assert_close(result, ORACLES[name](in1, in2, **keywords), result.dtype.char)


# --------------------------------------------------------------------------------- all algorithms


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("structure", ["any", "r1", "box"])
def test_every_algorithm(rng, structure, boundary, dtype):
    x = with_nan(rng, random_array(rng, (23, 31), dtype), 0.1)
    w = kernel_of(rng, (5, 5), dtype)
    if structure == "r1":
        w = np.outer(w[0], w[1])
    elif structure == "box":
        w[...] = 2
    keywords = {"mode": "same", "boundary": boundary, "nan_policy": "omit"}
    expected = masked_convolve(x, w, **keywords)
    ran = set()
    for name in FILTERS:
        try:
            result = fc.convolve(x, w, **keywords, algorithm=name)
        except fc.UnsupportedAlgorithm:
            continue
        ran.add(name)
        assert_close(result, expected, dtype if dtype in "fF" else "d")
    assert {"naive", "fft"} <= ran
    assert dtype in "FD" or {"direct", "fft_tiled"} <= ran
    assert structure == "any" or dtype in "FD" or "separable" in ran


@pytest.mark.parametrize("dtype", "fdFD")
def test_instruction_sets_and_threads(rng, dtype):
    x, w = random_array(rng, (270, 301), dtype), kernel_of(rng, (5, 5), dtype)
    mask = rng.random(x.shape) < 0.1
    mask[100:110, 100:120] = True
    expected = masked_convolve(x, w, "same", mask=mask)
    for isa in config.available_isas():
        with config.isa(isa):
            one, *others = (
                fc.convolve(x, w, "same", mask=mask, num_threads=threads) for threads in (1, 2, 3)
            )
        assert_close(one, expected, dtype)
        assert all(np.array_equal(one, other, equal_nan=True) for other in others)


@pytest.mark.parametrize("algorithm", ["direct", "fft_tiled", "fft", "separable"])
def test_weights_far_below_the_largest(rng, algorithm):
    """Sums of few small weights are exact where a transform's would not be."""
    g = np.exp(-0.5 * (np.arange(-12, 13) / 3.0) ** 2)
    w = np.outer(g, g)
    x = 5 + rng.random((90, 90))
    x[20:60, 30:70] = np.nan
    keywords = {"mode": "same", "nan_policy": "omit", "normalize": True}
    expected = masked_convolve(x, w, **keywords)
    assert_close(fc.convolve(x, w, **keywords), expected)
    one = np.where(rng.random(w.shape) < 0.5, w, w * 1.01)  # no outer product
    expected = masked_convolve(x, one, **keywords)
    assert_close(fc.convolve(x, one, **keywords), expected)
    plan = fc.plan("convolve", in1=x.shape, in2=one, dtype="f8", **keywords)
    assert_close(plan(x), expected)
    if algorithm != "separable":
        result = fc.convolve(x, one, **keywords, algorithm=algorithm)
        known = masked_convolve(np.isnan(x).astype(float), one, "same", normalize=True) < 0.9
        np.testing.assert_allclose(result[known], expected[known], rtol=1e-10)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("dtype", "dfD")
def test_few_windows_with_little_weight(rng, name, boundary, dtype):
    """Transforms compute these filters, and their few small sums are summed one by one."""
    x, w = random_array(rng, (3, 140, 150), dtype), kernel_of(rng, (1, 25, 25), dtype)
    x[1, 60:95, 70:104] = np.nan
    x[2, :20, :31] = np.nan
    keywords = {"axes": (1, 2), "mode": "same", "boundary": boundary, "nan_policy": "omit"}
    with fc.record() as calls:
        result = getattr(fc, name)(x, w, **keywords)
    assert calls[0][1] in ("fft_tiled", "fft")
    assert_close(result, ORACLES[name](x, w, **keywords), dtype)
    w = w[:, :, :20] * np.linspace(1, 2, 20, dtype=w.real.dtype)
    keywords |= {"mode": "valid", "stride": (2, 1)}
    result = getattr(fc, name)(x, w, **keywords)
    assert_close(result, ORACLES[name](x, w, **keywords), dtype)


# ------------------------------------------------------------------------------------- the contract


@pytest.mark.parametrize("name", NAMES)
def test_nothing_missing_is_the_plain_result(rng, name):
    x, w = rng.standard_normal((40, 50)), rng.standard_normal((5, 4))
    function = getattr(fc, name)
    for keywords in ({"nan_policy": "omit"}, {"mask": np.zeros((50,), bool)}, {"mask": False}):
        assert np.array_equal(function(x, w, algorithm="direct", **keywords),
                              function(x, w, algorithm="direct"))  # fmt: skip
    x[3, 4] = np.inf
    result = function(x, w, nan_policy="omit")
    assert np.array_equal(np.isfinite(result), np.isfinite(function(x, w)))
    assert np.isinf(result).sum() == w.size


def test_windows_without_missing_elements_give_the_plain_sum(rng):
    x, w = rng.standard_normal((40, 50)), rng.standard_normal((5, 5)) + 1
    y = x.copy()
    y[20:, 30] = np.nan
    plain = fc.convolve(x, w, "same", algorithm="direct")
    result = fc.convolve(y, w, "same", nan_policy="omit", algorithm="direct")
    assert np.array_equal(result[:18], plain[:18]) and np.array_equal(result[:, :28], plain[:, :28])
    assert not np.isclose(result[25, 29:32], plain[25, 29:32]).any()


def test_counts_decide_where_nothing_is_valid():
    y = fc.convolve([np.nan] * 4 + [7.0], [1, 1, 1], "same", boundary="nearest", nan_policy="omit")
    assert np.array_equal(y, [np.nan, np.nan, np.nan, 21, 21], equal_nan=True)
    # weights of valid elements that cancel each other are not the same as none
    y = fc.convolve([1.0, np.nan, 2.0], [1, 2, -1], "valid", nan_policy="omit")
    assert not np.isfinite(y).any()


def test_the_boundary_continues_the_mask_and_the_fill_value_is_valid():
    x, mask = np.array([1.0, 2, 3, 4]), [True, False, False, False]
    ones = np.ones(3)
    y = fc.convolve(x, ones, "same", boundary="fill", fillvalue=8, mask=mask)
    assert np.allclose(y, [3 * (8 + 2) / 2, 3 * 5 / 2, 9, 15])
    assert np.isnan(fc.convolve(x[:1], ones, "same", boundary="wrap", mask=[True])).all()
    y = fc.convolve(x, ones, "same", boundary="wrap", mask=mask)
    assert np.allclose(y, [3 * (4 + 2) / 2, 3 * 5 / 2, 9, 3 * 7 / 2])


def test_a_nan_as_fill_value_is_valid(rng):
    x, w = with_nan(rng, rng.standard_normal((60, 70)), 0.05), kernel_of(rng, (13, 13))
    keywords = {"mode": "same", "fillvalue": np.nan, "nan_policy": "omit"}
    assert_close(fc.convolve(x, w, **keywords), masked_convolve(x, w, **keywords))


def test_a_nan_that_is_not_masked_stays_in_its_windows(rng):
    g = np.exp(-0.5 * np.linspace(-2, 2, 21) ** 2)
    x, w = rng.standard_normal((200, 200)), np.outer(g, g)
    x[100, 50] = np.nan
    mask = rng.random(x.shape) < 0.02
    mask[100, 50] = False
    for kernel in (w, w + 1e-3 * rng.random(w.shape)):
        result = fc.convolve(x, kernel, "same", mask=mask)
        assert_close(result, masked_convolve(x, kernel, "same", mask=mask))
        assert np.isnan(result).sum() == 21 * 21
    x[100, 50] = np.inf
    result = fc.convolve(x, kernel, "same", mask=mask)
    assert np.isinf(result).sum() == 21 * 21 and not np.isnan(result).any()
    spread = fc.convolve(np.where(mask, 0, x), kernel, "same", "fft", nan_policy="omit")
    assert not np.isfinite(spread).any()


def test_nan_in_the_kernel_propagates(rng):
    x = with_nan(rng, rng.standard_normal(60))
    assert np.isnan(fc.convolve(x, [1, np.nan, 2], "valid", nan_policy="omit")).all()


@pytest.mark.parametrize("dtypes", ["bb", "Bi", "qQ", "ef", "ee", "fb", "ff", "fd", "FB"])
def test_dtypes(rng, dtypes):
    x, w = (random_array(rng, n, d) for n, d in zip((20, 3), dtypes, strict=True))
    w[...] = 2
    promoted = np.result_type(x, w)
    floating = np.dtype(float) if promoted.kind in "iu" else promoted
    for keywords in ({"mask": False}, {"nan_policy": "omit"}, {"normalize": True}):
        assert fc.convolve(x, w, **keywords).dtype == floating
    assert fc.convolve(x, w, nan_policy="raise").dtype == promoted
    assert np.array_equal(fc.convolve(x, w, nan_policy="raise"), fc.convolve(x, w))


@pytest.mark.parametrize("name", NAMES)
def test_masked_arrays(rng, name):
    function = getattr(fc, name)
    x, w = rng.standard_normal((20, 30)), kernel_of(rng, (3, 3))
    mask, other = rng.random(x.shape) < 0.1, rng.random(30) < 0.1
    masked = np.ma.array(x, mask=mask)
    result = function(masked, w)
    assert type(result) is np.ndarray and np.array_equal(result, function(x, w, mask=mask))
    assert np.array_equal(function(masked, w, mask=other), function(x, w, mask=mask | other))
    assert function(np.ma.array([1, 2]), [1]).dtype == float  # a masked array has a mask
    assert np.array_equal(function(masked, w), result)  # and again, from the cache
    assert not np.array_equal(function(x, w), result)
    plan = fc.plan(name, in1=masked, in2=w)
    assert np.array_equal(plan(None), result) and np.array_equal(plan(masked), result)
    with pytest.raises(ValueError, match="in1 is a numpy.ma.MaskedArray; give the shape of a mask"):
        fc.plan(name, in1=x.shape, in2=w, dtype="f8")(masked)
    with pytest.raises(TypeError, match="in2 is a numpy.ma.MaskedArray"):
        plan(x, np.ma.array(w))
    for array in (masked, x):
        with pytest.raises(TypeError, match="in2 is a numpy.ma.MaskedArray"):
            function(array, np.ma.array(w))


def test_normalize(rng):
    x, w = rng.standard_normal((20, 30)), kernel_of(rng, (3, 5))
    expected = fc.convolve(x, w / w.sum())
    np.testing.assert_allclose(fc.convolve(x, w, normalize=True), expected, rtol=1e-13, atol=1e-15)
    rows = fc.correlate(x, kernel_of(rng, (20, 4)), "same", axes=1, normalize=np.True_)
    assert rows.shape == x.shape
    averages = fc.convolve(np.ones((4, 9)), rows[:4, :4], "valid", axes=1, normalize=True)
    assert np.allclose(averages, 1)


def test_out_threads_and_layouts(rng):
    x, w = with_nan(rng, rng.standard_normal((300, 400)), 0.05), kernel_of(rng, (7, 7))
    expected = fc.convolve(x, w, "same", nan_policy="omit", num_threads=1)
    for threads in (2, 3):
        assert np.array_equal(
            fc.convolve(x, w, "same", nan_policy="omit", num_threads=threads), expected
        )
    out = np.empty_like(expected)
    assert fc.convolve(x, w, "same", nan_policy="omit", out=out) is out
    assert np.array_equal(out, expected)
    assert np.array_equal(fc.convolve(np.asfortranarray(x), w, "same", nan_policy="omit"), expected)
    turned = fc.convolve(x[::-1, ::-1], w[::-1, ::-1], "same", nan_policy="omit")
    np.testing.assert_allclose(turned[::-1, ::-1], expected, rtol=1e-12, atol=1e-13)
    assert np.isnan(x).any()  # the caller's array is as before


# ---------------------------------------------------------------------- plans, keys and bad input


@pytest.mark.parametrize("name", NAMES)
def test_plans(rng, name):
    x, w = with_nan(rng, rng.standard_normal((60, 70)), 0.05), kernel_of(rng, (7, 7))
    mask = rng.random(70) < 0.1
    expected = getattr(fc, name)(x, w, mask=mask, nan_policy="omit")
    plan = fc.plan(name, in1=x.shape, in2=w, mask=mask.shape, nan_policy="omit", dtype="f8")
    assert "missing-both" in plan.key and parse(plan.key) == plan.problem
    for made in (plan, pickle.loads(pickle.dumps(plan))):
        np.testing.assert_allclose(made(x, mask=mask), expected, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(made(x, w * 2, mask), 2 * expected, rtol=1e-12, atol=1e-13)
    assert plan.algorithm in plan.explain()
    with fc.record() as calls:
        plan(x, mask=mask)
        getattr(fc, name)(x, w, "same", nan_policy="omit")
    assert [key.endswith("missing-both") for key, _ in calls] == [True, False]
    assert fc.plan(name, in1=x, in2=w, mask=None, nan_policy="propagate").problem.missing == ""
    with pytest.raises(ValueError, match="mask was not planned"):
        fc.plan(name, in1=x.shape, in2=w, nan_policy="omit", dtype="f8")(x, mask=mask)


@pytest.mark.parametrize(
    "error, words, keywords",
    [
        (TypeError, "mask has dtype float64", {"mask": np.zeros(5)}),
        (ValueError, "mask has shape .4,., which does not broadcast", {"mask": np.zeros(4, bool)}),
        (ValueError, "mask has shape .1, 5., ", {"mask": np.zeros((1, 5), bool)}),
        (ValueError, "nan_policy.*allowed: propagate, omit, raise", {"nan_policy": "drop"}),
        (TypeError, "nan_policy must be a str, got None", {"nan_policy": None}),
        (TypeError, "normalize must be a bool, got 1", {"normalize": 1}),
        (TypeError, "normalize must be a bool, got None", {"normalize": None}),
    ],
)
def test_bad_arguments(error, words, keywords):
    for name in NAMES:
        with pytest.raises(error, match=words):
            getattr(fc, name)(np.ones(5), np.ones(3), **keywords)


def test_the_defaults_are_the_plain_call():
    word = "".join(["propa", "gate"])
    assert fc.convolve([True, True], [True], nan_policy=word, normalize=False).dtype == bool
    with fc.record() as calls:
        fc.correlate([1, 2, 3], [1], mask=None, nan_policy=word)
    assert calls[0][0].startswith("correlate_i64_i3_w1_full")


def test_values_that_are_refused():
    zero, x = np.array([1.0, -2.0, 1.0]), np.array([1.0, np.nan, 3, 4, 5])
    with pytest.raises(ValueError, match="in2 sums to zero; it cannot be normalized|normalize"):
        fc.convolve(x, zero, normalize=True)
    with pytest.raises(ValueError, match="in2 sums to zero"):
        fc.convolve(x, zero, nan_policy="omit")
    with pytest.raises(ValueError, match="in2 sums to zero"):
        fc.convolve(x, zero, mask=np.arange(5) == 2)
    assert np.array_equal(fc.convolve(x[2:], zero, nan_policy="omit"), fc.convolve(x[2:], zero))
    with pytest.raises(ValueError, match="in1 holds a NaN"):
        fc.convolve(x, [1.0, 2], nan_policy="raise")
    with pytest.raises(ValueError, match="in2 holds a NaN"):
        fc.convolve([1.0, 2], x, nan_policy="raise")
    masked = fc.convolve(x, [1.0, 2], nan_policy="raise", mask=np.isnan(x))
    assert np.array_equal(masked, fc.convolve(x, [1.0, 2], nan_policy="omit"), equal_nan=True)
    with pytest.raises(fc.UnsupportedAlgorithm, match="scipy.signal.convolve has no nan_policy"):
        fc.convolve(x, zero, nan_policy="omit", algorithm="scipy")
    with pytest.raises(TypeError, match="in1 has dtype bool"):
        fc.convolve([True], [True], nan_policy="omit")
