"""Filters of integer images on the engine, with the very integers that SciPy gives.

SciPy computes in float64 and cuts off what is behind the point, after every axis. Where weights are
integers any arithmetic that holds all sums will do: float32 up to 2**24. An average is a sum of
integers times a number just above the reciprocal of their count, which is cut off to the same
integer. Other weights are summed in float64 in SciPy's order, each product rounded.
"""

from math import prod
from operator import attrgetter

import numpy as np

from .. import config
from ..calls import SERIAL_BELOW
from ..config import run_threads
from ..loops.integer import Integers
from ..problem import OPS
from ..problem.arrays import Spec, short
from ..problem.geometry import Axis

_CORRELATE = OPS["ndimage.correlate"]
#: what reals hold without rounding, and int32 after them; and with room for a factor just above a
#: reciprocal
_EXACT = {"f32": 2.0**24, "f64": 2.0**31}
_DIVISIBLE = {"f32": 2.0**22, "f64": 2.0**31}
#: values per second and tap, about, to tell small images, which are not worth a team of threads
_RATE = 2e9


def supported(dtype, target):
    """Whether images of `dtype` are filtered here into results of `target`."""
    return dtype.char in "bBhH" and target.char in "bBhHifd"


class Steps:
    """One filter after the other, in the result's dtype between them."""

    def __init__(self, steps, dtype):
        self.steps, self.dtype = steps, dtype

    def __call__(self, x, out, num_threads):
        for i, (filter_, seconds) in enumerate(self.steps):
            to = out if out is not None and i == len(self.steps) - 1 else None
            if to is None:
                to = np.empty(x.shape, self.dtype)
            threads = run_threads(num_threads)
            filter_(np.ascontiguousarray(x), to, 1 if seconds * threads < SERIAL_BELOW else threads)
            x = to
        return x


def filtering(shape, dtype, target, lines, cval, uniform):
    """``run(x, out, num_threads)`` of lines one after the other; None for what SciPy is to do."""
    if np.can_cast(dtype, target):  # else a tap of 1 alone changes what the others see
        lines = [line for line in lines if line.weights.size > 1 or line.weights[0] != 1]
    if not lines:
        return None
    free = not uniform and all(_whole(line.weights) for line in lines) and target.kind in "iu"
    if free and not cval:  # sums modulo the result's integers come in any order
        lines = sorted(lines, key=attrgetter("axis"))
    steps, source = [], dtype
    while lines:
        count = 2 if len(lines) > 1 and _pair(shape, lines) else 1
        step = _passes(shape, source, target, lines[:count], cval, uniform)
        if step is None and count == 2:
            count = 1
            step = _passes(shape, source, target, lines[:1], cval, uniform)
        if step is None:
            return None
        steps.append(step)
        lines, source = lines[count:], target
        if lines and not supported(source, target):
            return None
    return Steps(steps, target)


def cross(shape, dtype, target, terms, cval):
    """A sum of lines of integers through one place, as one kernel; None for what SciPy is to do."""
    if any(len(term) != 1 for term in terms):
        return None
    lines = sorted((line for term in terms for line in term), key=attrgetter("axis"))
    sizes = tuple(line.weights.size for line in lines)
    if not all(_whole(line.weights) for line in lines):
        return None
    if target.kind in "iu" and cval != int(cval):  # SciPy cuts off every line's sum
        return None
    if any(n % 2 == 0 or line.origin for n, line in zip(sizes, lines, strict=True)):
        return None
    weights = np.zeros(sizes)
    for i, line in enumerate(lines):
        place = [n // 2 for n in sizes]
        place[i] = slice(None)
        weights[tuple(place)] += line.weights
    modes, axes = tuple(line.mode for line in lines), tuple(line.axis for line in lines)
    return dense(shape, dtype, target, weights, modes, cval, (0,) * len(lines), axes)


def dense(shape, dtype, target, weights, mode, cval, origins, axes):
    """``run(x, out, num_threads)`` of a kernel of one or two axes; None for what SciPy is to do."""
    request = _request(shape, weights.shape, mode, cval, origins, axes)
    geometry = _geometry(request)
    if geometry is None or not supported(dtype, target):
        return None
    lead, rows, columns = geometry
    taps = np.argwhere(np.abs(weights) > np.finfo(float).eps)
    values = weights[tuple(taps.T)]
    real = _real(dtype, target, np.abs(values).sum(), _whole(values), cval)
    if real is None or not len(values):
        return None
    if weights.ndim == 1:
        along_rows = rows.taps > 1
        taps = np.stack([taps[:, 0], 0 * taps[:, 0]][:: 1 if along_rows else -1], axis=1)
    places = taps * [1, columns.unit]
    filter_ = Integers(
        config.current_isa(), real, short(dtype), short(target), lead, rows.image, columns.image,
        columns.unit, rows.line(), columns.line(), columns.before, "taps", values, (),
        ("in_order",) * 2, "exact", cval, places,
    )  # fmt: skip
    return Steps([(filter_, prod(shape) * len(values) / _RATE)], target)


def _passes(shape, dtype, target, lines, cval, uniform):
    """One filter along one axis or two, and about how many seconds it takes; None without one."""
    modes, origins = [line.mode for line in lines], [line.origin for line in lines]
    sizes = [line.weights.size for line in lines]
    axes = [line.axis for line in lines]
    geometry = _geometry(_request(shape, sizes, tuple(modes), cval, tuple(origins), tuple(axes)))
    if geometry is None or not supported(dtype, target):
        return None
    lead, rows, columns = geometry
    given = iter(line.weights for line in lines)
    weights = [next(given) if a.taps > 1 else np.ones(1) for a in (rows, columns)]
    if next(given, None) is not None:
        return None
    whole = all(_whole(w) for w in weights)
    largest = prod(np.abs(w).sum() for w in weights)
    settles = _settling(dtype, target, weights, whole, cval)
    if uniform:
        real = _real_of_windows(dtype, target, max(w.size for w in weights), cval)
        if target.kind in "iu":
            weights = [_just_above(w, real) if w.size > 1 else w for w in weights]
    else:
        real = _real(dtype, target, largest, whole, cval)
    if real is None:
        return None
    filter_ = Integers(
        config.current_isa(), real, short(dtype), short(target), lead, rows.image, columns.image,
        columns.unit, rows.line(), columns.line(), columns.before,
        "window" if uniform else "passes", *weights, tuple(_order(w) for w in weights), settles,
        cval,
    )  # fmt: skip
    return filter_, prod(shape) * sum(sizes) / _RATE


def _pair(shape, lines):
    """Whether the first two lines are one pass down columns and one along rows after it."""
    return lines[0].axis < lines[1].axis


def _request(shape, sizes, mode, cval, origins, axes):
    specs = (Spec(shape, np.dtype(np.float64)), Spec(tuple(sizes), np.dtype(np.float64)))
    options = {"mode": mode, "cval": cval, "origin": origins, "axes": axes}
    return _CORRELATE.request(specs, options)


def _geometry(request):
    """(planes, rows, columns) of the image as it lies in memory; None where it has more axes."""
    if request.problem.in_place is None:
        return None
    lead, axes = request.problem.in_place
    if len(axes) == 1:
        return 1, Axis(lead, lead, 1), axes[0]
    return (lead, *axes) if len(axes) == 2 else None


def _whole(weights):
    return bool((weights == np.rint(weights)).all())


def _settling(dtype, target, weights, whole, cval):
    """What becomes of a row between two passes: `loops.integer.SETTLES`."""
    if target.kind == "f" or whole and cval == int(cval):  # wrapped once is as good as twice
        return "exact"
    averages = all((w >= 0).all() and w.sum() < 1 + 1e-9 for w in weights)
    return "truncates" if averages and _inside(dtype, target, cval) else "wraps"


def _inside(dtype, target, cval):
    """Whether `target` holds every value of `dtype`, and `cval`."""
    limits = np.iinfo(target)
    return np.can_cast(dtype, target) and limits.min <= cval <= limits.max


def _magnitude(dtype):
    limits = np.iinfo(dtype)
    return max(-float(limits.min), float(limits.max))


def _real(dtype, target, gain, whole, cval):
    """Short name of the real type to compute in, None where none holds what SciPy's does."""
    if target.kind == "f":
        return "f32" if target.char == "f" else "f64"
    largest = gain * max(_magnitude(dtype), abs(cval))
    reals = ("f32", "f64") if whole and cval == int(cval) else ("f64",)
    return next((real for real in reals if largest < _EXACT[real]), None)


def _real_of_windows(dtype, target, size, cval):
    if target.kind == "f":
        return "f32" if target.char == "f" else "f64"
    if cval != int(cval):
        return None
    largest = size * max(_magnitude(dtype), abs(cval))
    return next((real for real in ("f32", "f64") if largest < _DIVISIBLE[real]), None)


def _just_above(weights, real):
    kind = np.float32 if real == "f32" else np.float64
    return np.full(weights.size, np.nextafter(kind(1 / weights.size), kind(1)))


def _order(weights):
    """In which order SciPy adds up: `loops.integer.ORDERS`."""
    if weights.size % 2 == 0:
        return "last_first"
    half = weights.size // 2
    left, right = weights[:half][::-1], weights[half + 1 :]
    eps = np.finfo(float).eps
    if (np.abs(left - right) <= eps).all():
        return "equal_pairs"
    return "opposite_pairs" if (np.abs(left + right) <= eps).all() else "last_first"
