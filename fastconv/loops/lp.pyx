# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Compute powers of the values of Lp pooling and of its gradient, in double precision.

Threads take parts of channels. Every value is computed by itself.
"""

from fractions import Fraction

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport ceil_div
from fastconv.loops.simd cimport FC_F32

cnp.import_array()

cdef enum:
    PART = 1 << 12      # values of a part

cdef enum:
    RAISE, ROOT, RATIO, SPREAD  # the steps of a norm and of its gradient


cdef fc_lp_exponent exponent(object exact):
    """Return a fraction as the sum of two numbers."""
    cdef fc_lp_exponent result
    result.value = float(exact)
    result.rest = float(exact - Fraction(result.value))
    return result


cdef class Powers:
    """Powers of values of one dtype, for a norm.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    p : float
        Exponent of the norm, positive and finite.
    """

    cdef const fc_lp *room
    cdef Py_ssize_t item
    cdef fc_lp_exponent exponents[4]    # of each step

    def __init__(self, str isa, str dtype, p):
        exact = Fraction(p)
        self.exponents[RAISE], self.exponents[ROOT] = exponent(exact), exponent(1 / exact)
        self.exponents[RATIO] = exponent((1 - exact) / exact)
        self.exponents[SPREAD] = exponent(exact - 1)
        cdef int real = simd.real_index(dtype)
        self.room = lp_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8

    def scales(self, cnp.ndarray x, int threads):
        """Return for each channel the power of two by which its values are divided.

        Parameters
        ----------
        x : ndarray (channels, values)
            C-contiguous array of the dtype.
        threads : int
            Number of threads.

        Returns
        -------
        ndarray of int32
        """
        cdef Py_ssize_t channels = x.shape[0], count = x.shape[1], i
        cdef Py_ssize_t parts = ceil_div(count, PART)
        cdef const char *values = cnp.PyArray_BYTES(x)
        cdef cnp.ndarray found = np.empty((channels, parts), np.int32)
        cdef int *scale = <int *>cnp.PyArray_DATA(found)
        for i in prange(channels * parts, nogil=True, num_threads=threads, schedule="static"):
            scale[i] = self.room.scale(
                values + (i // parts * count + i % parts * PART) * self.item,
                min(<Py_ssize_t>PART, count - i % parts * PART))
        return found.max(axis=1)

    def raised(self, cnp.ndarray x, cnp.ndarray scales, cnp.ndarray out, int threads):
        """Write (|x| / 2**scale)**p to `out`.

        Parameters
        ----------
        x : ndarray (channels, values)
            C-contiguous array of the dtype.
        scales : ndarray of int32
            What `scales` returned for `x`.
        out : ndarray of float64
            Array to write, of the shape of `x`.
        threads : int
            Number of threads.
        """
        self._run(RAISE, x, None, scales, out, threads)

    def rooted(self, cnp.ndarray sums, cnp.ndarray scales, cnp.ndarray out, int threads):
        """Write sums**(1 / p) * 2**scale to `out`, and return whether all are accurate.

        Parameters
        ----------
        sums : ndarray of float64 (channels, values)
            Sums of what `raised` wrote.
        scales, threads
            As in `raised`.
        out : ndarray
            Array to write, C-contiguous and of the dtype.
        """
        return self._run(ROOT, sums, None, scales, out, threads)

    def ratios(self, cnp.ndarray grad, cnp.ndarray sums, cnp.ndarray scales,
               cnp.ndarray out, int threads):
        """Write grad * norm**(1 - p) to `out`, and return whether all are accurate.

        Parameters
        ----------
        grad : ndarray (channels, values)
            C-contiguous array of the dtype.
        sums : ndarray of float64
            Sums of what `raised` wrote, of the shape of `grad`.
        scales, threads
            As in `raised`.
        out : ndarray of float64
            Array to write, of the same shape.
        """
        return self._run(RATIO, grad, sums, scales, out, threads)

    def spread(self, cnp.ndarray x, cnp.ndarray sums, cnp.ndarray scales,
               cnp.ndarray out, int threads):
        """Write sign(x) * (|x| / 2**scale)**(p - 1) * sums to `out`, and return as `ratios`.

        Parameters
        ----------
        x : ndarray (channels, values)
            C-contiguous array of the dtype.
        sums : ndarray of float64
            Sums of what `ratios` wrote, of the shape of `x`.
        scales, threads
            As in `raised`.
        out : ndarray
            Array to write, C-contiguous and of the dtype.
        """
        return self._run(SPREAD, x, sums, scales, out, threads)

    cdef bint _run(self, int step, cnp.ndarray array, cnp.ndarray sums, cnp.ndarray scales,
                   cnp.ndarray out, int threads):
        cdef Py_ssize_t channels = array.shape[0], count = array.shape[1], i, lost = 0
        cdef Py_ssize_t parts = ceil_div(count, PART)
        cdef Watch *watch = current()
        cdef const char *source = cnp.PyArray_BYTES(array)
        cdef const double *more = NULL
        cdef const int *scale = <const int *>cnp.PyArray_DATA(scales)
        cdef char *to = cnp.PyArray_BYTES(out)
        if sums is not None:
            more = <const double *>cnp.PyArray_DATA(sums)
        for i in prange(channels * parts, nogil=True, num_threads=threads, schedule="static"):
            if stopped(of_thread(watch, threadid())):
                continue
            lost += self._part(step, source, more, scale[i // parts], to,
                               i // parts * count + i % parts * PART,
                               min(<Py_ssize_t>PART, count - i % parts * PART))
        return lost == 0

    cdef Py_ssize_t _part(self, int step, const char *array, const double *sums, int scale,
                          char *out, Py_ssize_t at, Py_ssize_t count) noexcept nogil:
        cdef const fc_lp_exponent *power = &self.exponents[step]
        cdef const double *more = NULL
        if sums is not NULL:
            more = sums + at
        if step == RAISE:
            self.room.raise_(<double *>out + at, array + at * self.item, count, power, scale)
            return 0
        if step == ROOT:
            return self.room.root(out + at * self.item, <const double *>array + at, count, power,
                                  scale)
        if step == RATIO:
            return self.room.ratio(<double *>out + at, array + at * self.item, more, count, power)
        return self.room.spread(out + at * self.item, array + at * self.item, more, count, power,
                                scale)
