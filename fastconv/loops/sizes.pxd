"""Round sizes of scratch memory up, among others to whole cache lines."""

cdef enum:
    ALIGNMENT = 64


cdef inline Py_ssize_t ceil_div(Py_ssize_t a, Py_ssize_t b) noexcept nogil:
    return (a + b - 1) // b


cdef inline Py_ssize_t aligned(Py_ssize_t size) noexcept nogil:
    return ceil_div(size, ALIGNMENT) * ALIGNMENT
