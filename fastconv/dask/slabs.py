"""What a task does before it calls a function: join the parts of blocks into one array, a slab."""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..loops.stride_phases import Lease

#: slabs of fewer bytes are in memory that NumPy or the C library keeps
_LEASED = 1 << 20


@dataclass(frozen=True)
class Cut:
    """A part of a block, or of one of the strips of a block.

    Parameters
    ----------
    slices : tuple of slice
    strip : tuple of int or None
        Axis and side of the strip.
    """

    slices: tuple
    strip: tuple | None = None

    def __call__(self, block):
        """Return the part as a view."""
        return (block if self.strip is None else block[self.strip])[self.slices]


@dataclass(frozen=True)
class Joint:
    """How the parts of blocks are joined into a slab.

    Parameters
    ----------
    cuts : tuple of Cut
        The part of each block that is used, in C order of the grid that the parts form.
    lengths : tuple of tuple of int
        Lengths of the parts along each axis of the grid.
    extensions : tuple of (int, Extension)
        The axes along which the slab goes on past the edges of the array.
    fill : scalar
        The value past the edges.
    dtype : dtype or None
        dtype of a slab that is filled, if it is not the array's.
    """

    cuts: tuple
    lengths: tuple
    extensions: tuple = ()
    fill: object = 0
    dtype: object = None

    def __call__(self, blocks):
        """Return the slab."""
        slab = self._joined(blocks)
        if self.dtype is not None and self.extensions:
            slab = slab.astype(self.dtype, copy=False)
        for axis, extension in self.extensions:
            slab = _extended(slab, axis, extension, self.fill)
        return slab

    def _joined(self, blocks):
        if len(blocks) == 1:
            return self.cuts[0](blocks[0])
        found = [cut(block) for cut, block in zip(self.cuts, blocks, strict=True)]
        shape = tuple(sum(lengths) for lengths in self.lengths)
        slab = _leased(found[0], shape)
        starts = [np.cumsum((0, *lengths)).tolist() for lengths in self.lengths]
        cells = product(*(range(len(lengths)) for lengths in self.lengths))
        for part, cell in zip(found, cells, strict=True):
            target = tuple(slice(s[i], s[i + 1]) for s, i in zip(starts, cell, strict=True))
            slab[target] = part
        return slab


def _leased(like, shape):
    """Return a new array of the kind and the dtype of another one.

    Large arrays of NumPy lie in memory that earlier slabs have left. Fresh memory takes as long to
    be cleared as to be filled.
    """
    size = math.prod(shape) * like.dtype.itemsize
    if type(like) is not np.ndarray or not like.dtype.isnative or size < _LEASED:
        return np.empty_like(like, shape=shape, order="C")
    return Lease(size).array(shape, like.dtype)


def _extended(slab, axis, extension, fill):
    """Return a slab that goes on past the edges along an axis."""
    if extension.boundary not in ("zeros", "constant"):
        return np.take(slab, extension.index(), axis=axis)
    before = max(-extension.first, 0)
    length = slab.shape[axis]
    shape = list(slab.shape)
    shape[axis] = extension.last - extension.first
    result = _leased(slab, tuple(shape))
    inside, *outside = ([slice(None)] * slab.ndim for _ in range(3))
    inside[axis] = slice(before, before + length)
    outside[0][axis], outside[1][axis] = slice(before), slice(before + length, None)
    if length:
        result[tuple(inside)] = slab
    for part in outside:
        result[tuple(part)] = fill
    return result
