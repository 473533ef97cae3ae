# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Poolings: the loop over tasks, each some planes, or some rows of one plane, in one strip.

Tasks share nothing; threads take them. Where they are cut does not change a bit: every output joins
the values of its own window in an order that depends on the window alone.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.problem.arrays import DTYPES

cnp.import_array()

cdef enum:
    STACK = 49152           # bytes of scratch that a task takes from its own stack

cdef Py_ssize_t TASK_BYTES = 1 << 17    # of input and output: enough to be worth handing out
cdef Py_ssize_t TASKS = 16              # wanted at least, of a fraction of TASK_BYTES if need be

KINDS = ("maximum", "average", "largest", "absolute", "root", "minimum")
COLUMNS = ("all_rows", "ladder", "van_herk", "shared", "at_once")


cdef class Pooling:
    """One pooling over sliding or separate windows; built once, called often, thread-safe.

    Parameters
    ----------
    isa, dtype : str
    planes : int
    axes : sequence of three tuples
        ``(input, output, taps, stride, dilation, before, first, count, tap)``, the last three
        arrays of intp as in ``struct fc_pool_axis``.
    kind : {"maximum", "average", "largest", "absolute", "root"}
        The last three are Lp norms with p of infinity, 1 and 2.
    columns : {"all_rows", "ladder", "van_herk", "shared", "at_once"}
    separate : bool
        Whether the windows of a row are reduced one by one.
    ladders : pair of tuples
        ``(radix, levels, taps)`` down the columns and along the row, taps an array (n, 2) of intp.
    strip, share : int
        Outputs of a row, and rows of outputs, that are made together.
    across : bool
        Whether planes are transposed, so that a vector holds one element of each of several.
    divisors : sequence of three arrays of float64, optional
        An average's divisor is the product of one of each axis.
    """

    cdef fc_pool pool
    cdef const fc_pooling *room
    cdef list keep
    cdef Py_ssize_t planes, rows, strips, item, plane_size, scratch_bytes
    cdef Py_ssize_t task_planes, task_rows, row_tasks, plane_tasks, tasks

    def __init__(self, isa, dtype, planes, axes, kind, columns, separate, ladders, strip,
                 share, across, divisors=None):
        cdef int d
        cdef fc_pool_axis *axis
        self.keep = []
        self.room = pooling_kernels(isa, simd.value_index(dtype))
        for d in range(3):
            axis = &self.pool.axis[d]
            axis.input, axis.output, axis.taps = axes[d][:3]
            axis.stride, axis.dilation, axis.before = axes[d][3:6]
            axis.first = <const ptrdiff_t *>self.data(axes[d][6], np.intp)
            axis.count = <const ptrdiff_t *>self.data(axes[d][7], np.intp)
            axis.tap = <const ptrdiff_t *>self.data(axes[d][8], np.intp)
        self.pool.kind = KINDS.index(kind)
        self.pool.columns = COLUMNS.index(columns)
        self.pool.along = FC_SEPARATE if separate else 0
        self.fill(&self.pool.ladder, ladders[0])
        self.fill(&self.pool.row_ladder, ladders[1])
        self.pool.strip = strip
        self.pool.share = share
        self.pool.across = across
        if divisors is not None:
            spare = np.ones(self.room.lanes)
            last = np.concatenate([divisors[2], spare])
            self.pool.divisor = self.data(last, DTYPES[dtype])
            self.pool.row_divisor[0] = <const double *>self.data(divisors[0], np.float64)
            self.pool.row_divisor[1] = <const double *>self.data(divisors[1], np.float64)
        self.scratch_bytes = self.room.measure(&self.pool)
        self.scratch_bytes = (self.scratch_bytes + 191) // 128 * 128
        self.item = DTYPES[dtype].itemsize
        self.planes = planes
        self.cut()

    cdef void *data(self, array, dtype) except NULL:
        """Pointer to a copy of `array` that lives as long as this object."""
        copy = np.array(array, dtype, ndmin=1)
        self.keep.append(copy)
        return cnp.PyArray_DATA(<cnp.ndarray>copy)

    cdef int fill(self, fc_ladder *ladder, values) except -1:
        ladder.radix, ladder.levels, taps = values
        ladder.taps = len(taps)
        ladder.tap = <const ptrdiff_t (*)[2]>self.data(taps, np.intp)
        return 0

    cdef void cut(self):
        """Tasks of about the same number of bytes, large enough to repay their overheads."""
        cdef fc_pool_axis *axis = self.pool.axis
        cdef Py_ssize_t row, plane, wanted
        self.rows = axis[0].output * axis[1].output
        self.plane_size = axis[0].input * axis[1].input * axis[2].input
        self.strips = (axis[2].output + self.pool.strip - 1) // self.pool.strip
        plane = (self.plane_size + self.rows * axis[2].output) * self.item // self.strips
        row = plane // self.rows + 1
        wanted = min(TASK_BYTES, max(TASK_BYTES // 8, plane * self.strips * self.planes // TASKS))
        self.task_planes = max(1, min(wanted // (plane + 1), self.planes))
        # the first rows of a task cost as much as a window is high
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

    def workspace(self, int threads):
        """Bytes leased by a call with so many threads."""
        return 0 if self.scratch_bytes <= STACK else threads * self.scratch_bytes

    def __call__(self, cnp.ndarray source, cnp.ndarray out, int threads):
        """Write the pooling of `source` to `out`.

        Arrays are C-contiguous and of the dtype given. Nothing is validated.
        """
        cdef fc_pool_task call
        cdef Py_ssize_t i
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
                    self._task(&call, i, 0)
        else:
            for i in prange(self.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(&call, i, threadid())
        if call.scratch is not NULL:
            scratch.release(call.scratch)

    cdef void _task(self, const fc_pool_task *call, Py_ssize_t number,
                    int thread) noexcept nogil:
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
        self.room.run(&self.pool, &task)
