"""Declare the windows of a pooling, in the terms of src/pooling."""

cdef struct PoolAxis:       # sizes count units of elements
    Py_ssize_t input, output, taps, stride, dilation, before, after
    Py_ssize_t unit         # elements of a unit
    bint regular            # whether windows have one size; else they are adaptive


cdef inline Py_ssize_t axis_size(const PoolAxis *a) noexcept nogil:
    """Return the elements of the input."""
    return a.input * a.unit


cdef inline Py_ssize_t axis_window(const PoolAxis *a) noexcept nogil:
    """Return the elements of a window, without those between dilated taps."""
    return a.taps * a.unit


cdef inline Py_ssize_t axis_span(const PoolAxis *a) noexcept nogil:
    """Return the elements from the first to the last one of a window."""
    return (a.taps - 1) * a.dilation * a.unit + a.unit


cdef inline Py_ssize_t axis_step(const PoolAxis *a) noexcept nogil:
    """Return the elements from one window to the next; an estimate if they are not regular."""
    return a.stride * a.unit if a.regular else (a.input + a.output - 1) // a.output


cdef inline bint is_trivial(const PoolAxis *a) noexcept nogil:
    """Return whether every window is one element, so that there is nothing to pool."""
    return a.taps == 1 and a.stride == 1 and a.input == a.output and a.regular


cdef void set_adaptive(PoolAxis *a, Py_ssize_t size, Py_ssize_t outputs) noexcept nogil
cdef int set_window(PoolAxis *a, problem, Py_ssize_t axis) except -1
cdef Py_ssize_t first_read(const PoolAxis *axis, Py_ssize_t output) noexcept nogil
cdef Py_ssize_t count_read(const PoolAxis *axis, Py_ssize_t output) noexcept nogil
cdef Py_ssize_t counted(const PoolAxis *axis, bint include_pad, Py_ssize_t output) noexcept nogil


cdef class Windows:
    cdef PoolAxis axis[3]
    cdef Py_ssize_t channels, planes    # of the whole batch; the same, with depths merged into them
    cdef readonly str compute
    cdef int kind
    cdef Py_ssize_t item
    cdef bint maxima, minima, averages, normed
    cdef double divisor     # 0 for that of an average
    cdef bint include_pad
