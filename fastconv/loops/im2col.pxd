"""Declare the C interface of im2col; see src/im2col/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.implicit_gemm_layout cimport fc_block

cdef extern from "im2col/interface.h" nogil:
    struct fc_im2col:
        size_t size
        void pack(fc_block *block, ptrdiff_t k0, ptrdiff_t k1, void *packed) noexcept nogil


cdef inline const fc_im2col *im2col_kernels(str isa, int real) except NULL:
    return <const fc_im2col *>simd.room(isa, "im2col", real, sizeof(fc_im2col))
