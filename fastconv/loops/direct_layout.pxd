"""Declare the layout of a convolution for direct.pyx."""

from fastconv.loops.direct cimport fc_direct, fc_direct_plan
from fastconv.loops.simd cimport fc_axis


cdef struct Rows:               # classes of output rows; see src/direct/rows.h
    Py_ssize_t feature, taps, dilation
    Py_ssize_t classes          # number of classes
    Py_ssize_t step             # distance in tap rows between neighbours in a run
    Py_ssize_t residues         # number of runs: rows of taps that read the same entries
    bint shared                 # whether output rows of a class share input rows

cdef struct Columns:            # how output columns are cut into spans
    Py_ssize_t low, high        # columns low..high are read from the image, if there are any
    Py_ssize_t spans, groups    # number of spans, and of groups: the spans of one task
    Py_ssize_t inner            # spans that are read from the image
    Py_ssize_t parts, length    # of spans that are copied: lines of a row, and values of a line
    bint shares                 # whether taps share lines
    bint paired                 # whether the copied vectors of both ends are one span
    Py_ssize_t pitch            # values of a row in the patch; 0 if no span is copied
    Py_ssize_t longest          # most values that a row of a span reads


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

    cdef _cut(self)
    cdef Py_ssize_t _rolls(self, Py_ssize_t planes)
    cdef _plan_workspace(self)
    cdef char *_keep(self, Py_ssize_t size)
    cdef _set_heights(self)
    cdef _set_runs(self)
    cdef _set_spans(self)
