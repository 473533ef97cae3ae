# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""direct, channel by channel: loop over planes of outputs.

    out[n, k, z] = sum over t of weight[k, t] * image[n, k // features, z s + t d]

    task     some planes of outputs (n, k, output depth), or a block of rows of one plane; tasks are
             independent, and each runs on one thread
      plane
        some rows, few enough to stay in L1
          column of vectors, for each plane of input that the outputs sum (src/direct/plane.h)
         after the last row: apply add, activation

The sum of an output does not depend on how planes and rows are cut.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code
from fastconv.loops.interrupt cimport Watch, current, of_thread
from fastconv.loops.shares cimport Shares, share_out, take
from fastconv.loops.sizes cimport ALIGNMENT, ceil_div
from fastconv.loops.simd cimport FC_F32, fc_at, fc_axis, fc_geometry

cnp.import_array()

#: Largest number of columns between the first tap and the last.
PLANE_REACH = FC_PLANE_REACH

cdef enum:
    TASKS = 16               # tasks into which small planes are joined, or large planes are cut
    BLOCK_BYTES = 16 * 1024  # bytes of input rows in a block
    LEAST_ROWS = 8           # fewest output rows in a block; with fewer, first rows take most time

# Multiply-adds below which starting threads costs more than it saves.
cdef double SERIAL_WORK = 2e5


cdef class Planes:
    """One forward depthwise convolution; built once, called often, thread-safe.

    Rows and columns have the same number of taps, 2, 3, 5 or 7. Their stride is 1; if the number of
    taps is odd and there is no dilation, it may be 2.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n : int
        Number of images.
    image_channels, feature_channels : int
        Channels of the input and of the output; the second is a multiple of the first.
    axes : sequence of 2 or 3 tuples
        Spatial axes, as `axes.set_axes` takes them.
    zeros : bool
        Whether the values beyond the ends of a row are zeros.
    bias : None, "channel" or "position"
        Whether a bias is added, and whether it varies by channel only or also by position.
    activation : str or None
        Activation to apply to the output.
    add : bool
        Whether a residual is added to the output.
    """

    cdef const fc_planes *room
    cdef fc_planes_plan plan
    cdef Py_ssize_t units, unit_step, task_rows, row_tasks, tasks, image_bytes
    cdef double work
    cdef object kept  # arrays that the plan points into

    def __init__(self, str isa, str dtype, n, image_channels, feature_channels, axes, zeros, *,
                 bias=None, activation=None, add=False):
        cdef int real = simd.real_index(dtype)
        cdef fc_planes_plan *p = &self.plan
        cdef fc_geometry *g = &p.geometry
        cdef Py_ssize_t item = 4 if real == FC_F32 else 8
        self.room = planes_kernels(isa, real)
        self.kept = []
        p.group_features = feature_channels // image_channels
        p.bias_position = bias == "position"
        p.activation = activation_code(activation)
        p.has_epilogue = p.bias_position or p.activation != FC_LINEAR or add
        g.batch, g.image_channels, g.feature_channels = n, image_channels, feature_channels
        set_axes(g, axes)
        self.units = n * feature_channels * g.axis[0].feature
        self.image_bytes = n * image_channels * g.plane * item
        self.work = <double>n * feature_channels * g.pixels * g.taps
        self._cut(item)
        self._plan(zeros, item)

    cdef char *_keep(self, Py_ssize_t size):
        """Return the address of `size` bytes of zeros, valid as long as this object lives."""
        cdef cnp.ndarray array = np.zeros(size, np.uint8)
        self.kept.append(array)
        return <char *>cnp.PyArray_DATA(array)

    cdef _cut(self, Py_ssize_t item):
        """Cut rows into blocks that stay in L1, and planes or rows into tasks."""
        cdef fc_planes_plan *p = &self.plan
        cdef fc_axis *h = &p.geometry.axis[1]
        cdef Py_ssize_t row_bytes = p.geometry.axis[2].image * item * h.stride, blocks
        p.rows = min(h.feature, max(LEAST_ROWS, BLOCK_BYTES // row_bytes))
        blocks = ceil_div(h.feature, p.rows)
        p.rows = ceil_div(h.feature, blocks)
        self.unit_step = max(1, self.units // TASKS)
        self.row_tasks = 1
        if self.units < TASKS:
            self.row_tasks = min(blocks, ceil_div(TASKS, self.units))
        self.task_rows = ceil_div(blocks, self.row_tasks) * p.rows
        self.row_tasks = ceil_div(h.feature, self.task_rows)
        self.tasks = ceil_div(self.units, self.unit_step) * self.row_tasks

    cdef _plan(self, bint zeros, Py_ssize_t item):
        """Store the offset of every row, a row of zeros, and how columns are read."""
        cdef fc_planes_plan *p = &self.plan
        cdef fc_axis *h = &p.geometry.axis[1]
        cdef fc_axis *w = &p.geometry.axis[2]
        cdef Py_ssize_t lanes = self.room.lanes, margin, masks, i, y
        cdef ptrdiff_t *slots = <ptrdiff_t *>self._keep(2 * (h.extent + 1) * sizeof(ptrdiff_t))
        cdef ptrdiff_t *nothing = slots + h.extent + 1
        cdef char *at
        p.slots, p.nothing = slots, nothing
        for i in range(h.extent + 1):
            y = fc_at(h, i) if i < h.extent else -1
            slots[i] = -1 if y < 0 else y * w.image
            nothing[i] = -1
        p.zeros_beyond = zeros
        margin = max(0, w.before) + 2 * lanes + w.extent
        p.zeros = self._keep((2 * margin + w.image) * item) + margin * item
        p.column_count = ceil_div(w.feature, lanes)
        p.columns = <fc_plane_column *>self._keep(p.column_count * sizeof(fc_plane_column))
        masks = FC_PLANE_MASKS * lanes * item
        at = self._keep(p.column_count * masks + ALIGNMENT)
        at += ALIGNMENT - <Py_ssize_t>at % ALIGNMENT
        self.room.plan(p, p.columns, at)

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases: none.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return 0

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add)
            Operands, C-contiguous and of the dtype given to the constructor. Bias and add are
            None if the problem has none. Nothing is validated.
        prepared : None
            Unused.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef fc_planes_task call
        cdef Shares shares
        cdef Py_ssize_t _turn
        cdef Py_ssize_t i
        cdef Watch *watch = current()
        call.image = cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.image_end = <const char *>call.image + self.image_bytes
        call.weight = cnp.PyArray_DATA(<cnp.ndarray>arrays[1])
        call.bias = call.add = NULL
        if arrays[2] is not None:
            call.bias = cnp.PyArray_DATA(<cnp.ndarray>arrays[2])
        if arrays[3] is not None:
            call.add = cnp.PyArray_DATA(<cnp.ndarray>arrays[3])
        call.out = cnp.PyArray_DATA(out)
        if self.work < SERIAL_WORK:
            threads = 1
        if threads == 1 or self.tasks == 1:
            with nogil:
                for i in range(self.tasks):
                    self._task(call, i, watch)
        else:
            share_out(&shares, self.tasks, threads)
            for _turn in prange(self.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                                chunksize=1):
                self._task(call, take(&shares, threadid()), of_thread(watch, threadid()))

    cdef void _task(self, fc_planes_task task, Py_ssize_t i, Watch *watch) noexcept nogil:
        task.watch = watch
        task.row = i % self.row_tasks * self.task_rows
        task.row_stop = min(task.row + self.task_rows, self.plan.geometry.axis[1].feature)
        task.unit = i // self.row_tasks * self.unit_step
        task.unit_stop = min(task.unit + self.unit_step, self.units)
        self.room.filter(&self.plan, &task)
