"""direct: cut one convolution into runs of taps, spans of columns and blocks of rows.

This module decides once per problem, in plain Python. direct.pyx copies the result into the structs
of src/direct/interface.h, and src/direct/rows.h says how kernels read them.
"""

from math import gcd

import numpy as np

from .axes import merged

#: Fewest vectors in a span for which it pays to read it apart from its borders.
_DIRECT_VECTORS = 24
#: The same for single rows, which cannot share the cost of finding their input.
_LINE_VECTORS = 256
#: Output rows per block if rows are read from the image: few pointers, and work for all threads.
DIRECT_ROWS = 32
#: Bytes of rows copied at a time if a block of few output rows needs more than L1 holds.
MOST_BYTES = 192 * 1024
#: Fewest columns that are worth a task of their own.
_CHUNK = 4096
#: Largest number of tasks that columns are cut into.
_CHUNKS = 16


def three(axes):
    """Merge axes where possible, and add axes of size 1 in front up to three.

    Parameters
    ----------
    axes : sequence of 1 to 3 tuples (image, feature, taps, stride, dilation, before, at)
        `at` maps positions to the image, as `geometry.Axis.at` does.

    Returns
    -------
    axes : list of 3 tuples
        Axes of the same form.
    """
    axes = [(*a[:4], 1 if a[2] == 1 else a[4], *a[5:]) for a in axes]
    axes = merged(axes, lambda size: _itself)
    return [(1, 1, 1, 1, 1, 0, _itself)] * (3 - len(axes)) + axes


def _itself(index):
    return index


def line(axis):
    """Return the image index at every padded coordinate of an axis, -1 for the fill value.

    Parameters
    ----------
    axis : tuple (image, feature, taps, stride, dilation, before, at)
        Axis of the problem; `at` maps positions to the image.
    """
    _, feature, taps, stride, dilation, before, at = axis
    extent = (feature - 1) * stride + (taps - 1) * dilation + 1
    return at(np.arange(extent, dtype=np.int64) - before)


class Rows:
    """Classes of output rows and residues of the stride; see src/direct/rows.h.

    Parameters
    ----------
    axis : tuple (image, feature, taps, stride, dilation, before, at)
        Axis of the rows.

    Attributes
    ----------
    classes : int
        Number of classes.
    runs : list of (first tap, tap rows) per residue
        Rows of taps that read the same entries.
    step : int
        Distance in tap rows between neighbours in a run.
    shared : bool
        Whether output rows of a class share input rows.
    """

    def __init__(self, axis):
        _, self.feature, self.taps, self.stride, self.dilation, *_ = axis
        common = gcd(self.stride, self.dilation)
        self.classes = self.dilation // common
        self.step = self.stride // common
        residues = range(min(self.step, self.taps))
        self.runs = [(r, -(-(self.taps - r) // self.step)) for r in residues]
        self.shared = max(taps for _, taps in self.runs) > 1

    def block(self, rows):
        """Return the rows per class of a block, and the number of entries that a class reads."""
        per_class = -(-rows // self.classes)
        return per_class, sum(per_class + taps - 1 for _, taps in self.runs)

    def heights(self, rows):
        """Return the padded row of every entry, relative to the first of its class."""
        per_class, _ = self.block(rows)
        return [
            self.dilation * (r + self.step * m)
            for r, taps in self.runs
            for m in range(per_class + taps - 1)
        ]


def sum_runs(rows, block_rows, channels, depth, columns, longest):
    """Return runs of taps, grouped into blocks of at most `longest` terms.

    Parameters
    ----------
    rows : Rows
        Classes and residues of the rows.
    block_rows : int
        Output rows of a block.
    channels : int
        Input channels of a group.
    depth : int
        Taps in depth.
    columns : int
        Taps per row.
    longest : int
        Largest number of terms in a block.

    Returns
    -------
    runs : list of [taps, columns, first, weight, step, offset, ends]
        The fields of struct fc_run; `ends` is 1 in the last run of a block.
    """
    per_class, entries = rows.block(block_rows)
    runs, terms = [], 0
    for plane in range(channels * depth):
        first = plane * entries
        for residue, taps in rows.runs:
            for t0, t1 in _even(taps, max(1, longest // columns)):
                for s0, s1 in _even(columns, longest):
                    size = (t1 - t0) * (s1 - s0)
                    if runs and terms + size > longest:
                        runs[-1][-1] = 1
                        terms = 0
                    terms += size
                    tap = plane * rows.taps + residue + t0 * rows.step
                    runs.append([t1 - t0, s1 - s0, first + t0, tap * columns + s0,
                                 rows.step * columns, s0, 0])  # fmt: skip
            first += per_class + taps - 1
    runs[-1][-1] = 1
    return runs


def _even(total, most):
    """Return bounds that cut `total` things into the fewest even shares of at most `most`."""
    shares = -(-total // most)
    bounds = [i * total // shares for i in range(shares + 1)]
    return list(zip(bounds, bounds[1:], strict=False))


class Span:
    """Columns start..stop of the output, and where they find their input.

    Parameters
    ----------
    axis : tuple (image, feature, taps, stride, dilation, before, at)
        Axis of the columns.
    start, stop : int
        First output column, and one past the last.
    copied : bool
        Whether rows are copied to the patch instead of read from the image.
    item : int
        Bytes per element.

    Attributes
    ----------
    pitch : int
        Elements of a row of the patch; 0 if rows are read from the image.
    lines : list of (start, position, low, high, count)
        Parts of a row to copy; see struct fc_line.
    offsets : list of int
        Offset in a row for each tap column.
    length : int
        Elements that one row of the span reads.
    """

    def __init__(self, axis, start, stop, copied, item):
        image, _, taps, stride, dilation, before, _ = axis
        columns = stop - start
        self.start, self.stop = start, stop
        self.lines, self.pitch = [], 0
        if not copied:
            self.offsets = [t * dilation for t in range(taps)]
            self.length = columns + self.offsets[-1]
            return
        common = gcd(stride, dilation) if taps > 1 else stride
        shared = columns + (taps - 1) * dilation // stride
        if stride // common * shared <= columns * taps:
            length, apart = shared, [i * common for i in range(stride // common)]
            self.offsets = [
                t * dilation % stride // common * length + t * dilation // stride
                for t in range(taps)
            ]
        else:  # one line per tap if the stride leaves gaps
            length, apart = columns, [t * dilation for t in range(taps)]
            self.offsets = [t * length for t in range(taps)]
        extent = (axis[1] - 1) * stride + (taps - 1) * dilation + 1

        def steps(distance):
            return max(0, -(-distance // stride))

        for i, far in enumerate(apart):
            first = start * stride + far
            count = min(steps(extent - first), length)
            high = min(steps(before + image - first), count)
            self.lines.append((first, i * length, min(steps(before - first), high), high, count))
        line = 64 // item
        self.pitch = (-(-length * len(apart) // line) | 1) * line
        self.length = self.pitch


def cut_columns(axis, lanes, item, rows, most_bytes, chunked):
    """Cut columns into groups of spans; each group, a list, is the columns of one task.

    Parameters
    ----------
    axis : tuple (image, feature, taps, stride, dilation, before, at)
        Axis of the columns.
    lanes : int
        Elements per vector.
    item : int
        Bytes per element.
    rows : int
        Input rows that a block of the fewest output rows reads.
    most_bytes : int
        Bytes that these rows may take in the patch.
    chunked : bool
        Whether to cut long rows because there are too few rows for all threads.
    """
    image, feature, taps, stride, dilation, before, _ = axis
    low, high = max(0, before), min(feature, image + before - (taps - 1) * dilation)
    low = -(-low // lanes) * lanes
    high = feature - -(-(feature - high) // lanes) * lanes
    least = _LINE_VECTORS if rows == 1 else _DIRECT_VECTORS
    if stride == 1 and high - low >= least * lanes:
        chunks = max(1, min(_CHUNKS, (high - low) // _CHUNK)) if chunked else 1
        cuts = [low + i * (high - low) // chunks // lanes * lanes for i in range(chunks)] + [high]
        spans = [Span(axis, a, b, False, item) for a, b in zip(cuts, cuts[1:], strict=False)]
        groups = [[span] for span in spans]
        if low > 0:
            groups[0].insert(0, Span(axis, 0, low, True, item))
        if high < feature:
            groups[-1].append(Span(axis, high, feature, True, item))
        return groups
    whole = Span(axis, 0, feature, True, item)
    shares = 1
    while shares * 4 * lanes < feature and whole.pitch * item * rows > most_bytes * shares:
        shares += 1
    cuts = [i * feature // shares // lanes * lanes for i in range(shares)] + [feature]
    return [[Span(axis, a, b, True, item)] for a, b in zip(cuts, cuts[1:], strict=False)]
