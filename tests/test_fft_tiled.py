"""Test fft_tiled: transforms of every size, and results at the edges of tiles."""

import numpy as np
import pytest
import scipy.fft
import scipy.signal
from fastconv.loops.fft_tiled import transform
from fastconv.loops.simd import vector_bytes
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from oracle import assert_matches

import fastconv as fc
from fastconv import config
from fastconv.algorithms.registry import lookup
from fastconv.loops import fft_tiled_transforms
from fastconv.loops.fft_tiled_transforms import order, radices
from fastconv.planner.machine import DEFAULTS
from fastconv.problem.convolution import ConvProblem

SIZES = sorted(
    n for a in range(13) for b in range(8) for c in range(6) if (n := 2**a * 3**b * 5**c) <= 4096
)
ROUNDING = {"f4": 6e-8, "f8": 1.1e-16}


def smooth_error(size):
    """Return a bound on the error, which grows with the number of passes."""
    return 4 + 2 * np.log2(size)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("isa", config.available_isas())
def test_transforms_against_scipy(isa, dtype):
    lanes = vector_bytes(isa) // np.dtype(dtype).itemsize
    rng = np.random.default_rng(0)
    for size in SIZES:
        x = rng.standard_normal((size, 2, lanes)).astype(dtype)
        z = x[:, 0] + 1j * x[:, 1].astype("f8")
        y = x.copy()
        transform(isa, y, False)
        expected = scipy.fft.fft(z, axis=0)[order(size)]
        bound = ROUNDING[dtype] * smooth_error(size)
        norm = np.sqrt(size)
        assert np.abs(y[:, 0] + 1j * y[:, 1] - expected).max() < 5 * norm * bound, size
        transform(isa, y, True)
        assert np.abs(y / size - x).max() < 10 * bound, size


def test_orders_are_permutations():
    for size in SIZES:
        assert_array_equal(np.sort(order(size)), np.arange(size))
        assert np.prod(radices(size), initial=1) == size
    with pytest.raises(ValueError, match="size is 14"):
        radices(14)


# one row and several, taps longer than a tile, an odd number of tiles, rows shorter than a tile
LINES = [(7, 3), (100, 17), (1000, 33), (5, 64), (20000, 2001), (70001, 129), (3000, 2999)]


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize(("n", "m"), LINES)
def test_lines(n, m, dtype):
    rng = np.random.default_rng(n)
    x = numbers(rng, (3, n), dtype)
    h = numbers(rng, (1, m), dtype) / np.sqrt(m)
    for mode in ("full", "same", "valid"):
        y = fc.convolve(x, h.astype(dtype), mode, axes=-1, algorithm="fft_tiled")
        wide = "c16" if np.dtype(dtype).kind == "c" else "f8"
        expected = scipy.signal.fftconvolve(x.astype(wide), h.astype(wide), mode, axes=-1)
        assert y.dtype == dtype
        assert (
            relative_error(y, expected) < {4: 1e-6, 8: 1e-14}[np.dtype(dtype).type(0).real.itemsize]
        )


def test_taps_of_several_parts():
    """Test a row whose kernel is longer than a tile."""
    rng = np.random.default_rng(1)
    x, h = rng.standard_normal(400_000), rng.standard_normal(300_000)
    y = fc.convolve(x, h, "same", algorithm="fft_tiled", num_threads=2)
    assert relative_error(y, scipy.signal.fftconvolve(x, h, "same")) < 1e-14
    x, h = x.astype("f4"), h.astype("f4")
    z = fc.convolve(x, h, "same", algorithm="fft_tiled")
    assert relative_error(z, y) < 1e-6


@pytest.mark.parametrize(
    ("taps", "dilation"), [(3, 200_000), (400, 1000), (12_000, 30), (66_000, 5), (5, 131_072)]
)
def test_dilated_taps_of_several_parts(taps, dilation):
    """Test gaps between taps that are longer than a part, a row of the tile, or neither."""
    rng = np.random.default_rng(taps)
    far = dilation * (taps - 1)
    x, h = rng.standard_normal(far + 700), rng.standard_normal(taps) / np.sqrt(taps)
    spread = np.zeros(far + 1)
    spread[::dilation] = h
    y = fc.conv1d(x[None, None], h[None, None], dilation=dilation, algorithm="fft_tiled")
    expected = scipy.signal.fftconvolve(x, spread[::-1], "valid")
    assert relative_error(y[0, 0], expected) < 1e-14


def test_taps_of_large_kernels():
    """Test kernels that leave one output of a tile, with gaps, of real and complex numbers."""
    rng = np.random.default_rng(4)
    for dtype in ("f4", "c8"):
        x, w = numbers(rng, (1, 1, 70, 515), dtype), numbers(rng, (1, 1, 32, 128), dtype) / 64
        y = fc.conv2d(x, w, dilation=(2, 4), algorithm="fft_tiled")
        assert_matches(y, fc.conv2d(x, w, dilation=(2, 4), algorithm="naive"), dtype=dtype)


# longer than a tile; fewer columns than a vector, more columns; a middle axis; a narrow axis
UPRIGHT = [
    ((1000, 19), 333, 0), ((300, 70), 9, 0), ((4, 700, 4, 20), 57, 1), ((4000, 16), 1500, 0),
    ((500, 3), 65, 0), ((4000, 17), 2500, 0),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize(("shape", "m", "axis"), UPRIGHT)
def test_axes_that_are_not_the_last(shape, m, axis, dtype):
    rng = np.random.default_rng(m)
    taps = [1] * len(shape)
    taps[axis] = m
    x, h = numbers(rng, shape, dtype), numbers(rng, taps, dtype)
    expected = scipy.signal.fftconvolve(wide(x), wide(h), "same", axes=axis)
    plan = fc.plan("convolve", in1=x, in2=h, mode="same", axes=axis, algorithm="fft_tiled")
    results = [plan(x, num_threads=t) for t in (1, 2)]
    assert relative_error(results[0], expected) < {4: 1e-6, 8: 1e-14}[x.real.itemsize]
    assert_array_equal(*results)


def test_planes_that_are_filtered_through():
    """Test depthwise kernels along the first two of three axes, or along the first only."""
    rng = np.random.default_rng(5)
    x = rng.standard_normal((2, 3, 9, 30, 21)).astype("f4")
    for taps in ((5, 1, 1), (3, 7, 1), (1, 12, 1)):
        w = rng.standard_normal((3, 1, *taps)).astype("f4")
        call = {"groups": 3, "padding": (2, 1, 3), "stride": (2, 1, 1), "activation": "relu"}
        y = fc.conv3d(x, w, algorithm="fft_tiled", **call)
        assert_matches(y, fc.conv3d(x, w, algorithm="naive", **call), dtype="f4")


def wide(x):
    return x.astype("c16" if x.dtype.kind == "c" else "f8")


def numbers(rng, shape, dtype):
    values = rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)


def relative_error(y, expected):
    return np.abs(y - expected).max() / np.abs(expected).max()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_convolutions_of_every_kind(data):
    """Compare with naive: dimensions, groups, strides, dilation, boundaries, an epilogue."""
    draw = data.draw
    dims = draw(st.integers(1, 3))
    groups, multiplier, depth = draw(
        st.sampled_from([(1, 1, 1), (3, 1, 1), (2, 2, 1), (1, 3, 2), (2, 1, 3)])
    )
    kernel = [draw(st.integers(1, 9 if dims > 1 else 40)) for _ in range(dims)]
    dilation = [draw(st.integers(1, 3)) for _ in range(dims)]
    stride = [draw(st.integers(1, 3)) for _ in range(dims)]
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    sizes = [draw(st.integers(e, e + 70 // dims**2)) for e in extent]
    if max(kernel) == 1:
        kernel[-1], sizes[-1] = 2, sizes[-1] + dilation[-1]
    mode = draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"]))
    padding = [(draw(st.integers(0, k // 2)), draw(st.integers(0, k // 2))) for k in kernel]
    rng = np.random.default_rng(draw(st.integers(0, 100)))
    n, features = draw(st.integers(1, 3)), groups * multiplier
    x = rng.standard_normal((n, groups * depth, *sizes)).astype("f4")
    w = rng.standard_normal((features, depth, *kernel)).astype("f4") / np.sqrt(np.prod(kernel))
    function = getattr(fc, f"conv{dims}d")
    call = dict(
        bias=rng.standard_normal(features).astype("f4"), stride=tuple(stride),
        padding=padding, dilation=tuple(dilation), groups=groups, padding_mode=mode,
        activation=draw(st.sampled_from([None, "relu"])),
    )  # fmt: skip
    expected = function(x, w.astype("f4"), algorithm="naive", **call)
    results = [
        function(x, w.astype("f4"), algorithm="fft_tiled", num_threads=t, **call) for t in (1, 2)
    ]
    if call["activation"] is None:
        assert_matches(results[0], expected, dtype="f4")
    else:  # which may leave hardly anything of sums of one size
        before = function(x, w.astype("f4"), algorithm="naive", **{**call, "activation": None})
        assert_allclose(results[0], expected, atol=1e-5 * np.abs(before).max())
    assert_array_equal(*results)
    names = {1: "conv1d", 2: "conv2d", 3: "conv3d"}
    plan = fc.plan(names[dims], input=x, weight=w.astype("f4"), algorithm="fft_tiled", **call)
    assert_array_equal(plan(x), results[0])


def test_many_channels_of_their_own():
    """Test that spectra made during the call, or prepared before it, give the same bits."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal((1, 20, 40, 50)).astype("f4")
    w = rng.standard_normal((20, 1, 13, 15)).astype("f4") / 14
    call = {"padding": (6, 7), "groups": 20}
    y = fc.conv2d(x, w, algorithm="fft_tiled", **call)
    assert_matches(y, fc.conv2d(x, w, algorithm="naive", **call), dtype="f4")
    plan = fc.plan("conv2d", input=x, weight=w, algorithm="fft_tiled", **call)
    assert plan.prepared_bytes > 0
    assert_array_equal(plan(x), y)


def test_a_nan_stays_in_its_window():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((300, 300)).astype("f4")
    w = rng.standard_normal((25, 25)).astype("f4") / 25
    plan = fc.plan("ndimage.correlate", input=x, weights=w, mode="mirror")
    assert plan.algorithm == "fft_tiled"
    x[100, 120] = np.nan
    found = np.isnan(plan(x))
    expected = np.zeros_like(found)
    expected[88:113, 108:133] = True
    assert_array_equal(found, expected)
    forced = fc.ndimage.correlate(x, w, mode="mirror", algorithm="fft_tiled")
    assert np.isnan(forced).sum() > expected.sum()


def test_what_it_cannot_do_has_a_reason():
    x = np.ones((1, 1, 9, 9), np.float32)
    with pytest.raises(fc.UnsupportedAlgorithm, match="one tap"):
        fc.conv2d(x, np.ones((1, 1, 1, 1), np.float32), algorithm="fft_tiled")
    large = np.ones((1, 1, 600, 600), np.float32)
    with pytest.raises(fc.UnsupportedAlgorithm, match="too large"):
        fc.conv2d(large, large, padding=2, algorithm="fft_tiled")


def planned(rng):
    """Return a random forward convolution of one to three axes."""
    dims = rng.integers(1, 4)
    most = [(40_000, 1_000_000), (300, 2000), (70, 150)][dims - 1]

    def size(largest):
        return int(2 ** rng.uniform(0, np.log2(largest)))

    kernel = tuple(size(most[0]) if rng.integers(2) else 3 for _ in range(dims))
    dilation = tuple(int(rng.integers(1, 3)) for _ in range(dims))
    columns = zip(kernel, dilation, strict=True)
    sizes = tuple((k - 1) * d + size(most[1]) for k, d in columns)
    groups, channels, features = (int(rng.choice([1, 1, 3, 20])) for _ in range(3))
    dtype = str(rng.choice(["f32", "f64", "c64", "c128"]))
    return ConvProblem(
        "conv", "fwd", (dtype,) * 3, int(rng.integers(1, 5)), groups, groups * channels,
        groups * features, sizes, kernel, tuple(int(rng.integers(1, 4)) for _ in range(dims)),
        ((0, 0),) * dims, dilation,
    )  # fmt: skip


@pytest.mark.parametrize("isa", config.available_isas())
def test_the_floor_is_below_the_cost(isa):
    rng = np.random.default_rng(6)
    algorithm, runs = lookup("fft_tiled", planned(rng)), 0
    with config.isa(isa):
        for _ in range(300):
            problem, threads = planned(rng), int(rng.choice([1, 2, 8]))
            if algorithm.supports(problem) is None:
                cost = algorithm.cost(problem, DEFAULTS[isa], threads)
                assert 0 < algorithm.floor(problem, DEFAULTS[isa], threads) <= cost, problem.key()
                assert algorithm.workspace(problem, threads) > 0
                runs += 1
    assert runs > 100


def test_planning_makes_no_tables():
    """Test that only calls and plans make twiddles, which `release_memory` frees."""
    fc.release_memory()
    rng = np.random.default_rng(7)
    problem = next(p for p in iter(lambda: planned(rng), None) if not refused(p))
    algorithm = lookup("fft_tiled", problem)
    algorithm.cost(problem, DEFAULTS["baseline"], 1)
    algorithm.workspace(problem, 1)
    algorithm.preparation(problem, DEFAULTS["baseline"], 1)
    tables = fft_tiled_transforms._tables
    assert not tables.entries
    x, h = rng.standard_normal(5000), rng.standard_normal(999)
    first = fc.convolve(x, h, algorithm="fft_tiled")
    assert 0 < tables.bytes == sum(t.nbytes for t in tables.entries.values())
    fc.release_memory()
    assert tables.bytes == 0
    assert_array_equal(fc.convolve(x, h, algorithm="fft_tiled"), first)


def refused(problem):
    return lookup("fft_tiled", problem).supports(problem) is not None
