"""Test Lp pooling of any exponent: accuracy, values of any size, NaN and infinities."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import fastconv as fc
from fastconv import config
from fastconv.algorithms import lp

EXPONENTS = (0.3, 0.5, 1.5, 2.5, 3.0, 7.0, 33.0)


def in_extended_precision(x, grad, p):
    """Return norms of windows of 3 at stride 1, and the gradient, as numpy.longdouble."""
    windows = sliding_window_view(x.astype(np.longdouble), 3, axis=2)
    size, p = np.abs(windows), np.longdouble(p)
    most = size.max(-1, keepdims=True)
    norm = most[..., 0] * ((size / most) ** p).sum(-1) ** (1 / p)
    terms = np.sign(windows) * (size / norm[..., None]) ** (p - 1) * grad[..., None]
    total = np.zeros(x.shape, np.longdouble)
    for tap in range(3):
        total[..., tap : tap + terms.shape[2]] += terms[..., tap]
    return norm, total


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("p", EXPONENTS)
@pytest.mark.parametrize("dtype, scales", [("f", (1.0, 1e30, 1e-30)), ("d", (1.0, 1e280, 1e-280))])
def test_accuracy(dtype, scales, p, isa):
    """Test that norms of large and of small values lose no digits."""
    rng = np.random.default_rng(0)
    bound = {"f": 2e-6, "d": 4e-15}[dtype] * max(1, 1 / p)
    for scale in scales:
        x = (scale * rng.standard_normal((2, 3, 403))).astype(dtype)
        grad = rng.standard_normal((2, 3, 401)).astype(dtype)
        norm, total = in_extended_precision(x, grad, p)
        with config.isa(isa):
            result = fc.lp_pool1d(x, p, 3, 1, algorithm="direct")
            gradient = fc.grad.lp_pool1d_input(grad, x, p, 3, 1, algorithm="direct")
        assert np.max(np.abs(result - norm) / norm) <= bound
        if np.isfinite(total.astype(dtype)).all():
            assert np.max(np.abs(gradient - total)) <= bound * np.max(np.abs(total))


@pytest.mark.parametrize("p", [0.5, 2.5, 90.0])
@pytest.mark.parametrize("dtype", ["f", "d"])
def test_values_that_powers_do_not_reach(dtype, p):
    """Test channels with tiny and huge values, zeros, NaN and infinities beside each other."""
    rng = np.random.default_rng(0)
    limits = np.finfo(dtype)
    x = rng.standard_normal((1, 6, 9, 11)).astype(dtype)
    x[0, 0, 2:5, 3:9] *= 1e-30
    x[0, 1] = 0
    x[0, 2, 4] = limits.smallest_subnormal
    x[0, 3, 3, 3], x[0, 3, 7, 2] = limits.max / 8, -limits.max / 8
    x[0, 4, 4, 5], x[0, 4, 8, 1] = np.inf, -np.inf
    x[0, 5, 0, 0] = np.nan
    grad = rng.standard_normal((1, 6, 4, 5)).astype(dtype)
    bound = {"f": 2e-6, "d": 2e-14}[dtype]
    for function, args in (
        (fc.lp_pool2d, (x, p, 2)), (fc.grad.lp_pool2d_input, (grad, x, p, 2)),
    ):  # fmt: skip
        result = function(*args, algorithm="direct")
        expected = function(*args, algorithm="naive")
        np.testing.assert_allclose(result, expected, rtol=bound, atol=limits.smallest_normal)


@pytest.mark.parametrize("size", [1, 9000, 1 << 20])
def test_blocks_of_channels(monkeypatch, size):
    """Test that results do not depend on how many channels are computed together."""
    x = np.random.default_rng(0).standard_normal((2, 5, 13, 19))
    monkeypatch.setattr(lp, "_BLOCK", size)
    fc.release_memory()
    results = [fc.lp_pool2d(x, 3.5, 3, 2, num_threads=threads) for threads in (1, 3)]
    fc.release_memory()
    np.testing.assert_array_equal(*results)
    expected = fc.lp_pool2d(x, 3.5, 3, 2, algorithm="naive")
    np.testing.assert_allclose(results[0], expected, rtol=1e-14)


def test_positions_without_a_window():
    """Test that what no window holds has the gradient 0, whatever it is."""
    x = np.ones((1, 1, 8))
    x[0, 0, 2], x[0, 0, 5] = np.nan, np.inf
    gradient = fc.grad.lp_pool1d_input(np.ones((1, 1, 3)), x, 3.0, 2, 3)
    a = 2 ** (-2 / 3)
    np.testing.assert_allclose(gradient, [[[a, a, 0, a, a, 0, a, a]]])
