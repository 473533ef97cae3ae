# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Pool windows: loop over tasks, each some planes, or some rows of one plane, in one strip.

Tasks are independent, and each runs on one thread. A result does not depend on where tasks are cut:
every output joins the values of its window in an order that depends on the window alone.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport scratch
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.pooling_layout cimport PoolCut, set_taps
from fastconv.loops.pooling_windows cimport PoolAxis, Windows, count_read, counted, first_read
from fastconv.loops.shares cimport Shares, share_out, take

cnp.import_array()

# Bytes of input and output of a task: enough to pay for scheduling it.
cdef Py_ssize_t TASK_BYTES = 1 << 17
# Fewest tasks; if there would be fewer, tasks get smaller, down to an eighth of TASK_BYTES.
cdef Py_ssize_t TASKS = 16


cdef class Pooling:
    """One pooling over sliding or separate windows; built once, called often, thread-safe.

    Parameters
    ----------
    cut : PoolCut
        How windows are joined.
    """

    cdef fc_pool pool
    cdef const fc_pooling *room
    cdef list kept
    cdef Py_ssize_t planes, rows, strips, item, plane_size, scratch_bytes
    cdef Py_ssize_t task_planes, task_rows, row_tasks, plane_tasks, tasks

    def __init__(self, PoolCut cut):
        cdef Windows windows = cut.windows
        cdef int i
        self.kept = []
        self.pool, self.room, self.scratch_bytes = cut.pool, cut.room, cut.scratch_bytes
        self.item, self.planes = windows.item, windows.planes
        for i in range(3):
            if i < 2 or cut.separate:
                self.set_reads(&self.pool.axis[i], &windows.axis[i])
        self.pool.ladder.tap = <const ptrdiff_t (*)[2]>self.room_for(2 * cut.down.taps)
        self.pool.row_ladder.tap = <const ptrdiff_t (*)[2]>self.room_for(2 * cut.row.taps)
        set_taps(&cut.down, <ptrdiff_t (*)[2]>self.pool.ladder.tap)
        set_taps(&cut.row, <ptrdiff_t (*)[2]>self.pool.row_ladder.tap)
        if windows.averages:
            self.set_divisors(windows)
        self.cut()

    cdef ptrdiff_t *room_for(self, Py_ssize_t count) except NULL:
        """Return memory for `count` numbers that lives as long as this object."""
        cdef cnp.npy_intp size = max(count, 1)
        cdef cnp.ndarray memory = cnp.PyArray_EMPTY(1, &size, cnp.NPY_INTP, 0)
        self.kept.append(memory)
        return <ptrdiff_t *>cnp.PyArray_DATA(memory)

    cdef int set_reads(self, fc_pool_axis *axis, const PoolAxis *windows) except -1:
        """Set what each output of an axis reads."""
        cdef ptrdiff_t *first = self.room_for(2 * windows.output)
        cdef Py_ssize_t o
        axis.first, axis.count = first, first + windows.output
        for o in range(windows.output):
            first[o] = first_read(windows, o)
            first[windows.output + o] = count_read(windows, o)
        return 0

    cdef int set_divisors(self, Windows windows) except -1:
        """Set the divisors of an average; that of an output is the product of one per axis."""
        cdef Py_ssize_t columns = windows.axis[2].output, spare = self.room.lanes, o
        cdef void *last = self.room_for(columns + spare)
        cdef double *rows
        cdef double value
        cdef int axis
        for o in range(columns + spare):
            value = self.divisor(windows, 2, o) if o < columns else 1
            if self.item == 4:
                (<float *>last)[o] = <float>value
            else:
                (<double *>last)[o] = value
        self.pool.divisor = last
        for axis in range(2):
            rows = <double *>self.room_for(windows.axis[axis].output)
            for o in range(windows.axis[axis].output):
                rows[o] = self.divisor(windows, axis, o)
            self.pool.row_divisor[axis] = rows
        return 0

    cdef double divisor(self, Windows windows, int axis, Py_ssize_t output) noexcept:
        if windows.divisor:
            return windows.divisor if axis == 0 else 1
        return counted(&windows.axis[axis], windows.include_pad, output)

    cdef void cut(self):
        """Cut tasks of about the same number of bytes, large enough to repay their overheads."""
        cdef fc_pool_axis *axis = self.pool.axis
        cdef Py_ssize_t row, plane, wanted
        self.rows = axis[0].output * axis[1].output
        self.plane_size = axis[0].input * axis[1].input * axis[2].input
        self.strips = (axis[2].output + self.pool.strip - 1) // self.pool.strip
        plane = (self.plane_size + self.rows * axis[2].output) * self.item // self.strips
        row = plane // self.rows + 1
        wanted = min(TASK_BYTES, max(TASK_BYTES // 8, plane * self.strips * self.planes // TASKS))
        self.task_planes = max(1, min(wanted // (plane + 1), self.planes))
        # The first rows of a task cost as much as a window is high.
        self.task_rows = max(1, wanted // row, 4 * axis[1].taps // axis[1].stride)
        self.task_rows += -self.task_rows % self.pool.share
        self.task_rows = min(self.rows, self.task_rows)
        if self.pool.across:
            self.task_planes = (self.task_planes + self.room.lanes - 1) // self.room.lanes
            self.task_planes *= self.room.lanes
        if self.pool.across or self.task_planes > 1:
            self.task_rows = self.rows
        self.row_tasks = (self.rows + self.task_rows - 1) // self.task_rows
        self.plane_tasks = (self.planes + self.task_planes - 1) // self.task_planes
        self.tasks = self.plane_tasks * self.row_tasks * self.strips

    def __call__(self, cnp.ndarray source, cnp.ndarray out, int threads):
        """Write the pooling of `source` to `out`.

        Parameters
        ----------
        source : ndarray
            Input, C-contiguous and of the dtype given to the constructor. Nothing is validated.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef fc_pool_task call
        cdef Shares shares
        cdef Py_ssize_t _turn
        cdef Py_ssize_t i
        cdef Watch *watch = current()
        call.input = cnp.PyArray_DATA(source)
        call.input_end = <const char *>call.input + self.planes * self.plane_size * self.item
        call.output = cnp.PyArray_DATA(out)
        call.scratch = NULL
        threads = <int>min(<Py_ssize_t>threads, self.tasks)
        if self.scratch_bytes > STACK:
            call.scratch = scratch.lease(threads * self.scratch_bytes)
        if threads == 1:
            with nogil:
                for i in range(self.tasks):
                    self._task(&call, i, 0, watch)
        else:
            share_out(&shares, self.tasks, threads)
            for _turn in prange(self.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                                chunksize=1):
                self._task(&call, take(&shares, threadid()), threadid(),
                           of_thread(watch, threadid()))
        if call.scratch is not NULL:
            scratch.release(call.scratch)

    cdef void _task(self, const fc_pool_task *call, Py_ssize_t number, int thread,
                    Watch *watch) noexcept nogil:
        cdef char own[STACK]
        cdef fc_pool_task task = call[0]
        cdef Py_ssize_t part = number // self.strips
        task.strip = number % self.strips
        task.first_row = part % self.row_tasks * self.task_rows
        task.rows = min(self.task_rows, self.rows - task.first_row)
        task.first_plane = part // self.row_tasks * self.task_planes
        task.planes = min(self.task_planes, self.planes - task.first_plane)
        if call.scratch is NULL:
            task.scratch = own
        else:
            task.scratch = <char *>call.scratch + thread * self.scratch_bytes
        task.watch = watch
        if not stopped(watch):
            self.room.run(&self.pool, &task)
