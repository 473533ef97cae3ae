"""Test transforms of long lines as matrices, and what `fft` computes by them."""

import numpy as np
import pytest

import fastconv as fc
from fastconv.algorithms.long_lines import LEAST, LongLines, pays, shape_of, spectrum_size

#: lengths of lines: even and odd numbers of rows, blocks of columns that are not full
LENGTHS = (1 << 16, 2**3 * 3**4 * 5**3, 3**6 * 5**3, 2 * 3 * 5**3 * 7 * 11 * 13)
#: dtypes of the results, and largest errors relative to the largest value
COMPUTE = {"f": "f32", "d": "f64", "F": "c64", "D": "c128"}
BOUNDS = {"f": 5e-6, "d": 1e-14, "F": 5e-6, "D": 1e-14}


def _random(size, dtype, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(size)
    return (values + 1j * rng.standard_normal(size) if dtype in "FD" else values).astype(dtype)


def _sparse(size, dtype, seed=1):
    """Return a kernel whose sums of products are few: it has taps of 0 but for some, and these."""
    rng = np.random.default_rng(seed)
    at = np.sort(rng.choice(size, 9, replace=False))
    kernel = np.zeros(size, dtype)
    kernel[at] = _random(9, dtype, seed)
    return kernel, at


def _convolved(x, kernel, at):
    """Return the full convolution by its definition, in double precision."""
    wide = np.result_type(x, np.float64)
    result = np.zeros(x.size + kernel.size - 1, wide)
    for tap in at:
        result[tap : tap + x.size] += wide.type(kernel[tap]) * x
    return result


def _assert_close(result, wanted, dtype):
    assert result.shape == wanted.shape
    assert np.abs(result - wanted).max() <= BOUNDS[dtype] * np.abs(wanted).max()


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("length", LENGTHS)
def test_spectra_are_those_of_lines(length, dtype):
    m, n = shape_of(length)
    assert m * n == length and m <= n
    lines = LongLines(length, COMPUTE[dtype])
    x = _random((2, length - 17), dtype)
    found = lines.forward(x, 1)
    assert found.shape == (2, spectrum_size(length, dtype in "fd"))
    wanted = np.fft.fft(x.astype(complex), length).reshape(2, n, m).swapaxes(1, 2)
    _assert_close(found.reshape(2, -1, n), wanted[:, : lines.rows], dtype)
    continued = np.zeros((2, length), dtype)
    continued[:, :-17] = x
    _assert_close(lines.inverse(found, 1), continued, dtype)


@pytest.mark.parametrize("dtype", "fdFD")
def test_threads_change_no_bit(dtype):
    lines = LongLines(LENGTHS[1], COMPUTE[dtype])
    x = _random(LENGTHS[1], dtype)
    spectra = [lines.forward(x, threads) for threads in (1, 2, 3)]
    results = [lines.inverse(spectra[0].copy(), threads) for threads in (1, 2, 3)]
    for other in (1, 2):
        assert np.array_equal(spectra[0], spectra[other])
        assert np.array_equal(results[0], results[other])


def test_short_and_narrow_lines_stay_lines():
    assert not pays(LEAST["f64"] - 1, "f64")
    assert pays(LEAST["f64"], "f64")
    assert not pays(2 * 1000003, "f64")


@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolutions_of_long_signals(dtype, mode):
    least = LEAST[COMPUTE[dtype]]
    x = _random(least - 1000, dtype)
    kernel, at = _sparse(least // 3, dtype)
    wanted = _convolved(x, kernel, at)
    start = {"full": 0, "same": (kernel.size - 1) // 2, "valid": kernel.size - 1}[mode]
    wanted = wanted[start : start + {"full": wanted.size, "same": x.size}.get(mode, x.size - start)]
    result = fc.convolve(x, kernel, mode=mode, algorithm="fft")
    _assert_close(result, wanted, dtype)
    plan = fc.plan("convolve", in1=x.shape, in2=kernel, dtype=x.dtype, mode=mode, algorithm="fft")
    _assert_close(plan(x), wanted, dtype)


def test_correlations_and_borders():
    x = _random(LEAST["f64"] + 5, "d")
    kernel, at = _sparse(40001, "d")
    around = np.pad(x, (20000, 20000), mode="symmetric")
    wanted = _convolved(around, kernel, at)[40000:-40000]
    result = fc.convolve(x, kernel, mode="same", boundary="symm", algorithm="fft")
    _assert_close(result, wanted, "d")
    wanted = _convolved(x, kernel[::-1], 40000 - at)
    _assert_close(fc.correlate(x, kernel, algorithm="fft"), wanted, "d")


def test_layers_of_one_axis_and_their_gradients():
    x = _random((2, 2, LEAST["f64"]), "d")
    (first, at), (second, also) = _sparse(30001, "d", 3), _sparse(30001, "d", 4)
    weight = np.stack([first, second])[None]
    y = fc.conv1d(x, weight, algorithm="fft")
    for result, line in zip(y, x, strict=True):
        wanted = _convolved(line[0], first[::-1], 30000 - at)
        wanted = wanted + _convolved(line[1], second[::-1], 30000 - also)
        _assert_close(result[0], wanted[30000:-30000], "d")
    g = np.zeros_like(y)
    g[:, 0, [5, 77, 20000]] = [[1, 2, 3], [4, 5, 6]]
    grad = fc.grad.conv1d_weight(x, weight.shape, g, algorithm="fft")
    wanted = sum(
        g[i, 0, o] * x[i, :, o : o + 30001] for i in range(2) for o in (5, 77, 20000)
    )  # fmt: skip
    _assert_close(grad[0], wanted, "d")
    grad = fc.grad.conv1d_input(x.shape, weight, g, algorithm="fft")
    wanted = np.zeros_like(x)
    for i in range(2):
        for o in (5, 77, 20000):
            wanted[i, :, o : o + 30001] += g[i, 0, o] * weight[0]
    _assert_close(grad, wanted, "d")


def test_integers_by_long_transforms_are_exact():
    rng = np.random.default_rng(6)
    x = rng.integers(-1000, 1000, LEAST["f64"])
    kernel, at = np.zeros(50000, np.int64), rng.choice(50000, 9, replace=False)
    kernel[at] = rng.integers(-1000, 1000, 9)
    wanted = np.zeros(x.size + kernel.size - 1, np.int64)
    for tap in at:
        wanted[tap : tap + x.size] += kernel[tap] * x
    assert np.array_equal(fc.convolve(x, kernel, algorithm="fft"), wanted)


def test_a_nan_of_a_long_signal_spreads_as_in_scipy():
    x = _random(LEAST["f64"], "d")
    x[1234] = np.nan
    with pytest.warns(RuntimeWarning):
        assert np.isnan(fc.signal.convolve(x, x[:50000], method="fft")).all()
    kept = fc.signal.convolve(x, np.ones(50000))
    assert np.isnan(kept).sum() == 50000
