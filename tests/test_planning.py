"""What is done before a call computes: choices from sizes alone, in little memory."""

import re
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

import fastconv as fc
from benchmarks.common import PROBLEMS, read
from fastconv.algorithms.kinds import pattern_of
from fastconv.algorithms.registry import in_turn, may_run
from fastconv.planner.backend import HOST
from fastconv.planner.choose import choose, table
from fastconv.problem import parse

FILES = sorted(path.stem for path in PROBLEMS.glob("*.txt"))
KEYS = sorted({key for name in FILES for key in read(name)})
#: problems whose tables would be large if they had an entry for each position or tap
LARGE = (
    "convolve_f32_i20000000_w3_same",
    "convolve_f64_i1000003_w1000003_full",
    "convolve_f64_i512x512x1_w31x31x1_same",
    "convolve_f64_i300x300x1_w300x300x1_same",
    "convolve_f32_i1080x1920x3_w9x9x1_same",
    "correlate_f64_i512x512_w512x512_same_mode-circular",
    "convolve_f64_i64x64x64_w64x64x64_full",
    "conv_transpose1d_fwd_f32_n1_g1_c1_k1_i2_w2_s4194304_p0.0_d1",
    "conv2d_fwd_f32_n1_g1_c3_k64_i2000x2000_w101x101_s1x1_p50.50x50.50_d1x1",
    "avg_pool1d_input_f32_n1_c1_i50000000_w5000_s1_p0.0_d1_o49995001",
    "max_pool1d_fwd_f32_n1_c1_i50000000_w1000001_s1_p0.0_d1_o49000000",
    "adaptive_avg_pool1d_fwd_f32_n1_c1_i50000000_o33333333",
    "avg_pool1d_fwd_f32_n1_c1_i50000000_w100000_s100000_p0.0_d1_o500",
    "ndimage.maximum-filter_f32_i9000x9000_w501x501",
    "ndimage.gaussian-filter_u8_i4x32x2x4_t0g9.0r36*1g9.0r36*2g9.0r36*3g9.0r36",
)


@pytest.mark.parametrize("key", KEYS)
def test_no_algorithm_costs_less_than_its_lower_bound(key):
    problem = parse(key)
    for threads in (1, 2):
        for _, algorithm in in_turn(problem):
            if algorithm.predicts and algorithm.supports(problem) is None:
                cost = algorithm.cost(problem, HOST.machine(), threads)
                assert algorithm.floor(problem, HOST.machine(), threads) <= cost, algorithm.name


@pytest.mark.parametrize("key", KEYS)
def test_the_choice_is_the_first_row_of_the_table(key):
    problem = parse(key)
    rows = [row for row in table(problem) if row.reason is None]
    assert choose(parse(key)).name in [row.name for row in rows if row.seconds == rows[0].seconds]


@pytest.mark.parametrize("key", LARGE)
def test_a_choice_takes_little_memory(key):
    problem = parse(key)
    tracemalloc.start()
    choose(problem)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_the_default_limit_admits_what_is_twice_as_fast():
    problem = parse("correlate_f64_i512x512_w512x512_same_mode-circular")
    fastest = min(row.seconds for row in table(problem, workspace_limit=1 << 40) if row.seconds)
    assert choose(problem).seconds <= 2 * fastest
    assert choose(problem).workspace > HOST.limit(problem)


def test_a_limit_of_the_user_binds_and_explain_says_what_it_costs():
    sizes = {"in1": (300, 300), "in2": (300, 300), "boundary": "wrap"}
    plan = fc.plan("correlate", **sizes, workspace_limit=1 << 20)
    assert plan.workspace_bytes <= 1 << 20
    assert re.search("workspace_limit=1048576 costs time: fft(_tiled)? would be", plan.explain())
    assert "costs time" not in fc.plan("correlate", **sizes, workspace_limit=1 << 40).explain()


def test_an_axis_of_one_element_changes_nothing():
    image, kernel = np.random.default_rng(0).random((2, 60, 70))
    expected = fc.convolve(image, kernel, "same")
    result = fc.convolve(image[..., None], kernel[..., None], "same")
    np.testing.assert_allclose(result[..., 0], expected, rtol=1e-10)


def test_a_transposed_convolution_of_a_large_stride():
    weight = np.arange(1, 7, dtype=np.float32).reshape(1, 2, 3)
    x = np.array([[[1, -2, 3]]], np.float32)
    y = fc.conv_transpose1d(x, weight, stride=1 << 16, padding=1)
    assert y.shape == (1, 2, 2 * (1 << 16) + 1)
    positions = (np.arange(3) * (1 << 16))[:, None] + np.arange(3) - 1
    expected = np.zeros_like(y)
    for k in range(2):
        products = (x[0, 0, :, None] * weight[0, k]).ravel()
        inside = (positions.ravel() >= 0) & (positions.ravel() < y.shape[2])
        expected[0, k, positions.ravel()[inside]] = products[inside]
    np.testing.assert_array_equal(y, expected)


@pytest.mark.parametrize("key", [key for key in KEYS if pattern_of(parse(key)) is not None])
def test_what_a_pattern_admits_does_not_depend_on_sizes(key):
    problem = parse(key)
    other = replace(problem, **larger(problem))
    if pattern_of(other) != pattern_of(problem):
        return  # an axis has become long enough to be kept apart in memory
    for _, algorithm in in_turn(problem):
        if not algorithm.sized:
            assert may_run(algorithm, problem) == may_run(algorithm, other), algorithm.name


def larger(problem):
    """Return the field with the sizes of a problem's image, made larger where this is simple."""
    if getattr(problem, "tiles", ()):
        return {}
    if hasattr(problem, "input"):
        return {"input": tuple(n + 24 for n in problem.input)}
    axes = getattr(problem, "axes", range(len(problem.shape)))
    return {"shape": tuple(n + 24 * (a in axes and n > 1) for a, n in enumerate(problem.shape))}
