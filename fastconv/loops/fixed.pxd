"""Declare the C interface of fixed; see src/fixed/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch

cdef extern from "fixed/interface.h" nogil:
    enum:
        FC_FIXED_TAPS
        FC_FIXED_ROWS

    struct fc_fixed_pass:
        ptrdiff_t taps, groups
        int order

    struct fc_fixed_plan:
        fc_fixed_pass down, along
        ptrdiff_t width, height, unit, before
        const ptrdiff_t *row_line
        const ptrdiff_t *column_line
        int fill
        ptrdiff_t pitch, lines

    struct fc_fixed_task:
        const void *image
        void *out
        void *scratch
        ptrdiff_t row, rows, column, columns
        Watch *watch

    struct fc_fixed:
        size_t size
        int slack, item
        int prepare(fc_fixed_pass *into, const double *weights) noexcept nogil
        int prepare_window(fc_fixed_pass *into) noexcept nogil
        void filter(const fc_fixed_plan *plan, const fc_fixed_task *task) noexcept nogil


cdef inline const fc_fixed *fixed_kernels(str isa, str dtype) except NULL:
    return <const fc_fixed *>simd.room(isa, "fixed", simd.value_index(dtype), sizeof(fc_fixed))
