"""Declare for fft_tiled_channels.pyx how a convolution of many channels is cut."""

from fastconv.loops.fft_tiled_work cimport Sizes


cdef class ChannelCut:
    cdef readonly Py_ssize_t frequencies, blocks, block, chunk
    cdef readonly double work, taps_work
    cdef readonly Py_ssize_t value_bytes, product_bytes, buffer_bytes, row_bytes, patch_bytes
    cdef readonly Py_ssize_t list_bytes, zero_bytes, thread_bytes, weight_plane, weight_bytes
    cdef readonly Py_ssize_t strips, chunk_strips
    cdef Py_ssize_t size[3]
    cdef Py_ssize_t tile_count[3]
    cdef Py_ssize_t hops[3]

    cdef void plan_workspace(self, const Sizes *s, Py_ssize_t rows) noexcept nogil
