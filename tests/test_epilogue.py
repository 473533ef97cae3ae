"""Test the C pass y = activation(x * scale + shift + add), and activations at their corners."""

import numpy as np
import oracle
import pytest
from fastconv.loops.epilogue import affine

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
