# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""unfold and fold: write each window of an image as a column, and sum columns into an image.

A thread takes a run of rows of one channel: rows of the output when unfolding, rows of the image
when folding. So one thread computes each sum, in the order of the taps.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport ALIGNMENT, aligned, ceil_div
from fastconv.loops.simd cimport FC_F32, FC_F64, fc_axis, fc_geometry, fc_line

from fastconv.problem.arrays import DTYPES

cnp.import_array()

cdef dict _COMPLEX = {"c64": FC_F32, "c128": FC_F64}

cdef enum:
    RUN_BYTES = 12 * 1024   # bytes of rows that stay in L1 while all taps copy or add them
    PAST_BYTES = 16 << 20   # half of a last-level cache; larger columns are written past it


cdef class Blocks:
    """Hold what unfolding and folding share: the geometry, with zeros outside of the image.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32", "f64", "c64", "c128", or an unsigned integer such as "u8"; unfolding moves any
        elements of that size.
    planes : int
        Channels of the whole batch.
    axes : sequence of 1 to 3 tuples
        Axes as `Layout` of implicit_gemm takes them, with the image's side first.
    """

    cdef const fc_unfold *room
    cdef fc_geometry geometry
    cdef Py_ssize_t item, planes
    cdef cnp.ndarray line_bounds

    def __init__(self, str isa, str dtype, planes, axes):
        if dtype in _COMPLEX:
            self.room = <const fc_unfold *>simd.room(isa, "unfold_complex", _COMPLEX[dtype],
                                                     sizeof(fc_unfold))
        else:
            self.room = unfold_kernels(isa, simd.value_index(dtype))
        self.item = DTYPES[dtype].itemsize
        self.planes = planes
        set_axes(&self.geometry, axes)
        cdef fc_axis *w = &self.geometry.axis[2]
        self.line_bounds = np.empty(w.taps * sizeof(fc_line), np.uint8)
        self.room.plan(w, 0, w.feature, <fc_line *>cnp.PyArray_DATA(self.line_bounds))


cdef class Unfold(Blocks):
    """Unfold an image into columns; takes the parameters of `Blocks`."""

    def __call__(self, cnp.ndarray image, cnp.ndarray columns, int threads):
        """Write every window of `image` as a column of `columns`.

        Parameters
        ----------
        image : ndarray
            Image, C-contiguous, with elements of the size of the dtype given to the constructor.
        columns : ndarray
            Array to write, C-contiguous and of the dtype of `image`.
        threads : int
            Number of threads.
        """
        cdef const char *source = <const char *>cnp.PyArray_DATA(image)
        cdef char *target = <char *>cnp.PyArray_DATA(columns)
        cdef const fc_axis *w = &self.geometry.axis[2]
        cdef Py_ssize_t rows = self.geometry.axis[0].feature * self.geometry.axis[1].feature
        cdef Py_ssize_t run = max(<Py_ssize_t>1, RUN_BYTES // (max(w.image, w.feature) * self.item))
        cdef Py_ssize_t parts = ceil_div(rows, run), i
        cdef Watch *watch = current()
        cdef Py_ssize_t stage_bytes = aligned(min(run, rows) * w.feature * self.item) + ALIGNMENT
        cdef char *stages = NULL
        if columns.nbytes > PAST_BYTES:
            stages = <char *>scratch.lease(threads * stage_bytes)
        if threads == 1:
            with nogil:
                for i in range(self.planes * parts):
                    self._part(source, target, i // parts, rows, i % parts * run, run, stages,
                               watch)
        else:
            for i in prange(self.planes * parts, nogil=True, num_threads=threads,
                            schedule="static"):
                self._part(source, target, i // parts, rows, i % parts * run, run,
                           NULL if stages is NULL else stages + threadid() * stage_bytes,
                           of_thread(watch, threadid()))
        if stages is not NULL:
            scratch.release(stages)

    cdef void _part(self, const char *source, char *target, Py_ssize_t plane, Py_ssize_t rows,
                    Py_ssize_t first, Py_ssize_t run, char *stage,
                    Watch *watch) noexcept nogil:
        cdef const fc_geometry *g = &self.geometry
        cdef Py_ssize_t width = g.axis[2].feature
        if stopped(watch):
            return
        self.room.unfold(
            g, <const fc_line *>cnp.PyArray_DATA(self.line_bounds), first, min(run, rows - first),
            width, source + plane * g.plane * self.item, 0,
            target + (plane * g.taps * g.pixels + first * width) * self.item, g.pixels, stage)


cdef class Fold(Blocks):
    """Fold columns into an image: sum at each position the values that read it.

    It takes the parameters of `Blocks`.
    """

    def __call__(self, cnp.ndarray columns, cnp.ndarray image, int threads):
        """Write the sums of `columns` to `image`.

        Parameters
        ----------
        columns : ndarray
            Columns, C-contiguous and of the dtype given to the constructor.
        image : ndarray
            Array to write, C-contiguous and of the same dtype.
        threads : int
            Number of threads.
        """
        cdef const char *source = <const char *>cnp.PyArray_DATA(columns)
        cdef char *target = <char *>cnp.PyArray_DATA(image)
        cdef Py_ssize_t rows = self.geometry.axis[0].image * self.geometry.axis[1].image
        cdef Py_ssize_t run = max(<Py_ssize_t>1,
                                  RUN_BYTES // (self.geometry.axis[2].image * self.item))
        cdef Py_ssize_t parts = ceil_div(rows, run), i
        cdef Watch *watch = current()
        if threads == 1:
            with nogil:
                for i in range(self.planes * parts):
                    self._part(source, target, i // parts, rows, i % parts * run, run, watch)
        else:
            for i in prange(self.planes * parts, nogil=True, num_threads=threads,
                            schedule="static"):
                self._part(source, target, i // parts, rows, i % parts * run, run,
                           of_thread(watch, threadid()))

    cdef void _part(self, const char *source, char *target, Py_ssize_t plane, Py_ssize_t rows,
                    Py_ssize_t first, Py_ssize_t run, Watch *watch) noexcept nogil:
        cdef const fc_geometry *g = &self.geometry
        if stopped(watch):
            return
        self.room.fold(
            g, <const fc_line *>cnp.PyArray_DATA(self.line_bounds), first, min(run, rows - first),
            source + plane * g.taps * g.pixels * self.item, g.pixels,
            target + (plane * g.plane + first * g.axis[2].image) * self.item)
