"""What the filters that go along one axis after the other have in common."""

from fastconv.loops cimport simd

cdef struct Along:          # one axis
    Py_ssize_t image, feature, taps, stride, dilation, before, extent
    const Py_ssize_t *line
    Py_ssize_t size, step   # a unit: `size` outputs, `step` apart, on input rows dilation apart
    Py_ssize_t units


cdef struct Run:            # neighbouring columns of the image: their place in a scratch row
    Py_ssize_t column, place, length


cdef struct Copy:
    Py_ssize_t place, source


cdef struct Strip:          # output columns first..first+count, and the input columns they need
    Py_ssize_t first, count, width
    Py_ssize_t lead         # in front of a scratch row, so that the longest run is aligned
    Py_ssize_t run, run_stop, copy, copy_stop, gap, gap_stop


cdef struct Step:           # one sum along a row
    Py_ssize_t source, target       # levels: 0 the row, -1 the output
    Py_ssize_t taps, more           # more values than there are outputs
    Py_ssize_t offset, coefficient  # of the first tap; offset -1: taps are neighbours
    bint accumulate


cdef struct Call:
    const char *image
    const char *factors
    const char *bias
    const char *add
    char *out
    double fill
    const char *fill_row
    char *workspace


cdef struct Band:           # a tile: what its units read and where they write
    const Call *call
    const Strip *strip
    const Run *runs
    Py_ssize_t run_count
    const char *plane       # of the image, NULL for padding; or of scratch rows
    Py_ssize_t first        # padded coordinate of the first scratch row; -1: an image
    const char *factors
    Py_ssize_t channel, position
    # scratch
    const void **rows
    char *mid
    char *levels
    char *phases
    char *depth
    char *own


cdef class Passes:
    cdef const simd.fc_separable *room
    cdef const simd.fc_epilogue *epilogue
    cdef Along along[3]
    cdef Py_ssize_t item, batch, channels, multiplier, features, terms, factor_length
    cdef Py_ssize_t coefficient[3]
    cdef Py_ssize_t strips, chunks, chunk_units, chunk_rows, tiles, levels
    cdef Py_ssize_t pitch, phase_pitch, own_bytes, thread_bytes, fill_bytes
    cdef int bias_kind, activation
    cdef bint has_epilogue, through_depth
    cdef object kept
    cdef const Strip *strip
    cdef const Run *run
    cdef const Copy *copy
    cdef const Py_ssize_t *gap
    cdef const Step *step
    cdef const Py_ssize_t *offset
    cdef Py_ssize_t steps

    cdef _keep(self, values)
    cdef _set_axes(self, axes, unit)
    cdef _set_steps(self, steps)
    cdef _keep_steps(self, table)
    cdef Py_ssize_t _width(self, Py_ssize_t columns)
    cdef Py_ssize_t _strip_columns(self)
    cdef _cut_columns(self)
    cdef _cut_rows(self)
    cdef _lay_out_workspace(self)
    cdef void _tile(self, const Call *call, Py_ssize_t tile, int thread) noexcept nogil
    cdef void _through_depth(self, Band *band, Py_ssize_t unit, Py_ssize_t chunk) noexcept nogil
    cdef void _units(self, Band *band, Py_ssize_t chunk) noexcept nogil
    cdef void _unit(self, Band *band, Py_ssize_t first, Py_ssize_t count) noexcept nogil
    cdef void _point(self, const Band *band, Py_ssize_t output, Py_ssize_t first,
                     Py_ssize_t count) noexcept nogil
    cdef void _sum_columns(self, const Band *band, const char *c, const Along *axis,
                           Py_ssize_t count, char *out, Py_ssize_t pitch) noexcept nogil
    cdef void _complete(self, const Band *band, const char *c, Py_ssize_t taps, char *out,
                        Py_ssize_t pitch, Py_ssize_t count) noexcept nogil
    cdef void _finish(self, const Band *band, const char *row, Py_ssize_t output,
                      const char *factors, bint first, bint last) noexcept nogil
