"""Declare the C interface of local; see src/local/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.implicit_gemm_layout cimport fc_block
from fastconv.loops.simd cimport fc_geometry

cdef extern from "local/interface.h" nogil:
    struct fc_local_task:
        const fc_block *block
        void *weight
        void *feature
        ptrdiff_t weight_step, feature_step, patch_step, taps, columns, images
        int accumulate

    struct fc_local:
        size_t size
        int images
        void forward(const fc_local_task *task) noexcept nogil
        void input(const fc_local_task *task) noexcept nogil
        void weight(const fc_local_task *task) noexcept nogil
        void add_patch(const fc_geometry *g, const fc_block *block, const void *patch,
                       void *channel) noexcept nogil


cdef inline const fc_local *local_kernels(str isa, int real) except NULL:
    return <const fc_local *>simd.room(isa, "local", real, sizeof(fc_local))
