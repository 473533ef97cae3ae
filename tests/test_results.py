"""Test fastconv.convolve and correlate with a dtype for the result."""

import pickle
import re

import numpy as np
import pytest
from faces import random_array
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from oracle.filters import convolve
from oracle.missing import masked_convolve
from oracle.rounded import as_integers, rounded_convolve, rounded_correlate
from scipy import ndimage

import fastconv as fc
from fastconv import config
from fastconv.loops import simd
from fastconv.problem import parse

NAMES = ("convolve", "correlate")
ORACLES = {"convolve": rounded_convolve, "correlate": rounded_correlate}
BOUNDARIES = {
    "fill": "constant", "wrap": "wrap", "symm": "reflect", "mirror": "mirror", "nearest": "nearest",
}  # fmt: skip
INTEGERS = "bBhHiIqQ"


@pytest.fixture
def rng():
    return np.random.default_rng(18)


def kernel_of(rng, shape, kind):
    """Return weights: an average, small integers, integers and reals with large sums, or ties."""
    if kind == "average":
        w = rng.random(shape)
        return w / w.sum()
    if kind == "integers":
        return rng.integers(-4, 5, shape)
    if kind == "quarters":
        return rng.integers(-6, 7, shape) / 4
    return rng.standard_normal(shape) * {"real": 1.0, "large": 1e7, "huge": 1e16}[kind]


@st.composite
def calls(draw):
    """Draw arguments of a call: (in1, in2, keywords)."""
    ndim = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    axes = draw(st.sets(st.integers(0, ndim - 1), min_size=1))
    mode = draw(st.sampled_from(["full", "same", "valid"]))
    dilation = tuple(draw(st.integers(1, 3)) for _ in axes)
    steps = dict(zip(sorted(axes), dilation, strict=True))
    long = draw(st.integers(0, ndim - 1))
    shape, weights = [], []
    for a in range(ndim):
        n, taps = draw(st.integers(1, 5)), draw(st.integers(1, 4))
        if a == long:
            n = draw(st.sampled_from([1, 9, 40, 150]))
        if a not in axes:
            n, taps = draw(st.sampled_from([(n, 1), (n, 1), (1, n), (n, n)]))
        elif mode == "valid":
            n = max(n, (taps - 1) * steps[a] + 1)
        shape.append(n)
        weights.append(taps)
    in1 = random_array(rng, tuple(shape), draw(st.sampled_from(INTEGERS + "efd")))
    if draw(st.booleans()):
        in1 = np.full_like(in1, 9)  # flat: every sum is the same
    kind = draw(st.sampled_from(["average", "integers", "quarters", "real", "large", "huge"]))
    boundary = draw(st.sampled_from(sorted(BOUNDARIES)))
    keywords = {
        "mode": mode, "axes": tuple(sorted(axes)), "boundary": boundary, "dilation": dilation,
        "stride": tuple(draw(st.integers(1, 3)) for _ in axes),
        "fillvalue": draw(st.sampled_from([0, 3, -2.75])) if boundary == "fill" else 0,
        "output_dtype": np.dtype(draw(st.sampled_from(INTEGERS))),
        "rounding": draw(st.sampled_from(["truncate", "nearest"])),
        "saturate": draw(st.booleans()),
    }  # fmt: skip
    return in1, kernel_of(rng, tuple(weights), kind), keywords


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(call=calls(), name=st.sampled_from(NAMES), threads=st.sampled_from([1, 2]))
def test_any_call(call, name, threads):
    in1, in2, keywords = call
    expected = ORACLES[name](in1, in2, **keywords)
    result = getattr(fc, name)(in1, in2, **keywords, num_threads=threads)
    assert result.dtype == expected.dtype and result.flags.c_contiguous
    assert_array_equal(result, expected)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(call=calls(), name=st.sampled_from(NAMES))
def test_any_call_by_definition(call, name):
    in1, in2, keywords = call
    result = getattr(fc, name)(in1, in2, **keywords, algorithm="naive")
    assert_array_equal(result, ORACLES[name](in1, in2, **keywords))


@pytest.mark.parametrize("isa", simd.runnable_isas())
@pytest.mark.parametrize("source", INTEGERS + "efd")
def test_every_dtype(rng, isa, source):
    x = random_array(rng, (5, 140), source)
    for target in INTEGERS:
        for kind in ("average", "integers", "quarters", "large", "huge"):
            w = kernel_of(rng, (3, 5), kind)
            for saturate in (False, True):
                keywords = {"mode": "same", "output_dtype": target, "saturate": saturate}
                expected = rounded_correlate(x, w, **keywords)
                with config.isa(isa):
                    result = fc.correlate(x, w, **keywords, num_threads=2)
                assert_array_equal(result, expected)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("dtype", ["B", "h", "d"])
def test_sums_are_those_of_ndimage(rng, boundary, dtype):
    """Also those of flat places, which depend on the last bit of a sum."""
    x = rng.integers(0, 256, (60, 90)).astype(dtype)
    x[20:40, 30:70] = np.arange(20)[:, None] * 12
    for shape in ((3, 3), (5, 7), (1, 9), (9, 1), (4, 6)):
        w = kernel_of(rng, shape, "average")
        for name in NAMES:
            image = x.astype(float)
            sums = getattr(ndimage, name)(
                image, w, mode=BOUNDARIES[boundary], output=np.float64
            )  # fmt: skip
            result = getattr(fc, name)(x, w, "same", boundary=boundary, output_dtype="B")
            if name == "correlate" or all(n % 2 for n in shape):
                assert_array_equal(result, as_integers(sums, np.uint8))


def test_taps_are_skipped_as_in_ndimage():
    x = np.array([np.inf, 2.0, 5.0])
    assert_array_equal(fc.correlate(x, [1e-17, 1.0], "valid", output_dtype="i2"), [2, 5])


def test_limits_of_every_dtype():
    values = [0.5, 1.5, 2.5, -0.5, -1.5, 2.0**31, -(2.0**31), 2.0**32 + 5, 2.0**52 + 1, 2.0**63,
              -(2.0**63), 2.0**64, 2.0**64 + 2.0**12, -(2.0**70), 1e300, 127.5, 255.5, 65535.5,
              0.49999999999999994, 2.0**51 + 0.5, 2.0**53 - 1, 4294967295.5]  # fmt: skip
    x = np.array(values)
    for target in INTEGERS:
        for rounding in ("truncate", "nearest"):
            for saturate in (False, True):
                how = {"output_dtype": target, "rounding": rounding, "saturate": saturate}
                expected = as_integers(x, np.dtype(target), rounding, saturate)
                for algorithm in ("direct", "naive"):
                    result = fc.convolve(x, [1.0], **how, algorithm=algorithm)
                    assert_array_equal(result, expected)


@pytest.mark.parametrize("algorithm", ["direct", "naive"])
def test_what_is_no_number_is_refused(algorithm):
    nan, infinite = np.ones((3, 200)), np.ones((3, 200))
    nan[2, 170], infinite[1, 3:5] = np.nan, -np.inf
    for saturate in (False, True):
        how = {"output_dtype": "u1", "saturate": saturate, "algorithm": algorithm}
        for in1, in2 in ((nan, [[1.0]]), (np.ones((3, 9)), [[np.nan]]), (infinite, [[1.0, -1.0]])):
            with pytest.raises(ValueError, match="output_dtype is uint8, but a sum .* is NaN"):
                fc.convolve(in1, in2, **how)
    with pytest.raises(ValueError, match="or saturate=True for infinite ones"):
        fc.convolve(infinite, [[1.0]], output_dtype="u1", algorithm=algorithm)
    result = fc.convolve(infinite, [[2.0]], output_dtype="i1", saturate=True, algorithm=algorithm)
    assert (result[1, 3:5] == -128).all() and (result != 2).sum() == 2


def test_missing_values_and_normalized_kernels(rng):
    x, w = rng.random((20, 30)) * 300, rng.integers(1, 9, (3, 3))
    x[rng.random(x.shape) < 0.1] = np.nan
    for extra in ({"nan_policy": "omit"}, {"nan_policy": "omit", "normalize": True}):
        sums = masked_convolve(x, w, "same", **extra)
        result = fc.convolve(x, w, "same", **extra, output_dtype="i4", rounding="nearest")
        near = np.abs(sums - np.floor(sums) - 0.5) < 1e-9
        assert_array_equal(result[~near], np.rint(sums)[~near])
    photo = rng.integers(0, 256, (20, 30), dtype=np.uint8)
    result = fc.correlate(photo, w, "same", normalize=True, output_dtype="u1")
    assert_array_equal(result, rounded_correlate(photo, w / w.sum(), "same", output_dtype="u1"))
    empty = {"mask": np.ones((20, 30), bool), "output_dtype": "u1"}
    with pytest.raises(ValueError, match="output_dtype is uint8, but a sum"):
        fc.convolve(photo, w, **empty)
    with pytest.raises(ValueError, match="nan_policy is 'raise'"):
        fc.convolve(x, w, nan_policy="raise", output_dtype="u1")


@pytest.mark.parametrize("target", "efdFD")
@pytest.mark.parametrize("source", "BqefdF")
def test_floating_point_results(rng, source, target):
    x, w = random_array(rng, (20, 30), source), rng.standard_normal((3, 5)).astype("f")
    call = {"mode": "same", "boundary": "wrap"}
    if source == "F" and target in "efd":
        with pytest.raises(TypeError, match="output_dtype is float.*complex arrays"):
            fc.convolve(x, w, **call, output_dtype=target)
        return
    result = fc.convolve(x, w, **call, output_dtype=target)
    assert result.dtype == np.dtype(target)
    expected = convolve(x, w, **call)
    level = {"e": 2e-3, "f": 2e-5, "F": 2e-5}.get(result.dtype.char, 1e-12)
    if "f" in source + target or source in "eF":
        level = max(level, 2e-5) if np.result_type(x, w, result).char in "fF" else level
    with np.errstate(over="ignore"):
        assert_array_equal(np.isinf(result), np.isinf(expected.astype(target)))
    kept = np.isfinite(result)
    error = np.abs(result[kept].astype(complex) - expected[kept]).max(initial=0)
    assert error <= level * np.abs(expected[kept]).max(initial=1)


BAD = [
    ({"rounding": "nearest"}, ValueError, "rounding is 'nearest'.*output_dtype is None"),
    ({"saturate": True}, ValueError, "saturate is True.*output_dtype is None"),
    ({"output_dtype": "f4", "saturate": True}, ValueError, "saturate is True.*float32"),
    ({"output_dtype": float, "rounding": "nearest"}, ValueError, "rounding is 'nearest'.*float64"),
    ({"output_dtype": "u1", "rounding": "up"}, ValueError, "rounding is 'up'; allowed: trunc"),
    ({"output_dtype": "u1", "rounding": 1}, (ValueError, TypeError), "rounding"),
    ({"output_dtype": "u1", "rounding": None}, (ValueError, TypeError), "rounding"),
    ({"output_dtype": "u1", "saturate": 1}, TypeError, "saturate must be a bool, got 1"),
    ({"output_dtype": "u1", "saturate": None}, TypeError, "saturate must be a bool"),
    ({"output_dtype": bool}, TypeError, "output_dtype is bool; allowed"),
    ({"output_dtype": object}, TypeError, "output_dtype is object"),
    ({"output_dtype": "M8[s]"}, TypeError, "output_dtype is datetime64"),
    ({"output_dtype": "u1,u1"}, TypeError, "output_dtype"),
    ({"output_dtype": "nonsense"}, TypeError, "output_dtype must be a dtype or None"),
    ({"output_dtype": 3}, TypeError, "output_dtype must be a dtype or None"),
    ({"output_dtype": "u1", "method": "fft"}, ValueError, "method is 'fft' and output_dtype uint8"),
    ({"output_dtype": "u1", "fillvalue": np.nan}, ValueError, "fillvalue is nan"),
    ({"output_dtype": "u1", "fillvalue": np.inf}, ValueError, "fillvalue is inf"),
    ({"output_dtype": "u1", "fillvalue": 1j}, TypeError, "fillvalue"),
    ({"output_dtype": "u1", "stride": 0}, ValueError, "stride must be at least 1"),
    (
        {"output_dtype": "u1", "algorithm": "fft"}, ValueError,
        "only 'direct', 'fft_tiled' and 'naive'",
    ),  # fmt: skip
    ({"output_dtype": "u1", "algorithm": "scipy"}, ValueError, "scipy.signal.* no output_dtype"),
    ({"output_dtype": "u1", "out": np.empty(6)}, ValueError, "out has dtype float64"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("keywords", "error", "message"), BAD, ids=lambda v: str(v)[:40])
def test_bad_keywords(name, keywords, error, message):
    x, w = np.arange(5), np.ones(2)
    with pytest.raises(error, match=message):
        getattr(fc, name)(x, w, **keywords)
    assert_array_equal(x, np.arange(5))


@pytest.mark.parametrize("bad", [np.ones(3, bool), np.ones(3, "F"), np.ones(3, "g"), np.array([])])
def test_bad_arrays(bad):
    for arrays, name in (((bad, np.ones(2)), "in1"), ((np.ones(4), bad), "in2")):
        with pytest.raises((TypeError, ValueError), match=name):
            fc.convolve(*arrays, output_dtype="u1")


def test_defaults_are_those_of_a_plain_call(rng):
    x = rng.integers(0, 99, 9)
    words = {"rounding": "".join(["trun", "cate"]), "saturate": np.False_}  # other objects
    result = fc.convolve(x, [1, 2], output_dtype=None, **words)
    assert_array_equal(result, fc.convolve(x, [1, 2]))
    assert result.dtype == fc.convolve(x, [1, 2]).dtype


def test_awkward_arrays(rng):
    x = rng.integers(0, 256, (40, 50)).astype(">u2")[::-2, ::3]
    w = np.asfortranarray(rng.standard_normal((3, 4)))[:, ::-1]
    out = np.zeros((20, 17), np.uint8)
    how = {"mode": "same", "output_dtype": ">u1", "rounding": "nearest"}
    assert fc.correlate(x, w, **how, out=out) is out
    assert_array_equal(out, rounded_correlate(x, w, **how))
    result = fc.convolve(x.tolist(), w.tolist(), "same", output_dtype=">i2")
    assert result.dtype.isnative
    assert_array_equal(result, rounded_convolve(x, w, "same", output_dtype="i2"))


def test_plans_keys_and_records(rng):
    x, w = rng.integers(0, 256, (40, 50), dtype=np.uint8), rng.standard_normal((3, 3))
    how = {"mode": "same", "output_dtype": "u1", "rounding": "nearest", "saturate": True}
    plan = fc.plan("correlate", in1=x.shape, in2=w, dtype=np.uint8, **how)
    assert plan.key == "correlate_u8.f64.u8_i40x50_w3x3_same_nearest_saturate"
    assert parse(plan.key) == plan.problem and plan.algorithm == "direct"
    assert re.search(r"\* direct (.*\n)+ +naive .*slower than a kernel", plan.explain())
    expected = rounded_correlate(x, w, **how)
    assert_array_equal(plan(x), expected)
    assert_array_equal(pickle.loads(pickle.dumps(plan))(x), expected)
    with fc.record() as seen:
        fc.correlate(x, w, **how)
    assert seen == [(plan.key, "direct")]
    comparison = fc.compare("correlate", x, w, **how, repeat=1)
    assert comparison.chosen == "direct"
    errors = {row.algorithm: row.error for row in comparison.rows if row.seconds is not None}
    assert errors == {"direct": 0, "fft_tiled": 0, "naive": 0}
    for wrong in ("saturate", "truncate_nearest", "truncate_mode-reflect_part0.3x0.3"):
        with pytest.raises(ValueError, match="is not a problem key"):
            parse(f"correlate_u8.f64.u8_i40x50_w3x3_same_{wrong}")
    with pytest.raises(ValueError, match="round sums to integers"):
        parse("ndimage.correlate_u8.f64.u8_i40x50_w3x3_same_truncate")


def test_weights_may_change_between_calls(rng):
    x, w = rng.integers(0, 256, (40, 50), dtype=np.uint8), rng.standard_normal((3, 3))
    how = {"mode": "same", "output_dtype": "i2"}
    for _ in range(3):
        assert_array_equal(fc.correlate(x, w, **how), rounded_correlate(x, w, **how))
        w *= -1.5


def test_taps_far_apart(rng):
    x, w = rng.integers(0, 256, (7, 9), dtype=np.uint8), rng.integers(-3, 4, (3, 3))
    for dilation in (5, 400, 10**5, 10**7):
        how = {
            "mode": "same", "boundary": "wrap", "dilation": (dilation % 1000 + 1, dilation),
            "output_dtype": "i2",
        }  # fmt: skip
        small = {**how, "dilation": (dilation % 1000 % 7 + 1, (dilation - 1) % 9 + 1)}
        assert_array_equal(fc.convolve(x, w, **how), rounded_convolve(x, w, **small))
