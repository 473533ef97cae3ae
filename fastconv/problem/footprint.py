"""FootprintProblem: a maximum or minimum filter whose window has gaps, as in `scipy.ndimage`."""

import sys
from dataclasses import fields
from functools import lru_cache
from math import prod

import numpy as np

from ..caches import TableCache
from .arrays import DTYPES
from .extremum import NUMPY_NAMES, ExtremumProblem
from .keys import dtypes_token, sizes_token
from .records import lazily, record

#: the options of footprints that were met before
_options = TableCache(1 << 26)


@record
class FootprintProblem:
    """One filter with a footprint: everything that the choice of an algorithm may depend on.

    Parameters
    ----------
    op : str
        ``ndimage.maximum_filter`` or ``ndimage.minimum_filter``.
    dtypes : tuple of str
        Short names of three dtypes: twice the image's, then the result's. Booleans are ``u8``.
    shape : tuple of int
        Shape of the image and of the result.
    axes : tuple of int
        The filtered axes, non-negative and ascending.
    size : tuple of int
        Shape of the footprint.
    marks : str
        The footprint's elements in C order, eight to a byte, as hexadecimal digits.
    boundary : tuple of str
        One of `geometry.BOUNDARIES` per filtered axis: how the image continues past its edges.
    origin : tuple of int
        By how many elements the footprint is shifted, per filtered axis, as in SciPy.
    """

    op: str
    dtypes: tuple[str, str, str]
    shape: tuple[int, ...]
    axes: tuple[int, ...]
    size: tuple[int, ...]
    marks: str
    boundary: tuple[str, ...]
    origin: tuple[int, ...]

    kind = "fwd"
    family = "footprint"
    conjugate = False
    traits = None

    @property
    def function(self) -> str:
        """Public name of the op."""
        return self.op

    @property
    def compute(self) -> str:
        """Short name of the dtype in which kernels compute, which is the image's."""
        return self.dtypes[0]

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
    def bytes(self) -> int:
        """Bytes of the image and the result, each counted once."""
        return 2 * prod(self.shape) * DTYPES[self.compute].itemsize

    def key(self) -> str:
        """Return the problem key, from which `fastconv.problem.parse` makes the problem again."""
        head, _, function = self.op.partition(".")
        tokens = [
            f"{head}.{function.replace('_', '-')}", dtypes_token(self.dtypes),
            sizes_token("i", self.shape), sizes_token("w", self.size), f"marks-{self.marks}",
        ]  # fmt: skip
        if self.axes != tuple(range(len(self.shape))):
            tokens.append(sizes_token("axes-", self.axes))
        if set(self.boundary) != {"symmetric"}:
            names = self.boundary if len(set(self.boundary)) > 1 else self.boundary[:1]
            tokens.append("mode-" + ".".join(names))
        if any(self.origin):
            tokens.append(sizes_token("origin", self.origin))
        return "_".join(tokens)

    @classmethod
    def from_tokens(cls, op, tokens) -> "FootprintProblem":
        """Return the problem whose key has these tokens."""
        marks = tokens.take("marks-", "(?:[0-9a-f]{2})+")
        box = ExtremumProblem.from_tokens(op, tokens)
        if len(marks) != 2 * -(-prod(box.size) // 8):
            tokens.fail(f"marks-{marks} does not have the digits of a footprint of {box.size}")
        problem = cls(**{f.name: getattr(box, f.name, marks) for f in fields(cls)})
        if packed(problem.footprint) != marks or not problem.footprint.any():
            tokens.fail(f"marks-{marks} marks elements outside of {box.size}, or none")
        return problem


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
