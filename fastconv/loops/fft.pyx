# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft: multiply spectra, and sum the products over channels or over the batch.

    out[g, i, j, f] = sum over a of left[g, i, a, f] * right[g, j, a, f]

Complex numbers are stored as pairs of real numbers. One thread computes each output row, one block
of frequencies after the other, so that a block stays in L1. Its sum runs over `a` in order, so no
reduction is shared between threads.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped

cnp.import_array()

ctypedef fused real:
    float
    double

cdef enum:
    BLOCK = 256     # frequencies of a block, whose sums stay in L1


cdef struct Rows:
    Py_ssize_t i, j, a, f           # sizes
    Py_ssize_t left[3]              # strides of g, i, a, in reals
    Py_ssize_t right[3]             # strides of g, j, a, in reals


def contract(cnp.ndarray left, cnp.ndarray right, cnp.ndarray out, int threads):
    """Write the sum of products of two spectra to `out`; see the formula of this module.

    Parameters
    ----------
    left, right : ndarray of complex64 or complex128, shapes (g, i, a, f) and (g, j, a, f)
        Spectra of one dtype. The last axis is contiguous, other axes may have any stride.
    out : ndarray, shape (g, i, j, f)
        C-contiguous array of the same dtype. It may be `left` if a and j are 1.
    threads : int
        Number of threads.
    """
    cdef Rows rows
    cdef Py_ssize_t item = left.itemsize // 2, k
    rows.i, rows.j = left.shape[1], right.shape[1]
    rows.a, rows.f = left.shape[2], left.shape[3]
    for k in range(3):
        rows.left[k] = left.strides[k] // item
        rows.right[k] = right.strides[k] // item
    if item == 4:
        _contract[float](&rows, <float *>cnp.PyArray_DATA(left), <float *>cnp.PyArray_DATA(right),
                         <float *>cnp.PyArray_DATA(out), left.shape[0] * rows.i * rows.j, threads)
    else:
        _contract[double](&rows, <double *>cnp.PyArray_DATA(left),
                          <double *>cnp.PyArray_DATA(right), <double *>cnp.PyArray_DATA(out),
                          left.shape[0] * rows.i * rows.j, threads)


cdef void _contract(const Rows *rows, const real *left, const real *right, real *out,
                    Py_ssize_t count, int threads) noexcept:
    cdef Py_ssize_t row
    cdef Watch *watch = current()
    if threads == 1:
        with nogil:
            for row in range(count):
                _row(rows, left, right, out, row, watch)
    else:
        for row in prange(count, nogil=True, num_threads=threads, schedule="static"):
            _row(rows, left, right, out, row, of_thread(watch, threadid()))


cdef void _row(const Rows *rows, const real *left, const real *right, real *out,
               Py_ssize_t row, Watch *watch) noexcept nogil:
    cdef Py_ssize_t j = row % rows.j, i = row // rows.j % rows.i, g = row // rows.j // rows.i
    cdef const real *x = left + g * rows.left[0] + i * rows.left[1]
    cdef const real *w = right + g * rows.right[0] + j * rows.right[1]
    cdef real *y = out + row * rows.f * 2
    cdef Py_ssize_t block, start, count, a
    for block in range((rows.f + BLOCK - 1) // BLOCK):
        if stopped(watch):
            return
        start = block * BLOCK
        count = min(<Py_ssize_t>BLOCK, rows.f - start)
        for a in range(rows.a):
            _accumulate(x + a * rows.left[2] + 2 * start, w + a * rows.right[2] + 2 * start,
                        y + 2 * start, count, a > 0)


cdef inline void _accumulate(const real *x, const real *w, real *y, Py_ssize_t count,
                             bint add) noexcept nogil:
    cdef Py_ssize_t f
    cdef real re, im    # `y` may be `x`
    if add:
        for f in range(count):
            y[2 * f] += x[2 * f] * w[2 * f] - x[2 * f + 1] * w[2 * f + 1]
            y[2 * f + 1] += x[2 * f] * w[2 * f + 1] + x[2 * f + 1] * w[2 * f]
    else:
        for f in range(count):
            re, im = x[2 * f], x[2 * f + 1]
            y[2 * f] = re * w[2 * f] - im * w[2 * f + 1]
            y[2 * f + 1] = re * w[2 * f + 1] + im * w[2 * f]
