"""Declare the C interface of integer; see src/integer/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch

cdef extern from "integer/interface.h" nogil:
    struct fc_integer_plan:
        int source, target, kind, conversion, fills, row_order, column_order
        ptrdiff_t width, unit, row_taps, column_taps, before
        const ptrdiff_t *row_line
        const ptrdiff_t *column_line
        const void *row_weights
        const void *column_weights
        double row_scale, column_scale, fill
        ptrdiff_t list
        ptrdiff_t pitch

    struct fc_integer_task:
        const void *image
        void *out
        void *scratch
        ptrdiff_t row, rows, column, columns
        Watch *watch

    struct fc_integer:
        size_t size
        int slack
        void filter(const fc_integer_plan *plan, const fc_integer_task *task) noexcept nogil


cdef inline const fc_integer *integer_kernels(str isa, int real) except NULL:
    return <const fc_integer *>simd.room(isa, "integer", real, sizeof(fc_integer))
