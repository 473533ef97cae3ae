"""Build the graph of a result: a task per block, and one that cuts strips of it for neighbours.

A block has to wait for the strips of blocks that are read much later, those of the next plane of a
volume. If each block is one task that reads it, such as a chunk of a zarr array, and a plane is
much larger than all strips, the strips are cut from copies that are read for this alone, and blocks
are read when their turn comes. So the strips stay in memory, and not the blocks of a whole plane.
"""

from dataclasses import dataclass
from itertools import product
from math import prod

import dask.array as da
import numpy as np
from dask._task_spec import GraphNode, Task, TaskRef
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from .axes import everything
from .slabs import Cut, Joint

#: strips of blocks of so many bytes are cut for the neighbours, so that nobody keeps whole blocks
CUT_BYTES = 1 << 22
#: blocks are read twice only if more bytes than this would be kept of those that are read once
KEPT_BYTES = 1 << 28
#: how many times a plane of blocks Dask keeps, as counted for volumes of 4 and 8 blocks per axis
_KEPT = 1.7


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
    # Dask takes long to make names from thousands of small objects, and not from one text
    where = repr([(s.array.name, s.axes, s.fill, s.dtype) for s in sources])
    token = tokenize(call, where, repr((chunks, crops, at, dtype)))
    name = f"{call.label}-{token}"
    shared = f"call-{name}"
    tasks = {shared: Task(shared, _given, call)}
    planned = [_Planned(source, f"strips{i}-{name}") for i, source in enumerate(sources)]
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


def _strips(block, strips):
    """Return copies of some parts of a block, which do not keep the block in memory."""
    return {side: block[strip].copy() for side, strip in strips.items()}


class _Planned:
    """Finds the blocks of an array, or strips of them, that each block of a result needs.

    A strip lies along one side of a block. All neighbours that need some of this side use the same
    strip, so a block has at most two per axis, which one task cuts.
    """

    def __init__(self, source, name):
        self.source, self.name = source, name
        self.array = source.array
        large = self.array.dtype.itemsize * prod(max(c) for c in self.array.chunks) >= CUT_BYTES
        self.widths = [
            self._widths(self.array.chunks[axis], takes) if large else {}
            for axis, (_, takes) in enumerate(source.axes)
        ]
        #: slices of the strips of a block, by its numbers, and by axis and side
        self.strips = {}
        self.readers = self._readers() if any(self.widths) else {}

    def _readers(self):
        """Return the tasks that read the blocks, by key, if it pays to read them twice; or none.

        Read once, the blocks of a plane wait for the next one: `_KEPT` times a plane across the
        longest axis is kept. Read twice, all strips are, because Dask cuts them first.
        """
        array = self.array
        kept = array.nbytes * _KEPT / max(array.numblocks)
        rows = zip(self.widths, array.shape, strict=True)
        strips = array.nbytes * sum(sum(widths.values()) / n for widths, n in rows)
        if kept < KEPT_BYTES or 2 * strips > kept:
            return {}
        tasks = dict(array.__dask_graph__())
        one_each = len(tasks) <= array.npartitions + 1  # and one that opens the file
        return tasks if one_each else {}

    @staticmethod
    def _side(piece, length):
        """Return 0 or 1 if a piece is a strip at this end of a chunk, otherwise None."""
        _, start, stop = piece
        if 2 * (stop - start) > length or stop == start:
            return None
        return 0 if start == 0 else 1 if stop == length else None

    def _widths(self, chunks, takes):
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
        """Return the `Joint` of a block of the result, and the keys of what it needs."""
        takes = [
            takes[0 if axis is None else index[axis]] for axis, takes in self.source.axes
        ]  # fmt: skip
        cells = product(*(take.pieces for take in takes))
        keys, cuts = zip(*(self._block(cell) for cell in cells), strict=True)
        lengths = tuple(tuple(b - a for _, a, b in take.pieces) for take in takes)
        extensions = tuple(
            (axis, take.extension) for axis, take in enumerate(takes) if take.extension is not None
        )  # fmt: skip
        fill, dtype = self.source.fill, self.source.dtype
        return Joint(cuts, lengths, extensions, fill, dtype), keys

    def _block(self, cell):
        """Return the key of the task that has some cell, and where the cell is in its result."""
        numbers = tuple(number for number, _, _ in cell)
        best, least = None, 1.0
        for axis, piece in enumerate(cell):
            length = self.array.chunks[axis][piece[0]]
            side = self._side(piece, length) if self.widths[axis] else None
            if side is not None and (width := self.widths[axis][piece[0], side]) / length < least:
                best, least = (axis, side, width, length), width / length
        inner = [slice(a, b) for _, a, b in cell]
        if best is None:
            return (self.array.name, *numbers), Cut(tuple(inner))
        axis, side, width, length = best
        start = 0 if side == 0 else length - width
        whole_block = [slice(None)] * len(cell)
        whole_block[axis] = slice(start, start + width)
        self.strips.setdefault(numbers, {})[axis, side] = tuple(whole_block)
        inner[axis] = slice(inner[axis].start - start, inner[axis].stop - start)
        return (self.name, *numbers), Cut(tuple(inner), (axis, side))

    def cuts(self):
        """Return the tasks that cut strips."""
        tasks = {}
        for numbers, strips in self.strips.items():
            block, key = (self.array.name, *numbers), (self.name, *numbers)
            reader = self.readers.get(block)
            if isinstance(reader, GraphNode):
                block = (f"again-{self.name}", *numbers)
                tasks[block] = reader.substitute({}, key=block)
            tasks[key] = Task(key, _strips, TaskRef(block), strips)
        return tasks


def whole(array):
    """Return the `Source` of an array that every block needs as a whole."""
    return Source(array, [(None, [everything(c)]) for c in array.chunks])
