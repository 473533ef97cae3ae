"""Passes of integer filters in fixed point, whose results are SciPy's integers all the same.

Products of integers are several times as fast as those of float64. Where a sum comes so close to an
integer that its error decides the result, it is added up again in float64 (src/fixed/room.h).
"""

import numpy as np

from ..loops import simd
from ..loops.fixed import MOST_TAPS, TYPES, Fixed
from ..problem.arrays import DTYPES


def floats_are_faster(isa, dtype):
    """Return whether float32 is faster where it holds all sums, as for integer weights."""
    return dtype != "u8" or simd.extended(isa)[0] == isa


def fixed_passes(isa, dtype, fill, lead, rows, columns, weights, orders, averages):
    """Return the filter down columns and along rows, or None where fixed point does not hold it.

    Parameters
    ----------
    isa : str
    dtype : str
        Short name of the dtype of image and result.
    fill : float
        The value past the edges.
    lead : int
        Number of planes.
    rows, columns : Axis
        The axes of a plane.
    weights : list of ndarray of float64
        Weights along both; one tap of 1 along an axis that is not filtered.
    orders : list of str
        Orders in which SciPy adds up, one of `loops.fixed.ORDERS`.
    averages : bool
        Whether both are averages.
    """
    if dtype not in TYPES or not 1 < max(w.size for w in weights) <= MOST_TAPS:
        return None
    if any(w.size == 1 and w[0] != 1 for w in weights):
        return None
    limits = np.iinfo(DTYPES[dtype])
    if fill != int(fill) or not limits.min <= fill <= limits.max:
        return None
    try:
        return Fixed(
            simd.extended(isa)[0], dtype, lead, rows.image, columns.image, columns.unit,
            rows.line(), columns.line(), columns.before, *weights, orders, int(fill), averages,
        )  # fmt: skip
    except ValueError:
        return None
