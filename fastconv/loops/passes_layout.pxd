"""Declare the layout of a filter for passes.pyx."""

from fastconv.loops cimport simd
from fastconv.loops.epilogue cimport fc_epilogue
from fastconv.loops.simd cimport fc_axis

cdef extern from "separable/interface.h" nogil:
    struct fc_lines:
        const void *line
        const void *c
        void *out
        const ptrdiff_t *offset
        ptrdiff_t taps, rows, pitch, out_pitch, length
        int accumulate

    struct fc_separable:
        size_t size
        int lanes, rows, taps_max, folded_taps, slack
        void columns(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                     void *out, ptrdiff_t pitch, ptrdiff_t count, ptrdiff_t length,
                     int accumulate) noexcept nogil
        void lines(const fc_lines *l) noexcept nogil
        void split(const void *line, ptrdiff_t length, ptrdiff_t stride, void *out,
                   ptrdiff_t pitch) noexcept nogil
        void folded_columns(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                            int sign, void *out, ptrdiff_t pitch, ptrdiff_t count,
                            ptrdiff_t length) noexcept nogil
        void folded_lines(const fc_lines *l, int sign) noexcept nogil


cdef inline const fc_separable *separable_kernels(str isa, int real) except NULL:
    return <const fc_separable *>simd.room(isa, "separable", real, sizeof(fc_separable))

cdef struct Along:          # one axis
    fc_axis axis
    Py_ssize_t image, feature, taps, stride, dilation, extent
    Py_ssize_t size, step   # a unit: `size` outputs, `step` apart, on rows dilation apart
    Py_ssize_t units


cdef struct Run:            # neighbouring columns of the image: their position in a scratch row
    Py_ssize_t column, position, length


cdef struct Copy:
    Py_ssize_t position, source


cdef struct Strip:          # output columns first..first+count, and the input columns they need
    Py_ssize_t first, count, width
    Py_ssize_t lead         # elements in front of a scratch row, so that the longest run is aligned
    Py_ssize_t inside, inside_stop  # positions of a scratch row that lie inside the image
    Py_ssize_t run, run_stop, copy, copy_stop, gap, gap_stop


cdef struct Step:           # one sum along a row
    Py_ssize_t source, target       # levels; source 0 is the row, target -1 the output
    Py_ssize_t taps, single         # the last `single` taps read values of the row
    Py_ssize_t more                 # values to compute in addition to one per output
    Py_ssize_t offset, coefficient  # indices of the first tap's; offset -1: taps are neighbours
    bint accumulate


cdef enum:
    STEP_TAPS = 16                 # largest number of taps of a step with single ones


cdef class Layout:
    cdef const fc_separable *room
    cdef const fc_epilogue *epilogue
    cdef Along along[3]
    cdef Py_ssize_t item, batch, channels, multiplier, features, terms, factor_length
    cdef Py_ssize_t coefficient[3]
    cdef Py_ssize_t strips, chunks, chunk_units, chunk_rows, tiles, levels
    cdef Py_ssize_t pitch, phase_pitch, used_bytes, own_bytes, thread_bytes, fill_bytes
    cdef int bias_kind, activation
    cdef bint has_epilogue, through_depth
    cdef bint pads                          # whether rows of a fill value are read
    cdef bint copied                        # whether rows are copied, as they compete in L1
    cdef bint merged                        # whether the second axis was joined to the last one
    cdef object row_steps
    cdef list kept
    cdef const Strip *strip
    cdef const Run *run
    cdef const Copy *copy
    cdef const Py_ssize_t *gap
    cdef const Step *step
    cdef const Py_ssize_t *offset
    cdef Py_ssize_t steps

    cdef _set_axes(self, axes, unit, copies)
    cdef _set_steps(self, steps)
    cdef char *_keep(self, Py_ssize_t size)
    cdef _build_steps(self)
    cdef _build_strips(self)
    cdef Py_ssize_t _width(self, Py_ssize_t columns)
    cdef Py_ssize_t _strip_columns(self)
    cdef _cut_columns(self)
    cdef _cut_rows(self)
    cdef _plan_workspace(self)
