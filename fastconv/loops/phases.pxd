"""The C interface of phases: see src/phases/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.simd cimport fc_axis

cdef extern from "phases/interface.h" nogil:
    struct fc_phases:
        size_t size
        void turn(const void *weight, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t taps,
                  const ptrdiff_t *tap, ptrdiff_t phases, ptrdiff_t kept, ptrdiff_t first,
                  ptrdiff_t count, void *out) noexcept nogil
        void interleave(const void *const *phase, ptrdiff_t stride, ptrdiff_t at,
                        ptrdiff_t count, void *out) noexcept nogil
        void fold(const fc_axis *w, const void *row, int accumulate, void *out) noexcept nogil


cdef inline const fc_phases *phases_kernels(str isa, int real) except NULL:
    return <const fc_phases *>simd.room(isa, "phases", real, sizeof(fc_phases))
