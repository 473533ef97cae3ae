"""Declare the layout of a convolution for implicit_gemm.pyx."""

from fastconv.loops cimport simd
from fastconv.loops.epilogue cimport fc_ending, fc_epilogue
from fastconv.loops.simd cimport fc_geometry, fc_line

cdef extern from "implicit_gemm/interface.h" nogil:
    struct fc_piece:
        pass

    struct fc_panel:
        pass

    struct fc_block:
        ptrdiff_t first_pixel, pixel_count, panel_count, depth
        fc_panel *panels
        fc_piece *pieces
        ptrdiff_t *slots
        fc_line *lines
        int in_place
        ptrdiff_t pitch, slot_count
        ptrdiff_t *offsets
        ptrdiff_t *positions
        ptrdiff_t *places
        int whole
        void *patch

    struct fc_implicit_gemm:
        size_t size
        int lanes, rows_max, vectors_max, depth_max, block_bytes, patch_bytes, unpacked_bytes
        int shape_count
        const int (*shapes)[2]
        void cut(const fc_geometry *g, fc_block *block, ptrdiff_t first, ptrdiff_t count,
                 ptrdiff_t vectors, int unpacked, int overlap) noexcept nogil
        void pack(const fc_geometry *g, fc_block *block, const void *image, ptrdiff_t channel,
                  ptrdiff_t k0, ptrdiff_t k1, double fill, void *packed) noexcept nogil
        void load_patch(const fc_geometry *g, fc_block *block, const void *image, ptrdiff_t channel,
                        ptrdiff_t channels, ptrdiff_t most, double fill) noexcept nogil
        void pack_strip(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t depth,
                        void *packed) noexcept nogil
        void multiply(const fc_block *block, const void *packed, const void *weight,
                      ptrdiff_t stride, ptrdiff_t rows, void *out, ptrdiff_t out_stride,
                      int accumulate, const fc_ending *ending, void *tile) noexcept nogil


cdef inline const fc_implicit_gemm *implicit_gemm_kernels(str isa, int real) except NULL:
    return <const fc_implicit_gemm *>simd.room(isa, "implicit_gemm", real, sizeof(fc_implicit_gemm))

cdef enum:
    BIAS_CHANNEL = 1
    BIAS_POSITION = 2


cdef struct Cut:
    Py_ssize_t grains       # grains of pixels per unit
    Py_ssize_t blocks       # blocks of pixels per unit
    Py_ssize_t splits       # parts into which all strips are cut
    Py_ssize_t tiles        # number of tiles of a call


cdef class Layout:
    cdef const fc_implicit_gemm *room
    cdef const fc_epilogue *epilogue
    cdef fc_geometry geometry
    cdef Py_ssize_t item, groups, group_channels, group_features, depth
    cdef Py_ssize_t rows, vectors, strips       # size of the register tile, strips per group
    cdef Py_ssize_t depth_blocks, depth_unit    # depth is cut in multiples of depth_unit
    cdef Py_ssize_t deepest                     # terms of the largest depth block
    cdef bint unpacked                          # whether tiles read the patch, without packing
    cdef bint in_place                          # whether tiles read the image itself
    cdef Py_ssize_t units, unit_pixels          # runs of pixels whose ends no block crosses
    cdef Py_ssize_t grain, block_grains         # blocks are cut between grains of pixels
    cdef Py_ssize_t panels, pieces, slots, lines
    cdef Py_ssize_t packed_bytes, tile_bytes, patch_bytes, thread_bytes
    cdef int bias_kind, activation
    cdef bint has_epilogue
    cdef bint ends                              # whether tiles apply the epilogue
    cdef fc_ending ending                       # with the limits that equal the activation

    cdef _cut_depth(self)
    cdef Py_ssize_t depth_start(self, Py_ssize_t block) noexcept nogil
    cdef _choose_tile(self)
    cdef Py_ssize_t _patch_pitch(self, Py_ssize_t columns, Py_ssize_t taps)
    cdef Py_ssize_t _patch_height(self, Py_ssize_t rows, Py_ssize_t taps)
    cdef bint _can_read_in_place(self)
    cdef Py_ssize_t _unpacked_pixels(self)
    cdef _cut_pixels(self)
    cdef _plan_workspace(self)
    cdef Cut cut_for(self, int threads) noexcept nogil
