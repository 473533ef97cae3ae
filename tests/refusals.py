"""Help the tests of wrong arguments: one valid call of every operation, and `refuse`."""

from operator import attrgetter

import numpy as np
import pytest
from cases import CASES, build, oracle_function
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


def named_arguments(op, dtype="f8"):
    """Return a valid call of op as a dict of all arguments."""
    args, kwargs = build(FIRST[op], dtype, np.random.default_rng(1))
    parameters = oracle_function(op)[1]
    required = [n for n, p in parameters.items() if p.default is p.empty]
    return dict(zip(required, args, strict=True)) | kwargs


def first_array(op):
    """Return the name of the first array argument."""
    return next(n for n in oracle_function(op)[1] if n in FIRST[op].arrays)


def refuse(op, error, words, arguments):
    """Assert that a call raises an error, and that no array changes.

    Every word, or one of several ("this|that"), must be in the message.
    """
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
