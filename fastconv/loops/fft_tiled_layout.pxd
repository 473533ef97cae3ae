"""Declare how a convolution is cut into tiles of a few channels."""

from fastconv.loops.fft_tiled_work cimport Sizes


cdef class Cut:
    cdef readonly bint line, upright
    cdef readonly Py_ssize_t parts, part
    cdef readonly double work, taps_work
    cdef readonly Py_ssize_t matrix_bytes, inputs_bytes, buffer_bytes, row_bytes, thread_bytes
    cdef readonly Py_ssize_t spectrum_bytes, spectra_bytes
    cdef readonly bint own_spectra
    cdef Py_ssize_t size[3]
    cdef Py_ssize_t tile_count[3]
    cdef Py_ssize_t hops[3]

    cdef void plan_workspace(self, const Sizes *s) noexcept nogil


cdef Cut cut_tiles(const Sizes *s)
cdef bint fits_tiles(const Sizes *s) noexcept nogil
cdef double least_of_tiles(const Sizes *s)
