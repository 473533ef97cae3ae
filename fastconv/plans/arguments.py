"""Names of functions, and the arrays and options that are given to a plan by name."""

import difflib

import numpy as np

from ..calls.host import calls_of
from ..errors import shown
from ..problem import OPS, REQUIRED
from ..problem.arguments import is_sequence
from ..problem.arrays import ALLOWED_DTYPES, DTYPES, Spec, native

#: dtypes of arrays, given as shapes, that have another one than the rest
OWN_DTYPES = {"indices": np.int64, "mask": np.bool_}


def checked_op(name):
    """Return the `Op` called `name`."""
    if not isinstance(name, str):
        raise TypeError(f"op must be a str, got {shown(name)}")
    if name not in OPS:
        listed = ", ".join(similar_ops(name))
        raise ValueError(
            f"op is {shown(name)}; allowed: {listed} and other names in fastconv.problem.OPS"
        )
    return OPS[name]


def similar_ops(name):
    """Return names of functions that are similar to `name`, or of common ones if there are none."""
    return difflib.get_close_matches(name, OPS, 3) or ("conv2d", "max_pool2d", "convolve")


def split_arguments(op, given):
    """Return the arrays in the order of the op, and a dict of all its options.

    Parameters
    ----------
    op : Op
    given : dict
        Arrays and options that the caller passed, by name.
    """
    given = dict(given)
    arrays = tuple(given.pop(name, None) for name in op.arrays)
    for name, value in zip(op.arrays, arrays, strict=True):
        if value is None and name not in op.optional:
            raise TypeError(f"{name} is missing: {op.name} takes {', '.join(op.arrays)}")
    unknown = set(given) - set(op.options)
    if unknown:
        names = ", ".join((*op.arrays, *op.options))
        raise TypeError(f"{sorted(unknown)[0]} is no argument of {op.name}; allowed: {names}")
    options = {**op.options, **given}
    for name, value in options.items():
        if value is REQUIRED:
            raise TypeError(f"{name} is missing: {op.name} needs it")
    return arrays, options


def specs_of(op, arrays, dtype):
    """Return the arrays of a plan: a `Spec` for each shape, a copy of each array."""
    copy = calls_of(arrays).copy
    copies = [
        value if value is None or _is_shape(value) else copy(op, name, value)
        for name, value in zip(op.arrays, arrays, strict=True)
    ]
    named = [(n, a) for n, a in zip(op.arrays, copies, strict=True) if n not in OWN_DTYPES]
    present = [native(a) for _, a in named if hasattr(a, "dtype")]
    if dtype is None:
        dtype = np.result_type(*present) if present else np.dtype(np.float32)
    else:
        dtype = _known_dtype(dtype)
    return tuple(
        Spec(tuple(int(n) for n in a), np.dtype(OWN_DTYPES.get(name, dtype)))
        if a is not None and not hasattr(a, "dtype")
        else a
        for name, a in zip(op.arrays, copies, strict=True)
    )


def _known_dtype(value):
    """Return `value` as a dtype that fastconv computes with."""
    try:
        dtype = np.dtype(value)
        known = dtype in DTYPES.values()
    except (TypeError, ValueError):
        known = False
    if not known:
        raise TypeError(f"dtype is {shown(value)}; allowed: {ALLOWED_DTYPES}")
    return dtype


def _is_shape(value):
    """Return whether `value` is a sequence of ints rather than an array."""
    return (
        is_sequence(value)
        and not isinstance(value, np.ndarray)
        and all(isinstance(v, (int, np.integer)) and not isinstance(v, bool) for v in value)
    )
