"""Helpers for axes (image, feature, taps, stride, dilation, before, at) of several algorithms."""


def merged(axes, last):
    """Merge trailing axes that are not filtered, so that rows become fewer and longer.

    Parameters
    ----------
    axes : sequence of tuples (image, feature, taps, stride, dilation, before, at)
        Axes of the problem, innermost last.
    last : callable
        Function that takes a size and returns the last entry of a merged axis of that size.

    Returns
    -------
    axes : list of tuples
        The same axes with trailing axes that are not filtered merged into one.
    """
    axes = list(axes)
    while len(axes) > 1 and _passive(axes[-1]) and _passive(axes[-2]):
        size = axes.pop()[0] * axes.pop()[0]
        axes.append((size, size, 1, 1, 1, 0, last(size)))
    return axes


def _passive(axis):
    """Return whether an axis is not filtered: one tap, stride 1 and no border."""
    image, feature, taps, stride, _, before, _ = axis
    return taps == stride == 1 and before == 0 and image == feature
