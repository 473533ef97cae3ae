"""Arguments as SciPy's functions accept them.

Where SciPy would raise an error, or does something that no problem of ours describes, these
functions raise `ForSciPy`: SciPy itself then answers the call and has the last word on its errors.
"""

import cmath
import math
import numbers
import operator

import numpy as np

from .arrays import DTYPES, native, short

#: SciPy's names of the boundaries of images, and ours
IMAGE_BOUNDARIES = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "constant": "constant",
    "grid-constant": "constant", "nearest": "replicate", "mirror": "reflect",
    "wrap": "circular", "grid-wrap": "circular",
}  # fmt: skip
#: the most dimensions that the engine takes: NumPy's iterators end at 32, and problems add a batch
#: and a channel
ENGINE_DIMS = 30
#: the type characters of the dtypes that the engine computes with
ENGINE_DTYPES = frozenset("efdFDbBhHiIlLqQ")


class ForSciPy(Exception):
    """Raised in validation where SciPy is to answer a call; the message says why."""


def judged(condition, why):
    """Leave the call to SciPy unless `condition` holds."""
    if not condition:
        raise ForSciPy(why)


def shaped(name, array):
    """Leave an array to SciPy that is empty or has no dimensions that the engine takes."""
    judged(0 not in array.shape and 0 < len(array.shape) <= ENGINE_DIMS,
           f"{name} has shape {tuple(array.shape)}")  # fmt: skip


def result_of(x, output):
    """Return the dtype of the result of an image filter: that of `output`, or the image's."""
    if output is None:
        return native(x)
    try:
        return np.dtype(output).newbyteorder("=")
    except TypeError:
        raise ForSciPy(f"output is {output!r}") from None


def axes_of(axes, ndim):
    """Return the axes of an image filter in the order given, all by default."""
    if axes is None:
        return list(range(ndim))
    why = f"axes is {axes!r} for {ndim} dimensions"
    try:
        if not np.iterable(axes):
            along = [operator.index(axes)]
            judged(0 <= along[0] < ndim, why)  # SciPy does not count a single axis from the end
            return along
        along = [operator.index(a) for a in axes]
    except TypeError:
        raise ForSciPy(why) from None
    judged(all(-ndim <= a < ndim for a in along), why)
    along = [a % ndim for a in along]
    judged(len(set(along)) == len(along), why)
    return along


def axis_of(axis, ndim):
    """Return one axis, counted from the front."""
    index = integer_of("axis", axis)
    judged(-ndim <= index < ndim, f"axis is {axis!r} for {ndim} dimensions")
    return index % ndim


def integer_of(name, value):
    """Return an int."""
    try:
        return operator.index(value)
    except TypeError:
        raise ForSciPy(f"{name} is {value!r}") from None


def fill_of(cval, may_be_complex=False):
    """Return the value past the edges as a float or complex number."""
    kind = numbers.Complex if may_be_complex else numbers.Real
    judged(isinstance(cval, kind), f"cval is {cval!r}")
    value = complex(cval) if may_be_complex else float(cval)
    judged(cmath.isfinite(value), f"cval is {cval!r}")
    return value


def each(name, value, count):
    """Return one value for each of `count` axes."""
    if isinstance(value, str) or not np.iterable(value):
        return [value] * count
    values = list(value)
    judged(len(values) == count, f"{name} has {len(values)} entries for {count} axes")
    return values


def boundary_of(mode, fill):
    """Return our name of a boundary, where a constant of 0 is ``zeros``."""
    judged(isinstance(mode, str) and mode in IMAGE_BOUNDARIES, f"mode is {mode!r}")
    boundary = IMAGE_BOUNDARIES[mode]
    return "zeros" if boundary == "constant" and not fill else boundary


def number_of(name, value):
    """Return a finite real number."""
    judged(isinstance(value, numbers.Real) and math.isfinite(value), f"{name} is {value!r}")
    return value


def whole_of(name, value):
    """Return an int that is no bool."""
    judged(isinstance(value, numbers.Integral) and not isinstance(value, bool),
           f"{name} is {value!r}")  # fmt: skip
    return int(value)


def name_of(dtype):
    """Return the short name of a dtype, where booleans count as uint8."""
    return "u8" if dtype.kind == "b" else short(dtype)


def known(dtype):
    """Return whether problems have a name for `dtype`."""
    return dtype in DTYPES.values()
