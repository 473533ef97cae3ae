"""Checks of sizes and numbers; positions of taps."""

import math
import operator
from numbers import Real

import numpy as np

from ..errors import shown
from ..problem.arguments import is_integer
from ..problem.limits import checked_size, total_memory


def sizes_of(size, ndim=None):
    """Return `size` as a tuple, which must have `ndim` entries if `ndim` is given."""
    sizes = tuple(size) if isinstance(size, (tuple, list)) else (size, size)
    if not all(map(is_integer, sizes)):
        raise TypeError(f"size is {shown(size)}; it must be an int or a tuple of ints")
    if not sizes or min(sizes) < 1 or len(sizes) != (ndim or len(sizes)):
        entries = f"tuple of {ndim or 'any number'} of such"
        raise ValueError(f"size is {shown(size)}; it must be 1 or more, or a {entries}")
    sizes = tuple(map(operator.index, sizes))
    # a quarter of the memory, because functions need more arrays of the kernel's size
    checked_size(sizes, np.float64, "the kernel", f"size is {shown(size)}", total_memory() // 4)
    return sizes


def deviations_of(sigma, ndim):
    """Return one positive standard deviation per axis."""
    deviations = tuple(sigma) if np.ndim(sigma) else (sigma,) * ndim
    if len(deviations) != ndim:
        allowed = f"one number, or {ndim} for {ndim} axes"
        raise ValueError(f"sigma is {shown(sigma)}; it must be {allowed}")
    return tuple(number("sigma", deviation, positive=True) for deviation in deviations)


def number(name, value, positive=False):
    """Return a number as a float: finite, and positive if it has to be."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {shown(value)}; it must be a real number")
    if not math.isfinite(value) or (positive and value <= 0):
        raise ValueError(f"{name} is {shown(value)}; it must be {'positive and ' * positive}finite")
    return float(value)


def offsets_of(taps):
    """Return the distances of taps from the centre."""
    return np.arange(taps) - (taps - 1) / 2
