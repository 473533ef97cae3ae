"""What the integer algorithms run: passes of `loops.integer` and lists of taps of `loops.taps`.

The kernel or the lines of a problem become one filter or several. Each computes in a type that
holds SciPy's sums (`integer_sums`).
"""

from functools import lru_cache, reduce
from math import prod
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from .. import config
from ..loops.fixed import MOST_TAPS
from ..loops.integer import Integers
from ..loops.taps import TapList, Taps
from ..problem import FilterProblem
from ..problem.arrays import DTYPES
from ..problem.geometry import Axis
from .base import c_axis
from .doubt import Doubt, doubt_of, known
from .integer_fixed import fixed_passes, floats_are_faster
from .integer_sums import (
    SKIPPED,
    SOURCES,
    are_whole,
    between_passes,
    just_above,
    magnitude,
    modulus,
    order_of,
    real_of_sums,
    real_of_windows,
)
from .kept import kept_by_value

#: most taps of a kernel of integers that is filtered at once, though it is an outer product
_MOST_PRODUCTS = 27
#: largest window that is summed along both axes at once, beside the image
_LARGE = 0.5


class Line(NamedTuple):
    """Weights along one axis, to correlate with."""

    axis: int
    weights: np.ndarray
    boundary: str
    origin: int = 0


class Steps:
    """One filter after the other, in the result's dtype between them."""

    nbytes = 0

    def __init__(self, filters, dtype):
        self.filters, self.dtype = filters, dtype

    def __call__(self, x, out, threads):
        for i, filter_ in enumerate(self.filters):
            to = out if i == len(self.filters) - 1 else np.empty(x.shape, self.dtype)
            filter_(x, to, threads)
            x = to


@lru_cache(256)
def of_terms(name, problem, isa):
    terms = [[line_of(p) for p in term] for term in problem.terms]
    if name == "direct":
        return (_cross if len(terms) > 1 else _product)(problem, isa, terms)
    return _passes(problem, isa, terms[0], name == "box")


def line_of(p):
    return Line(p.axis, p.kernel.weights, p.boundary, p.origin)


def _passes(problem, isa, lines, uniform):
    """Return the filters of lines one after the other, None where SciPy's sums do not fit."""
    source, target = DTYPES[problem.dtypes[0]], DTYPES[problem.dtypes[2]]
    if np.can_cast(source, target):  # else a tap of 1 alone changes what the others see
        lines = [line for line in lines if line.weights.size > 1 or line.weights[0] != 1]
    if not lines:
        return None
    free = not uniform and all(are_whole(line.weights) for line in lines)
    if free and target.kind == "f":  # it holds all sums
        free = prod(np.abs(line.weights).sum() for line in lines) * magnitude(source) < 2.0**24
    if free and not problem.fill:  # sums modulo the result's integers come in any order
        lines = sorted(lines, key=attrgetter("axis"))
    filters, name = [], problem.dtypes[0]
    while lines:
        together = 2 if len(lines) > 1 and lines[0].axis < lines[1].axis else 1
        if together == 2 and _reaches_far(problem, lines[:2]):
            together = 1
        found = _pass(problem, isa, name, lines[:together], uniform)
        if found is None and together == 2:
            together = 1
            found = _pass(problem, isa, name, lines[:1], uniform)
        if found is None:
            return None
        filters.append(found)
        lines, name = lines[together:], problem.dtypes[2]
        if lines and name not in SOURCES:
            return None
    return Steps(filters, target)


def _reaches_far(problem, lines):
    """Return whether windows lie past the edges for the most part.

    Along both axes at once, rows past the edges are summed along themselves, too.
    """
    return any(
        line.weights.size > max(MOST_TAPS, _LARGE * problem.shape[line.axis]) for line in lines
    )


def _product(problem, isa, terms):
    """Return lines of integers, one along each axis, as one kernel; None if that has many taps.

    Without a value past the edges, a line continues its result as it continues an image.
    """
    lines = sorted(terms[0], key=attrgetter("axis"))
    source, target = (DTYPES[name] for name in problem.dtypes[::2])
    cast = 0.0
    if len(lines) > 1:
        crossed = len({line.axis for line in lines}) == len(lines)
        taps = prod([line.weights.size for line in lines])
        if taps > _MOST_PRODUCTS or problem.fill or not crossed:
            return None
        # of what is cast after a line, the next one makes sums as well
        cast = magnitude(target) if target.itemsize <= 2 and target.kind != "f" else 0.0
    along = _along(problem, lines)
    if not has_rows(along):
        return None
    weights = reduce(np.multiply.outer, [line.weights for line in lines])
    made = _made(isa, along, _taps_of_product, weights, problem.dtypes, problem.fill, cast)
    return None if made is None else Steps([made], target)


def _taps_of_product(weights, dtypes, fill, cast, spans, order):
    """Return the `TapList` of a kernel of integers, None where no sums modulo integers are SciPy's.

    The parameters are those of `modulus`, dtypes by name, and of `_taps_of_kernel`.
    """
    sums = modulus(DTYPES[dtypes[0]], DTYPES[dtypes[2]], weights, fill, cast)
    taps = np.argwhere(weights)
    if sums is None or not len(taps):
        return None
    values = weights[tuple(taps.T)]
    spans, places = _along_axes(taps, weights.shape, spans, order)
    return TapList(sums, *dtypes[::2], spans, places, values, fill)


def _pass(problem, isa, source, lines, uniform):
    """Return one filter along one axis or two, None where there is none."""
    found = geometry(_along(problem, lines))
    if found is None:
        return None
    lead, rows, columns = found
    dtype, target = DTYPES[source], DTYPES[problem.dtypes[2]]
    given = iter(line.weights for line in lines)
    weights = [next(given) if a.taps > 1 else np.ones(1) for a in (rows, columns)]
    if next(given, None) is not None:
        return None
    orders = tuple(order_of(w) for w in weights)
    whole = all(are_whole(w) for w in weights)
    if source == problem.dtypes[2] and not (whole and floats_are_faster(isa, source)):
        found = fixed_passes(
            isa, source, problem.fill, lead, rows, columns, weights, orders, uniform
        )
        if found is not None:
            return found
    settles = between_passes(dtype, target, weights, whole, problem.fill)
    if uniform:
        real = real_of_windows(dtype, target, max(w.size for w in weights), problem.fill)
        if target.kind in "iu" and real is not None:
            weights = [just_above(w, real) if w.size > 1 else w for w in weights]
    else:
        gain = prod(np.abs(w).sum() for w in weights)
        real = real_of_sums(dtype, target, gain, whole, problem.fill)
    if real is None:
        return None
    return Integers(
        isa, real, source, problem.dtypes[2], lead, rows.image, columns.image, columns.unit,
        rows.line(), columns.line(), columns.before, "window" if uniform else "passes", *weights,
        orders, settles, problem.fill,
    )  # fmt: skip


def _along(problem, lines):
    """Return the `FilterProblem` over the axes of lines."""
    lines = sorted(lines, key=attrgetter("axis"))
    sizes = [1] * len(problem.shape)
    for line in lines:
        sizes[line.axis] = line.weights.size
    ones = (1,) * len(lines)
    return FilterProblem(
        "ndimage.correlate", problem.dtypes, problem.shape, tuple(sizes),
        tuple(line.axis for line in lines), "same", tuple(line.boundary for line in lines),
        tuple(line.origin for line in lines), ones, ones,
    )  # fmt: skip


def _cross(problem, isa, terms):
    """Return a sum of lines of integers through one pixel as one kernel, None if it is no such."""
    if any(len(term) != 1 for term in terms):
        return None
    lines = sorted((line for term in terms for line in term), key=attrgetter("axis"))
    sizes = tuple(line.weights.size for line in lines)
    if not all(are_whole(line.weights) for line in lines):
        return None
    target = DTYPES[problem.dtypes[2]]
    if target.kind in "iu" and problem.fill != int(problem.fill):  # SciPy truncates every term
        return None
    if any(n % 2 == 0 or line.origin for n, line in zip(sizes, lines, strict=True)):
        return None
    across = _along(problem, lines)
    if not has_rows(across):
        return None
    weights = np.zeros(sizes)
    for i, line in enumerate(lines):
        through = [n // 2 for n in sizes]
        through[i] = slice(None)
        weights[tuple(through)] += line.weights
    filter_ = _dense(across, isa, weights, problem.fill)
    return None if filter_ is None else Steps([filter_], target)


def of_weights(problem, weight):
    """Return the filters of a problem whose weights are an operand."""
    isa, target = config.current_isa(), DTYPES[problem.dtypes[2]]
    w = weight.reshape([problem.weights[a] for a in problem.axes]).astype(np.float64)
    flips = "convolve" in problem.op
    if flips:
        w = w[(slice(None, None, -1),) * w.ndim]
    if problem.op.endswith("1d"):
        (origin,) = problem.origin
        origin = -origin - (w.size % 2 == 0) if flips else origin
        line = Line(problem.axes[0], w, problem.boundary[0], origin)
        found = _product(problem, isa, [[line]])
        return found or _passes(problem, isa, [line], False)
    filter_ = _dense(problem, isa, w, problem.fill)
    return Zeros() if filter_ is None else Steps([filter_], target)


def settling(problem, weight, error):
    """Return the filter that makes integers of known sums; None where there are no taps.

    Parameters
    ----------
    problem, weight
        As in `of_weights`.
    error : float
        Of the sums. Integers are nearest to sums of integers, whatever the error.
    """
    w = weight.reshape([problem.weights[a] for a in problem.axes]).astype(np.float64)
    if "convolve" in problem.op:
        w = w[(slice(None, None, -1),) * w.ndim]
    return _dense(problem, config.current_isa(), w, problem.fill, error)


class Zeros(Steps):
    """A kernel all of whose taps are skipped."""

    def __init__(self):
        super().__init__([], None)

    def __call__(self, x, out, threads):
        out[...] = 0


def _dense(problem, isa, weights, fill, error=None):
    """Return the filter that correlates with a kernel, None where it has no taps.

    The kernel of a problem that convolves comes flipped. With the `error` of known sums, the filter
    settles these.
    """
    slowest_last = tuple([problem.axes.index(a) for a in reversed(problem.order)])
    return _made(isa, problem, _taps_of_kernel, weights, problem.dtypes, fill, slowest_last, error)


def _made(isa, problem, make, weights, *given):
    """Return the filter of the `TapList` that `make` returns, None where that returns None.

    Axes along which the image has one element come first: rows of one element would be slow.
    """
    lead, axes = problem.memory_layout
    spans = tuple([(a.taps, a.dilation) for a in axes])
    order = tuple(sorted(range(len(axes)), key=lambda i: axes[i].image > 1))
    taps = kept_by_value(make, weights, *given, spans, order)
    return None if taps is None else Taps(isa, taps, lead, [c_axis(axes[i]) for i in order])


def _taps_of_kernel(weights, dtypes, fill, slowest_last, error, spans, order):
    """Return the `TapList` of a kernel, None where it has no taps.

    Parameters
    ----------
    weights : ndarray of float64
    dtypes : tuple of str
    fill : float
    slowest_last : tuple of int
        The axes in whose order SciPy goes through the kernel, from the fastest to the slowest;
        empty for the usual one.
    error : float or None
        Of known sums that the filter settles.
    spans : tuple of (int, int)
        Taps and dilation of each axis of the image.
    order : tuple of int
        The order of these axes for `TapList`.
    """
    taps = np.argwhere(np.abs(weights) > SKIPPED)
    if not len(taps):
        return None
    if slowest_last:
        taps = taps[np.lexsort([taps[:, a] for a in slowest_last])]
    values = weights[tuple(taps.T)]
    source, target = (DTYPES[name] for name in dtypes[::2])
    spans, places = _along_axes(taps, weights.shape, spans, order)
    if error is not None:
        return TapList(
            "f64", *dtypes[::2], spans, places, values, fill, are_whole(values),
            doubt=known(error, places),
        )  # fmt: skip
    sums, doubt = modulus(source, target, values, fill), Doubt(0.0)
    if sums is None:
        doubt = doubt if target.kind == "f" else doubt_of(source, places, values, fill)
        sums = doubt.sums if doubt.error else "f32" if target.char == "f" else "f64"
    return TapList(sums, *dtypes[::2], spans, places, values, fill, doubt=doubt)


def _along_axes(taps, shape, spans, order):
    """Return spans and positions in a window of a shape along the axes of an image, in an order."""
    flat = np.ravel_multi_index(tuple(taps.T), shape)
    places = np.unravel_index(flat, [n for n, _ in spans])
    return [spans[i] for i in order], np.stack([places[i] for i in order], axis=1)


def has_rows(problem):
    """Return whether `Taps` filters the image as it lies in memory."""
    return problem.memory_layout is not None and len(problem.memory_layout[1]) <= 3


def geometry(problem):
    """Return (planes, rows, columns) of the image as it lies in memory; None for more axes."""
    if problem.memory_layout is None:
        return None
    lead, axes = problem.memory_layout
    if len(axes) == 1:
        return 1, Axis(lead, lead, 1), axes[0]
    return (lead, *axes) if len(axes) == 2 else None
