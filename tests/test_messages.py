"""Test error messages: they show the argument in short form, and all values that are allowed."""

from operator import attrgetter

import numpy as np
import pytest
from commands import fail
from refusals import EITHER, named_arguments, refuse

import fastconv as fc
from fastconv.errors import shown

SHORT = 300


class Rude:
    def __repr__(self):
        raise RuntimeError("no")


def test_what_was_given():
    for value in (1, 1.5, None, "same", [(1, 2), (3, 4)], (1, "a"), np.float64(2), np.array(3)):
        assert shown(value) == repr(value)
    image = np.ones((2, 4, 10, 10), "f")
    assert shown(image) == "array of shape (2, 4, 10, 10) and dtype float32"
    assert shown((image, 1)) == "(array of shape (2, 4, 10, 10) and dtype float32, 1)"
    assert shown(10**5000) == "int of 16610 bits"  # more digits than Python converts to text


@pytest.mark.parametrize(
    "value",
    ["x" * 5000, list(range(5000)), np.ones((9, 9, 9)).tolist(), {i: i for i in range(999)},
     [["x" * 99] * 99] * 99, Rude(), object()],
    ids=["str", "list", "nested", "dict", "strings", "rude", "object"],
)  # fmt: skip
def test_no_value_is_long(value):
    assert len(shown(value)) <= 200


NAMES = {
    "conv2d": ("stride", "padding", "dilation", "groups", "padding_mode", "activation",
               "algorithm", "accuracy", "workspace_limit", "num_threads", "out"),
    "conv_transpose2d": ("output_padding", "output_size", "padding"),
    "avg_pool2d": ("kernel_size", "stride", "padding", "ceil_mode", "divisor_override"),
    "lp_pool2d": ("norm_type",),
    "adaptive_avg_pool2d": ("output_size",),
    "max_unpool2d": ("output_size",),
    "fold": ("output_size", "kernel_size", "padding"),
    "unfold": ("kernel_size",),
    "maxout": ("groups", "axis"),
    "convolve": ("axes", "boundary", "fillvalue", "stride", "dilation"),
    "grad.conv2d_input": ("input_size",),
    "grad.conv2d_weight": ("weight_size",),
    "grad.tiled_conv2d_bias": ("tiles",),
}  # fmt: skip


@pytest.mark.parametrize(("op", "name"), [(op, name) for op in NAMES for name in NAMES[op]])
@pytest.mark.parametrize(
    "value", [np.ones((2, 4, 10, 10), "f"), list(range(5000)), "x" * 5000],
    ids=["array", "list", "str"],
)  # fmt: skip
def test_a_large_value_by_mistake(op, name, value):
    with pytest.raises(EITHER) as raised:
        attrgetter(op)(fc)(**{**named_arguments(op), name: value})
    assert name in str(raised.value)
    assert len(str(raised.value)) < SHORT


@pytest.mark.parametrize(
    ("op", "changes", "words"),
    [
        ("conv2d", {"padding": None}, ["None", "int", "pair", "2 axes", "valid", "full"]),
        ("conv2d", {"padding": "sme"}, ["'sme'", "int", "pair", "2 axes", "valid", "full"]),
        ("conv2d", {"padding": [(1, "a"), (1, 1)]}, ["padding[0]", "'a'"]),
        ("max_pool2d", {"padding": None}, ["None", "int", "pair", "same_lower"]),
        ("conv_transpose2d", {"padding": "same"}, ["'same'", "int", "pair", "2 axes"]),
        ("fold", {"padding": "same"}, ["'same'", "int", "pair", "2 axes"]),
        ("conv1d", {"stride": (1, 2)}, ["(1, 2)", "1 int,"]),
        ("conv2d", {"stride": (1, 2.5)}, ["stride[1]", "2.5"]),
        ("conv2d", {"stride": 1 << 9999}, ["stride", "64 bits", "int of 10000 bits"]),
        ("avg_pool2d", {"kernel_size": None}, ["None", "int", "2 ints"]),
        ("adaptive_avg_pool2d", {"output_size": "a"}, ["'a'", "int or None", "2 of them"]),
        ("conv_transpose2d", {"output_size": 1.5}, ["1.5", "2 spatial sizes", "full shape"]),
        ("grad.conv2d_input", {"input_size": (1, 2, 3, "a")}, ["input_size[3]", "'a'"]),
        ("convolve", {"axes": "a"}, ["'a'", "int", "sequence"]),
        ("conv2d", {"algorithm": None}, ["None", "auto", "naive", "box"]),
        ("conv2d", {"algorithm": "gemm"}, ["'gemm'", "auto", "naive", "box"]),
    ],
    ids=shown,
)  # fmt: skip
def test_what_is_allowed(op, changes, words):
    refuse(op, EITHER, words, named_arguments(op) | changes)


@pytest.mark.parametrize("op", ["conv2d", "max_pool2d", "adaptive_avg_pool2d", "unfold"])
def test_the_shape_that_was_given(op):
    name = next(iter(named_arguments(op)))
    for shape in ((2, 0, 5, 5), (0, 5, 5), (2, 4, 5, 0)):
        refuse(op, ValueError, [name, shape], named_arguments(op) | {name: np.ones(shape)})
    assert attrgetter(op)(fc)(**named_arguments(op) | {name: np.ones((0, 3, 9, 9))}).size == 0


def test_the_dtype_of_out():
    x, w = np.ones((1, 2, 5, 5), "f"), np.ones((3, 2, 3, 3), "f")
    with pytest.raises(ValueError, match="out has dtype float64; the result has dtype float32"):
        fc.conv2d(x, w, out=np.empty((1, 3, 3, 3)))
    with pytest.raises(ValueError, match="out has dtype >f4; the result has dtype float32"):
        fc.conv2d(x, w, out=np.empty((1, 3, 3, 3), ">f4"))


# --------------------------------------------------------------------------- plans, comparisons


SHAPES = {"input": (1, 2, 8, 8), "weight": (2, 2, 3, 3)}


def test_time_limit():
    for bad in ("a", True, (1,), np.ones(3)):
        with pytest.raises(TypeError, match="time_limit must be a number of seconds"):
            fc.plan("conv2d", **SHAPES, time_limit=bad)
    for bad in (0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="time_limit is .* positive"):
            fc.plan("conv2d", **SHAPES, time_limit=bad)


def test_the_dtype_of_a_plan():
    for bad in (1.5, object, "longdouble", "nonsense", [1, 2]):
        with pytest.raises(TypeError, match="dtype is .*; allowed: float16"):
            fc.plan("conv2d", **SHAPES, dtype=bad)


@pytest.mark.parametrize("function", [fc.plan, fc.compare])
def test_unknown_ops(function):
    with pytest.raises(ValueError, match="'conv2'; allowed: conv2d, .*OPS") as raised:
        function("conv2")
    assert len(str(raised.value)) < SHORT
    with pytest.raises(ValueError, match="allowed: conv2d, max_pool2d, .*OPS"):
        function("x" * 5000)


def test_names_of_other_problems():
    """Test names of algorithms: those of other problems cannot run it, others do not exist."""
    x, w = np.ones((1, 2, 8, 8)), np.ones((2, 2, 3, 3))
    for algorithm in ("scipy", "van_herk"):
        refused = f"'{algorithm}' cannot run.*allowed: auto, naive"
        with pytest.raises(fc.UnsupportedAlgorithm, match=refused):
            fc.conv2d(x, w, algorithm=algorithm)
    with pytest.raises(fc.UnsupportedAlgorithm, match="'fft' cannot run.*allowed: auto, naive"):
        fc.max_pool2d(x, 2, algorithm="fft")
    with pytest.raises(ValueError, match="'gemm'; allowed: auto") as raised:
        fc.conv2d(x, w, algorithm="gemm")
    assert not isinstance(raised.value, fc.UnsupportedAlgorithm)


# ---------------------------------------------------------------------------- files, the shell


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "empty"), ("{broken", "no JSON"), ("[" * 100_000, "no JSON"), ("[1]", "export"),
     ("3", "export"), ("{}", "export"), ('{"payload": 1, "checksum": 2}', "export")],
    ids=["empty", "broken", "deep", "list", "number", "object", "others"],
)  # fmt: skip
def test_files_that_are_no_wisdom(tmp_path, text, why):
    path = tmp_path / "w.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"w.json is not a wisdom file .*{why}") as raised:
        fc.wisdom.load(path)
    assert "indices" not in str(raised.value)


def test_shapes_on_the_command_line(capsys):
    for bad in ("1,x,16,16", "x", "1.5", "(1,2.5)", "{}", "True"):
        text = fail(capsys, "explain", "conv2d", f"input={bad}", "weight=8,5,3,3")
        assert "input is" in text and "shape" in text and bad in text


def test_kernels_and_matrices():
    big = np.ones((2, 4, 10, 10), "f")
    for call in (
        lambda: fc.kernels.gaussian(big, 1.0), lambda: fc.kernels.sobel(big),
        lambda: fc.kernels.gaussian(3, big), lambda: fc.linalg.toeplitz(np.ones(3), big),
        lambda: fc.linalg.linear_operator(np.ones((2, 2, 3, 3)), list(range(5000))),
    ):  # fmt: skip
        with pytest.raises(EITHER, match="(size|axis|sigma|shape) is") as raised:
            call()
        assert len(str(raised.value)) < SHORT
