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

from fastconv.loops cimport scratch, simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.pool_backward_layout cimport (
    BackwardCut, Holders, count_holders, first_holder,
)
from fastconv.loops.pooling_windows cimport PoolAxis
from fastconv.loops.sizes cimport ceil_div
from fastconv.loops.stride_phases cimport fc_stride_phases, stride_phases_kernels

cnp.import_array()

cdef enum:
    ROWS = 16           # rows of the input in one task
    SHORT = 64          # rows of fewer bytes are filled again: a copy would wait for their stores
    PART = 1 << 13      # values that are divided at a time


cdef struct Phase:      # one phase of the row: a convolution with ones
    Py_ssize_t taps, apart, start, size, first


cdef class AverageBackward:
    """Gradient of an average (or of a norm with p = 1 or 2) in float32 or float64.

    Parameters
    ----------
    cut : BackwardCut
        Windows of the pooling and phases of its row.
    """

    cdef const fc_pool_backward *room
    cdef const fc_stride_phases *phases_room
    cdef Py_ssize_t item, planes, plane, grid_plane, width, grid_width, height, grid_height
    cdef Py_ssize_t rows, stride, before, phase_count, margin
    cdef Py_ssize_t row_bytes, phase_bytes, thread_bytes
    cdef int power
    cdef bint has_power
    cdef bint single                    # whether one window holds the whole row
    cdef Py_ssize_t step[2]             # from one window that holds a position to the next
    cdef const ptrdiff_t *first[3]      # the first window that holds each position
    cdef const ptrdiff_t *count[3]      # how many windows hold it
    cdef const double *scale[2]
    cdef const char *row_scale
    cdef const Phase *phases
    cdef const ptrdiff_t *phase_of      # [residue]: its phase, -1 for none
    cdef list kept

    def __init__(self, BackwardCut cut):
        cdef int real = simd.real_index(cut.compute), a
        cdef const PoolAxis *axis
        self.room = pool_backward_kernels(cut.isa, real)
        self.phases_room = stride_phases_kernels(cut.isa, real)
        self.item, self.planes = cut.item, cut.planes
        axis = &cut.holders[1].axis
        self.height, self.grid_height = axis.input, axis.output
        axis = &cut.holders[2].axis
        self.width, self.grid_width = axis.input, axis.output
        axis = &cut.holders[0].axis
        self.rows = axis.input * self.height
        self.plane = self.rows * self.width
        self.grid_plane = axis.output * self.grid_height * self.grid_width
        self.has_power, self.power = cut.has_power, cut.power
        self.stride, self.before, self.margin = cut.stride, cut.before, cut.margin
        self.row_bytes, self.phase_bytes = cut.row_bytes, cut.phase_bytes
        self.thread_bytes = cut.thread_bytes
        self.kept = []
        for a in range(2):
            self.set_holders(cut, a)
            self.step[a] = cut.holders[a].step
            self.scale[a] = self.scales(cut, a)
        self.set_row_scale(cut)
        self.single = self.grid_width == 1
        for a in range(self.width):
            self.single = self.single and count_holders(&cut.holders[2], a) == 1
        self.first[2] = self.count[2] = NULL
        self.phase_count, self.phases, self.phase_of = 0, NULL, NULL
        if cut.phases is None:
            self.set_holders(cut, 2)
        else:
            self.set_phases(cut.phases)

    cdef void *room_for(self, Py_ssize_t size) except NULL:
        """Return memory that lives as long as this object."""
        cdef cnp.npy_intp count = max(size, 1)
        cdef cnp.ndarray memory = cnp.PyArray_EMPTY(1, &count, cnp.NPY_UINT8, 0)
        self.kept.append(memory)
        return cnp.PyArray_DATA(memory)

    cdef int set_holders(self, BackwardCut cut, int axis) except -1:
        cdef const Holders *holders = &cut.holders[axis]
        cdef Py_ssize_t size = holders.axis.input, i
        cdef ptrdiff_t *first = <ptrdiff_t *>self.room_for(2 * size * sizeof(ptrdiff_t))
        for i in range(size):
            first[i], first[size + i] = first_holder(holders, i), count_holders(holders, i)
        self.first[axis], self.count[axis] = first, first + size
        return 0

    cdef double *scales(self, BackwardCut cut, int axis) except NULL:
        """Return the factors of the windows along an axis."""
        cdef Py_ssize_t size = cut.holders[axis].axis.output, o
        cdef double *values = <double *>self.room_for(size * sizeof(double))
        for o in range(size):
            values[o] = cut.scale(axis, o)
        return values

    cdef int set_row_scale(self, BackwardCut cut) except -1:
        """Set the factors of the windows along the row, unless all of them are 1."""
        cdef double *values = self.scales(cut, 2)
        cdef void *row = self.room_for(self.grid_width * self.item)
        cdef Py_ssize_t o
        self.row_scale = NULL
        for o in range(self.grid_width):
            if self.item == 4:
                (<float *>row)[o] = <float>values[o]
            else:
                (<double *>row)[o] = values[o]
            if values[o] != 1:
                self.row_scale = <const char *>row
        return 0

    cdef int set_phases(self, list phases) except -1:
        cdef Phase *table = <Phase *>self.room_for(len(phases) * sizeof(Phase))
        cdef ptrdiff_t *phase_of = <ptrdiff_t *>self.room_for(self.stride * sizeof(ptrdiff_t))
        cdef Py_ssize_t residue, first, stop, i
        for i in range(self.stride):
            phase_of[i] = -1
        for i, (ranges, taps, apart, start, size, begin) in enumerate(phases):
            table[i].taps, table[i].apart, table[i].start = taps, apart, start
            table[i].size, table[i].first = size, begin
            for some in ranges:
                first, stop = some.start, some.stop
                for residue in range(first, stop):
                    phase_of[residue] = i
        self.phase_count, self.phases, self.phase_of = len(phases), table, phase_of
        return 0

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
                    and self.first[1][y] == self.first[1][y - 1]
                    and self.count[1][y] == self.count[1][y - 1])
            if same and not (self.single and size < SHORT):
                memcpy(target, target - size, size)
                continue
            if not same:
                self._join(grad + plane * self.grid_plane * self.item, z, y, row_sum)
            self._along(workspace, target)
            if self.has_power:
                self.room.times(target, values + (plane * self.plane + row * self.width)
                                * self.item, self.width, self.power)

    cdef void _join(self, const char *grad, Py_ssize_t z, Py_ssize_t y,
                    char *row) noexcept nogil:
        """Write the sum of the rows of windows that hold row (z, y)."""
        cdef Py_ssize_t i, j, oz, oy
        cdef bint accumulate = False
        for i in range(self.count[0][z]):
            oz = self.first[0][z] + i * self.step[0]
            for j in range(self.count[1][y]):
                oy = self.first[1][y] + j * self.step[1]
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
        cdef Py_ssize_t i
        if self.single:
            for i in range(self.width):
                if self.item == 4:
                    (<float *>out)[i] = (<const float *>row)[0]
                else:
                    (<double *>out)[i] = (<const double *>row)[0]
            return
        if self.phases is NULL:
            self.room.sum_runs(row, self.first[2], self.count[2], self.width, out)
            return
        phase = self.phases
        if self.stride == 1 and self.phase_count == 1:
            self.room.slide(row + phase.start * self.item, phase.apart, phase.taps, self.width,
                            out)
            return
        for i in range(self.phase_count):
            phase = self.phases + i
            self.room.slide(row + phase.start * self.item, phase.apart, phase.taps, phase.size,
                            made + i * self.phase_bytes)
        for i in range(self.stride):
            pointers[i] = NULL
            if self.phase_of[i] >= 0:
                phase = self.phases + self.phase_of[i]
                pointers[i] = (made + self.phase_of[i] * self.phase_bytes
                               - phase.first * self.item)
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
        good += _moved(of_thread(watch, threadid()), room, move, x + i * from_plane * item,
                       from_plane, index + i * count, count, to + i * to_plane * item, to_plane,
                       item)
    return good == planes


cdef inline int _moved(Watch *watch, const fc_pool_backward *room, Move move,
                       const char *values, Py_ssize_t size, const long long *index,
                       Py_ssize_t count, char *out, Py_ssize_t out_size,
                       Py_ssize_t item) noexcept nogil:
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
