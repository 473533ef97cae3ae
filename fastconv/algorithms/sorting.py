"""sorting, histogram, naive: the value of a given rank in a window, such as the median.

`sorting` compares pairs of values in an order that does not depend on them: a sorting network, of
which only the part is left that the wanted value depends on. Vectors do the same for many outputs
at a time. For windows of n elements, this takes about n log(n)**2 / 4 comparisons.

`histogram` counts the values of a window of bytes, and updates the counts from each output to the
next. With histograms of all columns, its cost does not depend on the window, if that has full rows.
Otherwise it goes with the number of runs of neighbouring elements, whatever their length.

References
----------
K. E. Batcher, "Sorting networks and their applications", AFIPS Spring Joint Computer Conference,
1968; T. S. Huang, G. J. Yang and G. Y. Tang, "A fast two-dimensional median filtering algorithm",
IEEE Transactions on Acoustics, Speech, and Signal Processing, 1979; S. Perreault and P. Hebert,
"Median filtering in constant time", IEEE Transactions on Image Processing, 2007.
"""

from functools import lru_cache
from math import prod

import numpy as np

from .. import config
from ..loops.footprint import Footprint
from ..loops.footprint_layout import column_bytes, cut_into_strips, laid_out
from ..problem.arrays import DTYPES
from .base import Algorithm, Latest, overlapped
from .borders import Borders, views_of
from .running import Running, suits

#: most values that `src/footprint/select.h` sorts
_MOST = 256
#: bytes of a vector in estimates
_VECTOR = 32
#: values from which on fewer vectors of them fit in L1, and how much longer their pairs take
_MANY, _SLOWER = 96, 1.8
#: seconds of a pair of vectors, and numbers of values whose median stays in registers
_PAIR, _PAIR_IN_REGISTERS = 0.7e-9, 0.2e-9
_IN_REGISTERS = (3, 5, 7, 9, 25)
#: seconds to begin two vectors of outputs, and of each of their values
_BEGIN, _LOAD = 4e-9, 0.5e-9
#: seconds of an output by a histogram, and to update it at both ends of a run
_STEP, _UPDATE = 18e-9, 1.3e-9
#: seconds to move the histogram of a window by one column, and to update that of a column
_MOVE, _COLUMN = 9e-9, 4e-9
#: most elements of a window whose counts have 15 bits
_MOST_COUNTED = 32767
#: rows of a window of which one value each is exchanged in less time than a column
_FEW = 2
#: seconds of NumPy's partition for a value, and values of a block
_PARTITION, _BLOCK = 20e-9, 1 << 18


class Sorting(Algorithm):
    """Sorts the values of every window, as far as its value depends on it."""

    name = "sorting"
    families = ("rank",)

    def __init__(self):
        self._layout = Latest(lambda p: laid_out(p, False, DTYPES[p.compute].itemsize))
        self._running = Running()

    def refuses(self, problem):
        if problem.elements <= _MOST or suits(problem):
            return None
        return f"windows of at most {_MOST} elements, unless they lie along one axis"

    def error_bound(self, problem):
        return 0.0

    def cost(self, problem, machine, threads):
        fork = machine.fork if threads > 1 else 0.0
        if self._shares(problem):
            seconds = self._running.seconds(problem, threads)
        else:
            seconds = self._seconds_alone(problem) / threads
        return machine.call + fork + overlapped(seconds, problem.bytes / machine.memory_rate)

    def _shares(self, problem):
        """Return whether neighbouring windows are to share what is sorted."""
        if not suits(problem) or _in_registers(problem):
            return False
        if problem.elements > _MOST:
            return True
        return self._running.seconds(problem, 1) < self._seconds_alone(problem)

    def _seconds_alone(self, problem):
        """Return the seconds of one thread, if every window is sorted by itself."""
        layout = self._layout(problem)
        lanes = _VECTOR // DTYPES[problem.compute].itemsize
        vectors = layout.rows * -(-layout.strip // lanes)
        count = problem.elements
        pairs = len(network(count, problem.rank))
        pair = _PAIR * (_SLOWER if count > _MANY else 1.0)
        if _in_registers(problem):
            pair = _PAIR_IN_REGISTERS
        return vectors * (pairs * pair + problem.elements * _LOAD + _BEGIN) * layout.tasks

    def workspace(self, problem, threads):
        if self._shares(problem):
            return self._running.workspace(problem, threads)
        return threads * self._layout(problem).thread_bytes

    def bind(self, problem):
        if self._shares(problem):
            return self._running.bind(problem)
        pairs = network(problem.elements, problem.rank)
        loop = Footprint(
            config.current_isa(), problem.compute, False, self._layout(problem), pairs,
            problem.rank,
        )  # fmt: skip

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            loop(x, fill, out, threads)

        return run


def _in_registers(problem):
    """Return whether the values of a window stay in registers until their median is found."""
    return problem.elements in _IN_REGISTERS and problem.rank == problem.elements // 2


class Histogram(Sorting):
    """Counts the values of every window, as they come and go along a row."""

    name = "histogram"
    dtypes = ("u8", "i8")

    def __init__(self):
        self._layout = Latest(_counted)

    def refuses(self, problem):
        return None

    def cost(self, problem, machine, threads):
        layout, window = self._layout(problem)
        outputs = layout.rows * layout.strip * layout.tasks
        fork = machine.fork if threads > 1 else 0.0
        if window:
            columns = layout.strip + layout.row.before + layout.row.after
            seconds = outputs * _MOVE + layout.read * columns * layout.tasks * _COLUMN
            return machine.call + fork + seconds / min(threads, layout.tasks)
        footprint = problem.footprint
        runs = int(np.count_nonzero(np.diff(footprint, axis=-1, append=False) & footprint))
        seconds = outputs * (_STEP + runs * _UPDATE)
        seconds += layout.rows * layout.tasks * problem.elements * _UPDATE
        return machine.call + fork + seconds / threads

    def workspace(self, problem, threads):
        layout, window = self._layout(problem)
        return threads * (layout.thread_bytes + (column_bytes(layout) if window else 0))

    def bind(self, problem):
        layout, window = self._layout(problem)
        loop = Footprint(
            config.current_isa(), problem.compute, False, layout, rank=problem.rank, window=window
        )

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            loop(x, fill, out, threads)

        return run


def _counted(problem):
    """Return the layout, and the rows and columns of a window whose columns are counted, or None.

    Windows of few runs, those with gaps and those of more than two axes are counted run by run.
    """
    item = DTYPES[problem.compute].itemsize
    wide = [n for n in problem.size if n > 1]
    if len(wide) == 2 and problem.elements == prod(wide) <= _MOST_COUNTED and min(wide) > _FEW:
        layout = laid_out(problem, False, item, cut_into_strips)
        if layout.runs.groups == 1 and layout.runs.taps[-1, 2] > layout.runs.taps[0, 2]:
            return layout, tuple(wide)
    return laid_out(problem, False, item), None


class NaiveRank(Algorithm):
    """Partitions the values of all windows, block by block, with NumPy."""

    name = "naive"
    families = ("rank",)

    def refuses(self, problem):
        return None

    def cost(self, problem, machine, threads):
        return machine.call + prod(problem.shape) * problem.elements * _PARTITION

    def error_bound(self, problem):
        return 0.0

    def workspace(self, problem, threads):
        item = DTYPES[problem.compute].itemsize
        rows = _rows(problem) * prod(problem.shape[1:])
        return (prod(problem.bordered_shape) + 2 * rows * problem.elements) * item

    def bind(self, problem):
        borders, rows = Borders(problem.shape, problem.borders), _rows(problem)
        offsets = problem.offsets

        def run(arrays, prepared, out, threads):
            x, fill = arrays
            x = borders(x.reshape(problem.shape), fill)
            result = out.reshape(problem.shape)
            for top in range(0, problem.shape[0], rows):
                views = views_of(problem, x, offsets, top, min(top + rows, problem.shape[0]))
                values = np.partition(np.stack(views), problem.rank, axis=0)
                result[top : top + rows] = values[problem.rank]

        return run


def _rows(problem):
    """Return the number of positions of the first axis in a block."""
    return max(1, min(problem.shape[0], _BLOCK // prod((*problem.shape[1:], problem.elements))))


@lru_cache(maxsize=256)
def network(count, rank):
    """Return the pairs that bring the value of `rank` among `count` values to its place.

    Returns
    -------
    ndarray of uint16, shape (pairs, 2)
    """
    needed, pairs = {rank}, []
    for low, high in reversed(list(_merge_sort(count))):
        if low in needed or high in needed:
            needed |= {low, high}
            pairs.append((low, high))
    return np.array(pairs[::-1], np.uint16).reshape(-1, 2)


def _merge_sort(count):
    """Yield the pairs of Batcher's odd-even merge sort, for any number of values."""
    size = 1
    while size < count:
        step = size
        while step >= 1:
            for start in range(step % size, count - step, 2 * step):
                for i in range(start, min(start + step, count - step)):
                    if i // (2 * size) == (i + step) // (2 * size):
                        yield i, i + step
            step //= 2
        size *= 2
