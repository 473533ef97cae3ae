"""The cost of reading an image row by row, which several cost models share.

The address of a row is looked up, and the values that windows read of it are copied: as one run
where the stride is 1, else as a run of every `stride`-th value for each residue that taps meet, or
for each tap where these are fewer.
"""

from math import gcd, prod

#: seconds to look up the address of a row
FIND = 5e-9
#: seconds to begin a run of values
_RUN = 1.6e-9
#: seconds to copy a value as one of eight in a vector
_VALUE = 0.2e-9
#: seconds to copy a value by itself
_SINGLE = 0.4e-9
#: seconds to read a cache line of a row that the processor did not foresee: a row of one of so many
#: planes or more, which together are larger than L2
_LINE, _PLANES, _BYTES = 4e-9, 17, 1 << 19
#: largest stride at which vectors pick values (src/pick.h)
MOST_PICKED = 4


def copied_row(feature, taps, stride, dilation, lanes):
    """Return the seconds to look up a row and to copy what windows read of it.

    Parameters
    ----------
    feature : int
        Outputs of the row.
    taps, stride, dilation : int
        Of the windows along the row.
    lanes : int
        Values of a vector.
    """
    runs, length = stride // gcd(stride, dilation), feature + (taps - 1) * dilation // stride
    if runs * length > feature * taps:
        runs, length = taps, feature
    singles = length % lanes if stride <= MOST_PICKED else length
    return FIND + runs * (_RUN + length * _VALUE * 8 / lanes + singles * _SINGLE)


def unforeseen_row(stencil, planes, itemsize):
    """Return the seconds that reading a row takes because rows of other planes are read before it.

    Parameters
    ----------
    stencil : Stencil
    planes : int
        Planes whose rows are read one after the other.
    itemsize : int
        Bytes of a value.
    """
    image = stencil.image_channels * itemsize * prod(a.image for a in stencil.axes)
    if planes < _PLANES or image < _BYTES:
        return 0.0
    return _LINE * (1 + stencil.axes[-1].image * itemsize / 64)
