"""Declare the C interface of direct/dots.h; see src/direct/dots_interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.simd cimport fc_geometry

cdef extern from "direct/dots_interface.h" nogil:
    struct fc_dots:
        size_t size
        void filter(const fc_geometry *g, const void *image, const void *weight,
                    void *out) noexcept nogil
        void matrix(const void *image, const void *weight, Py_ssize_t count, Py_ssize_t rows,
                    void *out) noexcept nogil
        void parts(const void *w, const void *x, Py_ssize_t count, double *sums) noexcept nogil


cdef inline const fc_dots *dots_kernels(str isa, int real) except NULL:
    return <const fc_dots *>simd.room(isa, "dots", real, sizeof(fc_dots))
