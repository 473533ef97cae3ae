"""Cut a rank filter into tiles whose values are sorted, and tell how windows move through them."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from .footprint_layout import pitch_of

#: values of a tile for each value of a window, and values of a tile at least
_SPREAD, _LEAST = 16, 4096
#: bytes of scratch memory of a value of a tile, besides the value itself: two entries, a number,
#: the value again, and one bit
_EACH = 2 * 8 + 4 + 8 + 1


@dataclass
class Walk:
    """How a window moves from output to output.

    Parameters
    ----------
    downwards : bool
        Whether it moves from row to row; otherwise along rows.
    enters, leaves : ndarray of intp
        Which of the window's values are new to it, and which leave with the next step.
    line : int
        Number of outputs of a line, from the first of which on it moves.
    most : int
        Number of values of a tile at most.
    thread_bytes : int
        Bytes of scratch memory of a thread.
    """

    downwards: bool
    enters: np.ndarray
    leaves: np.ndarray
    line: int
    most: int
    thread_bytes: int


def cut_into_tiles(layout):
    """Choose how many values and rows a task computes: tiles of several windows each way."""
    row, down, runs = layout.row, layout.down, layout.runs
    halo, reach = down.before + down.after, row.before + row.after
    area = max(_SPREAD * runs.joined, _LEAST) / runs.groups
    scale = sqrt(area / ((reach + row.unit) * (halo + 1)))
    rows = min(max(1, int(scale * (halo + 1)) - halo), down.size)
    strip = min(max(row.unit, int(area / (rows + halo)) - reach), row.size)
    rows = min(max(rows, int(area / (strip + reach)) - halo), down.size)
    layout.strip = -(-row.size // -(-row.size // strip))
    layout.rows = -(-down.size // -(-down.size // rows))
    layout.pitch = pitch_of(layout)


def walk_of(layout):
    """Return the `Walk` of a layout."""
    ways = []
    for downwards, (enters, leaves) in zip((False, True), layout.runs.updates, strict=True):
        line = layout.rows if downwards else -(-layout.strip // layout.row.unit)
        ways.append((2 * len(enters) + layout.runs.joined / line, downwards, enters, leaves, line))
    _, downwards, enters, leaves, line = min(ways, key=lambda way: way[0])
    kept = layout.kept * layout.pitch
    room = _EACH * kept + 8 * layout.kept + 192
    return Walk(downwards, enters, leaves, line, kept, -(-room // 128) * 128)
