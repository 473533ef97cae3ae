"""Declare the C interface of grad; see src/grad/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.implicit_gemm_layout cimport fc_block
from fastconv.loops.simd cimport fc_geometry

cdef extern from "grad/interface.h" nogil:
    struct fc_dots:
        ptrdiff_t pitch, unfolded_pitch, out_pitch, vectors
        int accumulate

    struct fc_grad:
        size_t size
        int lanes, block_bytes
        void dots(const fc_dots *d, const void *feature, ptrdiff_t rows, const void *unfolded,
                  ptrdiff_t columns, void *out) noexcept nogil
        void unroll(const fc_geometry *g, fc_block *block, const void *image, ptrdiff_t channel,
                    ptrdiff_t channels, void *to, ptrdiff_t pitch) noexcept nogil
        void taps(const fc_block *block, const void *feature, ptrdiff_t taps,
                  double *to) noexcept nogil
        void add(void *out, const void *source, ptrdiff_t count) noexcept nogil
        double sum(const void *values, ptrdiff_t count) noexcept nogil


cdef inline const fc_grad *grad_kernels(str isa, int real) except NULL:
    return <const fc_grad *>simd.room(isa, "grad", real, sizeof(fc_grad))
