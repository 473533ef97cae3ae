"""Declare the C interface of stride_phases; see src/stride_phases/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.simd cimport fc_axis

cdef extern from "stride_phases/interface.h" nogil:
    struct fc_stride_phases:
        size_t size
        void transpose(const void *weight, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t taps,
                       const ptrdiff_t *tap, ptrdiff_t phases, ptrdiff_t kept, ptrdiff_t first,
                       ptrdiff_t count, void *out) noexcept nogil
        void interleave(const void *const *phase, ptrdiff_t stride, ptrdiff_t at,
                        ptrdiff_t count, void *out) noexcept nogil
        void scatter(const void *phase, ptrdiff_t stride, ptrdiff_t r, ptrdiff_t at,
                     ptrdiff_t count, void *out) noexcept nogil
        void fold(const fc_axis *w, const void *row, int accumulate, void *out) noexcept nogil


cdef inline const fc_stride_phases *stride_phases_kernels(str isa, int real) except NULL:
    return <const fc_stride_phases *>simd.room(isa, "stride_phases", real, sizeof(fc_stride_phases))
