"""Declare the C interface of contained; see src/contained/interface.h."""

from libc.stdint cimport uint8_t

from fastconv.loops cimport simd

cdef extern from "contained/interface.h" nogil:
    enum: FC_NAN
    enum: FC_INFINITE

    struct fc_contained:
        size_t size
        int clean(const void *from_, void *to, uint8_t *mask, ptrdiff_t count,
                  int parts) noexcept nogil
        void mark(void *values, const uint8_t *mask, ptrdiff_t count, int parts) noexcept nogil
        void join(uint8_t *mask, ptrdiff_t shift, ptrdiff_t count) noexcept nogil


cdef inline const fc_contained *contained_kernels(str isa, int real) except NULL:
    return <const fc_contained *>simd.room(isa, "contained", real, sizeof(fc_contained))
