# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""integer: filter images of integers, and loop over the tasks of one filter.

    task     one plane, a block of output rows, a strip of columns (src/integer/room.h)

Tasks are independent, and each runs on one thread. A result does not depend on how tasks are cut:
every sum adds its taps in their order.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.interrupt cimport Watch, current, of_thread
from fastconv.loops.simd cimport FC_F32
from fastconv.loops.sizes cimport clear_ends

cnp.import_array()

cdef enum:
    RING_BYTES = 20 * 1024      # bytes of the ring's rows; their sums take the rest of L1
    LEAST_COLUMNS = 128         # fewest columns of a strip
    MOST_COLUMNS = 2048         # most columns of a strip
    BLOCK_ROWS = 64             # fewest rows of a block

#: Dtypes of images, in the order of enum fc_integer_type; a result may also be real.
TYPES = ("i8", "i16", "i32", "u8", "u16")
#: Kinds of filters, in the order of the C enum.
KINDS = ("passes", "window")
#: What happens to a row between passes, in the order of the C enum.
CONVERSIONS = ("exact", "truncates", "wraps")
#: Orders in which a pass sums its taps, in the order of the C enum.
ORDERS = ("last_first", "equal_pairs", "opposite_pairs")


cdef class Integers:
    """One filter of images of integers; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    real : str
        Dtype of the computation: "f32" or "f64".
    source : str
        Dtype of the image, one of `TYPES`.
    target : str
        Dtype of the result, one of `TYPES` or `real`.
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
    kind : str
        One of `KINDS`.
    row_weights, column_weights : ndarray
        Weights of the two passes. A window has one weight in each.
    orders : tuple of str
        Orders in which the two passes sum their taps, of `ORDERS`.
    conversion : str
        What happens to a row between the passes, one of `CONVERSIONS`.
    fill : float
        Fill value.
    """

    cdef const fc_integer *room
    cdef fc_integer_plan plan
    cdef object kept
    cdef Py_ssize_t planes, rows, source_item, target_item, strip, strips, block, blocks
    cdef Py_ssize_t scratch_bytes, row_bytes, used_bytes

    def __init__(self, str isa, str real, str source, str target, planes, rows, width, unit,
                 row_line, column_line, before, kind, row_weights, column_weights, orders,
                 conversion, fill):
        cdef fc_integer_plan *p = &self.plan
        cdef int index = simd.real_index(real)
        cdef Py_ssize_t item = 4 if index == FC_F32 else 8, halo, columns
        dtype = np.float32 if index == FC_F32 else np.float64
        self.room = integer_kernels(isa, index)
        self.kept = []
        self.planes, self.rows = planes, rows
        p.source = TYPES.index(source)
        p.target = len(TYPES) if target == real else TYPES.index(target)
        self.source_item = int(source[1:]) // 8
        self.target_item = int(target[1:]) // 8
        p.kind, p.conversion = KINDS.index(kind), CONVERSIONS.index(conversion)
        p.row_order, p.column_order = [ORDERS.index(order) for order in orders]
        p.width, p.unit, p.before, p.fill = width, unit, before, fill
        p.row_taps = len(row_line) - rows + 1
        p.column_taps = (len(column_line) - width) // unit + 1
        p.row_line = <const ptrdiff_t *>self._keep(row_line, np.intp)
        p.column_line = <const ptrdiff_t *>self._keep(column_line, np.intp)
        p.fills = bool((np.asarray(column_line) < 0).any())
        p.row_weights = self._keep(row_weights, dtype)
        p.column_weights = self._keep(column_weights, dtype)
        if kind == "window":
            p.row_scale, p.column_scale = dtype(row_weights[0]), dtype(column_weights[0])
        p.list = max(p.row_taps, p.column_taps)
        halo = (p.column_taps - 1) * unit
        columns = max(<Py_ssize_t>LEAST_COLUMNS, 4 * halo,
                      RING_BYTES // (item * (p.row_taps + 1)) - halo)
        columns = min(columns, max(<Py_ssize_t>MOST_COLUMNS, 4 * halo))
        self.strips = max(<Py_ssize_t>1, (width + columns - 1) // columns)
        self.strip = (width + self.strips - 1) // self.strips
        self.block = max(<Py_ssize_t>BLOCK_ROWS, 2 * p.row_taps)
        self.blocks = max(<Py_ssize_t>1, (rows + self.block - 1) // self.block)
        self.block = (rows + self.blocks - 1) // self.blocks
        # Make the pitch an odd number of cache lines, so that rows do not share one cache set.
        p.pitch = ((self.strip + halo + 2 * self.room.slack) * item + 63) // 64 | 1
        p.pitch = p.pitch * 64 // item
        self.row_bytes, self.used_bytes = p.pitch * item, (self.strip + halo) * item
        self.scratch_bytes = p.list * sizeof(void *) + 64 + (p.row_taps + 6) * self.row_bytes
        self.scratch_bytes = (self.scratch_bytes + 191) // 128 * 128

    cdef void *_keep(self, values, dtype) except NULL:
        """Return the address of an array that lives as long as this object."""
        array = np.array(values, dtype, ndmin=1)
        if array.size == 0:
            array = np.zeros(1, dtype)
        self.kept.append(array)
        return cnp.PyArray_DATA(<cnp.ndarray>array)

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
            Image, C-contiguous and of the dtype `source`.
        out : ndarray
            Array to write, C-contiguous and of the dtype `target`.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t tasks = self.planes * self.blocks * self.strips, i
        cdef const char *source = <const char *>cnp.PyArray_DATA(image)
        cdef char *target = <char *>cnp.PyArray_DATA(out)
        cdef char *workspace
        cdef Watch *watch = current()
        threads = <int>max(1, min(<Py_ssize_t>threads, tasks))
        workspace = <char *>scratch.lease(threads * self.scratch_bytes)
        for i in range(threads):
            clear_ends(self._rows(workspace + i * self.scratch_bytes), self.plan.row_taps + 6,
                       self.row_bytes, self.used_bytes)
        if threads == 1:
            with nogil:
                for i in range(tasks):
                    self._task(source, target, workspace, i, watch)
        else:
            for i in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(source, target, workspace + threadid() * self.scratch_bytes, i,
                           of_thread(watch, threadid()))
        scratch.release(workspace)

    cdef char *_rows(self, char *workspace) noexcept nogil:
        """Return the first of a thread's rows, which lie behind its pointers."""
        return workspace + (self.plan.list * sizeof(void *) + 63) // 64 * 64

    cdef void _task(self, const char *image, char *out, char *workspace,
                    Py_ssize_t number, Watch *watch) noexcept nogil:
        cdef fc_integer_task task
        cdef Py_ssize_t strip = number % self.strips, part = number // self.strips
        cdef Py_ssize_t plane = part // self.blocks * self.rows * self.plan.width
        task.image = image + plane * self.source_item
        task.out = out + plane * self.target_item
        task.scratch = workspace
        task.watch = watch
        task.row = part % self.blocks * self.block
        task.rows = min(self.block, self.rows - task.row)
        task.column = strip * self.strip
        task.columns = min(self.strip, self.plan.width - task.column)
        self.room.filter(&self.plan, &task)
