"""Declare the kernels that unfold images, for unfold.pyx and im2col.pyx."""

from fastconv.loops cimport simd
from fastconv.loops.simd cimport fc_axis, fc_geometry, fc_line

cdef extern from "unfold/interface.h" nogil:
    struct fc_unfold:
        size_t size
        void plan(const fc_axis *w, ptrdiff_t column, ptrdiff_t columns,
                  fc_line *lines) noexcept nogil
        void unfold(const fc_geometry *g, const fc_line *lines, ptrdiff_t first, ptrdiff_t rows,
                    ptrdiff_t columns, const void *channel, double fill, void *to, ptrdiff_t pitch,
                    void *stage) noexcept nogil
        void fold(const fc_geometry *g, const fc_line *lines, ptrdiff_t first, ptrdiff_t rows,
                  const void *source, ptrdiff_t pitch, void *image) noexcept nogil


cdef inline const fc_unfold *unfold_kernels(str isa, int real) except NULL:
    return <const fc_unfold *>simd.room(isa, "unfold", real, sizeof(fc_unfold))
