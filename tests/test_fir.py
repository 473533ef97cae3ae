"""Compare the FIR functions of fastconv.signal, and `correlate` with `lags`, with SciPy."""

import inspect
import warnings

import numpy as np
import pytest
import scipy.signal
from faces import assert_agrees, random_array
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.accuracy import relative_error

import fastconv as fc
from fastconv import signal

FLOATS = ("float32", "float64", "complex64", "complex128")
SIGNALS = ("bool", "uint8", "int16", "int64", "float16", *FLOATS)
SINGLE = {"float32": "float64", "complex64": "complex128"}
QUIET = settings(deadline=None, max_examples=60)


@st.composite
def signals(draw, dtypes=SIGNALS, least=1, most=80):
    """Draw a generator, a signal of one to three dimensions, and an axis."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    ndim = draw(st.integers(1, 3))
    axis = draw(st.integers(-ndim, ndim - 1))
    shape = [draw(st.integers(1, 4)) for _ in range(ndim)]
    shape[axis] = draw(st.integers(least, most))
    x = random_array(rng, shape, draw(st.sampled_from(dtypes)))
    layout = draw(st.sampled_from("CFr"))
    return rng, (x[..., ::-1] if layout == "r" else np.asarray(x, order=layout)), axis


def agree_in_double(name, x, *args, gain=0, **kwargs):
    """Assert that a result has SciPy's dtype and shape, and its values for the signal in double.

    Errors are relative to the largest result, or to `gain` times the largest sample.
    """
    ours, theirs = getattr(signal, name), getattr(scipy.signal, name)
    expected, result = theirs(x, *args, **kwargs), ours(x, *args, **kwargs)
    assert (result.dtype, result.shape) == (expected.dtype, expected.shape)
    assert result.flags.c_contiguous
    if x.dtype.name in SINGLE:
        expected = theirs(x.astype(SINGLE[x.dtype.name]), *args, **kwargs)
    wide = result.dtype.itemsize // (2 if result.dtype.kind == "c" else 1) == 8
    scale = max(np.abs(expected).max(), gain * np.abs(x).max())
    assert np.abs(result - expected).max() <= (1e-12 if wide else 2e-5) * scale


# -------------------------------------------------------------------------- lfilter and filtfilt


@QUIET
@given(signals(), st.integers(1, 40), st.sampled_from(SIGNALS), st.sampled_from([1, 2.0, [3.0]]),
       st.sampled_from(["none", "whole", "one"]))  # fmt: skip
def test_lfilter(drawn, taps, dtype, a, state):
    rng, x, axis = drawn
    b = random_array(rng, taps, dtype)
    zi = None
    if state != "none":
        shape = [n if state == "whole" else 1 for n in x.shape]
        shape[axis] = taps - 1
        zi = random_array(rng, shape, "float64")
    if zi is None:
        assert_agrees(signal.lfilter, scipy.signal.lfilter, b, a, x, axis)
        return
    try:
        expected = scipy.signal.lfilter(b, a, x, axis, zi)
    except (ValueError, NotImplementedError) as error:
        with pytest.raises(type(error)):
            signal.lfilter(b, a, x, axis, zi)
        return
    result = signal.lfilter(b, a, x, axis, zi)
    assert type(result) is tuple
    for ours, theirs in zip(result, expected, strict=True):
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        np.testing.assert_allclose(ours, theirs, rtol=2e-12, atol=2e-12 * np.abs(expected[0]).max())


def test_states_join_the_pieces_of_a_signal():
    rng = np.random.default_rng(1)
    x, b = rng.standard_normal((3, 400)), rng.standard_normal(17)
    state = np.zeros((3, 16))
    pieces = []
    for part in np.split(x, [5, 120, 300], axis=1):
        y, state = signal.lfilter(b, 1, part, zi=state)
        pieces.append(y)
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), signal.lfilter(b, 1, x))


def test_out_takes_the_output_beside_a_state():
    x, b = np.arange(9.0), np.array([0.5, 0.25, 0.25])
    out = np.empty(9)
    y, zf = signal.lfilter(b, 1.0, x, zi=[1.0, 2.0], out=out)
    assert y is out and zf.shape == (2,)
    np.testing.assert_allclose(out, scipy.signal.lfilter(b, 1.0, x, zi=[1.0, 2.0])[0])
    y, zf = signal.lfilter(b, [1, 0.5], x, zi=[1.0, 2.0], out=out)  # of SciPy
    assert y is out and zf.shape == (2,)
    with pytest.raises(ValueError, match="out has"):
        signal.lfilter(b, 1.0, x, out=np.empty(8))


@QUIET
@given(signals(most=200), st.integers(1, 40), st.sampled_from(SIGNALS),
       st.sampled_from(["odd", "even", "constant", None, "other"]),
       st.sampled_from([None, 0, 5, 30, 39]), st.sampled_from(["pad", "gust"]))  # fmt: skip
def test_filtfilt(drawn, taps, dtype, padtype, padlen, method):
    rng, x, axis = drawn
    b = random_array(rng, taps, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of casts to real
        args = (b, 2.0, x, axis, padtype, padlen, method)
        assert_agrees(signal.filtfilt, scipy.signal.filtfilt, *args)


@pytest.mark.parametrize("dtype", FLOATS)
def test_float32_stays(dtype):
    rng = np.random.default_rng(2)
    x, b = random_array(rng, (4, 90), dtype), random_array(rng, 9, dtype)
    for function in (signal.lfilter, signal.filtfilt):
        assert function(b, np.ones(1, b.real.dtype), x).dtype == dtype


def test_filters_with_feedback_are_scipys():
    x = np.arange(30.0)
    with fc.record() as calls:
        signal.lfilter([1.0], [1.0, -0.5], x)
        signal.filtfilt([1.0], [1.0, -0.5], x)
        signal.decimate(x, 2)
        signal.filtfilt(np.ones(5) / 5, 1, x, padlen=2)
    assert [name for _, name in calls] == ["scipy"] * 4
    reason = fc.plan("signal.lfilter", x=x, b=np.ones(1), a=np.array([1.0, -0.5])).explain()
    assert "feedback" in reason


def test_a_moving_average_is_a_box():
    x = np.random.default_rng(3).standard_normal(200_000)
    for size in (50, 60):
        b = np.full(size, 1.0)
        with fc.record() as calls:
            y = signal.lfilter(b, [float(size)], x)
        assert calls[0][1] == "box"
        np.testing.assert_allclose(y, scipy.signal.lfilter(b, [float(size)], x), atol=1e-12)
    # the same filter, divided by another number
    np.testing.assert_allclose(signal.lfilter(b, [2.0], x), 30 * y, atol=1e-11)


def test_a_nan_stays_in_its_windows():
    x, b = np.random.default_rng(4).standard_normal(3000), np.ones(101)
    x[1500] = np.nan
    for call in (lambda: signal.lfilter(b, 1, x), lambda: signal.lfilter(b, 1, x, algorithm="fft")):
        found = np.flatnonzero(np.isnan(call()))
        assert set(range(1500, 1601)) <= set(found)
    assert np.isnan(signal.lfilter(b, 1, x)).sum() == 101
    assert np.isnan(signal.filtfilt(b, 1, x)).sum() == 201


# --------------------------------------------------------------------------------- savgol_filter


@QUIET
@given(signals(("uint8", "int64", "float16", "float32", "float64")), st.integers(1, 31),
       st.integers(0, 5), st.integers(0, 6), st.sampled_from([1.0, 0.5, 3]),
       st.sampled_from(["interp", "mirror", "constant", "nearest", "wrap"]),
       st.sampled_from([0.0, 2.5]))  # fmt: skip
def test_savgol_filter(drawn, window, order, deriv, delta, mode, cval):
    _, x, axis = drawn
    args = (window, order, deriv, delta, axis, mode, cval)
    try:
        scipy.signal.savgol_filter(x, *args)
    except ValueError:
        with pytest.raises(ValueError):
            signal.savgol_filter(x, *args)
        return
    taps = scipy.signal.savgol_coeffs(window, order, deriv, delta)
    agree_in_double("savgol_filter", x, *args, gain=np.abs(taps).sum())


def test_savgol_filter_of_other_dtypes_is_scipys():
    x = np.arange(20) * (1 + 1j)
    with pytest.warns(np.exceptions.ComplexWarning):
        y = signal.savgol_filter(x, 5, 2)
    assert y.dtype == np.float64


def test_polynomials_pass_through():
    t = np.linspace(-1, 1, 60)
    x = 3 * t**3 - t + 0.5
    out = np.empty(60)
    assert signal.savgol_filter(x, 15, 3, out=out) is out
    np.testing.assert_allclose(out, x, atol=1e-13)
    slope = signal.savgol_filter(x, 15, 3, deriv=1, delta=t[1] - t[0])
    np.testing.assert_allclose(slope, 9 * t**2 - 1, atol=1e-11)


# ---------------------------------------------------------------------- resample_poly, decimate

PADTYPES = (
    "constant", "mean", "median", "minimum", "maximum", "symmetric", "reflect", "edge", "wrap",
    "smooth", "line", "antisymmetric", "antireflect", "other",
)  # fmt: skip


@QUIET
@given(signals(least=2), st.integers(1, 12), st.integers(1, 12), st.sampled_from(PADTYPES),
       st.sampled_from([None, 1.5]),
       st.sampled_from([("kaiser", 5.0), "hann", "list", "array"]))  # fmt: skip
def test_resample_poly(drawn, up, down, padtype, cval, window):
    rng, x, axis = drawn
    if window in ("list", "array"):
        taps = random_array(rng, rng.integers(1, 50), "float64")
        window = taps if window == "array" else taps.tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's of infinities
        try:
            expected = scipy.signal.resample_poly(x, up, down, axis, window, padtype, cval)
        except (ValueError, TypeError) as error:
            with pytest.raises(type(error)):
                signal.resample_poly(x, up, down, axis, window, padtype, cval)
            return
        result = signal.resample_poly(x, up, down, axis, window, padtype, cval)
    assert (result.shape, result.dtype) == (expected.shape, expected.dtype)
    tolerance = {"f": 2e-5, "F": 2e-5, "e": 2e-3}.get(expected.dtype.char, 4e-14)
    if x.dtype == np.float16 and padtype in PADTYPES[1:5]:
        tolerance = 2e-3  # the background is of float16
    if x.dtype == np.float32 and padtype == "mean":
        tolerance = max(tolerance, 1e-6)  # the background is a mean in float32
    assert relative_error(result, expected) <= tolerance


@QUIET
@given(signals(), st.integers(1, 9), st.sampled_from([None, 0, 7, 30]), st.booleans())
def test_decimate(drawn, q, n, zero_phase):
    _, x, axis = drawn
    args = (q, n, "fir", axis, zero_phase)
    try:
        scipy.signal.decimate(x, *args)
    except ValueError:
        with pytest.raises(ValueError):
            signal.decimate(x, *args)
        return
    if x.dtype != bool:
        agree_in_double("decimate", x, *args)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("up", "down"), [(160, 147), (3, 2), (2, 5), (7, 1), (1, 6)])
@pytest.mark.parametrize("shape", [(3001,), (3, 500, 2), (700, 5)])
@pytest.mark.parametrize("padtype", ["constant", "edge", "mean"])
def test_resample_poly_on_all_ways(dtype, up, down, shape, padtype):
    """Phase by phase and output by output, on the first axes and the last, on several threads."""
    rng = np.random.default_rng(up)
    axis = int(np.argmax(shape))
    x = random_array(rng, shape, dtype)
    expected = scipy.signal.resample_poly(x.astype(SINGLE.get(dtype, dtype)), up, down, axis,
                                          padtype=padtype)  # fmt: skip
    result = signal.resample_poly(x, up, down, axis, padtype=padtype)
    assert result.dtype == dtype
    tolerance = 2e-5 if dtype in SINGLE else 1e-13
    assert relative_error(result, expected) <= tolerance
    for threads in (2, 3):
        again = signal.resample_poly(x, up, down, axis, padtype=padtype, num_threads=threads)
        np.testing.assert_array_equal(again, result)


@pytest.mark.parametrize("padtype", ["constant", "line"])
def test_windows_may_change_between_calls(padtype):
    """Also those of calls that SciPy answers, as it does with the padtype 'line'."""
    x = np.random.default_rng(0).standard_normal(60)
    first, window = np.array([0.25, 0.5, 0.25]), np.array([0.25, 0.5, 0.25])
    ours, theirs = signal.resample_poly, scipy.signal.resample_poly
    expected = theirs(x, 2, 1, window=first, padtype=padtype)
    for _ in range(2):
        found = ours(x, 2, 1, window=window, padtype=padtype)
        np.testing.assert_allclose(found, expected)
    window[:] = 7
    np.testing.assert_allclose(ours(x, 2, 1, window=first, padtype=padtype), expected)
    expected = theirs(x, 2, 1, window=window, padtype=padtype)
    np.testing.assert_allclose(ours(x, 2, 1, window=window, padtype=padtype), expected)


def test_short_signals_are_refused_before_scipy_reads_past_them():
    with pytest.raises(ValueError, match="x has shape"):
        signal.resample_poly(np.ones(1), 3, 2, padtype="smooth")


# -------------------------------------------------------------------------------------- sepfir2d


@QUIET
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 5), st.integers(0, 5),
       st.sampled_from(SIGNALS), st.sampled_from(SIGNALS), st.integers(0, 2**32))  # fmt: skip
def test_sepfir2d(height, width, row, column, dtype, kind, seed):
    rng = np.random.default_rng(seed)
    x = random_array(rng, (height, width), dtype)
    row, column = (random_array(rng, 2 * n + 1, kind) for n in (row, column))
    if width < len(row) or height < len(column):  # SciPy reads other memory
        return
    if kind == "float16":
        return  # SciPy casts these itself, as ours does, but warns of overflows
    assert_agrees(signal.sepfir2d, scipy.signal.sepfir2d, x, row, column)


def test_small_images_are_reflected_again_and_again():
    x = np.array([[1.0, 2.0]])
    wide = np.pad(x, ((3, 3), (4, 4)), mode="symmetric")
    row, column = np.arange(1.0, 10), np.array([1.0, -1, 2, 5, 3, 0, 1])
    expected = scipy.signal.convolve2d(wide, np.outer(column, row), mode="valid")
    np.testing.assert_allclose(signal.sepfir2d(x, row, column), expected)
    with pytest.raises(ValueError, match="hrow has 9 elements"):
        signal.sepfir2d(x, row, column, algorithm="scipy")


def test_lists_take_the_dtype_of_the_image():
    image = np.ones((5, 6), np.float32)
    assert signal.sepfir2d(image, [0.5, 1, 0.5], [1]).dtype == np.float32
    with pytest.raises(TypeError):
        signal.sepfir2d(image, np.array([0.5, 1, 0.5]), [1])


def test_signature_of_sepfir2d():
    parameters = list(inspect.signature(signal.sepfir2d).parameters)
    assert parameters == ["input", "hrow", "hcol", "algorithm", "num_threads", "out"]


def test_large_filters_are_separated():
    x = np.random.default_rng(0).standard_normal((300, 400))
    with fc.record() as calls:
        signal.sepfir2d(x, np.hanning(21), np.hanning(15))
    assert calls[0][1] == "separable"


# ------------------------------------------------------------------------------------------ lags


@QUIET
@given(st.integers(0, 2**32), st.integers(1, 3), st.sampled_from(FLOATS + ("int64", "uint8")),
       st.sampled_from(["auto", "direct", "fft"]))  # fmt: skip
def test_lags(seed, ndim, dtype, method):
    rng = np.random.default_rng(seed)
    a, b = (random_array(rng, rng.integers(1, 14, ndim), dtype) for _ in range(2))
    full = signal.correlate(a, b, method=method)
    pairs = []
    for n, m in zip(a.shape, b.shape, strict=True):
        first = int(rng.integers(-m - 4, n + 4))
        pairs.append((first, first + int(rng.integers(0, 12))))
    picked = tuple(pairs) if ndim > 1 or rng.random() < 0.5 else pairs[0]
    result = signal.correlate(a, b, method=method, lags=picked)
    assert result.dtype == full.dtype
    expected = np.zeros(result.shape, full.dtype)
    for index in np.ndindex(result.shape):
        at = tuple(
            i + first + m - 1
            for i, (first, _), m in zip(index, pairs, b.shape, strict=True)
        )  # fmt: skip
        if all(0 <= p < n for p, n in zip(at, full.shape, strict=True)):
            expected[index] = full[at]
    if dtype in FLOATS:
        assert np.abs(result - expected).max() <= 2e-5 * max(1, np.abs(full).max())
    else:
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("algorithm", ["direct", "implicit_gemm", "fft", "fft_tiled", "naive"])
def test_lags_by_every_algorithm(algorithm):
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(4000), rng.standard_normal(500)
    lags = scipy.signal.correlation_lags(4000, 500)
    for first, last in ((-20, 20), (-600, -490), (3990, 4100), (-10_000, 10_000), (5000, 5005)):
        y = signal.correlate(a, b, lags=(first, last), algorithm=algorithm)
        full = np.zeros(last - first + 1)
        known = (lags >= first) & (lags <= last)
        full[lags[known] - first] = np.correlate(a, b, "full")[known]
        np.testing.assert_allclose(y, full, atol=1e-11)
        outside = np.ones(y.size, bool)
        outside[lags[known] - first] = False
        assert not y[outside].any()


def test_lags_far_away_and_out():
    a, b = np.ones((50, 3)), np.ones((7, 2))
    for first in (10**9, -(10**12)):
        y = signal.correlate(a, b, lags=((first, first + 3), (0, 1)))
        assert y.shape == (4, 2) and not y.any()
    out = np.full((60, 5), np.nan)
    assert signal.correlate(a, b, lags=((-8, 51), (-2, 2)), out=out) is out
    expected = np.zeros((60, 5))
    expected[2:58, 1:] = scipy.signal.correlate(a, b)
    np.testing.assert_allclose(out, expected)
    with pytest.raises(ValueError, match="lags is"):
        signal.correlate(a, b, lags=(0, 2**61))


def test_one_pair_holds_for_every_axis():
    a, b = np.ones((6, 7)), np.ones((2, 3))
    both = signal.correlate(a, b, lags=((-1, 2), (-1, 2)))
    np.testing.assert_array_equal(signal.correlate(a, b, lags=(-1, 2)), both)


@pytest.mark.parametrize(
    ("lags", "error"),
    [
        ((2, 1), ValueError), ((1, 2, 3), ValueError), (3, ValueError), ("ab", ValueError),
        (((0, 1), (0, 1)), ValueError), ((0.5, 2), TypeError), ((0, None), TypeError),
    ],
)  # fmt: skip
def test_wrong_lags_are_named(lags, error):
    with pytest.raises(error, match="^lags"):
        signal.correlate(np.ones(5), np.ones(3), lags=lags)


def test_lags_need_the_full_mode_and_are_ours_alone():
    a, b = np.ones(5), np.ones(3)
    with pytest.raises(ValueError, match="mode must be 'full'"):
        signal.correlate(a, b, "same", lags=(0, 1))
    with pytest.raises(fc.UnsupportedAlgorithm, match="no lags"):
        signal.correlate(a, b, lags=(0, 1), algorithm="scipy")
    with pytest.raises((TypeError, ValueError)):
        signal.correlate(a.astype(object), b, lags=(0, 1))


# ----------------------------------------------------------------------------------------- plans


def test_plans_prepare_the_filter():
    rng = np.random.default_rng(5)
    x, b = rng.standard_normal((3, 5000)), rng.standard_normal(900)
    plan = fc.plan("signal.lfilter", x=x.shape, b=b, a=np.array([2.0]), dtype="float64")
    assert plan.prepared_bytes > 0
    np.testing.assert_allclose(plan(x), scipy.signal.lfilter(b, 2.0, x), atol=1e-11)
    np.testing.assert_allclose(
        plan(x, a=np.array([4.0])), scipy.signal.lfilter(b, 4.0, x), atol=1e-11
    )
    plan = fc.plan("signal.filtfilt", x=x.shape, b=b[:30], a=np.array([2.0]), dtype="float64")
    np.testing.assert_allclose(plan(x), scipy.signal.filtfilt(b[:30], 2.0, x), atol=1e-11)
    plan = fc.plan("signal.savgol_filter", x=x, window_length=31, polyorder=3)
    np.testing.assert_allclose(plan(x), scipy.signal.savgol_filter(x, 31, 3), atol=1e-12)
    plan = fc.plan("signal.correlate", in1=(400,), in2=(30,), lags=(-3, 3))
    assert plan(np.ones(400, "f"), np.ones(30, "f")).shape == (7,)
