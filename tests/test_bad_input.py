"""Test wrong arrays: the error has the right type and names the argument; no array changes."""

from operator import attrgetter

import numpy as np
import pytest
from cases import ACTIVATIONS, accepts, random_array
from refusals import (
    EITHER,
    FILTERS,
    FIRST,
    OPERATIONS,
    first_array,
    named_arguments,
    refuse,
)

import fastconv as fc

MISMATCH = ["input_size|grad_output|weight"]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("op", OPERATIONS)
def test_the_good_calls_are_good(op):
    attrgetter(op)(fc)(**named_arguments(op))


@pytest.mark.parametrize("dtype", ["bool", "object", "longdouble", "clongdouble", "U3", "M8[s]"])
@pytest.mark.parametrize("op", [op for op in OPERATIONS if op not in FILTERS])
def test_dtypes_that_are_refused(op, dtype):
    for name in FIRST[op].arrays:
        arguments = named_arguments(op)
        arguments[name] = np.zeros(arguments[name].shape, dtype)
        refuse(op, TypeError, [name, arguments[name].dtype], arguments)


@pytest.mark.parametrize("dtype", ["f8", "D", "bool"])
@pytest.mark.parametrize("op", [op for op in OPERATIONS if "indices" in FIRST[op].arrays])
def test_indices_are_integers(op, dtype):
    arguments = named_arguments(op)
    refuse(op, TypeError, ["indices"], arguments | {"indices": arguments["indices"].astype(dtype)})


@pytest.mark.parametrize("op", [op for op in OPERATIONS if not accepts(FIRST[op], "D")])
def test_complex_numbers_have_no_maximum(op):
    if "maxout" not in op and "max_unpool" not in op and not op.startswith("grad.max"):
        arguments = named_arguments(op)
        name = first_array(op)
        refuse(op, TypeError, ["complex"], arguments | {name: arguments[name].astype("D")})


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("op", ["conv1d", "conv2d", "conv_transpose2d", "local_conv2d",
                                "tiled_conv2d"])  # fmt: skip
def test_activations_of_complex_and_integers(op, activation):
    arguments = named_arguments(op, "D") | {"activation": activation}
    refuse(op, TypeError, ["activation", activation, "complex"], arguments)
    if activation not in ("relu", "relu6"):
        arguments = named_arguments(op, "i4") | {"activation": activation}
        refuse(op, TypeError, ["activation", activation], arguments)


@pytest.mark.parametrize("op", [op for op in OPERATIONS if "maxout" not in op])
def test_wrong_number_of_dimensions(op):
    for name in FIRST[op].arrays:
        good = named_arguments(op)
        for bad in (np.zeros(()), good[name][None, None, None]):
            if name == "indices":
                bad = bad.astype(np.int64)
            refuse(op, ValueError, [name] if op not in FILTERS else [], good | {name: bad})


@pytest.mark.parametrize("op", [op for op in OPERATIONS if op not in FILTERS])
def test_zero_dimensions(op):
    for name, shape in FIRST[op].arrays.items():
        skip = 0 if name in ("weight", "bias", "weights") else 1
        for axis in range(skip, len(shape)):
            good = named_arguments(op)
            bad = np.zeros((*shape[:axis], 0, *shape[axis + 1 :]), good[name].dtype)
            refuse(op, ValueError, [], good | {name: bad})


@pytest.mark.parametrize("op", OPERATIONS)
def test_what_is_not_an_array(op):
    for name in FIRST[op].arrays:
        for bad in ("text", {"a": 1}, object(), [[1, 2], [3]]):
            refuse(op, EITHER, [], named_arguments(op) | {name: bad})


CHANGED = [
    # op, changes, error, words
    ("conv2d", {"input": (2, 5, 7, 9)}, ValueError, ["input", "5"]),
    ("conv2d", {"weight": (4, 2, 3, 3)}, ValueError, ["weight", "2"]),
    ("conv2d", {"weight": (4, 3, 8, 3)}, ValueError, ["kernel|weight", "8"]),
    ("conv2d", {"weight": (4, 3, 3, 10)}, ValueError, ["kernel|weight", "10"]),
    ("conv2d", {"bias": (5,)}, ValueError, ["bias", "5"]),
    ("conv2d", {"bias": (4, 1)}, ValueError, ["bias"]),
    ("conv2d", {"bias": (4, 5, 6)}, ValueError, ["bias"]),
    ("conv2d", {"add": (2, 4, 5, 6)}, ValueError, ["add"]),
    ("conv2d", {"add": (4, 5, 7)}, ValueError, ["add"]),
    ("conv2d", {"groups": 2}, ValueError, ["groups", "2"]),
    ("conv2d", {"groups": 3}, ValueError, ["groups", "3"]),
    ("conv1d", {"weight": (4, 3, 21)}, ValueError, ["kernel|weight", "21"]),
    ("conv3d", {"weight": (4, 2, 3, 2, 3)}, ValueError, ["weight"]),
    ("conv_transpose2d", {"weight": (2, 4, 3, 2)}, ValueError, ["weight", "2"]),
    ("conv_transpose2d", {"groups": 2}, ValueError, ["groups", "2"]),
    ("conv_transpose2d", {"padding": "same"}, EITHER, ["padding", "same"]),
    ("conv_transpose2d", {"padding": 9}, ValueError, ["padding", "9"]),
    ("conv_transpose2d", {"output_padding": 1}, ValueError, ["output_padding", "1"]),
    ("conv_transpose2d", {"output_padding": -1}, ValueError, ["output_padding", "-1"]),
    ("conv_transpose2d", {"output_padding": 0.0}, TypeError, ["output_padding", "0.0"]),
    ("conv_transpose2d", {"output_size": (6, 7)}, ValueError, ["output_size"]),
    ("conv_transpose2d", {"output_size": (5, 6)}, ValueError, ["output_size"]),
    ("conv_transpose2d", {"output_size": (6,)}, ValueError, ["output_size"]),
    ("conv_transpose2d", {"output_size": (2, 5, 6, 6)}, ValueError, ["output_size"]),
    ("conv_transpose2d", {"output_size": 6.5}, EITHER, ["output_size"]),
    ("local_conv2d", {"weight": (4, 3, 3, 2, 3, 4)}, ValueError, ["weight"]),
    ("local_conv2d", {"weight": (4, 2, 3, 2, 3, 5)}, ValueError, ["weight"]),
    ("local_conv2d", {"bias": (4, 3, 4)}, ValueError, ["bias"]),
    ("tiled_conv2d", {"weight": (4, 2, 3, 2, 2, 3)}, ValueError, ["weight"]),
    ("tiled_conv2d", {"bias": (4, 3, 2)}, ValueError, ["bias"]),
    ("grad.conv2d_input", {"input_size": (2, 3, 8, 9)}, ValueError, MISMATCH),
    ("grad.conv2d_input", {"input_size": (2, 4, 7, 9)}, ValueError, MISMATCH),
    ("grad.conv2d_input", {"input_size": (3, 3, 7, 9)}, ValueError, MISMATCH),
    ("grad.conv2d_input", {"input_size": (7, 9)}, ValueError, ["input_size"]),
    ("grad.conv2d_input", {"input_size": 7}, EITHER, ["input_size"]),
    ("grad.conv2d_input", {"input_size": (2, 3, 7.0, 9)}, TypeError, ["input_size"]),
    ("grad.conv2d_input", {"grad_output": (2, 5, 5, 7)}, ValueError, ["grad_output"]),
    ("grad.conv2d_weight", {"weight_size": (4, 3, 3)}, ValueError, ["weight_size"]),
    ("grad.conv2d_weight", {"weight_size": (4, 2, 3, 3)}, ValueError, ["weight_size"]),
    ("grad.conv2d_weight", {"weight_size": (4, 3, 2, 3)}, ValueError, ["weight_size|grad_output"]),
    ("grad.conv2d_weight", {"weight_size": (4, 3, 0, 3)}, ValueError, ["weight_size"]),
    ("grad.conv2d_weight", {"grad_output": (3, 4, 5, 7)}, ValueError, ["grad_output"]),
    ("grad.tiled_conv2d_bias", {"tiles": (0, 1)}, ValueError, ["tiles", "0"]),
    ("grad.tiled_conv2d_bias", {"tiles": (1.5, 1)}, TypeError, ["tiles"]),
    ("max_pool2d", {"kernel_size": 9}, ValueError, ["kernel", "9"]),
    ("max_pool2d", {"kernel_size": (2, 2, 2)}, ValueError, ["kernel_size"]),
    ("max_pool2d", {"kernel_size": 3, "padding": 2}, ValueError, ["padding", "2"]),
    ("max_pool2d", {"kernel_size": 3, "padding": (1, 2)}, ValueError, ["padding", "2"]),
    ("max_pool2d", {"kernel_size": 3, "padding": [(3, 0), (0, 0)]}, ValueError, ["padding", "3"]),
    ("max_pool2d", {"kernel_size": 3, "padding": "full"}, ValueError, ["padding", "full"]),
    ("avg_pool2d", {"kernel_size": 3, "padding": 2}, ValueError, ["padding", "2"]),
    ("avg_pool2d", {"padding": [(0, 0), (0, 2)]}, ValueError, ["padding", "2"]),
    ("avg_pool2d", {"padding": "full"}, ValueError, ["padding", "full"]),
    ("avg_pool2d", {"divisor_override": 0}, ValueError, ["divisor_override", "0"]),
    ("avg_pool2d", {"divisor_override": "2"}, EITHER, ["divisor_override"]),
    ("lp_pool2d", {"padding": "full"}, ValueError, ["padding", "full"]),
    ("lp_pool2d", {"norm_type": 0}, ValueError, ["norm_type", "0"]),
    ("lp_pool2d", {"norm_type": -1.5}, ValueError, ["norm_type", "-1.5"]),
    ("lp_pool2d", {"norm_type": float("nan")}, ValueError, ["norm_type", "nan"]),
    ("lp_pool2d", {"norm_type": "2"}, EITHER, ["norm_type"]),
    ("adaptive_avg_pool2d", {"output_size": 0}, ValueError, ["output_size", "0"]),
    ("adaptive_avg_pool2d", {"output_size": (3, -1)}, ValueError, ["output_size", "-1"]),
    ("adaptive_max_pool2d", {"output_size": 2.0}, TypeError, ["output_size", "2.0"]),
    ("adaptive_max_pool2d", {"output_size": (1, 2, 3)}, ValueError, ["output_size"]),
    ("max_unpool2d", {"output_size": (6,)}, ValueError, ["output_size"]),
    ("max_unpool2d", {"output_size": (2, 4, 6, 8)}, ValueError, ["output_size"]),
    ("max_unpool2d", {"padding": "same"}, EITHER, ["padding", "same"]),
    ("weighted_pool2d", {"weights": (7, 2)}, ValueError, ["7"]),
    ("weighted_pool2d", {"weights": (2, 2, 1)}, ValueError, ["weights"]),
    ("maxout", {"groups": 4}, ValueError, ["groups", "4"]),
    ("maxout", {"groups": 0}, ValueError, ["groups", "0"]),
    ("maxout", {"groups": 3.0}, TypeError, ["groups", "3.0"]),
    ("maxout", {"axis": 4}, ValueError, ["axis", "4"]),
    ("maxout", {"axis": 1.0}, TypeError, ["axis", "1.0"]),
    ("unfold", {"kernel_size": 8}, ValueError, ["kernel", "8"]),
    ("unfold", {"kernel_size": (2, 2, 2, 2)}, ValueError, ["kernel_size"]),
    ("fold", {"output_size": (6, 8)}, ValueError, ["output_size"]),
    ("fold", {"output_size": (6, 0)}, ValueError, ["output_size"]),
    ("fold", {"input": (2, 13, 30)}, ValueError, ["input", "13"]),
    ("fold", {"input": (2, 12, 31)}, ValueError, ["input", "31"]),
    ("fold", {"padding": "same"}, EITHER, ["padding", "same"]),
    ("grad.avg_pool2d_input", {"input_size": (2, 3, 9, 8)}, ValueError, MISMATCH),
    ("grad.max_pool2d_input", {"input_size": (2, 4, 6, 8)}, ValueError, ["input_size"]),
    ("grad.max_pool2d_input", {"indices": (2, 3, 3, 3)}, ValueError, ["indices"]),
    ("grad.lp_pool2d_input", {"grad_output": (2, 3, 3, 3)}, ValueError, ["grad_output"]),
    ("grad.maxout_input", {"grad_output": (2, 2, 4, 5)}, ValueError, ["grad_output"]),
    ("grad.weighted_pool2d_input", {"input_size": (2, 3, 9, 8)}, ValueError, MISMATCH),
    ("convolve", {"mode": "fulll"}, ValueError, ["mode", "fulll"]),
    ("convolve", {"method": "fast"}, ValueError, ["method", "fast"]),
    ("convolve", {"boundary": "zeros"}, ValueError, ["boundary", "zeros"]),
    ("convolve", {"fillvalue": "x"}, EITHER, ["fillvalue"]),
    ("convolve", {"axes": 1}, ValueError, ["axes", "1"]),
    ("convolve", {"axes": (0, 0)}, ValueError, ["axes"]),
    ("convolve", {"axes": 0.0}, TypeError, ["axes"]),
    ("convolve", {"stride": (1, 2)}, ValueError, ["stride"]),
    ("convolve", {"method": "fft", "algorithm": "naive"}, ValueError, ["method", "algorithm"]),
]  # fmt: skip


@pytest.mark.parametrize(("op", "changes", "error", "words"), CHANGED)
def test_what_does_not_fit(rng, op, changes, error, words):
    arguments = named_arguments(op)
    for name, value in changes.items():
        if name in FIRST[op].arrays or name in ("bias", "add"):
            dtype = "i8" if name == "indices" else "f8"
            value = random_array(value, dtype, rng)
        arguments[name] = value
    refuse(op, error, words, arguments)


def test_two_filters_must_fit_each_other(rng):
    a, b = rng.standard_normal((5, 6)), rng.standard_normal(3)
    refuse("convolve", ValueError, ["in2"], {"in1": a, "in2": b})
    both = {"in1": a, "in2": rng.standard_normal((6, 3)), "mode": "valid"}
    refuse("convolve", ValueError, ["valid"], both)
    both = {"in1": a, "in2": rng.standard_normal((2, 3)), "axes": 1}
    refuse("convolve", ValueError, [], both)
