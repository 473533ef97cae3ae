"""Refuse calls that would make SciPy's compiled code stop the process, or read past an array.

They are found before SciPy is called: by validation, if SciPy must answer, and by
`fastconv.calls.forward`, whatever the reason for the call.
"""

import numbers
import operator

import numpy as np

from ..errors import FatalCall, shown
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
        raise FatalCall(
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
        raise FatalCall(
            f"x has shape {tuple(x.shape)}; mode {shown(mode)} needs at least {fewest} along axis "
            f"{shown(axis)}"
        )


def check_centre(reflects, arrays, o):
    """Refuse structures that lie wholly after their position: SciPy reads before the image.

    It finds the structure's element at its position, with an index that counts from the end if the
    structure lies after its position. If the structure lies before it, it raises an error.

    Parameters
    ----------
    reflects : bool
        Whether the first step is a dilation.
    arrays : tuple of array, Spec or None
        The image and perhaps the mask.
    o : dict
        The options by name.
    """
    try:
        count = len(axes_of(o["axes"], len(arrays[0].shape)))
        structure = o["structure"]
        sizes = (3,) * count if structure is None else np.shape(structure)
        origin = [operator.index(v) for v in per_axis("origin", o["origin"], count)]
        centres = [
            n - 1 - n // 2 - v if reflects else n // 2 + v
            for n, v in zip(sizes, origin, strict=True)
        ]
    except (ForSciPy, TypeError, ValueError):  # SciPy raises an error of its own
        return
    if 0 not in sizes and any(c < 0 for c in centres):
        raise FatalCall(
            f"origin is {shown(o['origin'])} for a structure of shape {tuple(sizes)}; it must "
            "reach its position along every axis"
        )


def check_reach(arrays, o):
    """Refuse windows that reach over four lengths of an image that continues by reflection.

    There, SciPy's N-D filters read the element before the first one of the axis. It filters with
    windows that have no gaps along one axis after the other, which is right.

    Parameters
    ----------
    arrays : tuple of array, Spec or None
        The image and perhaps the weights, or the structure or None.
    o : dict
        The options by name.
    """
    image, weights = arrays[0], arrays[1] if len(arrays) > 1 else None
    given = weights is not None
    if not given:
        weights = o.get("footprint")
    if not isinstance(o["mode"], str) or o["mode"] not in ("reflect", "grid-mirror"):
        return
    if 0 in image.shape or (not given and (weights is None or np.all(weights))):
        return
    if _without_rank(weights, o):
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
            name = ("structure" if "footprint" in o else "weights") if given else "footprint"
            raise FatalCall(
                f"{name} has {size} elements along an axis of {length} of an image of "
                f"{image.dtype}; with mode {shown(o['mode'])}, SciPy allows less than four times "
                "the axis on each side"
            )


def _without_rank(footprint, o):
    """Return whether a rank or percentile is none of the footprint, for which SciPy raises."""
    if "rank" in o:
        count = int(np.count_nonzero(footprint))
        return not is_integer(o["rank"]) or not -count <= o["rank"] < count
    part = o.get("percentile", 0)
    return not isinstance(part, numbers.Real) or not -100 <= part <= 100


def check_polyphase(arrays, o):
    """Refuse signals that are too short for the `padtype` of ``resample_poly``.

    Past the ends of such a signal, SciPy reads other memory, as `check_resampling` says.

    Parameters
    ----------
    arrays : tuple of array or Spec
        ``x``.
    o : dict
        The options by name.
    """
    (x,) = arrays
    axis, padtype, ndim = o["axis"], o["padtype"], len(x.shape)
    fewest = _FEWEST.get(padtype, 0) if isinstance(padtype, str) else 0
    if is_integer(axis) and -ndim <= axis < ndim and x.shape[axis] < fewest:
        raise FatalCall(
            f"x has shape {tuple(x.shape)}; padtype {shown(padtype)} needs at least {fewest} "
            f"along axis {shown(axis)}"
        )


def check_separable(arrays, o):
    """Refuse images that have fewer elements along an axis than the filter of ``sepfir2d``.

    SciPy reads other memory past the edges of such an image.

    Parameters
    ----------
    arrays : tuple of array or Spec
        ``input``, ``hrow`` and ``hcol``.
    o : dict
        The options: none.
    """
    image, *filters = (tuple(a.shape) for a in arrays)
    if len(image) != 2 or any(len(f) != 1 for f in filters):
        return
    for name, taps, size in zip(("hrow", "hcol"), filters, image[::-1], strict=True):
        if 0 < size < taps[0]:
            raise FatalCall(
                f"{name} has {taps[0]} elements; SciPy allows at most the {size} that input has "
                "along its axis"
            )
