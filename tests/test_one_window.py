"""Test sums of single windows, as long as the image: dot products, and what continues images."""

import numpy as np
import pytest

import fastconv as fc

MODES = ("fill", "symm", "wrap", "mirror", "nearest")
LENGTH = 1300  # several blocks of terms


def drawn(rng, dtype, size):
    x = rng.standard_normal(size) * 9
    return (x + 1j * rng.standard_normal(size) if dtype[0] == "c" else x).astype(dtype)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", "i8"])
@pytest.mark.parametrize("boundary", MODES)
@pytest.mark.parametrize("dilation", [1, 3])
def test_one_output_of_every_boundary(dtype, boundary, dilation):
    """Of outputs so far apart that there is one, every other algorithm agrees on the value."""
    rng = np.random.default_rng(8)
    x, w = drawn(rng, dtype, LENGTH), drawn(rng, dtype, LENGTH - 7)
    options = {"mode": "same", "boundary": boundary, "stride": 2 * LENGTH, "dilation": dilation}
    if boundary == "fill":
        options["fillvalue"] = 2
    result = fc.correlate(x, w, algorithm="naive", **options)
    whole = fc.correlate(x, w, algorithm="naive", **{**options, "stride": 1})
    assert result.shape == (1,)
    if dtype == "i8":
        assert result[0] == whole[0]
    else:
        bound = 1e-6 if dtype in ("f4", "c8") else 4e-15
        assert abs(result[0] - whole[0]) <= bound * np.abs(whole).max()


@pytest.mark.parametrize("dtype", ["c8", "c16"])
def test_products_with_infinities_are_those_of_c(dtype):
    rng = np.random.default_rng(9)
    x, w = drawn(rng, dtype, LENGTH), drawn(rng, dtype, LENGTH)
    x[7] = complex(np.inf, 1)
    result = fc.signal.correlate(x, w, mode="valid", method="direct")
    assert result.shape == (1,) and not np.isfinite(result[0])
    x[7] = 0
    expected = np.vdot(w.astype("c16"), x.astype("c16"))
    result = fc.signal.correlate(x, w, mode="valid", method="direct")[0]
    assert abs(result - expected) <= 1e-6 * abs(expected)
