"""Refuse windows of image filters, given by sigma or size, whose weights do not fit in memory."""

import math
import numbers
from functools import partial

import numpy as np

from ..errors import shown
from .limits import checked_size, checked_window

_FLOAT64 = np.dtype(np.float64)


def check_windows(o):
    """Refuse an image filter whose windows are too long for the memory of this machine.

    Parameters
    ----------
    o : dict
        Options of the filter by name. Values that are not numbers are not checked here.

    Raises
    ------
    ValueError
        If a window is too long. The message names the argument that gives its length: sigma and
        truncate, radius, order or size.
    """
    for size in _reals(o.get("size")):
        checked_window(int(size), lambda: f"size is {shown(o['size'])}")
    if "sigma" in o:
        _check_gaussian(o["sigma"], o.get("order"), o["truncate"], o["radius"])


def _check_gaussian(sigma, order, truncate, radius):
    """Refuse a Gaussian filter whose windows are too long."""
    for one in _reals(radius):
        checked_window(2 * int(one) + 1, lambda: f"radius is {shown(radius)}")
    if radius is None:
        width = float(max(_reals(truncate), default=0)) * float(max(_reals(sigma), default=0))
        reason = partial(_sigma_given, sigma, truncate)
        checked_window(2 * int(width) + 1, reason)
    for one in _reals(order):
        # SciPy computes derivatives of this order with a square matrix of order + 1 rows
        size = (int(one) + 1, int(one) + 1)
        reason = partial(_order_given, order)
        checked_size(size, _FLOAT64, "the matrix of a derivative", reason)


def _sigma_given(sigma, truncate):
    return f"sigma is {shown(sigma)} and truncate is {shown(truncate)}"


def _order_given(order):
    return f"order is {shown(order)}"


def _reals(value):
    """Return the finite, non-negative numbers in `value`, which is a number or a sequence."""
    if type(value) in (int, float):
        return [value] if math.isfinite(value) and value >= 0 else []
    values = value if isinstance(value, (list, tuple, np.ndarray)) and np.ndim(value) else (value,)
    return [
        v for v in values if isinstance(v, numbers.Real) and math.isfinite(v) and v >= 0
    ]  # fmt: skip
