# cython: freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Compute maxima: pooling with the index of the first maximum, and maxout with its gradient.

A NaN is larger than every number. Of several maxima or NaNs, the first one wins.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport (
    int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t,
)
from libc.string cimport memcpy, memset

from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.naive.common cimport data

import numpy as np

ctypedef fused ordered_t:
    int8_t
    int16_t
    int32_t
    int64_t
    uint8_t
    uint16_t
    uint32_t
    uint64_t
    float
    double

cdef enum:
    WINDOWS = 16  # windows between two questions whether to stop

cdef struct Axis:
    Py_ssize_t targets
    const Py_ssize_t *ptr
    const Py_ssize_t *source

cdef struct Shape:
    Py_ssize_t tasks, source_size
    Axis axes[3]


cdef inline bint wins(ordered_t value, ordered_t best) noexcept nogil:
    if ordered_t is float or ordered_t is double:  # only a NaN differs from itself
        return value > best or (value != value and best == best)
    else:
        return value > best


cdef void one_row(
    const Shape *shape, const ordered_t *source, ordered_t *out, int64_t *indices,
    ordered_t lowest, Py_ssize_t number, Watch *watch
) noexcept nogil:
    cdef const Axis *a = &shape.axes[0]
    cdef const Axis *b = &shape.axes[1]
    cdef const Axis *c = &shape.axes[2]
    cdef Py_ssize_t pb = number % b.targets
    cdef Py_ssize_t pa = number // b.targets % a.targets
    cdef Py_ssize_t pc, ea, eb, ec, offset, position
    cdef ordered_t best
    source += number // (a.targets * b.targets) * shape.source_size
    out += number * c.targets
    for pc in range(c.targets):
        if pc % WINDOWS == 0 and stopped(watch):
            return
        best, position = lowest, -1
        for ea in range(a.ptr[pa], a.ptr[pa + 1]):
            for eb in range(b.ptr[pb], b.ptr[pb + 1]):
                offset = a.source[ea] + b.source[eb]
                for ec in range(c.ptr[pc], c.ptr[pc + 1]):
                    if position < 0 or wins(source[offset + c.source[ec]], best):
                        position = offset + c.source[ec]
                        best = source[position]
        out[pc] = best
        if indices != NULL:
            indices[number * c.targets + pc] = position


cdef void all_rows(
    const Shape *shape, const ordered_t *source, ordered_t *out, int64_t *indices,
    const ordered_t *lowest, int threads
) noexcept nogil:
    cdef Py_ssize_t number
    cdef Watch *watch = current()
    for number in prange(shape.tasks, num_threads=threads, schedule="static"):
        one_row(shape, source, out, indices, lowest[0], number, of_thread(watch, threadid()))


def _lowest(dtype):
    """Return the identity of the maximum as an array of one element."""
    return np.array([-np.inf if dtype.kind == "f" else np.iinfo(dtype).min], dtype)


def _max_pool(ordered_t[::1] like, MaxPool pool, source, out, indices, int threads):
    cdef void *s = data(source)
    cdef void *o = data(out)
    cdef void *i = data(indices)
    with nogil:
        all_rows(&pool.shape, <ordered_t *> s, <ordered_t *> o, <int64_t *> i, &like[0], threads)


cdef class MaxPool:
    """Maximum over windows, in the dtype of the array.

    Parameters
    ----------
    axes : list of three windows.Window
        Tables of the windows.
    planes : int
        Channels of the whole batch.
    source_size : int
        Elements of one channel of the source.
    """

    cdef Shape shape
    cdef list keep

    def __init__(self, axes, planes, source_size):
        cdef int d
        self.keep = axes
        self.shape.tasks = planes
        self.shape.source_size = source_size
        for d in range(3):
            self.shape.axes[d].targets = axes[d].divisor.size
            self.shape.axes[d].ptr = <const Py_ssize_t *> data(axes[d].ptr)
            self.shape.axes[d].source = <const Py_ssize_t *> data(axes[d].source)
            if d < 2:
                self.shape.tasks *= self.shape.axes[d].targets

    def __call__(self, source, out, indices, int threads):
        """Write the maxima of all windows of `source` to `out`.

        Parameters
        ----------
        source : ndarray
            Input, C-contiguous.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        indices : ndarray of int64 or None
            Array for the index of each maximum in its plane; None to write no indices.
        threads : int
            Number of threads.
        """
        _max_pool(_lowest(source.dtype), self, source, out, indices, threads)


cdef inline Py_ssize_t winner(
    const ordered_t *first, Py_ssize_t count, Py_ssize_t step
) noexcept nogil:
    cdef Py_ssize_t i, best = 0
    for i in range(1, count):
        if wins(first[i * step], first[best * step]):
            best = i
    return best


def maxout(const ordered_t[:, :, :, ::1] source, ordered_t[:, :, ::1] out, int threads):
    """Write the maximum over the third axis of `source` to `out`.

    Parameters
    ----------
    source : ndarray, shape (n, groups, channels per group, inner)
        Input.
    out : ndarray, shape (n, groups, inner)
        Maxima, of the same dtype.
    threads : int
        Number of threads.
    """
    cdef Py_ssize_t number, j, inner = source.shape[3], groups = source.shape[1]
    cdef Py_ssize_t count = source.shape[2], tasks = source.shape[0] * groups
    cdef const ordered_t *x
    cdef Watch *watch = current()
    for number in prange(tasks, nogil=True, num_threads=threads, schedule="static"):
        for j in range(0 if stopped(of_thread(watch, threadid())) else inner):
            x = &source[number // groups, number % groups, 0, j]
            out[number // groups, number % groups, j] = x[winner(x, count, inner) * inner]


def maxout_gradient(const ordered_t[:, :, :, ::1] source, grad_output, out, int threads):
    """Write `grad_output` where `source` has its maximum over the third axis, 0 elsewhere.

    Parameters
    ----------
    source : ndarray, shape (n, groups, channels per group, inner)
        Input.
    grad_output : ndarray, shape (n, groups, inner)
        Gradient of the maxima.
    out : ndarray of grad_output's dtype, shape of source
        Gradient of the input.
    threads : int
        Number of threads.
    """
    cdef Py_ssize_t number, j, inner = source.shape[3], groups = source.shape[1]
    cdef Py_ssize_t count = source.shape[2], tasks = source.shape[0] * groups
    cdef Py_ssize_t size = grad_output.itemsize, position
    cdef const char *g = <const char *> data(grad_output)
    cdef char *o = <char *> data(out)
    cdef const ordered_t *x
    cdef Watch *watch = current()
    memset(o, 0, tasks * count * inner * size)
    for number in prange(tasks, nogil=True, num_threads=threads, schedule="static"):
        for j in range(0 if stopped(of_thread(watch, threadid())) else inner):
            x = &source[number // groups, number % groups, 0, j]
            position = (number * count + winner(x, count, inner)) * inner + j
            memcpy(o + position * size, g + (number * inner + j) * size, size)
