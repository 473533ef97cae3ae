# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""direct: convolve as stencils over rows, and loop over the tasks of one convolution.

    feature[k, o] = sum over (c, t) of weight[k, c, t] * image[c, o * stride + t * dilation]

    task     some units (image, group, output depth) x a block of output rows x a group of spans;
             tasks are independent, and each runs on one thread
      unit
        span   columns that find their input in the same way: look its rows up in the image, or
               copy them to a patch with borders
          tile   up to 4 output rows, for each output channel of the group (src/direct/stencil.h);
                 of one plane of input and few tap rows: all rows of the block (src/direct/roll.h)
             after the last span: apply bias, add, activation while the block is in cache

The sum of an output does not depend on how rows, columns and units are cut.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport scratch
from fastconv.loops.direct cimport fc_direct_task
from fastconv.loops.direct_layout cimport Layout
from fastconv.loops.interrupt cimport Watch, current, of_thread
from fastconv.loops.shares cimport Shares, share_out, take
from fastconv.loops.sizes cimport ceil_div

cnp.import_array()


cdef class Stencils(Layout):
    """One forward convolution in float32 or float64; built once, called often, thread-safe.

    The constructor takes the parameters of `Layout`.
    """

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
        cdef Py_ssize_t tasks = self.unit_tasks * self.row_tasks * self.columns.groups, i
        cdef Py_ssize_t _turn
        cdef Watch *watch = current()
        cdef Shares shares
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
        if self.busy(threads) == 1:
            threads = 1
        workspace = <char *>scratch.lease(threads * self.thread_bytes)
        if threads == 1:
            with nogil:
                for i in range(tasks):
                    self._task(call, i, workspace, watch)
        else:
            share_out(&shares, tasks, threads)
            for _turn in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                                chunksize=1):
                self._task(call, take(&shares, threadid()),
                           workspace + threadid() * self.thread_bytes,
                           of_thread(watch, threadid()))
        scratch.release(workspace)

    cdef void _task(self, fc_direct_task task, Py_ssize_t i, char *at,
                    Watch *watch) noexcept nogil:
        cdef Py_ssize_t groups = self.columns.groups, group = i % groups
        cdef Py_ssize_t block = i // groups % self.row_tasks
        task.span, task.span_stop = self.group_starts[group], self.group_starts[group + 1]
        cdef Py_ssize_t rows = self.plan.geometry.axis[1].feature
        cdef Py_ssize_t parts = ceil_div(rows, self.row_unit)
        task.row = block * parts // self.row_tasks * self.row_unit
        task.row_stop = min((block + 1) * parts // self.row_tasks * self.row_unit, rows)
        task.unit = i // groups // self.row_tasks * self.unit_step
        task.unit_stop = min(task.unit + self.unit_step, self.units)
        task.slots = <ptrdiff_t *>at
        at += self.slots_bytes
        task.inputs = <const void **>at
        at += self.inputs_bytes
        task.fill_row = at
        at += self.fill_bytes
        task.patch = at
        task.tile = at + self.patch_bytes
        task.watch = watch
        self.room.filter(&self.plan, &task)
