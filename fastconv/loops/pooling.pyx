# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Pool windows: loop over tasks, each some planes, or some rows of one plane, in one strip.

Tasks are independent, and each runs on one thread. A result does not depend on where tasks are cut:
every output joins the values of its window in an order that depends on the window alone.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.problem.arrays import DTYPES

cnp.import_array()

cdef enum:
    STACK = 49152           # largest scratch in bytes that a task takes from its own stack

# Bytes of input and output of a task: enough to pay for scheduling it.
cdef Py_ssize_t TASK_BYTES = 1 << 17
# Fewest tasks; if there would be fewer, tasks get smaller, down to an eighth of TASK_BYTES.
cdef Py_ssize_t TASKS = 16

#: Kinds of poolings, in the order of the C enum.
KINDS = ("maximum", "average", "largest", "absolute", "root", "minimum")
#: Ways to reduce columns, in the order of the C enum.
COLUMNS = ("all_rows", "ladder", "van_herk", "shared", "at_once")


cdef class Pooling:
    """One pooling over sliding or separate windows; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        Short name of the dtype, such as "f32".
    planes : int
        Channels of the whole batch.
    axes : sequence of three tuples
        ``(input, output, taps, stride, dilation, before, first, count, tap)``; the last three are
        arrays of intp as in ``struct fc_pool_axis``.
    kind : str
        One of `KINDS`. The kinds "largest", "absolute" and "root" are Lp norms with p of infinity,
        1 and 2.
    columns : {"all_rows", "ladder", "van_herk", "shared", "at_once"}
        How columns are reduced.
    separate : bool
        Whether the windows of a row are reduced one by one.
    ladders : pair of tuples
        ``(radix, levels, taps)`` for the columns and for the row; taps is an array (n, 2) of intp.
    strip : int
        Outputs of a row that are computed together.
    share : int
        Rows of outputs that are computed together.
    across : bool
        Whether planes are transposed, so that a vector holds one element of each of several planes.
    divisors : sequence of three arrays of float64, optional
        Divisors of an average, per axis; the divisor of an output is the product of one of each.
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
        """Return a pointer to a copy of `array` that lives as long as this object."""
        copy = np.array(array, dtype, ndmin=1)
        self.keep.append(copy)
        return cnp.PyArray_DATA(<cnp.ndarray>copy)

    cdef int fill(self, fc_ladder *ladder, values) except -1:
        ladder.radix, ladder.levels, taps = values
        ladder.taps = len(taps)
        ladder.tap = <const ptrdiff_t (*)[2]>self.data(taps, np.intp)
        return 0

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

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return 0 if self.scratch_bytes <= STACK else threads * self.scratch_bytes

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
