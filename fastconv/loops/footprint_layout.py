"""Cut a filter with a footprint into rows: which values an output joins, and tasks.

The last filtered axis, with the axes after it that are not filtered, is the row of the loop. If
windows would reach too far along such a row, the axes after it are the row, and the filtered axis
is the one from row to row.

Offsets that follow one another along the last filtered axis are a run. A maximum over a run of n
elements is the larger of two running maxima of 2**l elements, of which the first begins where the
run begins, and the second ends where it ends. Running maxima of level l join two of level l - 1.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from ..caches import TableCache
from ..problem.footprint import marked_offsets
from ..problem.geometry import continued
from ..problem.records import lazily

#: bytes of the rows that a task keeps, so that they stay in L2
KEPT_BYTES = 512 << 10
#: bytes that windows may reach along a row whose elements are those of several axes
_LONG = 4096
#: bytes of a row's strip at least, and at most
_STRIP, _WIDEST = 512, 16384
#: bytes of outputs of a task at most, and number of tasks that there should be
_TASK, _TASKS = 1 << 20, 16
#: bytes between rows are a multiple of this
_LINE = 64
#: bytes of the histograms of a column, and of all columns of a task, so that they stay in L2
_COUNTS, _HISTOGRAMS = 17 * 32, 512 << 10
#: rows of a task at least, for each row that windows reach: as many are read before the first one
_TALL = 4

#: the runs of footprints that were met before
_known = TableCache(1 << 22)


@dataclass
class Border:
    """How an axis continues past its ends.

    Parameters
    ----------
    length : int
        Number of elements of the axis.
    unit : int
        Values of an element.
    low, high : int
        First and last element that windows read, relative to their position, at most and at least
        0.
    boundary : str
        One of `geometry.BOUNDARIES`.
    """

    length: int
    unit: int = 1
    low: int = 0
    high: int = 0
    boundary: str = "zeros"

    @property
    def size(self):
        """Number of values of the axis."""
        return self.length * self.unit

    @property
    def before(self):
        """Values that windows reach before the first one."""
        return -self.low * self.unit

    @property
    def after(self):
        """Values that windows reach after the last one."""
        return self.high * self.unit

    def sides(self):
        """Return the values from which those before and after the axis are copied, -1 for none."""
        sides = []
        for index in (np.arange(self.low, 0), np.arange(self.length, self.length + self.high)):
            at = continued(index, self.length, self.boundary)
            values = np.where(at[:, None] < 0, -1, at[:, None] * self.unit + np.arange(self.unit))
            sides.append(values.ravel())
        return sides


@dataclass
class Runs:
    """What an output joins.

    Parameters
    ----------
    far : ndarray of intp, shape (groups, axes)
        The different offsets of the footprint along the axes before that from row to row.
    spans : ndarray of intp, shape (groups, 3)
        For each group, the first and the last row that outputs read, relative to their own, and the
        highest level of running maxima.
    taps : ndarray of intp, shape (values, 4)
        The group, the row and the element within the row, both relative to the output's own, and
        the level of what an output joins.
    """

    far: np.ndarray
    spans: np.ndarray
    taps: np.ndarray

    def __post_init__(self):
        first, last, level = self.spans.T
        self.nbytes = self.far.nbytes + self.spans.nbytes + 2 * self.taps.nbytes  # with `updates`
        self.groups, self.joined = len(self.far), len(self.taps)
        self.levels = int(level.max()) + 1
        # rows that are joined to others: so many for each row of outputs, and so many besides
        self.climbs = int(level.sum()), int(((last - first) * level).sum())

    @lazily
    def updates(self):
        """The numbers of the taps that enter and leave from one output to the next.

        For outputs along a row, and for those of a column.
        """
        group, row, element, _ = self.taps.T
        width, height = np.ptp(element) + 2, np.ptp(row) + 2
        place = (group * height + row - row.min()) * width + element - element.min()
        return [
            tuple(np.flatnonzero(~np.isin(place + way, place)) for way in (step, -step))
            for step in (1, width)
        ]


@dataclass
class Layout:
    """What `fastconv.loops.footprint` needs to know of a problem.

    Parameters
    ----------
    row, down : Border
        The values of a row, and the axis from row to row.
    outer : list of Border
        All axes before them.
    runs : Runs
    step : int
        Values between the two parts of a running maximum of level 1, if they lie along the row; 0
        if they lie from row to row.
    item : int
        Bytes of a value.
    strip, rows, pitch : int
        Values of a row and rows that a task computes, and values between kept rows.
    """

    row: Border
    down: Border
    outer: list
    runs: Runs
    step: int
    item: int
    strip: int = 0
    rows: int = 0
    pitch: int = 0

    @property
    def read(self):
        """Number of rows of the image that a task reads for each group of offsets."""
        return self.rows + self.down.before + self.down.after

    @property
    def kept(self):
        """Number of rows that a task keeps."""
        return self.runs.groups * self.runs.levels * self.read

    @property
    def climbed(self):
        """Number of rows that a task joins to others, before those of outputs."""
        each, besides = self.runs.climbs
        return self.rows * each + besides

    @property
    def blocks(self):
        """Number of tasks along the axis from row to row."""
        return -(-self.down.size // self.rows)

    @property
    def strips(self):
        """Number of tasks along a row."""
        return -(-self.row.size // self.strip)

    @property
    def tasks(self):
        """Number of tasks."""
        return prod(a.size for a in self.outer) * self.blocks * self.strips

    @property
    def thread_bytes(self):
        """Bytes of scratch memory of a thread: rows, a vector that is read past them, pointers."""
        rows = (1 + self.kept) * self.pitch * self.item + _LINE
        return (rows + 8 * max(self.runs.joined, 2) + 191) // 128 * 128


def laid_out(problem, ladder, item, cut=None):
    """Return the `Layout` of a problem.

    Parameters
    ----------
    problem : FootprintProblem
    ladder : bool
        Whether runs are joined from running maxima; otherwise every element is a tap of its own.
    item : int
        Bytes of a value.
    cut : callable, optional
        Chooses the values and rows of a task of the layout that it is called with.
    """
    shape, axes = problem.shape, problem.axes
    ndim = len(shape)
    reach = dict(zip(axes, problem.reach, strict=True))
    last = max((a for a, pair in reach.items() if any(pair)), default=ndim - 1)
    unit = prod(shape[last + 1 :])
    along = unit == 1 or sum(reach.get(last, (0, 0))) * unit * item <= _LONG
    boundary = dict(zip(axes, problem.boundary, strict=True))
    borders = []
    for axis in range(last + 1):
        before, after = reach.get(axis, (0, 0))
        wide = unit if along and axis == last else 1
        borders.append(Border(shape[axis], wide, -before, after, boundary.get(axis, "zeros")))
    if not along:
        borders.append(Border(unit))
    *outer, down, row = (Border(1), *borders) if len(borders) == 1 else borders
    key = (problem.size, problem.marks, problem.origin, axes, last, along, ladder)
    runs = _known.entries.get(key)
    if runs is None:
        runs = _runs(*key)
        _known.insert(key, runs)
    layout = Layout(row, down, outer, runs, unit if along else 0, item)
    (cut or _cut)(layout)
    return layout


def _runs(size, marks, origin, axes, last, along, ladder):
    """Return the `Runs` of a footprint.

    Parameters
    ----------
    size, marks, origin, axes
        As in `FootprintProblem`.
    last : int
        The last filtered axis.
    along : bool
        Whether it is part of the row.
    ladder : bool
    """
    marked = marked_offsets(size, marks, origin)
    offsets = np.zeros((len(marked), last + 1), np.intp)
    for column, axis in enumerate(axes):
        if axis <= last:
            offsets[:, axis] = marked[:, column]
    # the axes of groups, rows and runs
    down = max(last - along, 0)
    far, group = np.unique(offsets[:, :down], axis=0, return_inverse=True)
    row = offsets[:, down] if along and last else np.zeros_like(group)
    taps = _taps(group.ravel(), row.ravel(), offsets[:, last], ladder)
    if not along:  # rows and elements have changed their places: runs lie from row to row
        taps[:, [1, 2]] = taps[:, [2, 1]]
    spans = []
    for number in range(len(far)):
        _, rows, _, level = taps[taps[:, 0] == number].T
        ends = rows if along else rows + (1 << level) - 1
        spans.append((rows.min(), ends.max(), level.max()))
    return Runs(far.astype(np.intp), np.array(spans, np.intp), taps)


def _taps(group, row, element, ladder):
    """Return the group, row, element and level of everything that an output joins.

    Parameters
    ----------
    group, row, element : ndarray of intp
        Position of every marked element of the footprint.
    ladder : bool
    """
    order = np.lexsort((element, row, group))
    taps = np.stack([group, row, element, np.zeros_like(group)], axis=1)[order]
    if not ladder:
        return taps
    follows = (taps[1:] == taps[:-1] + (0, 0, 1, 0)).all(axis=1)
    start = np.flatnonzero(np.append(True, ~follows))
    length = np.diff(np.append(start, len(taps)))
    taps = taps[start]
    taps[:, 3] = np.frexp(length)[1] - 1
    rest = length - (1 << taps[:, 3])
    ending = taps[rest > 0]  # the parts that end where runs end
    ending[:, 2] += rest[rest > 0]
    taps = np.concatenate([taps, ending])
    return taps[np.lexsort((taps[:, 2], taps[:, 1], taps[:, 0]))]


def _cut(layout):
    """Choose how many values and rows a task computes."""
    row, down, item = layout.row, layout.down, layout.item
    halo, reach = down.before + down.after, row.before + row.after
    each = layout.runs.groups * layout.runs.levels * item  # bytes of one value of all kept rows
    fewest = min(down.size, max(8, halo))
    strip = min(KEPT_BYTES // (each * (fewest + halo)) - reach, _WIDEST // item)
    strip = max(strip, reach, _STRIP // item)
    layout.strip = -(-row.size // -(-row.size // strip))
    layout.pitch = pitch_of(layout)
    rows = max(fewest, KEPT_BYTES // (each * layout.pitch) - halo)
    rows = min(rows, max(fewest, _TASK // (layout.strip * item)))
    wanted = -(-_TASKS // (layout.strips * prod(a.size for a in layout.outer)))
    rows = min(rows, max(fewest, -(-down.size // wanted)), down.size)
    layout.rows = -(-down.size // -(-down.size // rows))


def cut_into_strips(layout):
    """Choose how many values and rows a task computes whose columns have histograms each."""
    _cut(layout)
    row, down = layout.row, layout.down
    reach, halo = row.before + row.after, down.before + down.after
    strip = min(layout.strip, max(_HISTOGRAMS // _COUNTS - reach, 2 * reach, 64))
    layout.strip = -(-row.size // -(-row.size // strip))
    rows = min(max(layout.rows, _TALL * halo), down.size)
    layout.rows = -(-down.size // -(-down.size // rows))
    layout.pitch = pitch_of(layout)


def column_bytes(layout):
    """Return the bytes of the histograms of all columns of a strip."""
    return _COUNTS * (layout.strip + layout.row.before + layout.row.after) // 128 * 128 + 128


def pitch_of(layout):
    """Return the number of values between kept rows, for strips of some width.

    Vectors at the end of a row are read as a whole; with an odd number of lines between them, rows
    lie in different sets of L1.
    """
    line = _LINE // layout.item
    width = layout.strip + layout.row.before + layout.row.after + line
    return (-(-width // line) | 1) * line
