"""Test calls that stop the process inside of SciPy: they are refused by name, or answered here."""

import subprocess
import sys

import numpy as np
import pytest
import scipy.signal

import fastconv as fc
from fastconv import ndimage, signal

#: tries calls with arrays of few or no elements, and prints how many it made
CHILD = """
import itertools, warnings
import numpy as np
import fastconv as fc
from fastconv import ndimage, signal

warnings.simplefilter("ignore")
count = 0


def attempt(function, *arguments, **options):
    global count
    count += 1
    for algorithm in ("auto", "scipy"):
        try:
            function(*arguments, algorithm=algorithm, **options)
        except (ValueError, TypeError):
            pass


shapes = [(0, 0), (0, 4), (4, 0), (1, 1), (1, 4), (4, 1), (2, 3)]
planar = (signal.convolve2d, signal.correlate2d)
boundaries = ("fill", "wrap", "circular", "symm", "symmetric", "reflect")
for function, first, second, boundary, dtype in itertools.product(
    planar, shapes, shapes, boundaries, "dO"
):
    for mode in ("full", "same", "valid"):
        attempt(function, np.ones(first, dtype), np.ones(second, dtype), mode, boundary)
modes = ("constant", "symmetric", "reflect", "edge", "wrap", "smooth", "line", "antisymmetric",
         "antireflect", "Reflect", "ANTIREFLECT", "Wrap")
signals = [((0,), -1), ((1,), -1), ((2,), 0), ((0, 3), 0), ((1, 3), 0), ((3, 0), 1), ((3, 1), 1)]
for taps, (shape, axis), mode, up, down, dtype in itertools.product(
    (0, 1, 2, 7), signals, modes, (1, 2, 2.0), (1, 3), "dg"
):
    attempt(signal.upfirdn, np.ones(taps), np.ones(shape, dtype), up, down, axis, mode)
for function, first, second in itertools.product(
    (signal.convolve, signal.correlate, signal.fftconvolve, signal.oaconvolve, fc.convolve),
    [(), (0,), (1,), (3,), *shapes, (2, 0, 3)], [(), (0,), (1,), (3,), *shapes, (1, 1, 1)],
):
    for mode in ("full", "same", "valid"):
        attempt(function, np.ones(first), np.ones(second), mode)
print(count)
"""


def test_no_call_stops_the_process():
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 5000


@pytest.mark.parametrize("name", ["convolve2d", "correlate2d"])
@pytest.mark.parametrize("boundary", ["wrap", "circular", "symm", "symmetric"])
def test_an_empty_image_has_no_continuation(name, boundary):
    function = getattr(signal, name)
    for shape in ((0, 5), (5, 0), (0, 0)):
        for algorithm in ("auto", "scipy"):
            with pytest.raises(ValueError, match=rf"in1 has shape .*{boundary}.*may be 0"):
                function(
                    np.ones(shape), np.ones((3, 3)), boundary=boundary, algorithm=algorithm
                )  # fmt: skip
    # harmless calls are SciPy's
    for mode, shape in (("same", (3, 3)), ("valid", (3, 3)), ("full", (1, 1))):
        expected = getattr(scipy.signal, name)(np.ones((0, 0)), np.ones(shape), mode, boundary)
        result = function(np.ones((0, 0)), np.ones(shape), mode, boundary)
        assert result.shape == expected.shape and not result.any()


@pytest.mark.parametrize(
    ("mode", "fewest"),
    [("symmetric", 1), ("antisymmetric", 1), ("edge", 1), ("wrap", 1), ("line", 1), ("smooth", 2)],
)
def test_signals_too_short_for_their_mode(mode, fewest):
    h = np.arange(1.0, 6)
    for shape, axis in (((fewest - 1,), -1), ((fewest - 1, 3), 0)):
        for name in (mode, mode.upper()):
            with pytest.raises(ValueError, match=f"x has shape .*{name}.*at least {fewest} along"):
                signal.upfirdn(h, np.ones(shape), 2, 1, axis, name)
    # a filter of `up` taps or less needs no sample past the ends
    one = signal.upfirdn(h[:2], np.full(fewest, 3.0), 2, 1, mode=mode)
    assert one.tolist() == [3.0, 6.0] * fewest


def test_modes_may_have_capital_letters():
    x, h = np.arange(1.0, 8), np.arange(1.0, 6)
    for mode in ("Symmetric", "REFLECT", "Edge", "Wrap", "Constant", "Line"):
        for up, down in ((1, 1), (2, 3)):
            expected = scipy.signal.upfirdn(h, x, up, down, mode=mode)
            np.testing.assert_allclose(signal.upfirdn(h, x, up, down, mode=mode), expected)


@pytest.mark.parametrize("mode", ["reflect", "antireflect", "AntiReflect"])
@pytest.mark.parametrize("dtype", ["f", "d", "F", "D", "q"])
def test_one_sample_is_its_own_reflection(mode, dtype):
    """Test that one sample continues with its own value, which is also twice it less itself."""
    h = np.array([1.0, 2, 3, 4, 5])
    for up, down in ((1, 1), (2, 1), (1, 2), (3, 2), (7, 1)):
        expected = scipy.signal.upfirdn(h, np.full(1, 2, dtype), up, down, mode="edge")
        result = signal.upfirdn(h, np.full(1, 2, dtype), up, down, mode=mode)
        assert result.dtype == expected.dtype and np.array_equal(result, expected)
    rows = np.array([[2.0], [5.0]])
    assert np.array_equal(
        signal.upfirdn(h, rows, 2, 1, mode=mode), signal.upfirdn(h, rows, 2, 1, mode="edge")
    )
    with pytest.raises(ValueError, match="at least 2"):
        signal.upfirdn(h, rows, 2, 1, mode=mode, algorithm="scipy")


def test_comparisons_name_the_reason():
    """Test that a comparison does not run SciPy's function where that would stop the process."""
    comparison = fc.compare(
        "signal.upfirdn", np.ones(5), np.ones(1), up=2, mode="reflect", repeat=1, time_limit=0.1
    )
    row = next(row for row in comparison.to_dict()["rows"] if row["algorithm"] == "scipy")
    assert row["seconds"] is None and "at least 2" in row["reason"]


@pytest.mark.parametrize("mode", ["reflect", "grid-mirror"])
def test_reaches_over_four_lengths_of_a_reflected_image(mode):
    """Test that SciPy's N-D filters are not called where they read before the first element."""
    for n in (1, 2, 3):
        image = np.arange(1.0, 2 * n + 1).reshape(n, 2)
        for before in (4 * n - 1, 4 * n, 6 * n):
            weights = np.ones((2 * before + 1, 1))
            padded = np.pad(image, ((before, before), (0, 0)), "symmetric")
            sums = np.stack([padded[i : i + len(weights)].sum(0) for i in range(n)])
            # floating-point numbers are filtered here
            np.testing.assert_allclose(ndimage.correlate(image, weights, mode=mode), sums)
            for whole in (image.astype("i"), image.astype("q")):
                for function in (ndimage.correlate, ndimage.convolve):
                    if before < 4 * n:
                        assert np.array_equal(function(whole, weights, mode=mode), sums)
                        continue
                    with pytest.raises(ValueError, match=f"weights has .* axis of {n}"):
                        function(whole, weights, mode=mode)
            spoiled = image.copy()
            spoiled[0, 0] = np.nan
            gaps = np.arange(len(weights))[:, None] % 2 == 0
            if before >= 4 * n:
                with pytest.raises(ValueError, match="footprint has"):
                    ndimage.maximum_filter(spoiled, footprint=gaps, mode=mode)
            # without gaps, SciPy filters along each axis, which is right
            result = ndimage.maximum_filter(spoiled, footprint=np.ones_like(gaps), mode=mode)
            assert np.array_equal(result[:, 1], np.full(n, 2.0 * n))
    wide = np.ones((2, 400), "i")
    assert (ndimage.correlate(wide, np.ones((1, 99)), mode=mode) == 99).all()
    assert (ndimage.correlate(wide, np.ones(99), axes=1, mode=mode) == 99).all()
    with pytest.raises(ValueError, match="axis of 2"):
        ndimage.correlate(wide, np.ones(99), axes=0, mode=mode)
