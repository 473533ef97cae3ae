"""How long sums of many taps of images of integers take, and what is known of their weights."""

from math import prod

import numpy as np

from ..problem.arrays import DTYPES
from ..problem.traits import traits

#: taps and multiply-adds from which the structure of a kernel is looked for
_LEAST_TAPS, _LEAST_WORK = 36, 5e6
#: products per second, as a share of the peak of `implicit_gemm`: modulo integers, of bytes in
#: float32, of others in float64
_WHOLE, _BYTES, _OTHERS = 0.5, 0.2, 0.16
#: the same for outer products, with taps along both axes, and the taps that the rest is worth
_OUTER, _REST = 0.12, 6


def structure_of(problem, weight):
    """Return ``whole`` for a kernel of integers, ``r1`` or ``box`` for outer products, or None.

    Parameters
    ----------
    problem : FilterProblem
        Of the families ``integer`` and ``rounded``.
    weight : ndarray of float64
    """
    s = problem.stencil
    large = s.taps >= _LEAST_TAPS and s.multiply_adds >= _LEAST_WORK
    if not large or s.feature_channels > 1 or problem.op.endswith("1d"):
        return None
    if (weight == np.rint(weight)).all():
        return "whole"
    kernel = weight.reshape([problem.weights[a] for a in problem.axes])
    found = traits(kernel[None, None], kernel.ndim, 1)
    return found if found in ("r1", "box") else None


def taps_seconds(problem, machine):
    """Return the seconds of sums of all taps on one thread.

    Parameters
    ----------
    problem : FilterProblem
    machine : Machine
    """
    s = problem.stencil
    if problem.traits in ("r1", "box"):
        taps = sum(problem.weights[a] for a in problem.axes) + _REST
        return taps * prod(s.feature_shape) / (_OUTER * machine.gemm_rate)
    bytes_only = DTYPES[problem.dtypes[0]].itemsize == 1
    share = _WHOLE if problem.traits == "whole" else _BYTES if bytes_only else _OTHERS
    return s.multiply_adds / (share * machine.gemm_rate)
