"""Compare functions of fastconv with the functions of SciPy that they replace."""

import inspect
import warnings

import numpy as np
from oracle.accuracy import relative_error

#: twice the accuracy contract, because SciPy's result has an error, too
TOLERANCE = {"e": 2e-3, "f": 2e-5, "F": 2e-5, "d": 4e-14, "D": 4e-14}


def outcome(function, *args, **kwargs):
    """Return result, exception, and (category, message) of every warning of a call.

    Warnings of NumPy about a NaN in SciPy's arithmetic are left out.
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
    """Assert equal type, dtype, shape, NaN and infinities, and values within the contract."""
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
    """Assert equal results and warnings, or an exception of the same type or a subclass of it."""
    result, error, warned = outcome(ours, *args, **kwargs)
    expected, their_error, their_warned = outcome(theirs, *args, **kwargs)
    if their_error is not None:
        assert isinstance(error, type(their_error)), (error, result, their_error)
        return
    assert error is None, error
    assert_same(result, expected)
    assert warned == their_warned


def assert_signature(ours, theirs):
    """Assert that SciPy's parameters and defaults come first, then keyword-only ones of ours."""
    mine, peer = (list(inspect.signature(f).parameters.values()) for f in (ours, theirs))
    rest = [p for p in peer if p.kind is p.VAR_KEYWORD]
    peer = [p for p in peer if p.kind is not p.VAR_KEYWORD]
    assert mine[: len(peer)] == peer
    own = [p for p in mine[len(peer) :] if p.kind is not p.VAR_KEYWORD]
    assert all(p.kind is p.KEYWORD_ONLY for p in own)
    assert [p.kind for p in mine[len(peer) + len(own) :]] == [p.kind for p in rest]
    return {p.name: p.default for p in own}


def random_array(rng, shape, dtype):
    """Return N(0, 1) values, or small integers whose sums wrap in narrow dtypes."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        return rng.integers(0 if dtype.kind == "u" else -99, 100, shape).astype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    values = rng.standard_normal(shape)
    if dtype.kind == "c":
        values = values + 1j * rng.standard_normal(shape)
    return values.astype(dtype)
