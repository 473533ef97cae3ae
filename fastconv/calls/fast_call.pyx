# cython: freethreading_compatible=True, boundscheck=False, wraparound=False
"""Make the keys of calls, and run calls on the fast path, which need nothing but `run`."""

cimport numpy as cnp
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from fastconv.loops.operands cimport ready
from fastconv.problem.request import WithFill
from fastconv.problem.filter_requests import OneImage

cnp.import_array()

cdef uint64_t _OTHER = 0        # code of options that cannot be part of a key
cdef bint _recording = False    # whether `fastconv.record` collects calls
cdef object _dtype = np.dtype


def set_recording(bint on):
    """Choose whether all calls take the general path, which records them."""
    global _recording
    _recording = on


cdef uint64_t _kind(object value, uint64_t code):
    """Return the hash `code` combined with the exact type of an option.

    The types matter because 1, 1.0 and True are equal and have the same hash, but only the first is
    a valid stride. The result is `_OTHER` for types that the slower lookup handles.
    """
    cdef uint64_t digit
    if value is None or type(value) is str:
        digit = 1
    elif type(value) is int:
        digit = 2
    elif type(value) is bool:
        digit = 3
    elif type(value) is float:
        digit = 4
    elif type(value) is tuple:
        code = code * 0x9E3779B97F4A7C15ULL + 5
        for entry in <tuple>value:
            code = _kind(entry, code)
            if code == _OTHER:
                return _OTHER
        digit = 6
    elif isinstance(value, _dtype):
        digit = 7
    else:
        return _OTHER
    code = code * 0x9E3779B97F4A7C15ULL + digit
    return code if code != _OTHER else 1


def call_key(str name, tuple arrays, tuple options, tuple common, epoch):
    """Return the hashable key of a call, or None if only the slower lookup can find it.

    Parameters
    ----------
    name : str
        Name of the op.
    arrays : tuple of ndarray or None
    options, common : tuple
        The op's options, and algorithm, accuracy and workspace_limit.
    epoch : int
        Number of the state of the configuration, `config.epoch()`.
    """
    cdef uint64_t code = _kind(options, 1)
    if code != _OTHER:
        code = _kind(common, code)
    if code == _OTHER:
        return None
    cdef list key = [name, options, common, epoch, code]
    for array in arrays:
        if array is None:
            key.append(None)
        elif type(array) is cnp.ndarray and cnp.PyArray_ISNOTSWAPPED(<cnp.ndarray>array):
            key.append(array.shape)
            key.append(cnp.PyArray_TYPE(<cnp.ndarray>array))
        else:
            return None
    return tuple(key)


def sizeless(tuple key):
    """Return what the keys of calls have in common whose arrays differ in sizes only.

    Parameters
    ----------
    key : tuple
        What `call_key` returned.
    """
    cdef Py_ssize_t i
    cdef list result = list(key)
    for i in range(5, len(key)):
        if type(key[i]) is tuple:
            result[i] = len(<tuple>key[i])
    return tuple(result)


cdef enum Arrangement:
    NONE, ONE_IMAGE, WITH_FILL, OTHER


cdef class FastCall:
    """The fast path: prepare the operands, make a result, and call ``run`` of an algorithm.

    Parameters
    ----------
    run : callable
        What an algorithm's `bind` returned.
    dtypes : tuple of dtype or None
        dtype that the algorithm needs of each array.
    shape : tuple of int
        Shape of the result.
    dtype : dtype
        dtype of the result.
    arrange : callable or None
        As in `Request`.
    threads : callable
        ``threads(num_threads)`` returns the number of threads to run.
    serial : bool
        Whether to run one thread if the call does not give a number of threads.
    weight : ndarray or None
        The weight as an operand, if the executor is bound to one weight.
    prepared : object
        What the algorithm's `prepare` returned for the weight.
    """

    cdef object run, arrange, fill, threads, weight, prepared
    cdef tuple dtypes
    cdef bint reverses, serial
    cdef Arrangement arrangement
    cdef cnp.npy_intp sizes[64]  # NumPy's largest number of dimensions
    cdef int ndim, type

    def __init__(self, run, tuple dtypes, tuple shape, cnp.dtype dtype, arrange, threads,
                 bint serial, weight=None, prepared=None):
        cdef int i
        self.run = run
        self.arrange = arrange
        self.dtypes = dtypes
        self.threads = threads
        self.serial = serial
        self.weight = weight
        self.prepared = prepared
        self.ndim = <int>len(shape)
        for i in range(self.ndim):
            self.sizes[i] = shape[i]
        self.type = dtype.num
        self.arrangement = NONE if arrange is None else OTHER
        if isinstance(arrange, WithFill):
            self.arrangement = WITH_FILL
            self.fill = arrange.fill
        # not `None in dtypes`: None equals dtype("float64")
        elif isinstance(arrange, OneImage) and all([d is not None for d in dtypes]):
            self.fill, self.reverses = arrange.fill, not arrange.correlates
            if weight is not None or self.reverses or dtypes[1].kind != "c":
                self.arrangement = ONE_IMAGE

    def __call__(self, tuple arrays, prepared, out, num_threads):
        """Run the call and write the result into `out`, or into a new array if it is None.

        Returns
        -------
        ndarray or None
            None if the call must take the general path: `out` needs more checks, or calls are
            recorded.
        """
        cdef int threads = 1
        cdef tuple operands
        if _recording:
            return None
        if out is not None and not self.suits(out, arrays):
            return None
        if num_threads is not None or not self.serial:
            threads = self.threads(num_threads)
        if self.weight is not None:
            arrays = (arrays[0], None)
            prepared = self.prepared
        operands = ready(arrays, self.dtypes)
        if self.arrangement == ONE_IMAGE and operands[0] is not None:
            if self.weight is not None:
                operands = (batch_of_one(<cnp.ndarray>operands[0], False), self.weight, None, None,
                            self.fill)
            elif operands[1] is not None:
                operands = (batch_of_one(<cnp.ndarray>operands[0], False),
                            batch_of_one(<cnp.ndarray>operands[1], self.reverses), None, None,
                            self.fill)
            else:
                operands = self.arrange(operands)
        elif self.arrangement == WITH_FILL:
            operands = operands + (self.fill,)
        elif self.arrangement != NONE:
            operands = self.arrange(operands)
            if self.weight is not None:
                operands = (operands[0], self.weight) + operands[2:]
        if out is None:
            out = cnp.PyArray_EMPTY(self.ndim, self.sizes, self.type, 0)
        self.run(operands, prepared, out, threads)
        return out

    cdef bint suits(self, object out, tuple arrays):
        """Return whether the result can be written into `out` without further checks.

        If not, `out` may still be valid. The general path decides that or raises an error.
        """
        cdef cnp.ndarray target, array
        cdef int i
        if type(out) is not cnp.ndarray:
            return False
        target = <cnp.ndarray>out
        if target.ndim != self.ndim or cnp.PyArray_TYPE(target) != self.type:
            return False
        if not cnp.PyArray_ISCARRAY(target):
            return False
        for i in range(self.ndim):
            if target.shape[i] != self.sizes[i]:
                return False
        for item in arrays:
            if item is None:
                continue
            array = <cnp.ndarray>item
            if not cnp.PyArray_IS_C_CONTIGUOUS(array):
                return False
            if (
                cnp.PyArray_BYTES(array) < cnp.PyArray_BYTES(target) + cnp.PyArray_NBYTES(target)
                and cnp.PyArray_BYTES(target) < cnp.PyArray_BYTES(array) + cnp.PyArray_NBYTES(array)
            ):
                return False
        return True


cdef cnp.ndarray batch_of_one(cnp.ndarray array, bint reverse):
    """Return a view of `array` with two axes of size 1 in front.

    With `reverse`, return a copy with all axes of `array` reversed instead of a view.
    """
    cdef cnp.npy_intp sizes[64]
    cdef Py_ssize_t item = array.itemsize, size = cnp.PyArray_SIZE(array), i
    cdef const char *values = cnp.PyArray_BYTES(array)
    cdef cnp.ndarray result
    cdef char *to
    sizes[0] = sizes[1] = 1
    for i in range(array.ndim):
        sizes[i + 2] = array.shape[i]
    if not reverse:
        result = cnp.PyArray_SimpleNewFromData(array.ndim + 2, sizes, cnp.PyArray_TYPE(array),
                                               cnp.PyArray_DATA(array))
        cnp.set_array_base(result, array)
        return result
    result = cnp.PyArray_EMPTY(array.ndim + 2, sizes, cnp.PyArray_TYPE(array), 0)
    to = cnp.PyArray_BYTES(result) + (size - 1) * item
    if item == 4:
        for i in range(size):
            (<uint32_t *>to)[-i] = (<const uint32_t *>values)[i]
    elif item == 8:
        for i in range(size):
            (<uint64_t *>to)[-i] = (<const uint64_t *>values)[i]
    else:
        for i in range(size):
            memcpy(to - i * item, values + i * item, item)
    return result
