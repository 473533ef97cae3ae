"""Passes of integer filters in fixed point, whose results are SciPy's integers all the same.

Products of integers are several times as fast as those of float64. Where a sum comes so close to an
integer that its error decides the result, it is added up again in float64 (src/fixed/room.h).
"""

import numpy as np

from ..loops import simd
from ..loops.fixed import MOST_TAPS, SOURCES, TARGETS, Fixed
from ..problem.arrays import DTYPES


def fixed_passes(isa, source, target, fill, lead, rows, columns, weights, orders, averages):
    """Return the filter down columns and along rows, or None where fixed point does not hold it.

    Parameters
    ----------
    isa : str
    source, target : str
        Short names of the dtypes of image and result.
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
    if source not in SOURCES or target not in TARGETS or max(w.size for w in weights) > MOST_TAPS:
        return None
    filtered = [w.size > 1 for w in weights]
    if all(filtered) and source != target or not any(filtered):
        return None
    if any(w.size == 1 and w[0] != 1 for w in weights):
        return None
    limits = np.iinfo(DTYPES[source])
    if fill != int(fill) or not limits.min <= fill <= limits.max:
        return None
    try:
        return Fixed(
            simd.extended(isa)[0], source, target, lead, rows.image, columns.image, columns.unit,
            rows.line(), columns.line(), columns.before, *weights, orders, int(fill), averages,
        )  # fmt: skip
    except ValueError:
        return None
