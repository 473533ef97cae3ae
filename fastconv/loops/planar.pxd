"""Declare the C interface of planar; see src/planar/interface.h."""

from fastconv.loops cimport simd

cdef extern from "planar/interface.h" nogil:
    struct fc_planar:
        size_t size
        void split(const void *source, ptrdiff_t count, double sign, void *real_parts,
                   void *imaginary_parts) noexcept nogil
        void join(const void *real_parts, const void *imaginary_parts, ptrdiff_t count,
                  void *to) noexcept nogil
        void twist(const void *source, const double *start, const void *steps, ptrdiff_t count,
                   double sign, double turn, void *to) noexcept nogil
        void merge(const void *a, const void *b, const void *c, const void *d, ptrdiff_t count,
                   double sign, void *to) noexcept nogil


cdef inline const fc_planar *planar_kernels(str isa, int real) except NULL:
    return <const fc_planar *>simd.room(isa, "planar", real, sizeof(fc_planar))
