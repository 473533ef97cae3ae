"""Declare the C interface of polyphase; see src/polyphase/interface.h."""

from fastconv.loops cimport simd

cdef extern from "polyphase/interface.h" nogil:
    enum: FC_POLYPHASE_OUTPUTS
    enum: FC_POLYPHASE_VECTORS

    struct fc_polyphase:
        ptrdiff_t n, inner, pitch, taps, up, down, whole, part, first_at, first_phase, common, most
        ptrdiff_t is_complex

    struct fc_polyphase_line:
        const void *x
        const void *head
        const void *tail
        void *out

    struct fc_polyphase_lines:
        const void *x
        const void *fill
        const ptrdiff_t *before
        const ptrdiff_t *after
        void *out
        ptrdiff_t count, length
        void *work

    struct fc_polyphase_kernels:
        size_t size
        void sort(const fc_polyphase *p, const void *h, void *bank) noexcept nogil
        void resample(const fc_polyphase *p, const fc_polyphase_line *line, const void *h,
                      const void *bank, ptrdiff_t first, ptrdiff_t stop) noexcept nogil
        void take(const void *source, ptrdiff_t apart, void *to, ptrdiff_t count,
                  ptrdiff_t rows) noexcept nogil
        void together(const fc_polyphase *p, const fc_polyphase_lines *lines, const void *h,
                      const void *imaginary) noexcept nogil


cdef inline const fc_polyphase_kernels *polyphase_kernels(str isa, int real) except NULL:
    return <const fc_polyphase_kernels *>simd.room(isa, "polyphase", real,
                                                   sizeof(fc_polyphase_kernels))
