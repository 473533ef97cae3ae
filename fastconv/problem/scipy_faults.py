"""Refuse calls that would make SciPy's compiled code stop the process, or read past an array.

They are found before SciPy is called: by validation, if SciPy must answer, and by
`fastconv.calls.forward`, whatever the reason for the call.
"""

import operator

import numpy as np

from ..errors import shown
from .arguments import is_integer, is_word
from .limits import checked_window
from .scipy_arguments import ForSciPy, axes_of, per_axis

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


def check_reach(arrays, o):
    """Refuse windows that reach over four lengths of an image that continues by reflection.

    There, SciPy's N-D filters read the element before the first one of the axis. It filters with
    windows that have no gaps along one axis after the other, which is right.

    Parameters
    ----------
    arrays : tuple of array or Spec
        The image and perhaps the weights.
    o : dict
        The options by name.
    """
    image, weights = arrays[0], arrays[1] if len(arrays) > 1 else o["footprint"]
    if not isinstance(o["mode"], str) or o["mode"] not in ("reflect", "grid-mirror"):
        return
    if len(arrays) == 1 and (weights is None or np.all(weights)):
        return
    try:
        lengths = [image.shape[a] for a in sorted(axes_of(o["axes"], len(image.shape)))]
        sizes = np.shape(weights)
        origin = per_axis("origin", o["origin"], len(lengths))
        furthest = [n // 2 + abs(int(v)) for n, v in zip(sizes, origin, strict=True)]
    except (ForSciPy, TypeError, ValueError):  # SciPy raises an error of its own
        return
    for length, size, reach in zip(lengths, sizes, furthest, strict=False):
        if 0 < 4 * length <= reach:
            name = "weights" if len(arrays) > 1 else "footprint"
            raise ValueError(
                f"{name} has {size} elements along an axis of {length} of an image of "
                f"{image.dtype}; with mode {shown(o['mode'])}, SciPy allows less than four times "
                "the axis on each side"
            )
