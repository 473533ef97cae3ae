"""Operands of integers for `exact`: their sizes, and their digits as real numbers."""

from math import sqrt

import numpy as np

from ..problem.arrays import DTYPES
from .exact_bounds import WHOLE


class Operand:
    """An array of integers. The sizes that bounds need are found when they are asked for.

    Parameters
    ----------
    conversions : Conversions
    values : ndarray
        C-contiguous, of any dtype of integers. Those of uint64 are taken modulo 2**64.
    entries : int
        Entries of the batch.
    fill : int
        The value past the edges.
    """

    def __init__(self, conversions, values, entries=1, fill=0):
        self.conversions, self.values, self.entries = conversions, values, entries
        self.fill = _wrapped(fill) if fill else 0
        self._largest = None

    @property
    def largest(self):
        """Largest absolute value."""
        if self._largest is None:
            self._largest = max(self.conversions.largest(self.values), abs(self.fill))
        return self._largest

    def norm(self, by_entry):
        """Return the 2-norm of all values or, if `by_entry`, the largest of any entry."""
        return sqrt(self.conversions.squares(self.values, self.entries if by_entry else 1))

    def write_digit(self, digits, i, into, threads):
        """Write digit `i` of all values to an array of real numbers, and return that of the fill.

        Parameters
        ----------
        digits : Digits
        i : int
        into : ndarray
            Of as many values, C-contiguous.
        threads : int
        """
        if digits.count == 1:
            self.conversions.write(self.values, into, threads)
            return self.fill
        halves, mask, half, shift = found = _cut_out(digits, i)
        self.conversions.write(self.values, into, threads, found)
        return (_wrapped(self.fill + halves) >> shift & mask) - half


def _wrapped(value):
    """Return an integer modulo 2**64, as int64 holds it."""
    return (value + 2**63) % 2**64 - 2**63


def _cut_out(digits, i):
    """Return (halves, mask, half, shift): digit `i` is ``((x + halves) >> shift & mask) - half``.

    With half a digit added at the place of every digit, a shift and a mask cut out half more than
    each digit. The last digit is all that is left.
    """
    half, last = 1 << (digits.width - 1), i == digits.count - 1
    halves = sum(half << (digits.width * j) for j in range(i if last else i + 1))
    if last:
        return _wrapped(halves), -1, 0, digits.width * i
    return _wrapped(halves), 2 * half - 1, half, digits.width * i


class Weights(Operand):
    """The operand whose digits are kept for all products, and that a plan may prepare.

    Parameters
    ----------
    conversions : Conversions
    values : ndarray
        The weight or, for the gradient of a weight, the second array.
    stencil : Stencil
    prepare : callable, optional
        ``prepare(real, weight)`` prepares a weight of real numbers of the dtype called `real`. If
        it is given, everything is kept for the next call.
    """

    def __init__(self, conversions, values, stencil, prepare=None):
        super().__init__(conversions, values)
        self.stencil, self.prepare, self.kept = stencil, prepare, {}
        self._total = None

    @property
    def total(self):
        """Largest sum of the absolute weights of one output; None where only a bound is known."""
        if self._total is None:
            self._total = self._added()
        return self._total

    def _added(self):
        s = self.stencil
        channels, own, *_ = s.weight_shape
        if s.role == "fwd":
            shape, summed = (1, 1, channels, -1), 3
        elif s.role == "input" and all(a.boundary == "zeros" for a in s.axes):
            shape, summed = (s.groups, channels // s.groups, own, -1), (1, 3)
        else:
            return None
        weights = self.reals("f64", WHOLE)[0][0]
        return float(np.abs(weights).reshape(shape).sum(summed).max())

    def reals(self, real, digits):
        """Return ``(weight, prepared)`` of every digit, in the dtype called `real`."""
        found = self.kept.get((real, digits))
        if found is None:
            found = [self._digit(real, digits, i) for i in range(digits.count)]
            if self.prepare is not None:
                self.kept[real, digits] = found
        return found

    def _digit(self, real, digits, i):
        weight = np.empty(self.values.shape, DTYPES[real])
        self.write_digit(digits, i, weight, 1)
        return weight, None if self.prepare is None else self.prepare(real, weight)

    @property
    def nbytes(self):
        """Bytes that a plan keeps."""
        kept = (array for found in self.kept.values() for one in found for array in one)
        return self.values.nbytes + sum(array.nbytes for array in kept if array is not None)
