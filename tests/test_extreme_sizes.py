"""Test huge sizes: problems with a small output are computed, huge outputs are refused.

The tests pretend that the machine has 4 GiB of memory, so that they do not depend on it or fill it.
"""

from itertools import combinations, product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import fastconv as fc
from fastconv import grad, kernels, linalg, ndimage, signal
from fastconv.problem import gaps, limits, validate_extrema
from fastconv.problem.geometry import BOUNDARIES, Axis
from fastconv.problem.pooling import PoolProblem

HUGE = (2**40, 2**62, 2**63 - 1)
TOTAL_MEMORY = limits.total_memory  # the original, which tests replace
MODES = ("zeros", "reflect", "replicate", "circular")


@pytest.fixture(autouse=True)
def four_gibibytes(monkeypatch):
    monkeypatch.setattr(limits, "total_memory", lambda: 4 << 30)
    monkeypatch.setattr(validate_extrema, "total_memory", lambda: 4 << 30)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def at(index, size, boundary):
    """Return the image index of any position, with Python's integers, or None for padding."""
    if boundary in ("zeros", "constant"):
        return index if 0 <= index < size else None
    if boundary == "replicate":
        return min(max(index, 0), size - 1)
    if boundary == "circular":
        return index % size
    period = 2 * size if boundary == "symmetric" else max(2 * size - 2, 1)
    index %= period
    return index if index < size else period - index - (boundary == "symmetric")


def refused(names, call):
    """Assert a ValueError that names one of `names` and says what is allowed."""
    with pytest.raises(ValueError, match="|".join(names)) as raised:
        call()
    assert len(str(raised.value)) < 500


# ----------------------------------------------------------------------------------- convolutions


def convolved(x, w, stride, padding, dilation, mode):
    """Return a 1-D layer by its definition, or the number of outputs if it is large."""
    n, taps = x.shape[-1], w.shape[-1]
    outputs = (n + 2 * padding - dilation * (taps - 1) - 1) // stride + 1
    if not 0 < outputs < 1000:
        return outputs
    y = np.zeros((1, w.shape[0], outputs))
    for o, t in product(range(outputs), range(taps)):
        i = at(o * stride + t * dilation - padding, n, mode)
        if i is not None:
            y[0, :, o] += w[..., t] @ x[0, :, i]
    return y


def options_of(names):
    """Yield huge options, alone and together, and combinations with few outputs."""
    for name, v in product(names, HUGE):
        yield {name: v}
    for pair in combinations(names, 2):
        for v, u in product(HUGE, HUGE):
            yield dict(zip(pair, (v, u), strict=True))
    for v in HUGE:
        yield dict.fromkeys(names, v)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("algorithm", ["auto", "naive"])
def test_layers(rng, mode, algorithm):
    x, w = rng.standard_normal((1, 2, 9)), rng.standard_normal((3, 2, 3))
    computed = 0
    for given in options_of(("stride", "padding", "dilation")):
        options = {"stride": 1, "padding": 0, "dilation": 1, **given}
        expected = convolved(x, w, **options, mode=mode)
        call = {**options, "padding_mode": mode, "algorithm": algorithm}
        if isinstance(expected, int):
            if expected < 1 or expected * 3 * 8 > 4 << 30:
                refused(["weight", *given], lambda call=call: fc.conv1d(x, w, **call))
            continue
        computed += 1
        assert_allclose(fc.conv1d(x, w, **call), expected, rtol=1e-12, atol=1e-13)
        last = {name: (int(name != "padding"), v) for name, v in options.items()}
        plane = fc.conv2d(x[..., None, :], w[..., None, :], **call | last)
        assert_allclose(plane[..., 0, :], expected, rtol=1e-12, atol=1e-13)
    assert computed > 10


@pytest.mark.parametrize(
    "options",
    [
        {"stride": 2**62}, {"stride": 2**63 - 1}, {"stride": 2**40, "padding": 2**40},
        {"stride": 2**62, "padding": 2**62 - 1}, {"dilation": 2**40, "padding": 2**40},
        {"stride": 2**40, "dilation": 2**40, "padding": 2**41},
    ],
    ids=str,
)  # fmt: skip
def test_algorithms(rng, options):
    x, w = rng.standard_normal((1, 2, 9)), rng.standard_normal((3, 2, 3))
    numbers = {"stride": 1, "padding": 0, "dilation": 1, **options}
    expected = convolved(x, w, **numbers, mode="zeros")
    for algorithm in ("direct", "im2col", "implicit_gemm", "fft", "fft_tiled", "winograd_f2"):
        try:
            y = fc.conv1d(x, w, **options, algorithm=algorithm)
        except fc.UnsupportedAlgorithm:
            continue
        assert_allclose(y, expected, rtol=1e-10, atol=1e-12)
    g = rng.standard_normal(expected.shape)
    by_input = grad.conv1d_input(x.shape, w, g, **options)
    by_weight = grad.conv1d_weight(x, w.shape, g, **options)
    for one, found in ((x, by_input), (w, by_weight)):
        exact = np.zeros_like(one)
        for place in np.ndindex(one.shape):
            unit = np.zeros_like(one)
            unit[place] = 1
            pair = (unit, w) if one is x else (x, unit)
            exact[place] = (convolved(*pair, **numbers, mode="zeros") * g).sum()
        assert_allclose(found, exact, rtol=1e-11, atol=1e-12)


def test_transposed_layers(rng):
    x, w = rng.standard_normal((1, 2, 1)), rng.standard_normal((2, 3, 3))
    expected = fc.conv_transpose1d(x, w)
    for stride in HUGE:
        assert_allclose(fc.conv_transpose1d(x, w, stride=stride), expected, rtol=1e-13)
        names = ["output_padding", "output_size"]
        for name, value in product(names, (2**40 - 1, stride - 1)):
            refused(
                [name], lambda o={name: value, "stride": stride}: fc.conv_transpose1d(x, w, **o)
            )
    two = rng.standard_normal((1, 2, 2))
    for v in HUGE[:2]:  # cropped to 5 values, the first of which lies between the two inputs
        y = fc.conv_transpose1d(two, w, stride=v, padding=[(v - 2, 0)])
        exact = np.zeros((1, 3, 5))
        exact[..., 2:] = np.einsum("c,ckt->kt", two[0, :, 1], w)
        assert_allclose(y, exact, rtol=1e-12)
        refused(["stride"], lambda v=v: fc.conv_transpose1d(two, w, stride=v))
        refused(["dilation"], lambda v=v: fc.conv_transpose1d(x, w, dilation=v))


@pytest.mark.parametrize(("name", "call", "arrays"), [
    ("padding", lambda v, x, w: fc.conv2d(x, w, padding=v), ((1, 2, 5, 5), (3, 2, 3, 3))),
    ("padding", lambda v, x, w: fc.conv3d(x, w, padding=v), ((1, 2, 3, 3, 3), (3, 2, 3, 3, 3))),
    ("padding", lambda v, x, w: fc.tiled_conv2d(x, w, padding=v),
     ((1, 1, 5, 5), (1, 1, 3, 3, 2, 2))),
    ("padding", lambda v, x, w: fc.weighted_pool2d(x, w, 1, v), ((1, 1, 5, 5), (3, 3))),
    ("kernel_size", lambda v, x: fc.max_pool1d(x, v, 1, v // 2), ((1, 1, 5),)),
    ("kernel_size", lambda v, x: fc.avg_pool2d(x, v, 1, v // 2), ((1, 1, 5, 5),)),
    ("kernel_size", lambda v, x: fc.lp_pool1d(x, 2, v, 1, padding=v // 2), ((1, 1, 5),)),
    ("kernel_size", lambda v, x: fc.unfold(x, v, padding=v // 2), ((1, 1, 5, 5),)),
    ("padding", lambda v, x: fc.unfold(x, 3, padding=v), ((1, 1, 5, 5),)),
    ("output_size", lambda v, x: fc.fold(x, v, 3), ((1, 9, 4),)),
    ("output_size", lambda v, x: fc.adaptive_avg_pool2d(x, v), ((1, 1, 5, 5),)),
    ("output_size", lambda v, x: fc.adaptive_max_pool1d(x, v, True), ((1, 1, 5),)),
    ("kernel_size", lambda v, x: fc.max_unpool1d(x, np.zeros((1, 1, 5), int), v), ((1, 1, 5),)),
    ("stride", lambda v, x: fc.max_unpool1d(x, np.zeros((1, 1, 5), int), 2, v), ((1, 1, 5),)),
    ("input_size", lambda v, g: grad.conv1d_input((1, 1, v), np.ones((1, 1, 1)), g, v),
     ((1, 1, 1),)),
    ("input_size", lambda v, g: grad.avg_pool1d_input(g, (1, 1, v), 2, v), ((1, 1, 1),)),
    ("input_size", lambda v, g: grad.adaptive_avg_pool1d_input(g, (1, 1, v)), ((1, 1, 1),)),
    ("input_size", lambda v, g: grad.max_pool1d_input(g, g.astype(int) * 0, (1, 1, v)),
     ((1, 1, 1),)),
    ("dilation", lambda v, a, b: fc.convolve(a, b, dilation=v), ((5,), (3,))),
    ("dilation", lambda v, a, b: fc.correlate(a, b, boundary="wrap", dilation=v), ((5,), (3,))),
    ("dilation", lambda v, a, b: fc.convolve(a, b, method="fft", dilation=v), ((5,), (3,))),
    ("up", lambda v, h, x: signal.upfirdn(h, x, v), ((3,), (5,))),
    ("up", lambda v, h, x: signal.upfirdn(h, x, v, mode="smooth"), ((3,), (5,))),
    ("up", lambda v, h, x: signal.upfirdn(h, x, v, v, mode="line"), ((3,), (5,))),
    ("sigma", lambda v, x: ndimage.gaussian_filter(x, v), ((5, 4),)),
    ("sigma", lambda v, x: ndimage.gaussian_filter(x.astype("i4"), (1, v)), ((5, 4),)),
    ("sigma", lambda v, x: ndimage.gaussian_filter1d(x, v), ((5, 4),)),
    ("sigma", lambda v, x: ndimage.gaussian_laplace(x, v), ((5, 4),)),
    ("sigma", lambda v, x: ndimage.gaussian_gradient_magnitude(x, v), ((5, 4),)),
    ("truncate", lambda v, x: ndimage.gaussian_filter(x, 1, truncate=v), ((5, 4),)),
    ("radius", lambda v, x: ndimage.gaussian_filter(x, 1, radius=v), ((5, 4),)),
    ("order", lambda v, x: ndimage.gaussian_filter(x, 1, order=v), ((5, 4),)),
    ("size", lambda v, x: ndimage.uniform_filter(x, v), ((5, 4),)),
    ("size", lambda v, x: ndimage.uniform_filter1d(x.astype("u1"), v), ((5, 4),)),
    ("size", lambda v, x: ndimage.maximum_filter(x, v, mode="wrap"), ((5, 4),)),
    ("size", lambda v, x: ndimage.minimum_filter1d(x, v), ((5, 4),)),
    ("size", lambda v: kernels.gaussian(v, 1.0), ()),
    ("size", lambda v: kernels.box((1, v)), ()),
    ("size", lambda v: kernels.log(v, 1.0), ()),
    ("size", lambda v: kernels.gabor(v, 0.1, 0, 1.0), ()),
    ("input_shape", lambda v: linalg.toeplitz([1.0, 2.0], v), ()),
    ("input_shape", lambda v: linalg.toeplitz([1.0, 2.0], v, "valid"), ()),
    ("input_size", lambda v, w: linalg.linear_operator(w, (1, 1, v)), ((1, 1, 3),)),
    ("padding", lambda v: fc.plan("conv1d", input=(1, 1, 9), weight=(1, 1, 3), padding=v), ()),
])  # fmt: skip
def test_refused_by_name(name, call, arrays):
    for value in HUGE:
        refused([rf"\b{name}\b"], lambda value=value: call(value, *map(np.ones, arrays)))


def test_memory_of_this_machine():
    assert 1 << 28 < TOTAL_MEMORY() <= 2**63 - 1
    assert TOTAL_MEMORY() == TOTAL_MEMORY()


def test_what_the_message_says():
    x, w = np.ones((1, 2, 5), "f"), np.ones((3, 2, 3), "f")
    with pytest.raises(ValueError) as raised:
        fc.conv1d(x, w, padding=2**40)
    text = str(raised.value)
    for part in ("input has shape (1, 2, 5)", "padding is 1099511627776", "24 TiB", "4 GiB"):
        assert part in text
    assert "stride" not in text
    wide = np.broadcast_to(1.0, (1 << 20, 1, 2)), np.broadcast_to(1.0, (1, 1 << 20, 2))
    refused(["in1 has shape"], lambda: fc.convolve(*wide, axes=2))


def test_memory():
    shape = (1 << 29,)
    limits.checked_size(shape, "f8", "an array", "n is 1")
    with pytest.raises(ValueError, match="n is 1; an array .* 4 GiB of int8; at most 4 GiB"):
        limits.checked_size((shape[0] * 8 + 1,), "i1", "an array", "n is 1")
    with pytest.raises(ValueError, match=r"2\*\*130 bytes"):
        limits.checked_size((2**130,), "i1", "an array", "n is 1")


# --------------------------------------------------------------------------------------- poolings


def test_poolings(rng):
    x = rng.standard_normal((1, 2, 9))
    indices = np.zeros((1, 2, 1), np.int64)
    for stride, ceil_mode in product(HUGE, (False, True)):
        options = {"stride": stride, "ceil_mode": ceil_mode}
        assert_array_equal(fc.max_pool1d(x, 3, **options), x[..., :3].max(-1, keepdims=True))
        assert_allclose(fc.avg_pool1d(x, 3, **options), x[..., :3].mean(-1, keepdims=True))
        plane = fc.max_pool2d(x[:, :, None], (1, 9), **options)  # whole rows are pooled
        assert_array_equal(plane[..., 0], x.max(-1, keepdims=True))
        g = grad.avg_pool1d_input(np.ones((1, 2, 1)), x.shape, 3, **options)
        assert_allclose(g[0, 0], [1 / 3] * 3 + [0] * 6)
        blocks = fc.unfold(x, (3,), stride=stride)
        assert_array_equal(blocks[..., 0], x[0, :, :3].reshape(1, 6))
        assert_array_equal(fc.fold(blocks, (9,), (3,), stride=stride)[..., 3:], 0)
        y = fc.max_unpool1d(x[..., :1], indices, 2, stride=stride)
        assert_array_equal(y, np.stack([x[..., 0], 0 * x[..., 0]], -1))
    for dilation in HUGE[:1]:
        options = {"stride": 1, "padding": dilation, "dilation": dilation}
        for algorithm in ("auto", "naive"):
            assert_array_equal(fc.max_pool1d(x, 3, **options, algorithm=algorithm), x)
            assert_allclose(fc.avg_pool1d(x, 3, **options, algorithm=algorithm), x / 3)
        assert_allclose(fc.lp_pool1d(x, 2, 3, **options), abs(x))
        assert_allclose(grad.avg_pool1d_input(x, x.shape, 3, **options), x / 3)


def test_windows_longer_than_the_input(rng):
    """Test that a window of millions of positions needs no table of them."""
    x, k = rng.standard_normal((1, 1, 4)), 1 << 24
    y = fc.avg_pool1d(x, k, 1, k // 2)
    assert_allclose(y[0, 0], [x.sum() / k] * 5, rtol=1e-12)
    assert fc.max_pool1d(x, k, 1, k // 2).max() == x.max()


def test_tables_of_windows(rng):
    """Compare `PoolProblem.windows` with its definition."""
    for _ in range(300):
        n, k, s, d = (int(v) for v in rng.integers(1, 7, 4))
        pad = tuple(int(v) for v in rng.integers(0, d * (k - 1) + 1, 2))
        outputs = (n + sum(pad) - d * (k - 1) - 1) // s + 2
        if outputs < 1:
            continue
        include = bool(rng.integers(2))
        p = PoolProblem("avg_pool", "fwd", ("f32",) * 3, 1, 1, (n,), (k,), (outputs,), (s,), (pad,),
                        (d,), True, include)  # fmt: skip
        ((ptr, index, tap, count),) = p.windows()
        for o in range(outputs):
            places = [o * s + t * d - pad[0] for t in range(k)]
            inside = [(i, t) for t, i in enumerate(places) if 0 <= i < n]
            part = slice(ptr[o], ptr[o + 1])
            assert list(zip(index[part].tolist(), tap[part].tolist(), strict=True)) == inside
            counted = sum(i < n + pad[1] for i in places) if include else len(inside)
            assert count[o] == counted


# ------------------------------------------------------------------------------ filters, geometry


@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm", "mirror", "nearest"])
def test_filters(rng, boundary):
    a, b = rng.standard_normal(9), rng.standard_normal(3)
    name = {"fill": "zeros", "wrap": "circular", "symm": "symmetric", "mirror": "reflect",
            "nearest": "replicate"}[boundary]  # fmt: skip
    for v in HUGE:
        y = fc.convolve(a, b, boundary=boundary, stride=v)
        first = [at(-t, 9, name) for t in range(3)]
        assert_allclose(y, [sum(b[t] * a[i] for t, i in enumerate(first) if i is not None)])
        y = fc.convolve(a, b, "same", boundary=boundary, dilation=v)
        places = [[at(o + v - t * v, 9, name) for t in range(3)] for o in range(9)]
        exact = [sum(b[t] * a[i] for t, i in enumerate(row) if i is not None) for row in places]
        assert_allclose(y, exact, rtol=1e-12, atol=1e-13)


def test_rates(rng):
    h, x = rng.standard_normal(5), rng.standard_normal(9)
    for v in HUGE:
        assert_allclose(signal.upfirdn(h, x, 1, v), h[:1] * x[:1])
        assert_allclose(signal.upfirdn(h, x, v, v), h[0] * x)
        assert_allclose(signal.upfirdn(h, x[:1], v, 1), h * x[0])
        for algorithm in ("auto", "naive"):
            y = signal.upfirdn(h, x, v - 1, v, algorithm=algorithm)
            assert_allclose(y, [*h * x[:5], 0, 0, 0])  # output m meets sample m with tap m


@pytest.mark.parametrize("dtype", ["f", "d", "D"])
def test_rates_that_leave_most_outputs_without_a_sample(rng, dtype):
    up, down = 2**40 + 1, 2**22
    h, x = rng.standard_normal(5).astype(dtype), rng.standard_normal((2, 3)).astype(dtype)
    y = signal.upfirdn(h, x, up, down)
    exact = np.zeros(((2 * up + 4) // down + 1, 2), dtype)
    for k, p in product(range(3), range(5)):
        m, rest = divmod(k * up + p, down)
        if rest == 0:
            exact[m] += h[p] * x[:, k]
    assert np.count_nonzero(exact) >= 2
    assert_allclose(y, exact.T, rtol=1e-6)


def test_compacted_axes(rng, monkeypatch):
    """Test that the table is the same and short, for any stride, dilation and padding."""
    monkeypatch.setattr(gaps, "SHORT", -1)
    numbers = (1, 2, 3, 5, 8, 13, 31, 2**31, 2**40, 2**40 + 1, 2**62, 2**63 - 1)
    longer = 0
    for _ in range(4000):
        n, features, taps = (int(v) for v in rng.integers(1, 6, 3))
        stride, dilation = (numbers[i] for i in rng.integers(0, len(numbers), 2))
        last = (features - 1) * stride + (taps - 1) * dilation
        near = int(rng.integers(features)) * stride + int(rng.integers(taps)) * dilation
        before = (0, last // 2, last, near + int(rng.integers(-n, n + 1)))[rng.integers(4)]
        boundary = BOUNDARIES[rng.integers(len(BOUNDARIES))]
        axis = Axis(n, features, taps, stride, dilation, before, boundary)
        close = gaps.compacted(axis)
        assert close.stride > 0 < close.dilation
        table = [
            [at(o * stride + t * dilation - before, n, boundary) for t in range(taps)]
            for o in range(features)
        ]
        found = [
            [at(o * close.stride + t * close.dilation - close.before, n, boundary)
             for t in range(taps)] for o in range(features)
        ]  # fmt: skip
        assert table == found, (axis, close)
        longer += close.read > 6 * features * taps * (n + 1)
    assert longer < 40  # stride and dilation are nearly equal, without a common factor


def test_ordinary_axes_stay_as_they_are():
    for axis in (Axis(10, 1, 3, 50), Axis(10**7, 10**7 - 2, 3), Axis(5, 2, 2, 1, 7, 4, "circular")):
        assert gaps.compacted(axis) == axis
