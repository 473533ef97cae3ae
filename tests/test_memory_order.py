"""Test images whose axes lie in another order in memory, and arrays in that order for results."""

from functools import partial
from itertools import permutations, product

import numpy as np
import pytest
import scipy.ndimage
from fastconv.loops.copies import copy

import fastconv as fc
from fastconv import ndimage

#: functions of images, and their options besides the image
CALLS = (
    ("gaussian_filter", (), {"sigma": (1, 0.7, 2), "mode": ["wrap", "nearest", "reflect"]}),
    ("gaussian_filter", (), {"sigma": 1, "order": (0, 1, 2), "mode": "constant"}),
    ("gaussian_filter", (), {"sigma": 1, "order": (0, 1, 2), "mode": "constant", "cval": 3.0}),
    ("gaussian_filter", (), {"sigma": (1, 2), "axes": (0, 2)}),
    ("gaussian_filter1d", (1.5,), {"axis": 0}),
    ("gaussian_filter1d", (1.5,), {"axis": -1, "mode": "constant", "cval": 2.0}),
    ("gaussian_filter1d", (1.5,), {"axis": np.int64(1)}),
    ("uniform_filter", (), {"size": [3, 4, 5], "origin": (1, -1, 0)}),
    ("uniform_filter1d", (5,), {}),
    ("sobel", (), {"axis": 1}),
    ("prewitt", (), {"mode": "constant", "cval": 1.0}),
    ("laplace", (), {"mode": "mirror"}),
    ("gaussian_laplace", (), {"sigma": 1.2}),
    ("gaussian_gradient_magnitude", (), {"sigma": 1.2}),
    ("correlate1d", ([1.0, 2, 4],), {"axis": 0, "origin": -1}),
    ("correlate", (np.arange(12.0).reshape(2, 3, 2),), {"origin": (0, 1, -1)}),
    ("maximum_filter", (), {"size": (3, 1, 4)}),
    ("minimum_filter1d", (3,), {"axis": 1}),
    ("median_filter", (), {"size": (1, 3, 3)}),
    ("percentile_filter", (30,), {"footprint": np.eye(3)[None] > 0}),
    ("rank_filter", (2,), {"size": (11, 1, 1)}),
)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


@pytest.mark.parametrize("item", [1, 2, 4, 8, 16])
def test_copies(rng, item):
    """Test copies between all orders of axes, with strides that are longer or negative."""
    dtype = {1: "B", 2: "h", 4: "f", 8: "d", 16: "D"}[item]
    for shape in ((70, 90), (33, 64), (5, 30, 41), (40, 1, 129), (6, 7, 8, 20), (4096, 2)):
        for order in permutations(range(len(shape))):
            back = np.argsort(order)
            long = rng.integers(0, 200, [2 * shape[i] for i in order]).astype(dtype)
            for step in (1, 2, -1):
                source = long[(slice(None, None, step),) * len(shape)]
                source = source[tuple(slice(shape[i]) for i in order)].transpose(back)
                for target in (shape, [shape[i] for i in order]):
                    out = np.zeros(target, dtype)
                    out = out if target is shape else out.transpose(back)
                    copy(out, source)
                    np.testing.assert_array_equal(out, source)
    copy(out := np.zeros((70, 90), "f"), source := np.ones((90, 70)).T)
    np.testing.assert_array_equal(out, source)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_results_in_fortran_order(rng, call):
    name, args, options = call
    swapped = partial(np.transpose, axes=(1, 0, 2))
    kinds = ((np.asfortranarray, False), (np.asfortranarray, True), (swapped, False))
    for dtype, (kind, inplace) in product("fd", kinds):
        x = kind(rng.standard_normal((20, 31, 40)).astype(dtype))
        expected = getattr(scipy.ndimage, name)(x, *args, **options)
        plain = getattr(ndimage, name)(x, *args, **options)
        output = x.copy(order="K") if inplace else np.zeros_like(x)
        result = getattr(ndimage, name)(output if inplace else x, *args, **options, output=output)
        assert result is output
        scale = np.abs(expected).max()
        tolerance = 1e-5 if dtype == "f" else 1e-13
        assert plain.flags.c_contiguous
        np.testing.assert_allclose(plain, expected, rtol=0, atol=tolerance * scale)
        if inplace:  # SciPy may read the image again after it has written to it
            getattr(scipy.ndimage, name)(x, *args, **options, output=x)
            expected = x
        np.testing.assert_allclose(output, expected, rtol=0, atol=tolerance * scale)


def test_errors_name_the_axes_of_the_caller():
    x = np.zeros((4, 5), order="F")
    for axis in (2, -3):
        with pytest.raises(ValueError, match=f"axis {axis}|axis: {axis}|{axis}"):
            ndimage.gaussian_filter1d(x, 1, axis=axis, output=x.copy(order="F"))


def test_convolutions_of_turned_arrays(rng):
    x, w = rng.standard_normal((2, 3, 40, 50)), rng.standard_normal((4, 3, 3, 3))
    turned = np.asfortranarray(x), np.asfortranarray(w)
    np.testing.assert_array_equal(fc.conv2d(*turned), fc.conv2d(x, w))
    x = rng.integers(0, 255, (80, 90)).astype("B")
    np.testing.assert_array_equal(
        ndimage.gaussian_filter(np.asfortranarray(x), 2), ndimage.gaussian_filter(x, 2)
    )
