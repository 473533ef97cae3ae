# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""missing: write out what is valid of an image, and join the two sums of a filter of it.

    split       each thread takes rows of the image
    combine     each thread takes stretches of the result

Arrays are C-contiguous and of one dtype: float32, float64 or a complex one.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport int64_t, uint8_t
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.config import current_isa

cnp.import_array()

cdef enum:
    STRETCH = 8192      # results of a task of `combine`


cdef const fc_missing *room_of(cnp.ndarray array) except NULL:
    """Return the kernels for an array of real or complex numbers."""
    return missing_kernels(
        current_isa(), simd.real_index("f32" if array.dtype.char in "fF" else "f64"))


def split(cnp.ndarray image, cnp.ndarray mask, bint nan, cnp.ndarray values, cnp.ndarray valid,
          cnp.ndarray kinds, cnp.ndarray starts, int threads):
    """Write an image with 0 in place of its missing elements, 1 where it is valid, and their kinds.

    Parameters
    ----------
    image : ndarray
        Its rows are along the last axis.
    mask : ndarray of uint8, or None
        Not 0 where an element of the image is missing.
    nan : bool
        Whether a NaN is missing.
    values, valid : ndarray of image's dtype
        Receive the image, and ones and zeros.
    kinds : ndarray of uint8
        Receives 1 where an element is missing, and 2 where it is valid.
    starts : ndarray of int64
        Position in the last three arrays at which each row begins.
    threads : int
        Number of threads.

    Returns
    -------
    int
        Number of missing elements.
    """
    cdef const fc_missing *room = room_of(image)
    cdef int parts = 2 if image.descr.kind == c"c" else 1
    cdef const char *x = cnp.PyArray_BYTES(image)
    cdef char *v = cnp.PyArray_BYTES(values)
    cdef char *c = cnp.PyArray_BYTES(valid)
    cdef uint8_t *k = <uint8_t *>cnp.PyArray_DATA(kinds)
    cdef const uint8_t *m = NULL
    cdef const int64_t *s = <const int64_t *>cnp.PyArray_DATA(starts)
    cdef Py_ssize_t rows = starts.size, columns = image.shape[image.ndim - 1], i, missing = 0
    cdef Py_ssize_t item = image.itemsize
    cdef Watch *watch = current()
    if mask is not None:
        m = <const uint8_t *>cnp.PyArray_DATA(mask)
    for i in prange(rows, nogil=True, num_threads=threads, schedule="static"):
        if not stopped(of_thread(watch, threadid())):
            missing += room.split(
                x + i * columns * item, marks_of(m, i * columns), nan, v + s[i] * item,
                c + s[i] * item, k + s[i], columns, parts)
    return missing


cdef inline const uint8_t *marks_of(const uint8_t *marks, Py_ssize_t first) noexcept nogil:
    if marks == NULL:
        return marks
    return marks + first


def combine(cnp.ndarray sums, cnp.ndarray weights, cnp.ndarray kinds, cnp.ndarray totals,
            double least, cnp.ndarray out, int threads):
    """Write the results of a filter.

    Parameters
    ----------
    sums, weights : ndarray
        Sums over the image, and over what is valid of it.
    kinds : ndarray of uint8
        What each window holds: 1 for missing elements, 2 for valid ones, 3 for both.
    totals : ndarray
        Sum of the kernel: one for all results, or one for each.
    least : double
        A weight of a smaller absolute value is counted as small.
    out : ndarray
        Receives the sum where nothing is missing, NaN where nothing is valid, and otherwise the sum
        times the total divided by the weight.
    threads : int
        Number of threads.

    Returns
    -------
    int
        Number of small weights in windows with elements of both kinds.
    """
    cdef const fc_missing *room = room_of(out)
    cdef int parts = 2 if out.descr.kind == c"c" else 1
    cdef const char *a = cnp.PyArray_BYTES(sums)
    cdef const char *b = cnp.PyArray_BYTES(weights)
    cdef const uint8_t *k = <const uint8_t *>cnp.PyArray_DATA(kinds)
    cdef const char *t = cnp.PyArray_BYTES(totals)
    cdef char *y = cnp.PyArray_BYTES(out)
    cdef Py_ssize_t count = out.size, step = 0 if totals.size == 1 else 1, item = out.itemsize
    cdef Py_ssize_t tasks = (count + STRETCH - 1) // STRETCH, i, small = 0
    cdef Watch *watch = current()
    for i in prange(tasks, nogil=True, num_threads=threads, schedule="static"):
        if not stopped(of_thread(watch, threadid())):
            small += room.combine(
                a + i * STRETCH * item, b + i * STRETCH * item, k + i * STRETCH,
                t + i * STRETCH * item * step, step, least, y + i * STRETCH * item,
                min(<Py_ssize_t>STRETCH, count - i * STRETCH), parts)
    return small
