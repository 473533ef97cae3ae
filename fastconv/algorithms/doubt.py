"""Faster sums that become the integers that sums of all taps in float64 become.

Images of bytes are summed in float32. Of images of 16 bits, kernels that are outer products are
summed along one axis after the other, in float64.

What lies so near to a number where the result changes that the error of its sum decides is added up
again in float64 (src/taps/doubt.h). So a bound on the error is needed, and a large one saves
nothing.
"""

from typing import NamedTuple

import numpy as np

from ..loops.taps import BLOCK

#: errors of sums: less is not told from rounding, and more leaves too little certain
_LEAST, _MOST = 1e-5, 4e-3
#: how many times as many taps a kernel has than its vectors, if it is worth to take these
_FEWER = 1.5
_ROUNDING = 2.0**-24
#: no sum is as large
_HELD = 2.0**22


class Doubt(NamedTuple):
    """How sums in float32 are added.

    Parameters
    ----------
    error : float
        Bound on their difference from sums in float64; 0 where they are not useful.
    vectors : tuple of ndarray of float32, or None
        For a kernel that is nearly the outer product of two vectors: one with a weight for each
        line, that is each row of the image that a window reads, and one along the rows.
    outer_error : float
        Bound on the difference from sums of the outer product in float64.
    """

    error: float
    vectors: tuple | None = None
    outer_error: float = 0.0

    @property
    def sums(self):
        """Return the short name of the dtype of the sums."""
        return "f32" if self.vectors is None or self.vectors[0].dtype == np.float32 else "f64"


def known(error, positions):
    """Return the `Doubt` of sums that are known with an error.

    Its vectors have no weights: they tell how far flat windows extend.

    Parameters
    ----------
    error : float
    positions : ndarray of int, shape (taps, axes)
    """
    return Doubt(error, (np.zeros(1), np.zeros(int(positions[:, -1].max(initial=0)) + 1)))


def doubt_of(dtype, positions, weights, fill):
    """Return the `Doubt` of a list of taps.

    Parameters
    ----------
    dtype : dtype
        Of the image.
    positions : ndarray of int, shape (taps, axes)
    weights : ndarray of float64, shape (taps,)
    fill : float
        The value past the edges.
    """
    if dtype.kind == "f" or dtype.itemsize > 2 or fill != int(fill) or abs(fill) > 2**24:
        return Doubt(0.0)
    limits = np.iinfo(dtype)
    largest = max(-float(limits.min), float(limits.max), abs(fill))
    gain = np.abs(weights).sum()
    if dtype.itemsize == 2:
        return _outer_in_double(positions, weights, gain, largest)
    if not gain * largest < _HELD:
        return Doubt(0.0)
    error = _useful(_roundings(len(weights)) * _ROUNDING * gain * largest)
    return _outer(positions, weights, largest) or Doubt(error)


def _useful(error):
    """Return a bound with some room for the terms that it leaves out, 0 if it is too large."""
    error = max(1.02 * error, _LEAST)
    return error if error < _MOST else 0.0


def _roundings(count):
    """Return how many roundings a sum of so many products has one after the other.

    Weights and products are rounded, a block adds its products, and a sum its blocks.
    """
    return min(count, BLOCK) + -(-count // BLOCK) + 3


def _factors(positions, weights):
    """Return a kernel with a row for each line, and two vectors whose outer product it nearly is.

    None where the kernel has too few taps for that to be of use.
    """
    lines, numbers = np.unique(positions[:, :-1], axis=0, return_inverse=True)
    columns = positions[:, -1]
    shape = len(lines), int(columns.max(initial=0)) + 1
    if len(weights) < _FEWER * sum(shape):
        return None
    kernel = np.zeros(shape)
    kernel[numbers.reshape(-1), columns] = weights
    line, column = np.unravel_index(np.abs(kernel).argmax(), shape)
    return kernel, kernel[:, column] / kernel[line, column], kernel[line]


def _outer(positions, weights, largest):
    """Return the `Doubt` of an outer product that is nearly the kernel, None if none is useful."""
    found = _factors(positions, weights)
    if found is None:
        return None
    kernel, down, along = found[0], *(v.astype(np.float32) for v in found[1:])
    rest, gain = _left_by(kernel, down, along)
    roundings = _roundings(down.size) + _roundings(along.size)
    error = _useful((roundings * _ROUNDING * gain + rest) * largest)
    if not error:
        return None
    again = max(1.02 * ((sum(kernel.shape) + 4) * 2.0**-52 * gain + rest) * largest, 1e-9)
    return Doubt(error, (down, along), again)


def _outer_in_double(positions, weights, gain, largest):
    """Return the `Doubt` of sums in double of an outer product, beside those of all taps."""
    found = _factors(positions, weights) if gain * largest < 2.0**40 else None
    if found is None:
        return Doubt(0.0)
    kernel, *vectors = found
    rest, size = _left_by(kernel, *vectors)
    roundings = len(weights) * gain + (sum(kernel.shape) + 4) * size
    error = max(1.02 * (roundings * 2.0**-53 + rest) * largest, 1e-9)
    return Doubt(error, tuple(vectors)) if error < _MOST else Doubt(0.0)


def _left_by(kernel, down, along):
    """Return what an outer product leaves of a kernel, and its gain: sums of absolute values."""
    down, along = down.astype(np.float64), along.astype(np.float64)
    rest = np.abs(kernel - np.multiply.outer(down, along)).sum()
    return rest, float(np.abs(down).sum()) * float(np.abs(along).sum())
