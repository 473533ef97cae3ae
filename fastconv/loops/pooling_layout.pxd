"""Declare how the windows of a pooling are joined."""

from fastconv.loops.pooling cimport fc_pool, fc_pooling
from fastconv.loops.pooling_windows cimport Windows


cdef struct Ladder:
    Py_ssize_t radix, levels
    Py_ssize_t taps         # number of values that a window is joined from in the end
    Py_ssize_t window       # taps of the window
    Py_ssize_t dilation
    bint repeats            # whether a value may be joined twice, as in a maximum


cdef class PoolCut:
    cdef Windows windows
    cdef fc_pool pool
    cdef const fc_pooling *room
    cdef Ladder down, row
    cdef bint separate
    cdef readonly double rows, work, steps
    cdef readonly Py_ssize_t scratch_bytes

    cdef void _choose_columns(self, str how) noexcept
    cdef void _count_work(self) noexcept nogil
    cdef void _cut_row(self) noexcept nogil
    cdef Py_ssize_t _most_columns(self) noexcept nogil


cdef void set_taps(const Ladder *ladder, ptrdiff_t (*taps)[2]) noexcept nogil
