# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft of long lines: multiply the columns of a matrix by the factors between its two transforms.

    out[k, j] = block[k, j] * start[k] * step[k, j]

Complex numbers are stored as pairs of real numbers. Each thread takes some rows.
"""

from cython.parallel cimport prange
cimport numpy as cnp

cnp.import_array()

ctypedef fused real:
    float
    double


def twist(cnp.ndarray block, cnp.ndarray start, cnp.ndarray step, cnp.ndarray out, bint conjugate,
          int threads):
    """Write the products of a block and two tables to `out`.

    Parameters
    ----------
    block : ndarray of complex64 or complex128, shape (rows, columns)
        Values next to each other along rows.
    start : ndarray of complex128, shape (rows,)
        Factor of each row.
    step : ndarray of complex128, shape (rows, columns or more)
        Factors of the columns, next to each other along rows.
    out : ndarray
        Array of the shape and dtype of `block`, whose rows are contiguous.
    conjugate : bool
        Whether the conjugates of all factors are taken.
    threads : int
        Number of threads.
    """
    cdef Py_ssize_t rows = block.shape[0], columns = block.shape[1], k
    cdef Py_ssize_t from_row = block.strides[0], to_row = out.strides[0]
    cdef Py_ssize_t start_row = start.strides[0], step_row = step.strides[0]
    cdef const char *source = cnp.PyArray_BYTES(block)
    cdef const char *starts = cnp.PyArray_BYTES(start)
    cdef const char *steps = cnp.PyArray_BYTES(step)
    cdef char *to = cnp.PyArray_BYTES(out)
    cdef double sign = -1 if conjugate else 1
    cdef bint single = block.itemsize == 8
    for k in prange(rows, nogil=True, num_threads=threads, schedule="static"):
        if single:
            twist_row[float](<const float *>(source + k * from_row),
                             <const double *>(starts + k * start_row),
                             <const double *>(steps + k * step_row), columns, sign,
                             <float *>(to + k * to_row))
        else:
            twist_row[double](<const double *>(source + k * from_row),
                              <const double *>(starts + k * start_row),
                              <const double *>(steps + k * step_row), columns, sign,
                              <double *>(to + k * to_row))


cdef void twist_row(const real *source, const double *start, const double *step,
                    Py_ssize_t columns, double sign, real *to) noexcept nogil:
    cdef Py_ssize_t j
    cdef double re, im, x, y, a = start[0], b = start[1]
    for j in range(columns):
        re = a * step[2 * j] - b * step[2 * j + 1]
        im = sign * (a * step[2 * j + 1] + b * step[2 * j])
        x, y = source[2 * j], source[2 * j + 1]
        to[2 * j] = <real>(x * re - y * im)
        to[2 * j + 1] = <real>(x * im + y * re)
