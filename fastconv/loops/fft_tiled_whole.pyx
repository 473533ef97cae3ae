# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft_tiled: convolve whole lines, images and volumes, as one transform of a stack of matrices.

    columns    each thread loads and transforms vectors of columns (src/fft_tiled/whole.h)
    rows       each thread transforms bands of rows along depth and rows, multiplies them by the
               spectrum of the taps, and transforms them back
    columns    each thread transforms vectors of columns back, and stores what they hold
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport scratch, simd
from fastconv.loops.fft_tiled_plan cimport (
    FC_WHOLE_STEPS, fc_fft_place, fc_fft_plan, fc_fft_tiled, fc_fft_whole, fft_tiled_kernels,
    set_transform,
)
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.simd cimport FC_F32
from fastconv.loops.sizes cimport aligned
from fastconv.loops.fft_tiled_transforms import whole_turns, whole_twiddles

cnp.import_array()

cdef enum:
    NEAR = 4    # most vectors of columns, or bands, of one task: neighbours share pages
    SHARES = 4  # tasks of a thread, where there are few


cdef inline Py_ssize_t near(Py_ssize_t count, Py_ssize_t threads) noexcept nogil:
    """Return how many of `count` vectors or bands are one task."""
    return min(<Py_ssize_t>NEAR, max(count // (SHARES * threads), <Py_ssize_t>1))


cdef class Whole:
    """Convolutions through a stack of matrices of one size.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32", "f64", "c64" or "c128".
    depth, rows, columns : int
        Number of matrices, and their sizes: products of 2, 3 and 5, of which the last two are
        multiples of the lanes of a vector.
    line : bool
        Whether rows continue each other; the depth is 1. A line of real numbers has
        2 * rows * columns of them, of which the second half lies in the imaginary parts. Otherwise
        this is the second half of every row of an array of depth x rows x (2 * columns) values.
        Complex numbers fill only as many values as the matrices have.
    """

    cdef const fc_fft_tiled *room
    cdef fc_fft_plan plan
    cdef fc_fft_whole whole
    cdef Py_ssize_t matrix_bytes, thread_bytes, tasks
    cdef readonly Py_ssize_t spectrum_bytes
    cdef list kept

    def __init__(self, str isa, str dtype, Py_ssize_t depth, Py_ssize_t rows, Py_ssize_t columns,
                 bint line):
        cdef int real = simd.real_index({"c64": "f32", "c128": "f64"}.get(dtype, dtype))
        cdef fc_fft_plan *p = &self.plan
        cdef Py_ssize_t longest = max(depth, rows, 2 * columns)
        cdef Py_ssize_t item = 4 if real == FC_F32 else 8
        self.room = fft_tiled_kernels(isa, real)
        self.kept = []
        numbers = "f4" if real == FC_F32 else "f8"
        set_transform(&p.transform[0], depth, numbers, self.kept)
        set_transform(&p.transform[1], rows, numbers, self.kept)
        set_transform(&p.transform[2], columns, numbers, self.kept)
        p.vectors, p.bands = columns // self.room.lanes, rows // self.room.lanes
        p.pitch = p.vectors | 1
        p.plane = rows * p.pitch | 1
        p.line_twiddles = NULL
        self.tasks = depth * p.vectors
        self.whole.row_turns = self.whole.column_turns = NULL
        if dtype[0] == "f":
            first, second = whole_turns(rows, columns, self.room.lanes, numbers, line)
            self.whole.row_turns, self.whole.column_turns = self._table(first), self._table(second)
        self.whole.starts = self.whole.steps = NULL
        if line:
            first, second = whole_twiddles(rows, columns, self.room.lanes, numbers, FC_WHOLE_STEPS)
            self.whole.starts, self.whole.steps = self._table(first), self._table(second)
        self.matrix_bytes = aligned(depth * p.plane * self.room.lanes * 2 * item)
        self.thread_bytes = aligned(longest * self.room.lanes * 2 * item)
        self.spectrum_bytes = depth * rows * columns * 2 * item

    cdef const void *_table(self, cnp.ndarray table):
        """Return the address of a table, which lives as long as this object."""
        self.kept.append(table)
        return cnp.PyArray_DATA(table)

    def spectrum(self, cnp.ndarray values, cnp.ndarray places, cnp.ndarray out, int threads):
        """Write the spectrum of values to `out`, as `filter` multiplies by it.

        Parameters
        ----------
        values : ndarray
            C-contiguous array of the dtype given to the constructor.
        places : ndarray of intp, shape (2, depth * rows, 3)
            For each half and row of the matrices, or (1, ...) of complex values: the element of its
            first column, and the first and one past the last column that exist. Others are zeros.
        out : ndarray of bytes
            `spectrum_bytes` of them, at an address that vectors may be loaded from.
        threads : int
            Number of threads.
        """
        cdef char *workspace = <char *>scratch.lease(self.workspace(threads))
        self._load(values, places, workspace, threads)
        self._rows(workspace, NULL, cnp.PyArray_DATA(out), threads)
        scratch.release(workspace)

    def filter(self, cnp.ndarray values, cnp.ndarray places, cnp.ndarray spectrum, cnp.ndarray out,
               cnp.ndarray stored, int threads):
        """Write the convolution of values with those of a spectrum to `out`.

        Parameters
        ----------
        values, places, threads
            As for `spectrum`.
        spectrum : ndarray
            What `spectrum` wrote.
        out : ndarray
            C-contiguous array of the same dtype.
        stored : ndarray of intp, shape (2, depth * rows, 3)
            Where results are stored, in the form of `places`. Others are left out.
        """
        cdef char *workspace = <char *>scratch.lease(self.workspace(threads))
        cdef char *at = workspace + self.matrix_bytes
        cdef const fc_fft_place *where = <const fc_fft_place *>cnp.PyArray_DATA(stored)
        cdef void *to = cnp.PyArray_DATA(out)
        cdef Watch *watch = current()
        cdef Py_ssize_t v
        self._load(values, places, workspace, threads)
        self._rows(workspace, cnp.PyArray_DATA(spectrum), NULL, threads)
        for v in prange(self.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                        chunksize=near(self.tasks, threads)):
            if not stopped(of_thread(watch, threadid())):
                self.room.whole_store(&self.plan, &self.whole, where, workspace, v, to,
                                      at + threadid() * self.thread_bytes)
        scratch.release(workspace)

    def workspace(self, int threads):
        """Return the bytes that a call leases."""
        return self.matrix_bytes + threads * self.thread_bytes

    cdef void _load(self, cnp.ndarray values, cnp.ndarray places, char *workspace, int threads):
        cdef const fc_fft_place *where = <const fc_fft_place *>cnp.PyArray_DATA(places)
        cdef const void *source = cnp.PyArray_DATA(values)
        cdef char *at = workspace + self.matrix_bytes
        cdef Watch *watch = current()
        cdef Py_ssize_t v
        for v in prange(self.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                        chunksize=near(self.tasks, threads)):
            if not stopped(of_thread(watch, threadid())):
                self.room.whole_load(&self.plan, &self.whole, where, source, v, workspace,
                                     at + threadid() * self.thread_bytes)

    cdef void _rows(self, char *workspace, const void *h, void *spectrum, int threads):
        cdef char *at = workspace + self.matrix_bytes
        cdef Watch *watch = current()
        cdef Py_ssize_t band
        for band in prange(self.plan.bands, nogil=True, num_threads=threads, schedule="dynamic",
                           chunksize=near(self.plan.bands, threads)):
            if not stopped(of_thread(watch, threadid())):
                self.room.whole_rows(&self.plan, &self.whole, band, workspace, h, spectrum,
                                     at + threadid() * self.thread_bytes)
