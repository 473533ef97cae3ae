"""FootprintProblem: maximum and minimum filters whose windows have gaps; StructureProblem."""

import sys
from functools import lru_cache
from math import prod

import numpy as np

from ..caches import TableCache
from .records import lazily, record
from .window import NUMPY_NAMES, WindowProblem

#: the options of footprints that were met before
_options = TableCache(1 << 26)


@record
class FootprintProblem(WindowProblem):
    """One filter with a footprint: everything that the choice of an algorithm may depend on.

    Parameters
    ----------
    marks : str
        The elements of the window that count, in C order, eight to a byte, as hexadecimal digits.
    """

    marks: str

    family = "footprint"

    @property
    def footprint(self) -> np.ndarray:
        """The footprint as an array of bools."""
        return unpacked(self.size, self.marks)

    @property
    def elements(self) -> int:
        """Number of marked elements."""
        return self._measured[0]

    @property
    def reach(self) -> tuple[tuple[int, int], ...]:
        """How far marked elements lie before and after the position, per filtered axis."""
        return self._measured[1]

    @property
    def offsets(self) -> np.ndarray:
        """Offsets of the marked elements from their window's position: (elements, axes)."""
        return marked_offsets(self.size, self.marks, self.origin)

    @lazily
    def _measured(self):
        """What `_measure` returns for the footprint."""
        return _measure(self.size, self.marks, self.origin)

    @property
    def borders(self):
        """Yield the arguments ``(widths, mode)`` of `numpy.pad` for each axis that needs them."""
        for axis, reach, boundary in zip(self.axes, self.reach, self.boundary, strict=True):
            widths = [(0, 0)] * len(self.shape)
            widths[axis] = reach
            if any(reach):
                yield widths, NUMPY_NAMES[boundary]

    @property
    def bordered_shape(self) -> tuple[int, ...]:
        """Shape of the image with its borders."""
        shape = list(self.shape)
        for axis, reach in zip(self.axes, self.reach, strict=True):
            shape[axis] += sum(reach)
        return tuple(shape)

    @property
    def flops(self) -> int:
        """Number of comparisons in the definition."""
        return prod(self.shape) * self.elements

    @property
    def own_tokens(self) -> list[str]:
        """Return the token of the footprint."""
        return [f"marks-{self.marks}"]

    @classmethod
    def from_tokens(cls, op, tokens):
        """Return the problem whose key has these tokens."""
        marks = tokens.take("marks-", "(?:[0-9a-f]{2})+")
        problem = super().from_tokens(op, tokens, marks=marks)
        check_marks(problem.size, marks, tokens)
        return problem


@record
class StructureProblem(FootprintProblem):
    """A grey erosion or dilation with a structure that is not flat.

    Its op is ``ndimage.grey_erosion``, a minimum, or ``ndimage.grey_dilation``, a maximum. The
    values of the structure are an operand, in the order of the window's elements: what is added to
    the image's values.
    """

    family = "structure"


def check_marks(size, marks, tokens):
    """Fail if a key's footprint has other elements than its window, or none."""
    if len(marks) != 2 * -(-prod(size) // 8):
        tokens.fail(f"marks-{marks} does not have the digits of a footprint of {size}")
    footprint = unpacked(size, marks)
    if packed(footprint) != marks or not footprint.any():
        tokens.fail(f"marks-{marks} marks elements outside of {size}, or none")


class _Option:
    """A footprint as nested tuples, with the bytes that these take."""

    def __init__(self, marks):
        self.value = _nested(marks.tolist(), marks.ndim)
        self.nbytes = 8 * marks.size


def as_option(footprint):
    """Return a footprint as nested tuples of bools, which can be part of a key.

    For equal footprints, the tuples are the same object: the call cache compares options by
    identity. Very large footprints stay arrays, so that no key holds them.

    Parameters
    ----------
    footprint : ndarray
    """
    marks = np.asarray(footprint, bool)
    key = marks.shape, marks.tobytes()
    option = _options.entries.get(key)
    if option is None:
        if 32 * marks.size > _options.most_bytes:
            return marks
        option = _Option(marks)
        _options.insert(key, option)
    return option.value


def _nested(marks, depth):
    """Return nested lists as nested tuples."""
    if depth < 2:
        return tuple(marks) if depth else marks
    return tuple([_nested(part, depth - 1) for part in marks])


def packed(footprint):
    """Return the elements of an array of bools in C order as hexadecimal digits.

    For equal footprints, the text is the same object, so that problems share it.
    """
    return sys.intern(np.packbits(footprint).tobytes().hex())


def unpacked(size, marks):
    """Return the array of bools of shape `size` from which `packed` made `marks`."""
    bits = np.frombuffer(bytes.fromhex(marks), np.uint8)
    return np.unpackbits(bits, count=prod(size)).astype(bool).reshape(size)


def marked_offsets(size, marks, origin):
    """Return `FootprintProblem.offsets` of a footprint."""
    centre = [n // 2 + o for n, o in zip(size, origin, strict=True)]
    return np.argwhere(unpacked(size, marks)) - centre


@lru_cache(maxsize=64)
def _measure(size, marks, origin):
    """Return the number of marked elements of a footprint, and `FootprintProblem.reach`."""
    offsets = marked_offsets(size, marks, origin)
    ends = zip(offsets.min(axis=0, initial=0), offsets.max(axis=0, initial=0), strict=True)
    return len(offsets), tuple((-int(first), int(last)) for first, last in ends)
