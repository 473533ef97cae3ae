"""Test the form of `implicit_gemm` whose lanes are output channels, whatever form is chosen."""

import numpy as np
import pytest
from fastconv.loops.lanes import Lanes
from numpy.testing import assert_array_equal
from oracle import assert_matches

import fastconv as fc
from fastconv import config
from fastconv.algorithms.base import c_axis
from fastconv.problem import parse

KEYS = (
    # borders on both sides, more than a vector of channels, several blocks of depth
    "conv2d_fwd_f32_n2_g1_c130_k37_i9x11_w3x3_s2x2_p1.1x1.1_d1x1",
    # taps that lie in the border for every output, and outputs that read nothing else
    "conv2d_fwd_f32_n1_g1_c5_k16_i6x10_w5x5_s2x2_p4.9x4.4_d2x2",
    "conv1d_fwd_f64_n1_g1_c7_k5_i40_w9_s1_p60.60_d16",
    # windows that leave gaps, groups, rows in many blocks
    "conv2d_fwd_f64_n3_g3_c6_k51_i40x41_w1x2_s4x3_p0.0x0.1_d1x1_bias-channel",
    "conv1d_fwd_f32_n1_g1_c3_k8_i30000_w5_s2_p2.2_d1_bias-channel_act-relu",
    # rows in several parts, with borders at both ends
    "conv2d_fwd_f32_n2_g1_c3_k48_i7x301_w3x3_s2x2_p1.1x1.1_d1x1_bias-channel",
    # planes in place, with and without a stride
    "conv2d_fwd_f32_n2_g2_c34_k48_i7x7_w1x1_s1x1_p0.0x0.0_d1x1",
    "conv2d_fwd_f32_n2_g1_c34_k20_i8x7_w3x2_s2x2_p0.0x0.0_d1x1_add",
    "conv3d_fwd_f32_n1_g1_c9_k20_i5x6x7_w3x3x3_s2x1x2_p1.1x1.1x1.1_d1x1x1",
    # rows that are long enough for tiles of pixels side by side, with borders in place and copied
    "conv2d_fwd_f32_n2_g1_c20_k14_i9x33_w5x5_s1x1_p2.2x2.2_d1x1",
    "conv2d_fwd_f64_n1_g1_c30_k40_i12x29_w3x5_s1x1_p1.1x2.2_d1x2_mode-replicate",
    # images that tiles ask for in advance
    "conv2d_fwd_f32_n1_g1_c90_k50_i21x23_w1x1_s1x1_p0.0x0.0_d1x1_bias-channel",
    "conv2d_fwd_f64_n1_g1_c90_k16_i21x23_w1x1_s2x2_p0.0x0.0_d1x1",
    # patches with channels last: several blocks of depth, a stride, groups, other ends of rows
    "conv2d_fwd_f32_n2_g1_c701_k45_i9x11_w1x1_s1x1_p0.0x0.0_d1x1_bias-channel_act-relu",
    "conv2d_fwd_f64_n1_g2_c150_k70_i11x13_w1x1_s2x3_p0.0x0.0_d1x1_add",
    "conv3d_fwd_f64_n1_g1_c81_k33_i3x4x5_w1x1x1_s2x1x2_p0.0x0.0x0.0_d1x1x1",
    "conv2d_fwd_f32_n1_g1_c97_k40_i5x34_w1x1_s2x2_p0.0x0.0_d1x1",
    # planes that compete for the same sets of L1 are copied
    "conv2d_fwd_f32_n2_g1_c40_k20_i32x32_w3x3_s2x2_p1.1x1.1_d1x1",
    "conv2d_fwd_f64_n1_g1_c40_k60_i16x32_w1x1_s1x1_p0.0x0.0_d1x1_bias-channel",
    # other boundaries
    "conv2d_fwd_f32_n1_g1_c4_k33_i9x8_w5x3_s1x2_p2.2x1.1_d1x1_mode-reflect",
    "conv2d_fwd_f64_n1_g1_c4_k17_i6x8_w3x3_s1x1_p2.2x2.2_d2x2_mode-circular",
)


def loop_of(problem, isa):
    s = problem.stencil
    return Lanes(
        isa, problem.compute, s.n, s.groups, s.image_channels, s.feature_channels,
        [c_axis(a) for a in s.axes], bias=problem.bias, activation=problem.activation,
        add=problem.add,
    )  # fmt: skip


def operands(problem):
    rng, s = np.random.default_rng(0), problem.stencil
    dtype = np.float32 if problem.compute == "f32" else np.float64
    shape = (s.n, s.feature_channels, *[a.feature for a in s.axes])
    x, weight = (rng.standard_normal(n).astype(dtype) for n in (s.image_shape, s.weight_shape))
    bias = rng.standard_normal(s.feature_channels).astype(dtype) if problem.bias else None
    add = rng.standard_normal(shape).astype(dtype) if problem.add else None
    return (x, weight, bias, add), np.full(shape, np.nan, dtype)


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("key", KEYS)
def test_against_naive(key, isa):
    problem = parse(key)
    arrays, out = operands(problem)
    x, weight, bias, add = arrays
    p = problem
    expected = getattr(fc, f"conv{p.dims}d")(
        x, weight, bias, p.stride, p.padding, p.dilation, p.groups, padding_mode=p.padding_mode,
        activation=p.activation, add=add, algorithm="naive",
    )  # fmt: skip
    loop = loop_of(problem, isa)
    packed, first = loop.pack_weights(weight), None
    for threads in (1, 2, 3, 5):
        for prepared in (packed, None):
            out.fill(np.nan)
            loop(arrays, prepared, out, threads)
            first = out.copy() if first is None else first
            assert_array_equal(out, first)
    assert_matches(first, expected, dtype=expected.dtype)


@pytest.mark.parametrize("isa", config.available_isas())
def test_infinities_stay_in_their_windows(isa):
    problem = parse("conv2d_fwd_f32_n1_g1_c20_k19_i9x10_w3x3_s2x1_p1.1x1.1_d1x1")
    (x, weight, *_), out = operands(problem)
    loop = loop_of(problem, isa)
    loop((x, weight, None, None), None, out, 1)
    x[0, 7, 4, 9] = np.inf
    spoiled = np.empty_like(out)
    loop((x, weight, None, None), None, spoiled, 1)
    held = np.zeros(out.shape, bool)
    held[:, :, 2:3, 8:] = True
    assert not np.isfinite(spoiled[held]).any()
    assert_array_equal(spoiled[~held], out[~held])


def test_sums_of_too_many_terms_are_refused():
    assert not loop_of(
        parse("conv1d_fwd_f32_n1_g1_c2_k8_i900_w513_s1_p0.0_d1"), config.current_isa()
    ).runs()
