"""How targets walk over their sources: one description for forward and for strided gradients.

On every axis target `o` and tap `t` of a walk read the source ``start + o*step + t*reach``. The
target lies at ``to + o*to_step``; the tap is number ``tap + t*tap_step`` of the kernel. A forward
convolution is one walk. Computing the image from its features is one walk for every phase of the
stride, each a dense sum over the taps that meet this phase: nothing is ever multiplied by an
inserted zero.
"""

import itertools
from dataclasses import dataclass
from math import gcd, prod

from ..algorithms.base import refuses_axes
from .base import BOUNDARY, three
from .columns import LIMIT
from .source import Struct

WALK = Struct(
    "i targets, taps, source, start, step, reach, boundary, to, to_step, size, tap, tap_step, unit"
)


@dataclass(frozen=True)
class Walk:
    """One axis. `size` is that of the result's axis that targets lie on."""

    targets: int
    taps: int
    source: int
    start: int
    step: int
    reach: int
    boundary: int
    to: int
    to_step: int
    size: int
    tap: int
    tap_step: int
    unit: int = 1

    def struct(self):
        """Members of cuda/walk.cuh's structure."""
        return (
            self.targets, self.taps, self.source, self.start, self.step, self.reach, self.boundary,
            self.to, self.to_step, self.size, self.tap, self.tap_step, self.unit,
        )  # fmt: skip


def walks(stencil):
    """Tuples of three walks that together compute every target of a ``fwd`` or ``input`` role."""
    axes = three(stencil.axes)
    if stencil.role == "fwd":
        return [tuple(_forward(a) for a in axes)]
    return list(itertools.product(*(list(_phases(a)) for a in axes)))


def _forward(a):
    return Walk(
        a.feature, a.taps, a.image, -a.before, a.stride, a.dilation, BOUNDARY[a.boundary], 0, 1,
        a.feature, 0, 1, a.unit,
    )  # fmt: skip


def _phases(a):
    """Pixels p, p + stride, ...: those that the same taps meet."""
    common = gcd(a.stride, a.dilation)
    for phase in range(min(a.stride, a.image)):
        # the first tap t with phase + before = t * dilation modulo the stride
        meets = (t for t in range(a.stride) if (phase + a.before - t * a.dilation) % a.stride == 0)
        first, every = next(meets, a.taps), a.stride // common
        yield Walk(
            -(-(a.image - phase) // a.stride), max(0, -(-(a.taps - first) // every)), a.feature,
            (phase + a.before - first * a.dilation) // a.stride, 1, -a.dilation // common,
            BOUNDARY["zeros"], phase, a.stride, a.image, first, every,
        )  # fmt: skip


def against(problem):
    """Reason why a problem is no walk, or None."""
    s = problem.stencil
    if s.role not in ("fwd", "input"):
        return "weight gradients have a sum over places"
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
