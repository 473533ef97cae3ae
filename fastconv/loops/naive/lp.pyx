# cython: freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Compute Lp pooling, (sum of |x|^p)^(1/p), and its gradient.

The values that are summed are |x|/m, with m the largest |x| of the window, so that no power
overflows. The gradient of a window with respect to its element x is sign(x) (|x|/norm)^(p-1), and 0
at x = 0. For p = inf, the first maximum gets the whole gradient.
"""

from cython.parallel cimport prange, threadid
from libc.math cimport fabs, isinf, isnan, pow
from libc.string cimport memset

from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.naive.common cimport TERMS, data

import numpy as np

ctypedef fused real_t:
    float
    double

cdef struct Axis:
    Py_ssize_t targets
    const Py_ssize_t *ptr
    const Py_ssize_t *source

cdef struct Shape:
    Py_ssize_t planes, source_size
    double p
    Axis axes[3]

cdef struct Norm:
    double norm, largest
    Py_ssize_t index  # index of the largest value, -1 in an empty window


cdef inline double power(double x, double p) noexcept nogil:
    if p == 2:
        return x * x
    return x if p == 1 else pow(x, p)


cdef Norm norm_of(
    const Shape *shape, const real_t *source, Py_ssize_t pa, Py_ssize_t pb, Py_ssize_t pc
) noexcept nogil:
    cdef const Axis *a = &shape.axes[0]
    cdef const Axis *b = &shape.axes[1]
    cdef const Axis *c = &shape.axes[2]
    cdef Py_ssize_t ea, eb, ec, offset, terms = 0
    cdef double x, block = 0, total = 0
    cdef Norm found
    found.largest, found.index = 0, -1
    for ea in range(a.ptr[pa], a.ptr[pa + 1]):
        for eb in range(b.ptr[pb], b.ptr[pb + 1]):
            offset = a.source[ea] + b.source[eb]
            for ec in range(c.ptr[pc], c.ptr[pc + 1]):
                x = fabs(source[offset + c.source[ec]])
                if found.index < 0 or x > found.largest or (isnan(x) and not isnan(found.largest)):
                    found.largest, found.index = x, offset + c.source[ec]
    found.norm = found.largest
    if isinf(shape.p) or isinf(found.largest) or isnan(found.largest) or found.largest == 0:
        return found
    for ea in range(a.ptr[pa], a.ptr[pa + 1]):
        for eb in range(b.ptr[pb], b.ptr[pb + 1]):
            offset = a.source[ea] + b.source[eb]
            for ec in range(c.ptr[pc], c.ptr[pc + 1]):
                x = fabs(source[offset + c.source[ec]])
                block += power(x / found.largest, shape.p)
                terms += 1
                if terms == TERMS:
                    total, block, terms = total + block, 0, 0
    found.norm = found.largest * pow(total + block, 1 / shape.p)
    return found


cdef void one_plane(
    const Shape *shape, const real_t *source, real_t *out, Watch *watch
) noexcept nogil:
    cdef Py_ssize_t pa, pb, pc, position = 0
    for pa in range(shape.axes[0].targets):
        for pb in range(shape.axes[1].targets):
            for pc in range(shape.axes[2].targets):
                if stopped(watch):
                    return
                out[position] = <real_t> norm_of(shape, source, pa, pb, pc).norm
                position += 1


cdef void scatter(
    const Shape *shape, const real_t *source, double gradient, Py_ssize_t pa, Py_ssize_t pb,
    Py_ssize_t pc, double *sums
) noexcept nogil:
    # Add the gradient of one window to the sums of the plane.
    cdef const Axis *a = &shape.axes[0]
    cdef const Axis *b = &shape.axes[1]
    cdef const Axis *c = &shape.axes[2]
    cdef Py_ssize_t ea, eb, ec, position
    cdef Norm found = norm_of(shape, source, pa, pb, pc)
    cdef double x
    if found.index < 0 or found.norm == 0:
        return
    if isinf(shape.p):
        sums[found.index] += -gradient if source[found.index] < 0 else gradient
        return
    for ea in range(a.ptr[pa], a.ptr[pa + 1]):
        for eb in range(b.ptr[pb], b.ptr[pb + 1]):
            for ec in range(c.ptr[pc], c.ptr[pc + 1]):
                position = a.source[ea] + b.source[eb] + c.source[ec]
                x = source[position]
                if x != 0:
                    x = power(fabs(x) / found.norm, shape.p - 1)
                    sums[position] += -gradient * x if source[position] < 0 else gradient * x


cdef void one_gradient(
    const Shape *shape, const real_t *source, const real_t *grad_output, double *sums,
    real_t *out, Watch *watch
) noexcept nogil:
    cdef Py_ssize_t pa, pb, pc, i, position = 0
    memset(sums, 0, shape.source_size * sizeof(double))
    for pa in range(shape.axes[0].targets):
        for pb in range(shape.axes[1].targets):
            for pc in range(shape.axes[2].targets):
                if stopped(watch):
                    return
                scatter(shape, source, grad_output[position], pa, pb, pc, sums)
                position += 1
    for i in range(shape.source_size):
        out[i] = <real_t> sums[i]


def _lp_pool(LpPool pool, const real_t[::1] source, real_t[::1] out, int threads):
    cdef Py_ssize_t plane, grid = 1
    cdef const Shape *shape = &pool.shape
    cdef Watch *watch = current()
    grid = shape.axes[0].targets * shape.axes[1].targets * shape.axes[2].targets
    for plane in prange(shape.planes, nogil=True, num_threads=threads, schedule="static"):
        one_plane(shape, &source[plane * shape.source_size], &out[plane * grid],
                  of_thread(watch, threadid()))


def _lp_gradient(
    LpPool pool, const real_t[::1] source, const real_t[::1] grad_output, double[:, ::1] sums,
    real_t[::1] out, int threads
):
    cdef Py_ssize_t plane, grid = 1
    cdef const Shape *shape = &pool.shape
    cdef Watch *watch = current()
    grid = shape.axes[0].targets * shape.axes[1].targets * shape.axes[2].targets
    for plane in prange(shape.planes, nogil=True, num_threads=threads, schedule="static"):
        one_gradient(shape, &source[plane * shape.source_size], &grad_output[plane * grid],
                     &sums[threadid(), 0], &out[plane * shape.source_size],
                     of_thread(watch, threadid()))


cdef class LpPool:
    """Lp pooling of float32 or float64, and its gradient.

    Parameters
    ----------
    axes : list of three windows.Window
        Tables of the windows.
    planes : int
        Channels of the whole batch.
    source_size : int
        Elements of one channel of the source.
    p : float
        Exponent, positive; infinity gives the largest magnitude.
    """

    cdef Shape shape
    cdef list keep

    def __init__(self, axes, planes, source_size, p):
        cdef int d
        self.keep = axes
        self.shape.planes = planes
        self.shape.source_size = source_size
        self.shape.p = p
        for d in range(3):
            self.shape.axes[d].targets = axes[d].divisor.size
            self.shape.axes[d].ptr = <const Py_ssize_t *> data(axes[d].ptr)
            self.shape.axes[d].source = <const Py_ssize_t *> data(axes[d].source)

    def __call__(self, source, out, int threads):
        """Write the norms of all windows of `source` to `out`.

        Parameters
        ----------
        source : ndarray
            Input, C-contiguous.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        _lp_pool(self, source.reshape(-1), out.reshape(-1), threads)

    def gradient(self, grad_output, source, out, int threads):
        """Write the gradient of `source` to `out`.

        A plane is summed in float64 before it is rounded.

        Parameters
        ----------
        grad_output : ndarray
            Gradient of the pooled array.
        source : ndarray
            Input of the pooling.
        out : ndarray
            Array of source's shape and dtype.
        threads : int
            Number of threads.
        """
        sums = np.empty((threads, self.shape.source_size))
        flat = [array.reshape(-1) for array in (source, grad_output)]
        _lp_gradient(self, *flat, sums, out.reshape(-1), threads)
