# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fixed: filter images of integers in fixed point, and loop over the tasks of one filter.

    task     one plane, a block of output rows, a strip of columns (src/fixed/room.h)

Tasks are independent, and each runs on one thread. Results are integers, and do not depend on how
tasks are cut.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch
from fastconv.loops.interrupt cimport Watch, current, of_thread

cnp.import_array()

cdef enum:
    MOST_COLUMNS = 4096         # most columns of a strip
    BLOCK_ROWS = 32             # rows of a block
    TASKS = 4                   # tasks of a thread, for running sums
    MOST_LINES = 8              # most rows, and most values, that wait for the second pass
    LINE_VALUES = 2048

#: Dtypes of images.
TYPES = ("u8", "i16", "u16")
#: Orders in which SciPy sums the taps of a pass, in the order of the C enum.
ORDERS = ("last_first", "equal_pairs", "opposite_pairs")
#: Most taps of a pass.
MOST_TAPS = FC_FIXED_TAPS


cdef class Fixed:
    """One filter of images of integers; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set, one of those of `simd.extended`.
    dtype : str
        Dtype of the image and of the result, one of `TYPES`.
    planes : int
        Number of planes.
    rows : int
        Rows of a plane.
    width : int
        Elements of a row.
    unit : int
        Distance in elements between neighbouring taps along a row.
    row_line, column_line : ndarray of int
        Image row and image column at every padded row and column, -1 for the fill value.
    before : int
        Padded columns in front of the image.
    row_weights, column_weights : ndarray of float64
        Weights of the two passes.
    orders : tuple of str
        Orders in which SciPy sums the taps of the two passes, of `ORDERS`.
    fill : int
        Fill value.
    averages : bool
        Whether the weights are those of averages, which are divided after they are summed.

    Raises
    ------
    ValueError
        If fixed point does not hold the sums of these weights.
    """

    cdef const fc_fixed *room
    cdef fc_fixed_plan plan
    cdef object kept
    cdef Py_ssize_t planes, rows, item, strip, strips
    cdef Py_ssize_t scratch_bytes
    cdef bint runs

    def __init__(self, str isa, str dtype, planes, rows, width, unit, row_line,
                 column_line, before, row_weights, column_weights, orders, fill, averages=False):
        cdef fc_fixed_plan *p = &self.plan
        cdef Py_ssize_t halo, most
        self.room = fixed_kernels(isa, dtype)
        self.planes, self.rows = planes, rows
        self.item = int(dtype[1:]) // 8
        p.width, p.height, p.unit, p.before, p.fill = width, rows, unit, before, fill
        self.kept = [np.array(line, np.intp) for line in (row_line, column_line)]
        p.row_line = <const ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray>self.kept[0])
        p.column_line = <const ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray>self.kept[1])
        self._prepare(&p.down, row_weights, orders[0], averages)
        self._prepare(&p.along, column_weights, orders[1], averages)
        halo = (p.along.taps - 1) * p.unit
        most = max(<Py_ssize_t>MOST_COLUMNS, 2 * halo)
        # The columns past one end may be copies of those at the other: then there is one strip.
        first, last = int(self.kept[1][0]), int(self.kept[1][len(column_line) - 1])
        if first > halo or 0 <= last < width - 1 - halo:
            most = width
        self.strips = max(<Py_ssize_t>1, (width + most - 1) // most)
        self.strip = (width + self.strips - 1) // self.strips
        self.strips = max(<Py_ssize_t>1, (width + self.strip - 1) // self.strip)
        self.runs = averages and p.down.taps > 1
        # Make the pitch an odd number of cache lines, so that rows do not share one cache set.
        p.pitch = ((self.strip + halo) * self.room.item + self.room.slack + 63) // 64 | 1
        p.pitch *= 64
        p.lines = max(<Py_ssize_t>1, min(<Py_ssize_t>MOST_LINES, LINE_VALUES // self.strip))
        self.scratch_bytes = p.down.taps + 4 + p.lines * (p.along.taps + 4)
        self.scratch_bytes = self.scratch_bytes * sizeof(void *) + 64
        self.scratch_bytes += (p.lines + p.down.taps + FC_FIXED_ROWS) * p.pitch
        self.scratch_bytes = (self.scratch_bytes + 191) // 128 * 128

    cdef int _prepare(self, fc_fixed_pass *into, weights, str order,
                      bint averages) except -1:
        cdef int held
        cdef cnp.ndarray values = np.ascontiguousarray(weights, np.float64)
        into.taps = values.size
        if into.taps > FC_FIXED_TAPS:
            raise ValueError("too many taps")
        into.order = ORDERS.index(order)
        if into.taps == 1:
            return 0
        if averages:
            held = self.room.prepare_window(into)
        else:
            held = self.room.prepare(into, <const double *>cnp.PyArray_DATA(values))
        if not held:
            raise ValueError("fixed point does not hold the sums of these weights")
        return 0

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.scratch_bytes

    def __call__(self, cnp.ndarray image, cnp.ndarray out, int threads):
        """Write the filtered image to `out`.

        Parameters
        ----------
        image : ndarray
            Image, C-contiguous and of the dtype `dtype`.
        out : ndarray
            Array to write, C-contiguous and of the dtype `dtype`.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t block = self._block(threads), i
        cdef Py_ssize_t tasks = self.planes * ((self.rows + block - 1) // block) * self.strips
        cdef const char *source = <const char *>cnp.PyArray_DATA(image)
        cdef char *target = <char *>cnp.PyArray_DATA(out)
        cdef char *workspace
        cdef Watch *watch = current()
        threads = <int>max(1, min(<Py_ssize_t>threads, tasks))
        workspace = <char *>scratch.lease(threads * self.scratch_bytes)
        if threads == 1:
            with nogil:
                for i in range(tasks):
                    self._task(source, target, workspace, block, i, watch)
        else:
            for i in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(source, target, workspace + threadid() * self.scratch_bytes, block, i,
                           of_thread(watch, threadid()))
        scratch.release(workspace)

    cdef Py_ssize_t _block(self, int threads) noexcept:
        """Return the rows of a task. Running sums begin anew in each, so that few are better."""
        cdef Py_ssize_t block = BLOCK_ROWS, count
        if self.runs:
            block = max(block, 6 * self.plan.down.taps)
            if threads == 1:
                block = max(block, self.rows)
            else:
                block = max(block, self.rows // (TASKS * threads))
        count = max(<Py_ssize_t>1, (self.rows + block - 1) // block)
        return max(<Py_ssize_t>1, (self.rows + count - 1) // count)

    cdef void _task(self, const char *image, char *out, char *workspace, Py_ssize_t block,
                    Py_ssize_t number, Watch *watch) noexcept nogil:
        cdef fc_fixed_task task
        cdef Py_ssize_t strip = number % self.strips, part = number // self.strips
        cdef Py_ssize_t blocks = (self.rows + block - 1) // block
        cdef Py_ssize_t plane = part // blocks * self.rows * self.plan.width
        task.image = image + plane * self.item
        task.out = out + plane * self.item
        task.scratch = workspace
        task.watch = watch
        task.row = part % blocks * block
        task.rows = min(block, self.rows - task.row)
        task.column = strip * self.strip
        task.columns = min(self.strip, self.plan.width - task.column)
        if task.rows > 0 and task.columns > 0:
            self.room.filter(&self.plan, &task)
