"""What `fft` transforms: which axes, at which lengths, and how many images at once."""

from math import prod

import scipy.fft

from .base import Latest
from .long_lines import pays, spectrum_size
from .whole import least_length, matrix_of

#: bytes of spectra of the images that are transformed at once
_CHUNK_BYTES = 1 << 25


def moving_axes(stencil):
    """Return for each axis whether it is transformed: whether it is filtered at all.

    All are if none is filtered, and for a weight's gradient, which sums along the others.
    """
    moving = [stencil.role != "weight" and not a.unfiltered for a in stencil.axes]
    return moving if any(moving) else [True] * len(moving)


def _lengths(problem):
    """Return the length of each axis: that of the FFT where it is transformed.

    The transform of real numbers along the last axis is fast for fewer lengths than others.
    """
    lengths, moving = [], moving_axes(problem.stencil)
    last = _last(moving) if problem.compute[0] == "f" else -1
    for i, (a, moves) in enumerate(zip(problem.stencil.axes, moving, strict=True)):
        if not moves:
            lengths.append(a.image)
            continue
        lengths.append(scipy.fft.next_fast_len(least_length(a), real=i == last))
    return tuple(lengths)


#: the length of each axis of a problem, computed once
lengths_of = Latest(_lengths)
#: the matrix of a problem that is transformed as a whole, or None
whole_matrix = Latest(matrix_of)


def _last(moving):
    """Return the number of the last axis that is transformed."""
    return max(i for i, moves in enumerate(moving) if moves)


def points(problem):
    """Return the number of points of a transform: the product of its lengths."""
    moving = moving_axes(problem.stencil)
    return prod(n for n, moves in zip(lengths_of(problem), moving, strict=True) if moves)


def lines_are_long(problem):
    """Return whether lines are transformed as matrices."""
    lengths = lengths_of(problem)
    return len(lengths) == 1 and pays(lengths[0], problem.compute)


def spectrum_bytes(problem):
    """Return the bytes of the spectrum of one image of one channel."""
    matrix = whole_matrix(problem)
    lengths = list(lengths_of(problem))
    if matrix is not None:
        lengths = matrix[:3]
    elif lines_are_long(problem):
        lengths[0] = spectrum_size(lengths[0], problem.compute[0] == "f")
    elif problem.compute[0] == "f":
        last = _last(moving_axes(problem.stencil))
        lengths[last] = lengths[last] // 2 + 1
    return prod(lengths) * (8 if problem.compute in ("f32", "c64") else 16)


def images_at_once(problem):
    """Return the number of images that are transformed at once."""
    s = problem.stencil
    return max(
        1, _CHUNK_BYTES // (spectrum_bytes(problem) * (s.image_channels + s.feature_channels))
    )
