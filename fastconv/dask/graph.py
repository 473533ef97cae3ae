"""Build the graph of a result: a task per block, and cuts of large blocks for their neighbours."""

from dataclasses import dataclass
from itertools import product
from math import prod

import dask.array as da
import numpy as np
from dask._task_spec import Task, TaskRef
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from .axes import everything
from .slabs import Joint

#: a neighbour of so many bytes is cut by a task of its own, so that it need not be kept as a whole
CUT_BYTES = 1 << 22


@dataclass
class Source:
    """An array, and what the blocks of a result need of it.

    Parameters
    ----------
    array : dask.array.Array
    axes : list of (int or None, list of Take)
        For each axis of the array, the axis of the result on which it depends, and what each block
        along that needs. The axis is None if all blocks need the same.
    fill : scalar
        The value past the edges.
    dtype : dtype or None
        As in `Joint`.
    """

    array: da.Array
    axes: list
    fill: object = 0
    dtype: object = None


@dataclass(frozen=True)
class Place:
    """Where a block lies: what the call of a function is told of it.

    Parameters
    ----------
    joints : tuple of (Joint, int)
        How the slab of each array is joined, and from how many blocks.
    crop : tuple of slice or None
        The part of the function's result that is the block. None if it is all of it.
    at : tuple
        For each axis of the result, what the function is told about the block.
    """

    joints: tuple
    crop: tuple | None
    at: tuple


def build(call, sources, chunks, dtype, crops=None, at=None, meta=None):
    """Return the array of a result.

    Parameters
    ----------
    call : Call
        ``call(place, slabs)`` computes a block. Every worker gets it once.
    sources : list of Source
    chunks : tuple of tuple of int
        Of the result.
    dtype : dtype
        Of the result.
    crops : list, optional
        For each axis of the result a list of one (start, stop) for each block, or None.
    at : list, optional
        For each axis of the result a list of what blocks are told, or None.
    meta : array, optional
        An empty array of the kind of the result. The default is that of the first source.
    """
    ndim = len(chunks)
    crops, at = crops or [None] * ndim, at or [None] * ndim
    token = tokenize(
        call, [(s.array.name, s.axes, s.fill, s.dtype) for s in sources], chunks, crops, at, dtype
    )  # fmt: skip
    name = f"{call.label}-{token}"
    shared = f"call-{name}"
    tasks = {shared: Task(shared, _given, call)}
    planned = [_Planned(source, chunks, f"{name}-cut{i}") for i, source in enumerate(sources)]
    for index in product(*(range(len(c)) for c in chunks)):
        joints, references = [], []
        for plan in planned:
            joint, keys = plan.joint(index)
            joints.append((joint, len(keys)))
            references += keys
        crop = None
        if any(c is not None for c in crops):
            columns = zip(crops, index, strict=True)
            crop = tuple(slice(None) if c is None else slice(*c[i]) for c, i in columns)
        told = tuple(None if a is None else a[i] for a, i in zip(at, index, strict=True))
        place = Place(tuple(joints), crop, told)
        key = (name, *index)
        tasks[key] = Task(key, _run, TaskRef(shared), place, *map(TaskRef, references))
    for plan in planned:
        tasks.update(plan.cuts())
    if meta is None:
        meta = sources[0].array._meta
    meta = np.empty_like(meta, shape=(0,) * ndim, dtype=dtype)
    graph = HighLevelGraph.from_collections(name, tasks, dependencies=[s.array for s in sources])
    return da.Array(graph, name, chunks, meta=meta)


def parts(array, count):
    """Return the arrays of a result whose blocks are tuples of `count` arrays of one shape.

    Parameters
    ----------
    array : dask.array.Array
    count : list of (dtype, tuple of tuple of int)
        dtype and chunks of each part.
    """
    made = []
    for number, (dtype, chunks) in enumerate(count):
        name = f"part{number}-{array.name}"
        tasks = {}
        for index in product(*(range(len(c)) for c in chunks)):
            key = (name, *index)
            tasks[key] = Task(key, _part, TaskRef((array.name, *index)), number)
        graph = HighLevelGraph.from_collections(name, tasks, dependencies=[array])
        meta = np.empty_like(array._meta, shape=(0,) * len(chunks), dtype=dtype)
        made.append(da.Array(graph, name, chunks, meta=meta))
    return tuple(made)


def _given(call):
    """Return a call, as the task does that all blocks depend on."""
    return call


def _part(block, number):
    return block[number]


def _run(call, place, *blocks):
    """Compute a block."""
    slabs, first = [], 0
    for joint, count in place.joints:
        slabs.append(joint(blocks[first : first + count]))
        first += count
    return call(place, slabs)


def _cut(block, cut):
    """Return a copy of a part of a block, which does not keep the block in memory."""
    return block[cut].copy()


class _Planned:
    """Finds the blocks of an array, or cuts of them, that each block of a result needs.

    A cut takes a strip along one side of a block. All neighbours that need some of this side use
    the same cut, so there are at most two cuts per axis.
    """

    def __init__(self, source, chunks, name):
        self.source, self.name = source, name
        self.array = source.array
        large = self.array.dtype.itemsize * prod(max(c) for c in self.array.chunks) >= CUT_BYTES
        self.strips = [
            self._strips(self.array.chunks[axis], takes) if large else {}
            for axis, (_, takes) in enumerate(source.axes)
        ]
        self.used = {}

    @staticmethod
    def _side(piece, length):
        """Return 0 or 1 if a piece is a strip at this end of a chunk, otherwise None."""
        _, start, stop = piece
        if 2 * (stop - start) > length or stop == start:
            return None
        return 0 if start == 0 else 1 if stop == length else None

    def _strips(self, chunks, takes):
        """Return the widest strip that is needed of each side of a chunk, along one axis."""
        widest = {}
        for take in takes:
            for piece in take.pieces:
                side = self._side(piece, chunks[piece[0]])
                if side is not None:
                    key = piece[0], side
                    widest[key] = max(widest.get(key, 0), piece[2] - piece[1])
        return widest

    def joint(self, index):
        """Return the `Joint` of a block of the result, and the keys of the blocks it needs."""
        takes = [
            takes[0 if axis is None else index[axis]] for axis, takes in self.source.axes
        ]  # fmt: skip
        slices, keys = [], []
        for cell in product(*(take.pieces for take in takes)):
            key, cut = self._block(cell)
            keys.append(key)
            slices.append(cut)
        lengths = tuple(tuple(b - a for _, a, b in take.pieces) for take in takes)
        extensions = tuple(
            (axis, take.extension) for axis, take in enumerate(takes) if take.extension is not None
        )  # fmt: skip
        fill, dtype = self.source.fill, self.source.dtype
        return Joint(tuple(slices), lengths, extensions, fill, dtype), keys

    def _block(self, cell):
        """Return the key of the block, or of the cut, that has some cell, and where it is there."""
        numbers = tuple(number for number, _, _ in cell)
        best, least = None, 1.0
        for axis, piece in enumerate(cell):
            if not self.strips[axis]:
                continue
            length = self.array.chunks[axis][piece[0]]
            side = self._side(piece, length)
            if side is not None and (width := self.strips[axis][piece[0], side]) / length < least:
                best, least = (axis, side, width, length), width / length
        parts_ = [slice(a, b) for _, a, b in cell]
        if best is None:
            return (self.array.name, *numbers), tuple(parts_)
        axis, side, width, length = best
        start = 0 if side == 0 else length - width
        key = (self.name, *numbers, axis, side)
        whole = [slice(None)] * len(cell)
        whole[axis] = slice(start, start + width)
        self.used[key] = (self.array.name, *numbers), tuple(whole)
        inner = parts_[axis]
        parts_[axis] = slice(inner.start - start, inner.stop - start)
        return key, tuple(parts_)

    def cuts(self):
        """Return the tasks that cut blocks."""
        return {
            key: Task(key, _cut, TaskRef(block), cut) for key, (block, cut) in self.used.items()
        }  # fmt: skip


def whole(array):
    """Return the `Source` of an array that every block needs as a whole."""
    return Source(array, [(None, [everything(c)]) for c in array.chunks])
