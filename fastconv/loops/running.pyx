# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Find values of a given rank in windows along one axis: loop over groups of lines.

    task     as many lines as a vector has lanes, or parts of lines
      fill     copy them to a panel with their borders, where lanes lie next to each other
      select   compute the windows of all lanes
      write    copy the results to the output

Lanes are neighbouring columns if the filtered axis is not the last one, and there are enough of
them. Otherwise they are lines along this axis, cut into parts if they are long.
"""

from cython.parallel cimport prange, threadid
from libc.string cimport memcpy
cimport numpy as cnp

from fastconv.loops cimport scratch, simd
from fastconv.loops.axes cimport set_axis
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.running cimport fc_running, fc_running_window, running_kernels
from fastconv.loops.simd cimport FC_F32, fc_at, fc_axis
from fastconv.loops.sizes cimport aligned, ceil_div

cnp.import_array()

cdef enum:
    MOST_LANES = 16


cdef class Running:
    """One rank filter along one axis; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    layout : running_layout.Layout
    axis : tuple
        The filtered axis, as `set_axis` takes it.
    rank : int
    """

    cdef const fc_running *room
    cdef fc_running_window window
    cdef fc_axis axis
    cdef Py_ssize_t item, lanes, outer, inner, length, segment, segments, tasks
    cdef Py_ssize_t panel_bytes, result_bytes, scratch_bytes, line_bytes, thread_bytes
    cdef bint across

    def __init__(self, str isa, str dtype, layout, tuple axis, Py_ssize_t rank):
        cdef int real = simd.real_index(dtype)
        cdef Py_ssize_t values
        self.room = running_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.lanes = self.room.lanes
        set_axis(&self.axis, axis)
        self.outer, self.length, self.inner = layout.shape
        self.window.count, self.window.rank, self.window.block = layout.count, rank, layout.block
        self.segment, self.across = layout.segment, layout.across
        self.segments = ceil_div(self.length, self.segment)
        self.tasks = layout.tasks
        values = self.segment + self.window.count - 1
        self.panel_bytes = (values + self.lanes) * self.lanes * self.item
        self.result_bytes = (self.segment + self.lanes) * self.lanes * self.item
        self.scratch_bytes = (2 * self.window.block + self.window.count + 1 + self.room.spare
                              ) * self.lanes * self.item
        self.line_bytes = aligned((values + self.lanes) * self.item)
        self.thread_bytes = self.panel_bytes + self.result_bytes + self.scratch_bytes
        self.thread_bytes += self.lanes * self.line_bytes

    @property
    def bytes_of_thread(self):
        """Bytes of scratch memory of a thread."""
        return self.thread_bytes

    def __call__(self, cnp.ndarray x, fill, cnp.ndarray out, int threads):
        """Write the filtered image to `out`.

        Parameters
        ----------
        x, out : ndarray
            C-contiguous arrays of the dtype given to the constructor.
        fill : float
            The value past the edges.
        threads : int
            Number of threads.
        """
        cdef const char *source = cnp.PyArray_BYTES(x)
        cdef char *to = cnp.PyArray_BYTES(out)
        cdef double past = fill
        cdef Py_ssize_t i
        cdef Watch *watch = current()
        threads = max(1, min(threads, self.tasks))
        cdef char *space = <char *>scratch.lease(threads * self.thread_bytes)
        if threads == 1:
            with nogil:
                for i in range(self.tasks):
                    self._task(i, source, to, past, space, watch)
        else:
            for i in prange(self.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(i, source, to, past, space + threadid() * self.thread_bytes,
                           of_thread(watch, threadid()))
        scratch.release(space)

    cdef void _task(self, Py_ssize_t task, const char *x, char *out, double fill, char *space,
                    Watch *watch) noexcept nogil:
        if stopped(watch):
            return
        if self.across:
            self._columns(task, x, out, fill, space, watch)
        else:
            self._lines(task, x, out, fill, space, watch)

    cdef void _select(self, Py_ssize_t outputs, char *space, Watch *watch) noexcept nogil:
        """Compute the windows of a panel."""
        cdef Py_ssize_t block = self.window.block
        cdef char *results = space + self.panel_bytes
        self.room.select(&self.window, space, ceil_div(outputs, block) * block, results,
                         results + self.result_bytes, watch)

    cdef void _columns(self, Py_ssize_t task, const char *x, char *out, double fill, char *space,
                       Watch *watch) noexcept nogil:
        """Filter neighbouring columns. The last group shares columns with the one before."""
        cdef Py_ssize_t groups = ceil_div(self.inner, self.lanes), group = task % groups
        cdef Py_ssize_t part = task // groups % self.segments, block = self.window.block
        cdef Py_ssize_t plane = task // groups // self.segments * self.length, i, row
        cdef Py_ssize_t start = part * self.segment, vector = self.lanes * self.item
        cdef Py_ssize_t outputs = min(self.segment, self.length - start)
        cdef Py_ssize_t column = min(group * self.lanes, self.inner - self.lanes)
        cdef Py_ssize_t skipped = (group * self.lanes - column) * self.item
        cdef char *results = space + self.panel_bytes
        for i in range(ceil_div(outputs, block) * block + self.window.count - 1):
            row = fc_at(&self.axis, start + i)
            if row < 0:
                self._put(space + i * vector, fill, self.lanes)
            else:
                memcpy(space + i * vector,
                       x + ((plane + row) * self.inner + column) * self.item, vector)
        self._select(outputs, space, watch)
        for i in range(outputs):
            memcpy(out + ((plane + start + i) * self.inner + column) * self.item + skipped,
                   results + i * vector + skipped, vector - skipped)

    cdef void _lines(self, Py_ssize_t task, const char *x, char *out, double fill, char *space,
                     Watch *watch) noexcept nogil:
        """Filter lines or parts of lines. Lanes beyond the last one repeat the first."""
        cdef Py_ssize_t units = self.outer * self.inner * self.segments, item = self.item
        cdef Py_ssize_t block = self.window.block, lane, unit, line, start, first, most = 0, i
        cdef Py_ssize_t needed, jump = self.inner * item
        cdef ptrdiff_t outputs[MOST_LANES]
        cdef const void *lines[MOST_LANES]
        cdef void *results[MOST_LANES]
        cdef char *own = space + self.panel_bytes + self.result_bytes + self.scratch_bytes
        for lane in range(self.lanes):
            unit = task * self.lanes + lane
            start = unit % self.segments * self.segment
            outputs[lane] = min(self.segment, self.length - start) if unit < units else 0
            most = max(most, outputs[lane])
        needed = ceil_div(most, block) * block + self.window.count - 1
        for lane in range(self.lanes):
            unit = task * self.lanes + lane
            if unit >= units:
                lines[lane], results[lane] = lines[0], results[0]
                continue
            line, start = unit // self.segments, unit % self.segments * self.segment
            line = line // self.inner * self.length * self.inner + line % self.inner
            first = start - self.axis.before
            results[lane] = out + (line + start * self.inner) * item
            lines[lane] = x + (line + first) * item
            if self.inner > 1 or first < 0 or first + needed + self.lanes > self.length:
                self._continued(x + line * item, start, needed, jump, fill, own)
                lines[lane] = own
            if self.inner > 1:
                results[lane] = own
            own += self.line_bytes
        self.room.turn(lines, needed, space)
        self._select(most, space, watch)
        self.room.turn_back(space + self.panel_bytes, outputs, results)
        for lane in range(self.lanes if self.inner > 1 else 0):
            unit = task * self.lanes + lane
            line, start = unit // self.segments, unit % self.segments * self.segment
            line = (line // self.inner * self.length + start) * self.inner + line % self.inner
            for i in range(outputs[lane]):
                memcpy(out + line * item + i * jump, <char *>results[lane] + i * item, item)

    cdef void _continued(self, const char *line, Py_ssize_t start, Py_ssize_t count,
                         Py_ssize_t jump, double fill, char *to) noexcept nogil:
        """Copy values of a line with its borders. `jump` bytes lie between its values."""
        cdef Py_ssize_t i, at, item = self.item, low = 0, high = 0
        if jump == item:  # from low to high, values lie inside
            low = min(max(0, self.axis.before - start), count)
            high = max(low, min(count, self.length + self.axis.before - start))
            memcpy(to + low * item, line + (start + low - self.axis.before) * item,
                   (high - low) * item)
        for i in range(count):
            if low <= i < high:
                continue
            at = fc_at(&self.axis, start + i)
            if at < 0:
                self._put(to + i * item, fill, 1)
            else:
                memcpy(to + i * item, line + at * jump, item)

    cdef void _put(self, char *to, double value, Py_ssize_t count) noexcept nogil:
        cdef Py_ssize_t i
        for i in range(count):
            if self.item == 4:
                (<float *>to)[i] = <float>value
            else:
                (<double *>to)[i] = value


def lanes_of(str isa, str dtype):
    """Return how many lines are filtered at a time.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    """
    return running_kernels(isa, simd.real_index(dtype)).lanes
