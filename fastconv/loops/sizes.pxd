"""Divide sizes, round those of scratch memory up to whole cache lines, and clear parts of it."""

from libc.string cimport memset

cdef enum:
    ALIGNMENT = 64
    WAY_BYTES = 4096        # addresses so far apart share a set of L1, on all CPUs
    APART_BYTES = 256       # those of rows that have only such a divisor in common are spread well
    L1_BYTES = 1 << 15      # bytes of L1, at least
    WIDE_BYTES = 64         # tiles of such vectors take as long to multiply as L2 to bring a line


cdef inline Py_ssize_t ceil_div(Py_ssize_t a, Py_ssize_t b) noexcept nogil:
    return (a + b - 1) // b


# Return the greatest common divisor.
cdef inline Py_ssize_t gcd(Py_ssize_t a, Py_ssize_t b) noexcept nogil:
    while b:
        a, b = b, a % b
    return a


cdef inline Py_ssize_t aligned(Py_ssize_t size) noexcept nogil:
    return ceil_div(size, ALIGNMENT) * ALIGNMENT


# Return whether values of `rows` rows, `apart` bytes apart, compete for few sets of L1, of which
# they may take `bytes`: each row keeps others from as many bytes as the distances have in common.
cdef inline bint crowded(Py_ssize_t rows, Py_ssize_t apart, Py_ssize_t bytes) noexcept nogil:
    cdef Py_ssize_t common = gcd(apart, WAY_BYTES)
    return common >= APART_BYTES and rows * common > bytes


# Set the bytes behind the first `used` ones of `count` rows to 0. Kernels compute whole vectors, of
# which some lanes lie behind the end of a row. If these hold numbers that a former call has left,
# some of them may be denormal, and arithmetic with those takes a hundred times as long.
cdef inline void clear_ends(char *rows, Py_ssize_t count, Py_ssize_t pitch,
                            Py_ssize_t used) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        memset(rows + i * pitch + used, 0, pitch - used)
