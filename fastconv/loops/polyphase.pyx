# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""polyphase: resample signals, output by output, or phase by phase and interleaved.

    y[m] = sum over k of h[m * down - k * up] * x[k]
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy
cimport numpy as cnp
import numpy as np

from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped

cnp.import_array()

cdef enum:
    TOGETHER = 64       # elements of every phase that are written while they stay in L1
    LONG = 256          # taps of an output that takes long enough to ask whether to stop

ctypedef fused element:
    uint32_t
    uint64_t


def interleave(list parts, cnp.ndarray out, Py_ssize_t start, int threads):
    """Write ``out[i, start + r + j * len(parts)] = parts[r][i, j]``.

    Parameters
    ----------
    parts : list of ndarray, shape (lines, count, inner)
        C-contiguous arrays of float32 or float64. Their counts differ by at most one, and the
        longest come first.
    out : ndarray, shape (lines, length, inner)
        C-contiguous array of the same dtype.
    start : int
        Index in `out` of the first value of the first part.
    threads : int
        Number of threads.
    """
    cdef Py_ssize_t phases = len(parts), lines = out.shape[0], inner = out.shape[2], i
    cdef Py_ssize_t item = out.itemsize, most = parts[0].shape[1], length = out.shape[1]
    cdef cnp.ndarray addresses = np.array([p.ctypes.data for p in parts], np.uintp)
    cdef cnp.ndarray counts = np.array([p.shape[1] for p in parts], np.intp)
    cdef char **at = <char **>cnp.PyArray_DATA(addresses)
    cdef const Py_ssize_t *count = <const Py_ssize_t *>cnp.PyArray_DATA(counts)
    cdef char *to = <char *>cnp.PyArray_DATA(out) + start * inner * item
    cdef Py_ssize_t blocks = (most + TOGETHER - 1) // TOGETHER
    cdef Watch *watch = current()
    for i in prange(lines * blocks, nogil=True, num_threads=threads, schedule="static"):
        if stopped(of_thread(watch, threadid())):
            pass
        elif inner > 1:
            interleave_rows(at, count, phases, i // blocks, i % blocks * TOGETHER, inner * item,
                            to + i // blocks * length * inner * item)
        elif item == 4:
            interleave_samples[uint32_t](at, count, phases, i // blocks, i % blocks * TOGETHER,
                                         <uint32_t *>to + i // blocks * length)
        else:
            interleave_samples[uint64_t](at, count, phases, i // blocks, i % blocks * TOGETHER,
                                         <uint64_t *>to + i // blocks * length)


cdef void interleave_samples(char **at, const Py_ssize_t *count, Py_ssize_t phases, Py_ssize_t line,
                             Py_ssize_t first, element *to) noexcept nogil:
    cdef Py_ssize_t r, j, stop
    cdef const element *part
    for r in range(phases):
        part = <const element *>at[r] + line * count[r]
        stop = min(first + TOGETHER, count[r])
        for j in range(first, stop):
            to[j * phases + r] = part[j]


cdef void interleave_rows(char **at, const Py_ssize_t *count, Py_ssize_t phases, Py_ssize_t line,
                          Py_ssize_t first, Py_ssize_t size, char *to) noexcept nogil:
    cdef Py_ssize_t r, j, stop = min(first + TOGETHER, count[0])
    for j in range(first, stop):
        for r in range(phases):
            if j < count[r]:
                memcpy(to + (j * phases + r) * size, at[r] + (line * count[r] + j) * size, size)


ctypedef fused real:
    float
    double


cdef struct Phase:
    Py_ssize_t step         # values of x by which the window moves before this output
    Py_ssize_t first        # index of the first of its weights, which are stored last tap first
    Py_ssize_t taps         # number of its weights


cdef class Resampler:
    """Resample lines output by output, for filters with many phases that have few outputs each.

    Parameters
    ----------
    n : int
        Values of a line.
    length : int
        Values of its result.
    phases : sequence of (step, first, taps)
        Phases in order; output m uses phase m modulo their number. `step` says how far the window
        moves from the output before, `first` and `taps` which weights it has.
    head, tail : ndarray of int
        Indices into x of the values at positions ``1 - taps .. taps - 1`` and ``n - taps ..
        n + taps - 1``, where taps is the largest number of taps of a phase; -1 for the fill value.
    """

    cdef Py_ssize_t n, length, most, count
    cdef object kept, head_index, tail_index
    cdef Phase *phases

    def __init__(self, n, length, phases, head, tail):
        cdef cnp.ndarray kept = np.ascontiguousarray(phases, dtype=np.intp)
        self.n, self.length, self.count = n, length, len(phases)
        self.kept = kept
        self.phases = <Phase *>cnp.PyArray_DATA(kept)
        self.most = max([p[2] for p in phases])
        self.head_index, self.tail_index = head, tail

    def __call__(self, cnp.ndarray x, cnp.ndarray weights, cnp.ndarray out, fill, int threads):
        """Write the resampled lines to `out`.

        Parameters
        ----------
        x : ndarray (lines, n)
            Lines to resample.
        weights : ndarray
            Weights of all phases, of the dtype of x.
        out : ndarray (lines, length)
            Result, of the dtype of x.
        fill : float
            Value beyond the ends of a line.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t lines = x.shape[0], i
        cdef cnp.ndarray head = self._ends(x, self.head_index, fill)
        cdef cnp.ndarray tail = self._ends(x, self.tail_index, fill)
        cdef Py_ssize_t width = head.shape[1], last = tail.shape[1]
        cdef bint narrow = x.itemsize == 4
        cdef char *source = cnp.PyArray_BYTES(x)
        cdef char *front = cnp.PyArray_BYTES(head)
        cdef char *back = cnp.PyArray_BYTES(tail)
        cdef char *w = cnp.PyArray_BYTES(weights)
        cdef char *to = cnp.PyArray_BYTES(out)
        # Divide a line into blocks that start with the first phase.
        cdef Py_ssize_t periods = (self.length + self.count - 1) // self.count
        cdef Py_ssize_t share = max(1, 8192 // self.count), blocks = (periods + share - 1) // share
        cdef Watch *watch = current()
        for i in prange(lines * blocks, nogil=True, num_threads=threads, schedule="static"):
            if narrow:
                self._block(<const float *>source + i // blocks * self.n,
                            <const float *>front + i // blocks * width,
                            <const float *>back + i // blocks * last, <const float *>w,
                            <float *>to + i // blocks * self.length, i % blocks * share, share,
                            of_thread(watch, threadid()))
            else:
                self._block(<const double *>source + i // blocks * self.n,
                            <const double *>front + i // blocks * width,
                            <const double *>back + i // blocks * last, <const double *>w,
                            <double *>to + i // blocks * self.length, i % blocks * share, share,
                            of_thread(watch, threadid()))

    def _ends(self, x, index, fill):
        values = np.take(x, np.maximum(index, 0), axis=1)
        values[:, index < 0] = fill
        return np.ascontiguousarray(values)

    cdef void _block(self, const real *x, const real *head, const real *tail, const real *weights,
                     real *out, Py_ssize_t period, Py_ssize_t share,
                     Watch *watch) noexcept nogil:
        cdef Py_ssize_t m = period * self.count, stop = min(m + share * self.count, self.length)
        cdef Py_ssize_t per_period = 0, at, r, t
        cdef const Phase *p
        cdef const real *window
        for r in range(self.count):
            per_period += self.phases[r].step
        at = period * per_period    # the first phase's step closes a period
        r = 0
        while m < stop:
            p = &self.phases[r]
            if r:
                at += p.step
            t = p.taps
            if (r == 0 or t > LONG) and stopped(watch):
                return
            if at < t - 1:
                window = head + at - t + self.most
            elif at >= self.n:
                window = tail + at - t + 1 - self.n + self.most
            else:
                window = x + at - t + 1
            out[m] = dot(window, weights + p.first, t)
            m += 1
            r += 1
            if r == self.count:
                r = 0
                at += self.phases[0].step


cdef inline real dot(const real *x, const real *w, Py_ssize_t count) noexcept nogil:
    cdef real a = 0, b = 0, c = 0, d = 0
    cdef Py_ssize_t i = 0
    while i + 4 <= count:
        a += x[i] * w[i]
        b += x[i + 1] * w[i + 1]
        c += x[i + 2] * w[i + 2]
        d += x[i + 3] * w[i + 3]
        i += 4
    while i < count:
        a += x[i] * w[i]
        i += 1
    return (a + b) + (c + d)
