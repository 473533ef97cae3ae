"""Refuse calls that would make SciPy's compiled code stop the process, or read past an array.

They are found before SciPy is called: by validation, if SciPy must answer, and by
`fastconv.calls.forward`, whatever the reason for the call.
"""

import operator

from ..errors import shown
from .arguments import is_integer, is_word
from .limits import checked_window

#: fewest samples from which SciPy continues a signal, by the mode of ``upfirdn``
_FEWEST = {
    "symmetric": 1, "antisymmetric": 1, "edge": 1, "line": 1, "wrap": 1, "smooth": 2, "reflect": 2,
    "antireflect": 2,
}  # fmt: skip


def check_planar(arrays, o):
    """Refuse to continue an image without elements past its edges: SciPy divides by its size.

    Parameters
    ----------
    arrays : tuple of array or Spec
        ``in1`` and ``in2`` of ``convolve2d`` or ``correlate2d``.
    o : dict
        The options by name.
    """
    in1, in2 = (tuple(a.shape) for a in arrays)
    boundary = o["boundary"]
    if 0 not in in1 or not len(in1) == len(in2) == 2 or not is_word(o["mode"], "full"):
        return
    if isinstance(boundary, str) and boundary in ("fill", "pad"):
        return
    if all(n + m > 1 for n, m in zip(in1, in2, strict=True)):
        raise ValueError(
            f"in1 has shape {in1}; boundary {shown(boundary)} continues its elements, so no "
            "dimension may be 0"
        )


def check_resampling(arrays, o):
    """Refuse a factor `up` that makes a filter too long, and signals that are too short.

    SciPy pads the filter to a multiple of `up`. Past the ends of a signal without samples, it reads
    other memory, and with some modes it does so or divides by 0 for a single sample.

    Parameters
    ----------
    arrays : tuple of array or Spec
        ``x`` and ``h`` of ``upfirdn``.
    o : dict
        The options by name.
    """
    x, h = arrays
    up, axis, mode = o["up"], o["axis"], o["mode"]
    if is_integer(up):
        checked_window(operator.index(up), f"up is {shown(up)}")
        if len(h.shape) == 1 and h.shape[0] <= up:
            return  # every output depends on one sample
    fewest = _FEWEST.get(mode.lower(), 0) if isinstance(mode, str) else 0
    ndim = len(x.shape)
    if is_integer(axis) and -ndim <= axis < ndim and x.shape[axis] < fewest:
        raise ValueError(
            f"x has shape {tuple(x.shape)}; mode {shown(mode)} needs at least {fewest} along axis "
            f"{shown(axis)}"
        )
