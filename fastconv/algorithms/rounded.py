"""Convolutions and correlations whose sums, in float64, become integers.

Sums add their products in the order of `scipy.ndimage.correlate`, which skips tiny weights. Where
all products are integers, the same sums are computed modulo 2**16 or 2**32, or in 32 bits without a
remainder. Sums of bytes are computed in float32 where this gives the same integers.
"""

from math import prod

import numpy as np

from .. import config
from ..loops.taps import TapList, Taps
from ..problem.arrays import DTYPES
from ..problem.results import no_integer, to_integers
from .base import Algorithm, c_axis, refuses_axes
from .doubt import doubt_of, known
from .integer_sums import SKIPPED
from .kept import kept_by_value
from .tap_costs import taps_seconds

#: most values of the image that a window may span along the last axis, for each of its rows
_MOST_VALUES = 1 << 22
#: most sums of a block of the definition
_BLOCK = 1 << 20
#: where float64 stops to hold every integer
_HELD = 2.0**53


class _Rounded(Algorithm):
    """What both algorithms have in common."""

    families = ("rounded",)

    def error_bound(self, problem):
        return 0.0


class RoundedDirect(_Rounded):
    """Every tap of a kernel, from rows of the image that stay in cache."""

    name = "direct"

    def refuses(self, problem):
        s = problem.stencil
        if refuses_axes(s):
            return refuses_axes(s)
        if _spanned(s) > _MOST_VALUES:
            return "the taps of the kernel lie too far apart"
        return None

    def cost(self, problem, machine, threads):
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + taps_seconds(problem, machine) / threads

    def workspace(self, problem, threads):
        return 16 * threads * _spanned(problem.stencil)

    def prepare(self, problem, weight):
        return Filters(problem, weight, config.current_isa())

    def bind(self, problem):
        isa = config.current_isa()

        def run(arrays, prepared, out, threads):
            filters = Filters(problem, arrays[1], isa) if prepared is None else prepared
            if not filters(arrays[0], out, threads):
                raise no_integer(out.dtype, problem.saturate)

        return run


def _spanned(s):
    """Return about how many values of the image are kept for one strip of the output."""
    return prod(a.taps for a in s.axes[:-1]) * max(4096, 5 * s.axes[-1].extent)


class Filters:
    """The filters of a weight: one for each of its kernels.

    Parameters
    ----------
    problem : FilterProblem
    weight : ndarray of float64
        As an operand.
    isa : str
    """

    nbytes = 0

    def __init__(self, problem, weight, isa):
        s = self.stencil = problem.stencil
        lead = s.n if s.feature_channels == 1 else 1
        kernels = weight.reshape(s.feature_channels, *(a.taps for a in s.axes))
        self.filters = [_filter(problem, kernel, lead, isa) for kernel in kernels]

    def __call__(self, image, out, threads):
        """Write the results, and return whether all sums were numbers."""
        s = self.stencil
        if s.feature_channels == 1:
            return self.filters[0](image, out, threads)
        image, results = image.reshape(s.image_shape), out.reshape(s.feature_shape)[0]
        sound = True
        for k, filter_ in enumerate(self.filters):
            sound &= filter_(image[0, k if s.groups > 1 else 0], results[k], threads)
        return sound


def settling(problem, weight, error):
    """Return the filter that makes integers of known sums of one kernel, None if it has no taps."""
    s = problem.stencil
    kernel = weight.reshape([a.taps for a in s.axes])
    if (np.abs(kernel) <= SKIPPED).all():
        return None
    return _filter(problem, kernel, s.n, config.current_isa(), error)


def _filter(problem, kernel, lead, isa, error=None):
    """Return the filter of one kernel. With the `error` of known sums, it settles these."""
    axes = problem.stencil.axes
    dtypes, spans = problem.dtypes[::2], tuple([(a.taps, a.dilation) for a in axes])
    how = problem.fill, problem.rounding == "nearest", problem.saturate, error
    taps = kept_by_value(_taps, kernel, *dtypes, spans, *how)
    return Taps(isa, taps, lead, [c_axis(a) for a in axes])


def _taps(kernel, source, target, spans, fill, nearest, saturate, error):
    """Return the `TapList` of a kernel."""
    taps = np.argwhere(~(np.abs(kernel) <= SKIPPED))  # a NaN is not skipped
    weights = kernel[tuple(taps.T)]
    sums, doubt = "f64", None
    if error is not None:
        doubt = known(error, taps)
        nearest = nearest or bool((weights == np.rint(weights)).all())
    else:
        sums = _dtype_of_sums(source, target, weights, fill, saturate)
    if doubt is None and sums == "f64" and len(weights):
        doubt = doubt_of(DTYPES[source], taps, weights, fill)
        sums = doubt.sums if doubt.error else sums
    return TapList(sums, source, target, spans, taps, weights, fill, nearest, saturate, doubt)


def _dtype_of_sums(source, target, weights, fill, saturate):
    """Return the short name of the dtype of sums that gives what sums in float64 would.

    Integers below 2**53 are exact in float64. Modulo 2**bits, any arithmetic that wraps around
    gives their sums, unless these are to be compared with the limits of the result's dtype.
    """
    source, target = DTYPES[source], DTYPES[target]
    if source.kind == "f" or fill != int(fill) or not (weights == np.rint(weights)).all():
        return "f64"
    limits = np.iinfo(source)
    largest = np.abs(weights).sum() * max(-float(limits.min), float(limits.max), abs(fill))
    for bits in (16, 32):
        wraps = not saturate and target.itemsize * 8 <= bits
        if limits.bits <= bits and largest < (_HELD if wraps else 2.0 ** (bits - 1)):
            return f"i{bits}"
    return "f64"


class RoundedNaive(_Rounded):
    """The definition with NumPy, tap by tap, in blocks, for any number of axes."""

    name = "naive"

    def refuses(self, problem):
        return None

    def hesitates(self, problem):
        return "slower than a kernel"

    def cost(self, problem, machine, threads):
        return machine.call + problem.stencil.multiply_adds / machine.naive_rate

    def workspace(self, problem, threads):
        return 24 * min(_BLOCK, problem.stencil.pixels)

    def bind(self, problem):
        target, s = DTYPES[problem.dtypes[2]], problem.stencil

        def run(arrays, prepared, out, threads):
            image, weight = arrays[0].reshape(s.image_shape), arrays[1].reshape(s.weight_shape)
            results = out.reshape(s.feature_shape)
            first, *others = s.axes
            tables = [a.table() for a in others]
            rows = max(1, _BLOCK // prod(a.feature for a in others))
            for n, k in np.ndindex(s.n, s.feature_channels):
                plane = image[n, k if s.groups > 1 else 0]
                for start in range(0, first.feature, rows):
                    part = np.arange(start, min(start + rows, first.feature))
                    sums = _sums(plane, weight[k, 0], [first.table(part), *tables], problem.fill)
                    how = target, problem.rounding, problem.saturate
                    results[n, k, part] = to_integers(sums, *how)

        return run


def _sums(image, kernel, tables, fill):
    """Return sums in float64, from the image index of every output and tap along every axis."""
    sums = np.zeros([len(t) for t in tables])
    for tap in np.argwhere(~(np.abs(kernel) <= SKIPPED)):
        read = [table[:, i] for table, i in zip(tables, tap, strict=True)]
        values = image[np.ix_(*(np.maximum(index, 0) for index in read))].astype(np.float64)
        for axis, index in enumerate(read):
            values[(slice(None),) * axis + (index < 0,)] = fill
        with np.errstate(invalid="ignore", over="ignore"):
            sums += values * kernel[tuple(tap)]
    return sums
