"""Declare for lanes_layout.pyx what outputs read along one axis."""

from fastconv.loops.simd cimport fc_axis

cdef enum:
    ALIKE = 24                  # most parts of an axis whose outputs have the same taps


# Parts of an axis: the outputs and the taps of each, and how often there is such a part.
cdef struct Alike:
    Py_ssize_t outputs, taps, times


cdef Py_ssize_t positions(const fc_axis *axis, Py_ssize_t size) noexcept nogil
cdef double share_inside(const fc_axis *a, Py_ssize_t reach) noexcept nogil
cdef Py_ssize_t alike(const fc_axis *a, Py_ssize_t size, Alike *parts) noexcept nogil
