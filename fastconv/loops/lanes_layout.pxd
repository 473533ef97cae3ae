"""Declare the kernels of lanes for Cython, and the layout of a convolution."""

from fastconv.loops cimport simd
from fastconv.loops.epilogue cimport fc_ending, fc_epilogue
from fastconv.loops.simd cimport fc_geometry

cdef extern from "implicit_gemm/lanes_interface.h" nogil:
    enum:
        FC_LANE_TERMS

    struct fc_lane_tile:
        pass

    struct fc_steps:
        ptrdiff_t pixel, channel, image

    struct fc_lane_block:
        int planned, in_place, far, last, clip, lined
        fc_steps image_steps "in"
        fc_steps out_steps "out"
        fc_steps add_steps "add"
        ptrdiff_t pixels, channels, most, least, most_beside, beside
        ptrdiff_t *offsets
        ptrdiff_t *order
        fc_lane_tile *tiles
        void *patch

    struct fc_lanes:
        size_t size
        int lanes, vectors_max, depth_max
        const int *pixels
        const int *line
        void plan(const fc_geometry *g, fc_lane_block *block, ptrdiff_t first_image,
                  ptrdiff_t images, const ptrdiff_t *first, const ptrdiff_t *size,
                  double fill) noexcept nogil
        void load_rows(const fc_geometry *g, fc_lane_block *block, const void *image,
                       ptrdiff_t channel, ptrdiff_t channels) noexcept nogil
        void multiply(const fc_geometry *g, const fc_lane_block *block, const void *image,
                      ptrdiff_t channel, ptrdiff_t channels, const void *weight, ptrdiff_t vectors,
                      void *sums, int accumulate, ptrdiff_t next_bytes) noexcept nogil
        void turn_back(const fc_geometry *g, const fc_lane_block *block, const void *sums,
                       ptrdiff_t width, ptrdiff_t rows, const fc_ending *ending,
                       void *out) noexcept nogil
        void pack(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t width,
                  ptrdiff_t channels, ptrdiff_t taps, void *packed) noexcept nogil


cdef inline const fc_lanes *lanes_kernels(str isa, int real) except NULL:
    return <const fc_lanes *>simd.room(isa, "lanes", real, sizeof(fc_lanes))


cdef struct Blocks:
    ptrdiff_t size[4]       # images, depths, rows and columns of a block of output pixels
    Py_ssize_t parts[4]     # number of blocks along each of them
    Py_ssize_t splits       # parts into which all strips are cut
    Py_ssize_t tasks        # number of tasks of a call


cdef class LanesLayout:
    cdef const fc_lanes *room
    cdef const fc_epilogue *epilogue
    cdef fc_geometry geometry
    cdef Py_ssize_t item, groups, group_channels, group_features
    cdef Py_ssize_t group_vectors, strips       # vectors of output channels, cut into strips
    cdef Py_ssize_t depth_blocks, deepest       # blocks of channels; most channels of one
    cdef Py_ssize_t most, least                 # pixels of a register tile
    cdef Py_ssize_t most_beside, beside         # the same of pixels side by side, if there are any
    cdef Py_ssize_t patch_limit, strip_limit    # most bytes of a patch, and of sums turned at once
    cdef bint narrow                            # whether vectors are those of AVX2 instead
    cdef bint last                              # whether tiles read channels side by side
    cdef bint image_last, out_last              # whether input and output have channels last
    cdef bint in_place, clip, sorted            # sorted: tiles have pixels of the same taps
    cdef Blocks blocks                          # for one thread
    cdef Py_ssize_t packed_bytes, slice_bytes, patch_bytes, sums_bytes, tiles_bytes
    cdef Py_ssize_t offsets_bytes, thread_bytes
    cdef double vectors, seconds                # see work()
    cdef int bias_kind, activation
    cdef bint has_epilogue
    cdef bint ends                              # whether turning back applies the epilogue,
    cdef bint activates                         # but for the activation, which comes at last
    cdef fc_ending ending                       # with the limits that equal the activation

    cdef _cut_pixels(self)
    cdef _stay_if_faster(self, bint borders, double slowdown)
    cdef void _count(self) noexcept nogil
    cdef void _count_sorted(self) noexcept nogil
    cdef double _inside(self, int i) noexcept nogil
    cdef Py_ssize_t _tiles(self, const ptrdiff_t *size) noexcept nogil
    cdef bint _lined(self, Py_ssize_t line) noexcept nogil
    cdef bint _fits(self, const ptrdiff_t *size) noexcept
    cdef Py_ssize_t _patch_size(self, const ptrdiff_t *size) noexcept nogil
    cdef bint _by_pixels(self) noexcept nogil
    cdef Py_ssize_t image_bytes(self) noexcept nogil
    cdef Blocks blocks_for(self, int threads) noexcept nogil
    cdef Py_ssize_t vector_of(self, Py_ssize_t strip) noexcept nogil
    cdef Py_ssize_t channel_of(self, Py_ssize_t block) noexcept nogil
