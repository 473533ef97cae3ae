"""What winograd.pyx needs to know of how a convolution is cut."""

from fastconv.loops cimport simd


cdef class Tiling:
    cdef const simd.fc_winograd *room
    cdef const simd.fc_transforms *transforms
    cdef simd.fc_geometry geometry
    cdef Py_ssize_t item, lanes
    cdef int m, high                            # outputs of a tile along width and height
    cdef Py_ssize_t frequencies, plane_taps     # products per tile; taps of the last two axes
    cdef Py_ssize_t groups, group_channels, group_features
    cdef Py_ssize_t depth, depth_blocks         # terms of a sum; how many blocks they make
    cdef Py_ssize_t tiles, vectors              # in all, and vectors of them
    cdef Py_ssize_t rows, panel_vectors, strips  # register tile, strips per group
    cdef Py_ssize_t blocks, block_vectors       # blocks of tiles, and the most that one holds
    cdef Py_ssize_t chunk_strips                # strips whose products are kept at a time
    cdef Py_ssize_t weight_plane, weight_bytes
    cdef Py_ssize_t run_bytes, zero_bytes, column_bytes, line_bytes, value_bytes, product_bytes
    cdef Py_ssize_t row_bytes, thread_bytes
    cdef int activation
    cdef object activation_name
    cdef bint finishes_last                     # the epilogue runs over the whole output
    cdef object line_arrays

    cdef _choose_tile(self, const simd.fc_implicit_gemm *gemm)
    cdef _cut(self, tiles, channels)
    cdef _lay_out_workspace(self)
    cdef void place_scratch(self, simd.fc_tiles *b, char *at) noexcept nogil
    cdef void cut_for(self, int threads, Py_ssize_t *blocks, Py_ssize_t *splits) noexcept nogil
