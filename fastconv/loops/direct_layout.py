"""direct: how one convolution is cut into runs of taps, spans of columns and blocks of rows.

Decided once per problem, in plain Python; direct.pyx copies it into the structs of
src/direct/interface.h, and src/direct/rows.h says how they are read.
"""

from math import gcd

import numpy as np

from .axes import merged

#: a span narrower than so many vectors is not worth reading apart from its borders
_DIRECT_VECTORS = 24
#: and of single rows, which share with no others what finding their input costs
_LINE_VECTORS = 256
#: output rows per block where rows are read from the image: few pointers, and work for all threads
DIRECT_ROWS = 32
#: bytes of rows copied at a time, where a block of few output rows needs more than L1 holds
MOST_BYTES = 192 * 1024
#: columns worth a task of their own
_CHUNK = 4096
_CHUNKS = 16


def three(axes):
    """Always 3 axes (image, feature, taps, stride, dilation, before, at), merged where they can be.

    `at` maps positions to the image, as `geometry.Axis.at`.
    """
    axes = [(*a[:4], 1 if a[2] == 1 else a[4], *a[5:]) for a in axes]
    axes = merged(axes, lambda size: _itself)
    return [(1, 1, 1, 1, 1, 0, _itself)] * (3 - len(axes)) + axes


def _itself(index):
    return index


def line(axis):
    """Image index at every padded coordinate of an axis, -1 for the fill value."""
    _, feature, taps, stride, dilation, before, at = axis
    extent = (feature - 1) * stride + (taps - 1) * dilation + 1
    return at(np.arange(extent, dtype=np.int64) - before)


class Rows:
    """Classes of output rows and residues of the stride: see src/direct/rows.h.

    Attributes
    ----------
    classes : int
    runs : list of (first tap, tap rows) per residue
    step : int
        Tap rows from one of a run to the next.
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
        """Rows per class of a block, and the entries that one class reads."""
        per_class = -(-rows // self.classes)
        return per_class, sum(per_class + taps - 1 for _, taps in self.runs)

    def heights(self, rows):
        """Padded row of every entry, relative to the first of its class."""
        per_class, _ = self.block(rows)
        return [
            self.dilation * (r + self.step * m)
            for r, taps in self.runs
            for m in range(per_class + taps - 1)
        ]


def sum_runs(rows, block_rows, channels, depth, columns, longest):
    """Runs (taps, columns, first, weight, step, offset, ends) in blocks of at most `longest` terms.

    Parameters
    ----------
    rows : Rows
    block_rows, channels, depth, columns, longest : int
        Output rows of a block, channels of a group, taps in depth and per row, terms.
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
    """Bounds of `total` things in the fewest even shares of at most `most`."""
    shares = -(-total // most)
    bounds = [i * total // shares for i in range(shares + 1)]
    return list(zip(bounds, bounds[1:], strict=False))


class Span:
    """Columns start..stop of the output and where they find their input.

    Attributes
    ----------
    pitch : int
        Elements of a row of the patch; 0 where rows are read from the image.
    lines : list of (start, position, low, high, count)
        See struct fc_line.
    offsets : list of int
        Per tap column.
    length : int
        Elements that one row of it reads.
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
        else:  # a line per tap, where the stride leaves gaps
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
    """Groups of spans, each a list: the columns of one task.

    Parameters
    ----------
    axis : tuple
    lanes, item : int
        Elements per vector, bytes per element.
    rows : int
        Input rows that a block of the fewest output rows reads.
    most_bytes : int
        That they may take in the patch.
    chunked : bool
        Whether there are too few rows to give every thread some.
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
