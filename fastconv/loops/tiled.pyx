# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""tiled: copy every t-th value of a gradient to a new array, and add arrays.

    thinned    each thread takes rows
    add        each thread takes parts of the array
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.grad cimport fc_grad, grad_kernels

cnp.import_array()

cdef enum:
    PART = 1 << 14      # values that a thread adds at a time

ctypedef fused real:
    float
    double


def thinned(cnp.ndarray source, first, steps, cnp.ndarray out, int threads):
    """Write ``source[..., first[0]::steps[0], first[1]::steps[1]]`` to `out`.

    Parameters
    ----------
    source : ndarray
        C-contiguous array of float32 or float64.
    first : sequence of 1 or 2 int
        Index of the first value to copy along each of the last axes.
    steps : sequence of 1 or 2 int
        Distance between values to copy along each of these axes.
    out : ndarray
        C-contiguous array of the same dtype.
    threads : int
        Number of threads.
    """
    cdef Py_ssize_t dims = len(first), width = source.shape[source.ndim - 1]
    cdef Py_ssize_t height = source.shape[source.ndim - 2] if dims == 2 else 1
    cdef Py_ssize_t columns = out.shape[out.ndim - 1]
    cdef Py_ssize_t rows = out.shape[out.ndim - 2] if dims == 2 else 1
    cdef Py_ssize_t planes = out.size // (rows * columns)
    cdef Py_ssize_t y = first[0] if dims == 2 else 0, x = first[dims - 1]
    cdef Py_ssize_t step_y = steps[0] if dims == 2 else 1, step_x = steps[dims - 1]
    if source.itemsize == 4:
        _thinned[float](<const float *>cnp.PyArray_DATA(source) + y * width + x, height * width,
                        step_y * width, step_x, planes, rows, columns,
                        <float *>cnp.PyArray_DATA(out), threads)
    else:
        _thinned[double](<const double *>cnp.PyArray_DATA(source) + y * width + x, height * width,
                         step_y * width, step_x, planes, rows, columns,
                         <double *>cnp.PyArray_DATA(out), threads)


cdef _thinned(const real *source, Py_ssize_t plane, Py_ssize_t row, Py_ssize_t step,
              Py_ssize_t planes, Py_ssize_t rows, Py_ssize_t columns, real *out, int threads):
    cdef Py_ssize_t i
    cdef Watch *watch = current()
    for i in prange(planes * rows, nogil=True, num_threads=threads, schedule="static"):
        if not stopped(of_thread(watch, threadid())):
            _row(source + i // rows * plane + i % rows * row, step, columns, out + i * columns)


cdef inline void _row(const real *source, Py_ssize_t step, Py_ssize_t count,
                      real *out) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        out[i] = source[i * step]


def add(str isa, str dtype, cnp.ndarray source, cnp.ndarray out, int threads):
    """Add `source` to `out`.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    source, out : ndarray
        C-contiguous arrays of one shape, of this dtype.
    threads : int
        Number of threads.
    """
    cdef const fc_grad *room = grad_kernels(isa, simd.real_index(dtype))
    cdef Py_ssize_t size = out.size, item = out.itemsize, parts = (size + PART - 1) // PART, i
    cdef const char *x = <const char *>cnp.PyArray_DATA(source)
    cdef char *to = <char *>cnp.PyArray_DATA(out)
    cdef Watch *watch = current()
    for i in prange(parts, nogil=True, num_threads=threads, schedule="static"):
        if not stopped(of_thread(watch, threadid())):
            room.add(to + i * PART * item, x + i * PART * item,
                     PART if i < parts - 1 else size - i * PART)
