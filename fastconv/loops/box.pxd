"""Declare the C interface of box; see src/box/interface.h."""

from fastconv.loops cimport simd

cdef extern from "box/interface.h" nogil:
    struct fc_box:
        size_t size
        void suffix(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                    void *suffix, ptrdiff_t pitch, ptrdiff_t length, int first) noexcept nogil
        void combine(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                     ptrdiff_t more, const void *suffix, void *prefix, void *out,
                     ptrdiff_t pitch, ptrdiff_t length) noexcept nogil


cdef inline const fc_box *box_kernels(str isa, int real) except NULL:
    return <const fc_box *>simd.room(isa, "box", real, sizeof(fc_box))
