"""Declare the C interface of pooling; see src/pooling/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch

cdef enum:
    STACK = 49152           # largest scratch in bytes that a task takes from its own stack


cdef extern from "pooling/interface.h" nogil:
    enum: FC_LADDER_LEVELS
    enum: FC_SLIDE
    enum: FC_SEPARATE
    enum: FC_ALL_ROWS
    enum: FC_LADDER
    enum: FC_VAN_HERK
    enum: FC_SHARED
    enum: FC_AT_ONCE

    struct fc_pool_axis:
        ptrdiff_t input, output, taps, stride, dilation, before
        const ptrdiff_t *first
        const ptrdiff_t *count

    struct fc_ladder:
        ptrdiff_t radix, levels, taps
        const ptrdiff_t (*tap)[2]
        ptrdiff_t reach[FC_LADDER_LEVELS]

    struct fc_pool:
        fc_pool_axis axis[3]
        int kind, columns, along, across
        fc_ladder ladder, row_ladder
        ptrdiff_t strip, share, span
        const void *divisor
        const double *row_divisor[2]
        ptrdiff_t list, pitch, batch
        ptrdiff_t ring[FC_LADDER_LEVELS]

    struct fc_pool_task:
        ptrdiff_t first_plane, planes, first_row, rows, strip
        const void *input
        const void *input_end
        void *output
        void *scratch
        Watch *watch

    struct fc_pooling:
        size_t size
        int lanes
        size_t measure(fc_pool *pool) noexcept nogil
        void run(const fc_pool *pool, const fc_pool_task *task) noexcept nogil


cdef inline const fc_pooling *pooling_kernels(str isa, int real) except NULL:
    return <const fc_pooling *>simd.room(isa, "pooling", real, sizeof(fc_pooling))
