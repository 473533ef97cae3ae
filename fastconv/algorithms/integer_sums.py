"""Which types hold the sums of filters of integers, so that results are SciPy's very integers.

SciPy computes in float64 and truncates after every axis. Where the weights are integers, any
arithmetic that holds all sums will do: float32 up to 2**24. An average is a sum of integers times a
number just above the reciprocal of their count, which truncates to the same integer. Other weights
are summed in float64 in SciPy's order, and each product is rounded.
"""

import numpy as np

from ..problem.arrays import DTYPES

#: the types of images that the kernels read
SOURCES = ("i8", "u8", "i16", "u16")
#: up to where reals hold every sum, and int32 after them
_EXACT = {"f32": 2.0**24, "f64": 2.0**31}
#: the same with room for a factor just above a reciprocal
_DIVISIBLE = {"f32": 2.0**22, "f64": 2.0**31}
#: SciPy's N-D functions skip weights that are no larger than this
SKIPPED = np.finfo(np.float64).eps


def traits_of(problem, weight):
    """Return what weights forbid: ``nonfinite``, ``large`` where int32 cannot hold sums, or None.

    Parameters
    ----------
    problem : FilterProblem
        Of an image of integers.
    weight : ndarray of float64
    """
    if not np.isfinite(weight).all():
        return "nonfinite"
    source, target = DTYPES[problem.dtypes[0]], DTYPES[problem.dtypes[2]]
    kept = weight[np.abs(weight) > SKIPPED]
    real = real_of_sums(source, target, np.abs(kept).sum(), are_whole(kept), problem.fill)
    return "large" if real is None else None


def real_of_sums(dtype, target, gain, whole, fill):
    """Return the short name of the real type to compute in, None where none holds SciPy's sums."""
    if target.kind == "f":
        return "f32" if target.char == "f" else "f64"
    largest = gain * max(magnitude(dtype), abs(fill))
    reals = ("f32", "f64") if whole and fill == int(fill) else ("f64",)
    return next((real for real in reals if largest < _EXACT[real]), None)


def real_of_windows(dtype, target, size, fill):
    """Return the real type that holds averages over windows of so many values, or None."""
    if target.kind == "f":
        return "f32" if target.char == "f" else "f64"
    if fill != int(fill):
        return None
    largest = size * max(magnitude(dtype), abs(fill))
    return next((real for real in ("f32", "f64") if largest < _DIVISIBLE[real]), None)


def just_above(weights, real):
    """Return weights of an average that are just above the reciprocal of their count."""
    kind = np.float32 if real == "f32" else np.float64
    return np.full(weights.size, np.nextafter(kind(1 / weights.size), kind(1)))


def modulus(source, target, weights, fill, cast=0.0):
    """Return ``i16`` or ``i32`` if sums modulo 2**16 or 2**32 are SciPy's integers, else None.

    They are if all products are integers, and no sum leaves int32, from which SciPy's cast takes
    the low bits.

    Parameters
    ----------
    source, target : dtype
    weights : ndarray of float64
    fill : float
    cast : float
        Largest absolute value that SciPy multiplies by weights besides those of the image.
    """
    if target.kind == "f" or fill != int(fill) or not are_whole(weights):
        return None
    largest = max(magnitude(source), abs(fill), cast)
    if np.abs(weights).sum() * largest >= _EXACT["f64"]:
        return None
    return "i16" if target.itemsize <= 2 else "i32"


def order_of(weights):
    """Return in which order SciPy adds up, one of `loops.integer.ORDERS`."""
    if weights.size % 2 == 0:
        return "last_first"
    half = weights.size // 2
    left, right = weights[:half][::-1], weights[half + 1 :]
    eps = np.finfo(float).eps
    if (np.abs(left - right) <= eps).all():
        return "equal_pairs"
    return "opposite_pairs" if (np.abs(left + right) <= eps).all() else "last_first"


def between_passes(dtype, target, weights, whole, fill):
    """Return what becomes of a row between two passes, one of `loops.integer.SETTLES`."""
    if target.kind == "f" or whole and fill == int(fill):  # wrapping once is as good as twice
        return "exact"
    averages = all((w >= 0).all() and w.sum() < 1 + 1e-9 for w in weights)
    return "truncates" if averages and _inside(dtype, target, fill) else "wraps"


def _inside(dtype, target, fill):
    """Return whether `target` holds every value of `dtype`, and `fill`."""
    limits = np.iinfo(target)
    return np.can_cast(dtype, target) and limits.min <= fill <= limits.max


def magnitude(dtype):
    """Return the largest absolute value of a dtype of integers."""
    limits = np.iinfo(dtype)
    return max(-float(limits.min), float(limits.max))


def are_whole(weights):
    """Return whether all weights are integers."""
    return bool((weights == np.rint(weights)).all())
