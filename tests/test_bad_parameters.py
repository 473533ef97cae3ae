"""Test wrong options: the error has the right type and names the option; no array changes."""

from operator import attrgetter

import numpy as np
import pytest
from cases import oracle_function
from refusals import (
    CONVOLUTIONS,
    EITHER,
    OPERATIONS,
    POOLS,
    first_array,
    named_arguments,
    refuse,
)

import fastconv as fc

LOWEST = {"stride": 1, "dilation": 1, "padding": 0, "groups": 1, "kernel_size": 1}
INTEGERS = [(op, name) for op in OPERATIONS for name in LOWEST if name in oracle_function(op)[1]]


@pytest.mark.parametrize(("op", "name"), INTEGERS)
def test_integer_parameters(op, name):
    good = named_arguments(op)
    wrong_type = [1.0, True, 1.5, np.float64(1), np.bool_(True)]
    wrong_value = [LOWEST[name] - 1, -3]
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


@pytest.fixture
def rng():
    return np.random.default_rng(0)


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
