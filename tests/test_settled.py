"""Fourier transforms of images of integers: SciPy's very integers, whatever the kernel."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import ndimage

import fastconv as fc
from fastconv import config
from fastconv.loops import simd

MODES = ("reflect", "constant", "nearest", "mirror", "wrap")
KERNELS = ("any", "average", "whole", "box", "outer", "tenths")


def picture(rng, shape, dtype, kind):
    limits = np.iinfo(dtype)
    if kind == "binary":
        return rng.choice([limits.min, limits.max], shape).astype(dtype)
    if kind == "flat":
        return np.full(shape, rng.integers(limits.min, limits.max), dtype)
    if kind == "ramp":
        return (np.indices(shape).sum(0) * 3 % 251 // 2).astype(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)


def kernel_of(rng, sizes, kind):
    if kind == "average":
        w = rng.random(sizes)
        return w / w.sum()
    if kind == "whole":
        return rng.integers(-9, 10, sizes).astype(float)
    if kind == "box":
        return np.full(sizes, 1 / np.prod(sizes))
    if kind == "outer":
        w = np.multiply.outer(rng.random(sizes[0]), rng.random(sizes[1:]))
        return w / w.sum()
    return rng.integers(-9, 10, sizes) / 10 if kind == "tenths" else rng.standard_normal(sizes) / 4


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32 - 1), kind=st.sampled_from(["noise", "flat", "ramp", "binary"]),
    weights=st.sampled_from(KERNELS), colour=st.booleans(), dtype=st.sampled_from("bBhH"),
    target=st.sampled_from("bBhHi"), mode=st.sampled_from(MODES), cval=st.sampled_from([0, 7, 300]),
    isa=st.sampled_from(simd.runnable_isas()), threads=st.sampled_from([1, 2]),
)  # fmt: skip
def test_any_call(seed, kind, weights, colour, dtype, target, mode, cval, isa, threads):
    rng = np.random.default_rng(seed)
    x = picture(rng, (*rng.integers(20, 120, 2), *([3] if colour else [])), dtype, kind)
    w = kernel_of(rng, (*rng.integers(2, 16, 2), *([1] if colour else [])), weights)
    name = "correlate" if seed % 2 else "convolve"
    origin = tuple(rng.integers(-(n // 2), (n - 1) // 2 + 1) for n in w.shape)
    how = {"mode": mode, "cval": cval, "output": target, "origin": origin}
    expected = getattr(ndimage, name)(x, w, **how)
    ours = {"algorithm": "fft_tiled", "num_threads": threads}
    with config.isa(isa):
        assert_array_equal(getattr(fc.ndimage, name)(x, w, **how, **ours), expected)
        for rounding in ("truncate", "nearest"):
            how = {
                "mode": "same", "boundary": "mirror", "axes": (0, 1), "output_dtype": target,
                "rounding": rounding, "saturate": bool(seed & 2),
            }  # fmt: skip
            expected = fc.correlate(x, w, **how, algorithm="direct")
            assert_array_equal(fc.correlate(x, w, **how, **ours), expected)


def test_large_sums_are_added_up_again():
    """Of sums that float64 holds no fraction of, and of huge ones, transforms say nothing."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 65536, (40, 50), dtype=np.uint16)
    for scale in (1e9, 1e14, 1e40):
        w = rng.standard_normal((9, 9)) * scale
        how = {"mode": "same", "output_dtype": np.int32, "rounding": "nearest"}
        expected = fc.correlate(x, w, **how, algorithm="direct")
        assert_array_equal(fc.correlate(x, w, **how, algorithm="fft_tiled"), expected)


@pytest.mark.parametrize("dtype", ["u1", "i2"])
def test_the_kernel_decides(dtype):
    """Large kernels are transformed, unless they are outer products."""
    rng = np.random.default_rng(1)
    x = picture(rng, (300, 400), dtype, "noise")
    w = kernel_of(rng, (25, 25), "average")
    with fc.record() as calls:
        fc.ndimage.correlate(x, w)
        fc.correlate(x, w, "same", output_dtype=dtype, rounding="nearest")
        fc.ndimage.correlate(x, w[:3, :3])
        fc.ndimage.correlate(x, kernel_of(rng, (25, 25), "outer"))
    assert [name for _, name in calls] == ["fft_tiled", "fft_tiled", "direct", "direct"]
    assert "_traits-r1" in calls[-1][0]
