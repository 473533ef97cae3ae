"""Test filters of images whose last axis is short, such as colour images along all axes."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from faces import assert_agrees, assert_same

import fastconv as fc
from fastconv import ndimage
from fastconv.algorithms.registry import lookup
from fastconv.algorithms.turned import turned

SHAPES = ((130, 40, 3), (3000, 2), (700, 3, 2), (40, 40, 5), (1500, 7), (70, 9, 40, 2))
MODES = ("reflect", "constant", "wrap", "mirror", "nearest")


def filters(x, mode, rng):
    """Yield names of functions and their arguments."""
    ndim = x.ndim
    dense, even = rng.standard_normal((3,) * ndim), rng.standard_normal((2, 4, 3, 2)[:ndim])
    yield "gaussian_filter", (x, 1.3), {"cval": 1.5}
    yield "gaussian_filter", (x, 0.8), {"order": (1,) + (0,) * (ndim - 1)}
    yield "gaussian_filter", (x, 1.0), {"axes": (0, ndim - 1)}
    yield "gaussian_filter1d", (x, 2.0, -1), {}
    yield "uniform_filter", (x, 3), {"cval": 2.0}
    yield "uniform_filter", (x, 4), {"origin": 1}
    yield "sobel", (x,), {}
    yield "prewitt", (x, 0), {}
    yield "laplace", (x,), {}
    yield "maximum_filter", (x, 3), {"cval": 3}
    yield "minimum_filter", (x, 2), {"origin": -1}
    yield "maximum_filter1d", (x, 5, -1), {}
    yield "correlate", (x, dense), {"cval": 1.0}
    yield "convolve", (x, even), {"origin": -1}
    yield "correlate", (x, np.rint(3 * dense)), {}
    yield "correlate1d", (x, [1.0, 2.0, 0.3], -1), {}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["u1", "i2", "f4", "f8"])
@pytest.mark.parametrize("shape", SHAPES)
def test_filters(shape, dtype, mode):
    """Test that integers are SciPy's own: sums are rounded in its order of axes and taps."""
    rng = np.random.default_rng(0)
    x = (60 * rng.standard_normal(shape)).astype(dtype)
    for name, args, options in filters(x, mode, rng):
        functions = getattr(ndimage, name), getattr(scipy.ndimage, name)
        assert_agrees(*functions, *args, mode=mode, **options)


def test_short_axes_come_first():
    problem = fc.plan("ndimage.gaussian_filter", input=(500, 400, 3), sigma=1.0).problem
    assert turned(problem).shape == (3, 500, 400)
    assert type(lookup("separable", problem)).__name__ == "Turned"
    # the short axis is not filtered, or there is no long one
    for shape, axes in (((500, 400, 3), (0, 1)), ((8, 8, 3), None), ((4000, 400), None)):
        problem = fc.plan("ndimage.gaussian_filter", input=shape, sigma=1.0, axes=axes).problem
        assert type(lookup("separable", problem)).__name__ == "Stepwise"


def test_every_number_of_threads():
    x = np.random.default_rng(0).standard_normal((300, 200, 3)).astype("f4")
    results = [ndimage.gaussian_filter(x, 2.0, num_threads=n) for n in (1, 3)]
    np.testing.assert_array_equal(*results)
    one_by_one = x
    for axis in range(3):
        one_by_one = ndimage.gaussian_filter1d(one_by_one, 2.0, axis)
    np.testing.assert_allclose(results[0], one_by_one, atol=1e-6)


def test_laplace_of_volumes_of_integers():
    x = np.random.default_rng(0).integers(0, 256, (9, 20, 31), dtype=np.uint8)
    np.testing.assert_array_equal(ndimage.laplace(x), scipy.ndimage.laplace(x))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["u1", "i2", "f4", "f8"])
@pytest.mark.parametrize("shape", [(300, 1), (1, 60, 50), (40, 1, 50), (30, 20, 1, 1), (1, 1)])
def test_axes_of_one_element(shape, dtype, mode):
    rng = np.random.default_rng(0)
    x = (60 * rng.standard_normal(shape)).astype(dtype)
    thin = [1 if n == 1 else 3 for n in shape]
    weights = (rng.standard_normal(thin), np.rint(9 * rng.random(thin)), np.ones(thin))
    for name, args, options in filters(x, mode, rng):
        functions = getattr(ndimage, name), getattr(scipy.ndimage, name)
        assert_agrees(*functions, *args, mode=mode, **options)
    for w in weights:
        assert_agrees(ndimage.correlate, scipy.ndimage.correlate, x, w, mode=mode)


@pytest.mark.parametrize("algorithm", ["naive", "direct", "im2col", "implicit_gemm", "fft", "auto"])
def test_convolutions_along_an_axis_of_one_element(algorithm):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 3, 70)), rng.standard_normal((4, 3, 5))
    expected = fc.conv1d(x, w, padding=2, algorithm="naive")
    for axis in (2, 3):
        pad = (0, 2) if axis == 2 else (2, 0)
        image, kernel = np.expand_dims(x, axis), np.expand_dims(w, axis)
        result = fc.conv2d(image, kernel, padding=pad, algorithm=algorithm)
        np.testing.assert_allclose(result, np.expand_dims(expected, axis), atol=1e-11)


def test_gradients_along_an_axis_of_one_element():
    rng = np.random.default_rng(0)
    x, w, g = (rng.standard_normal(shape) for shape in ((2, 3, 70, 1), (4, 3, 5, 1), (2, 4, 70, 1)))
    for name, args in (("input", (x.shape, w, g)), ("weight", (x, w.shape, g))):
        gradient = getattr(fc.grad, f"conv2d_{name}")
        expected = gradient(*args, padding=(2, 0), algorithm="naive")
        for algorithm in ("direct", "implicit_gemm", "fft", "auto"):
            try:
                found = gradient(*args, padding=(2, 0), algorithm=algorithm)
            except fc.UnsupportedAlgorithm:
                assert (name, algorithm) == ("input", "direct")
                continue
            np.testing.assert_allclose(found, expected, atol=1e-10)


def test_more_and_more_channels():
    """Channels are merged into the axis before them up to a number; the weights are the same."""
    rng = np.random.default_rng(4)
    for dtype in "fd":
        for channels in (15, 17, 24, 25, 48, 49, 24, 16):
            x = rng.standard_normal((7, 33, channels)).astype(dtype)
            for name, options in (("gaussian_filter1d", {"sigma": 1.3}),
                                  ("uniform_filter1d", {"size": 5})):  # fmt: skip
                ours = getattr(ndimage, name)(x, axis=1, **options)
                theirs = getattr(scipy.ndimage, name)(x, axis=1, **options)
                atol = 1e-5 if dtype == "f" else 1e-13
                np.testing.assert_allclose(ours, theirs, rtol=0, atol=atol)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["u1", "i2"])
def test_integers_of_one_column(mode, dtype):
    """Axes of one element come first in memory, so that rows are long."""
    rng = np.random.default_rng(5)
    for shape in ((90, 7, 1), (90, 1, 5), (1, 60, 1), (80, 1)):
        x = rng.integers(0, 120, shape).astype(dtype)
        for name, arguments, keywords in filters(x, mode, rng):
            ours, theirs = getattr(ndimage, name), getattr(scipy.ndimage, name)
            assert_same(
                ours(x, *arguments[1:], mode=mode, **keywords),
                theirs(x, *arguments[1:], mode=mode, **keywords),
            )


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("columns", [1, 2, 5, 7, 13, 16, 17])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_columns_of_narrow_images(dtype, columns, mode):
    """Test kernels as large as an image whose rows may be shorter than a vector."""
    rng = np.random.default_rng(columns)
    for rows, boundary in ((9, "fill"), (530, "fill"), (31, "wrap"), (31, "symm")):
        x = rng.standard_normal((rows, columns)).astype(dtype)
        k = np.outer(rng.standard_normal(rows), rng.standard_normal(columns)).astype(dtype)
        algorithm = "separable" if columns > 1 else "auto"
        result = fc.signal.convolve2d(x, k, mode, boundary, algorithm=algorithm)
        exact = scipy.signal.convolve2d(x.astype("f8"), k.astype("f8"), mode, boundary)
        largest = np.linalg.norm(x) * np.linalg.norm(k)  # that few sums may cancel to any value
        assert np.abs(result - exact).max() <= (1e-6 if dtype == "f4" else 1e-14) * largest


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["u1", "i2", "u2", "f4"])
def test_windows_that_reach_far_past_the_edges(dtype, mode):
    rng = np.random.default_rng(3)
    cases = (((30, 40), 200), ((200, 9), (3, 301)), ((70, 20), (150, 2)), ((3, 5, 9), 140))
    for shape, size in cases:
        x = rng.integers(0, 200, shape).astype(dtype)
        args = ndimage.uniform_filter, scipy.ndimage.uniform_filter, x, size
        assert_agrees(*args, mode=mode, cval=3.0)


@pytest.mark.parametrize("dtype", ["u1", "i2", "f4", "f8"])
@pytest.mark.parametrize("shape", [(12, 12, 12, 2), (200, 12), (60, 60, 9), (20, 30, 10, 3)])
def test_rows_that_are_a_few_times_as_long(shape, dtype):
    rng = np.random.default_rng(4)
    x = rng.integers(0, 100, shape).astype(dtype)
    for name, args, options in filters(x, "reflect", rng):
        functions = getattr(ndimage, name), getattr(scipy.ndimage, name)
        assert_agrees(*functions, *args, mode="reflect", **options)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_complex(dtype, mode):
    rng = np.random.default_rng(5)
    for shape in ((700, 3), (60, 40, 9)):
        x = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)
        for weights in (np.arange(7.0), rng.standard_normal(30) + 1j):
            args = ndimage.correlate1d, scipy.ndimage.correlate1d, x, weights
            assert_agrees(*args, mode=mode, cval=1.5)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["u1", "i2", "u2"])
def test_gaussians_that_reach_far_past_the_edges(dtype, mode):
    rng = np.random.default_rng(6)
    for shape, sigma in (((13, 2, 17, 5), 9.0), ((40, 60), 20.0), ((4, 32, 2, 4), 7.75)):
        x = rng.integers(0, 200, shape).astype(dtype)
        for order in (0, 2):
            args = ndimage.gaussian_filter, scipy.ndimage.gaussian_filter, x, sigma
            assert_agrees(*args, order=order, mode=mode, cval=3.0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape, axis", [((90, 1), 1), ((7, 8), 0), ((3, 1, 9), 1), ((5, 6, 7), 2)])
def test_one_tap(shape, axis, mode):
    x = np.random.default_rng(7).standard_normal(shape)
    for name in ("convolve1d", "correlate1d"):
        functions = getattr(ndimage, name), getattr(scipy.ndimage, name)
        for dtype in ("f4", "f8", "c8"):
            assert_agrees(*functions, x.astype(dtype), [3.0], axis=axis, mode=mode, cval=1.5)
    taps = np.array([2.5]).reshape((1,) * len(shape))
    np.testing.assert_array_equal(fc.convolve(x, taps, "same", axes=axis), 2.5 * x)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2"])
def test_large_windows_of_long_lines(dtype, mode):
    rng = np.random.default_rng(8)
    limits = np.iinfo(dtype)
    cases = (
        ((5000,), 300), ((1031,), 1030), ((3, 1500), (1, 401)), ((1500, 3), (401, 1)),
        ((2, 900, 3), (1, 257, 2)), ((40, 5003), (3, 2000)),
    )  # fmt: skip
    for shape, size in cases:
        x = rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)
        args = ndimage.uniform_filter, scipy.ndimage.uniform_filter, x, size
        assert_agrees(*args, mode=mode, cval=3.0)
        assert_agrees(*args, mode=mode, cval=-7.0, output=np.dtype("f4"))


@pytest.mark.parametrize("dtype", ["i4", "F", "D", "f4"])
def test_biases_of_outputs_with_flat_axes(dtype):
    """Test that a bias meets its channel where axes of one element are left out."""
    rng = np.random.default_rng(8)
    for shape, kernel in (
        ((2, 6, 5, 1, 5), (4, 6, 3, 1, 4)), ((1, 3, 1, 1, 1), (4, 3, 1, 4, 3)),
        ((3, 1, 1, 1), (4, 3, 4, 1, 3)), ((2, 4, 1, 6), (4, 4, 1, 3)),
    ):  # fmt: skip
        dims = len(kernel) - 2
        function = getattr(fc, f"conv{dims}d")
        x, w, b = (rng.integers(-5, 6, s).astype(dtype) for s in (shape, kernel, kernel[:1]))
        if dtype in "FD":
            x, w, b = x + 1j * x, w - 2j * w, b * (1 + 1j)
        options = {"padding": "full" if 1 in shape[-dims:-1] else 0}
        expected = function(x, w, b, **options, algorithm="naive")
        add = np.ones_like(expected)
        for row in fc.compare(function.__name__, x, w, b, **options, repeat=1).rows:
            if row.reason is None:
                result = function(x, w, b, **options, algorithm=row.algorithm, add=add)
                np.testing.assert_allclose(result, expected + 1, rtol=0, atol=2e-4)
