"""Cut the axis of an input gradient or a transposed convolution into the phases of its stride.

algorithms/stride_phases.py says what phases are. Which of them there are depends on taps, stride
and dilation only, and how many outputs they have on sizes.
"""

from functools import lru_cache
from math import gcd

from ..problem.records import record

#: outputs that phases of one convolution may compute for each output that they need
_EXCESS = 1.04
#: most taps of an axis whose classes of phases are kept
_FEW = 64


@record
class Phase:
    """Residues of one axis whose phases are one axis of a dense convolution.

    For each residue, output q is position ``stride * (first + q) + residue`` of the padded image.

    Parameters
    ----------
    residues : tuple of int
    taps : tuple of range
        Taps of each residue, in the order in which they read the feature.
    first, size : int
        Number of the first output, and how many outputs there are.
    dilation : int
    padding : (int, int)
        Of the dense convolution, before and after.
    """

    residues: tuple[int, ...]
    taps: tuple[range, ...]
    first: int
    size: int
    dilation: int
    padding: tuple[int, int]


def phases(axis):
    """Return the `Phase` objects of an `Axis`, which leave out residues that no tap meets."""
    s, apart = axis.stride, axis.dilation // gcd(axis.stride, axis.dilation)
    start, stop = axis.before, axis.before + axis.image
    if axis.boundary != "zeros":
        start, stop = 0, (axis.feature - 1) * s + axis.extent
    find = _known_classes if axis.taps <= _FEW else _classes
    result = []
    for offset, *members in find(axis.taps, s, axis.dilation):
        reach = (len(members[1][0]) - 1) * apart
        for residues, taps, first, last in _apart_where_worth(*members, s, start, stop):
            # tap j of the class meets, at output q, the feature at q + j * apart - before
            before = reach - offset - first
            after = last - first + reach - before - axis.feature
            result.append(Phase(residues, taps, first, last - first, apart, (before, after)))
    return result


def _classes(count, stride, dilation):
    """Return classes of the residues that `count` taps meet. They depend on no size of an axis.

    Returns
    -------
    list of (offset, residues, taps)
        The residues of a class have as many taps, and read the feature at the same offset. The taps
        of each are a range, in the order in which they read the feature.
    """
    step = stride // gcd(stride, dilation)
    classes = {}
    for residue, tap in sorted((t * dilation % stride, t) for t in range(min(count, step))):
        taps = range(tap, count, step)[::-1]
        key = len(taps), (residue - tap * dilation) // stride
        residues, ranges = classes.setdefault(key, ([], []))
        residues.append(residue)
        ranges.append(taps)
    return [(key[1], tuple(found[0]), tuple(found[1])) for key, found in classes.items()]


#: the classes of few taps, for axes of all sizes
_known_classes = lru_cache(256)(_classes)


def _apart_where_worth(residues, taps, stride, start, stop):
    """Return a class for positions from `start` to `stop`, whole or in parts.

    It is split by the outputs that its residues need unless these are about the same.

    Returns
    -------
    list of (residues, taps, first, last)
        Numbers of the first output, and of the one behind the last.
    """
    outputs = [(-(-(start - r) // stride), -(-(stop - r) // stride)) for r in residues]
    needed = [high - low for low, high in outputs]
    first, last = min(outputs)[0], max([high for _, high in outputs])
    if min(needed) > 0 and (last - first) * len(needed) <= _EXCESS * sum(needed):
        return [(residues, taps, first, last)]
    members = [m for m in zip(residues, taps, outputs, strict=True) if m[2][0] < m[2][1]]
    if not members:
        return []
    first, last = min(m[2][0] for m in members), max(m[2][1] for m in members)
    needed = sum(high - low for *_, (low, high) in members)
    whole = (last - first) * len(members) <= _EXCESS * needed
    ranges = {}
    for residue, own, limits in members:
        found = ranges.setdefault((first, last) if whole else limits, ([], []))
        found[0].append(residue)
        found[1].append(own)
    return [(tuple(r), tuple(t), *limits) for limits, (r, t) in ranges.items()]
