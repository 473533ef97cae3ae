# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Find values of a given rank among sorted values: loop over the lines of a task.

A task copies the rows that it reads as `footprint` does, numbers their values in ascending order,
and moves the window along lines of outputs: rows, or columns where fewer values enter and leave.
"""

from libc.stdint cimport uint32_t, uint64_t
import numpy as np

from fastconv.loops cimport simd
from fastconv.loops.footprint cimport Footprint
from fastconv.loops.interrupt cimport Watch, stopped
from fastconv.loops.ordinal cimport fc_ordinal, fc_ordinal_window, ordinal_kernels


cdef class Ordinal(Footprint):
    """One rank filter; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        Short name of the dtype.
    layout : footprint_layout.Layout
    walk : ordinal_layout.Walk
        How the window moves.
    rank : int
    """

    cdef const fc_ordinal *ordinals
    cdef fc_ordinal_window window
    cdef bint downwards
    cdef Py_ssize_t values_bytes, most

    def __init__(self, isa, dtype, layout, walk, rank):
        Footprint.__init__(self, isa, dtype, False, layout)
        self.ordinals = ordinal_kernels(isa, simd.value_index(dtype))
        places = np.array([self.at[i] for i in range(self.joined)], np.intp) // self.item
        self.downwards, self.unit = walk.downwards, layout.row.unit
        self.window.step = self.pitch if self.downwards else self.unit
        self.window.count, self.window.ends = self.joined, len(walk.enters)
        self.window.all = self.table(places)
        self.window.enters = self.table(places[walk.enters])
        self.window.leaves = self.table(places[walk.leaves])
        self.window.rank = rank
        self.values_bytes = self.thread_bytes
        self.most = walk.most
        self.thread_bytes += walk.thread_bytes

    cdef void results(self, char *y, char *kept, const void **pointers, Py_ssize_t rows,
                      Py_ssize_t columns, const char *added, double first,
                      Watch *watch) noexcept nogil:
        """Number the values of all kept rows, and move the window along each line."""
        cdef Py_ssize_t width = columns + self.row.before + self.row.after, group, i, number = 0
        cdef Py_ssize_t words, step = self.unit, item = self.item, long = self.row.size
        cdef char *space = kept - self.pitch * item + self.values_bytes
        cdef uint64_t *spare = <uint64_t *>space
        cdef uint64_t *bits = spare + 2 * self.most
        cdef ptrdiff_t *row = <ptrdiff_t *>(bits + self.most // 64 + 1)
        cdef char *values = <char *>(row + self.groups * self.kept_rows)
        cdef uint32_t *numbers = <uint32_t *>(values + self.most * 8)
        for group in range(self.groups):
            for i in range(self.spans[3 * group], rows + self.spans[3 * group + 1]):
                row[number] = (group * self.kept_rows + i + self.down.before) * self.pitch
                number += 1
        words = number * width // 64 + 1
        self.ordinals.number(kept, row, number, width, numbers, values, spare)
        if self.downwards:
            for i in range(columns):
                self.ordinals.walk(&self.window, numbers + i, rows, values, bits, words,
                                   y + i * item, long, watch)
            return
        for i in range(rows):
            for number in range(min(step, columns)):
                if stopped(watch):
                    return
                self.ordinals.walk(&self.window, numbers + i * self.pitch + number,
                                   (columns - number + step - 1) // step, values, bits, words,
                                   y + (i * long + number) * item, step, watch)
