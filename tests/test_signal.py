"""Compare each function of fastconv.signal with scipy.signal."""

import os
import subprocess
import sys

import numpy as np
import pytest
import scipy.signal
from faces import assert_agrees, assert_same, assert_signature, random_array

import fastconv as fc
from fastconv import signal

ARRAYS = (
    "convolve", "correlate", "fftconvolve", "oaconvolve", "convolve2d", "correlate2d", "upfirdn",
    "lfilter", "filtfilt", "savgol_filter", "resample_poly", "decimate",
)  # fmt: skip
FUNCTIONS = (*ARRAYS, "choose_conv_method", "correlation_lags")
#: functions whose SciPy's has no signature
WITHOUT = ("sepfir2d",)
TRANSFORMS = ("fftconvolve", "oaconvolve")
IMAGES = ("convolve2d", "correlate2d")


@pytest.fixture
def rng():
    return np.random.default_rng(21)


def both(name):
    return getattr(signal, name), getattr(scipy.signal, name)


# ------------------------------------------------------------------------------ the stand-in


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signature(name):
    own = assert_signature(*both(name))
    expected = {"algorithm": "auto", "num_threads": None, "out": None}
    if name == "correlate":
        expected["lags"] = None
    assert own == (expected if name in ARRAYS else {})


def test_every_other_name_is_scipys():
    for name in scipy.signal.__all__:
        assert (getattr(signal, name) is getattr(scipy.signal, name)) == (
            name not in (*FUNCTIONS, *WITHOUT)
        )
    assert {n for n in dir(scipy.signal) if not n.startswith("_")} <= set(dir(signal))
    starred = {}
    exec("from fastconv.signal import *", starred)
    assert set(scipy.signal.__all__) <= set(starred)
    assert starred["convolve"] is signal.convolve
    with pytest.raises(AttributeError, match="fastconv.signal"):
        _ = signal.no_such_name
    with pytest.raises(AttributeError):
        _ = signal._signaltools


@pytest.mark.parametrize("package", ["signal", "ndimage"])
def test_scipy_is_imported_when_it_is_needed(package):
    code = (
        f"import sys, fastconv as fc; from fastconv import {package} as m\n"
        "fc.signal.convolve2d([[1.0]], [[2.0]]); fc.ndimage.correlate([1.0, 2.0], [1.0])\n"
        f"before = 'scipy.{package}' in sys.modules; m.__all__\n"
        f"print(before, 'scipy.{package}' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, timeout=60
    )
    assert run.stdout.split() == ["False", "True"], run.stderr


# ---------------------------------------------------------------------- convolve and correlate


@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("shapes", [((20,), (6,)), ((4,), (9,)), ((7, 8), (4, 3))], ids=str)
def test_convolve_and_correlate(rng, name, mode, shapes):
    for dtypes in ("ff", "DD", "dq", "Bh", "??"):
        a, b = (random_array(rng, s, d) for s, d in zip(shapes, dtypes, strict=True))
        for method in ("auto", "direct", "fft"):
            if dtypes != "??" or method != "fft":  # SciPy's rounding error becomes True
                assert_agrees(*both(name), a, b, mode, method)


def test_lags_and_method_are_scipys(rng):
    for mode in ("full", "same", "valid", "other"):
        assert_agrees(*both("correlation_lags"), 9, 4, mode)
        assert_agrees(*both("correlation_lags"), 4, 8, mode=mode)
    for size in (3, 3000):
        a, b = rng.standard_normal(4000), rng.standard_normal(size)
        assert signal.choose_conv_method(a, b) == scipy.signal.choose_conv_method(a, b)
    method, times = signal.choose_conv_method(a[:90], b[:90], "same", measure=True)
    assert times[method] == min(times.values())


# ------------------------------------------------------------------------------------- by FFT


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(
    ("shapes", "axes"),
    [(((50,), (7,)), None), (((7,), (50,)), 0), (((900,), (12,)), None), (((6, 50), (3, 9)), None),
     (((6, 50), (1, 9)), 1), (((6, 50), (6, 9)), -1), (((1, 50), (6, 9)), [1]),
     (((1, 9), (6, 50)), (1,)), (((1, 9), (6, 50)), None), (((5, 30, 4), (2, 8, 4)), (1, 0)),
     (((1, 30, 4), (2, 8, 4)), (0, 1)), (((1, 30), (7, 1)), None), (((4, 1), (4, 6)), 0)],
    ids=str,
)  # fmt: skip
def test_transforms(rng, name, mode, shapes, axes):
    for dtypes in ("ff", "dd", "FD", "ee", "bH", "?d"):
        a, b = (random_array(rng, s, d) for s, d in zip(shapes, dtypes, strict=True))
        if dtypes == "FD":  # SciPy transforms a complex64 array in complex64
            a = a.astype("D")
        assert_agrees(*both(name), a, b, mode, axes)


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("dtypes", ["gg", "Gd", "OO", "??", "Sd"])
def test_other_dtypes_of_transforms(name, dtypes):
    a, b = np.array([1, 0, 1]).astype(dtypes[0]), np.array([1, 1]).astype(dtypes[1])
    assert_agrees(*both(name), a, b)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_edge_cases_of_transforms(name):
    x, grid = np.arange(5.0), np.ones((3, 4))
    for args in (
        (2, 3), (2.5, 1j), (x, []), ([], []), (x, 2.0), (x, grid), (x, x, "some"), (x, x, 2),
        (x, x, "full", ()), (x, x, "full", 1), (x, x, "full", (0, 0)), (x, x, "full", (0, -1)),
        (x, x, "full", 0.5), (x, x, "full", "a"), (grid, np.ones((2, 4)), "full", 1),
        (grid, np.ones((4, 3)), "valid"), (np.ones((2, 3)), grid, "full", 1),
    ):  # fmt: skip
        assert_agrees(*both(name), *args)


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_transforms_spread_as_scipys_do(rng, name, value):
    x, h = rng.standard_normal((3, 5000)), rng.standard_normal((1, 20))
    x[1, 2500] = value
    for args in ((x, h, "full", 1), (x, h, "same", None), (x[1], h[0])):
        with np.errstate(invalid="ignore"):
            result, expected = (f(*args) for f in both(name))
        np.testing.assert_array_equal(np.isfinite(result), np.isfinite(expected))
        assert not np.isfinite(result).all()
    assert np.isfinite(result).any() == (name == "oaconvolve")


# ---------------------------------------------------------------------------------- 2-D images


@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm", "pad", "circular", "symmetric"])
@pytest.mark.parametrize("shapes", [((9, 8), (3, 5)), ((9, 8), (4, 3)), ((9, 8), (2, 4)),
                                    ((4, 5), (6, 7)), ((1, 9), (1, 4))], ids=str)  # fmt: skip
def test_images(rng, name, mode, boundary, shapes):
    for dtypes in ("ff", "DD", "dD", "BB", "hq", "if"):
        a, b = (random_array(rng, s, d) for s, d in zip(shapes, dtypes, strict=True))
        for fill in (0, 3.25):
            assert_agrees(*both(name), a, b, mode, boundary, fill)


FILLS = (
    0, 1.75, -1, 300, 1j, [2], [1, 2], np.array([[4]]), "a", None, True, np.nan, np.float32(3),
    np.int64(3), np.array(2), np.array([2.5]),
)  # fmt: skip


@pytest.mark.parametrize("name", IMAGES)
def test_fill_values(rng, name):
    for dtype in ("B", "b", "i", "f", "d", "D"):
        a, b = random_array(rng, (5, 6), dtype), random_array(rng, (3, 2), dtype)
        for fill in FILLS:
            for mode in ("full", "same"):
                assert_agrees(*both(name), a, b, mode, fillvalue=fill)


@pytest.mark.parametrize("name", IMAGES)
def test_edge_cases_of_images(name):
    grid = np.ones((3, 4))
    for args in (
        (grid[0], grid[0]), (grid, 2.0), (grid, grid, "some"), (grid, grid, 2),
        (grid, grid, "full", "reflect"), (grid, grid, "full", "mirror"),
        (grid, np.ones((4, 3)), "valid"), (grid, np.ones((0, 2))),
    ):  # fmt: skip
        assert_agrees(*both(name), *args)
    for dtype in ("e", "?", "O", "g", "G"):
        assert_agrees(*both(name), grid.astype(dtype), grid.astype(dtype))
    assert_agrees(*both(name), grid.astype("e"), grid.astype("i"))


def test_images_keep_a_nan_to_its_windows(rng):
    a, b = rng.standard_normal((40, 41)), rng.standard_normal((16, 15))
    a[20, 20] = np.nan
    for name in IMAGES:
        for mode in ("full", "same", "valid"):
            assert_agrees(*both(name), a, b, mode, "symm")


# -------------------------------------------------------------------------------- our keywords


def calls(rng):
    """Yield the name and the arguments of one call of every function."""
    x, h = rng.standard_normal((9, 12)), rng.standard_normal((3, 4))
    arguments = {name: (x, h) for name in ARRAYS}
    arguments["upfirdn"] = (h[0], x, 2, 3)
    arguments["lfilter"] = (h[0], 2.0, x, 0)
    arguments["filtfilt"] = (h[0], np.full(1, 2.0), x.repeat(4, axis=1))
    arguments["savgol_filter"] = (x, 7, 3)
    arguments["resample_poly"] = (x, 3, 2, 1)
    arguments["decimate"] = (x, 2, None, "fir", 0)
    return arguments


@pytest.mark.parametrize("name", ARRAYS)
def test_algorithm(rng, name):
    args = calls(rng)[name]
    ours, theirs = both(name)
    np.testing.assert_array_equal(ours(*args, algorithm="scipy"), theirs(*args))
    for algorithm in ("naive", "implicit_gemm", "fft"):
        if name in ("upfirdn", "resample_poly") and algorithm != "naive":
            with pytest.raises(fc.UnsupportedAlgorithm, match="polyphase"):
                ours(*args, algorithm=algorithm)
        else:
            assert_same(ours(*args, algorithm=algorithm), theirs(*args))
    with pytest.raises(ValueError, match="algorithm.*allowed"):
        ours(*args, algorithm="fastest")
    with pytest.raises(ValueError, match="num_threads"):
        ours(*args, num_threads=0)
    wide = [a.astype("g") if isinstance(a, np.ndarray) else a for a in args]
    for keyword, error in (
        ({"algorithm": "naive"}, fc.UnsupportedAlgorithm), ({"algorithm": "fastest"}, ValueError),
        ({"num_threads": 0}, ValueError),
    ):  # fmt: skip
        with pytest.raises(error):
            ours(*wide, **keyword)


def test_method_or_algorithm():
    for function in (signal.convolve, signal.correlate):
        with pytest.raises(ValueError, match="method.*algorithm"):
            function([1.0, 2.0], [1.0], method="direct", algorithm="naive")


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("dtype", ["d", "f", "q", "g"])
def test_out(rng, name, dtype):
    args = [(9 * a).astype(dtype) if isinstance(a, np.ndarray) else a for a in calls(rng)[name]]
    ours, _ = both(name)
    if name == "lfilter" and dtype == "q":
        return  # SciPy does not have it
    if name in ("upfirdn", "filtfilt", "resample_poly", "decimate") and dtype == "g":
        return  # nor these
    expected = ours(*args)
    out = np.empty_like(expected)
    assert ours(*args, out=out) is out
    np.testing.assert_array_equal(out, expected)
    for bad, error in (
        (out[:-1], ValueError), (out.astype("F"), ValueError), (out.tolist(), TypeError),
        (np.asfortranarray(out), ValueError),
    ):  # fmt: skip
        with pytest.raises(error, match="out"):
            ours(*args, out=bad)


@pytest.mark.parametrize("dtypes", ["ff", "dd", "fd", "dD", "Ff", "FF", "ib"])
def test_upfirdn(rng, dtypes):
    """Test ratios with and without a common divisor, empty phases, and all axes."""
    for shape, axis in (((30,), 0), ((4, 31), -1), ((31, 3), 0), ((2, 23, 40), 1)):
        x = random_array(rng, shape, dtypes[1])
        for up, down, taps in ((1, 1, 7), (3, 2, 10), (1, 4, 9), (4, 6, 11), (2, 7, 3), (5, 1, 3)):
            h = random_array(rng, taps, dtypes[0])
            for mode in (("constant", 1.5), ("wrap",), ("edge",), ("symmetric",), ("line",)):
                assert_agrees(*both("upfirdn"), h, x, up, down, axis, *mode)
            assert_agrees(*both("upfirdn"), h, x, up, down, axis, "reflect")


def test_upfirdn_in_segments(rng):
    """Test long signals, one and many, whose phases are interleaved piece by piece."""
    for shape, up, down in (((70_001,), 3, 2), ((2, 40_000), 3, 4), ((20, 3000), 7, 5)):
        h, x = random_array(rng, 31, "d"), random_array(rng, shape, "d")
        assert_agrees(*both("upfirdn"), h, x, up, down)


@pytest.mark.parametrize("dtypes", ["dd", "ff", "dD", "DF"])
def test_upfirdn_of_many_phases(rng, dtypes):
    """Test factors without a common divisor, and filters and signals that are shorter or longer."""
    for shape, axis in (((1,), 0), ((7,), 0), ((400,), 0), ((3, 50), 1), ((50, 3), 0),
                        ((2, 60, 40), 1), ((90, 2), 0)):  # fmt: skip
        x = random_array(rng, shape, dtypes[1])
        for up, down, taps in ((97, 89, 1), (97, 89, 60), (89, 97, 700), (160, 147, 3201),
                               (48, 500, 5000), (1000, 3, 2), (6, 100, 77)):  # fmt: skip
            h = random_array(rng, taps, dtypes[0])
            for mode in ((), ("wrap",), ("constant", -2.0)):
                assert_agrees(*both("upfirdn"), h, x, up, down, axis, *mode)


def test_upfirdn_is_the_same_for_every_number_of_threads(rng):
    h, x = rng.standard_normal(20_001), rng.standard_normal((3, 20_000))
    one, three = (signal.upfirdn(h, x, 160, 147, num_threads=n) for n in (1, 3))
    np.testing.assert_array_equal(one, three)


def test_upfirdn_without_upsampling_has_a_row_of_scipy(rng):
    table = fc.compare(
        "signal.upfirdn", rng.standard_normal(5), rng.standard_normal(30), 1, 2, time_limit=0.01
    )
    assert table.row("scipy").reason is None


def test_upfirdn_keeps_a_nan_to_its_windows(rng):
    h, x = rng.standard_normal(6), rng.standard_normal(40)
    x[20] = np.nan
    result = signal.upfirdn(h, x, 4, 3)
    # at the higher rate x[20] is value 80 and reaches 80 to 85, of which 81 and 84 are kept
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(result)), [27, 28])


def test_upfirdn_refusals(rng):
    x = rng.standard_normal((4, 30))
    for args in (([], x), ([[1.0]], x), ([1.0], x, 0), ([1.0], x, 1, 1, 5)):
        assert_agrees(*both("upfirdn"), *args)


THIN = (
    ((30, 1), (1, 40)), ((1, 30), (40, 1)), ((1, 1, 50), (4, 3, 1)), ((1, 50), (20, 31)),
    ((3, 1, 50), (1, 6, 4)), ((1, 20, 1), (3, 1, 30)), ((1,), (5,)), ((1, 1), (3, 4)),
)  # fmt: skip


@pytest.mark.parametrize("shapes", THIN)
@pytest.mark.parametrize("dtype", ["f", "d", "i", "D"])
def test_thin_arrays(rng, shapes, dtype):
    a, b = (random_array(rng, shape, dtype) for shape in shapes)
    for name in ("convolve", "correlate"):
        for mode in ("full", "same", "valid"):
            assert_agrees(*both(name), a, b, mode)


def test_products_of_thin_arrays():
    """Test that products with a thin array read no values past the edges."""
    problem = fc.plan("convolve", in1=(300, 1), in2=(1, 400)).problem
    assert problem.stencil.multiply_adds == 300 * 400
