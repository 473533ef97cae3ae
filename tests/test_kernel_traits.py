"""Test the traits of kernels that the planner uses: rank and box, and kernels without them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from products import low_rank, outer, random

from fastconv import kernels
from fastconv.problem.traits import traits


def depthwise(*kernel_list):
    return np.stack(kernel_list)[:, None]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_traits_of_known_kernels(dtype):
    gaussian = kernels.gaussian(31, 5).astype(dtype)
    box = kernels.box(31).astype(dtype)
    third = low_rank(31, 31, 3, dtype)
    noise = random(31, 31, dtype=dtype)
    cases = [
        ("box", [box]),
        ("box", [box, 3 * box, 0 * box]),
        ("r1", [gaussian]),
        ("r1", [gaussian, box, 0 * box, -gaussian]),
        ("r3", [third]),
        ("r3", [gaussian, third, box]),
        ("r10", [low_rank(31, 31, 10, dtype)]),
        (None, [low_rank(31, 31, 11, dtype)]),
        (None, [noise]),
        (None, [gaussian, noise]),
        (None, [0 * noise, noise]),
        (None, [third, noise, gaussian]),
    ]
    for expected, kernel_list in cases:
        assert traits(depthwise(*kernel_list), 2) == expected


@pytest.mark.parametrize("shape, rank", [((7, 7), 2), ((5, 9), 1), ((9, 31), 3), ((2, 50), 1)])
def test_the_rank_is_bounded_by_the_shorter_side(shape, rank):
    assert traits(depthwise(low_rank(*shape, rank)), 2) == f"r{rank}"
    if rank < min(shape):
        assert traits(depthwise(low_rank(*shape, rank + 1)), 2) is None


def test_axes_other_than_two():
    product = kernels.gaussian((5, 5, 5), 1).astype(np.float32)
    assert traits(depthwise(product), 3) == "r1"
    assert traits(depthwise(product, 0 * product), 3) == "r1"
    assert traits(depthwise(np.ones((5, 5, 5))), 3) == "box"
    assert traits(depthwise(random(5, 5, 5)), 3) is None
    assert traits(depthwise(product, random(5, 5, 5)), 3) is None
    # Each slice is a product, but the whole is not; also with the axes in another order.
    for axis in range(3):
        mixed = np.stack([outer([random(9, seed=s), random(9)]) for s in range(9)], axis=axis)
        assert traits(depthwise(mixed), 3) is None
    assert traits(depthwise(np.ones(30)), 1) == "box"
    assert traits(depthwise(random(30)), 1) is None


def test_rounding_counts_in_the_dtype_of_the_weight():
    single = kernels.gaussian(31, 5).astype(np.float32)
    assert traits(depthwise(single), 2) == "r1"
    assert traits(depthwise(single.astype(np.float64)), 2) is None
    half = kernels.gaussian(31, 5).astype(np.float16)
    assert traits(depthwise(half), 2) is None


def test_one_changed_tap_is_no_rounding():
    for dtype in (np.float32, np.float64):
        kernel = kernels.gaussian(9, 2).astype(dtype)
        assert traits(depthwise(kernel), 2) == "r1"
        kernel[1, 2] += 40 * np.finfo(dtype).eps * kernel.max()
        assert traits(depthwise(kernel), 2) != "r1"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [(0, 0, 0, 0), (1, 0, 4, 3)])
def test_weights_that_are_not_finite_have_no_trait(value, place):
    weight = depthwise(kernels.gaussian(9, 2), kernels.gaussian(9, 1))
    weight[place] = value
    assert traits(weight, 2) is None
    assert traits(np.full((2, 1, 9, 9), value), 2) is None


def test_weights_with_several_channels_or_tiles_have_no_trait():
    assert traits(np.ones((4, 2, 9, 9)), 2) is None
    assert traits(np.ones((4, 1, 9, 9, 2, 2)), 2) is None


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64])
def test_integers_count_exactly(dtype):
    binomial = np.array([1, 4, 6, 4, 1], dtype)
    product = np.outer(binomial, binomial).astype(dtype)
    assert traits(depthwise(product), 2) == "r1"
    assert traits(depthwise(np.full((5, 5), 7, dtype)), 2) == "box"
    product[0, 0] += 1
    assert traits(depthwise(product), 2) is None
    cube = outer([binomial[:3].astype(np.int64)] * 3)
    assert traits(depthwise(cube), 3) == "r1"
    cube[0, 1, 2] -= 1
    assert traits(depthwise(cube), 3) is None
    # 2**32 * 2**32 is 0 modulo 2**64, so products that overflow show no trait.
    assert traits(depthwise(np.array([[2**32, 0], [0, 2**32]])), 2) is None


@given(st.integers(0, 10**6), st.integers(3, 20), st.integers(3, 20), st.sampled_from(["f4", "f8"]))
def test_a_trait_of_rank_one_means_one_term(seed, rows, columns, dtype):
    kernel = low_rank(rows, columns, 1, dtype, seed)
    assert traits(depthwise(kernel), 2) == "r1"
    assert len(kernels.separate(kernel)) == 1
