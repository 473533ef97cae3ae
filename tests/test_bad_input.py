"""Every wrong argument: the right exception, a message that names it, nothing touched."""

from operator import attrgetter

import numpy as np
import pytest
from cases import CASES, accepts, build, oracle_function, random_array
from numpy.testing import assert_array_equal

import fastconv as fc

EITHER = (TypeError, ValueError)
FIRST = {}
for _case in CASES:
    if "unbatched" not in _case.id and "batch0" not in _case.id:
        FIRST.setdefault(_case.op, _case)
OPERATIONS = sorted(FIRST)
FILTERS = ("convolve", "correlate")
CONVOLUTIONS = [op for op in OPERATIONS if "conv" in op and op not in FILTERS]
POOLS = [op for op in OPERATIONS if op not in CONVOLUTIONS and op not in FILTERS]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def named_arguments(op, dtype="f8"):
    """A good call of op, every argument by its name."""
    args, kwargs = build(FIRST[op], dtype, np.random.default_rng(1))
    parameters = oracle_function(op)[1]
    required = [n for n, p in parameters.items() if p.default is p.empty]
    return dict(zip(required, args, strict=True)) | kwargs


def first_array(op):
    """The name of the first array argument."""
    return next(n for n in oracle_function(op)[1] if n in FIRST[op].arrays)


def refuse(op, error, words, arguments):
    """The call raises, every word (or one of "this|that") is in the message, no array changes."""
    arrays = {n: v for n, v in arguments.items() if isinstance(v, np.ndarray)}
    before = {name: array.copy() for name, array in arrays.items()}
    with pytest.raises(error) as raised:
        attrgetter(op)(fc)(**arguments)
    message = str(raised.value)
    for word in words:
        named = any(part in message for part in str(word).split("|"))
        assert named, f"{word!r} is not in: {message}"
    for name, array in arrays.items():
        assert_array_equal(array, before[name])


@pytest.mark.parametrize("op", OPERATIONS)
def test_the_good_calls_are_good(op):
    attrgetter(op)(fc)(**named_arguments(op))


# Arrays


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


@pytest.mark.parametrize("activation", ["relu", "relu6", "silu", "sigmoid", "tanh"])
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
    ("grad.conv2d_input", {"input_size": (2, 3, 8, 9)}, ValueError, ["input_size|grad_output|weight"]),
    ("grad.conv2d_input", {"input_size": (2, 4, 7, 9)}, ValueError, ["input_size|grad_output|weight"]),
    ("grad.conv2d_input", {"input_size": (3, 3, 7, 9)}, ValueError, ["input_size|grad_output|weight"]),
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
    ("grad.avg_pool2d_input", {"input_size": (2, 3, 9, 8)}, ValueError, ["input_size|grad_output|weight"]),
    ("grad.max_pool2d_input", {"input_size": (2, 4, 6, 8)}, ValueError, ["input_size"]),
    ("grad.max_pool2d_input", {"indices": (2, 3, 3, 3)}, ValueError, ["indices"]),
    ("grad.lp_pool2d_input", {"grad_output": (2, 3, 3, 3)}, ValueError, ["grad_output"]),
    ("grad.maxout_input", {"grad_output": (2, 2, 4, 5)}, ValueError, ["grad_output"]),
    ("grad.weighted_pool2d_input", {"input_size": (2, 3, 9, 8)}, ValueError, ["input_size|grad_output|weight"]),
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


# Parameters

INTEGERS = [
    # name, lowest value allowed
    ("stride", 1),
    ("dilation", 1),
    ("padding", 0),
    ("groups", 1),
    ("kernel_size", 1),
]


@pytest.mark.parametrize(("name", "lowest"), INTEGERS)
@pytest.mark.parametrize("op", OPERATIONS)
def test_integer_parameters(op, name, lowest):
    if name not in oracle_function(op)[1]:
        assert name not in named_arguments(op)
        return
    good = named_arguments(op)
    wrong_type = [1.0, True, 1.5, np.float64(1), np.bool_(True)]
    wrong_value = [lowest - 1, -3]
    if name != "groups":
        wrong_type += [(1.0,) * 2, (True,) * 2] if "2d" in op else []
        for bad in ((1,) * 4, ()):
            refuse(op, ValueError, [name], good | {name: bad})
    for bad in wrong_type:
        refuse(op, TypeError, [name], good | {name: bad})
    for bad in wrong_value:
        refuse(op, ValueError, [name, bad], good | {name: bad})
    refuse(op, EITHER, [name, "often"], good | {name: "often"})
    refuse(op, EITHER, [name], good | {name: {"a": 1}})


@pytest.mark.parametrize("op", [op for op in OPERATIONS if "padding" in oracle_function(op)[1]])
def test_pairs_of_padding(op):
    good = named_arguments(op)
    dims = next((d for d in (1, 2, 3) if f"{d}d" in op), 2)
    for bad in (
        [(0, -1)] * dims,
        [(0, 0, 0)] * dims,
        [(0,)] * dims,
        [(0, 0)] * (dims + 1),
        [[(0, 0)]] * dims,
    ):
        refuse(op, EITHER, ["padding"], good | {"padding": bad})
    refuse(op, TypeError, ["padding"], good | {"padding": [(0, 1.0)] * dims})
    refuse(op, TypeError, ["padding"], good | {"padding": [(0, False)] * dims})


NAMED = [
    ("padding_mode", ["mirror", "constant", "", 3]),
    ("activation", ["gelu", "ReLU", "", 3]),
    ("accuracy", ["best", "", 3]),
    ("algorithm", ["gemm", "", 3]),
]


@pytest.mark.parametrize(("name", "values"), NAMED)
@pytest.mark.parametrize("op", OPERATIONS)
def test_named_choices(op, name, values):
    everywhere = name == "algorithm" or name == "accuracy" and op in CONVOLUTIONS
    if not everywhere and name not in oracle_function(op)[1]:
        refuse(op, TypeError, [name], named_arguments(op) | {name: values[0]})
        return
    for bad in values:
        words = [name, bad] if bad else [name]
        refuse(op, EITHER, words, named_arguments(op) | {name: bad})


@pytest.mark.parametrize("op", OPERATIONS)
def test_num_threads(op):
    for bad in (0, -1):
        refuse(op, ValueError, ["num_threads", bad], named_arguments(op) | {"num_threads": bad})
    for bad in (1.0, "2", True, (1,)):
        refuse(op, TypeError, ["num_threads"], named_arguments(op) | {"num_threads": bad})


@pytest.mark.parametrize("op", CONVOLUTIONS)
def test_workspace_limit(op):
    good = named_arguments(op)
    refuse(op, ValueError, ["workspace_limit", "-1"], good | {"workspace_limit": -1})
    for bad in (1e6, "8 MiB"):
        refuse(op, TypeError, ["workspace_limit"], good | {"workspace_limit": bad})
    attrgetter(op)(fc)(**good, workspace_limit=0)


@pytest.mark.parametrize("op", POOLS)
def test_unknown_and_missing_arguments(op):
    good = named_arguments(op)
    refuse(op, TypeError, ["strides"], good | {"strides": 1})
    name = first_array(op)
    refuse(op, TypeError, [name], {k: v for k, v in good.items() if k != name})


# out


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


# What a cache must not forget: 1 == 1.0 == True have one hash

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


def test_a_forced_algorithm_that_cannot_run(rng):
    x, w = rng.standard_normal((1, 2, 6, 6)), rng.standard_normal((4, 2, 3, 3))
    cannot = {
        "winograd_f2": {"stride": 2},
        "scipy": {},
        "box": {},
        "separable": {},
        "van_herk": {},
        "doubling": {},
    }
    for algorithm, options in cannot.items():
        with pytest.raises(ValueError, match=algorithm):
            fc.conv2d(x, w, algorithm=algorithm, **options)
    with pytest.raises(fc.UnsupportedAlgorithm):
        fc.conv2d(x, w, stride=2, algorithm="winograd_f2")
    assert issubclass(fc.UnsupportedAlgorithm, ValueError)
