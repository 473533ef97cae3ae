"""Compare kernels with their formulas, and test their factors."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from products import outer, random, total
from scipy import ndimage

from fastconv import kernels

# --- the kernels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 4, 7, (5,), (3, 6), (2, 3, 5)])
@pytest.mark.parametrize("sigma", [0.3, 1.5, 20.0])
def test_gaussian_is_the_sampled_formula(size, sigma):
    shape = (size, size) if isinstance(size, int) else size
    squares = sum((np.indices(shape)[a] - (n - 1) / 2) ** 2 for a, n in enumerate(shape))
    expected = np.exp(-squares / (2 * sigma**2))
    found = kernels.gaussian(size, sigma)
    assert found.dtype == np.float64 and found.shape == shape
    assert_allclose(found, expected / expected.sum(), rtol=1e-13, atol=1e-300)
    assert found.sum() == pytest.approx(1, abs=1e-14)
    assert_array_equal(found, found[::-1])


def test_gaussian_takes_a_sigma_per_axis():
    found = kernels.gaussian((5, 9), (1, 2))
    expected = np.outer(kernels.gaussian((5,), 1), kernels.gaussian((9,), 2))
    assert_allclose(found, expected, rtol=1e-14)
    assert_array_equal(found, kernels.gaussian((5, 9), np.array([1.0, 2.0])))


def test_extreme_sigmas_leave_a_kernel_that_sums_to_one():
    assert_array_equal(kernels.gaussian(3, 1e-300), [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    assert_array_equal(kernels.gaussian((4,), 1e-300), [0, 0.5, 0.5, 0])
    assert_allclose(kernels.gaussian(4, 1e300), kernels.box(4))


def test_box():
    assert_array_equal(kernels.box(4), np.full((4, 4), 1 / 16))
    assert_allclose(kernels.box((2, 3, 5)), np.full((2, 3, 5), 1 / 30))


@pytest.mark.parametrize(
    "name, smoothing", [("sobel", [1, 2, 1]), ("prewitt", [1, 1, 1]), ("scharr", [3, 10, 3])]
)
def test_derivatives(name, smoothing):
    make = getattr(kernels, name)
    down = np.array([[-s for s in smoothing], [0, 0, 0], smoothing])
    for axis, expected in [(0, down), (-2, down), (1, down.T), (-1, down.T)]:
        assert make(axis).dtype == np.float64
        assert_array_equal(make(axis), expected)
        assert make(axis).flags.c_contiguous


@pytest.mark.parametrize("name", ["sobel", "prewitt"])
@pytest.mark.parametrize("axis", [0, 1])
def test_derivatives_are_those_of_scipy(name, axis):
    image = random(9, 11)
    expected = getattr(ndimage, name)(image, axis)
    assert_allclose(ndimage.correlate(image, getattr(kernels, name)(axis)), expected, atol=1e-13)


def test_small_kernels_are_the_textbook_ones():
    assert_array_equal(kernels.laplacian(), [[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    assert_array_equal(kernels.laplacian(diagonal=True), [[1, 1, 1], [1, -8, 1], [1, 1, 1]])
    assert_array_equal(kernels.sharpen(), [[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
    delta = np.pad([[1.0]], 1)
    assert_array_equal(kernels.sharpen(), delta - kernels.laplacian())
    assert_array_equal(kernels.emboss(), [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]])
    edges = [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
    assert_array_equal(-kernels.laplacian(diagonal=True), edges)
    for kernel in (kernels.laplacian(), kernels.sharpen(), kernels.emboss()):
        assert kernel.dtype == np.float64


def test_results_are_new_arrays():
    kernels.sharpen()[:] = 0
    kernels.laplacian()[:] = 0
    assert kernels.sharpen()[1, 1] == 5 and kernels.laplacian()[1, 1] == -4


@pytest.mark.parametrize("size, sigma", [(25, 2.0), ((41, 21), (3.0, 1.5)), ((49,), 3.0)])
def test_log_is_the_laplacian_of_a_gaussian(size, sigma):
    found = kernels.log(size, sigma)
    impulse = np.zeros(found.shape)
    impulse[tuple(n // 2 for n in found.shape)] = 1
    expected = ndimage.gaussian_laplace(impulse, sigma, mode="constant", truncate=12)
    assert abs(found.sum()) < 1e-14
    assert found[tuple(n // 2 for n in found.shape)] < 0
    assert_allclose(found, expected, atol=1e-6 * abs(expected).max())


@pytest.mark.parametrize("size", [(5, 8), 7])
@pytest.mark.parametrize("theta", [0.0, 0.6, -2.0])
def test_gabor_is_the_formula_tap_by_tap(size, theta):
    frequency, sigma, phase, aspect = 0.2, 1.7, 0.4, 0.6
    found = kernels.gabor(size, frequency, theta, sigma, phase, aspect)
    rows, columns = (size, size) if isinstance(size, int) else size
    assert found.shape == (rows, columns) and found.dtype == np.float64
    for i in range(rows):
        for j in range(columns):
            x, y = j - (columns - 1) / 2, i - (rows - 1) / 2
            along = x * math.cos(theta) + y * math.sin(theta)
            across = -x * math.sin(theta) + y * math.cos(theta)
            envelope = math.exp(-(along**2 + aspect**2 * across**2) / (2 * sigma**2))
            wave = math.cos(2 * math.pi * frequency * along + phase)
            assert found[i, j] == pytest.approx(envelope * wave, abs=1e-14)


def test_gabor_at_zero_frequency_is_a_gaussian():
    found = kernels.gabor(9, 0, 0.3, 2)
    assert_allclose(found / found.sum(), kernels.gaussian(9, 2), rtol=1e-12)


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: kernels.gaussian(0, 1), ValueError, "size is 0"),
        (lambda: kernels.gaussian((), 1), ValueError, "size"),
        (lambda: kernels.gaussian(3.0, 1), TypeError, "size is 3.0"),
        (lambda: kernels.gaussian((3, True), 1), TypeError, "size"),
        (lambda: kernels.gaussian(3, 0), ValueError, "sigma is 0"),
        (lambda: kernels.gaussian(3, math.nan), ValueError, "sigma is nan"),
        (lambda: kernels.gaussian(3, "1"), TypeError, "sigma"),
        (lambda: kernels.gaussian(3, (1, 2, 3)), ValueError, "sigma"),
        (lambda: kernels.box(-1), ValueError, "size is -1"),
        (lambda: kernels.sobel(2), ValueError, "axis is 2"),
        (lambda: kernels.prewitt(0.0), TypeError, "axis is 0.0"),
        (lambda: kernels.scharr(True), TypeError, "axis is True"),
        (lambda: kernels.log((3, 3), (1, -1)), ValueError, "sigma is -1"),
        (lambda: kernels.gabor((3, 3, 3), 0.1, 0, 1), ValueError, "size"),
        (lambda: kernels.gabor(3, math.inf, 0, 1), ValueError, "frequency is inf"),
        (lambda: kernels.gabor(3, 0.1, None, 1), TypeError, "theta is None"),
        (lambda: kernels.gabor(3, 0.1, 0, -1), ValueError, "sigma is -1"),
        (lambda: kernels.gabor(3, 0.1, 0, 1, aspect=0), ValueError, "aspect is 0"),
    ],
)
def test_bad_arguments_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


# --- separate ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kernel",
    [
        kernels.gaussian(31, 5),
        kernels.gaussian((5, 7, 3), (1, 2, 1)),
        kernels.box(9),
        kernels.sobel(0),
        kernels.scharr(1),
        kernels.gabor(15, 0.1, 0, 3),
        np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]),
        kernels.gaussian(31, 5).astype(np.float32),
        kernels.gaussian(31, 5).astype(np.float16),
        kernels.gaussian((9, 9, 9), 2).astype(">f4"),
    ],
    ids=str,
)
def test_a_separable_kernel_has_one_term(kernel):
    terms = kernels.separate(kernel)
    assert len(terms) == 1 and len(terms[0]) == kernel.ndim
    for vector, taps in zip(terms[0], kernel.shape, strict=True):
        assert vector.shape == (taps,) and vector.dtype == np.float64
    eps = np.finfo(kernel.dtype).eps if kernel.dtype.kind == "f" else np.finfo(float).eps
    assert_allclose(total(terms), kernel, atol=20 * eps * abs(kernel).max())


def test_factors_are_balanced_and_their_signs_fixed():
    [(down, across)] = kernels.separate(1e6 * kernels.sobel(0))
    assert np.linalg.norm(down) == pytest.approx(np.linalg.norm(across))
    assert_allclose(down / down[2], [-1, 0, 1], atol=1e-14)
    assert_allclose(across / across[0], [1, 2, 1])
    assert (across > 0).all() and down[2] > 0
    for vector in kernels.separate(kernels.gaussian((3, 4, 5), 1))[0]:
        assert (vector > 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
@pytest.mark.parametrize("rank", [1, 2, 4])
def test_a_matrix_has_as_many_terms_as_its_rank(dtype, rank):
    kernel = random(13, rank, dtype=dtype) @ random(rank, 17, dtype=dtype, seed=1)
    if dtype in (np.float32, np.complex64):  # the exact products are rounded once
        wide = np.complex128 if dtype == np.complex64 else np.float64
        kernel = random(13, rank, dtype=wide) @ random(rank, 17, dtype=wide, seed=1)
        kernel = kernel.astype(dtype)
    terms = kernels.separate(kernel)
    assert len(terms) == rank
    sizes = [np.linalg.norm(outer(term)) for term in terms]
    assert sizes == sorted(sizes, reverse=True)
    expected_dtype = np.complex128 if np.dtype(dtype).kind == "c" else np.float64
    assert all(vector.dtype == expected_dtype for term in terms for vector in term)
    error = np.linalg.norm(total(terms) - kernel) / np.linalg.norm(kernel)
    assert error < 10 * np.finfo(dtype).eps


def test_known_ranks():
    assert len(kernels.separate(kernels.laplacian())) == 2
    assert len(kernels.separate(kernels.emboss())) == 3
    assert len(kernels.separate(np.eye(5))) == 5
    assert len(kernels.separate(kernels.log(15, 2) + 1e-3)) >= 2


@pytest.mark.parametrize("rtol", [0, 1e-12, 1e-3, 0.1, 0.6])
@pytest.mark.parametrize("shape", [(9, 9), (4, 7), (5, 6, 7), (3, 4, 2, 5)])
def test_rtol_bounds_the_error(shape, rtol):
    kernel = random(*shape)
    error = np.linalg.norm(total(kernels.separate(kernel, rtol)) - kernel) / np.linalg.norm(kernel)
    assert error <= max(rtol, 1e-14)


def test_a_larger_rtol_takes_fewer_terms():
    disk = (np.hypot(*np.mgrid[-7:8, -7:8]) <= 7.2).astype(float)
    counts = [len(kernels.separate(disk, rtol)) for rtol in (None, 1e-2, 0.2, 0.9)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[2] and counts[-1] == 1


@pytest.mark.parametrize("ndim", [3, 4])
def test_a_sum_of_products_of_many_axes(ndim):
    kernel = sum(outer([random(5, seed=10 * r + a) for a in range(ndim)]) for r in range(2))
    terms = kernels.separate(kernel)
    assert len(terms) <= 2 ** (ndim - 1)
    assert_allclose(total(terms), kernel, atol=1e-13)


def test_special_kernels():
    [(vector,)] = kernels.separate([1, 2, 3])
    assert_array_equal(vector, [1.0, 2, 3])
    assert vector.dtype == np.float64
    [(left, right)] = kernels.separate(np.zeros((3, 4)))
    assert_array_equal(left, np.zeros(3))
    assert_array_equal(right, np.zeros(4))
    [(left, right)] = kernels.separate([[-3]])
    assert left * right == pytest.approx(-3) and right > 0
    [(left, right)] = kernels.separate(np.full((2, 2), 1e308))
    assert_allclose(np.outer(left, right), np.full((2, 2), 1e308))
    [(left, right)] = kernels.separate(1j * np.ones((2, 3)))
    assert_allclose(np.outer(left, right), 1j * np.ones((2, 3)))


def test_separate_leaves_its_input_alone():
    kernel = kernels.gaussian((5,), 1)
    kernels.separate(kernel)[0][0][:] = 0
    assert kernel[2] > 0


@pytest.mark.parametrize(
    "kernel, rtol, error, words",
    [
        (np.ones((3, 3), bool), None, TypeError, "bool"),
        (np.ones((3, 3), np.longdouble), None, TypeError, "longdouble|float128"),
        ([["a"]], None, TypeError, "kernel has dtype"),
        (1.0, None, ValueError, "kernel has shape"),
        (np.ones((3, 0)), None, ValueError, "kernel has shape"),
        ([[1.0, math.nan]], None, ValueError, "NaN"),
        (np.ones((3, 3)), -1e-3, ValueError, "rtol is -0.001"),
        (np.ones((3, 3)), 1, ValueError, "rtol is 1"),
        (np.ones((3, 3)), math.nan, ValueError, "rtol is nan"),
        (np.ones((3, 3)), "1", TypeError, "rtol"),
    ],
)
def test_separate_names_bad_arguments(kernel, rtol, error, words):
    with pytest.raises(error, match=words):
        kernels.separate(kernel, rtol)


taps = st.floats(-1e3, 1e3, width=32)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=4, max_side=5), elements=taps))
def test_terms_sum_to_any_kernel(kernel):
    terms = kernels.separate(kernel)
    assert all(tuple(map(len, term)) == kernel.shape for term in terms)
    assert np.linalg.norm(total(terms) - kernel) <= 1e-13 * np.linalg.norm(kernel)


@given(st.lists(hnp.arrays(np.float64, st.integers(1, 6), elements=taps), min_size=2, max_size=4))
def test_products_of_any_vectors_have_one_term(vectors):
    kernel = outer(vectors)
    terms = kernels.separate(kernel)
    assert len(terms) == 1
    assert np.linalg.norm(total(terms) - kernel) <= 1e-13 * np.linalg.norm(kernel)
