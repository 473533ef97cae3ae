"""Test convolutions whose kernels are as large as the image: a matrix times each image."""

import numpy as np
import pytest
from fastconv.loops.direct_matrix import Matrix

import fastconv as fc
from fastconv.algorithms.direct_costs import loops_of


def noise(seed, *shape, dtype=np.float32):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize(("dtype", "bound"), [(np.float32, 1.5e-6), (np.float64, 3e-15)])
@pytest.mark.parametrize(
    ("n", "features", "channels", "kernel"),
    [
        (1, 1, 1, (1, 1)),
        (3, 33, 700, (1, 1)),
        (2, 7, 60, (5, 4)),
        (2, 130, 1100, (2, 1)),  # several tasks
        (1, 6, 4100, (1, 1)),  # several rows at a time, in both types
        (1, 2, 70_000, (1, 1)),  # several blocks of a sum
    ],
)
def test_values_and_threads(n, features, channels, kernel, dtype, bound):
    x, w = noise(0, n, channels, *kernel, dtype=dtype), noise(1, features, channels, *kernel)
    w = (w / np.sqrt(w[0].size)).astype(dtype)
    bias, add = noise(2, features, dtype=dtype), noise(3, n, features, 1, 1, dtype=dtype)
    exact = np.einsum("nchw,kchw->nk", x.astype(np.longdouble), w.astype(np.longdouble))
    exact = np.maximum(exact + bias + add[:, :, 0, 0], 0)
    options = {"activation": "relu", "algorithm": "direct"}
    results = [
        fc.conv2d(x, w, bias, add=add, num_threads=t, **options)[:, :, 0, 0] for t in (1, 2, 3)
    ]
    plan = fc.plan("conv2d", input=x.shape, weight=w, bias=bias, add=add.shape, **options)
    results.append(plan(x, add=add)[:, :, 0, 0])
    assert np.abs(results[0] - exact).max() <= bound * np.abs(exact).max()
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_what_counts_as_whole():
    def loops(x, w, **options):
        plan = fc.plan("conv2d", input=x, weight=w, algorithm="direct", **options)
        return loops_of(plan.problem)

    assert loops((1, 4, 5, 6), (3, 4, 5, 6)) is Matrix
    assert loops((1, 4, 1, 1), (3, 4, 1, 1), stride=2) is Matrix
    assert loops((1, 4, 5, 6), (4, 2, 5, 6), groups=2) is not Matrix
    assert loops((1, 4, 5, 6), (3, 4, 5, 6), padding=1) is not Matrix
    assert loops((1, 4, 5, 6), (3, 4, 5, 5)) is not Matrix


def test_prepared_weights_are_aligned():
    plan = fc.plan(
        "conv2d", input=(1, 40, 1, 1), weight=noise(0, 7, 40, 1, 1), algorithm="direct"
    )  # fmt: skip
    assert plan.prepared.ctypes.data % 64 == 0 and plan.prepared_bytes == 7 * 40 * 4


def test_a_number_that_is_not_finite_reaches_all_sums():
    x, w = np.ones((1, 37, 1, 1), np.float32), np.ones((3, 37, 1, 1), np.float32)
    x[0, 36], w[1, 35] = np.inf, np.nan
    result = fc.conv2d(x, w, algorithm="direct").ravel()
    np.testing.assert_array_equal(result, [np.inf, np.nan, np.inf])
