"""`np.convolve` and `np.correlate` by the functions of fastconv.signal that compute the same."""

import numpy as np

from ..problem.scipy_arguments import DTYPE_CHARS
from ..signal import convolve as _convolve
from ..signal import correlate as _correlate

_MODES = ("full", "same", "valid")


class ForOriginal(Exception):
    """Raised for a call that NumPy's own function must answer."""


def _lines(a, v, mode):
    """Return both arrays, if fastconv computes with them."""
    a, v = np.asarray(a), np.asarray(v)
    known = a.dtype.char in DTYPE_CHARS and v.dtype.char in DTYPE_CHARS
    if not (a.ndim == v.ndim == 1 and known and a.size and v.size):
        raise ForOriginal
    if not (isinstance(mode, str) and mode in _MODES):
        raise ForOriginal
    return a, v


def convolve(a, v, mode="full"):
    """Return what `np.convolve` returns, where the order of the arrays does not matter."""
    a, v = _lines(a, v, mode)
    return _convolve(a, v, mode) if a.size >= v.size else _convolve(v, a, mode)


def correlate(a, v, mode="valid"):
    """Return what `np.correlate` returns."""
    a, v = _lines(a, v, mode)
    if mode == "same" and v.size > a.size:  # of the size of v, which SciPy's function has not
        raise ForOriginal
    return _correlate(a, v, mode)
