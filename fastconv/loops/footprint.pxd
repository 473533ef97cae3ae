"""Declare the C interface of footprint; see src/footprint/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch

cdef extern from "footprint/interface.h" nogil:
    struct fc_footprint:
        size_t size
        int lanes
        void join(void *to, ptrdiff_t to_pitch, const void **from_, ptrdiff_t pitch, ptrdiff_t n,
                  ptrdiff_t rows, ptrdiff_t width, int minimum, Watch *watch) noexcept nogil
        void place(void *to, const void *row, const ptrdiff_t *from_, ptrdiff_t width,
                   const void *fill) noexcept nogil
        void sums(void *to, ptrdiff_t to_pitch, const void **from_, ptrdiff_t pitch,
                  const void *added, double first, ptrdiff_t n, ptrdiff_t rows, ptrdiff_t width,
                  int minimum, Watch *watch) noexcept nogil
        void select(void *to, ptrdiff_t to_pitch, const void **from_, ptrdiff_t pitch, ptrdiff_t n,
                    const unsigned short *pairs, ptrdiff_t count, ptrdiff_t rank, ptrdiff_t rows,
                    ptrdiff_t width, Watch *watch) noexcept nogil
        void count(void *to, ptrdiff_t to_pitch, const void **from_, ptrdiff_t pitch, ptrdiff_t n,
                   const ptrdiff_t *enters, const ptrdiff_t *leaves, ptrdiff_t runs,
                   ptrdiff_t rank, ptrdiff_t rows, ptrdiff_t width, Watch *watch) noexcept nogil


cdef inline const fc_footprint *footprint_kernels(str isa, int real) except NULL:
    return <const fc_footprint *>simd.room(isa, "footprint", real, sizeof(fc_footprint))
