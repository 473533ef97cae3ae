# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""pool_backward: compute gradients of poolings that sum, and maxima across channels.

    input[x] = sum over the windows o that hold x of grad[o] * scale[o]

The input is computed row by row. The rows of grad_output whose windows hold a row of the input are
added, and their sum is spread along that row: in phases of the stride, each of which sums
neighbours, or window by window if windows differ in size. If neighbouring rows lie under the same
windows, the second is a copy of the first.
"""

from cython.parallel cimport prange, threadid
from libc.string cimport memcpy, memset
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport ALIGNMENT, aligned, ceil_div
from fastconv.loops.stride_phases cimport fc_stride_phases, stride_phases_kernels
from fastconv.loops.simd cimport FC_F32

cnp.import_array()

cdef enum:
    ROWS = 16           # rows of the input in one task
    PART = 1 << 13      # values that are divided at a time


cdef struct Phase:      # one phase of the row: a convolution with ones
    Py_ssize_t taps, apart, start, size, first


cdef class AverageBackward:
    """Gradient of an average (or of a norm with p = 1 or 2) in float32 or float64.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    planes : int
        Channels of the whole batch.
    sizes, grid : three ints each
        Spatial sizes of the input and of the output.
    covers : two tuples (ends, windows) of intp arrays
        For each outer axis: the windows that hold position i are ``windows[ends[i]:ends[i + 1]]``.
    scales : three float64 arrays
        Factors of a window's gradient, per axis.
    phases : list of (residues, taps, apart, start, size, first), or None
        Classes of residues of the row. Output q of a class is the sum of
        ``grad[q + j*apart + start]`` over the taps j. It belongs to position
        ``stride * (first + q) + residue - before`` of the row.
    stride : int
        Stride of the row.
    before : int
        Padding in front of the row.
    row_cover : tuple (first, count) of intp arrays, or None
        The windows that hold each position of the row; given if `phases` is None.
    power : int or None
        p - 1 for a norm: the result is multiplied by x, or by its sign. None for an average.
    """

    cdef const fc_pool_backward *room
    cdef const fc_stride_phases *phases_room
    cdef Py_ssize_t item, planes, plane, grid_plane, width, grid_width, height, grid_height
    cdef Py_ssize_t rows, stride, before, phase_count, margin, phase_pitch
    cdef Py_ssize_t row_bytes, phase_bytes, thread_bytes
    cdef int power
    cdef bint has_power
    cdef const ptrdiff_t *ends[2]
    cdef const ptrdiff_t *windows[2]
    cdef const double *scale[2]
    cdef const char *row_scale
    cdef const ptrdiff_t *row_first
    cdef const ptrdiff_t *row_count
    cdef cnp.ndarray phase_table
    cdef cnp.ndarray phase_of       # [residue]: its class, -1 for none
    cdef list kept

    def __init__(self, str isa, str dtype, planes, sizes, grid, covers, scales, phases, stride,
                 before, row_cover, power):
        cdef int real = simd.real_index(dtype), a
        cdef Phase *phase
        self.room = pool_backward_kernels(isa, real)
        self.phases_room = stride_phases_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.planes = planes
        self.height, self.width = sizes[1], sizes[2]
        self.grid_height, self.grid_width = grid[1], grid[2]
        self.rows = sizes[0] * sizes[1]
        self.plane, self.grid_plane = self.rows * sizes[2], grid[0] * grid[1] * grid[2]
        self.has_power = power is not None
        self.power = power or 0
        self.kept = []
        for a in range(2):
            self.ends[a] = self._keep(covers[a][0])
            self.windows[a] = self._keep(covers[a][1])
            values = np.ascontiguousarray(scales[a], np.float64)
            self.kept.append(values)
            self.scale[a] = <const double *>cnp.PyArray_DATA(<cnp.ndarray>values)
        self.row_scale = NULL
        if (np.asarray(scales[2]) != 1).any():
            values = np.ascontiguousarray(scales[2], np.float32 if self.item == 4 else np.float64)
            self.kept.append(values)
            self.row_scale = <const char *>cnp.PyArray_DATA(<cnp.ndarray>values)
        self.stride, self.before = stride, before
        self.row_first = self.row_count = NULL
        self.phase_count = 0
        self.margin = self.phase_pitch = 0
        if phases is None:
            self.row_first, self.row_count = self._keep(row_cover[0]), self._keep(row_cover[1])
        else:
            self.phase_count = len(phases)
            self.phase_table = np.zeros((max(1, len(phases)), sizeof(Phase)), np.uint8)
            self.phase_of = np.full(stride, -1, np.intp)
            for a, (residues, taps, apart, start, size, first) in enumerate(phases):
                phase = <Phase *>cnp.PyArray_DATA(self.phase_table) + a
                phase.taps, phase.apart, phase.start = taps, apart, start
                phase.size, phase.first = size, first
                self.margin = max(self.margin, -start,
                                  size + (taps - 1) * apart + start - self.grid_width)
                self.phase_pitch = max(self.phase_pitch, <Py_ssize_t>size)
                for residue in residues:
                    self.phase_of[residue] = a
        # A thread needs a row of grad with zeros on both sides, rows of the phases, and pointers.
        self.row_bytes = aligned((self.grid_width + 2 * self.margin + 16) * self.item)
        self.phase_bytes = aligned((self.phase_pitch + 16) * self.item)
        self.thread_bytes = (self.row_bytes + self.phase_count * self.phase_bytes
                             + aligned(stride * sizeof(void *)) + 2 * ALIGNMENT)

    cdef const ptrdiff_t *_keep(self, values):
        values = np.ascontiguousarray(values, np.intp)
        self.kept.append(values)
        return <const ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray>values)

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes

    def __call__(self, cnp.ndarray grad, values, cnp.ndarray out, int threads):
        """Write the gradient to `out`.

        Parameters
        ----------
        grad : ndarray
            Gradient of the output, C-contiguous and of the dtype given to the constructor.
        values : ndarray or None
            Input of a norm; None for an average.
        out : ndarray
            Gradient of the input.
        threads : int
            Number of threads.
        """
        cdef const char *g = <const char *>cnp.PyArray_DATA(grad)
        cdef const char *x = NULL
        cdef char *target = <char *>cnp.PyArray_DATA(out)
        cdef Py_ssize_t parts = ceil_div(self.rows, ROWS), i
        cdef Watch *watch = current()
        cdef char *workspace = <char *>scratch.lease(threads * self.thread_bytes)
        if values is not None:
            x = <const char *>cnp.PyArray_DATA(<cnp.ndarray>values)
        memset(workspace, 0, threads * self.thread_bytes)
        if threads == 1:
            with nogil:
                for i in range(self.planes * parts):
                    self._part(g, x, target, i // parts, i % parts, workspace, watch)
        else:
            for i in prange(self.planes * parts, nogil=True, num_threads=threads,
                            schedule="static"):
                self._part(g, x, target, i // parts, i % parts,
                           workspace + threadid() * self.thread_bytes,
                           of_thread(watch, threadid()))
        scratch.release(workspace)

    cdef void _part(self, const char *grad, const char *values, char *out, Py_ssize_t plane,
                    Py_ssize_t part, char *workspace, Watch *watch) noexcept nogil:
        cdef Py_ssize_t row, first = part * ROWS, z, y, size = self.width * self.item
        cdef char *row_sum = workspace + self.margin * self.item
        cdef char *target
        cdef bint same
        for row in range(first, min(first + ROWS, self.rows)):
            if stopped(watch):
                return
            z, y = row // self.height, row % self.height
            target = out + (plane * self.plane + row * self.width) * self.item
            same = (not self.has_power and row > first and y > 0
                    and self._alike(self.ends[1], self.windows[1], y))
            if same:
                memcpy(target, target - size, size)
                continue
            self._join(grad + plane * self.grid_plane * self.item, z, y, row_sum)
            self._along(workspace, target)
            if self.has_power:
                self.room.times(target, values + (plane * self.plane + row * self.width)
                                * self.item, self.width, self.power)

    cdef bint _alike(self, const ptrdiff_t *ends, const ptrdiff_t *windows,
                     Py_ssize_t y) noexcept nogil:
        """Return whether position y is in the same windows as the position before."""
        cdef Py_ssize_t count = ends[y + 1] - ends[y], i
        if ends[y] - ends[y - 1] != count:
            return False
        for i in range(count):
            if windows[ends[y] + i] != windows[ends[y - 1] + i]:
                return False
        return True

    cdef void _join(self, const char *grad, Py_ssize_t z, Py_ssize_t y,
                    char *row) noexcept nogil:
        """Write the sum of the rows of windows that hold row (z, y)."""
        cdef Py_ssize_t i, j, oz, oy
        cdef bint accumulate = False
        for i in range(self.ends[0][z], self.ends[0][z + 1]):
            oz = self.windows[0][i]
            for j in range(self.ends[1][y], self.ends[1][y + 1]):
                oy = self.windows[1][j]
                self.room.add(
                    row, grad + (oz * self.grid_height + oy) * self.grid_width * self.item,
                    self.scale[0][oz] * self.scale[1][oy], self.row_scale, self.grid_width,
                    accumulate)
                accumulate = True
        if not accumulate:
            memset(row, 0, self.grid_width * self.item)

    cdef void _along(self, char *workspace, char *out) noexcept nogil:
        """Compute each position of `out` from a joined row, which has zeros on both sides."""
        cdef const char *row = workspace + self.margin * self.item
        cdef char *made = workspace + self.row_bytes
        cdef const void **pointers = <const void **>(made + self.phase_count * self.phase_bytes)
        cdef const Phase *phase
        cdef const Phase *table
        cdef const ptrdiff_t *phase_of
        cdef Py_ssize_t i
        if self.row_first is not NULL:
            self.room.sum_runs(row, self.row_first, self.row_count, self.width, out)
            return
        table = <const Phase *>cnp.PyArray_DATA(self.phase_table)
        phase_of = <const ptrdiff_t *>cnp.PyArray_DATA(self.phase_of)
        if self.stride == 1 and self.phase_count == 1:
            self.room.slide(row + table.start * self.item, table.apart, table.taps, self.width,
                            out)
            return
        for i in range(self.phase_count):
            phase = table + i
            self.room.slide(row + phase.start * self.item, phase.apart, phase.taps, phase.size,
                            made + i * self.phase_bytes)
        for i in range(self.stride):
            pointers[i] = NULL
            if phase_of[i] >= 0:
                pointers[i] = (made + phase_of[i] * self.phase_bytes
                               - table[phase_of[i]].first * self.item)
        self.phases_room.interleave(pointers, self.stride, self.before, self.width, out)


def ratios(str isa, str dtype, cnp.ndarray grad, cnp.ndarray norm, cnp.ndarray out, int threads):
    """Write ``grad / norm``, or 0 where the norm is 0.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    grad, norm, out : ndarray
        C-contiguous arrays of one shape, of this dtype.
    threads : int
        Number of threads.
    """
    cdef const fc_pool_backward *room = pool_backward_kernels(isa, simd.real_index(dtype))
    cdef Py_ssize_t count = grad.size, item = grad.itemsize, parts = ceil_div(count, PART), i
    cdef const char *g = <const char *>cnp.PyArray_DATA(grad)
    cdef const char *n = <const char *>cnp.PyArray_DATA(norm)
    cdef char *to = <char *>cnp.PyArray_DATA(out)
    cdef Watch *watch = current()
    for i in prange(parts, nogil=True, num_threads=threads, schedule="static"):
        if not stopped(of_thread(watch, threadid())):
            room.ratio(to + i * PART * item, g + i * PART * item, n + i * PART * item,
                       min(<Py_ssize_t>PART, count - i * PART))


cdef enum Move:
    ADD, PUT, PICK


def moved(str isa, str dtype, str how, cnp.ndarray values, cnp.ndarray indices, cnp.ndarray out,
          Py_ssize_t planes, int threads):
    """Move values to or from indices, plane by plane; skip the index -1.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    how : {"add", "put", "pick"}
        ``out[indices] += values``, or ``out[indices] = values`` (the last of several stays), both
        into zeros; or ``out = values[indices]``.
    values : ndarray
        Values to move.
    indices : ndarray of int64
        Indices within a plane.
    out : ndarray
        Array to write.
    planes : int
        Channels of the whole batch.
    threads : int
        Number of threads.

    Returns
    -------
    bool
        Whether all indices are within a plane. If not, part of `out` has not been written.
    """
    cdef const fc_pool_backward *room = pool_backward_kernels(isa, simd.real_index(dtype))
    cdef Move move = {"add": ADD, "put": PUT, "pick": PICK}[how]
    cdef Py_ssize_t item = values.itemsize, count = indices.size // planes, i
    cdef Py_ssize_t from_plane = values.size // planes, to_plane = out.size // planes
    cdef const char *x = <const char *>cnp.PyArray_DATA(values)
    cdef const long long *index = <const long long *>cnp.PyArray_DATA(indices)
    cdef char *to = <char *>cnp.PyArray_DATA(out)
    cdef Py_ssize_t good = 0
    cdef Watch *watch = current()
    for i in prange(planes, nogil=True, num_threads=threads, schedule="static"):
        good += _moved(of_thread(watch, threadid()), room, move, x + i * from_plane * item, from_plane, index + i * count, count,
                       to + i * to_plane * item, to_plane, item)
    return good == planes


cdef inline int _moved(Watch *watch, const fc_pool_backward *room, Move move,
                       const char *values, Py_ssize_t size, const long long *index, Py_ssize_t count, char *out,
                       Py_ssize_t out_size, Py_ssize_t item) noexcept nogil:
    if stopped(watch):  # nobody asks then whether all indices are good
        return True
    if move == PICK:
        return room.gather(values, index, count, size, out)
    memset(out, 0, out_size * item)
    if move == ADD:
        return room.scatter_add(values, index, count, out_size, out)
    return room.scatter(values, index, count, out_size, out)


def maxout(str isa, str dtype, cnp.ndarray source, grad, cnp.ndarray out, int threads):
    """Write the maxima over the third axis of `source`, or their gradient if `grad` is given.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    source : ndarray (n, groups, number, inner)
        Input.
    grad : ndarray (n, groups, inner) or None
        Gradient of the maxima.
    out : ndarray
        The maxima, of shape (n, groups, inner), or the gradient, of source's shape.
    threads : int
        Number of threads.
    """
    cdef const fc_pool_backward *room = pool_backward_kernels(isa, simd.real_index(dtype))
    cdef Py_ssize_t tasks = source.shape[0] * source.shape[1], number = source.shape[2]
    cdef Py_ssize_t inner = source.shape[3], item = source.itemsize, i
    cdef const char *x = <const char *>cnp.PyArray_DATA(source)
    cdef const char *g = NULL
    cdef char *to = <char *>cnp.PyArray_DATA(out)
    if grad is not None:
        g = <const char *>cnp.PyArray_DATA(<cnp.ndarray>grad)
    cdef Watch *watch = current()
    if threads == 1:
        with nogil:
            for i in range(tasks):
                if stopped(watch):
                    break
                _maxout(room, x, g, to, i, number, inner, item)
    else:
        for i in prange(tasks, nogil=True, num_threads=threads, schedule="static"):
            if not stopped(of_thread(watch, threadid())):
                _maxout(room, x, g, to, i, number, inner, item)


cdef void _maxout(const fc_pool_backward *room, const char *source, const char *grad, char *out,
                  Py_ssize_t task, Py_ssize_t number, Py_ssize_t inner,
                  Py_ssize_t item) noexcept nogil:
    cdef Py_ssize_t element = task * inner * item
    if grad is NULL:
        room.maxout(source + element * number, number, inner, out + element)
    else:
        room.maxout_back(source + element * number, grad + element, number, inner,
                         out + element * number)
