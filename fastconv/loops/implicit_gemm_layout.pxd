"""What implicit_gemm.pyx needs to know of the layout of a convolution."""

from fastconv.loops cimport simd

cdef enum:
    BIAS_CHANNEL = 1
    BIAS_POSITION = 2


cdef struct Cut:
    Py_ssize_t grains       # per unit
    Py_ssize_t blocks       # per unit
    Py_ssize_t splits       # of the strips
    Py_ssize_t tiles


# Sizes and lines of 1 to 3 axes, as Layout takes them; returns what the lines must outlive.
cdef list set_axes(simd.fc_geometry *g, axes)


cdef class Layout:
    cdef const simd.fc_implicit_gemm *room
    cdef const simd.fc_epilogue *epilogue
    cdef simd.fc_geometry geometry
    cdef Py_ssize_t item, groups, group_channels, group_features, depth
    cdef Py_ssize_t rows, vectors, strips       # register tile, strips per group
    cdef bint turned                            # lanes are output channels, rows are pixels
    cdef Py_ssize_t group_vectors               # of output channels, if so; strips are of these
    cdef Py_ssize_t depth_blocks, depth_unit    # depth is cut in multiples of depth_unit
    cdef Py_ssize_t deepest                     # terms of the largest depth block
    cdef bint placed                            # tiles read the box; nothing is packed
    cdef Py_ssize_t units, unit_pixels          # runs of pixels that no block crosses the end of
    cdef Py_ssize_t grain, block_grains         # blocks are cut between grains of pixels
    cdef Py_ssize_t panels, pieces, slots, lines
    cdef Py_ssize_t packed_bytes, tile_bytes, sums_bytes, box_bytes, thread_bytes
    cdef int bias_kind, activation
    cdef bint has_epilogue
    cdef object line_arrays

    cdef _set_geometry(self, n, image_channels, feature_channels, axes)
    cdef _cut_depth(self)
    cdef Py_ssize_t depth_start(self, Py_ssize_t block) noexcept nogil
    cdef _choose_tile(self)
    cdef Py_ssize_t _turned_pixels(self)
    cdef Py_ssize_t _box_pitch(self, Py_ssize_t columns, Py_ssize_t taps)
    cdef Py_ssize_t _box_height(self, Py_ssize_t rows, Py_ssize_t taps)
    cdef Py_ssize_t _placed_pixels(self)
    cdef _cut_pixels(self)
    cdef _lay_out_workspace(self)
    cdef Cut cut_for(self, int threads) noexcept nogil
