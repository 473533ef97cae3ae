"""Integers as results: how sums in float64 become values of a dtype of integers."""

import numpy as np

#: what becomes of a fraction: it is dropped, or the nearest integer is taken, the even one of two
ROUNDINGS = ("truncate", "nearest")


def to_integers(sums, dtype, rounding, saturate):
    """Return sums as integers.

    Parameters
    ----------
    sums : ndarray of float
    dtype : dtype
        Of integers.
    rounding : str
        One of `ROUNDINGS`.
    saturate : bool
        Whether values outside of `dtype` become the nearest one of it; otherwise they are taken
        modulo 2**bits.

    Raises
    ------
    ValueError
        If a sum is NaN, or infinite and not limited.
    """
    whole = np.rint(sums) if rounding == "nearest" else np.trunc(sums)
    if np.isnan(whole).any() or not saturate and np.isinf(whole).any():
        raise no_integer(dtype, saturate)
    if not saturate:
        rest = np.fmod(whole, 2.0**64)  # which is exact
        size = np.abs(rest).astype(np.uint64)
        return np.where(rest < 0, np.uint64(0) - size, size).astype(dtype)
    limits = np.iinfo(dtype)
    high = whole >= float(limits.max)  # which may round up
    result = np.where(high, 0.0, np.maximum(whole, float(limits.min))).astype(dtype)
    result[high] = limits.max
    return result


def no_integer(dtype, saturate):
    """Return the error that a sum is not a number that `dtype` can stand for."""
    what = "NaN" if saturate else "NaN or infinite"
    return ValueError(
        f"output_dtype is {np.dtype(dtype)}, but a sum of products of in1 and in2 is {what}; "
        "integers need finite sums" + ("" if saturate else ", or saturate=True for infinite ones")
    )


class Converted:
    """The function `restore` of a request whose result in float64 becomes one of integers."""

    def __init__(self, restore, dtype, rounding, saturate):
        self.restore = restore
        self.how = dtype, rounding, saturate

    def __call__(self, feature):
        sums = feature if self.restore is None else self.restore(feature)
        return to_integers(sums, *self.how)

