"""Ladders: windows are joined from parts that were joined before.

A ladder is ``(radix, levels, taps)``. A value of level 0 is one of the input, and one of level l
joins `radix` neighbours of level l - 1. In the end a window is joined from its taps, each a
``(level, offset)``.
"""


def plain(axis):
    """Return the ladder without levels, which joins every tap of a `PoolAxis`."""
    return 1, 0, [(0, i * axis.dilation) for i in range(axis.window)]


def ladder(axis, repeats):
    """Return the cheapest ladder for a window.

    Parameters
    ----------
    axis : PoolAxis
    repeats : bool
        Whether a value may be joined twice, as in a maximum.
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
    """Return the number of rows that a ladder reads or writes for one row of windows."""
    radix, levels, taps = ladder
    return levels * (radix + 1) + len(taps)
