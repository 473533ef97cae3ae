"""Test the loops of `direct` whose lanes are channels, whatever loops are chosen."""

import numpy as np
import pytest
from fastconv.loops.direct_across import Across
from numpy.testing import assert_array_equal
from oracle import assert_matches

import fastconv as fc
from fastconv import config
from fastconv.algorithms.base import c_axis
from fastconv.problem import parse

KEYS = (
    # borders, rows shorter than a vector, channels that do not fill vectors
    "conv2d_fwd_f32_n2_g37_c37_k37_i7x9_w3x3_s1x1_p1.1x1.1_d1x1_bias-channel",
    "conv2d_fwd_f64_n2_g3_c3_k3_i1x2_w3x3_s1x1_p1.1x1.1_d1x1",
    # rows that are skipped, rows in runs, columns that are skipped
    "conv2d_fwd_f32_n1_g16_c16_k16_i21x40_w1x9_s2x2_p0.0x4.4_d1x1",
    "conv2d_fwd_f32_n1_g20_c20_k20_i23x33_w9x1_s2x3_p4.4x0.0_d1x1_act-relu",
    # taps that lie in the border for every output, outputs that read nothing else
    "conv2d_fwd_f64_n1_g9_c9_k9_i6x10_w5x5_s2x2_p4.9x4.14_d3x2_add",
    # blocks of rows and of columns
    "conv2d_fwd_f32_n1_g17_c17_k17_i90x70_w5x3_s1x1_p2.2x1.1_d1x1_bias-channel_act-relu_add",
    "conv1d_fwd_f32_n2_g18_c18_k18_i9001_w5_s2_p2.2_d3_bias-channel",
    # planes that are added, of which some lie in the border
    "conv3d_fwd_f64_n1_g10_c10_k10_i4x6x7_w3x3x3_s2x1x2_p1.2x1.1x1.1_d1x1x1",
)


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("key", KEYS)
def test_against_naive(key, isa):
    problem = parse(key)
    s, rng = problem.stencil, np.random.default_rng(0)
    dtype = np.float32 if problem.compute == "f32" else np.float64
    shape = (s.n, s.feature_channels, *[a.feature for a in s.axes])
    x, weight = (rng.standard_normal(n).astype(dtype) for n in (s.image_shape, s.weight_shape))
    bias = rng.standard_normal(s.feature_channels).astype(dtype) if problem.bias else None
    add = rng.standard_normal(shape).astype(dtype) if problem.add else None
    expected = getattr(fc, f"conv{problem.dims}d")(
        x, weight, bias, problem.stride, problem.padding, problem.dilation, problem.groups,
        activation=problem.activation, add=add, algorithm="naive",
    )  # fmt: skip
    loop = Across(
        isa, problem.compute, s.n, s.image_channels, [c_axis(a) for a in s.axes],
        bias=problem.bias, activation=problem.activation, add=problem.add,
    ).build()  # fmt: skip
    packed, first = loop.pack_weights(weight), None
    for threads in (1, 2, 3):
        for prepared in (packed, None):
            out = np.full(shape, np.nan, dtype)
            loop((x, weight, bias, add), prepared, out, threads)
            first = out if first is None else first
            assert_array_equal(out, first)
    assert_matches(first, expected, dtype=expected.dtype)


@pytest.mark.parametrize("isa", config.available_isas())
def test_infinities_stay_in_their_windows(isa):
    problem = parse("conv2d_fwd_f32_n1_g20_c20_k20_i9x10_w3x3_s2x1_p1.1x1.1_d1x1")
    s, rng = problem.stencil, np.random.default_rng(0)
    x, weight = (rng.standard_normal(n).astype("f4") for n in (s.image_shape, s.weight_shape))
    loop = Across(isa, "f32", 1, 20, [c_axis(a) for a in s.axes]).build()
    out, spoiled = np.empty((2, 1, 20, 5, 10), np.float32)
    loop((x, weight, None, None), None, out, 1)
    x[0, 7, 4, 9] = np.inf
    loop((x, weight, None, None), None, spoiled, 1)
    held = np.zeros(out.shape, bool)
    held[:, 7, 2:3, 8:] = True
    assert not np.isfinite(spoiled[held]).any()
    assert_array_equal(spoiled[~held], out[~held])
