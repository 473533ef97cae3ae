"""Test convolutions of arrays with channels last: every algorithm that takes them, every layout."""

from dataclasses import replace

import numpy as np
import pytest
from oracle import assert_matches

import fastconv as fc
from fastconv import config
from fastconv.algorithms.names import CONVOLUTIONS
from fastconv.algorithms.registry import lookup
from fastconv.plans.prepared import Plan
from fastconv.problem import OPS, parse
from fastconv.problem.channels_last import as_last, empty_last, is_last

#: input shape, weight shape, options
CASES = {
    "one tap": ((2, 20, 5, 7), (33, 20, 1, 1), {}),
    "one tap, stride": ((1, 70, 9, 8), (40, 70, 1, 1), {"stride": 2}),
    "deep": ((1, 700, 5, 5), (24, 700, 1, 1), {"activation": "relu6"}),
    "borders": ((1, 12, 9, 11), (19, 12, 3, 3), {"padding": 1, "activation": "relu"}),
    "wide borders": ((2, 3, 6, 5), (16, 3, 5, 5), {"padding": ((4, 3), (4, 4)), "stride": (2, 1)}),
    "long rows": ((1, 20, 6, 70), (9, 20, 3, 5), {"padding": (1, 2), "dilation": (1, 2)}),
    "groups": ((1, 24, 8, 9), (36, 8, 3, 3), {"groups": 3, "padding": 1, "stride": (1, 2)}),
    "silu": ((1, 16, 8, 9), (21, 16, 3, 3), {"padding": 1, "activation": "silu"}),
    "line": ((3, 5, 100), (18, 5, 7), {"padding": 3, "stride": 2}),
    "volume": ((1, 9, 5, 6, 7), (20, 9, 3, 3, 3), {"padding": 1, "stride": (2, 1, 2)}),
    "depthwise": ((2, 32, 13, 11), (32, 1, 3, 3), {"groups": 32, "padding": 1}),
    "depthwise, stride": (
        (1, 48, 12, 15), (48, 1, 5, 5),
        {"groups": 48, "padding": 2, "stride": 2, "activation": "relu6"},
    ),
    "depthwise, silu": (
        (1, 16, 7, 7), (16, 1, 3, 3), {"groups": 16, "padding": 1, "activation": "silu"}
    ),
    "depthwise, dilation": (
        (1, 16, 9, 30), (16, 1, 3, 5),
        {"groups": 16, "padding": ((3, 1), (2, 9)), "dilation": (2, 3), "stride": (1, 2)},
    ),
    "depthwise, parts of vectors": (
        (2, 20, 7, 26), (20, 1, 3, 3), {"groups": 20, "padding": 1, "activation": "silu"}
    ),
    "depthwise, few channels": ((1, 3, 6, 7), (3, 1, 3, 3), {"groups": 3, "padding": 1}),
    "depthwise, wide borders": (
        (1, 21, 2, 3), (21, 1, 5, 7),
        {"groups": 21, "padding": ((7, 8), (9, 11)), "activation": "relu"},
    ),
    "depthwise, far borders": (
        (1, 37, 5, 4, 3), (37, 1, 2, 3, 3),
        {"groups": 37, "padding": ((3, 2), (1, 1), (0, 2)), "stride": (1, 2, 1)},
    ),
    "depthwise, long rows": ((1, 40, 4, 600), (40, 1, 2, 5), {"groups": 40, "padding": (1, 2)}),
    "depthwise line": ((1, 64, 50), (64, 1, 9), {"groups": 64, "padding": 4}),
    "depthwise volume": ((1, 16, 4, 5, 6), (16, 1, 3, 3, 3), {"groups": 16, "padding": 1}),
}  # fmt: skip


def spread(array, dtype, pixel):
    """Return an array with channels last whose pixels are further apart than it has channels."""
    n, channels, *sizes = array.shape
    wide = np.full((n, *sizes, pixel), np.nan, dtype)
    part = np.moveaxis(wide[..., 3 : 3 + channels], -1, 1)
    part[...] = array
    return part, wide


@pytest.mark.parametrize("isa", config.available_isas())
@pytest.mark.parametrize("which", ["input", "output", "both"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_against_naive(name, dtype, which, isa):
    shape, weight_shape, options = CASES[name]
    rng = np.random.default_rng(3)
    function = f"conv{len(shape) - 2}d"
    x, w = rng.standard_normal(shape).astype(dtype), rng.standard_normal(weight_shape).astype(dtype)
    b = rng.standard_normal(weight_shape[0]).astype(dtype)
    add = rng.standard_normal(getattr(fc, function)(x, w, **options).shape).astype(dtype)
    expected = getattr(fc, function)(x, w, b, add=add, algorithm="naive", **options)
    op = OPS[function]
    options = {word: options.get(word, default) for word, default in op.options.items()}
    ran = 0
    with config.isa(isa):
        for algorithm in CONVOLUTIONS:
            problem = replace(op.request((x, w, b, add), options).problem, channels_last=which)
            if lookup(algorithm, problem).supports(problem) is not None:
                continue
            ran += 1
            plan = Plan(
                op, (x, w, b, add), options, algorithm, "default", None, "estimate", None,
                channels_last=which,
            )  # fmt: skip
            assert plan.key.endswith(f"last-{which}") and parse(plan.key) == plan.problem
            for threads in (1, 2, 3):
                result = plan(x, num_threads=threads)
                assert is_last(result) or which == "input"
                assert_matches(np.ascontiguousarray(result), expected, dtype=expected.dtype)
            laid = x, add
            out, wide = np.full_like(add, np.nan), None
            if which != "output":
                laid = spread(x, dtype, shape[1] + 9)[0], laid[1]
            if which != "input":
                laid = laid[0], spread(add, dtype, add.shape[1] + 5)[0]
                out, wide = spread(np.full_like(add, np.nan), dtype, add.shape[1] + 7)
            call = plan.direct((laid[0], w, b, laid[1]), out)
            assert call is not None
            call(2)
            assert np.array_equal(out, result), algorithm
            if wide is not None:  # nothing beside the output is written
                out[...] = np.nan
                assert np.isnan(wide).all()
    assert ran > 0


def test_bad_out():
    x, w = np.ones((1, 4, 5, 5)), np.ones((8, 4, 3, 3))
    plan = Plan(
        OPS["conv2d"], (x, w, None, None), OPS["conv2d"].options, "auto", "default", None,
        "estimate", None, channels_last="both",
    )  # fmt: skip
    out = empty_last((1, 8, 3, 3), x.dtype)
    assert plan(x, out=out) is out
    with pytest.raises(ValueError, match="out has strides .* channels last"):
        plan(x, out=np.empty(out.shape))
    out.flags.writeable = False
    with pytest.raises(ValueError, match="out is read-only"):
        plan(x, out=out)


def test_layouts():
    x = np.arange(24.0).reshape(1, 4, 2, 3)
    last = as_last(x, x.dtype)
    assert is_last(last) and not is_last(x) and np.array_equal(last, x)
    assert as_last(last, x.dtype) is last and is_last(empty_last((2, 3, 4), np.float32))
    assert is_last(as_last(x[:, 1:3], np.float32))
