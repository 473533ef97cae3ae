"""Test `implicit_gemm` for few pixels, where vectors hold output channels, not pixels."""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from oracle import assert_matches

import fastconv as fc
from fastconv import config

_SHAPES = [
    # n, groups, input and output channels of a group, side, kernel, padding
    (1, 1, 40, 37, 7, 1, 0),
    (1, 1, 700, 16, 7, 1, 0),
    (1, 1, 50, 24, 7, 3, 1),
    (3, 1, 70, 21, 3, 3, 1),
    (2, 3, 12, 17, 5, 3, 0),
    (5, 2, 9, 8, 2, 2, 0),
    (1, 1, 64, 64, 1, 1, 0),
]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("shape", _SHAPES, ids=str)
def test_every_tail(shape, dtype):
    n, groups, channels, features, side, kernel, padding = shape
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, groups * channels, side, side)).astype(dtype)
    weight = rng.standard_normal((groups * features, channels, kernel, kernel)).astype(dtype)
    bias = rng.standard_normal(groups * features).astype(dtype)
    options = {"padding": padding, "groups": groups, "activation": "relu"}
    expected = fc.conv2d(x, weight, bias, algorithm="naive", **options)
    residual = rng.standard_normal(expected.shape).astype(dtype)
    options["add"] = residual
    expected = fc.conv2d(x, weight, bias, algorithm="naive", **options)
    for isa in config.available_isas():
        with config.isa(isa):
            plan = fc.plan(
                "conv2d", input=x.shape, weight=weight, bias=bias, dtype=x.dtype,
                algorithm="implicit_gemm", **options,
            )  # fmt: skip
            run = partial(fc.conv2d, x, weight, bias, algorithm="implicit_gemm", **options)
            one, three = run(num_threads=1), run(num_threads=3)
            assert_matches(one, expected, dtype=dtype)
            assert_array_equal(one, three)
            # a prepared weight may be for the other form, which adds up in another order
            assert_matches(plan(x), expected, dtype=dtype)
            assert_array_equal(plan(x, num_threads=1), plan(x, num_threads=3))
