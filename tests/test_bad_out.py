"""Test `out` that does not fit or overlaps, and errors of calls that are in the cache."""

from operator import attrgetter

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from refusals import (
    FIRST,
    OPERATIONS,
    named_arguments,
    refuse,
)

import fastconv as fc


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("op", OPERATIONS)
def test_out(op):
    good = named_arguments(op)
    result = attrgetter(op)(fc)(**good)
    shape, dtype = result.shape, result.dtype
    frozen = np.zeros(shape)
    frozen.flags.writeable = False
    wide = np.zeros((*shape[:-1], 2 * shape[-1]))
    bad = [
        np.zeros((*shape[:-1], shape[-1] + 1)),
        np.zeros((1, *shape)),
        np.zeros(shape, "f4"),
        np.zeros(shape, dtype.newbyteorder()),
        frozen,
        wide[..., ::2],
    ]
    if sum(n > 1 for n in shape) > 1:
        bad.append(np.zeros(shape, order="F"))
    for out in bad:
        refuse(op, ValueError, ["out"], good | {"out": out})
    for out in (result.tolist(), 1, "out", memoryview(np.zeros(shape))):
        refuse(op, TypeError, ["out"], good | {"out": out})


@pytest.mark.parametrize("op", OPERATIONS)
def test_out_must_not_overlap_an_argument(op):
    good = named_arguments(op)
    result = attrgetter(op)(fc)(**good)
    for name in FIRST[op].arrays:
        array = good[name]
        if array.dtype != result.dtype:
            continue
        memory = np.zeros(array.size + result.size)
        argument = memory[: array.size].reshape(array.shape)
        argument[...] = array
        start = array.size - 1
        out = memory[start : start + result.size].reshape(result.shape)
        refuse(op, ValueError, ["out"], good | {name: argument, "out": out})
        out = memory[array.size :].reshape(result.shape)
        attrgetter(op)(fc)(**(good | {name: argument, "out": out}))
        assert_array_equal(out, result)


def test_out_must_not_overlap_bias_or_add(rng):
    x, w = rng.standard_normal((1, 2, 6, 6)), rng.standard_normal((4, 2, 3, 3))
    out = rng.standard_normal((1, 4, 4, 4))
    for extra in ({"add": out}, {"bias": out[0]}, {"bias": out[0, 0, 0]}):
        refuse("conv2d", ValueError, ["out"],
               {"input": x, "weight": w, "out": out, **extra})  # fmt: skip


# A cache must tell these apart, although 1 == 1.0 == True have the same hash

CACHED = [
    ("conv2d", name, good, bad)
    for name in ("stride", "dilation", "groups")
    for good, bad in ((1, 1.0), (1, True), (1, np.float64(1)))
]
CACHED += [
    ("conv2d", "padding", 0, 0.0),
    ("conv2d", "padding", 0, False),
    ("conv2d", "padding", 1, True),
    ("conv2d", "padding", (1, 1), (1.0, 1)),
    ("conv2d", "padding", (1, 1), (1, True)),
    ("conv2d", "padding", ((1, 1), (1, 1)), ((1, 1), (1, 1.0))),
    ("conv2d", "stride", (1, 1), (1, 1.0)),
    ("conv2d", "stride", (1, 1), (True, 1)),
    ("conv2d", "dilation", (1, 1), (1.0, 1.0)),
    ("conv2d", "num_threads", 1, 1.0),
    ("conv2d", "num_threads", 1, True),
    ("conv2d", "workspace_limit", 0, 0.0),
    ("conv_transpose2d", "stride", 1, 1.0),
    ("conv_transpose2d", "output_padding", 0, False),
    ("max_pool2d", "kernel_size", 2, 2.0),
    ("max_pool2d", "kernel_size", 1, True),
    ("max_pool2d", "stride", 1, 1.0),
    ("max_pool2d", "dilation", 1, True),
    ("avg_pool2d", "kernel_size", 2, 2.0),
    ("adaptive_avg_pool2d", "output_size", 1, True),
    ("unfold", "stride", 1, 1.0),
    ("convolve", "stride", 1, 1.0),
    ("convolve", "dilation", 1, True),
    ("grad.conv2d_input", "stride", 1, 1.0),
    ("grad.conv2d_weight", "groups", 1, True),
]


@pytest.mark.parametrize(("op", "name", "value", "bad"), CACHED)
def test_a_cached_call_does_not_let_equal_values_of_another_type_in(op, name, value, bad):
    good = named_arguments(op)
    for _ in range(3):
        expected = attrgetter(op)(fc)(**(good | {name: value}))
    refuse(op, TypeError, [name], good | {name: bad})
    assert_array_equal(attrgetter(op)(fc)(**(good | {name: value})), expected)


def test_a_cached_call_still_looks_at_its_arrays(rng):
    x, w = rng.standard_normal((1, 2, 6, 6)), rng.standard_normal((4, 2, 3, 3))
    for _ in range(3):
        expected = fc.conv2d(x, w, padding=1)
    for bad in (x.astype(bool), x.astype(object), x.astype(np.longdouble)):
        refuse("conv2d", TypeError, ["input"], {"input": bad, "weight": w, "padding": 1})
    refuse("conv2d", ValueError, [], {"input": x[:, :1], "weight": w, "padding": 1})
    out = np.full(expected.shape, 7.0)
    for _ in range(2):
        fc.conv2d(x, w, padding=1, out=out)
    assert_array_equal(out, expected)
    refuse("conv2d", ValueError, ["out"],
           {"input": x, "weight": w, "padding": 1, "out": out[..., :3]})  # fmt: skip
    x_then = expected[:, :2].copy()
    refuse("conv2d", ValueError, ["out"],
           {"input": x_then, "weight": w[:2], "padding": 1, "out": x_then})  # fmt: skip
