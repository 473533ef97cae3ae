"""Axes (image, feature, taps, stride, dilation, before, ...) as several rooms take them."""


def merged(axes, last):
    """The axes, trailing ones along which nothing moves made one: longer rows, and fewer.

    `last` makes the last entry of an axis of that many positions.
    """
    axes = list(axes)
    while len(axes) > 1 and _passive(axes[-1]) and _passive(axes[-2]):
        size = axes.pop()[0] * axes.pop()[0]
        axes.append((size, size, 1, 1, 1, 0, last(size)))
    return axes


def _passive(axis):
    image, feature, taps, stride, _, before, _ = axis
    return taps == stride == 1 and before == 0 and image == feature
