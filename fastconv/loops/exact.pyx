# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""exact: convert integers to real numbers and back, and measure how large they are.

A task is a stretch of CHUNK values, which stays in L1.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport INT64_MAX, INT64_MIN, int64_t
from libc.string cimport memcpy
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped

cnp.import_array()

cdef enum:
    TYPES = 8           # types of integers
    CHUNK = 2048        # values of a task


cdef struct Task:
    const fc_exact *room
    char *integers
    char *reals
    Py_ssize_t count, item
    const fc_digit *digit   # NULL for whole integers
    int single, shift, adds


cdef class Conversions:
    """The conversions of one instruction set, for arrays of all types of integers.

    Arrays are C-contiguous. Those of uint64 are taken modulo 2**64, as int64.

    Parameters
    ----------
    isa : str
        Name of an instruction set that this CPU can run.
    """

    cdef const fc_exact *rooms[TYPES]

    def __init__(self, str isa):
        cdef int i
        for i, name in enumerate(("i8", "i16", "i32", "i64", "u8", "u16", "u32", "i64")):
            self.rooms[i] = exact_kernels(isa, simd.value_index(name))

    cdef const fc_exact *room(self, cnp.ndarray integers) noexcept:
        """Return the kernels for the type of an array of integers."""
        cdef int item = <int>integers.itemsize
        cdef int size = 0 if item == 1 else 1 if item == 2 else 2 if item == 4 else 3
        return self.rooms[size + (4 if integers.descr.kind == c"u" else 0)]

    def write(self, cnp.ndarray integers, cnp.ndarray reals, int threads, digit=None):
        """Write integers, or one digit of each, to an array of real numbers.

        Parameters
        ----------
        integers : ndarray
        reals : ndarray
            float32 or float64, of as many values.
        threads : int
            Number of threads.
        digit : tuple of int, optional
            halves, mask, half and shift of a digit; see src/exact/interface.h.
        """
        cdef Task task
        cdef fc_digit wanted
        self._set(&task, integers, reals)
        task.digit = NULL
        if digit is not None:
            wanted.halves, wanted.mask, wanted.half, wanted.shift = digit
            task.digit = &wanted
        _run(&task, _write, threads)

    def read(self, cnp.ndarray reals, cnp.ndarray integers, int threads, int shift=0,
             bint adds=False):
        """Write real numbers times 2**shift to an array of integers, modulo their range.

        Parameters
        ----------
        reals : ndarray
            float32 with integers of at most 2**24, or float64 with values of at most 2**51, which
            are rounded to the nearest integer. It may lie in the memory of `integers`, if items
            have the same size and nothing is added.
        integers : ndarray
            Of as many values.
        threads : int
            Number of threads.
        shift : int
            At least 0, and less than 64.
        adds : bool
            Whether to add to the integers.
        """
        cdef Task task
        self._set(&task, integers, reals)
        task.shift, task.adds = shift, adds
        _run(&task, _read, threads)

    cdef _set(self, Task *task, cnp.ndarray integers, cnp.ndarray reals):
        task.room = self.room(integers)
        task.integers = cnp.PyArray_BYTES(integers)
        task.reals = cnp.PyArray_BYTES(reals)
        task.count, task.item = integers.size, integers.itemsize
        task.single = reals.itemsize == 4

    def largest(self, cnp.ndarray integers):
        """Return the largest absolute value of an array that is not empty."""
        cdef int64_t low = INT64_MAX, high = INT64_MIN
        self.room(integers).extremes(cnp.PyArray_DATA(integers), integers.size, &low, &high)
        return max(-int(low), int(high))

    def squares(self, cnp.ndarray integers, Py_ssize_t entries=1):
        """Return the largest sum of squares of the entries of a batch.

        Parameters
        ----------
        integers : ndarray
        entries : int
            Number of entries.
        """
        cdef const fc_exact *room = self.room(integers)
        cdef Py_ssize_t count = integers.size // entries, step = count * integers.itemsize, i
        cdef const char *at = cnp.PyArray_BYTES(integers)
        cdef double largest = 0
        with nogil:
            for i in range(entries):
                largest = max(largest, room.squares(at + i * step, count))
        return largest


cdef _run(const Task *task, void (*part)(const Task *, Py_ssize_t) noexcept nogil, int threads):
    """Run all tasks."""
    cdef Py_ssize_t tasks = (task.count + CHUNK - 1) // CHUNK, i
    cdef Watch *watch = current()
    if threads == 1 or tasks < 8:
        with nogil:
            for i in range(tasks):
                if stopped(watch):
                    break
                part(task, i)
    else:
        for i in prange(tasks, nogil=True, num_threads=threads, schedule="static"):
            if not stopped(of_thread(watch, threadid())):
                part(task, i)


cdef void _write(const Task *task, Py_ssize_t i) noexcept nogil:
    cdef Py_ssize_t first = i * CHUNK, count = min(<Py_ssize_t>CHUNK, task.count - first)
    cdef const char *integers = task.integers + first * task.item
    if task.single:
        task.room.to_f32(integers, <float *>task.reals + first, count, task.digit)
    else:
        task.room.to_f64(integers, <double *>task.reals + first, count, task.digit)


cdef void _read(const Task *task, Py_ssize_t i) noexcept nogil:
    cdef double values[CHUNK]  # a copy, because reals may lie in the memory of the integers
    cdef Py_ssize_t first = i * CHUNK, count = min(<Py_ssize_t>CHUNK, task.count - first)
    cdef char *integers = task.integers + first * task.item
    if task.single:
        task.room.from_f32(<float *>task.reals + first, integers, count, task.shift, task.adds)
        return
    memcpy(values, <double *>task.reals + first, count * sizeof(double))
    task.room.from_f64(values, integers, count, task.shift, task.adds)
