"""Windows joined from joined parts: 2, 4, 8, ... values, or powers of 3 or 4, then the last few.

A ladder is ``(radix, levels, taps)``: level l joins `radix` values of level l - 1, each tap
``(level, offset)`` is one of the values that a window is joined from in the end.
"""


def plain(axis):
    """A ladder without levels: every tap."""
    return 1, 0, [(0, i * axis.dilation) for i in range(axis.window)]


def ladder(axis, repeats):
    """The cheapest ladder for a window, ``(radix, levels, taps)``.

    `repeats`: a value may be joined twice, as in a maximum.
    """
    choices = []
    for radix in (2, 3, 4):
        level, cover = 1, radix
        while cover < axis.window:
            choices.append((radix, level, _ladder_taps(axis.window, radix, level, repeats)))
            level, cover = level + 1, cover * radix
    if not choices:
        return plain(axis)
    radix, levels, taps = min(choices, key=joins)
    return radix, levels, [(level, offset * axis.dilation) for level, offset in taps]


def _ladder_taps(taps, radix, level, repeats):
    cover = radix**level
    if repeats:
        return [(level, min(at, taps - cover)) for at in range(0, taps, cover)]
    result, at = [], 0
    for below in range(level, -1, -1):
        while taps - at >= radix**below:
            result.append((below, at))
            at += radix**below
    return result


def joins(ladder):
    """Rows read or written for one row of windows."""
    radix, levels, taps = ladder
    return levels * (radix + 1) + len(taps)
