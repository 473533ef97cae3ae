"""Test memory and bit patterns of unfold and fold, and their use in im2col."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import fastconv as fc
from fastconv.algorithms.registry import lookup
from fastconv.problem import parse


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_columns_larger_than_the_caches(dtype, threads):
    """Test columns that bypass the caches, by a buffer per thread, from any alignment."""
    x = np.random.default_rng(0).standard_normal((1, 1, 1031, 1499)).astype(dtype)
    out = np.full((1, 4, 1030 * 1498), np.nan, dtype)
    fc.unfold(x, 2, out=out, algorithm="direct", num_threads=threads)
    windows = sliding_window_view(x, (2, 2), (2, 3))
    np.testing.assert_array_equal(out, windows.transpose(0, 1, 4, 5, 2, 3).reshape(out.shape))


@pytest.mark.parametrize("dtype", ["int32", "uint32", "int64", "complex64", "float16"])
def test_unfold_moves_any_elements_of_four_or_eight_bytes(dtype):
    x = (np.arange(2 * 5 * 23).reshape(1, 2, 5, 23) - 7).astype(dtype)
    expected = fc.unfold(x, 3, padding=1, algorithm="naive")
    np.testing.assert_array_equal(fc.unfold(x, 3, padding=1, algorithm="direct"), expected)


def test_unfold_keeps_the_payload_of_a_nan():
    bits = np.array([0x7FC12345, 0x7FA00001, 0xFF800000] * 9, np.uint32)
    columns = fc.unfold(bits.view(np.float32).reshape(1, 1, 27), (1,), algorithm="direct")
    np.testing.assert_array_equal(columns.view(np.uint32).ravel(), bits)


def test_other_elements_say_so():
    with pytest.raises(fc.UnsupportedAlgorithm, match="1 bytes"):
        fc.unfold(np.zeros((1, 1, 4, 4), np.uint8), 2, algorithm="direct")


def test_fold_with_more_overlap_than_one_chain_may_sum():
    with pytest.raises(fc.UnsupportedAlgorithm, match="600 windows overlap"):
        fc.fold(np.zeros((1, 600, 1), np.float32), (600,), (600,), algorithm="direct")


@pytest.mark.parametrize(
    "key",
    [
        "conv2d_fwd_f32_n1_g1_c512_k512_i7x7_w3x3_s1x1_p1.1x1.1_d1x1",
        "conv2d_fwd_f64_n8_g1_c1024_k64_i28x28_w3x3_s1x1_p1.1x1.1_d1x1",
        "conv3d_fwd_f64_n1_g1_c512_k8_i8x64x64_w3x3x3_s1x1x1_p1.1x1.1x1.1_d1x1x1",
        "convolve_f32_i1000000_w1023_full",
    ],
)
def test_im2col_stays_within_8_mib_per_thread(key):
    problem = parse(key)
    im2col = lookup("im2col", problem)
    one, two = im2col.workspace(problem, 1), im2col.workspace(problem, 2)
    assert 0 < one <= 8 << 20
    assert two == 2 * one


def test_im2col_unfolds_what_implicit_gemm_packs():
    """Test that both add in the same order: results are equal bit for bit, and a NaN stays."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 24, 13, 17)).astype(np.float32)
    x[1, 3, 5, 6] = np.nan
    w = rng.standard_normal((10, 12, 3, 3)).astype(np.float32)
    options = {"padding": 1, "groups": 2, "padding_mode": "reflect"}
    np.testing.assert_array_equal(
        fc.conv2d(x, w, **options, algorithm="im2col"),
        fc.conv2d(x, w, **options, algorithm="implicit_gemm"),
    )
