"""Intervals of one axis: what a block of a result needs of an array, and how blocks are assigned.

Positions count from the first element of an axis. Before it they are negative, and past the last
one they go on, so an interval may reach beyond an axis on both sides. Chunks are tuples of lengths,
as in Dask. All functions here are arithmetic on integers.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from ..problem.geometry import continued


@dataclass(frozen=True)
class Extension:
    """How the part of an axis that a block needs goes on past the edges of the array.

    Parameters
    ----------
    first, last : int
        The interval of positions that the block needs, of which `last` is not part.
    size : int
        Length of the axis.
    boundary : str
        One of `geometry.BOUNDARIES`.
    start : int
        Position of the first element of the part that is read from the array.
    """

    first: int
    last: int
    size: int
    boundary: str
    start: int

    def index(self):
        """Return where in that part each position of the interval is read, -1 for the fill."""
        at = continued(np.arange(self.first, self.last), self.size, self.boundary)
        return np.where(at < 0, -1, at - self.start)


@dataclass(frozen=True)
class Take:
    """What a block needs of one axis of an array.

    Parameters
    ----------
    pieces : tuple of (int, int, int)
        Number of a chunk, and start and stop inside of it, in the order in which they are joined.
    start : int
        Position of the first element.
    extension : Extension or None
    """

    pieces: tuple[tuple[int, int, int], ...]
    start: int = 0
    extension: Extension | None = None

    @property
    def length(self) -> int:
        """Number of elements that are read from the array."""
        return sum(stop - start for _, start, stop in self.pieces)


@dataclass(frozen=True)
class Reach:
    """How far the windows of a filter reach along an axis.

    Parameters
    ----------
    before, after : int
        Elements before and after a position on which its result depends, over all passes.
    wraps : bool
        Whether the axis is a circle.
    edge : int
        Number of elements at an edge on which results that meet the edge depend, at least.
    whole : bool
        Whether every result needs the whole axis.
    """

    before: int
    after: int
    wraps: bool = False
    edge: int = 0
    whole: bool = False


def bounds(chunks):
    """Return the interval of each chunk as a list of (start, stop)."""
    stops = list(accumulate(chunks))
    return list(zip([0, *stops[:-1]], stops, strict=True))


def pieces(chunks, start, stop):
    """Return the parts of chunks that make up an interval inside of the axis."""
    stops = list(accumulate(chunks))
    found = []
    block = bisect_right(stops, start)
    while start < stop:
        end = min(stop, stops[block])
        first = stops[block] - chunks[block]
        if end > start:
            found.append((block, start - first, end - first))
        start, block = end, block + 1
    return tuple(found) or ((0, 0, 0),)


def around(chunks, start, stop):
    """Return the parts of chunks that make up an interval of an axis that is a circle."""
    size = sum(chunks)
    found = ()
    while start < stop:
        at = start % size
        end = min(stop, start + size - at)
        found += pieces(chunks, at, at + end - start)
        start = end
    return found


def everything(chunks):
    """Return the `Take` of a whole axis."""
    return Take(pieces(chunks, 0, sum(chunks)))


def same(chunks, own=None):
    """Return the `Take` of each block that needs the same interval of the array.

    Parameters
    ----------
    chunks : tuple of int
        Of the array.
    own : tuple of int, optional
        Of the result, by default those of the array.
    """
    return [Take(pieces(chunks, a, b), a) for a, b in bounds(own or chunks)]


def reaching(chunks, reach):
    """Return the `Take` of each block, with as much around it as the filter reaches.

    Past the interval of a `Take`, the filter sees values that it makes up, unless the interval ends
    at an edge of the array. They do not get as far as the block, which is cut out of the result.
    """
    size = sum(chunks)
    return [interval(chunks, (a - reach.before, b + reach.after), reach, size)
            for a, b in bounds(chunks)]  # fmt: skip


def interval(chunks, needed, reach, size):
    """Return the `Take` of an interval for a filter that continues the array by itself.

    Where the interval meets an edge, it holds all elements on which values past the edge depend.

    Parameters
    ----------
    chunks : tuple of int
    needed : (int, int)
    reach : Reach
    size : int
        Length of the axis.
    """
    start, stop = needed
    if reach.whole or stop - start >= size:
        return everything(chunks)
    if reach.wraps and (start < 0 or stop > size):
        return Take(around(chunks, start, stop), start)
    # values past the edge mirror those inside, as many as the passes reach; these depend on more
    depth = max(reach.before, reach.after) + 1
    depth = max(reach.edge, depth + max(reach.before, reach.after))
    for _ in range(2):
        if start <= 0:
            stop = max(stop, depth)
        if stop >= size:
            start = min(start, size - depth)
    start, stop = max(start, 0), min(stop, size)
    return Take(pieces(chunks, start, stop), start)


def extended(chunks, first, last, boundary):
    """Return the `Take` of an interval that may reach past the edges, where it is written out."""
    size = sum(chunks)
    if first >= 0 and last <= size:
        return Take(pieces(chunks, first, last), first)
    if boundary == "circular" and last - first < size:
        return Take(around(chunks, first, last), first)
    at = continued(np.arange(first, last), size, boundary)
    inside = at[at >= 0]
    start, stop = (int(inside.min()), int(inside.max()) + 1) if inside.size else (0, 0)
    return Take(pieces(chunks, start, stop), first, Extension(first, last, size, boundary, start))


def assigned(chunks, count, scale=(1, 1), offset=0):
    """Return the chunks of a result: each output belongs to the chunk in which it lies.

    Output `i` lies at the position ``(i * scale[0] + offset) / scale[1]`` of the array. Outputs
    before or past the array belong to its first or last chunk. Chunks without outputs are left out.

    Parameters
    ----------
    chunks : tuple of int
        Of the array.
    count : int
        Number of outputs.
    scale : (int, int)
    offset : int
    """
    up, down = scale
    ends = [-((offset - stop * down) // up) for stop in accumulate(chunks)][:-1]
    ends = [min(max(end, 0), count) for end in ends] + [count]
    lengths = [b - a for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    return tuple(n for n in lengths if n) or (count,)
