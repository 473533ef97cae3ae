"""ordinal: the value of a given rank in a window, among the sorted values of a tile.

The values of a tile are sorted once, and numbered. A window then is a set of numbers, which is kept
as bits. The wanted number moves a little from output to output, as values enter and leave. So an
output costs as many steps as values enter and leave, in any dtype, and a share of the sort.

References
----------
J. Suomela, "Median filtering is equivalent to sorting", arXiv:1406.1717, 2014; T. S. Huang, G. J.
Yang and G. Y. Tang, "A fast two-dimensional median filtering algorithm", IEEE Transactions on
Acoustics, Speech, and Signal Processing, 1979.
"""

from math import prod

from .. import config
from ..loops.footprint_layout import laid_out
from ..loops.ordinal import Ordinal as Loop
from ..loops.ordinal_layout import cut_into_tiles, walk_of
from ..problem.arrays import DTYPES
from .base import Algorithm, Latest

#: seconds to sort a value, for each byte of it up to four, and besides
_BYTE, _VALUE = 1.3e-9, 3.5e-9
#: seconds of an output, and of each value that enters or leaves
_OUTPUT, _UPDATE = 6e-9, 0.5e-9
#: seconds to begin a tile and a line
_TILE, _LINE = 2e-6, 1e-7


class Ordinal(Algorithm):
    """Keeps each window as a set of bits, one for every value of a tile."""

    name = "ordinal"
    families = ("rank",)

    def __init__(self):
        self._cut = Latest(_cut)

    def refuses(self, problem):
        return None

    def error_bound(self, problem):
        return 0.0

    def floor(self, problem, machine, threads):
        # a value enters and leaves for each output, and every value is sorted once
        value = _OUTPUT + 2 * _UPDATE + _sorted(DTYPES[problem.compute].itemsize)
        return machine.call + (_TILE + prod(problem.shape) * value) / threads

    def cost(self, problem, machine, threads):
        layout, walk = self._cut(problem)
        width = layout.strip + layout.row.before + layout.row.after
        values, outputs = layout.runs.groups * layout.read * width, layout.rows * layout.strip
        lines = outputs / walk.line
        seconds = _TILE + values * _sorted(layout.item) + lines * _LINE
        updates = 2 * len(walk.enters) * outputs + problem.elements * lines
        seconds += outputs * _OUTPUT + updates * _UPDATE
        fork = machine.fork if threads > 1 else 0.0
        return machine.call + fork + seconds * layout.tasks / min(threads, layout.tasks)

    def workspace(self, problem, threads):
        layout, walk = self._cut(problem)
        return threads * (layout.thread_bytes + walk.thread_bytes)

    def bind(self, problem):
        layout, walk = self._cut(problem)
        loop = Loop(config.current_isa(), problem.compute, layout, walk, problem.rank)

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            loop(x, fill, out, threads)

        return run


def _sorted(item):
    """Return the seconds to sort one of many values of so many bytes."""
    return _VALUE + min(item, 4) * _BYTE


def _cut(problem):
    layout = laid_out(problem, False, DTYPES[problem.compute].itemsize, cut_into_tiles)
    return layout, walk_of(layout)
