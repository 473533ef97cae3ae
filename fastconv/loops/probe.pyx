# cython: freethreading_compatible=True
"""Measure the limits of this machine: multiply-adds in registers, and reads from memory.

Both functions release the GIL, so Python threads can measure several cores at once.
"""

cimport numpy as cnp
import numpy as np

from fastconv.loops cimport simd
from fastconv.loops.simd cimport FC_F32, FC_F64

cnp.import_array()


def multiply_add(str isa, str dtype, Py_ssize_t iterations):
    """Run independent multiply-adds and return the number of floating-point operations.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    iterations : int
        Number of iterations of the kernel's loop.

    Examples
    --------
    >>> from fastconv.loops import probe, simd
    >>> probe.multiply_add(simd.runnable_isas()[-1], "f64", 10) > 0
    True
    """
    cdef int real = simd.real_index(dtype)
    cdef const fc_probe *room = probe_kernels(isa, real)
    # These values neither grow nor become subnormal.
    cdef cnp.ndarray seed = np.array([0.5, 0.25], dtype="f4" if real == FC_F32 else "f8")
    cdef void *data = cnp.PyArray_DATA(seed)
    cdef double done
    with nogil:
        done = room.multiply_add(iterations, data)
    return 2 * done


def read(str isa, cnp.ndarray array):
    """Read a contiguous array once, with vectors of an instruction set.

    Parameters
    ----------
    isa : str
        Instruction set.
    array : ndarray
        C-contiguous array of any dtype.
    """
    cdef const fc_probe *room = probe_kernels(isa, FC_F64)
    cdef const void *data = cnp.PyArray_DATA(array)
    cdef Py_ssize_t count = array.nbytes // 8
    cdef double result
    with nogil:
        room.read(data, count, &result)
