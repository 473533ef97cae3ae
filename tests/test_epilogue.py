"""Test the C pass y = activation(x * scale + shift + add), and activations at their corners."""

import numpy as np
import oracle
import pytest
from fastconv.loops.epilogue import affine
from fastconv.loops.pixels import affine_last

NAMES = [
    None, "relu", "relu6", "silu", "sigmoid", "tanh", "hardswish", "hardsigmoid", "leaky_relu",
]  # fmt: skip


@pytest.fixture
def rng():
    return np.random.default_rng(20)


def expected(x, scale, shift, add, activation, low, high):
    columns = (-1,) + (1,) * (x.ndim - 2)
    y = x.astype("f8")
    if scale is not None:
        y = y * scale.reshape(columns)
    if shift is not None:
        y = y + shift.reshape(columns)
    if add is not None:
        y = y + add
    if activation == "clip":
        return np.clip(y, low, high)
    if activation == "slope":
        return np.where(y < 0, y * low, y)
    return oracle.conv.activate(y, activation)


@pytest.mark.parametrize("activation", [*NAMES, "clip", "slope"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("threads", [1, 2])
def test_affine(rng, activation, dtype, threads):
    for shape in ((2, 5, 7), (1, 3, 40, 1), (2, 4, 150, 150)):
        x, add = (4 * rng.standard_normal(shape) for _ in range(2))
        scale, shift = (rng.standard_normal(shape[1]) for _ in range(2))
        x, add, scale, shift = (a.astype(dtype) for a in (x, add, scale, shift))
        count = x[0, 0].size
        for terms in (
            (None, None, None),
            (scale, shift, None),
            (scale, None, add),
            (None, None, add),
        ):
            wanted = expected(x, *terms, activation, -0.25, 1.5)
            out = np.empty_like(x)
            rows = count if terms[0] is not None else x.size
            affine(out, x, rows, *terms, activation, -0.25, 1.5, threads)
            tolerance = 1e-5 if dtype == "f4" else 1e-12
            np.testing.assert_allclose(out, wanted, rtol=tolerance, atol=tolerance)
            again = x.copy()
            affine(again, again, rows, *terms, activation, -0.25, 1.5, threads)
            np.testing.assert_array_equal(again, out)


def test_one_factor_per_channel_of_each_image(rng):
    x, gate = rng.standard_normal((2, 3, 4, 5)), rng.standard_normal((2, 3, 1, 1))
    out = np.empty_like(x)
    affine(out, x, 20, gate)
    np.testing.assert_array_equal(out, x * gate)


def test_affine_keeps_nan():
    x = np.array([[np.nan, -np.inf, np.inf, 1.0]])
    for name in [*NAMES, "clip", "slope"]:
        out = np.empty_like(x)
        affine(out, x, 4, activation=name, low=0.5, high=3.0)
        assert np.isnan(out[0, 0]) and not np.isnan(out[0, 2:]).any(), name


def test_affine_of_nothing_and_of_other_dtypes():
    empty = np.empty((0, 3), "f4")
    affine(empty, empty, 3, activation="relu")
    with pytest.raises(TypeError, match="int64"):
        affine(np.zeros(3, "i8"), np.zeros(3, "i8"), 3)
    with pytest.raises(ValueError, match="swish"):
        affine(np.zeros(3), np.zeros(3), 3, activation="swish")


def last(array, pixel, dtype):
    """Return an array with channels last, with so many values from one pixel to the next."""
    n, channels, *sizes = array.shape
    part = np.moveaxis(np.full((n, *sizes, pixel), np.nan, dtype)[..., :channels], -1, 1)
    part[...] = array
    return part


@pytest.mark.parametrize("activation", [*NAMES, "clip", "slope"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("threads", [1, 2])
def test_channels_last(rng, activation, dtype, threads):
    tolerance = 1e-5 if dtype == "f4" else 1e-12
    for shape in ((2, 5, 7), (1, 16, 40, 1), (2, 37, 30, 31)):
        channels = shape[1]
        x, add = (4 * rng.standard_normal(shape) for _ in range(2))
        scale, shift = (rng.standard_normal(channels).astype(dtype) for _ in range(2))
        x, add = last(x, channels, dtype), last(add, channels + 9, dtype)
        for terms in (
            (None, None, None), (scale, shift, None), (scale, None, add), (None, None, add)
        ):  # fmt: skip
            wanted = expected(x, *terms, activation, -0.25, 1.5)
            out = last(np.zeros(shape), channels + 3, dtype)
            affine_last(out, x, *terms, activation, -0.25, 1.5, threads)
            np.testing.assert_allclose(out, wanted, rtol=tolerance, atol=tolerance)
            assert np.isnan(out.base).sum() == 3 * x.size // channels  # nothing beside is written
            again = last(x, channels, dtype)
            affine_last(again, again, *terms, activation, -0.25, 1.5, threads)
            np.testing.assert_array_equal(again, out)


def test_one_factor_per_channel_of_each_image_with_channels_last(rng):
    x, gate = rng.standard_normal((2, 21, 4, 5)), rng.standard_normal((2, 21, 1, 1))
    laid = last(x, 21, "f8")
    affine_last(laid, laid, gate)
    np.testing.assert_array_equal(laid, x * gate)
    empty = np.empty((0, 3, 2), "f4")
    affine_last(empty, empty, activation="relu")
    with pytest.raises(ValueError, match="swish"):
        affine_last(laid, laid, activation="swish")
