# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Join the values that a footprint marks: loop over tasks, each some rows in one strip.

A task copies the rows that it reads, with their borders, and makes running maxima of them. Then it
joins the rows of each output, from the first value that they contribute. Tasks share nothing.
"""

from cython.parallel cimport prange, threadid
from libc.stddef cimport ptrdiff_t
from libc.string cimport memcpy
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.footprint_layout import column_bytes
from fastconv.problem.arrays import DTYPES

cnp.import_array()

cdef inline Py_ssize_t inside(const Border *axis, Py_ssize_t at) noexcept nogil:
    """Return the position inside the axis whose value `at` has, or -1 for the fill value."""
    if at < 0:
        return axis.low[at + axis.before]
    return at if at < axis.size else axis.high[at - axis.size]


cdef class Footprint:
    """One maximum or minimum filter with a footprint; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        Short name of the dtype.
    minimum : bool
        Whether to compute minima.
    layout : footprint_layout.Layout
    network : ndarray of uint16, shape (pairs, 2), optional
        Pairs of a sorting network, for a value of some rank instead of an extremum.
    rank : int, optional
        The rank. Without a network, a histogram finds its value, for dtypes of one byte.
    window : (int, int), optional
        Rows and columns of a footprint without gaps, of which each column has a histogram.
    """

    def __init__(self, isa, dtype, minimum, layout, network=None, rank=-1, window=None):
        cdef int d
        self.keep = []
        self.room = footprint_kernels(isa, simd.value_index(dtype))
        self.dtype = DTYPES[dtype]
        self.item = self.dtype.itemsize
        self.minimum = minimum
        self.network, self.rank = NULL, rank
        if network is not None:
            pairs = np.array(network, np.uint16, order="C")
            self.keep.append(pairs)
            self.pairs = len(pairs)
            self.network = <const unsigned short *>cnp.PyArray_DATA(<cnp.ndarray>pairs)
        self.border(&self.row, layout.row)
        self.border(&self.down, layout.down)
        self.outer_axes = len(layout.outer)
        for d in range(self.outer_axes):
            self.border(&self.outer[d], layout.outer[d])
        self.strip, self.rows, self.pitch = layout.strip, layout.rows, layout.pitch
        self.strips, self.blocks, self.tasks = layout.strips, layout.blocks, layout.tasks
        self.thread_bytes, self.kept_rows = layout.thread_bytes, layout.read
        runs, self.step = layout.runs, layout.step
        self.groups, self.levels, self.joined = runs.groups, runs.levels, runs.joined
        self.far = self.table(runs.far)
        self.spans = self.table(runs.spans)
        group, row, element, level = runs.taps.T
        kept = (group * self.levels + level) * self.kept_rows + row + self.down.before
        value = element * layout.row.unit + self.row.before
        places = (kept * self.pitch + value) * self.item
        self.at = self.table(places)
        self.enters = self.leaves = NULL
        if rank >= 0 and network is None:
            ends = np.flatnonzero(~np.isin(places + self.item, places))
            self.enters, self.ends = self.table(ends), len(ends)
            self.leaves = self.table(np.flatnonzero(~np.isin(places - self.item, places)))
        self.high, self.wide = window or (0, 0)
        self.unit, self.space = layout.row.unit, self.thread_bytes
        if window is not None:
            self.thread_bytes += column_bytes(layout)
        self.nothing = self.table(np.full(self.pitch, -1))

    cdef const ptrdiff_t *table(self, array) except NULL:
        """Return a pointer to a copy of `array` that lives as long as this object."""
        copy = np.array(array, np.intp, ndmin=1)
        self.keep.append(copy)
        return <const ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray>copy)

    cdef int border(self, Border *axis, border) except -1:
        axis.size, axis.before, axis.after = border.size, border.before, border.after
        low, high = border.sides()
        axis.low, axis.high = self.table(low), self.table(high)
        return 0

    def __call__(self, cnp.ndarray source, fill, cnp.ndarray out, int threads, values=None):
        """Write the filtered `source` to `out`.

        Parameters
        ----------
        source, out : ndarray
            Input, and array to write, C-contiguous and of the constructor's dtype.
        fill : scalar
            Value past the edges. It fits the dtype.
        threads : int
            Number of threads.
        values : ndarray of float64, optional
            What is added at each marked element, in C order.
        """
        cdef cnp.ndarray sums = None
        cdef const char *added = NULL
        cdef double first = 0
        cdef const char *x = cnp.PyArray_BYTES(source)
        cdef char *y = cnp.PyArray_BYTES(out)
        cdef cnp.ndarray value = np.array(fill, self.dtype)
        cdef const void *constant = cnp.PyArray_DATA(value)
        cdef char *kept
        cdef Py_ssize_t i
        cdef Watch *watch = current()
        if values is not None:
            sums = np.array(values, self.dtype, order="C")
            added, first = cnp.PyArray_BYTES(sums), values[0]
        threads = <int>min(<Py_ssize_t>threads, self.tasks)
        kept = <char *>scratch.lease(threads * self.thread_bytes)
        if threads == 1:
            with nogil:
                for i in range(self.tasks):
                    self.task(x, y, constant, kept, i, added, first, watch)
        else:
            for i in prange(self.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self.task(x, y, constant, kept + threadid() * self.thread_bytes, i,
                          added, first, of_thread(watch, threadid()))
        scratch.release(kept)

    cdef void task(self, const char *x, char *y, const void *fill, char *space,
                   Py_ssize_t number, const char *added, double first,
                   Watch *watch) noexcept nogil:
        """Compute some rows of outputs in one strip."""
        cdef Py_ssize_t item = self.item, pitch = self.pitch * item
        cdef char *filled = space
        cdef char *kept = space + pitch
        cdef const void **pointers = <const void **>(
            kept + self.groups * self.levels * self.kept_rows * pitch + 64)
        cdef Py_ssize_t left = number % self.strips * self.strip
        cdef Py_ssize_t part = number // self.strips
        cdef Py_ssize_t top = part % self.blocks * self.rows
        cdef Py_ssize_t outer = part // self.blocks
        cdef Py_ssize_t columns = min(self.strip, self.row.size - left)
        cdef Py_ssize_t rows = min(self.rows, self.down.size - top)
        cdef Py_ssize_t width = columns + self.row.before + self.row.after
        cdef Py_ssize_t group, i
        if stopped(watch):
            return
        self.room.place(filled, NULL, self.nothing, width, fill)
        for group in range(self.groups):
            self.copy(x, filled, kept, fill, outer, group, left, top, rows, width)
            self.climb(kept, pointers, group, rows, width, watch)
        for i in range(self.joined):
            pointers[i] = kept + self.at[i]
        y += ((outer * self.down.size + top) * self.row.size + left) * item
        self.results(y, kept, pointers, rows, columns, added, first, watch)

    cdef void results(self, char *y, char *kept, const void **pointers, Py_ssize_t rows,
                      Py_ssize_t columns, const char *added, double first,
                      Watch *watch) noexcept nogil:
        """Write outputs to `y`. Those of the first row begin at `pointers`, for each value."""
        if self.high:
            self.room.columns(y, self.row.size, pointers[0], self.pitch, self.high, self.wide,
                              self.unit, self.rank, rows, columns,
                              kept - self.pitch * self.item + self.space, watch)
            return
        if self.enters is not NULL:
            self.room.count(y, self.row.size, pointers, self.pitch, self.joined, self.enters,
                            self.leaves, self.ends, self.rank, rows, columns, watch)
            return
        if self.network is not NULL:
            self.room.select(y, self.row.size, pointers, self.pitch, self.joined, self.network,
                             self.pairs, self.rank, rows, columns, watch)
            return
        if added is not NULL:
            self.room.sums(y, self.row.size, pointers, self.pitch, added, first, self.joined,
                           rows, columns, self.minimum, watch)
            return
        self.room.join(y, self.row.size, pointers, self.pitch, self.joined, rows, columns,
                       self.minimum, watch)

    cdef void copy(self, const char *x, const char *filled, char *kept, const void *fill,
                   Py_ssize_t outer, Py_ssize_t group, Py_ssize_t left, Py_ssize_t top,
                   Py_ssize_t rows, Py_ssize_t width) noexcept nogil:
        """Copy the rows of a group, with their borders, to level 0 of the kept rows."""
        cdef Py_ssize_t item = self.item, plane = 0, scale = 1, at, d, i
        cdef Py_ssize_t first = left - self.row.before
        cdef Py_ssize_t before = min(max(-first, 0), width)
        cdef Py_ssize_t after = max(first + width - self.row.size, 0)
        cdef const char *row
        cdef char *to
        for d in range(self.outer_axes - 1, -1, -1):
            at = inside(&self.outer[d],
                        outer % self.outer[d].size + self.far[group * self.outer_axes + d])
            plane = -1 if at < 0 or plane < 0 else plane + at * scale
            outer //= self.outer[d].size
            scale *= self.outer[d].size
        for i in range(self.spans[3 * group], rows + self.spans[3 * group + 1]):
            to = kept + ((group * self.levels * self.kept_rows + i + self.down.before)
                         * self.pitch * item)
            at = -1 if plane < 0 else inside(&self.down, top + i)
            if at < 0:
                memcpy(to, filled, width * item)
                continue
            row = x + (plane * self.down.size + at) * self.row.size * item
            if before:
                self.room.place(to, row, self.row.low + left, before, fill)
            memcpy(to + before * item, row + (first + before) * item,
                   (width - before - after) * item)
            if after:
                self.room.place(to + (width - after) * item, row, self.row.high, after, fill)

    cdef void climb(self, char *kept, const void **pair, Py_ssize_t group, Py_ssize_t rows,
                    Py_ssize_t width, Watch *watch) noexcept nogil:
        """Make the running maxima of a group, level by level."""
        cdef Py_ssize_t pitch = self.pitch * self.item, plane = self.kept_rows * pitch
        cdef Py_ssize_t first = self.spans[3 * group], last = rows + self.spans[3 * group + 1]
        cdef Py_ssize_t level, reach
        cdef char *below = kept + (group * self.levels * self.kept_rows + self.down.before
                                   + first) * pitch
        for level in range(1, self.spans[3 * group + 2] + 1):
            reach = <Py_ssize_t>1 << (level - 1)
            pair[0] = below
            if self.step:
                width -= reach * self.step
                pair[1] = below + reach * self.step * self.item
            else:
                last -= reach
                pair[1] = below + reach * pitch
            self.room.join(below + plane, self.pitch, pair, self.pitch, 2, last - first, width,
                           self.minimum, watch)
            below += plane
