"""What it costs to read an image by its rows, which cost models share.

A row is found, and what windows read of it copied: one line where the stride is 1, else a line of
every `stride`-th value for each residue that taps meet, or for each tap where that is less.
"""

from math import gcd

#: seconds to find a row, to begin a line of it, to copy one of 8 values, and one by itself
FIND, _LINE, _VALUE, _ALONE = 5e-9, 1.6e-9, 0.2e-9, 0.4e-9
#: largest stride at which values are picked by vectors (src/pick.h)
MOST_PICKED = 4


def copied_row(feature, taps, stride, dilation, lanes):
    """Seconds to find a row and to copy what the windows of `feature` outputs read of it."""
    lines, length = stride // gcd(stride, dilation), feature + (taps - 1) * dilation // stride
    if lines * length > feature * taps:
        lines, length = taps, feature
    alone = length % lanes if stride <= MOST_PICKED else length
    return FIND + lines * (_LINE + length * _VALUE * 8 / lanes + alone * _ALONE)
