"""Divide sizes, round those of scratch memory up to whole cache lines, and clear parts of it."""

from libc.string cimport memset

cdef enum:
    ALIGNMENT = 64


cdef inline Py_ssize_t ceil_div(Py_ssize_t a, Py_ssize_t b) noexcept nogil:
    return (a + b - 1) // b


# Return the greatest common divisor.
cdef inline Py_ssize_t gcd(Py_ssize_t a, Py_ssize_t b) noexcept nogil:
    while b:
        a, b = b, a % b
    return a


cdef inline Py_ssize_t aligned(Py_ssize_t size) noexcept nogil:
    return ceil_div(size, ALIGNMENT) * ALIGNMENT


# Set the bytes behind the first `used` ones of `count` rows to 0. Kernels compute whole vectors, of
# which some lanes lie behind the end of a row. If these hold numbers that a former call has left,
# some of them may be denormal, and arithmetic with those takes a hundred times as long.
cdef inline void clear_ends(char *rows, Py_ssize_t count, Py_ssize_t pitch,
                            Py_ssize_t used) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        memset(rows + i * pitch + used, 0, pitch - used)
