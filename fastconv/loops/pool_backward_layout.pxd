"""Declare which windows hold a position, and how the gradient of a pooling is cut."""

from fastconv.loops.pooling_windows cimport PoolAxis


cdef struct Holders:        # the windows that hold each position of an axis: a progression
    PoolAxis axis
    Py_ssize_t step         # from one of these windows to the next
    Py_ssize_t common       # greatest common divisor of stride and dilation
    Py_ssize_t inverse      # of stride / common modulo step


cdef class BackwardCut:
    cdef readonly str isa, compute
    cdef Holders holders[3]
    cdef Py_ssize_t planes, item, stride, before, margin, phase_pitch
    cdef Py_ssize_t row_bytes, phase_bytes, thread_bytes
    cdef double divisor     # 0 for that of an average, 1 for a norm
    cdef int divided        # the axis whose factors hold the divisor
    cdef bint include_pad, has_power
    cdef int power
    cdef list phases

    cdef double scale(self, int axis, Py_ssize_t output) noexcept nogil


cdef Py_ssize_t first_holder(const Holders *h, Py_ssize_t position) noexcept nogil
cdef Py_ssize_t count_holders(const Holders *h, Py_ssize_t position) noexcept nogil
