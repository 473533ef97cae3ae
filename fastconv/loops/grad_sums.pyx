# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""grad: sum values of each channel, which is the gradient of a bias, and arrays of a batch.

A thread sums whole channels, or the same values of all arrays. So the sum of one value does not
depend on the number of threads.
"""

from cython.parallel cimport prange
from libc.string cimport memcpy
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.grad cimport fc_grad, grad_kernels
from fastconv.loops.sizes cimport ceil_div

cnp.import_array()

cdef enum:
    PART = 2048                     # values that a thread sums over the batch at a time


def sums(str isa, str dtype, cnp.ndarray values, cnp.ndarray out, int threads):
    """Write the sum of each channel over batch and positions to `out`.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    values : ndarray (n, k, m)
        C-contiguous array of this dtype.
    out : ndarray (k,)
        C-contiguous array of this dtype.
    threads : int
        Number of threads.
    """
    cdef const fc_grad *room = grad_kernels(isa, simd.real_index(dtype))
    cdef Py_ssize_t n = values.shape[0], k = values.shape[1], m = values.shape[2], i
    cdef Py_ssize_t item = values.itemsize
    cdef const char *source = <const char *>cnp.PyArray_DATA(values)
    cdef char *target = <char *>cnp.PyArray_DATA(out)
    if threads == 1:
        with nogil:
            for i in range(k):
                _sum(room, source, n, k, m, i, item, target)
    else:
        for i in prange(k, nogil=True, num_threads=threads, schedule="static"):
            _sum(room, source, n, k, m, i, item, target)


cdef void _sum(const fc_grad *room, const char *source, Py_ssize_t n, Py_ssize_t k,
               Py_ssize_t m, Py_ssize_t channel, Py_ssize_t item, char *out) noexcept nogil:
    cdef double total = 0
    cdef Py_ssize_t i
    for i in range(n):
        total += room.sum(source + (i * k + channel) * m * item, m)
    if item == 4:
        (<float *>out)[channel] = <float>total
    else:
        (<double *>out)[channel] = total


def batch_sums(str isa, str dtype, cnp.ndarray values, cnp.ndarray out, int threads):
    """Write the sum over the first axis of `values` to `out`.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    values : ndarray
        C-contiguous array of this dtype; its first axis has at most 512 entries.
    out : ndarray
        C-contiguous array of this dtype, of the shape of one entry.
    threads : int
        Number of threads.
    """
    cdef const fc_grad *room = grad_kernels(isa, simd.real_index(dtype))
    cdef Py_ssize_t n = values.shape[0], size = out.size, item = out.itemsize, i
    cdef Py_ssize_t parts = ceil_div(size, PART)
    cdef const char *x = <const char *>cnp.PyArray_DATA(values)
    cdef char *to = <char *>cnp.PyArray_DATA(out)
    for i in prange(parts, nogil=True, num_threads=threads, schedule="static"):
        _batch_sum(room, x + i * PART * item, n, size * item,
                   min(<Py_ssize_t>PART, size - i * PART), to + i * PART * item, item)


cdef void _batch_sum(const fc_grad *room, const char *values, Py_ssize_t n, Py_ssize_t step,
                     Py_ssize_t count, char *out, Py_ssize_t item) noexcept nogil:
    cdef Py_ssize_t i
    memcpy(out, values, count * item)
    for i in range(1, n):
        room.add(out, values + i * step, count)
