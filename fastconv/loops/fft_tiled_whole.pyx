# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft_tiled: convolve whole lines and images of real numbers, as one transform of a matrix.

    columns    each thread loads and transforms vectors of columns (src/fft_tiled/whole.h)
    rows       each thread transforms bands of rows, multiplies them by the spectrum of the taps,
               and transforms them back
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
    NEAR = 4    # vectors of columns, or bands, of one task: neighbours share pages


cdef class Whole:
    """Convolutions through a matrix of one size.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    rows, columns : int
        Sizes of the matrix, both multiples of the lanes of a vector and products of 2, 3 and 5.
    line : bool
        Whether rows continue each other. A line has 2 * rows * columns values, of which the second
        half lies in the imaginary parts. Otherwise this is the second half of every row of an image
        of rows x (2 * columns) values.
    """

    cdef const fc_fft_tiled *room
    cdef fc_fft_plan plan
    cdef fc_fft_whole whole
    cdef Py_ssize_t item, matrix_bytes, thread_bytes
    cdef readonly Py_ssize_t spectrum_bytes
    cdef list kept

    def __init__(self, str isa, str dtype, Py_ssize_t rows, Py_ssize_t columns, bint line):
        cdef int real = simd.real_index(dtype)
        cdef fc_fft_plan *p = &self.plan
        cdef Py_ssize_t longest = max(rows, 2 * columns)
        self.room = fft_tiled_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.kept = []
        numbers = "f4" if real == FC_F32 else "f8"
        set_transform(&p.transform[0], 1, numbers, self.kept)
        set_transform(&p.transform[1], rows, numbers, self.kept)
        set_transform(&p.transform[2], columns, numbers, self.kept)
        p.vectors, p.bands = columns // self.room.lanes, rows // self.room.lanes
        p.pitch = p.vectors | 1
        p.line_twiddles = NULL
        first, second = whole_turns(rows, columns, self.room.lanes, numbers, line)
        self.whole.row_turns, self.whole.column_turns = self._table(first), self._table(second)
        self.whole.starts = self.whole.steps = NULL
        if line:
            first, second = whole_twiddles(rows, columns, self.room.lanes, numbers, FC_WHOLE_STEPS)
            self.whole.starts, self.whole.steps = self._table(first), self._table(second)
        self.matrix_bytes = aligned(rows * p.pitch * self.room.lanes * 2 * self.item)
        self.thread_bytes = aligned(longest * self.room.lanes * 2 * self.item)
        self.spectrum_bytes = rows * columns * 2 * self.item

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
        places : ndarray of intp, shape (2, rows, 3)
            For each half and row of the matrix: the element of its first column, and the first and
            one past the last column that exist. Others are zeros.
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
        stored : ndarray of intp, shape (2, rows, 3)
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
        for v in prange(self.plan.vectors, nogil=True, num_threads=threads, schedule="dynamic",
                        chunksize=NEAR):
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
        for v in prange(self.plan.vectors, nogil=True, num_threads=threads, schedule="dynamic",
                        chunksize=NEAR):
            if not stopped(of_thread(watch, threadid())):
                self.room.whole_load(&self.plan, &self.whole, where, source, v, workspace,
                                     at + threadid() * self.thread_bytes)

    cdef void _rows(self, char *workspace, const void *h, void *spectrum, int threads):
        cdef char *at = workspace + self.matrix_bytes
        cdef Watch *watch = current()
        cdef Py_ssize_t band
        for band in prange(self.plan.bands, nogil=True, num_threads=threads, schedule="dynamic",
                           chunksize=NEAR):
            if not stopped(of_thread(watch, threadid())):
                self.room.whole_rows(&self.plan, &self.whole, band, workspace, h, spectrum,
                                     at + threadid() * self.thread_bytes)
