"""Test memory and bit patterns of unfold and fold, and their use in im2col."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from oracle import assert_matches

import fastconv as fc
from fastconv import config
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


#: dtypes of every size
SIZES = ("int8", "uint16", "float16", "int32", "complex64", "int64", "complex128")


@pytest.mark.parametrize("dtype", SIZES)
def test_elements_of_every_size(dtype):
    """Test rows of every length, and strides for which values are picked by vectors or singly."""
    rng = np.random.default_rng(0)
    for width in (5, 17, 40, 75, 140):
        x = rng.integers(0, 256, (2, 3, 9, width * 16), dtype=np.uint8).view(dtype)[..., :width]
        for options in (
            {"padding": 1}, {"stride": 2}, {"stride": (1, 3), "padding": 2}, {"stride": 4},
            {"dilation": 2, "stride": 2}, {"padding": "full"},
        ):  # fmt: skip
            # naive converts float16, which changes the bits of a signalling NaN
            bits = x.view(np.uint16) if dtype == "float16" else x
            expected = fc.unfold(bits, 3, **options, algorithm="naive")
            for isa in config.available_isas():
                with config.isa(isa):
                    result = fc.unfold(x, 3, **options, algorithm="direct")
                assert result.tobytes() == expected.tobytes(), (width, options, isa)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "uint64", "complex64", "complex128"])
def test_sums_of_every_size(dtype):
    """Test sums of integers, which wrap, and of complex numbers."""
    rng = np.random.default_rng(0)
    for width in (5, 17, 40, 75, 140):
        for options in ({}, {"stride": 2}, {"padding": 1, "stride": (1, 2)}, {"dilation": 2}):
            shape = fc.unfold(np.zeros((1, 2, 11, width)), 3, **options).shape
            if dtype[0] == "c":
                columns = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
            else:
                columns = rng.integers(-(2**31), 2**31, shape)
            columns = columns.astype(dtype)
            expected = fc.fold(columns, (11, width), 3, **options, algorithm="naive")
            for isa in config.available_isas():
                with config.isa(isa):
                    result = fc.fold(columns, (11, width), 3, **options, algorithm="direct")
                assert_matches(result, expected, "high", dtype=dtype)


def test_columns_of_bytes_larger_than_the_caches():
    x = np.random.default_rng(0).integers(0, 256, (1, 1, 2003, 2311), dtype=np.uint8)
    windows = sliding_window_view(x, (2, 2), (2, 3)).transpose(0, 1, 4, 5, 2, 3)
    result = fc.unfold(x, 2, algorithm="direct")
    np.testing.assert_array_equal(result, windows.reshape(result.shape))


def test_unfold_keeps_the_payload_of_a_nan():
    bits = np.array([0x7FC12345, 0x7FA00001, 0xFF800000] * 9, np.uint32)
    columns = fc.unfold(bits.view(np.float32).reshape(1, 1, 27), (1,), algorithm="direct")
    np.testing.assert_array_equal(columns.view(np.uint32).ravel(), bits)


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
    """Test that both add in the same order: results are equal bit for bit, and a NaN stays.

    Few terms and long rows let lanes of implicit_gemm be pixels.
    """
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 4, 13, 170)).astype(np.float32)
    x[1, 3, 5, 6] = np.nan
    w = rng.standard_normal((10, 2, 3, 3)).astype(np.float32)
    options = {"padding": 1, "groups": 2, "padding_mode": "reflect"}
    np.testing.assert_array_equal(
        fc.conv2d(x, w, **options, algorithm="im2col"),
        fc.conv2d(x, w, **options, algorithm="implicit_gemm"),
    )


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_windows_that_few_rows_of_the_output_have(dims):
    rng = np.random.default_rng(8)
    for _ in range(60):
        sizes = tuple(int(n) for n in rng.integers(1, (200, 40, 12)[dims - 1], dims))
        stride, dilation = (tuple(int(n) for n in rng.integers(1, 4, dims)) for _ in range(2))
        padding = tuple(int(n) for n in rng.integers(0, 3, dims))
        most = [(n + 2 * p - 1) // d + 1 for n, p, d in zip(sizes, padding, dilation, strict=True)]
        kernel = tuple(int(rng.integers(1, m + 1)) for m in most)
        options = {"stride": stride, "dilation": dilation, "padding": padding}
        x = rng.integers(-9, 9, (2, 3, *sizes))
        columns = fc.unfold(x, kernel, **options)
        columns = rng.integers(-9, 9, columns.shape)
        expected = fc.fold(columns, sizes, kernel, **options, algorithm="naive")
        for dtype in ("i8", "i2", "f4"):
            result = fc.fold(columns.astype(dtype), sizes, kernel, **options)
            np.testing.assert_array_equal(result, expected.astype(dtype))
