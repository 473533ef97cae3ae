# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Convert arrays of complex numbers to planes of their real and imaginary parts, and back.

    split, join        images: each thread takes parts of a plane
    twist              spectra: each thread takes rows
    embed, merge       weights: each thread takes rows
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport ceil_div
from fastconv.loops.simd cimport FC_F32

cnp.import_array()

cdef enum:
    PART = 1 << 13      # values of a part


cdef class Planes:
    """Conversions of arrays of one dtype.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64", the type of the parts.
    """

    cdef const fc_planar *room
    cdef Py_ssize_t item

    def __init__(self, str isa, str dtype):
        cdef int real = simd.real_index(dtype)
        self.room = planar_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8

    def split(self, cnp.ndarray array, Py_ssize_t blocks, cnp.ndarray out, int threads):
        """Write the real parts of each block of `array` to `out`, followed by the imaginary ones.

        Parameters
        ----------
        array : ndarray
            C-contiguous array of complex numbers.
        blocks : int
            Number of blocks of equal size.
        out : ndarray
            C-contiguous array of twice as many real numbers.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t count = cnp.PyArray_SIZE(array) // blocks, i
        cdef Py_ssize_t parts = ceil_div(count, PART), at, some
        cdef Watch *watch = current()
        cdef const char *source = cnp.PyArray_BYTES(array)
        cdef char *to = cnp.PyArray_BYTES(out)
        for i in prange(blocks * parts, nogil=True, num_threads=threads, schedule="static"):
            if stopped(of_thread(watch, threadid())):
                continue
            at, some = i % parts * PART, min(<Py_ssize_t>PART, count - i % parts * PART)
            self.room.split(source + 2 * (i // parts * count + at) * self.item, some, 1,
                            to + (2 * (i // parts) * count + at) * self.item,
                            to + ((2 * (i // parts) + 1) * count + at) * self.item)

    def join(self, cnp.ndarray array, Py_ssize_t blocks, cnp.ndarray out, int threads):
        """Undo `split`: write complex numbers to `out`, given their parts.

        Parameters
        ----------
        array : ndarray
            C-contiguous array of real numbers.
        blocks : int
            Number of blocks of equal size.
        out : ndarray
            C-contiguous array of half as many complex numbers.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t count = cnp.PyArray_SIZE(out) // blocks, i
        cdef Py_ssize_t parts = ceil_div(count, PART), at, some
        cdef Watch *watch = current()
        cdef const char *source = cnp.PyArray_BYTES(array)
        cdef char *to = cnp.PyArray_BYTES(out)
        for i in prange(blocks * parts, nogil=True, num_threads=threads, schedule="static"):
            if stopped(of_thread(watch, threadid())):
                continue
            at, some = i % parts * PART, min(<Py_ssize_t>PART, count - i % parts * PART)
            self.room.join(source + (2 * (i // parts) * count + at) * self.item,
                           source + ((2 * (i // parts) + 1) * count + at) * self.item, some,
                           to + 2 * (i // parts * count + at) * self.item)

    def twist(self, cnp.ndarray block, cnp.ndarray start, cnp.ndarray step, cnp.ndarray out,
              bint conjugate, bint reverse, int threads):
        """Write ``block[k, j] * start[k] * step[k, j]`` to `out`, the factors of long transforms.

        Parameters
        ----------
        block : ndarray of complex numbers, shape (rows, columns)
            Its rows are contiguous.
        start : ndarray of complex128, shape (rows,)
            Factor of each row.
        step : ndarray of complex numbers, shape (rows, columns or more)
            Factors of the columns. Its rows are contiguous.
        out : ndarray of complex numbers, shape (rows, columns)
            Its rows are contiguous.
        conjugate : bool
            Whether the conjugates of all factors are taken.
        reverse : bool
            Whether the conjugates of the products are written. A spectrum of conjugates is that of
            the reversed line.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t rows = block.shape[0], columns = block.shape[1], k
        cdef Py_ssize_t from_row = block.strides[0], to_row = out.strides[0]
        cdef Py_ssize_t start_row = start.strides[0], step_row = step.strides[0]
        cdef const char *source = cnp.PyArray_BYTES(block)
        cdef const char *starts = cnp.PyArray_BYTES(start)
        cdef const char *steps = cnp.PyArray_BYTES(step)
        cdef char *to = cnp.PyArray_BYTES(out)
        cdef double sign = -1 if conjugate else 1, turn = -1 if reverse else 1
        for k in prange(rows, nogil=True, num_threads=threads, schedule="static"):
            self.room.twist(source + k * from_row, <const double *>(starts + k * start_row),
                            steps + k * step_row, columns, sign, turn, to + k * to_row)

    def embed(self, cnp.ndarray weight, Py_ssize_t groups, double sign, cnp.ndarray out,
              int threads):
        """Write each complex weight a + bi as the matrix [[a, -b], [b, a]].

        Parameters
        ----------
        weight : ndarray (rows, ...)
            C-contiguous array of complex numbers.
        groups : int
            Number of groups of rows. Each group of `out` has the rows (a, -b) and then (b, a).
        sign : float
            1, or -1 for the weights' conjugates.
        out : ndarray
            C-contiguous array of four times as many real numbers.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t rows = weight.shape[0], own = rows // groups, i
        cdef Py_ssize_t count = cnp.PyArray_SIZE(weight) // rows, size = count * self.item
        cdef const char *source = cnp.PyArray_BYTES(weight)
        cdef char *to = cnp.PyArray_BYTES(out)
        cdef char *first
        cdef char *second
        for i in prange(rows, nogil=True, num_threads=threads, schedule="static"):
            first = to + 2 * (2 * (i // own) * own + i % own) * size
            second = first + 2 * own * size
            self.room.split(source + 2 * i * size, count, -sign, first, first + size)
            self.room.split(source + 2 * i * size, count, sign, second + size, second)

    def merge(self, cnp.ndarray blocks, Py_ssize_t groups, double sign, cnp.ndarray out,
              int threads):
        """Write the complex numbers (a + d) + sign * (c - b) i of matrices [[a, b], [c, d]].

        Parameters
        ----------
        blocks : ndarray
            C-contiguous array of real numbers, in the order in which `embed` writes them.
        groups : int
            Number of groups of rows.
        sign : float
            1 or -1.
        out : ndarray (rows, ...)
            C-contiguous array of complex numbers.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t rows = out.shape[0], own = rows // groups, i
        cdef Py_ssize_t count = cnp.PyArray_SIZE(out) // rows, size = count * self.item
        cdef const char *source = cnp.PyArray_BYTES(blocks)
        cdef char *to = cnp.PyArray_BYTES(out)
        cdef const char *first
        cdef const char *second
        for i in prange(rows, nogil=True, num_threads=threads, schedule="static"):
            first = source + 2 * (2 * (i // own) * own + i % own) * size
            second = first + 2 * own * size
            self.room.merge(first, first + size, second, second + size, count, sign,
                            to + 2 * i * size)
