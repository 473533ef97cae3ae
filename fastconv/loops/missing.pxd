"""Declare the C interface of missing; see src/missing/interface.h."""

from libc.stdint cimport uint8_t

from fastconv.loops cimport simd

cdef extern from "missing/interface.h" nogil:
    struct fc_missing:
        size_t size
        ptrdiff_t split(const void *from_, const uint8_t *marks, int nan, void *values,
                        void *valid, uint8_t *kinds, ptrdiff_t count, int parts) noexcept nogil
        ptrdiff_t combine(const void *sums, const void *weights, const uint8_t *kinds,
                          const void *totals, ptrdiff_t step, double least, void *out,
                          ptrdiff_t count, int parts) noexcept nogil


cdef inline const fc_missing *missing_kernels(str isa, int real) except NULL:
    return <const fc_missing *>simd.room(isa, "missing", real, sizeof(fc_missing))
