"""Test the list of network-style functions: signatures and documentation, and that each works.

The tables below are the interface, which must not change. A function that is missing or renamed, or
has other parameters, fails here. Other tests check results.
"""

import inspect
import re
import sys

import numpy as np
import pytest
import scipy_stand_in
from signatures import sections, signature

import fastconv as fc
from fastconv import grad
from fastconv.problem import OPS, REQUIRED

COMMON = "algorithm='auto', accuracy='default', out=None, workspace_limit=None, num_threads=None"
POOL = "algorithm='auto', out=None, num_threads=None"
KEYWORDS = ("algorithm", "accuracy", "out", "workspace_limit", "num_threads")

CONV = "stride=1, padding=0, dilation=1, groups=1, *"
TURNED = "stride=1, padding=0, output_padding=0, groups=1, dilation=1, *"
WINDOW = "kernel_size, stride=None, padding=0"
AVERAGE = f"{WINDOW}, ceil_mode=False, count_include_pad=True, divisor_override=None, *, dilation=1"
LP = "norm_type, kernel_size, stride=None, ceil_mode=False, *, padding=0, dilation=1"

#: name before the dimensions, dimensions, parameters
NETWORK = [
    ("conv", (1, 2, 3), f"input, weight, bias=None, {CONV}, padding_mode='zeros', activation=None, "
                        f"add=None, {COMMON}"),
    ("conv_transpose", (1, 2, 3), f"input, weight, bias=None, {TURNED}, output_size=None, "
                                  f"activation=None, {COMMON}"),
    ("local_conv", (1, 2), "input, weight, bias=None, stride=1, padding=0, *, activation=None, "
                           f"{COMMON}"),
    ("tiled_conv", (2,), "input, weight, bias=None, stride=1, padding=0, *, activation=None, "
                         f"{COMMON}"),
    ("max_pool", (1, 2, 3), f"input, {WINDOW}, dilation=1, ceil_mode=False, return_indices=False, "
                            f"*, {POOL}"),
    ("avg_pool", (1, 2, 3), f"input, {AVERAGE}, {POOL}"),
    ("lp_pool", (1, 2, 3), f"input, {LP}, {POOL}"),
    ("adaptive_avg_pool", (1, 2, 3), f"input, output_size, *, {POOL}"),
    ("adaptive_max_pool", (1, 2, 3), f"input, output_size, return_indices=False, *, {POOL}"),
    ("max_unpool", (1, 2, 3), f"input, indices, {WINDOW}, output_size=None, *, {POOL}"),
    ("weighted_pool", (2,), f"input, weights, stride=None, padding=0, *, {POOL}"),
    ("maxout", (None,), f"input, groups, axis=1, *, {POOL}"),
    ("unfold", (None,), f"input, kernel_size, dilation=1, padding=0, stride=1, *, {POOL}"),
    ("fold", (None,), "input, output_size, kernel_size, dilation=1, padding=0, stride=1, *, "
                      f"{POOL}"),
]  # fmt: skip

#: the same for `fastconv.grad`, with the text after the dimensions
GRADIENTS = [
    ("conv", "_input", (1, 2, 3), f"input_size, weight, grad_output, {CONV}, padding_mode='zeros', "
                                  f"{COMMON}"),
    ("conv", "_weight", (1, 2, 3), f"input, weight_size, grad_output, {CONV}, "
                                   f"padding_mode='zeros', {COMMON}"),
    ("conv", "_bias", (1, 2, 3), f"grad_output, *, per_position=False, {COMMON}"),
    ("conv_transpose", "_input", (1, 2, 3), f"input_size, weight, grad_output, {TURNED}, {COMMON}"),
    ("conv_transpose", "_weight", (1, 2, 3), f"input, weight_size, grad_output, {TURNED}, "
                                             f"{COMMON}"),
    ("conv_transpose", "_bias", (1, 2, 3), f"grad_output, *, {COMMON}"),
    ("local_conv", "_input", (1, 2), "input_size, weight, grad_output, stride=1, padding=0, *, "
                                     f"{COMMON}"),
    ("local_conv", "_weight", (1, 2), "input, weight_size, grad_output, stride=1, padding=0, *, "
                                      f"{COMMON}"),
    ("local_conv", "_bias", (1, 2), f"grad_output, *, per_position=False, {COMMON}"),
    ("tiled_conv", "_input", (2,), "input_size, weight, grad_output, stride=1, padding=0, *, "
                                   f"{COMMON}"),
    ("tiled_conv", "_weight", (2,), "input, weight_size, grad_output, stride=1, padding=0, *, "
                                    f"{COMMON}"),
    ("tiled_conv", "_bias", (2,), f"grad_output, tiles=None, *, {COMMON}"),
    ("max_pool", "_input", (1, 2, 3), f"grad_output, indices, input_size, *, {POOL}"),
    ("adaptive_max_pool", "_input", (1, 2, 3), f"grad_output, indices, input_size, *, {POOL}"),
    ("max_unpool", "_input", (1, 2, 3), f"grad_output, indices, input_size, *, {POOL}"),
    ("adaptive_avg_pool", "_input", (1, 2, 3), f"grad_output, input_size, *, {POOL}"),
    ("avg_pool", "_input", (1, 2, 3), f"grad_output, input_size, {AVERAGE}, {POOL}"),
    ("lp_pool", "_input", (1, 2, 3), f"grad_output, input, {LP}, {POOL}"),
    ("weighted_pool", "_input", (2,), "grad_output, input_size, weights, stride=None, padding=0, "
                                      f"*, {POOL}"),
    ("maxout", "_input", (None,), f"grad_output, input, groups, axis=1, *, {POOL}"),
]  # fmt: skip


def named(op, dims, suffix=""):
    """Return a public name such as ``conv2d_input``."""
    return op + ("" if dims is None else f"{dims}d") + suffix


SIGNATURES = {named(op, d): text for op, dims, text in NETWORK for d in dims}
SIGNATURES |= {named(op, d, suffix): text for op, suffix, dims, text in GRADIENTS for d in dims}


def public(name):
    """Return the function with a name of the tables above."""
    return getattr(grad if name.endswith(("_input", "_weight", "_bias")) else fc, name)


def test_the_lists_are_complete():
    forward = {named(op, d) for op, dims, _ in NETWORK for d in dims}
    gradients = set(SIGNATURES) - forward
    assert set(fc.nn.__all__) == forward
    assert set(grad.__all__) == gradients
    assert forward < set(fc.__all__)
    assert (len(forward), len(gradients)) == (31, 47)
    others = {"match_template"}
    assert set(SIGNATURES) | others == {n for n, op in OPS.items() if op.scipy is None}
    faces = {name.removeprefix("ndimage.") for name in OPS if name.startswith("ndimage.")}
    assert faces == set(scipy_stand_in.NAMES["ndimage"])
    faces = {name.removeprefix("signal.") for name in OPS if name.startswith("signal.")}
    assert faces == set(scipy_stand_in.NAMES["signal"]) - {"choose_conv_method", "correlation_lags"}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature(name):
    function = public(name)
    assert signature(function) == f"({SIGNATURES[name]})"
    assert function.__name__ == name


@pytest.mark.parametrize("name", SIGNATURES)
def test_documentation(name):
    function = public(name)
    found = sections(function)
    assert {"Parameters", "Returns", "Raises", "Examples", "References"} <= set(found)
    assert f".{name}(" in found["Examples"]
    entries = re.findall(r"^(\w.*?)(?: :.*)?$", found["Parameters"], re.MULTILINE)
    documented = [n for entry in entries for n in entry.split(", ")]
    assert sorted(documented) == sorted(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature_matches_the_table_of_ops(name):
    parameters = inspect.signature(public(name)).parameters
    op = OPS[name]
    own = [n for n in parameters if n not in KEYWORDS]
    assert [n for n in own if n in op.arrays] == list(op.arrays)
    assert [n for n in own if n not in op.arrays] == list(op.options)
    for option, default in op.options.items():
        expected = inspect.Parameter.empty if default is REQUIRED else default
        assert parameters[option].default is expected or parameters[option].default == expected
    assert {n for n in op.arrays if parameters[n].default is None} == op.optional


@pytest.mark.parametrize("name", SIGNATURES)
def test_every_argument_reaches_its_place(name, monkeypatch):
    function = public(name)
    seen = {}

    def call(name, arrays, options, algorithm, accuracy, workspace_limit, out, num_threads):
        seen.update(locals())
        return seen

    monkeypatch.setattr(sys.modules[function.__module__], "call", call)
    given = {n: object() for n in inspect.signature(function).parameters}
    assert function(**given) is seen
    op = OPS[name]
    assert seen["name"] == name
    assert seen["arrays"] == tuple(given[n] for n in op.arrays)
    assert seen["options"] == tuple(given[n] for n in op.options)
    defaults = {"accuracy": "default", "workspace_limit": None}
    assert {n: seen[n] for n in KEYWORDS} == {n: given.get(n, defaults.get(n)) for n in KEYWORDS}


# ------------------------------------------------------------------------------ each of them runs

SIZES = (6, 5, 4)
WINDOWS = {"max_pool", "avg_pool", "lp_pool"}


def smallest_call(op, d):
    """Return keyword arguments of a small forward call, and the shape of its result."""
    rng = np.random.default_rng(7)
    sizes = SIZES[: d or 2]
    valid, halved, twos = (tuple(f(n) for n in sizes) for f in (
        lambda n: n - 1, lambda n: n // 2, lambda n: 2,
    ))  # fmt: skip
    x = rng.standard_normal((2, 4, *sizes))
    weight = {
        "conv": (6, 2, *twos), "conv_transpose": (4, 3, *twos), "local_conv": (3, 4, *twos, *valid),
        "tiled_conv": (3, 4, *twos, 2, 1),
    }  # fmt: skip
    if op in weight:
        w = rng.standard_normal(weight[op])
        if op == "conv":
            return {"input": x, "weight": w, "groups": 2}, (2, 6, *valid)
        if op == "conv_transpose":
            return {"input": x, "weight": w, "groups": 2}, (2, 6, *(n + 1 for n in sizes))
        return {"input": x, "weight": w}, (2, 3, *valid)
    if op in WINDOWS:
        arguments = {"input": x, "kernel_size": 2, **({"norm_type": 2} if op == "lp_pool" else {})}
        return arguments, (2, 4, *halved)
    if op.startswith("adaptive"):
        return {"input": x, "output_size": 3}, (2, 4, *(3,) * len(sizes))
    if op == "max_unpool":
        y, indices = public(named("max_pool", d))(x, 2, return_indices=True)
        arguments = {"input": y, "indices": indices, "kernel_size": 2, "output_size": sizes}
        return arguments, (2, 4, *sizes)
    return {
        "weighted_pool": ({"input": x, "weights": np.ones((2, 3))}, (2, 4, 3, 1)),
        "maxout": ({"input": x, "groups": 2}, (2, 2, *sizes)),
        "unfold": ({"input": x, "kernel_size": 2}, (2, 16, 20)),
        "fold": ({"input": np.ones((2, 16, 20)), "output_size": sizes, "kernel_size": 2}, x.shape),
    }[op]


def smallest_gradient(op, suffix, d):
    """Return the same for a gradient. `grad_output` is the result of the forward function."""
    forward, _ = smallest_call(op, d)
    y = public(named(op, d))(**forward)
    if suffix == "_bias":
        return {"grad_output": y}, y.shape[1:2]
    if suffix == "_weight":
        w = forward.pop("weight")
        return {**forward, "grad_output": y, "weight_size": w.shape}, w.shape
    x = forward["input"]
    if op in ("max_pool", "adaptive_max_pool"):
        y, indices = public(named(op, d))(**forward, return_indices=True)
        return {"grad_output": y, "indices": indices, "input_size": x.shape}, x.shape
    if op == "max_unpool":
        indices = forward["indices"]
        return {"grad_output": y, "indices": indices, "input_size": x.shape}, x.shape
    if op == "adaptive_avg_pool":
        return {"grad_output": y, "input_size": x.shape}, x.shape
    if op not in ("lp_pool", "maxout"):
        forward["input_size"] = forward.pop("input").shape
    return {**forward, "grad_output": y}, x.shape


CALLS = [(op, "", d) for op, dims, _ in NETWORK for d in dims]
CALLS += [(op, suffix, d) for op, suffix, dims, _ in GRADIENTS for d in dims]


@pytest.mark.parametrize("op, suffix, d", CALLS, ids=[named(o, d, s) for o, s, d in CALLS])
def test_it_runs_eagerly_in_a_plan_and_into_out(op, suffix, d):
    name = named(op, d, suffix)
    arguments, shape = smallest_gradient(op, suffix, d) if suffix else smallest_call(op, d)
    result = public(name)(**arguments)
    assert type(result) is np.ndarray
    assert (result.shape, result.dtype) == (shape, np.float64)
    assert result.flags.c_contiguous

    out = np.empty_like(result)
    assert public(name)(**arguments, out=out) is out
    np.testing.assert_array_equal(out, result)
    forced = public(name)(**arguments, algorithm="naive", num_threads=1)
    np.testing.assert_allclose(forced, result, rtol=0, atol=1e-12)

    plan = fc.plan(name, **arguments)
    first, *others = OPS[name].arrays
    again = plan(arguments[first], **{n: arguments[n] for n in others if n in arguments})
    np.testing.assert_allclose(again, result, rtol=0, atol=1e-12)


def with_batch(arguments, n):
    """Return the same call for the first `n` samples."""
    batched = ("input", "grad_output", "indices")
    arrays = {k: v[:n] for k, v in arguments.items() if k in batched}
    size = {k: (n, *v[1:]) for k, v in arguments.items() if k == "input_size"}
    return {**arguments, **arrays, **size}


@pytest.mark.parametrize("op, suffix, d", CALLS, ids=[named(o, d, s) for o, s, d in CALLS])
def test_without_a_sample_the_result_is_empty_or_zero(op, suffix, d):
    arguments, shape = smallest_gradient(op, suffix, d) if suffix else smallest_call(op, d)
    result = public(named(op, d, suffix))(**with_batch(arguments, 0))
    summed = suffix in ("_weight", "_bias")
    assert result.shape == (shape if summed else (0, *shape[1:]))
    assert not result.any()


@pytest.mark.parametrize("padding", [1, [1, 1], [(1, 1), (1, 1)], [[1, 1], [1, 1]], ((1, 1), 1)])
def test_options_are_ints_lists_or_tuples(padding):
    x, w = np.ones((1, 2, 8, 8)), np.ones((3, 2, 3, 3))
    for value in (padding, tuple(padding) if isinstance(padding, list) else padding):
        y = fc.conv2d(x, w, padding=value, stride=[1, 2])
        assert y.shape == (1, 3, 8, 4)
        assert fc.max_pool2d(x, [3, 2], stride=(1, 2), padding=value).shape == (1, 2, 8, 5)
        g = grad.conv2d_weight(x, list(w.shape), y, padding=value, stride=np.array([1, 2]))
        assert g.shape == w.shape
