"""Comparing a function with the one of SciPy that it stands in for."""

import inspect
import warnings

import numpy as np
from oracle.accuracy import relative_error

#: twice the accuracy contract: SciPy's result has an error of its own
TOLERANCE = {"e": 2e-3, "f": 2e-5, "F": 2e-5, "d": 4e-14, "D": 4e-14}


def outcome(function, *args, **kwargs):
    """Result, exception, and the (category, message) of every warning of a call.

    NumPy's warnings about a NaN that comes up in SciPy's own arithmetic do not count.
    """
    result = error = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = function(*args, **kwargs)
        except Exception as raised:  # noqa: BLE001 - which one it is, is what is compared
            error = raised
    said = [(w.category, str(w.message)) for w in caught]
    return result, error, [w for w in said if not w[1].startswith("invalid value encountered")]


def assert_same(result, expected):
    """Equal type, dtype and shape, NaN and Inf in the same places, values to the contract."""
    assert type(result) is type(expected), (type(result), type(expected))
    assert np.shape(result) == np.shape(expected), (np.shape(result), np.shape(expected))
    assert result.dtype == expected.dtype, (result.dtype, expected.dtype)
    if isinstance(result, np.ndarray):
        assert result.flags.c_contiguous
    if result.dtype.char not in TOLERANCE:
        np.testing.assert_array_equal(result, expected)
        return
    np.testing.assert_array_equal(np.isnan(result), np.isnan(expected))
    np.testing.assert_array_equal(np.isinf(result), np.isinf(expected))
    if result.size:
        assert relative_error(result, expected) <= TOLERANCE[result.dtype.char]


def assert_agrees(ours, theirs, *args, **kwargs):
    """The same result, or an exception that a handler of SciPy's catches, and the same warnings."""
    result, error, warned = outcome(ours, *args, **kwargs)
    expected, their_error, their_warned = outcome(theirs, *args, **kwargs)
    if their_error is not None:
        assert isinstance(error, type(their_error)), (error, result, their_error)
        return
    assert error is None, error
    assert_same(result, expected)
    assert warned == their_warned


def assert_signature(ours, theirs):
    """SciPy's parameters in its order and with its defaults, then keyword-only ones of ours."""
    mine, peer = (list(inspect.signature(f).parameters.values()) for f in (ours, theirs))
    rest = [p for p in peer if p.kind is p.VAR_KEYWORD]
    peer = [p for p in peer if p.kind is not p.VAR_KEYWORD]
    assert mine[: len(peer)] == peer
    own = [p for p in mine[len(peer) :] if p.kind is not p.VAR_KEYWORD]
    assert all(p.kind is p.KEYWORD_ONLY for p in own)
    assert [p.kind for p in mine[len(peer) + len(own) :]] == [p.kind for p in rest]
    return {p.name: p.default for p in own}


def random_array(rng, shape, dtype):
    """N(0, 1) for floating point, small integers that make sums of narrow ones wrap."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        return rng.integers(0 if dtype.kind == "u" else -99, 100, shape).astype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    values = rng.standard_normal(shape)
    if dtype.kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)
