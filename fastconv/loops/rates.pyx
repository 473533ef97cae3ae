# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""rates: the phases of a signal at a higher rate, woven into one line."""

from cython.parallel cimport prange
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy
cimport numpy as cnp
import numpy as np

cnp.import_array()

cdef enum:
    TOGETHER = 64       # elements of every phase that are written while they stay in L1

ctypedef fused element:
    uint32_t
    uint64_t


def weave(list parts, cnp.ndarray out, Py_ssize_t start, int threads):
    """Write ``out[i, start + r + j * len(parts)] = parts[r][i, j]``.

    Parameters
    ----------
    parts : list of ndarray, shape (lines, count, inner)
        C-contiguous, of float32 or float64; counts differ by one at most, the first are longest.
    out : ndarray, shape (lines, length, inner)
        C-contiguous, of the same dtype.
    start : int
    threads : int
    """
    cdef Py_ssize_t phases = len(parts), lines = out.shape[0], inner = out.shape[2], i
    cdef Py_ssize_t item = out.itemsize, most = parts[0].shape[1], length = out.shape[1]
    cdef cnp.ndarray addresses = np.array([p.ctypes.data for p in parts], np.uintp)
    cdef cnp.ndarray counts = np.array([p.shape[1] for p in parts], np.intp)
    cdef char **at = <char **>cnp.PyArray_DATA(addresses)
    cdef const Py_ssize_t *count = <const Py_ssize_t *>cnp.PyArray_DATA(counts)
    cdef char *to = <char *>cnp.PyArray_DATA(out) + start * inner * item
    cdef Py_ssize_t blocks = (most + TOGETHER - 1) // TOGETHER
    for i in prange(lines * blocks, nogil=True, num_threads=threads, schedule="static"):
        if inner > 1:
            weave_rows(at, count, phases, i // blocks, i % blocks * TOGETHER, inner * item,
                       to + i // blocks * length * inner * item)
        elif item == 4:
            weave_block[uint32_t](at, count, phases, i // blocks, i % blocks * TOGETHER,
                                  <uint32_t *>to + i // blocks * length)
        else:
            weave_block[uint64_t](at, count, phases, i // blocks, i % blocks * TOGETHER,
                                  <uint64_t *>to + i // blocks * length)


cdef void weave_block(char **at, const Py_ssize_t *count, Py_ssize_t phases, Py_ssize_t line,
                      Py_ssize_t first, element *to) noexcept nogil:
    cdef Py_ssize_t r, j, stop
    cdef const element *part
    for r in range(phases):
        part = <const element *>at[r] + line * count[r]
        stop = min(first + TOGETHER, count[r])
        for j in range(first, stop):
            to[j * phases + r] = part[j]


cdef void weave_rows(char **at, const Py_ssize_t *count, Py_ssize_t phases, Py_ssize_t line,
                     Py_ssize_t first, Py_ssize_t size, char *to) noexcept nogil:
    cdef Py_ssize_t r, j, stop = min(first + TOGETHER, count[0])
    for j in range(first, stop):
        for r in range(phases):
            if j < count[r]:
                memcpy(to + (j * phases + r) * size, at[r] + (line * count[r] + j) * size, size)
