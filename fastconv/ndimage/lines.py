"""From the settings of a filter to the lines of weights that it applies, axis by axis.

A filter is a sum of terms; a term is a list of `Line`, applied one after the other in SciPy's
order. Every function here returns the list of terms, or None for settings that SciPy is to judge:
it has the errors.
"""

import cmath
import math
import numbers
import operator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..forwarding import scipy_function
from ..problem.validate_filtering import NDIMAGE_BOUNDARIES

#: Gaussians of a longer radius are not looked up
_LONGEST = 1 << 16


class Line(NamedTuple):
    """Weights along one axis, to correlate with."""

    axis: int
    weights: np.ndarray
    mode: str
    origin: int = 0


def gaussian(ndim, sigma, order, mode, truncate, radius, axes):
    """One term: a Gaussian or its derivative along each of `axes`."""
    along = axes_of(axes, ndim)
    if along is None or not _number(truncate):
        return None
    settings = [each(v, len(along)) for v in (sigma, order, mode, radius)]
    if None in settings:
        return None
    lines = []
    for axis, s, o, m, r in zip(along, *settings, strict=True):
        if not _number(s):
            return None
        if s > 1e-15:
            lines.append(_gaussian_line(axis, s, o, m, truncate, r))
    return None if None in lines else [lines]


def gaussian1d(ndim, sigma, axis, order, mode, truncate, radius):
    """One line."""
    axis = axis_of(axis, ndim)
    # a sigma of 0 or less is SciPy's to divide by
    if axis is None or not (_number(sigma) and _number(truncate)) or sigma <= 0:
        return None
    line = _gaussian_line(axis, sigma, order, mode, truncate, radius)
    return None if line is None else [[line]]


def _gaussian_line(axis, sigma, order, mode, truncate, radius):
    if radius is None:
        radius = int(truncate * float(sigma) + 0.5)
    if not (is_integer(radius) and is_integer(order) and known_modes([mode])):
        return None
    if not 0 <= radius <= _LONGEST or order < 0:
        return None
    return Line(axis, gaussian_weights(float(sigma), int(order), int(radius)), mode)


@lru_cache(256)
def gaussian_weights(sigma, order, radius):
    """The very weights of SciPy's Gaussian, as its filter answers an impulse."""
    impulse = np.zeros(2 * radius + 1)
    impulse[radius] = 1
    filter1d = scipy_function("ndimage", "gaussian_filter1d")
    answer = filter1d(impulse, sigma, order=order, mode="constant", radius=radius)[::-1]
    return np.ascontiguousarray(answer)


def laplacian_of_gaussian(ndim, sigma, mode, axes, truncate, radius):
    """A term for each axis, with the second derivative along it."""
    return _derivatives(ndim, 2, sigma, mode, axes, truncate, radius)


def gradient_of_gaussian(ndim, sigma, mode, axes, truncate, radius):
    """A term for each axis, with the first derivative along it."""
    if axes is not None:  # SciPy's sigma and mode belong to other axes then
        return None
    return _derivatives(ndim, 1, sigma, mode, axes, truncate, radius)


def _derivatives(ndim, order, sigma, mode, axes, truncate, radius):
    along = axes_of(axes, ndim)
    if not along:
        return None
    sigmas, modes = each(sigma, len(along)), each(mode, len(along))
    if sigmas is None or modes is None or not all(_number(s) for s in sigmas):
        return None
    everywhere = [0.0] * ndim
    for axis, s in zip(along, sigmas, strict=True):
        everywhere[axis] = s
    terms = []
    for axis, m in zip(along, modes, strict=True):
        orders = [order if a == axis else 0 for a in range(ndim)]
        term = gaussian(ndim, tuple(everywhere), tuple(orders), m, truncate, radius, None)
        if term is None:
            return None
        terms += term
    return terms


def uniform(ndim, size, mode, origin, axes):
    """One term: an average along each of `axes`."""
    along = axes_of(axes, ndim)
    if along is None:
        return None
    settings = [each(v, len(along)) for v in (size, mode, origin)]
    if None in settings:
        return None
    lines = []
    for axis, n, m, o in zip(along, *settings, strict=True):
        if not is_integer(n):
            return None
        if n > 1:
            lines.append(_uniform_line(axis, n, m, o))
    return None if None in lines else [lines]


def uniform1d(ndim, size, axis, mode, origin):
    """One line."""
    axis = axis_of(axis, ndim)
    if axis is None or not is_integer(size) or size < 1:
        return None
    line = _uniform_line(axis, size, mode, origin)
    return None if line is None else [[line]]


def _uniform_line(axis, size, mode, origin):
    if not is_integer(origin) or not 0 <= size // 2 + origin < size:
        return None
    if not known_modes([mode]):
        return None
    return Line(axis, np.full(size, 1 / size), mode, int(origin))


def edges(ndim, axis, mode, smoothing):
    """One term: [-1, 0, 1] along `axis`, `smoothing` along the others."""
    axis, modes = axis_of(axis, ndim), each(mode, ndim)
    if axis is None or modes is None or not known_modes(modes):
        return None
    order = [axis, *(a for a in range(ndim) if a != axis)]
    weights = [np.array([-1.0, 0.0, 1.0])] + [np.array(smoothing, float)] * (ndim - 1)
    return [[Line(a, w, modes[a]) for a, w in zip(order, weights, strict=True)]]


def laplacian(ndim, mode, axes):
    """A term for each of `axes`: its second difference."""
    along = axes_of(axes, ndim)
    if not along:
        return None
    modes = each(mode, len(along))
    if modes is None or not known_modes(modes):
        return None
    weights = np.array([1.0, -2.0, 1.0])
    return [[Line(a, weights, m)] for a, m in zip(along, modes, strict=True)]


# ---------------------------------------------------------------------------- what SciPy accepts


def axes_of(axes, ndim):
    """Axes in the order given, None where SciPy has an error for them."""
    if axes is None:
        return list(range(ndim))
    try:
        if not np.iterable(axes):
            along = [operator.index(axes)]
            return along if 0 <= along[0] < ndim else None  # SciPy does not count it from the end
        along = [operator.index(a) for a in axes]
    except TypeError:
        return None
    if any(not -ndim <= a < ndim for a in along):
        return None
    along = [a % ndim for a in along]
    return along if len(set(along)) == len(along) else None


def axis_of(axis, ndim):
    """One axis, None where SciPy has an error for it."""
    try:
        axis = operator.index(axis)
    except TypeError:
        return None
    return axis % ndim if -ndim <= axis < ndim else None


def checked_fill(cval, may_be_complex):
    """`cval` as a float or complex, None where SciPy refuses it or it is not finite."""
    if not isinstance(cval, numbers.Complex if may_be_complex else numbers.Real):
        return None
    value = complex(cval) if may_be_complex else float(cval)
    return value if cmath.isfinite(value) else None


def each(value, count):
    """One value for each of `count` axes, None for a sequence of another length."""
    if isinstance(value, str) or not np.iterable(value):
        return [value] * count
    values = list(value)
    return values if len(values) == count else None


def known_modes(modes):
    return all(isinstance(m, str) and m in NDIMAGE_BOUNDARIES for m in modes)


def _number(value):
    return isinstance(value, numbers.Real) and math.isfinite(value)


def is_integer(value):
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
