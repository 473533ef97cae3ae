"""Test problem keys: parse(p.key()) == p for every kind of problem, and errors for other text."""

import pytest
from cases import CASES, build

from fastconv.problem import OPS, parse


def problems():
    import inspect

    import numpy as np

    import fastconv as fc

    rng = np.random.default_rng(0)
    for case in CASES:
        name = case.op.removeprefix("grad.")
        if name not in OPS:
            continue
        function = fc
        for part in case.op.split("."):
            function = getattr(function, part)
        args, kwargs = build(case, np.float32, rng)
        bound = inspect.signature(function).bind(*args, **kwargs)
        bound.apply_defaults()
        op = OPS[name]
        arrays = tuple(bound.arguments.get(a) for a in op.arrays)
        options = {o: bound.arguments[o] for o in op.options}
        yield case.id, op.request(arrays, options).problem


def test_round_trip():
    count = 0
    for name, problem in problems():
        key = problem.key()
        assert parse(key) == problem, (name, key)
        assert " " not in key
        count += 1
    assert count > 100


def test_key_names_what_differs():
    keys = {}
    for name, problem in problems():
        assert keys.setdefault(problem.key(), problem) == problem, name


@pytest.mark.parametrize(
    "key",
    [
        "", "conv2d", "conv2d_fwd_f32", "conv9d_fwd_f32_n1", "nonsense", "conv2d_sideways_f32_n1",
        "conv2d_fwd_f32_n1_g1_c4_k8_i16x16_w3x3_s1x1_p1.1_d1x1",
        "conv2d_fwd_f32_n1_g1_c4_k8_i16x16_w3x3_s1x1_p1.1x1.1_d1x1_extra",
        "conv2d_fwd_f33_n1_g1_c4_k8_i16x16_w3x3_s1x1_p1.1x1.1_d1x1",
        "conv2d_fwd_f32_n1_g3_c4_k8_i16x16_w3x3_s1x1_p1.1x1.1_d1x1",
        "conv2d_fwd_f32_n1_g1_c4_k8_i2x2_w3x3_s1x1_p0.0x0.0_d1x1",
        "conv2d_fwd_f32_n1_g1_c4_k8_i16x16_w3x3_s0x1_p1.1x1.1_d1x1",
        "convolve_f32_i16_w3x3_full", "convolve_f32_i16_w3_middle",
        "convolve_f32_i16_w3_part", "convolve_f32_i16_w3_part0.0",
        "convolve_f32_i16_w3_part1.2x1.2",
        "signal.upfirdn_f32_i9_w3_up2_down4_axis0_from1.2",
        "signal.upfirdn_f32_i9_w3_up2_down3_axis0_from0.90",
        "max_pool2d_fwd_f32_n1_c2_i8x8",
    ],
)  # fmt: skip
def test_garbage_is_refused(key):
    with pytest.raises(ValueError, match="key"):
        parse(key)


def test_key_must_be_text():
    with pytest.raises(TypeError, match="key"):
        parse(3)
