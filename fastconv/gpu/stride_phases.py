"""Stride phases: one description of a forward convolution and of the gradient of its input.

Both compute targets from sources, features from the image or the image from features. Along every
axis, tap `t` of target `o` reads the source at ``offset + o * stride + t * dilation``; the target
lies at ``target_offset + o * target_stride``, and the tap is number ``first_tap + t * tap_stride``
of the kernel.

A forward convolution is one phase. The image is computed from features in one phase for every
residue of its positions modulo the stride. Each is a dense sum over the taps that meet the residue,
so that no inserted zero is ever multiplied.
"""

import itertools
from dataclasses import dataclass
from math import gcd, prod

from ..algorithms.base import refuses_axes
from .base import BOUNDARY, three
from .source import Struct
from .unfold import LIMIT

PHASE_AXIS = Struct(
    "i targets, taps, source_length, offset, stride, dilation, boundary, target_offset,"
    "target_stride, target_length, first_tap, tap_stride, unit"
)


@dataclass(frozen=True)
class PhaseAxis:
    """One axis of a stride phase, as `cuda/stride_phase.cuh` takes it.

    Parameters
    ----------
    targets, taps : int
        Targets of the phase, and taps that each of them sums over.
    source_length : int
        Positions of the source.
    offset, stride, dilation : int
        Source of the first target's first tap, and steps from target to target and from tap to tap.
        The dilation is negative where later taps read earlier positions.
    boundary : int
        Code of what continues the source past its ends.
    target_offset, target_stride, target_length : int
        Position of the first target, step to the next one, and positions of the target's axis.
    first_tap, tap_stride : int
        Number of the first tap in the kernel, and step to the next one.
    unit : int
        Elements side by side that the boundary continues together.
    """

    targets: int
    taps: int
    source_length: int
    offset: int
    stride: int
    dilation: int
    boundary: int
    target_offset: int
    target_stride: int
    target_length: int
    first_tap: int
    tap_stride: int
    unit: int = 1

    def struct(self):
        """Return the members of the C structure in order."""
        return (
            self.targets, self.taps, self.source_length, self.offset, self.stride, self.dilation,
            self.boundary, self.target_offset, self.target_stride, self.target_length,
            self.first_tap, self.tap_stride, self.unit,
        )  # fmt: skip


def stride_phases(stencil):
    """Return the phases that together compute every target of a ``fwd`` or ``input`` stencil.

    Parameters
    ----------
    stencil : Stencil

    Returns
    -------
    list of tuple of 3 PhaseAxis
    """
    axes = three(stencil.axes)
    if stencil.role == "fwd":
        return [tuple(_forward(a) for a in axes)]
    return list(itertools.product(*(list(_backward(a)) for a in axes)))


def _forward(a):
    return PhaseAxis(
        a.feature, a.taps, a.image, -a.before, a.stride, a.dilation, BOUNDARY[a.boundary], 0, 1,
        a.feature, 0, 1, a.unit,
    )  # fmt: skip


def _backward(a):
    """Yield a phase for each residue r: the same taps meet the pixels r, r + stride, ..."""
    common = gcd(a.stride, a.dilation)
    for residue in range(min(a.stride, a.image)):
        padded = residue + a.before
        # the first tap t with t * dilation = padded modulo the stride
        meets = (t for t in range(a.stride) if (padded - t * a.dilation) % a.stride == 0)
        first, every = next(meets, a.taps), a.stride // common
        yield PhaseAxis(
            -(-(a.image - residue) // a.stride), max(0, -(-(a.taps - first) // every)), a.feature,
            (padded - first * a.dilation) // a.stride, 1, -a.dilation // common,
            BOUNDARY["zeros"], residue, a.stride, a.image, first, every,
        )  # fmt: skip


def refuses_phases(problem):
    """Return why a problem cannot be computed by stride phases, or None."""
    s = problem.stencil
    if s.role not in ("fwd", "input"):
        return "weight gradients sum over positions"
    reason = refuses_axes(s)
    if reason is not None:
        return reason
    if any(a.boundary == "constant" for a in s.axes):
        return "padding with a constant"
    if s.role == "input" and any(a.boundary != "zeros" for a in s.axes):
        return "the gradient of a padding other than zeros folds back"
    taps = prod(a.taps for a in s.axes)
    sizes = (*(a.image for a in s.axes), *(a.feature for a in s.axes), _pixels(s), taps)
    reach = max(a.read + abs(a.before) for a in s.axes)
    depth = max(s.image_channels, s.feature_channels) // s.groups * taps
    if max(*sizes, reach, depth) >= LIMIT:
        return "more positions than 32 bits count"
    return None


def _pixels(s):
    return s.n * max(prod(a.feature for a in s.axes), prod(a.image for a in s.axes))
