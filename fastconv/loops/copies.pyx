# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Copy arrays whose axes lie in another order in memory, such as those in Fortran's order.

NumPy writes in the order of one of both arrays, and jumps in the other one. Here, matrices are
transposed in tiles: their rows are the axis along which the source is contiguous, and their columns
that of the output. All other axes are looped over.
"""

cimport numpy as cnp

import numpy as np

from fastconv.config import current_isa
from fastconv.loops cimport simd
from fastconv.loops.simd cimport FC_F32, FC_F64
from fastconv.loops.stride_phases import Lease

cnp.import_array()

cdef enum:
    LEAST = 4096        # values of an array that is worth it
    SHORT = 4           # positions of both axes of a matrix
    LARGE = 1 << 16     # bytes of a copy on leased memory
    LINE = 128          # bytes by which leased memory may be longer
    MOST = 64           # NumPy's largest number of dimensions

cdef dict _rooms = {}   # instruction set -> Rooms


cdef class Rooms:
    """Hold the kernels of one instruction set, for values of 4 and of 8 bytes."""

    cdef const fc_copies *words
    cdef const fc_copies *doubles

    def __init__(self, str isa):
        self.words = <const fc_copies *>simd.room(isa, "copies", FC_F32, sizeof(fc_copies))
        self.doubles = <const fc_copies *>simd.room(isa, "copies", FC_F64, sizeof(fc_copies))


cdef int unit_axis(cnp.ndarray array):
    """Return the axis along which values are neighbours in memory, -1 if there is none."""
    cdef int i
    for i in range(array.ndim - 1, -1, -1):
        if array.strides[i] == array.itemsize and array.shape[i] > 1:
            return i
    return -1


cdef bint turned(cnp.ndarray out, cnp.ndarray source):
    """Copy an array in transposed matrices; return whether the arrays suit this."""
    cdef int row = unit_axis(source), column = unit_axis(out), ndim = source.ndim, i, j, count = 0
    cdef Py_ssize_t item = source.itemsize, at
    cdef int axes[MOST]
    cdef Py_ssize_t index[MOST]
    cdef const fc_copies *room
    cdef const char *x = cnp.PyArray_BYTES(source)
    cdef char *y = cnp.PyArray_BYTES(out)
    if item not in (4, 8) or cnp.PyArray_SIZE(source) < LEAST or row == column:
        return False
    if min(row, column) < 0 or min(source.shape[row], source.shape[column]) < SHORT:
        return False
    if source.strides[column] % item or out.strides[row] % item:
        return False
    isa = current_isa()
    rooms = _rooms.get(isa)
    if rooms is None:
        rooms = _rooms[isa] = Rooms(isa)
    room = (<Rooms>rooms).words if item == 4 else (<Rooms>rooms).doubles
    for i in range(ndim):  # the axis with the shortest stride of the source comes last
        if i == row or i == column:
            continue
        j = count
        while j > 0 and abs(source.strides[axes[j - 1]]) < abs(source.strides[i]):
            axes[j] = axes[j - 1]
            j -= 1
        axes[j] = i
        index[count] = 0
        count += 1
    with nogil:
        while True:
            room.turn(x, source.strides[column] // item, y, out.strides[row] // item,
                      source.shape[row], source.shape[column])
            at = count - 1
            while at >= 0:
                i = axes[at]
                index[at] += 1
                x += source.strides[i]
                y += out.strides[i]
                if index[at] < source.shape[i]:
                    break
                x -= source.shape[i] * source.strides[i]
                y -= source.shape[i] * out.strides[i]
                index[at] = 0
                at -= 1
            if at < 0:
                break
    return True


cpdef void copy(cnp.ndarray out, cnp.ndarray source):
    """Write an array to another one, as `numpy.copyto` does with ``casting="unsafe"``.

    Parameters
    ----------
    out : ndarray
    source : ndarray
        An array of the same shape, which does not overlap `out`.
    """
    if not (
        cnp.PyArray_TYPE(out) == cnp.PyArray_TYPE(source)
        and cnp.PyArray_ISNOTSWAPPED(out) and cnp.PyArray_ISNOTSWAPPED(source)
        and cnp.PyArray_ISALIGNED(out) and cnp.PyArray_ISALIGNED(source)
        and cnp.PyArray_ISWRITEABLE(out) and out.ndim == source.ndim
        and turned(out, source)
    ):
        np.copyto(out, source, casting="unsafe")


cdef cnp.ndarray contiguous(cnp.ndarray array):
    cdef cnp.ndarray out
    shape, dtype = np.shape(array), array.dtype
    if array.nbytes < LARGE:
        return np.ascontiguousarray(array)
    out = Lease(array.nbytes + LINE).array(shape, dtype)
    copy(out, np.asarray(array))
    return out
