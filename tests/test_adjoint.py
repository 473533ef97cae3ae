"""Test <f(x, w), g> == <x, f_input(w, g)> == <w, f_weight(x, g)> for all linear functions.

Inner products conjugate their first argument (numpy.vdot), so that complex operands test the
conjugation in gradients. The small shapes are those of the table of problems. For the large shapes,
the oracle would be too slow.
"""

import numpy as np
import pytest
from cases import CASES, build, random_array
from numpy.testing import assert_allclose

import fastconv as fc

CONVOLUTIONS = [
    case
    for case in CASES
    if case.op.startswith(("conv1", "conv2", "conv3", "conv_t", "local", "tiled"))
    and not case.options.get("activation")
    and not {"bias", "add"} & set(case.arrays)
    and case.arrays["input"][0]
]
POOLINGS = [
    case
    for case in CASES
    if case.op.startswith(("avg", "adaptive_avg", "weighted"))
    and case.arrays["input"][0]
    and case.options.get("count_include_pad", True)
]
LARGE = [
    ("conv2d", (2, 32, 28, 30), (48, 32, 3, 3), {"padding": 1}),
    ("conv2d", (1, 24, 40, 41), (24, 8, 5, 5), {"stride": 2, "padding": 2, "groups": 3}),
    ("conv2d", (1, 64, 33, 35), (64, 1, 3, 3), {"padding": 1, "groups": 64}),
    ("conv2d", (1, 3, 64, 65), (16, 3, 7, 7), {"stride": 2, "padding": 3}),
    ("conv1d", (2, 16, 500), (24, 16, 9), {"dilation": 3, "padding": [(24, 0)]}),
    ("conv1d", (1, 1, 3000), (1, 1, 301), {"padding": "full"}),
    ("conv3d", (1, 8, 12, 13, 14), (12, 8, 3, 3, 3), {"padding": "same"}),
    ("conv2d", (1, 8, 30, 31), (16, 8, 3, 3), {"padding": 2, "padding_mode": "circular"}),
    ("conv_transpose2d", (1, 32, 14, 15), (32, 24, 4, 4), {"stride": 2, "padding": 1}),
    ("conv_transpose1d", (2, 16, 100), (16, 12, 5), {"stride": 3, "output_padding": 2}),
    ("local_conv2d", (2, 8, 18, 19), (12, 8, 3, 3, 16, 17), {}),
    ("tiled_conv2d", (2, 8, 18, 19), (12, 8, 3, 3, 2, 3), {}),
]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def check(op, x, w, options, rng):
    y = getattr(fc, op)(x, w, **options)
    g = random_array(y.shape, y.dtype, rng)
    size = options.pop("output_size", None)
    if size is not None:
        least = getattr(fc, op)(x, w, **options).shape
        dims = len(w.shape) - 2
        extra = [a - b for a, b in zip(y.shape[-dims:], least[-dims:], strict=True)]
        options["output_padding"] = tuple(extra)
    inner = np.vdot(g, y)
    back = getattr(fc.grad, f"{op}_input")(x.shape, w, g, **options)
    kernel = getattr(fc.grad, f"{op}_weight")(x, w.shape, g, **options)
    assert back.shape == x.shape and kernel.shape == w.shape
    assert back.dtype == kernel.dtype == y.dtype
    scale = np.linalg.norm(y) * np.linalg.norm(g)
    assert_allclose(np.vdot(back, x), inner, atol=1e-13 * scale)
    assert_allclose(np.vdot(kernel, w), inner, atol=1e-13 * scale)
    channel = x.ndim - int(op[-2]) - 1
    others = tuple(axis for axis in range(y.ndim) if axis != channel)
    assert_allclose(getattr(fc.grad, f"{op}_bias")(g), g.sum(axis=others), atol=1e-13 * scale)


@pytest.mark.parametrize("dtype", ["f8", "D"])
@pytest.mark.parametrize("case", CONVOLUTIONS, ids=str)
def test_small_convolutions(rng, case, dtype):
    x, w = (random_array(case.arrays[name], dtype, rng) for name in ("input", "weight"))
    check(case.op, x, w, dict(case.options), rng)


@pytest.mark.parametrize(("op", "shape", "weight", "options"), LARGE)
def test_large_convolutions(rng, op, shape, weight, options):
    x, w = random_array(shape, "f8", rng), random_array(weight, "f8", rng)
    check(op, x, w, dict(options), rng)


@pytest.mark.parametrize("dtype", ["f8", "D"])
@pytest.mark.parametrize("case", POOLINGS, ids=str)
def test_averages(rng, case, dtype):
    x = random_array(case.arrays["input"], dtype, rng)
    options = dict(case.options)
    if "weights" in case.arrays:
        options["weights"] = random_array(case.arrays["weights"], dtype, rng)
    y = getattr(fc, case.op)(x, **options)
    g = random_array(y.shape, y.dtype, rng)
    if "adaptive" in case.op:
        options.pop("output_size")
    back = getattr(fc.grad, f"{case.op}_input")(g, x.shape, **options)
    scale = np.linalg.norm(x) * np.linalg.norm(g)
    assert_allclose(np.vdot(back, x), np.vdot(g, y), atol=1e-13 * scale)


@pytest.mark.parametrize("dtype", ["f8", "D"])
@pytest.mark.parametrize("case", [c for c in CASES if c.op == "unfold"], ids=str)
def test_fold_is_the_adjoint_of_unfold(rng, case, dtype):
    options = dict(case.options)
    kernel = options["kernel_size"]
    size = case.arrays["input"][-2 if isinstance(kernel, int) else -len(kernel) :]
    if isinstance(options.get("padding"), str):
        named = {"same-lower": [(1, 0), (2, 1)], "full": [(2, 2), (1, 1)]}
        options["padding"] = named[case.id.removeprefix("unfold-")]
    x = random_array(case.arrays["input"], dtype, rng)
    columns = fc.unfold(x, **options)
    np.testing.assert_array_equal(columns, fc.unfold(x, **case.options))
    g = random_array(columns.shape, dtype, rng)
    back = fc.fold(g, size, **options)
    assert back.shape == x.shape
    scale = np.linalg.norm(x) * np.linalg.norm(g)
    assert_allclose(np.vdot(back, x), np.vdot(g, columns), atol=1e-13 * scale)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.op.startswith(("max_pool", "adaptive_max"))], ids=str
)
def test_maxima_are_linear_where_the_winners_stay(rng, case):
    x = random_array(case.arrays["input"], "f8", rng)
    y, where = getattr(fc, case.op)(x, **{**case.options, "return_indices": True})
    y = np.where(where < 0, 0, y)
    g = random_array(y.shape, "f8", rng)
    back = getattr(fc.grad, f"{case.op}_input")(g, where, x.shape)
    assert_allclose(np.vdot(back, x), np.vdot(g, y), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", [c for c in CASES if c.op.startswith("max_unpool")], ids=str)
def test_unpooling(rng, case):
    (x, where, *rest), options = build(case, "f8", rng)
    y = getattr(fc, case.op)(x, where, *rest, **options)
    g = random_array(y.shape, "f8", rng)
    back = getattr(fc.grad, f"{case.op}_input")(g, where, x.shape)
    assert_allclose(np.vdot(back, x), np.vdot(g, y), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", [c for c in CASES if c.op.startswith(("lp_", "maxout"))], ids=str)
def test_norms_and_maxout_by_eulers_theorem(rng, case):
    """Test <g, y> == <gradient, x>, which holds because both are homogeneous of degree 1."""
    x = random_array(case.arrays["input"], "f8", rng)
    y = getattr(fc, case.op)(x, **case.options)
    g = random_array(y.shape, "f8", rng)
    back = getattr(fc.grad, f"{case.op}_input")(g, x, **case.options)
    assert_allclose(np.vdot(back, x), np.vdot(g, y), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_correlation_is_the_adjoint_of_convolution(rng, mode):
    x, k = random_array((9, 11), "D", rng), random_array((4, 3), "D", rng)
    y = fc.convolve(x, k, mode)
    g = random_array(y.shape, "D", rng)
    whole = np.zeros((12, 13), "D")
    start = [(f - n) // 2 for f, n in zip(whole.shape, y.shape, strict=True)]
    whole[start[0] : start[0] + y.shape[0], start[1] : start[1] + y.shape[1]] = g
    back = fc.correlate(whole, k, "valid")
    assert_allclose(np.vdot(back, x), np.vdot(g, y), rtol=1e-12)
