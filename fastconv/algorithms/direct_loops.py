"""The loops of `direct`: stencils, planes, strips of channels, single outputs, a matrix.

Each function returns the loops of a problem; `direct_costs` has what they take, and the choice.
"""

from math import ceil, prod

from .. import config
from ..loops.direct import Stencils
from ..loops.direct_across import Across
from ..loops.direct_dots import Dots
from ..loops.direct_matrix import Matrix
from ..loops.direct_planes import PLANE_REACH, Planes
from ..problem.arrays import DTYPES
from .base import PARTS, Latest, c_axis, last_of

#: float32 values of a vector on most machines
LANES = 8
#: output by output: fewest taps; most vectors over those of other loops, which a stride slows down
_DOT_TAPS, _DOT_SHARE, _DOT_STRIDED_SHARE = 32, 0.8, 1.25
#: plane by plane: most bytes of the rows under a kernel, so that they stay in L1
_PLANE_BYTES = 2048


def is_depthwise(stencil):
    """Return whether each of several channels has one kernel, and borders are zeros."""
    return 1 < stencil.groups == stencil.image_channels == stencil.feature_channels and all(
        a.boundary == "zeros" or a.before <= 0 >= a.after for a in stencil.axes
    )


def is_matrix(stencil):
    """Return whether all outputs of an image read all of it."""
    return stencil.groups == 1 and all(
        a.feature == 1 and a.taps == a.image and a.dilation == 1 and a.before == 0
        for a in stencil.axes
    )


def by_dots(problem):
    """Return whether outputs are computed one by one, with taps as lanes.

    This is for planes of one channel with few outputs in a row and many taps.
    """
    axes = problem.stencil.axes
    w = axes[-1]
    # vectors of outputs, whose lanes are not all needed, or of taps, whose lanes are added up
    lanes = LANES // (1 if problem.compute == "f32" else 2)
    by_lanes = w.taps * ceil(w.feature / lanes)
    share = _DOT_SHARE if w.stride == 1 else _DOT_STRIDED_SHARE
    if w.dilation > 1 or w.feature * (ceil(w.taps / lanes) + 1) >= share * by_lanes:
        return False
    if prod(a.taps for a in axes) < _DOT_TAPS:
        return False
    return all(a.boundary == "zeros" or a.before <= 0 >= a.after for a in axes)


def by_planes(problem):
    """Return whether planes are convolved one by one.

    This is for planes of one channel under k x k taps, with rows so short that they stay in L1.
    """
    s = problem.stencil
    if len(s.axes) < 2:
        return False
    h, w = s.axes[-2:]
    row = w.image * DTYPES[problem.compute].itemsize
    return (
        h.taps == w.taps in (2, 3, 5, 7)
        and (w.taps - 1) * w.dilation <= PLANE_REACH
        and h.stride == w.stride in ((1,) if h.taps == 2 else (1, 2))
        and (h.stride == 1 or h.dilation == w.dilation == 1)
        and (h.stride == 2 or (h.taps - 1) * row <= _PLANE_BYTES)
        and "constant" not in (a.boundary for a in s.axes)
    )


def planes(problem):
    """Return the loops over planes."""
    s = problem.stencil
    return Planes(
        config.current_isa(), problem.compute, s.n, s.image_channels, s.feature_channels,
        [c_axis(a) for a in s.axes], s.axes[-1].boundary == "zeros", **_epilogue(problem),
    )  # fmt: skip


@Latest
def across(problem):
    """Return the loops over blocks of channels."""
    s = problem.stencil
    return Across(
        config.current_isa(), problem.compute, s.n, s.image_channels, [c_axis(a) for a in s.axes],
        last=last_of(problem), **_epilogue(problem),
    )  # fmt: skip


def dots(problem):
    """Return the loops over single outputs."""
    s = problem.stencil
    return Dots(
        config.current_isa(), problem.compute, s.n, s.image_channels, s.feature_channels,
        [c_axis(a) for a in s.axes], **_epilogue(problem),
    )  # fmt: skip


def matrix(problem):
    """Return the loops over rows of a matrix."""
    s = problem.stencil
    return Matrix(
        config.current_isa(), problem.compute, s.n, s.feature_channels, s.image_channels * s.taps,
        **_epilogue(problem),
    )  # fmt: skip


def _new_stencils(problem):
    s = problem.stencil
    axes, n = [c_axis(a) for a in s.axes], s.n
    one_row = len(axes) == s.image_channels == s.feature_channels == 1
    if one_row and n > 1 and problem.bias != "position":
        # the batch becomes an axis, so that its rows are looked up together
        axes.insert(0, (n, n, 1, 1, 1, 0, "zeros", 1))
        n = 1
    return Stencils(
        config.current_isa(), problem.compute, n, s.groups, s.image_channels, s.feature_channels,
        axes, **_epilogue(problem),
    )  # fmt: skip


def _epilogue(problem):
    return {"bias": problem.bias, "activation": problem.activation, "add": problem.add}


#: the register tiles of a problem: cost, workspace and call ask for them in turn
stencils = Latest(_new_stencils, PARTS)
