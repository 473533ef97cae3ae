"""Compare fastconv.ndimage with scipy.ndimage in rare cases, such as short axes and windows."""

import numpy as np
import pytest
import scipy.ndimage
from faces import assert_agrees, assert_same, random_array

from fastconv import ndimage

MODES = ("reflect", "constant", "nearest", "mirror", "wrap", "grid-wrap")


@pytest.fixture
def rng():
    return np.random.default_rng(31)


def both(name):
    return getattr(ndimage, name), getattr(scipy.ndimage, name)


# ------------------------------------------------------------------------- maxima and minima


@pytest.mark.parametrize("name", ["minimum_filter", "maximum_filter"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["b", "H", "i", "Q", "f", "d"])
def test_ranks_along_an_axis_of_one_element(rng, name, mode, dtype):
    ours, theirs = both(name)
    for shape in ((8, 1), (1, 8), (4, 1, 5)):
        x = np.abs(random_array(rng, shape, dtype))
        for size in ((3, 2, 3), (2, 3, 2), (3, 4, 1)):
            window = size[: x.ndim]
            for keywords in ({"size": window}, {"footprint": np.ones(window, bool)}):
                keywords |= {"mode": mode, "cval": 100}
                expected = theirs(x, **keywords)
                for algorithm in ("auto", "direct", "doubling", "naive"):
                    assert_same(ours(x, algorithm=algorithm, **keywords), expected)


@pytest.mark.parametrize("dtype", ["b", "B", "h", "H", "i", "I", "q", "Q", "f", "d"])
def test_naive_minima(rng, dtype):
    x = random_array(rng, (7, 9), dtype)
    if x.dtype.kind in "iu":
        x[2, 3:5] = np.iinfo(dtype).min, np.iinfo(dtype).max
    for mode in MODES:
        for size in (5, (2, 3)):
            expected = scipy.ndimage.minimum_filter(x, size, mode=mode)
            assert_same(ndimage.minimum_filter(x, size, mode=mode, algorithm="naive"), expected)


# ------------------------------------------------------------------------------ one tap


@pytest.mark.parametrize("dtype", ["f", "d", "B", "h"])
@pytest.mark.parametrize("keywords", [{}, {"radius": 0}, {"truncate": 0.1}], ids=str)
def test_derivatives_of_gaussians_without_a_radius(rng, dtype, keywords):
    for shape in ((5,), (5, 6), (3, 4, 5)):
        x = random_array(rng, shape, dtype)
        for sigma in (0.1, 0.5):
            for order in (0, 1, 2, 3):
                assert_agrees(*both("gaussian_filter"), x, sigma, order, **keywords)
                assert_agrees(*both("gaussian_filter1d"), x, sigma, 0, order, **keywords)
            assert_agrees(*both("gaussian_laplace"), x, sigma, **keywords)
            assert_agrees(*both("gaussian_gradient_magnitude"), x, sigma, **keywords)


@pytest.mark.parametrize("dtype", ["f", "d", "B", "h"])
def test_cval_past_a_factor_of_another_axis(rng, dtype):
    """Test that a window of one tap multiplies the image, but not the values past its edges."""
    x = random_array(rng, (6, 7, 8), dtype)
    for radius in ((0, 2, 1), (1, 0, 2), (2, 1, 0), (0, 1, 0), (0, 0, 0)):
        for order in (0, 2, (2, 0, 2), (1, 0, 1)):
            for mode in ("constant", ("grid-constant", "wrap", "constant")):
                assert_agrees(
                    *both("gaussian_filter"), x, 0.9, order, mode=mode, cval=2.0, radius=radius
                )


@pytest.mark.parametrize("algorithm", ["naive", "implicit_gemm"])
def test_one_tap_by_name(rng, algorithm):
    x = rng.standard_normal((5, 6))
    expected = scipy.ndimage.gaussian_filter(x, 0.1, order=2)
    assert_same(ndimage.gaussian_filter(x, 0.1, order=2, algorithm=algorithm), expected)


@pytest.mark.parametrize("modes", [("reflect", "reflect"), ("wrap", "nearest")])
def test_sigmas_follow_their_axes(rng, modes):
    """Test the order of sigmas: SciPy 1.17's Laplacian takes the array's order for all axes."""
    x = rng.standard_normal((12, 14))
    result = ndimage.gaussian_laplace(x, (1.0, 2.0), mode=modes, axes=(1, 0))
    assert_same(result, scipy.ndimage.gaussian_laplace(x, (2.0, 1.0), mode=modes[::-1]))


# ------------------------------------------------------------------------ sums of integers


INTEGERS = ("b", "B", "h", "H")


def full_range(rng, shape, dtype):
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)


@pytest.mark.parametrize("name", ["sobel", "prewitt", "laplace"])
@pytest.mark.parametrize("mode", ["constant", "grid-constant", ("reflect", "constant")], ids=str)
@pytest.mark.parametrize("dtype", INTEGERS)
def test_fractions_past_the_edges_of_integers(rng, name, mode, dtype):
    x = full_range(rng, (6, 7), dtype)
    for cval in (1.5, -0.75, 300.1):
        for output in (None, "B", "h", "i", "d"):
            assert_agrees(*both(name), x, output=output, mode=mode, cval=cval)
            if name != "laplace":
                assert_agrees(*both(name), x, 0, output=output, mode=mode, cval=cval)


@pytest.mark.parametrize("name", ["uniform_filter", "gaussian_filter"])
@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("output", INTEGERS)
def test_integers_that_an_axis_narrows(rng, name, dtype, output):
    """Test that results between two passes have the integer dtype of the output, and may wrap."""
    for shape in ((6, 7), (1, 5), (3, 4, 5)):
        x = full_range(rng, shape, dtype)
        for size in (2, 3) if name == "uniform_filter" else (0.7, (0.1, 1.2, 0.7)[: x.ndim]):
            for mode in ("reflect", "constant"):
                for cval in (0, 1.5, 300, -70000):
                    assert_agrees(*both(name), x, size, output=output, mode=mode, cval=cval)


def test_a_cval_that_nobody_sees(rng):
    """Test that `cval` may be any value if no mode is constant."""
    x = full_range(rng, (6, 7), "B")
    for mode in ("reflect", "wrap"):
        for cval in (1.5, 1e30):
            assert_agrees(*both("uniform_filter"), x, mode=mode, cval=cval)
            assert_agrees(*both("laplace"), x, mode=mode, cval=cval)


@pytest.mark.parametrize("shape", [(20, 30, 40), (3, 9, 8, 7)], ids=str)
def test_integers_along_more_than_two_axes(rng, shape):
    for dtype in INTEGERS:
        assert_agrees(*both("laplace"), full_range(rng, shape, dtype))


@pytest.mark.parametrize("name", ["minimum_filter", "maximum_filter"])
@pytest.mark.parametrize("dtype", ["?", "B", "q", "f", "d"])
def test_windows_of_one_element_copy(rng, name, dtype):
    ours, theirs = both(name)
    x = random_array(rng, (7, 5, 3), "d").astype(dtype)
    if dtype in "fd":
        x[2:4, 1] = np.nan, np.inf, -0.0
    for view in (x, x[::-1, ::2], x[0, 0]):
        for algorithm in ("auto", "direct", "doubling", "naive"):
            for mode in ("constant", "mirror"):
                keywords = {"size": 1, "mode": mode, "cval": 1}
                assert_same(ours(view, algorithm=algorithm, **keywords), theirs(view, **keywords))
