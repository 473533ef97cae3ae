"""Declare the C interface of exact; see src/exact/interface.h."""

from libc.stdint cimport int64_t

from fastconv.loops cimport simd

cdef extern from "exact/interface.h" nogil:
    struct fc_digit:
        int64_t halves, mask, half
        int shift

    struct fc_exact:
        size_t size
        void to_f32(const void *from_, float *to, ptrdiff_t count,
                    const fc_digit *digit) noexcept nogil
        void to_f64(const void *from_, double *to, ptrdiff_t count,
                    const fc_digit *digit) noexcept nogil
        void from_f32(const float *from_, void *to, ptrdiff_t count, int shift,
                      int adds) noexcept nogil
        void from_f64(const double *from_, void *to, ptrdiff_t count, int shift,
                      int adds) noexcept nogil
        void extremes(const void *from_, ptrdiff_t count, int64_t *lowest,
                      int64_t *highest) noexcept nogil
        double squares(const void *from_, ptrdiff_t count) noexcept nogil


cdef inline const fc_exact *exact_kernels(str isa, int dtype) except NULL:
    return <const fc_exact *>simd.room(isa, "exact", dtype, sizeof(fc_exact))
