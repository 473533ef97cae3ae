# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""polyphase: resample signals, output by output, or phase by phase and interleaved.

    y[m] = sum over k of h[first + m * down - k * up] * x[k]
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy
from math import gcd

cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.simd cimport FC_F32
from fastconv.loops.sizes cimport aligned

from fastconv.loops.simd import vector_bytes

cnp.import_array()

cdef enum:
    TOGETHER = 64       # elements of every phase that are written while they stay in L1
    BLOCK = 1 << 16     # multiply-adds per unit of work of a thread
    WIDTH = 64          # values side by side of lines that are resampled together
    FEWEST = 8          # lines of a thread that are, at least
    PART_TAPS = 4       # terms of a sum from which on rows are resampled part by part
    PART_BYTES = 28672  # bytes of the rows of a part, which stay in L1

cdef double EXACT = 2.0**52     # integers up to here have exact quotients in float64

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


cdef class Resampler:
    """Resample lines (n, inner) output by output.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n, inner : int
        Values of a line, and how many lie side by side.
    length : int
        Values of its result.
    taps, up, down : int
        Length of the filter, and the two factors.
    first : int
        Position of the first output.
    head, tail : ndarray of int or None
        Indices into x of the values at positions ``-most .. most - 1`` and ``n - most ..
        n + most - 1``, where most is ``ceil(taps / up)``; -1 for the fill value. None if there are
        zeros beyond the ends.
    complex : bool
        Whether the two values side by side, and pairs of taps, are complex numbers.
    """

    cdef const fc_polyphase_kernels *room
    cdef fc_polyphase rates
    cdef Py_ssize_t length, item, phases
    cdef Py_ssize_t share                   # outputs of a block
    cdef Py_ssize_t parts, part, part_rows  # parts of a row; values, and most rows, of one
    cdef object head_index, tail_index

    def __init__(self, str isa, str dtype, n, inner, length, taps, up, down, first, head,
                 tail, complex=False):
        cdef int real = simd.real_index(dtype)
        self.room = polyphase_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.length = length
        self.rates.n, self.rates.inner, self.rates.pitch = n, inner, inner
        self.rates.taps, self.rates.up, self.rates.down = taps, up, down
        self.rates.whole, self.rates.part = divmod(down, up)
        self.rates.first_at, self.rates.first_phase = divmod(first, up)
        self.rates.common = gcd(up, down)
        self.rates.most = -(-taps // up)
        self.rates.is_complex = complex
        self.head_index, self.tail_index = head, tail
        self.phases = up // gcd(up, down)
        self._cut(vector_bytes(isa))

    cdef _cut(self, Py_ssize_t vector):
        """Cut the outputs of a line into blocks, and long rows side by side into parts.

        Rows of a part are copied: they stay in L1, and do not compete for a few sets of it.
        """
        cdef Py_ssize_t inner = self.rates.inner, most = self.rates.most, rows
        self.parts, self.part_rows = 1, 0
        self.share = max(<Py_ssize_t>1, BLOCK // (most * inner))
        self.part = FC_POLYPHASE_VECTORS * vector // self.item
        if (inner < 2 * self.part or most < PART_TAPS
                or <double>self.length * self.rates.down > EXACT):
            return
        self.parts = inner // self.part  # the last one has the rest as well
        rows = max(PART_BYTES // (self.part * self.item), 2 * most)
        self.share = max(<Py_ssize_t>1, <Py_ssize_t>(
            <double>(rows - most) * self.rates.up / self.rates.down))
        self.share = min(self.share, self.length)
        self.part_rows = most + 1 + <Py_ssize_t>(
            <double>self.share * self.rates.down / self.rates.up)

    def __call__(self, cnp.ndarray x, cnp.ndarray h, cnp.ndarray out, fill, int threads):
        """Write the resampled lines to `out`.

        Parameters
        ----------
        x : ndarray
            Lines to resample, C-contiguous.
        h : ndarray (taps,), or (2 * taps,) of complex numbers
            Filter, C-contiguous and of the dtype of x.
        out : ndarray
            Result, C-contiguous and of the dtype of x.
        fill : float
            Value beyond the ends of a line.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t step = self.rates.n * self.rates.inner * self.item, ends = 0
        cdef Py_ssize_t row = self.rates.inner * self.item, size = 0, i
        cdef Py_ssize_t lines = cnp.PyArray_SIZE(x) // (self.rates.n * self.rates.inner)
        cdef Py_ssize_t blocks = (self.length + self.share - 1) // self.share * self.parts
        cdef const char *source = cnp.PyArray_BYTES(x)
        cdef const char *taps = cnp.PyArray_BYTES(h)
        cdef char *to = cnp.PyArray_BYTES(out)
        cdef Watch *watch = current()
        cdef char *bank = NULL
        cdef char *work = NULL
        cdef const char *front = NULL
        cdef const char *back = NULL
        cdef cnp.ndarray head, tail
        if self.head_index is not None:
            x = x.reshape(lines, self.rates.n, self.rates.inner)
            head, tail = self._ends(x, self.head_index, fill), self._ends(x, self.tail_index, fill)
            front, back = cnp.PyArray_BYTES(head), cnp.PyArray_BYTES(tail)
            ends = len(self.head_index) * row
        # Sorting takes as long as one output of each phase.
        if self.rates.inner == 1 and lines * self.length >= self.phases:
            bank = <char *>scratch.lease(self.phases * self.rates.most * self.item)
        if self.parts > 1:
            size = aligned((self.part_rows + 4 * self.rates.most) * 2 * self.part * self.item)
            work = <char *>scratch.lease(threads * size)
        with nogil:
            if bank is not NULL:
                self.room.sort(&self.rates, taps, bank)
            if threads == 1 or lines * blocks == 1:
                for i in range(lines * blocks):
                    self._block(source, taps, bank, front, back, to, i // blocks, step, ends,
                                i % blocks, work, watch)
            else:
                for i in prange(lines * blocks, num_threads=threads, schedule="static"):
                    self._block(source, taps, bank, front, back, to, i // blocks, step, ends,
                                i % blocks, work + threadid() * size,
                                of_thread(watch, threadid()))
        if bank is not NULL:
            scratch.release(bank)
        if work is not NULL:
            scratch.release(work)

    def together(self, cnp.ndarray x, cnp.ndarray h, imaginary, cnp.ndarray out,
                 cnp.ndarray fill, int threads):
        """Write the resampled lines to `out`, many lines side by side.

        Parameters
        ----------
        x, out : ndarray
            As in a call.
        h : ndarray (taps,)
            Filter, or its real part.
        imaginary : ndarray (taps,) or None
            Imaginary part of the filter of complex numbers.
        fill : ndarray (inner,)
            Value beyond the ends of a line.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t inner = self.rates.inner
        cdef Py_ssize_t lines = cnp.PyArray_SIZE(x) // (self.rates.n * inner)
        cdef Py_ssize_t own = (lines + threads - 1) // threads
        cdef Py_ssize_t some = max(1, min(WIDTH // inner, (own + FEWEST - 1) // FEWEST * FEWEST))
        # the last line is not alone: sums of one value have another order
        cdef Py_ssize_t blocks = max(1, (lines + some - 2) // some), i
        cdef Py_ssize_t size = self.rates.n + FC_POLYPHASE_OUTPUTS * (1 if imaginary is None else 2)
        cdef const char *source = cnp.PyArray_BYTES(x)
        cdef const char *taps = cnp.PyArray_BYTES(h)
        cdef const char *other = NULL
        cdef const ptrdiff_t *head = NULL
        cdef const ptrdiff_t *tail = NULL
        cdef char *to = cnp.PyArray_BYTES(out)
        cdef const char *edge = cnp.PyArray_BYTES(fill)
        cdef char *work
        cdef Watch *watch = current()
        if imaginary is not None:
            other = cnp.PyArray_BYTES(<cnp.ndarray?>imaginary)
        if self.head_index is not None:
            head = <const ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray?>self.head_index)
            tail = <const ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray?>self.tail_index)
            tail += self.rates.most
            size += 2 * self.rates.most
        size = aligned(size * inner * (some + 1) * self.item)
        work = <char *>scratch.lease(threads * size)
        if threads == 1 or blocks == 1:
            with nogil:
                for i in range(blocks):
                    self._some(source, taps, other, head, tail, edge, to, work, i * some,
                               some if i < blocks - 1 else lines - i * some, watch)
        else:
            for i in prange(blocks, nogil=True, num_threads=threads, schedule="static"):
                self._some(source, taps, other, head, tail, edge, to, work + threadid() * size,
                           i * some, some if i < blocks - 1 else lines - i * some,
                           of_thread(watch, threadid()))
        scratch.release(work)

    cdef void _some(self, const char *x, const char *h, const char *imaginary,
                    const ptrdiff_t *head, const ptrdiff_t *tail, const char *fill, char *out,
                    char *work, Py_ssize_t first, Py_ssize_t count, Watch *watch) noexcept nogil:
        cdef fc_polyphase_lines lines
        if stopped(watch):
            return
        lines.x = x + first * self.rates.n * self.rates.inner * self.item
        lines.out = out + first * self.length * self.rates.inner * self.item
        lines.before, lines.after, lines.fill = head, tail, fill
        lines.count, lines.length, lines.work = count, self.length, work
        self.room.together(&self.rates, &lines, h, imaginary)

    def _ends(self, x, index, fill):
        values = np.take(x, np.maximum(index, 0), axis=1)
        values[:, index < 0] = fill
        return values

    cdef void _block(self, const char *x, const char *h, const char *bank, const char *head,
                     const char *tail, char *out, Py_ssize_t number, Py_ssize_t step,
                     Py_ssize_t ends, Py_ssize_t block, char *work, Watch *watch) noexcept nogil:
        cdef fc_polyphase_line line
        cdef fc_polyphase rates
        cdef Py_ssize_t first = block // self.parts * self.share, last
        if stopped(watch):
            return
        last = min(first + self.share, self.length)
        line.x = x + number * step
        line.head = line.tail = NULL
        if head is not NULL:
            line.head, line.tail = head + number * ends, tail + number * ends
        line.out = out + (number * self.length + first) * self.rates.inner * self.item
        if self.parts == 1:
            self.room.resample(&self.rates, &line, h, bank, first, last)
            return
        rates = self.rates
        self._take_part(&rates, &line, first, last, block % self.parts, work)
        self.room.resample(&rates, &line, h, NULL, first, last)

    cdef void _take_part(self, fc_polyphase *rates, fc_polyphase_line *line, Py_ssize_t first,
                         Py_ssize_t last, Py_ssize_t part, char *work) noexcept nogil:
        """Copy a part of the rows that outputs first..last read, and let them be the line."""
        cdef Py_ssize_t column = part * self.part, most = self.rates.most
        cdef Py_ssize_t width = self.part if part < self.parts - 1 else self.rates.inner - column
        cdef Py_ssize_t low = self._place(first) - most + 1, high = self._place(last - 1) + 1
        cdef Py_ssize_t inner = self.rates.inner, bytes = width * self.item
        cdef Py_ssize_t begin = max(<Py_ssize_t>0, low), end = min(self.rates.n, high)
        rates.inner = width
        column *= self.item
        self.room.take(<const char *>line.x + begin * inner * self.item + column, inner, work,
                       width, end - begin)
        line.x = work - begin * bytes
        work += max(<Py_ssize_t>0, end - begin) * bytes
        if line.head is not NULL and low < 0:
            self.room.take(<const char *>line.head + column, inner, work, width, 2 * most)
            line.head = work
            work += 2 * most * bytes
        if line.tail is not NULL and high > self.rates.n:
            self.room.take(<const char *>line.tail + column, inner, work, width, 2 * most)
            line.tail = work
        line.out = <char *>line.out + column

    cdef Py_ssize_t _place(self, Py_ssize_t output) noexcept nogil:
        """Return the position of the last value that an output reads."""
        cdef const fc_polyphase *p = &self.rates
        return (output * p.whole + p.first_at
                + <Py_ssize_t>((<double>output * p.part + p.first_phase) / p.up))
