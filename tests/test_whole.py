"""Lines, images and volumes that are transformed as a whole, as matrices of complex numbers."""

import numpy as np
import pytest
import scipy.signal

import fastconv as fc
from fastconv import config
from fastconv.algorithms.whole import _line_matrix, _smooth

SHAPES = [
    ((9000,), (8000,)),
    ((20011,), (77,)),
    ((8209,), (8209,)),
    ((151, 203), (70, 101)),
    ((97, 120), (96, 3)),
    ((5, 4001), (4, 2000)),
    ((20, 31, 33), (11, 16, 17)),
    ((7, 64, 40), (1, 20, 2)),
]
DTYPES = ["float32", "float64", "complex64", "complex128"]


def _noise(rng, shape, dtype):
    values = rng.standard_normal(shape)
    if dtype.startswith("c"):
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)


def _assert_close(found, expected, dtype):
    bound = 5e-6 if dtype in ("float32", "complex64") else 1e-14
    assert found.dtype == dtype
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= bound * np.abs(expected).max()


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_modes_are_those_of_scipy(shapes, dtype, isa):
    rng = np.random.default_rng(0)
    image, kernel = (_noise(rng, shape, dtype) for shape in shapes)
    wide = np.result_type(dtype, np.float64)
    with config.isa(isa):
        for mode in ("full", "same", "valid"):
            expected = scipy.signal.fftconvolve(image.astype(wide), kernel.astype(wide), mode)
            found = fc.convolve(image, kernel, mode=mode, algorithm="fft")
            _assert_close(found, expected, dtype)


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
@pytest.mark.parametrize("shapes", [SHAPES[0], SHAPES[3], SHAPES[6]], ids=str)
@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
def test_boundaries_and_dilations(shapes, boundary, dtype):
    rng = np.random.default_rng(1)
    image, kernel = (_noise(rng, shape, dtype) for shape in shapes)
    kernel = kernel[tuple(slice(None, None, 3) for _ in kernel.shape)].copy()
    options = {"mode": "same", "boundary": boundary, "dilation": 2}
    expected = fc.convolve(image, kernel, algorithm="naive", **options)
    found = fc.convolve(image, kernel, algorithm="fft", **options)
    assert np.abs(found - expected).max() <= 1e-14 * np.abs(expected).max()


@pytest.mark.parametrize("dtype", ["float32", "complex64"])
@pytest.mark.parametrize("shapes", [SHAPES[0], SHAPES[3], SHAPES[6]], ids=str)
def test_threads_and_kept_spectra_change_no_bit(shapes, dtype):
    rng = np.random.default_rng(2)
    image, kernel = (_noise(rng, shape, dtype) for shape in shapes)
    options = {"mode": "full", "algorithm": "fft"}
    with fc.threads(1):
        expected = fc.convolve(image, kernel, **options)
    with fc.threads(3):
        found = fc.convolve(image, kernel, **options)
        assert np.array_equal(found, expected)
        plan = fc.plan("convolve", in1=image, in2=kernel, **options)
        assert np.array_equal(plan(image), expected)


@pytest.mark.parametrize("lanes", [2, 4, 8, 16])
def test_matrices_hold_the_line(lanes):
    for points in (4096, 50002, 1000000):
        rows, columns = _line_matrix(points, lanes, 8)
        assert columns * 8 % 4096
        assert rows % lanes == columns % lanes == 0
        assert points <= rows * columns <= 1.25 * points + lanes**2
        assert rows / columns < 8 and columns / rows < 8
    for least in range(1, 300):
        size = _smooth(least, lanes)
        assert least <= size and size % lanes == 0
        for factor in (2, 3, 5):
            while size % factor == 0:
                size //= factor
        assert size == 1


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shapes", [SHAPES[0], SHAPES[3], SHAPES[6]], ids=str)
def test_functions_of_scipy(shapes, dtype):
    rng = np.random.default_rng(3)
    image, kernel = (_noise(rng, shape, dtype) for shape in shapes)
    wide = [a.astype(np.result_type(dtype, np.float64)) for a in (image, kernel)]
    for name, options in (
        ("fftconvolve", {"mode": "same"}),
        ("correlate", {"mode": "full", "method": "fft"}),
        ("oaconvolve", {"mode": "valid"}),
    ):
        expected = getattr(scipy.signal, name)(*wide, **options)
        _assert_close(getattr(fc.signal, name)(image, kernel, **options), expected, dtype)
    around = [(n // 2, n - 1 - n // 2) for n in kernel.shape]
    padded = np.pad(wide[0], around, mode="symmetric")
    expected = scipy.signal.correlate(padded, wide[1], "valid", method="fft")
    _assert_close(fc.ndimage.correlate(image, kernel), expected, dtype)


@pytest.mark.parametrize("dtype", ["float32", "complex128"])
@pytest.mark.parametrize("shapes", [SHAPES[0], SHAPES[3]], ids=str)
def test_many_arrays_share_a_kernel(shapes, dtype):
    rng = np.random.default_rng(4)
    images, kernel = _noise(rng, (3, *shapes[0]), dtype), _noise(rng, shapes[1], dtype)
    options = {"mode": "same", "boundary": "symm", "algorithm": "fft"}
    axes = tuple(range(1, images.ndim))
    found = fc.convolve(images, kernel[None], axes=axes, **options)
    for image, result in zip(images, found, strict=True):
        assert np.array_equal(result, fc.convolve(image, kernel, **options))
