"""The accuracy contract: max|y - y64| / max|y64| is at most the bound of the level."""

import numpy as np

LEVELS = {
    "high": {"f4": 2e-6, "f8": 4e-15},
    "default": {"f4": 1e-5, "f8": 2e-14},
    "fast": {"f4": 5e-5, "f8": 1e-13},
}
REAL_ROW = {"e": "f4", "f": "f4", "F": "f4", "d": "f8", "D": "f8"}


def relative_error(actual, expected, slack=0.0, terms=0.0):
    """Return max(|actual - expected| - slack) / max|expected| over the finite expected values.

    `terms` are what was added up, if errors shall be relative to these where they are larger.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    finite = np.isfinite(expected)
    if not finite.any():
        return 0.0
    wide = np.complex128 if expected.dtype.kind == "c" else np.float64
    difference = np.abs(actual[finite].astype(wide) - expected[finite])
    worst = np.max(np.maximum(difference - (slack if np.ndim(slack) == 0 else slack[finite]), 0))
    scale = max(np.max(np.abs(expected[finite])), np.max(np.abs(terms), initial=0.0))
    if worst == 0:
        return 0.0
    return float(worst / scale) if scale else np.inf


def assert_matches(actual, expected, level="default", dtype=None, terms=0.0):
    """Assert that the result of a public function matches the oracle's within the contract.

    Parameters
    ----------
    actual : ndarray or tuple
        The result of a public function. A tuple is (output, indices), whose indices must be int64
        and equal.
    expected : ndarray or tuple
        The result of the oracle.
    dtype : dtype, optional
        The dtype that the result must have.
    terms : array_like, optional
        What was added up. Errors may be relative to these: sums may be 0 but for what is rounded.

    Integers must be equal modulo 2**bits of their dtype. NaN and infinities must be at the same
    positions. float16 may have one more rounding than float32.
    """
    if isinstance(expected, tuple):
        (actual, indices), (expected, expected_indices) = actual, expected
        assert_matches(indices, expected_indices, dtype=np.int64)
    expected = np.asarray(expected)
    assert isinstance(actual, np.ndarray), type(actual)
    assert actual.shape == expected.shape, (actual.shape, expected.shape)
    assert actual.flags.c_contiguous and actual.dtype.isnative
    if dtype is not None:
        assert actual.dtype == np.dtype(dtype), (actual.dtype, np.dtype(dtype))
    if expected.dtype.kind in "iu":
        np.testing.assert_array_equal(actual, expected.astype(actual.dtype))
        return
    assert actual.dtype.kind in "fc", actual.dtype
    slack = 0.0
    if actual.dtype.char == "e":
        with np.errstate(over="ignore", invalid="ignore"):
            rounded = expected.astype(np.float16)
            slack = np.spacing(np.abs(rounded)).astype(np.float64) / 2
        expected = np.where(np.isfinite(rounded), expected, rounded.astype(np.float64))
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    if expected.dtype.kind == "f":
        infinite = np.isinf(expected)
        np.testing.assert_array_equal(actual[infinite], expected[infinite])
    error = relative_error(actual, expected, slack, terms)
    allowed = LEVELS[level][REAL_ROW[actual.dtype.char]]
    assert error <= allowed, f"relative error {error:.3g} exceeds {allowed:.3g} ({level})"
