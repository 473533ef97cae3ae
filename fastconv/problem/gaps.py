"""Axes whose windows or taps lie far apart, drawn together so that tables stay short.

Feature position `o` and tap `t` meet position ``o*stride + t*dilation - before`` of the image. All
that counts of a position outside of it is the side, or for boundaries that repeat the image, the
remainder. So strides, dilation and padding that are large beyond the image can be replaced by
smaller ones with the same table. Tables over padded coordinates are as long as `Axis.read`, which
large values let grow without end, however few positions are read.
"""

from dataclasses import replace
from math import gcd

#: padded coordinates that any axis may have: what is shorter is left as it is
SHORT = 1 << 20


def drawn_together(axis):
    """Return an axis with the same ``table()``, shorter where `axis` has large gaps.

    Parameters
    ----------
    axis : Axis
        Not interleaved.
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
    """After how many positions a continued axis repeats itself, None if it does not."""
    periods = {"circular": axis.image, "symmetric": 2 * axis.image, "reflect": 2 * axis.image - 2}
    period = periods.get(axis.boundary)
    return period if period is None else max(period, 1)


def _between_ends(axis):
    """Stride, dilation and before of an axis that continues with the same value for ever."""
    n, features, taps = axis.image, axis.feature, axis.taps
    stride = axis.stride if features > 1 else 1
    dilation = axis.dilation if taps > 1 else 1
    before = axis.before
    common = gcd(stride if features > 1 else 0, dilation if taps > 1 else 0)
    if common > n + 1:  # every position is a multiple of it, and a remainder
        whole, rest = divmod(-before, common)
        stride = stride // common * (n + 1) if features > 1 else 1
        dilation = dilation // common * (n + 1) if taps > 1 else 1
        before = -(whole * (n + 1) + min(rest, n))
    if features > 1 and stride > n + (taps - 1) * dilation + 1:
        stride, dilation, before = _lone(stride, features, dilation, taps, before, n)
    elif taps > 1 and dilation > n + (features - 1) * stride + 1:
        dilation, stride, before = _lone(dilation, taps, stride, features, before, n)
    last = (features - 1) * stride + (taps - 1) * dilation
    return stride, dilation, max(min(before, last + 1), -n)


def _lone(step, count, inner, inner_count, before, n):
    """Draw groups of positions together, of which one at most meets the image.

    Group ``i`` of `count` begins at ``i*step - before`` and has `inner_count` positions at a
    distance of `inner`. Returns the new `step`, `inner` and `before`.
    """
    i = min(max((before + n - 1) // step, 0), count - 1)
    start = i * step - before
    if inner_count > 1 and inner > n + 1:
        j = min(max((n - 1 - start) // inner, 0), inner_count - 1)
        place = min(max(start + j * inner, -1), n)
        inner = n + 1
        start = place - j * inner
    extent = (inner_count - 1) * inner + 1
    start = min(max(start, -extent), n)
    step = n + extent
    return step, inner, i * step - start
