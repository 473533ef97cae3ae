# cython: freethreading_compatible=True, boundscheck=False, wraparound=False
"""Convert the arrays of a call as the engine takes them, and describe them for cache keys."""

cimport numpy as cnp

import numpy as np

from fastconv.loops.copies cimport contiguous
from fastconv.loops.half cimport convertible, widened

cnp.import_array()

cdef object _SINGLE = np.dtype(np.float32)


def described(tuple arrays):
    """Return the shape and dtype of each array, or None for an absent one, for cache keys.

    Parameters
    ----------
    arrays : tuple of ndarray, Spec or None
        Operands of the call.
    """
    return tuple([None if a is None else (a.shape, a.dtype) for a in arrays])


cpdef tuple ready(tuple arrays, tuple dtypes):
    """Convert arrays to C-contiguous, aligned ones of the dtypes that the engine wants.

    Return the same tuple if no array needs a conversion.

    Parameters
    ----------
    arrays : tuple of ndarray or None
        Operands of the call; None for an absent one.
    dtypes : tuple of dtype or None
        The engine's dtype of each array, in native byte order; None for an absent one.
    """
    cdef Py_ssize_t i
    cdef cnp.ndarray array
    for i in range(len(arrays)):
        if arrays[i] is None:
            continue
        array = <cnp.ndarray>arrays[i]
        if (
            array.descr is not dtypes[i]
            or not cnp.PyArray_IS_C_CONTIGUOUS(array)
            or not cnp.PyArray_ISALIGNED(array)
        ):
            return _made_ready(arrays, dtypes)
    return arrays


cdef tuple _made_ready(tuple arrays, tuple dtypes):
    cdef list result = []
    for array, dtype in zip(arrays, dtypes):
        if array is None:
            result.append(None)
        elif dtype is _SINGLE and convertible(<cnp.ndarray>array, True):
            result.append(widened(<cnp.ndarray>array))
        elif cnp.PyArray_IS_C_CONTIGUOUS(<cnp.ndarray>array) or array.dtype.hasobject:
            array = np.asanyarray(array, dtype, order="C")
            aligned = cnp.PyArray_ISALIGNED(<cnp.ndarray>array)
            result.append(array if aligned else array.copy())
        else:
            result.append(contiguous(np.require(array, dtype, "A")))
    return tuple(result)
