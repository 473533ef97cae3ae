"""Make axes compact whose windows or taps lie far apart, so that their tables stay short.

Feature position `o` and tap `t` read position ``o*stride + t*dilation - before`` of the image.
Tables over padded coordinates have `Axis.read` entries. A huge stride, dilation or padding makes
them huge, although windows read only a few positions.

Of a position outside the image, only the side counts on which it lies. For boundaries that repeat
the image, only the remainder after division by the period counts. So a smaller stride, dilation and
padding exist that have the same table.
"""

from dataclasses import replace
from math import gcd

#: an axis with at most so many padded coordinates is not changed
SHORT = 1 << 20


def compacted(axis):
    """Return an axis with the same ``table()`` that is shorter if `axis` has large gaps.

    Parameters
    ----------
    axis : Axis
        An axis that is not interleaved.
    """
    if max(axis.read, abs(axis.before), axis.stride, axis.dilation) <= SHORT:
        return axis
    period = _period(axis)
    if period is None:
        stride, dilation, before = _between_ends(axis)
    else:
        stride, dilation = ((v - 1) % period + 1 for v in (axis.stride, axis.dilation))
        before = axis.before if abs(axis.before) < period else axis.before % period
    return replace(axis, stride=stride, dilation=dilation, before=before)


def _period(axis):
    """Return the period with which the boundary repeats the image, or None if it does not."""
    periods = {"circular": axis.image, "symmetric": 2 * axis.image, "reflect": 2 * axis.image - 2}
    period = periods.get(axis.boundary)
    return period if period is None else max(period, 1)


def _between_ends(axis):
    """Return a small stride, dilation and before for an axis with constant values past its ends."""
    n, features, taps = axis.image, axis.feature, axis.taps
    stride = axis.stride if features > 1 else 1
    dilation = axis.dilation if taps > 1 else 1
    before = axis.before
    common = gcd(stride if features > 1 else 0, dilation if taps > 1 else 0)
    if common > n + 1:  # all positions have the same remainder
        whole, rest = divmod(-before, common)
        stride = stride // common * (n + 1) if features > 1 else 1
        dilation = dilation // common * (n + 1) if taps > 1 else 1
        before = -(whole * (n + 1) + min(rest, n))
    if features > 1 and stride > n + (taps - 1) * dilation + 1:
        stride, dilation, before = _compacted_groups(stride, features, dilation, taps, before, n)
    elif taps > 1 and dilation > n + (features - 1) * stride + 1:
        dilation, stride, before = _compacted_groups(dilation, taps, stride, features, before, n)
    last = (features - 1) * stride + (taps - 1) * dilation
    return stride, dilation, max(min(before, last + 1), -n)


def _compacted_groups(step, count, inner, inner_count, before, n):
    """Make groups of positions compact if at most one of the groups overlaps the image.

    Group ``i`` begins at ``i*step - before``. It has `inner_count` positions with a distance of
    `inner` between neighbours.

    Parameters
    ----------
    step, count : int
        Distance between the first positions of neighbouring groups, and the number of groups.
    inner, inner_count : int
        Distance between neighbouring positions of a group, and their number.
    before : int
        Padding before the image.
    n : int
        Size of the image.

    Returns
    -------
    step, inner, before : int
        Smaller values for which the same positions lie inside the image.
    """
    i = min(max((before + n - 1) // step, 0), count - 1)
    start = i * step - before
    if inner_count > 1 and inner > n + 1:
        j = min(max((n - 1 - start) // inner, 0), inner_count - 1)
        position = min(max(start + j * inner, -1), n)
        inner = n + 1
        start = position - j * inner
    extent = (inner_count - 1) * inner + 1
    start = min(max(start, -extent), n)
    step = n + extent
    return step, inner, i * step - start
