# cython: freethreading_compatible=True, cdivision=True
"""Convert arrays between float16 and float32, in which float16 is computed."""

from cython.parallel cimport prange
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.simd cimport FC_F32
from fastconv.config import current_isa

cdef extern from "numpy/ndarraytypes.h":
    enum: NPY_HALF

cnp.import_array()

cdef enum:
    CHUNK = 16384           # values per unit of work of a thread

ctypedef void (*convert_function)(void *to, const void *source, ptrdiff_t count) noexcept nogil

cdef dict _kernels = {}  # instruction set -> Kernels


cdef class Kernels:
    """Hold the kernels of one instruction set."""

    cdef const fc_half *room

    def __init__(self, str isa):
        self.room = <const fc_half *>simd.room(isa, "half", FC_F32, sizeof(fc_half))


cdef const fc_half *kernels() except NULL:
    """Return the kernels of the current instruction set."""
    isa = current_isa()
    found = _kernels.get(isa)
    if found is None:
        found = _kernels[isa] = Kernels(isa)
    return (<Kernels>found).room


cdef bint convertible(cnp.ndarray array, bint halves):
    cdef int wanted = NPY_HALF if halves else cnp.NPY_FLOAT
    return cnp.PyArray_TYPE(array) == wanted and cnp.PyArray_ISCARRAY_RO(array)


cdef void convert(convert_function function, const char *source, Py_ssize_t item, char *to,
                  Py_ssize_t made, Py_ssize_t count, int threads) noexcept:
    cdef Py_ssize_t i, parts = (count + CHUNK - 1) // CHUNK
    if threads == 1 or parts == 1:
        with nogil:
            function(to, source, count)
        return
    for i in prange(parts, nogil=True, num_threads=threads, schedule="static"):
        function(to + i * CHUNK * made, source + i * CHUNK * item,
                 min(<Py_ssize_t>CHUNK, count - i * CHUNK))


cpdef void widen(cnp.ndarray array, cnp.ndarray out, int threads=1):
    """Convert `array` from float16 to float32 and write it to `out`.

    Parameters
    ----------
    array, out : ndarray
        C-contiguous arrays of the same number of elements.
    threads : int
        Number of threads.
    """
    convert(kernels().widen, cnp.PyArray_BYTES(array), 2, cnp.PyArray_BYTES(out), 4,
            cnp.PyArray_SIZE(array), threads)


cpdef void narrow(cnp.ndarray array, cnp.ndarray out, int threads=1):
    """Convert `array` from float32 to float16 and write it to `out`.

    Parameters
    ----------
    array, out : ndarray
        C-contiguous arrays of the same number of elements.
    threads : int
        Number of threads.

    Notes
    -----
    Values are rounded to the nearest, and ties to even. What is too large becomes an infinity.
    """
    convert(kernels().narrow, cnp.PyArray_BYTES(array), 4, cnp.PyArray_BYTES(out), 2,
            cnp.PyArray_SIZE(array), threads)


cpdef cnp.ndarray widened(cnp.ndarray array, int threads=1):
    """Return a C-contiguous array of float16 as float32."""
    cdef cnp.ndarray out = cnp.PyArray_EMPTY(array.ndim, array.shape, cnp.NPY_FLOAT, 0)
    widen(array, out, threads)
    return out


def narrowed(cnp.ndarray array, cnp.ndarray out):
    """Write `array` to `out` if these are arrays of float32 and of float16 in C order.

    Parameters
    ----------
    array, out : ndarray
        Arrays of one shape.

    Returns
    -------
    bool
        False if the arrays have other dtypes or another order; nothing was written then.
    """
    if not (convertible(array, False) and convertible(out, True)):
        return False
    narrow(array, out)
    return True
