"""Declare for direct_layout.pyx how rows and columns of the output are cut."""

from fastconv.loops.simd cimport fc_axis, fc_line

cdef enum:
    MOST_BYTES = 192 * 1024  # bytes of rows copied at a time if L1 does not hold a block


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


cdef Rows rows_of(const fc_axis *axis) noexcept nogil
cdef Py_ssize_t roll_rows(Py_ssize_t taps) noexcept nogil
cdef Py_ssize_t run_taps(const Rows *rows, Py_ssize_t residue) noexcept nogil
cdef Py_ssize_t entries(const Rows *rows, Py_ssize_t block) noexcept nogil
cdef Columns cut_columns(const fc_axis *w, Py_ssize_t lanes, Py_ssize_t item, Py_ssize_t rows,
                         Py_ssize_t apart, bint pair, Py_ssize_t chunk) noexcept nogil
cdef void set_lines(const fc_axis *w, const Columns *c, Py_ssize_t start, Py_ssize_t columns,
                    fc_line *line) noexcept nogil
