"""Check arguments by the rules of SciPy's functions.

These functions raise `ForSciPy` if SciPy would raise an error, or computes something that no
problem of fastconv describes. SciPy's own function is then called, and raises its own errors.
"""

import cmath
import math
import numbers
import operator

import numpy as np

from .arrays import DTYPES, native, short

#: `geometry.BOUNDARIES` by the names that `scipy.ndimage` gives them
IMAGE_BOUNDARIES = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "constant": "constant",
    "grid-constant": "constant", "nearest": "replicate", "mirror": "reflect",
    "wrap": "circular", "grid-wrap": "circular",
}  # fmt: skip
#: largest number of dimensions that algorithms take: NumPy's iterators have at most 32, and
#: problems add a batch axis and a channel axis
MAX_DIMS = 30
#: type characters of the dtypes that algorithms compute with
DTYPE_CHARS = frozenset("efdFDbBhHiIlLqQ")


class ForSciPy(Exception):
    """Raised by validation if SciPy's function must be called. The message says why."""


def require(condition, why):
    """Raise `ForSciPy` unless `condition` holds, with the message `why` or ``why()``."""
    if not condition:
        raise ForSciPy(why() if callable(why) else why)


def require_shape(name, array):
    """Raise `ForSciPy` if an array is empty, 0-D, or has too many dimensions."""
    require(0 not in array.shape and 0 < len(array.shape) <= MAX_DIMS,
            lambda: f"{name} has shape {tuple(array.shape)}")  # fmt: skip


def result_of(x, output):
    """Return the dtype of the result of an image filter: `output`, or the image's for None."""
    if output is None:
        return native(x)
    try:
        return np.dtype(output).newbyteorder("=")
    except TypeError:
        raise ForSciPy(f"output is {output!r}") from None


def axes_of(axes, ndim):
    """Return the axes of an image filter in the caller's order, or all axes for None."""
    if axes is None:
        return list(range(ndim))
    why = f"axes is {axes!r} for {ndim} dimensions"
    try:
        if not np.iterable(axes):
            along = [operator.index(axes)]
            require(0 <= along[0] < ndim, why)  # SciPy does not count a single axis from the end
            return along
        along = [operator.index(a) for a in axes]
    except TypeError:
        raise ForSciPy(why) from None
    require(all(-ndim <= a < ndim for a in along), why)
    along = [a % ndim for a in along]
    require(len(set(along)) == len(along), why)
    return along


def axis_of(axis, ndim):
    """Return a single axis as a non-negative int."""
    index = integer_of("axis", axis)
    require(-ndim <= index < ndim, lambda: f"axis is {axis!r} for {ndim} dimensions")
    return index % ndim


def integer_of(name, value):
    """Return `value` as an int."""
    try:
        return operator.index(value)
    except TypeError:
        raise ForSciPy(f"{name} is {value!r}") from None


def fill_of(cval, may_be_complex=False):
    """Return the value past the edges, `cval`, as a float or a complex number."""
    if type(cval) is float and math.isfinite(cval) and not may_be_complex:
        return cval
    kind = numbers.Complex if may_be_complex else numbers.Real
    require(isinstance(cval, kind), lambda: f"cval is {cval!r}")
    value = complex(cval) if may_be_complex else float(cval)
    require(cmath.isfinite(value), lambda: f"cval is {cval!r}")
    return value


def per_axis(name, value, count):
    """Return a list of one value for each of `count` axes, from one value or a sequence."""
    if isinstance(value, (int, float, str)) or not np.iterable(value):
        return [value] * count
    values = list(value)
    require(len(values) == count, lambda: f"{name} has {len(values)} entries for {count} axes")
    return values


def boundary_of(mode, fill):
    """Return the name in `geometry.BOUNDARIES` of SciPy's `mode`. A constant of 0 is ``zeros``."""
    require(isinstance(mode, str) and mode in IMAGE_BOUNDARIES, lambda: f"mode is {mode!r}")
    boundary = IMAGE_BOUNDARIES[mode]
    return "zeros" if boundary == "constant" and not fill else boundary


def number_of(name, value):
    """Return `value` if it is a finite real number."""
    real = isinstance(value, numbers.Real) and math.isfinite(value)
    require(real, lambda: f"{name} is {value!r}")
    return value


def whole_of(name, value):
    """Return `value` as an int if it is an int and not a bool."""
    if type(value) is int:
        return value
    require(isinstance(value, numbers.Integral) and not isinstance(value, bool),
            lambda: f"{name} is {value!r}")  # fmt: skip
    return int(value)


def name_of(dtype):
    """Return the short name of a dtype. Booleans count as uint8."""
    return "u8" if dtype.kind == "b" else short(dtype)


def known(dtype):
    """Return whether problems have a name for `dtype`."""
    return dtype in DTYPES.values()
