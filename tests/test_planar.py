"""Test convolutions of complex numbers by the algorithms for real ones."""

import numpy as np
import pytest
from oracle import assert_matches

import fastconv as fc
from fastconv.algorithms import planar

REAL = ("direct", "im2col", "implicit_gemm", "winograd_f2")


def random_complex(rng, shape, dtype):
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype)


@pytest.mark.parametrize("size", [1, 20_000, 1 << 23])
@pytest.mark.parametrize("algorithm", REAL)
def test_blocks_of_images(monkeypatch, algorithm, size):
    """Test that results do not depend on how many images are convolved together."""
    monkeypatch.setattr(planar, "_BLOCK", size)
    fc.release_memory()
    rng = np.random.default_rng(0)
    x, w = random_complex(rng, (5, 4, 9, 11), "F"), random_complex(rng, (6, 2, 3, 3), "F")
    bias, add = random_complex(rng, 6, "F"), random_complex(rng, (5, 6, 9, 11), "F")
    options = {"padding": 1, "groups": 2, "bias": bias, "add": add}
    expected = fc.conv2d(x, w, **options, algorithm="naive")
    plan = fc.plan("conv2d", input=x.shape, weight=w, algorithm=algorithm, **options)
    results = [fc.conv2d(x, w, **options, algorithm=algorithm, num_threads=n) for n in (1, 3)]
    fc.release_memory()
    np.testing.assert_array_equal(*results)
    assert_matches(results[0], expected, dtype="F")
    assert plan.algorithm == algorithm and plan.prepared_bytes > w.nbytes
    if algorithm == "implicit_gemm":  # a prepared weight may have another form
        assert_matches(plan(x, add=add), expected, dtype="F")
    else:
        np.testing.assert_array_equal(plan(x, add=add), results[0])


@pytest.mark.parametrize("algorithm", REAL)
def test_biases_per_position(algorithm):
    rng = np.random.default_rng(0)
    x, w = random_complex(rng, (2, 3, 8, 9), "D"), random_complex(rng, (4, 3, 3, 3), "D")
    bias = random_complex(rng, (4, 6, 7), "D")
    expected = fc.conv2d(x, w, bias, algorithm="naive")
    assert_matches(fc.conv2d(x, w, bias, algorithm=algorithm), expected, dtype="D")


@pytest.mark.parametrize("value", [np.nan, np.inf, complex(0, np.nan), complex(np.inf, -np.inf)])
def test_what_is_not_finite_stays_in_its_windows(value):
    rng = np.random.default_rng(0)
    x, w = random_complex(rng, (1, 4, 12, 13), "F"), random_complex(rng, (5, 4, 3, 3), "F")
    x[0, 2, 5, 6] = value
    held = np.zeros((10, 11), bool)
    held[3:6, 4:7] = True
    for algorithm in ("auto", "direct", "implicit_gemm", "im2col"):
        result = fc.conv2d(x, w, algorithm=algorithm)
        np.testing.assert_array_equal(~np.isfinite(result), np.broadcast_to(held, result.shape))


def test_large_layers_do_not_go_to_naive():
    problem = fc.plan("conv2d", input=(1, 64, 28, 28), weight=(64, 64, 1, 1), dtype="complex64")
    assert problem.algorithm in REAL
    gradient = fc.plan(
        "conv2d_weight", input=(1, 64, 28, 28), grad_output=(1, 64, 28, 28), dtype="complex64",
        weight_size=(64, 64, 1, 1),
    )  # fmt: skip
    assert gradient.algorithm in REAL
