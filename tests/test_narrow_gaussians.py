"""Test Gaussians whose ends are negligible: they are left out unless the image has a NaN."""

import numpy as np
import pytest
import scipy.ndimage

from fastconv import ndimage
from fastconv.problem.kernels1d import Kernel1d


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_taps_are_those_in_the_middle(order):
    for sigma, radius in ((0.7, 71), (0.01, 5), (2.1, 300), (0.3, 4), (5, 20)):
        kernel = Kernel1d.gaussian(sigma, radius, order)
        narrow = kernel.narrowed
        left_out = (kernel.size - narrow.size) // 2
        ends = kernel.weights[:left_out]
        middle = kernel.weights[left_out : kernel.size - left_out]
        np.testing.assert_allclose(narrow.weights, middle, rtol=1e-15)
        assert np.abs(ends).max(initial=0) <= 2.0**-200 * np.abs(middle).max()
        assert (left_out > 0) == (radius > 20 * sigma)


@pytest.mark.parametrize("dtype", "fd")
@pytest.mark.parametrize("value", [None, np.nan, np.inf])
def test_results_are_scipys(dtype, value):
    x = np.random.default_rng(0).standard_normal((90, 110)).astype(dtype)
    if value is not None:
        x[40, 50] = value
    for options in (
        {"sigma": 0.7, "truncate": 100, "order": (1, 0)}, {"sigma": (0.5, 2), "radius": (40, 9)},
        {"sigma": 0.6, "truncate": 60, "mode": "constant", "cval": 2}, {"sigma": 0.02, "radius": 4},
    ):  # fmt: skip
        for name in ("gaussian_filter", "gaussian_laplace", "gaussian_gradient_magnitude"):
            if name != "gaussian_filter" and "order" in options:
                continue
            with np.errstate(all="ignore"):
                theirs = getattr(scipy.ndimage, name)(x, **options)
            ours = getattr(ndimage, name)(x, **options)
            np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(theirs))
            good = np.isfinite(theirs)
            scale = np.abs(theirs[good]).max(initial=0)
            np.testing.assert_allclose(
                ours[good], theirs[good], rtol=0, atol=scale * (1e-6 if dtype == "f" else 1e-14)
            )
