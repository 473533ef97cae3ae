# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""direct: which rows share input, and how columns are cut into spans and copied rows into lines.

Everything here is arithmetic on sizes.
"""

from fastconv.loops.simd cimport fc_axis, fc_line
from fastconv.loops.sizes cimport ceil_div, gcd

cdef enum:
    ROLL_ROWS = 32          # most output rows of each class of a block, for rolling stencils
    ROLL_ROWS_WIDE = 16     # the same where panels are wide and soon done: few tap rows
    CHUNKS = 16             # largest number of tasks that columns are cut into


cdef Rows rows_of(const fc_axis *axis) noexcept nogil:
    """Return the classes and runs of the rows of an axis."""
    cdef Rows rows
    cdef Py_ssize_t common = gcd(axis.stride, axis.dilation)
    rows.feature, rows.taps, rows.dilation = axis.feature, axis.taps, axis.dilation
    rows.classes, rows.step = axis.dilation // common, axis.stride // common
    rows.residues = min(rows.step, rows.taps)
    rows.shared = rows.taps > rows.step
    return rows


cdef Py_ssize_t roll_rows(Py_ssize_t taps) noexcept nogil:
    """Return the most output rows per class of a block, so that L1 holds what a panel reads."""
    return ROLL_ROWS_WIDE if taps <= 3 else ROLL_ROWS


cdef Py_ssize_t run_taps(const Rows *rows, Py_ssize_t residue) noexcept nogil:
    """Return the tap rows of a run."""
    return ceil_div(rows.taps - residue, rows.step)


cdef Py_ssize_t entries(const Rows *rows, Py_ssize_t block) noexcept nogil:
    """Return how many entries each class of a block of rows reads. Every tap is in one run."""
    return (ceil_div(block, rows.classes) - 1) * rows.residues + rows.taps


cdef Columns cut_columns(const fc_axis *w, Py_ssize_t lanes, Py_ssize_t item, Py_ssize_t rows,
                         Py_ssize_t apart, bint pair, Py_ssize_t chunk) noexcept nogil:
    """Cut columns into spans.

    Parameters
    ----------
    w : fc_axis
        Axis of the columns.
    lanes, item : int
        Elements per vector, and bytes per element.
    rows : int
        Input rows that a block of the fewest output rows reads.
    apart : int
        Fewest vectors in a span for which reading it apart from borders pays, if there are any.
    pair : bool
        Whether one span may join the vectors at both ends of the rows.
    chunk : int
        Fewest columns that are worth a task of their own; 0 if there are rows for all threads.
    """
    cdef Columns c
    cdef Py_ssize_t reach = (w.taps - 1) * w.dilation, widest, most
    cdef bint whole
    c.low, c.high = max(<Py_ssize_t>0, w.before), min(w.feature, w.image + w.before - reach)
    c.low = ceil_div(c.low, lanes) * lanes
    c.high = w.feature - ceil_div(w.feature - c.high, lanes) * lanes
    c.inner = 0
    c.paired = False
    # kernels move the last vector of a row back, so that nothing is read past its end
    whole = c.low == 0 and c.high == w.feature >= lanes
    if w.stride == 1 and (whole or c.high - c.low >= apart * lanes):
        c.inner = 1
        if chunk:
            c.inner = max(<Py_ssize_t>1, min(<Py_ssize_t>CHUNKS, (c.high - c.low) // chunk))
        c.groups = c.inner
        c.spans = c.inner + (c.low > 0) + (c.high < w.feature)
        widest = max(c.low, w.feature - c.high)
    else:
        c.spans = 1
        _set_parts(w, &c, w.feature, item)
        most = ceil_div(w.feature, 4 * lanes)
        c.spans = ceil_div(c.pitch * item * rows, MOST_BYTES)
        if chunk:
            c.spans = max(c.spans, min(<Py_ssize_t>CHUNKS, w.feature // chunk))
        c.spans = max(<Py_ssize_t>1, min(most, c.spans))
        c.groups = c.spans
        widest = ceil_div(w.feature, c.spans)
        if c.spans > 1:
            widest += lanes
    c.pitch = c.longest = 0
    c.parts = c.length = 0
    c.shares = False
    if widest > 0:
        _set_parts(w, &c, widest, item)
        c.paired = pair and c.shares and c.inner == 1 and c.low == w.feature - c.high == lanes
        if c.paired:
            c.spans -= 1
            c.pitch = (ceil_div(2 * c.length, 64 // item) | 1) * (64 // item)
        c.longest = c.pitch
    if c.inner:
        c.longest = max(c.longest, ceil_div(c.high - c.low, c.inner) + 2 * lanes + reach)
    return c


cdef void _set_parts(const fc_axis *w, Columns *c, Py_ssize_t columns,
                     Py_ssize_t item) noexcept nogil:
    """Set how a copied row for so many output columns is split into lines, and its pitch."""
    cdef Py_ssize_t common = gcd(w.stride, w.dilation) if w.taps > 1 else w.stride
    cdef Py_ssize_t shared = columns + (w.taps - 1) * w.dilation // w.stride, line = 64 // item
    c.shares = w.stride // common * shared <= columns * w.taps
    c.parts, c.length = w.stride // common, shared
    if not c.shares:  # one line per tap if the stride leaves gaps
        c.parts, c.length = w.taps, columns
    c.pitch = (ceil_div(c.length * c.parts, line) | 1) * line


cdef void set_lines(const fc_axis *w, const Columns *c, Py_ssize_t start, Py_ssize_t columns,
                    fc_line *line) noexcept nogil:
    """Set the parts of a row that are copied for output columns from `start` on."""
    cdef Py_ssize_t common = gcd(w.stride, w.dilation) if w.taps > 1 else w.stride, i, first, most
    most = columns
    if c.shares:
        most += (w.taps - 1) * w.dilation // w.stride
    for i in range(c.parts):
        first = start * w.stride + i * (common if c.shares else w.dilation)
        line.start, line.position = first, i * c.length
        line.count = min(_steps(w.extent - first, w.stride), most)
        line.high = min(_steps(w.before + w.image - first, w.stride), line.count)
        line.low = min(_steps(w.before - first, w.stride), line.high)
        line += 1


cdef Py_ssize_t _steps(Py_ssize_t distance, Py_ssize_t stride) noexcept nogil:
    """Return how many values, `stride` apart, come before a distance."""
    return ceil_div(distance, stride) if distance > 0 else 0
