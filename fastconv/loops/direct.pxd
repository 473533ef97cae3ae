"""Declare the C interface of direct; see src/direct/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch
from fastconv.loops.simd cimport fc_geometry, fc_line

cdef extern from "direct/interface.h" nogil:
    struct fc_run:
        ptrdiff_t taps, columns, first, weight, step, offset
        int ends

    struct fc_span:
        ptrdiff_t start, stop, pitch, line_count
        fc_line *lines
        const ptrdiff_t *offsets
        ptrdiff_t far

    struct fc_direct_plan:
        fc_geometry geometry
        ptrdiff_t groups, group_channels, group_features, kernel
        ptrdiff_t classes, entries, run_count, fill_count, tile_rows, rolls
        const ptrdiff_t *heights
        const fc_run *runs
        const fc_span *spans
        int constant, has_epilogue, bias_position, activation

    struct fc_direct_task:
        const void *image
        const void *weight
        const void *bias
        const void *add
        void *out
        double fill
        ptrdiff_t unit, unit_stop, row, row_stop, span, span_stop
        ptrdiff_t *slots
        const void **inputs
        void *fill_row
        void *patch
        void *tile
        Watch *watch

    struct fc_direct:
        size_t size
        int lanes, tile_rows, constant_rows, roll_taps, depth_max, patch_bytes
        void filter(const fc_direct_plan *plan, const fc_direct_task *task) noexcept nogil


cdef inline const fc_direct *direct_kernels(str isa, int real) except NULL:
    return <const fc_direct *>simd.room(isa, "direct", real, sizeof(fc_direct))
