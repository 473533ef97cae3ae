"""Declare the C interface of taps; see src/taps/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch

cdef extern from "taps/interface.h" nogil:
    enum:
        FC_TAPS_TOGETHER

    struct fc_taps_plan:
        int source, target, nearest, saturate
        double lowest, highest, fill
        ptrdiff_t width, plane, out_width, out_rows, stride, row_stride, plane_stride
        ptrdiff_t reach, before
        ptrdiff_t unit
        const ptrdiff_t *plane_line
        const ptrdiff_t *row_line
        const ptrdiff_t *column_line
        ptrdiff_t line_count
        const ptrdiff_t *line_planes
        const ptrdiff_t *line_rows
        const ptrdiff_t *line_rings
        ptrdiff_t tap_count
        const ptrdiff_t *tap_lines
        const ptrdiff_t *tap_offsets
        const void *weights
        double error
        const double *exact_weights
        const float *flat_results
        int flat_first
        ptrdiff_t along_count
        const float *down
        const float *along
        const double *exact_down
        const double *exact_along
        ptrdiff_t together
        const double *down_together
        double outer_error
        const ptrdiff_t *along_offsets
        ptrdiff_t ring, slots, pitch, phase

    struct fc_taps_task:
        const void *image
        void *out
        void *scratch
        ptrdiff_t plane, row, rows, column, columns
        int *failed
        Watch *watch
        const double *known

    struct fc_taps:
        size_t size
        int slack
        void filter(const fc_taps_plan *plan, const fc_taps_task *task) noexcept nogil


cdef inline const fc_taps *taps_kernels(str isa, int dtype) except NULL:
    return <const fc_taps *>simd.room(isa, "taps", dtype, sizeof(fc_taps))
