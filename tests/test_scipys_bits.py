"""Test that short filters of float64 add up in SciPy's order, and so have its bits."""

import platform

import numpy as np
import pytest
import scipy.ndimage

from fastconv import config, ndimage

pytestmark = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"),
    reason="SciPy's sums may be fused, which rounds once instead of twice",
)


@pytest.mark.parametrize("isa", ["baseline", "avx2", "avx512"])
def test_gaussians(isa):
    if isa not in config.available_isas():
        pytest.skip("this machine or this build does not have it")
    rng = np.random.default_rng(1)
    with config.isa(isa):
        for shape in ((41, 67), (12, 20), (64, 512), (19, 23, 37), (300,), (5, 6, 7, 30)):
            x = rng.standard_normal(shape)
            for options in (
                {"sigma": 1}, {"sigma": 0.5, "mode": "wrap"}, {"sigma": 0.9, "mode": "mirror"},
                {"sigma": 0.8, "order": 1}, {"sigma": 1, "mode": "constant"},
                {"sigma": 0.7, "order": 2, "mode": "nearest"}, {"sigma": 1, "radius": 1},
            ):  # fmt: skip
                expected = scipy.ndimage.gaussian_filter(x, **options)
                for threads in (1, 3):
                    ours = ndimage.gaussian_filter(x, **options, num_threads=threads)
                    np.testing.assert_array_equal(ours, expected)
            for axis in range(len(shape)):
                ours = ndimage.gaussian_filter1d(x, 1, axis=axis)
                np.testing.assert_array_equal(
                    ours, scipy.ndimage.gaussian_filter1d(x, 1, axis=axis)
                )


def test_derivatives_of_constant_images_are_zero():
    x = np.full((50, 60), 0.3)
    for order in ((1, 0), (0, 1), (1, 1)):
        assert not ndimage.gaussian_filter(x, 1, order=order).any()
    assert not ndimage.sobel(x).any()
    assert not ndimage.prewitt(x, axis=0).any()
