"""Test sums of complex products along a line, and of signals that get values in between."""

import numpy as np
import pytest
import scipy.signal

import fastconv
from fastconv import signal


def drawn(rng, shape, dtype):
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)


@pytest.mark.parametrize("function", ["convolve", "correlate"])
@pytest.mark.parametrize("dtype", ["c8", "c16"])
@pytest.mark.parametrize(
    "shape", [(1,), (3,), (15,), (16,), (33,), (513,), (5000,), (7, 19), (3, 4, 21)]
)
def test_whole_arrays(function, dtype, shape):
    rng = np.random.default_rng(0)
    a, b = drawn(rng, shape, dtype), drawn(rng, shape, dtype)
    result = getattr(signal, function)(a, b, "valid", method="direct")
    wide = b[(slice(None, None, -1),) * b.ndim] if function == "convolve" else b.conj()
    exact = (a.astype("c16") * wide.astype("c16")).sum()
    assert result.dtype == np.dtype(dtype) and result.shape == (1,) * len(shape)
    norm = np.linalg.norm(a) * np.linalg.norm(b)
    assert abs(result.item() - exact) <= (2e-7 if dtype == "c8" else 4e-15) * norm
    naive = getattr(signal, function)(a, b, "valid", algorithm="naive")
    assert abs(naive.item() - exact) <= (2e-7 if dtype == "c8" else 4e-15) * norm


@pytest.mark.parametrize("function", ["convolve", "correlate"])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, complex(0, np.inf)])
def test_infinities(function, value):
    """Test that products with an infinity are those of C, whose infinities swallow NaNs."""
    rng = np.random.default_rng(1)
    a, b = drawn(rng, 40, "c16"), drawn(rng, 40, "c16")
    a[17] = value
    result = getattr(signal, function)(a, b, "valid", algorithm="naive")
    expected = getattr(scipy.signal, function)(a, b, "valid", method="direct")
    assert np.isfinite(result.item()) == np.isfinite(expected.item()) == False  # noqa: E712
    assert np.isinf(result.item()) == np.isinf(value)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize(
    "n, up, taps",
    [(50, 95, 95), (40, 39, 70), (9, 126, 73), (300, 16, 100), (200, 20, 7), (3, 17, 900)],
)
def test_outputs_of_which_each_has_the_next_phase(dtype, n, up, taps):
    rng = np.random.default_rng(2)
    x, h = (drawn(rng, size, "c16") for size in (n, taps))
    if dtype[0] == "f":
        x, h = x.real, h.real
    x, h = x.astype(dtype), h.astype(dtype)
    for mode in ("constant", "wrap", "symmetric"):
        result = signal.upfirdn(h, x, up, mode=mode)
        wide = "c16" if dtype[0] == "c" else "f8"
        expected = scipy.signal.upfirdn(h.astype(wide), x.astype(wide), up, mode=mode)
        assert result.dtype == np.dtype(dtype) and result.shape == expected.shape
        error = np.abs(result - expected).max() / np.abs(expected).max()
        assert error <= (1e-6 if dtype in ("f4", "c8") else 1e-14)


@pytest.mark.parametrize("dtype", ["c8", "c16"])
@pytest.mark.parametrize("mode", ["constant", "wrap", "symmetric", "line", "reflect"])
def test_few_taps_of_each_phase(dtype, mode):
    rng = np.random.default_rng(3)
    for shape, axis in (((200,), 0), ((30, 9), 1), ((40, 1), 1), ((9, 30), 0), ((3, 50, 1), 1)):
        x = drawn(rng, shape, dtype)
        for up, down, taps in ((3, 7, 5), (30, 424, 1), (2, 1, 3), (5, 3, 60), (7, 40, 84)):
            if mode in ("line", "reflect") and shape[axis] == 1:
                continue
            for h in (drawn(rng, taps, dtype), rng.standard_normal(taps).astype(dtype)):
                result = signal.upfirdn(h, x, up, down, axis, mode)
                expected = scipy.signal.upfirdn(
                    h.astype("c16"), x.astype("c16"), up, down, axis, mode
                )
                assert result.shape == expected.shape
                error = np.abs(result - expected).max() / np.abs(expected).max()
                assert error <= (1e-6 if dtype == "c8" else 1e-14)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("mode", ["constant", "wrap", "symmetric", "line", "reflect"])
@pytest.mark.parametrize("shape, axis", [((9, 31, 2), 2), ((65, 5), 1), ((8, 90, 1), 1)])
def test_short_lines_side_by_side(dtype, mode, shape, axis):
    """Test that many lines give what each of them gives, whatever the number of threads."""
    rng = np.random.default_rng(4)
    x = drawn(rng, shape, "c16")
    for up, down, taps in ((3, 2, 2), (2, 1, 9), (5, 3, 160), (40, 7, 21), (1, 3, 90)):
        for h in (drawn(rng, taps, "c16"), rng.standard_normal(taps)):
            if dtype[0] == "f":
                x, h = x.real, h.real
            expected = scipy.signal.upfirdn(h, x, up, down, axis, mode, 2.0)
            own = {"c8": "f4", "c16": "f8"}.get(dtype, dtype) if h.dtype.kind == "f" else dtype
            results = [
                signal.upfirdn(
                    h.astype(own), x.astype(dtype), up, down, axis, mode, 2.0, num_threads=n
                )
                for n in (1, 2, 3)
            ]
            error = np.abs(results[0] - expected).max() / np.abs(expected).max()
            assert error <= (1e-6 if dtype in ("f4", "c8") else 1e-14)
            assert all(r.tobytes() == results[0].tobytes() for r in results)


@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm", "nearest", "mirror"])
@pytest.mark.parametrize("shape, taps, axis", [((2,), 300, 0), ((40, 3), 50, 1), ((3, 7), 20, 0)])
def test_direct_sums_along_one_axis(boundary, shape, taps, axis):
    rng = np.random.default_rng(5)
    x, size = drawn(rng, shape, "c16"), [1] * len(shape)
    size[axis] = taps
    h = drawn(rng, taps, "c16").reshape(size)
    options = {"boundary": boundary, "fillvalue": 1 + 2j} if boundary == "fill" else {
        "boundary": boundary
    }  # fmt: skip
    for stride in (1, 3):
        for mode in ("full", "same"):
            call = {"mode": mode, "stride": stride, "axes": axis, **options}
            expected = fastconv.convolve(x, h, algorithm="naive", **call)
            result = fastconv.convolve(x, h, algorithm="direct", **call)
            np.testing.assert_allclose(result, expected, atol=1e-13 * np.abs(expected).max())
