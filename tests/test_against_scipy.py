"""Compare all functions that SciPy has, too, with SciPy."""

import numpy as np
import pytest
from oracle import assert_matches
from scipy import ndimage, signal

import fastconv as fc

SHAPES = [
    ((23,), (6,)),
    ((6,), (23,)),
    ((300,), (90,)),
    ((9, 12), (3, 4)),
    ((40, 41), (17, 16)),
    ((5, 6, 7), (2, 3, 4)),
    ((3, 4, 3, 5), (2, 2, 1, 3)),
    ((4, 9), (6, 2)),
]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def random(rng, shape, dtype):
    values = 50 * rng.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        values = values + 50j * rng.standard_normal(shape)
    return (abs(values) if np.dtype(dtype).kind == "u" else values).astype(dtype)


@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["f4", "f8", "F", "D"])
def test_filters(rng, name, mode, shapes, dtype):
    a, b = (random(rng, shape, dtype) for shape in shapes)
    wide = "D" if np.dtype(dtype).kind == "c" else "f8"
    operands = (a.astype(wide), b.astype(wide), mode)
    try:
        expected = getattr(signal, name)(*operands, method="direct")
    except ValueError:
        with pytest.raises(ValueError, match="valid"):
            getattr(fc, name)(a, b, mode)
        return
    assert_matches(getattr(fc, name)(a, b, mode), expected, dtype=dtype)


@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize("first", ["i1", "u1", "i2", "i4", "i8", "u8", "f4", "D"])
@pytest.mark.parametrize("second", ["i1", "i8", "f4", "f8"])
def test_dtypes_of_filters(rng, name, first, second):
    a, b = random(rng, 30, first), random(rng, 7, second)
    expected = getattr(signal, name)(a, b, method="direct")
    result = getattr(fc, name)(a, b)
    assert result.dtype == expected.dtype
    if expected.dtype.kind in "iu":
        np.testing.assert_array_equal(result, expected)
    else:
        wide = getattr(signal, name)(a.astype("D"), b.astype("D"), method="direct")
        wide = wide if result.dtype.kind == "c" else wide.real
        assert_matches(result, wide)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
@pytest.mark.parametrize("kernel", [(3, 3), (4, 2), (9, 11)])
def test_boundaries_of_convolve2d(rng, mode, boundary, kernel):
    a, b = rng.standard_normal((11, 12)), rng.standard_normal(kernel)
    expected = signal.convolve2d(a, b, mode, boundary, 1.25)
    assert_matches(fc.convolve(a, b, mode, boundary=boundary, fillvalue=1.25), expected)


@pytest.mark.parametrize(
    ("boundary", "other"),
    [("fill", "constant"), ("wrap", "wrap"), ("symm", "reflect"), ("mirror", "mirror"),
     ("nearest", "nearest")],
)  # fmt: skip
@pytest.mark.parametrize("shape", [(9,), (6, 7), (4, 5, 6)])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_boundaries_of_ndimage(rng, boundary, other, shape, dtype):
    a, b = random(rng, shape, dtype), random(rng, (3,) * len(shape), dtype)
    wide = (a.astype("f8"), b.astype("f8"))
    for name in ("convolve", "correlate"):
        expected = getattr(ndimage, name)(*wide, mode=other, cval=2)
        result = getattr(fc, name)(a, b, "same", boundary=boundary, fillvalue=2)
        assert_matches(result, expected, dtype=dtype)


@pytest.mark.parametrize("axes", [0, -1, (1,), (0, 2), (2, 1)])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_axes(rng, axes, mode):
    chosen = {a % 3 for a in ([axes] if isinstance(axes, int) else axes)}
    a = rng.standard_normal((5, 6, 7))
    b = rng.standard_normal([4 if axis in chosen else (1, 6, 7)[axis] for axis in range(3)])
    expected = signal.fftconvolve(a, b, mode, axes=axes)
    assert_matches(fc.convolve(a, b, mode, axes=axes), expected)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_stride_and_dilation(rng, mode):
    a, b = rng.standard_normal((19, 22)), rng.standard_normal((3, 4))
    spread = np.zeros((7, 7))
    spread[::3, ::2] = b
    expected = np.ascontiguousarray(signal.convolve2d(a, spread, mode)[::2, ::3])
    assert_matches(fc.convolve(a, b, mode, stride=(2, 3), dilation=(3, 2)), expected)


def test_zero_dimensional_arrays_multiply():
    result = fc.convolve(np.float64(3), np.float64(4))
    assert type(result) is type(signal.convolve(np.float64(3), np.float64(4)))
    assert result == 12


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("size", [3, 5, 11])
def test_conv2d_is_a_sum_of_correlations(rng, dtype, size):
    x = rng.standard_normal((2, 3, 20, 21)).astype(dtype)
    w = (rng.standard_normal((4, 3, size, size)) / (size * 3**0.5)).astype(dtype)
    expected = np.zeros((2, 4, 21 - size, 22 - size))
    for n, k, c in np.ndindex(2, 4, 3):
        image, kernel = x[n, c].astype("f8"), w[k, c].astype("f8")
        expected[n, k] += signal.correlate2d(image, kernel, "valid")
    assert_matches(fc.conv2d(x, w), expected, dtype=dtype)


@pytest.mark.parametrize("name", ["convolve", "correlate", "fftconvolve", "oaconvolve"])
def test_signal_face(rng, name):
    a, b = rng.standard_normal((9, 30)), rng.standard_normal((3, 7))
    expected = getattr(signal, name)(a, b, "same")
    assert_matches(getattr(fc.signal, name)(a, b, "same"), expected)


@pytest.mark.parametrize("name", ["convolve2d", "correlate2d"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
def test_signal_face_in_two_dimensions(rng, name, mode, boundary):
    a, b = rng.standard_normal((9, 10)), rng.standard_normal((4, 3))
    expected = getattr(signal, name)(a, b, mode, boundary, 0.5)
    assert_matches(getattr(fc.signal, name)(a, b, mode, boundary, 0.5), expected)


def test_signal_face_upfirdn(rng):
    h, x = rng.standard_normal(7), rng.standard_normal((3, 40))
    expected = signal.upfirdn(h, x, up=3, down=2)
    assert_matches(fc.signal.upfirdn(h, x, up=3, down=2), expected)


NDIMAGE = [
    ("convolve", ("kernel",), {}),
    ("correlate", ("kernel",), {"mode": "wrap"}),
    ("convolve1d", ([1.0, 2, -1],), {"axis": 0}),
    ("correlate1d", ([1.0, 2, -1, 0.5],), {"origin": -1}),
    ("gaussian_filter", (1.5,), {}),
    ("gaussian_filter1d", (1.5,), {"order": 1}),
    ("uniform_filter", (4,), {"mode": "mirror"}),
    ("uniform_filter1d", (5,), {}),
    ("sobel", (), {"axis": 0}),
    ("prewitt", (), {}),
    ("laplace", (), {"mode": "nearest"}),
    ("gaussian_laplace", (1.0,), {}),
    ("gaussian_gradient_magnitude", (1.0,), {}),
    ("maximum_filter", (3,), {}),
    ("minimum_filter", ((3, 4),), {"mode": "constant", "cval": 0.25}),
    ("maximum_filter1d", (5,), {}),
    ("minimum_filter1d", (4,), {"axis": 0, "origin": 1}),
]


@pytest.mark.parametrize(("name", "args", "options"), NDIMAGE, ids=[n[0] for n in NDIMAGE])
@pytest.mark.parametrize("dtype", ["f4", "f8", "u1"])
def test_ndimage_face(rng, name, args, options, dtype):
    image = np.abs(random(rng, (13, 14), "f8")).astype(dtype)
    args = tuple(rng.standard_normal((3, 4)) if a == ("kernel") else a for a in args)
    if dtype == "u1":
        expected = getattr(ndimage, name)(image, *args, **options)
        result = getattr(fc.ndimage, name)(image, *args, **options)
        np.testing.assert_array_equal(result, expected)
        assert result.dtype == expected.dtype
    else:
        expected = getattr(ndimage, name)(image.astype("f8"), *args, **options)
        assert_matches(getattr(fc.ndimage, name)(image, *args, **options), expected, dtype=dtype)
