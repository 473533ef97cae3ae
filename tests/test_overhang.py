"""Test windows that end past the padded input because of ceil_mode, also if they are the only one.

PyTorch's rule for n values with `before` and `after` padding and windows of e positions: there are
``ceil((n + before + after - e) / s) + 1`` windows, minus the last one if it would start past the
input and the padding before it. A divisor may count padding, but no positions past it.
"""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import fastconv as fc
from fastconv import grad

#: n, kernel_size, stride, padding and dilation of axes with one window
SINGLE = [
    (2, 3, 2, 0, 1), (1, 2, 2, 0, 1), (3, 5, 4, 0, 1), (2, 5, 2, 1, 1), (3, 2, 4, 0, 5),
    (4, 9, 7, 1, 1), (2, 3, 5, 1, 2), (1, 8, 100, 2, 1),
]  # fmt: skip
#: the same for axes with several windows
SEVERAL = [(5, 3, 2, 0, 1), (6, 3, 4, 1, 1), (7, 2, 3, 0, 1), (8, 4, 3, 2, 1), (6, 2, 3, 1, 3)]


def windows(n, k, s, p, d):
    """Return, per window, the positions inside the input, and the divisor if padding counts."""
    extent = d * (k - 1) + 1
    count = -(-(n + 2 * p - extent) // s) + 1
    if (count - 1) * s >= n + p:
        count -= 1
    result = []
    for o in range(count):
        at = [o * s + t * d - p for t in range(k)]
        result.append(([i for i in at if 0 <= i < n], sum(i < n + p for i in at)))
    return result


def averages(x, columns, include, divisor):
    """Return averages over windows of the last axes of x, given one list of windows per axis."""
    shape = tuple(len(c) for c in columns)
    y = np.empty((*x.shape[: x.ndim - len(columns)], *shape))
    for place in product(*map(range, shape)):
        held = [c[o] for c, o in zip(columns, place, strict=True)]
        part = x
        for axis, (inside, _) in enumerate(held):
            part = np.take(part, inside, axis=axis - len(columns))
        inside = np.prod([len(h[0]) for h in held])
        count = np.prod([h[1] for h in held]) if include else inside
        total = part.sum(axis=tuple(range(-len(columns), 0)))
        y[(..., *place)] = total / (divisor or count)
    return y


def by_differences(function, x, g):
    """Return the gradient of ``sum(function(x) * g)`` by differences; it is linear in x."""
    result = np.empty_like(x)
    for place in np.ndindex(x.shape):
        one = np.zeros_like(x)
        one[place] = 1
        result[place] = (function(one) * g).sum()
    return result


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(("include", "divisor"), [(True, None), (False, None), (True, 3)])
@pytest.mark.parametrize("numbers", SINGLE + SEVERAL, ids=str)
def test_averages(rng, numbers, include, divisor, dims):
    if dims == 3 and numbers in SEVERAL:
        numbers = SEVERAL[0]
    n, k, s, p, d = numbers
    columns = [windows(*numbers)] * dims
    x = rng.standard_normal((2, 2, *(n,) * dims))
    options = {
        "stride": s, "padding": p, "ceil_mode": True, "count_include_pad": include,
        "divisor_override": divisor, "dilation": d,
    }  # fmt: skip
    forward = getattr(fc, f"avg_pool{dims}d")
    backward = getattr(grad, f"avg_pool{dims}d_input")
    for algorithm in ("auto", "naive", "direct"):
        y = forward(x, k, **options, algorithm=algorithm)
        assert_allclose(y, averages(x, columns, include, divisor), rtol=1e-13, atol=1e-14)
        g = np.random.default_rng(6).standard_normal(y.shape)
        expected = by_differences(
            lambda v: averages(v, columns, include, divisor), x[:1, :1], g[:1, :1]
        )
        found = backward(g, x.shape, k, **options, algorithm=algorithm)
        assert_allclose(found[:1, :1], expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("numbers", SINGLE + SEVERAL, ids=str)
def test_maxima(rng, numbers):
    n, k, s, p, d = numbers
    x = rng.standard_normal((1, 3, n))
    held = [inside for inside, _ in windows(*numbers)]
    options = {"stride": s, "padding": p, "dilation": d, "ceil_mode": True}
    expected = np.stack([x[..., i].max(-1) if i else np.full((1, 3), -np.inf) for i in held], -1)
    for algorithm in ("auto", "naive", "direct", "doubling"):
        assert_array_equal(fc.max_pool1d(x, k, **options, algorithm=algorithm), expected)
    y, indices = fc.max_pool1d(x, k, **options, return_indices=True)
    assert_array_equal(y, expected)
    g = rng.standard_normal(y.shape)
    gradient = np.zeros_like(x)
    for o, inside in enumerate(held):
        for c in range(3):
            if inside:
                gradient[0, c, inside[x[0, c, inside].argmax()]] += g[0, c, o]
    assert_allclose(grad.max_pool1d_input(g, indices, x.shape), gradient)


@pytest.mark.parametrize("norm", [1, 2, 3, np.inf])
@pytest.mark.parametrize("numbers", SINGLE + SEVERAL, ids=str)
def test_norms(rng, numbers, norm):
    n, k, s, p, d = numbers
    x = rng.standard_normal((1, 2, n))
    held = [inside for inside, _ in windows(*numbers)]
    options = {"stride": s, "padding": p, "dilation": d, "ceil_mode": True}
    y = fc.lp_pool1d(x, norm, k, **options)
    part = [np.abs(x[..., i]) for i in held]
    if norm == np.inf:
        expected = np.stack([v.max(-1, initial=0) for v in part], -1)
    else:
        expected = np.stack([(v**norm).sum(-1) ** (1 / norm) for v in part], -1)
    assert_allclose(y, expected, rtol=1e-12)
    g = rng.standard_normal(y.shape)
    gradient = np.zeros_like(x)
    for o, inside in enumerate(held):
        for i in inside:
            if norm == np.inf:
                share = np.abs(x[..., i]) == expected[..., o]
            else:
                share = (np.abs(x[..., i]) / expected[..., o]) ** (norm - 1)
            gradient[..., i] += g[..., o] * np.sign(x[..., i]) * share
    assert_allclose(
        grad.lp_pool1d_input(g, x, norm, k, **options), gradient, rtol=1e-12, atol=1e-13
    )


@pytest.mark.parametrize(("n", "k", "s"), [(2, 4, 2), (1, 3, 2), (3, 7, 4)])
def test_windows_that_hold_too_little(n, k, s):
    """Test that other windows do not exist, and that without ceil_mode none ends past the input."""
    x = np.ones((1, 1, n))
    for ceil_mode in (True, False):
        with pytest.raises(ValueError, match=f"kernel_size spans {k} positions"):
            fc.avg_pool1d(x, k, s, ceil_mode=ceil_mode)
        with pytest.raises(ValueError, match=f"kernel_size spans {k} positions"):
            grad.avg_pool1d_input(np.ones((1, 1, 1)), x.shape, k, s, ceil_mode=ceil_mode)
    with pytest.raises(ValueError, match="kernel_size spans 3 positions"):
        fc.max_pool1d(np.ones((1, 1, 2)), 3, 2)
