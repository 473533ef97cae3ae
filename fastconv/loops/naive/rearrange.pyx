# cython: freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Move values without arithmetic, and sum values at stored indices.

Elements are copied by their size, whatever their dtype is.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.naive.common cimport data, multiply_add, value_t

import numpy as np

ctypedef fused item_t:
    uint8_t
    uint16_t
    uint32_t
    uint64_t
    double complex

_ITEMS = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64, 16: np.complex128}


def _items(array, *shape):
    """View an array as elements that are only copied."""
    return array.view(_ITEMS[array.itemsize]).reshape(shape)


cdef struct Axis:
    Py_ssize_t grid, step  # number of block positions, and their step in a row of columns
    const Py_ssize_t *ptr
    const Py_ssize_t *source
    const Py_ssize_t *tap


cdef void unfold_plane(const Axis *axes, const item_t *image, item_t *columns,
                       Watch *watch) noexcept nogil:
    cdef Py_ssize_t pa, pb, pc, ea, eb, ec, source, target
    cdef const Axis *a = &axes[0]
    cdef const Axis *b = &axes[1]
    cdef const Axis *c = &axes[2]
    for pa in range(a.grid):
        for ea in range(a.ptr[pa], a.ptr[pa + 1]):
            for pb in range(b.grid):
                if stopped(watch):
                    return
                for eb in range(b.ptr[pb], b.ptr[pb + 1]):
                    source = a.source[ea] + b.source[eb]
                    target = a.tap[ea] + b.tap[eb] + pa * a.step + pb * b.step
                    for pc in range(c.grid):
                        for ec in range(c.ptr[pc], c.ptr[pc + 1]):
                            columns[target + c.tap[ec] + pc] = image[source + c.source[ec]]


def _unfold(Unfold blocks, const item_t[:, ::1] image, item_t[:, ::1] columns, int threads):
    cdef Py_ssize_t plane, planes = image.shape[0], bytes = columns.shape[1] * sizeof(item_t)
    cdef Watch *watch = current()
    for plane in prange(planes, nogil=True, num_threads=threads, schedule="static"):
        memset(&columns[plane, 0], 0, bytes)  # positions in padding stay 0
        unfold_plane(blocks.axes, &image[plane, 0], &columns[plane, 0],
                     of_thread(watch, threadid()))


cdef class Unfold:
    """Unfold blocks of an image into columns, with rows ordered (channel, kernel position).

    Parameters
    ----------
    axes : list of three windows.Window
        Tables of the windows; their weights are the kernel positions, in units of rows.
    planes : int
        Channels of the whole batch.
    """

    cdef Axis axes[3]
    cdef Py_ssize_t planes
    cdef list keep

    def __init__(self, axes, planes):
        cdef int d
        cdef Py_ssize_t row = 1
        taps = []
        for d in range(2, -1, -1):
            self.axes[d].grid = axes[d].divisor.size
            self.axes[d].step = row
            row *= self.axes[d].grid
        for d in range(3):
            taps.append(axes[d].weight * row)
            self.axes[d].ptr = <const Py_ssize_t *> data(axes[d].ptr)
            self.axes[d].source = <const Py_ssize_t *> data(axes[d].source)
            self.axes[d].tap = <const Py_ssize_t *> data(taps[d])
        self.planes = planes
        self.keep = [axes, taps]

    def __call__(self, image, columns, int threads):
        """Write every window of `image` as a column of `columns`, with zeros for padding.

        Parameters
        ----------
        image : ndarray
            Image, C-contiguous.
        columns : ndarray
            Array to write, C-contiguous and of the same dtype.
        threads : int
            Number of threads.
        """
        image, columns = (_items(array, self.planes, -1) for array in (image, columns))
        _unfold(self, image, columns, threads)


def _unpool(const item_t[:, ::1] source, const int64_t[:, ::1] indices, item_t[:, ::1] out,
            int threads):
    cdef Py_ssize_t plane, i, planes = source.shape[0], size = source.shape[1]
    cdef Py_ssize_t bytes = out.shape[1] * sizeof(item_t)
    for plane in prange(planes, nogil=True, num_threads=threads, schedule="static"):
        memset(&out[plane, 0], 0, bytes)
        for i in range(size):
            if indices[plane, i] >= 0:
                out[plane, indices[plane, i]] = source[plane, i]


def unpool(source, indices, out, planes, threads):
    """Write every element where its index says, and zeros elsewhere; the last of several stays.

    Parameters
    ----------
    source : ndarray
        Elements to write.
    indices : ndarray of int64
        Index of each element in its plane; -1 is skipped.
    out : ndarray
        Array to write, of the same dtype.
    planes : int
        Channels of the whole batch.
    threads : int
        Number of threads.
    """
    arrays = (_items(a, planes, -1) for a in (source, out))
    source, out = arrays
    _unpool(source, indices.reshape(planes, -1), out, threads)


def _pick(const item_t[:, ::1] source, const int64_t[:, ::1] indices, item_t[:, ::1] out,
          int threads):
    cdef Py_ssize_t plane, i, planes = out.shape[0], size = out.shape[1]
    cdef Py_ssize_t bytes = size * sizeof(item_t)
    for plane in prange(planes, nogil=True, num_threads=threads, schedule="static"):
        memset(&out[plane, 0], 0, bytes)
        for i in range(size):
            if indices[plane, i] >= 0:
                out[plane, i] = source[plane, indices[plane, i]]


def pick(source, indices, out, planes, threads):
    """Write the element that each index names, or 0 for the index -1: the gradient of `unpool`.

    Parameters
    ----------
    source : ndarray
        Elements to choose from.
    indices : ndarray of int64
        Index of each element in its plane.
    out : ndarray
        Array to write, of the same dtype and of the shape of `indices`.
    planes : int
        Channels of the whole batch.
    threads : int
        Number of threads.
    """
    arrays = (_items(a, planes, -1) for a in (source, out))
    source, out = arrays
    _pick(source, indices.reshape(planes, -1), out, threads)


cdef void add_plane(
    const value_t *source, const int64_t *indices, Py_ssize_t count, char *sums, Py_ssize_t size,
    value_t *out
) noexcept nogil:
    cdef Py_ssize_t i
    cdef value_t one = 1
    for i in range(count):
        if indices[i] >= 0:
            multiply_add(sums, indices[i], source[i], one)
    for i in range(size):
        if value_t is float or value_t is double:
            out[i] = <value_t> (<double *> sums)[i]
        elif value_t is floatcomplex or value_t is doublecomplex:
            out[i] = <value_t> (<double complex *> sums)[i]
        else:
            out[i] = (<uint64_t *> sums)[i]


def _add(const value_t[:, ::1] source, const int64_t[:, ::1] indices, char[:, ::1] sums,
         value_t[:, ::1] out, int threads):
    cdef Py_ssize_t plane, planes = source.shape[0]
    for plane in prange(planes, nogil=True, num_threads=threads, schedule="static"):
        memset(&sums[threadid(), 0], 0, sums.shape[1])
        add_plane(&source[plane, 0], &indices[plane, 0], source.shape[1], &sums[threadid(), 0],
                  out.shape[1], &out[plane, 0])


def add(source, indices, out, planes, threads):
    """Sum the elements at the positions that their indices name: the gradient of a maximum.

    A plane is summed in float64, complex128 or modulo 2**64 before it is rounded.

    Parameters
    ----------
    source : ndarray
        Elements to add.
    indices : ndarray of int64
        Index of each element in its plane; -1 is skipped.
    out : ndarray
        Array to write, of the same dtype.
    planes : int
        Channels of the whole batch.
    threads : int
        Number of threads.
    """
    if source.dtype.kind == "i":
        source, out = source.view(np.uint64), out.view(np.uint64)
    out = out.reshape(planes, -1)
    sums = np.empty((threads, out.shape[1] * (16 if out.dtype.kind == "c" else 8)), np.int8)
    _add(source.reshape(planes, -1), indices.reshape(planes, -1), sums, out, threads)
