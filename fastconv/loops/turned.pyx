# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Transpose matrices of few columns, such as images whose last axis is short, and back.

Threads take blocks of rows of the long side, which stay in L1 while all columns are copied.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
cimport numpy as cnp

from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped

cnp.import_array()

cdef enum:
    BLOCK_BYTES = 1 << 14       # bytes of a block

ctypedef double complex double_complex

ctypedef fused element:
    uint8_t
    uint16_t
    uint32_t
    uint64_t
    double_complex


cdef void part(const element *source, Py_ssize_t rows, Py_ssize_t columns, bint back, element *out,
               Py_ssize_t first, Py_ssize_t stop, Watch *watch) noexcept nogil:
    cdef Py_ssize_t j, i
    if stopped(watch):
        return
    for j in range(columns):
        if back:
            for i in range(first, stop):
                out[i * columns + j] = source[j * rows + i]
        else:
            for i in range(first, stop):
                out[j * rows + i] = source[i * columns + j]


cdef void all_parts(const element *source, Py_ssize_t rows, Py_ssize_t columns, bint back,
                    element *out, int threads) noexcept nogil:
    cdef Py_ssize_t row = columns * sizeof(element), block = max(<Py_ssize_t>1, BLOCK_BYTES // row)
    cdef Py_ssize_t blocks = (rows + block - 1) // block, i
    cdef Watch *watch = current()
    if threads == 1:
        for i in range(blocks):
            part(source, rows, columns, back, out, i * block, min((i + 1) * block, rows), watch)
        return
    for i in prange(blocks, num_threads=threads, schedule="static"):
        part(source, rows, columns, back, out, i * block, min((i + 1) * block, rows),
             of_thread(watch, threadid()))


def turn(cnp.ndarray source, cnp.ndarray out, Py_ssize_t columns, bint back, int threads):
    """Write a transposed matrix to `out`.

    Parameters
    ----------
    source, out : ndarray
        C-contiguous arrays of the same dtype and number of elements, of 1, 2, 4, 8 or 16 bytes
        each.
    columns : int
        Number of columns of the matrix that has more rows: of `source`, or of `out` for `back`.
    back : bool
        Whether `source` is the matrix with few rows.
    threads : int
        Number of threads.
    """
    cdef Py_ssize_t rows = cnp.PyArray_SIZE(source) // columns
    cdef int item = <int>source.itemsize
    cdef const char *x = cnp.PyArray_BYTES(source)
    cdef char *y = cnp.PyArray_BYTES(out)
    with nogil:
        if item == 1:
            all_parts[uint8_t](<const uint8_t *>x, rows, columns, back, <uint8_t *>y, threads)
        elif item == 2:
            all_parts[uint16_t](<const uint16_t *>x, rows, columns, back, <uint16_t *>y, threads)
        elif item == 4:
            all_parts[uint32_t](<const uint32_t *>x, rows, columns, back, <uint32_t *>y, threads)
        elif item == 8:
            all_parts[uint64_t](<const uint64_t *>x, rows, columns, back, <uint64_t *>y, threads)
        else:
            all_parts[double_complex](<const double_complex *>x, rows, columns, back,
                                      <double_complex *>y, threads)
