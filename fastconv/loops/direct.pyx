# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""direct: convolve as stencils over rows, and loop over the tasks of one convolution.

    feature[k, o] = sum over (c, t) of weight[k, c, t] * image[c, o * stride + t * dilation]

    task     some units (image, group, output depth) x a block of output rows x a group of spans;
             tasks are independent, and each runs on one thread
      unit
        span   columns that find their input in the same way: look its rows up in the image, or
               copy them to a patch with borders
          tile   up to 4 output rows, for each output channel of the group (src/direct/stencil.h)
             after the last span: apply bias, add, activation while the block is in cache

The sum of an output does not depend on how rows, columns and units are cut.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code
from fastconv.loops.sizes cimport ALIGNMENT, aligned, ceil_div
from fastconv.loops.simd cimport FC_F32, fc_axis, fc_geometry, fc_line
from fastconv.loops.direct_layout import (
    DIRECT_ROWS, MOST_BYTES, Rows, cut_columns, line, sum_runs, three,
)

cnp.import_array()

cdef enum:
    UNIT_TASKS = 16        # number of tasks that many small planes are divided into
    LINE = 4               # value of plan.constant for one row of adjacent taps

# Multiply-adds below which starting threads costs more than it saves.
cdef double SERIAL_WORK = 5e5


cdef class Stencils:
    """One forward convolution in float32 or float64; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n : int
        Number of images.
    groups : int
        Number of groups of channels.
    image_channels, feature_channels : int
        Channels of the input and of the output, over all groups.
    axes : sequence of 1 to 3 tuples (image, feature, taps, stride, dilation, before, at)
        Spatial axes, innermost last.
    bias : None, "channel" or "position"
        Whether a bias is added, and whether it varies by channel only or also by position.
    activation : str or None
        Activation to apply to the output.
    add : bool
        Whether a residual is added to the output.
    """

    cdef const fc_direct *room
    cdef fc_direct_plan plan
    cdef Py_ssize_t item, units, unit_step, unit_tasks, block_rows, row_tasks, span_tasks
    cdef Py_ssize_t slots_bytes, inputs_bytes, fill_bytes, patch_bytes, thread_bytes
    cdef double work
    cdef object kept                # arrays that the plan points into
    cdef const Py_ssize_t *groups   # first span of every group, and one past the last

    def __init__(self, str isa, str dtype, n, groups, image_channels, feature_channels, axes, *,
                 bias=None, activation=None, add=False):
        cdef int real = simd.real_index(dtype)
        cdef fc_direct_plan *p = &self.plan
        self.room = direct_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.kept = []
        p.groups, p.group_channels = groups, image_channels // groups
        p.group_features = feature_channels // groups
        p.bias_position = bias == "position"
        p.activation = activation_code(activation)
        p.has_epilogue = bias is not None or p.activation != FC_LINEAR or add
        axes = three(axes)
        self._set_geometry(n, image_channels, feature_channels, axes)
        p.kernel = p.group_channels * p.geometry.taps
        self.work = <double>n * feature_channels * p.geometry.pixels * p.kernel
        self._cut(axes)

    cdef _set_geometry(self, n, image_channels, feature_channels, axes):
        cdef fc_geometry *g = &self.plan.geometry
        cdef fc_axis *axis
        cdef int i
        g.batch, g.image_channels, g.feature_channels = n, image_channels, feature_channels
        g.plane = g.pixels = g.taps = 1
        for i, values in enumerate(axes):
            axis = &g.axis[i]
            axis.image, axis.feature, axis.taps = values[:3]
            axis.stride, axis.dilation, axis.before = values[3:6]
            axis.extent = (axis.feature - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1
            axis.line = <const ptrdiff_t *>self._keep(line(values))
            g.plane *= axis.image
            g.pixels *= axis.feature
            g.taps *= axis.taps

    cdef char *_keep(self, values):
        """Return the address of an array of intp that lives as long as this object."""
        cdef cnp.ndarray array = np.ascontiguousarray(values, dtype=np.intp)
        self.kept.append(array)
        return <char *>cnp.PyArray_DATA(array)

    cdef _cut(self, axes):
        """Cut the problem into blocks of rows, groups of spans and runs of taps; size workspace."""
        cdef fc_direct_plan *p = &self.plan
        cdef fc_axis *d = &p.geometry.axis[0]
        rows, columns = Rows(axes[1]), axes[2]
        cdef Py_ssize_t planes = p.group_channels * d.taps, least, block, widest
        if (self.room.constant_rows and rows.step == 1 and rows.taps == columns[2]
                and rows.taps in (3, 5, 7) and columns[3] == columns[4] == 1):
            p.constant = rows.taps // 2
        p.tile_rows = self.room.constant_rows if p.constant else self.room.tile_rows
        if not rows.shared or rows.feature == 1:
            p.tile_rows = 1
        if rows.taps == columns[3] == columns[4] == 1:
            p.constant = LINE
        least = min(rows.feature, p.tile_rows * rows.classes)
        self.units = p.geometry.batch * p.groups * d.feature
        needed = planes * rows.classes * rows.block(least)[1]
        groups = cut_columns(columns, self.room.lanes, self.item, needed, MOST_BYTES,
                             rows.feature * self.units < UNIT_TASKS)
        flat = [span for group in groups for span in group]
        widest = max([span.pitch for span in flat])
        limit = self.room.patch_bytes if len(flat) == len(groups) and flat[0].pitch else MOST_BYTES
        block = DIRECT_ROWS
        while (block > least and widest * self.item * planes * rows.classes
               * rows.block(block)[1] > limit):
            block -= 1
        block = max(block // least * least, least)
        self.row_tasks = ceil_div(rows.feature, block)
        self.block_rows = min(ceil_div(ceil_div(rows.feature, self.row_tasks), least) * least,
                              rows.feature)
        self.row_tasks = ceil_div(rows.feature, self.block_rows)
        p.classes, p.entries = rows.classes, rows.block(self.block_rows)[1]
        p.heights = <const ptrdiff_t *>self._keep(rows.heights(self.block_rows))
        self._set_runs(sum_runs(rows, self.block_rows, p.group_channels, d.taps, columns[2],
                                self.room.depth_max))
        self._set_spans(groups, flat)
        self.unit_step = max(1, self.units * self.row_tasks * self.span_tasks // UNIT_TASKS
                             // (self.row_tasks * self.span_tasks))
        self.unit_tasks = ceil_div(self.units, self.unit_step)

        slack = self.room.lanes
        p.fill_count = max([span.length for span in flat]) + slack
        rows_read = planes * p.classes * p.entries
        self.slots_bytes = aligned(d.taps * p.classes * p.entries * sizeof(ptrdiff_t))
        self.inputs_bytes = aligned(rows_read * sizeof(void *))
        self.fill_bytes = aligned(p.fill_count * self.item)
        self.patch_bytes = aligned((rows_read * widest + slack) * self.item)
        self.thread_bytes = (self.slots_bytes + self.inputs_bytes + self.fill_bytes
                             + self.patch_bytes + 2 * ALIGNMENT
                             + aligned(self.room.tile_rows * self.room.lanes * self.item))

    cdef _set_runs(self, values):
        cdef fc_run *run
        self.plan.run_count = len(values)
        # Each run takes seven words; the last one holds the flag.
        run = <fc_run *>self._keep(np.zeros(
            ceil_div(len(values) * sizeof(fc_run), sizeof(Py_ssize_t))))
        self.plan.runs = run
        for taps, columns, first, weight, step, offset, ends in values:
            run.taps, run.columns, run.first = taps, columns, first
            run.weight, run.step, run.offset, run.ends = weight, step, offset, ends
            run += 1

    cdef _set_spans(self, groups, flat):
        cdef fc_span *span
        words = ceil_div(sizeof(fc_span), sizeof(Py_ssize_t))
        span = <fc_span *>self._keep(np.zeros(len(flat) * words))
        self.plan.spans = span
        for values in flat:
            span.start, span.stop, span.pitch = values.start, values.stop, values.pitch
            span.line_count = len(values.lines)
            span.offsets = <const ptrdiff_t *>self._keep(values.offsets)
            # struct fc_line consists of five ptrdiff_t.
            span.lines = <fc_line *>self._keep(np.ravel(values.lines))
            span += 1
        self.span_tasks = len(groups)
        self.groups = <const Py_ssize_t *>self._keep(
            np.cumsum([0] + [len(group) for group in groups]))

    def found(self):
        """Return how many input rows all blocks look up, and the number of groups of spans."""
        cdef fc_direct_plan *p = &self.plan
        return (self.units * self.row_tasks * p.classes * p.entries * p.group_channels
                * p.geometry.axis[0].taps, self.span_tasks)

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add[, fillvalue])
            Operands, C-contiguous and of the dtype given to the constructor. Bias and add are
            None if the problem has none. Nothing is validated.
        prepared : None
            Unused.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef fc_direct_task call
        cdef Py_ssize_t tasks = self.unit_tasks * self.row_tasks * self.span_tasks, i
        cdef char *workspace
        call.image = cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.weight = cnp.PyArray_DATA(<cnp.ndarray>arrays[1])
        call.bias = call.add = NULL
        call.fill = 0
        if arrays[2] is not None:
            call.bias = cnp.PyArray_DATA(<cnp.ndarray>arrays[2])
        if arrays[3] is not None:
            call.add = cnp.PyArray_DATA(<cnp.ndarray>arrays[3])
        if len(arrays) > 4:
            call.fill = arrays[4]
        call.out = cnp.PyArray_DATA(out)
        if self.work < SERIAL_WORK:
            threads = 1
        workspace = <char *>scratch.lease(threads * self.thread_bytes)
        if threads == 1 or tasks == 1:
            with nogil:
                for i in range(tasks):
                    self._task(call, i, workspace)
        else:
            for i in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(call, i, workspace + threadid() * self.thread_bytes)
        scratch.release(workspace)

    cdef void _task(self, fc_direct_task task, Py_ssize_t i, char *at) noexcept nogil:
        cdef Py_ssize_t group = i % self.span_tasks, block = i // self.span_tasks % self.row_tasks
        task.span, task.span_stop = self.groups[group], self.groups[group + 1]
        task.row = block * self.block_rows
        task.row_stop = min(task.row + self.block_rows, self.plan.geometry.axis[1].feature)
        task.unit = i // self.span_tasks // self.row_tasks * self.unit_step
        task.unit_stop = min(task.unit + self.unit_step, self.units)
        task.slots = <ptrdiff_t *>at
        at += self.slots_bytes
        task.inputs = <const void **>at
        at += self.inputs_bytes
        task.fill_row = at
        at += self.fill_bytes
        task.patch = at
        task.tile = at + self.patch_bytes
        self.room.filter(&self.plan, &task)
