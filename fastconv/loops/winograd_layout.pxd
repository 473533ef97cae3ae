"""Declare for winograd.pyx how a convolution is cut."""

from fastconv.loops cimport simd
from fastconv.loops.implicit_gemm_layout cimport fc_implicit_gemm
from fastconv.loops.simd cimport fc_geometry

cdef extern from "winograd/interface.h" nogil:
    struct fc_tile_run:
        pass

    struct fc_tiles:
        ptrdiff_t frequencies, depth, panel_vectors, run_count, vectors, panel_count
        ptrdiff_t column_pitch, line_pitch, value_plane, product_row
        fc_tile_run *runs
        const void *zeros
        void *columns
        void *lines
        void *values
        void *products
        void *rows

    struct fc_finish:
        const void *channel
        const void *position
        const void *add
        int activation, any

    struct fc_transforms:
        void input(const fc_geometry *g, const fc_tiles *b, const void *image, ptrdiff_t channel,
                   ptrdiff_t tap, ptrdiff_t row) noexcept nogil
        void output(const fc_geometry *g, const fc_tiles *b, const fc_finish *finish, ptrdiff_t k,
                    ptrdiff_t count, void *out) noexcept nogil
        void weight(const void *weight, ptrdiff_t rows, ptrdiff_t depth, void *packed,
                    ptrdiff_t plane) noexcept nogil

    struct fc_winograd:
        size_t size
        int block_bytes
        fc_transforms transforms[2][3]
        void cut(const fc_geometry *g, fc_tiles *b, ptrdiff_t first, ptrdiff_t count, int m,
                 int high) noexcept nogil
        void multiply(const fc_tiles *b, const void *weight, ptrdiff_t plane, ptrdiff_t features,
                      ptrdiff_t strips, ptrdiff_t first, ptrdiff_t last,
                      ptrdiff_t blocks) noexcept nogil


cdef inline const fc_winograd *winograd_kernels(str isa, int real) except NULL:
    return <const fc_winograd *>simd.room(isa, "winograd", real, sizeof(fc_winograd))


cdef struct Shared:         # a block that all threads work on, as one thread sees it
    fc_tiles tiles
    Py_ssize_t block        # which one it is, -1 at first


cdef class Tiling:
    cdef const fc_winograd *room
    cdef const fc_transforms *transforms
    cdef fc_geometry geometry
    cdef Py_ssize_t item, lanes
    cdef int m, high                            # outputs of a tile along width and height
    cdef Py_ssize_t frequencies, plane_taps     # products per tile; taps of the last two axes
    cdef Py_ssize_t groups, group_channels, group_features
    cdef Py_ssize_t depth, depth_blocks         # terms of a sum, and number of blocks of these
    cdef Py_ssize_t tiles, wide, vectors        # all tiles, those of a row, and their vectors
    cdef Py_ssize_t rows, panel_vectors, strips  # size of the register tile, strips per group
    cdef Py_ssize_t blocks, block_vectors       # blocks of tiles, and the most vectors in one
    cdef Py_ssize_t chunk_strips                # strips whose products are kept at a time
    cdef Py_ssize_t weight_plane, weight_bytes
    cdef Py_ssize_t run_bytes, zero_bytes, column_bytes, line_bytes, value_bytes, product_bytes
    cdef Py_ssize_t row_bytes, thread_bytes
    cdef int activation
    cdef object activation_name
    cdef bint finishes_last                     # whether the epilogue runs over the whole output
    cdef bint interleaves                       # whether all tiles write to the same row

    cdef _choose_tile(self, const fc_implicit_gemm *gemm)
    cdef _cut(self, tiles, channels)
    cdef _plan_workspace(self)
    cdef void set_scratch(self, fc_tiles *b, char *at) noexcept nogil
    cdef Py_ssize_t blocks_for(self, int threads) noexcept nogil
    cdef Py_ssize_t first_tile(self, Py_ssize_t block, Py_ssize_t blocks) noexcept nogil
