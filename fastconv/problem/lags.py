"""The option `lags` of ``signal.correlate``: which part of the full output is computed."""

from dataclasses import replace
from functools import partial

import numpy as np

from ..errors import UnsupportedAlgorithm, shown
from .arguments import integer, is_sequence

#: beyond this, sizes do not fit in 64 bits
_LARGEST = 2**62


def part_of(lags, mode, weights):
    """Return start and length of these lags inside the full output, per axis."""
    forms = "(first, last) of ints, or one such pair for each axis"
    if mode != "full":
        raise ValueError(f"lags is given and mode is {shown(mode)}; with lags, mode must be 'full'")
    pairs = list(lags) if is_sequence(lags) else [lags]
    if not any(is_sequence(p) for p in pairs):
        pairs = [pairs] * len(weights)
    if len(pairs) != len(weights) or not all(is_sequence(p) and len(p) == 2 for p in pairs):
        raise ValueError(f"lags is {shown(lags)} for {len(weights)} axes; allowed: {forms}")
    part = []
    for pair, taps in zip(pairs, weights, strict=True):
        first, last = (integer("lags", v, -_LARGEST, forms) for v in pair)
        if not first <= last < _LARGEST:
            raise ValueError(f"lags is {shown(lags)}; the first must not exceed the last")
        part.append((first + taps - 1, last - first + 1))
    return tuple(part)


def inside(part, shape, weights):
    """Return the part, per axis, that lies inside the full output; one element if none does."""
    result = []
    for (first, length), n, taps in zip(part, shape, weights, strict=True):
        start, stop = max(first, 0), min(first + length, n + taps - 1)
        result.append((start, stop - start) if start < stop else (0, 1))
    return tuple(result)


def with_zeros(request, part, computed):
    """Return a request for a part of which only the part `computed` has been asked for.

    All other elements of the result are 0.
    """
    if part == computed:
        return request
    lengths = tuple(length for _, length in part)
    target = []
    for (first, length), (start, count) in zip(part, computed, strict=True):
        at = start - first
        target.append(slice(at, at + count) if 0 <= at < length else slice(0, 0))
    restore = partial(_embedded, request, lengths, tuple(target))
    return replace(request, out_shape=lengths, restore=restore)


def _embedded(request, shape, target, feature):
    """Return zeros of a shape with the result of a request at `target`, if that is not empty."""
    result = feature if request.restore is None else request.restore(feature)
    whole = np.zeros_like(result, shape=shape)
    if all(t.stop > t.start for t in target):
        whole[target] = result.reshape(request.out_shape)
    return whole


def check_lags(arrays, o):
    """Refuse `lags` where SciPy's ``correlate`` must answer, which does not have it."""
    if o["lags"] is not None:
        raise UnsupportedAlgorithm(
            "algorithm 'scipy' cannot run this problem: scipy.signal.correlate has no lags"
        )
