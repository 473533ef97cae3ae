"""Windows of image filters that a number describes, refused where their weights cannot exist."""

import math
import numbers

import numpy as np

from ..errors import shown
from .limits import checked_size, checked_window


def check_windows(o):
    """Refuse a call whose windows are too long for this machine.

    Parameters
    ----------
    o : dict
        Options of an image filter. What is no number is for others to judge.

    Raises
    ------
    ValueError
        The message names the argument: sigma, truncate, radius, order or size.
    """
    for size in _reals(o.get("size")):
        checked_window(int(size), f"size is {shown(o['size'])}")
    if "sigma" in o:
        _check_gaussian(o["sigma"], o.get("order"), o["truncate"], o["radius"])


def _check_gaussian(sigma, order, truncate, radius):
    for one in _reals(radius):
        checked_window(2 * int(one) + 1, f"radius is {shown(radius)}")
    if radius is None:
        for deviation, width in ((s, t) for s in _reals(sigma) for t in _reals(truncate)):
            reason = f"sigma is {shown(sigma)} and truncate is {shown(truncate)}"
            checked_window(2 * int(float(width) * float(deviation)) + 1, reason)
    for one in _reals(order):
        # SciPy's derivatives are products of a matrix with as many rows and columns
        size = (int(one) + 1, int(one) + 1)
        checked_size(size, np.float64, "the matrix of a derivative", f"order is {shown(order)}")


def _reals(value):
    """Return the finite numbers of at least 0 in `value`, alone or in a sequence."""
    values = value if isinstance(value, (list, tuple, np.ndarray)) and np.ndim(value) else (value,)
    return [
        v for v in values if isinstance(v, numbers.Real) and math.isfinite(v) and v >= 0
    ]  # fmt: skip
