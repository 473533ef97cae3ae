"""Declare the layout of a convolution for direct.pyx."""

from fastconv.loops.direct cimport fc_direct, fc_direct_plan
from fastconv.loops.direct_cuts cimport Columns, Rows


cdef class Layout:
    cdef const fc_direct *room
    cdef fc_direct_plan plan
    cdef Rows rows
    cdef Columns columns
    cdef Py_ssize_t item, units, unit_step, unit_tasks, block_rows, row_unit, row_tasks
    cdef Py_ssize_t slots_bytes, inputs_bytes, fill_bytes, patch_bytes, thread_bytes
    cdef double work
    cdef list kept                          # arrays that the plan points into
    cdef const Py_ssize_t *group_starts     # first span of every group, and one past the last

    cpdef double busy(self, int threads)
    cdef _cut(self)
    cdef Py_ssize_t _rolls(self, Py_ssize_t planes)
    cdef _plan_workspace(self)
    cdef char *_keep(self, Py_ssize_t size)
    cdef _set_heights(self)
    cdef _set_runs(self)
    cdef _set_spans(self)
