# cython: freethreading_compatible=True, boundscheck=False, wraparound=False
"""Find the executors of the last calls without hashing Python objects.

Shapes are compared in C, options by identity.
"""

cimport numpy as cnp
from libc.stdint cimport uint64_t
from libc.string cimport memcmp

from fastconv.calls.fast_call import call_key

cnp.import_array()

cdef enum:
    SLOTS = 512     # number of entries of the table
    SIZES = 24      # largest number of entries of `describe`


cdef class Entry:
    """One call and its executor, `value`. `content` holds the bytes of a weight, or is None."""

    cdef str name
    cdef tuple options, common
    cdef object epoch, value
    cdef bytes content
    cdef Py_ssize_t count
    cdef cnp.npy_intp sizes[SIZES]


cdef Py_ssize_t describe(tuple arrays, cnp.npy_intp *sizes) noexcept:
    """Write type, number of dimensions and shape of each array into `sizes`.

    Return the number of entries, or -1 for arrays that only the slower lookup handles.
    """
    cdef Py_ssize_t count = 0
    cdef cnp.ndarray array
    cdef int i
    for item in arrays:
        if item is None:
            if count + 1 > SIZES:
                return -1
            sizes[count] = -1
            count += 1
            continue
        if type(item) is not cnp.ndarray:
            return -1
        array = <cnp.ndarray>item
        if not cnp.PyArray_ISNOTSWAPPED(array) or count + 2 + array.ndim > SIZES:
            return -1
        sizes[count] = cnp.PyArray_TYPE(array)
        sizes[count + 1] = array.ndim
        count += 2
        for i in range(array.ndim):
            sizes[count] = array.shape[i]
            count += 1
    return count


cdef inline bint same(tuple a, tuple b) noexcept:
    """Return whether two tuples hold the same objects."""
    cdef Py_ssize_t i
    if a is b:
        return True
    if len(a) != len(b):
        return False
    for i in range(len(a)):
        if a[i] is not b[i]:
            return False
    return True


cdef class CallCache:
    """A small table of executors: an entry has a name, shapes and dtypes of arrays, and options.

    Options are compared by identity, so they must be immutable: numbers, strings, None and tuples
    of these. An entry may also hold the bytes of one array, the weight of a filter. It is then
    found only for these values.
    """

    cdef list slots
    cdef object __weakref__

    def __init__(self):
        self.slots = [None] * SLOTS

    def clear(self):
        """Remove all entries."""
        # The list stays the same one: without a GIL, other threads may be about to read it.
        self.slots[:] = [None] * SLOTS

    cdef Py_ssize_t slot(self, str name, const cnp.npy_intp *sizes, Py_ssize_t count,
                         const unsigned char *content, Py_ssize_t length) noexcept:
        """Return the position in the table of a call with these properties."""
        cdef uint64_t code = <uint64_t><size_t><void *>name
        cdef Py_ssize_t i
        for i in range(count):
            code = (code ^ <uint64_t>sizes[i]) * 0x9E3779B97F4A7C15ULL
            code ^= code >> 29
        for i in range(length):
            code = (code ^ content[i]) * 0x100000001B3ULL
        return <Py_ssize_t>((code ^ code >> 31) % SLOTS)

    def find(self, str name, tuple arrays, tuple options, tuple common, object epoch,
             Py_ssize_t valued=-1):
        """Return the executor of a call, or None if the table does not hold it.

        Parameters
        ----------
        name : str
            Name of the op.
        arrays : tuple
            A call with other objects than ndarrays and None is never found.
        options, common : tuple
            The op's options, and algorithm, accuracy and workspace_limit.
        epoch : int
            Number of the state of the configuration, `config.epoch()`.
        valued : int
            Position of the array whose values are compared, or -1 for none.
        """
        cdef cnp.npy_intp sizes[SIZES]
        cdef Py_ssize_t count = describe(arrays, sizes), length = 0
        cdef const unsigned char *content = NULL
        cdef cnp.ndarray array
        cdef Entry entry
        if count < 0:
            return None
        if valued >= 0:
            array = <cnp.ndarray>arrays[valued]
            if not cnp.PyArray_IS_C_CONTIGUOUS(array):
                return None
            content, length = <const unsigned char *>cnp.PyArray_BYTES(array), array.nbytes
        entry = <Entry>self.slots[self.slot(name, sizes, count, content, length)]
        if (
            entry is None
            or entry.name is not name
            or entry.count != count
            or memcmp(entry.sizes, sizes, count * sizeof(cnp.npy_intp))
            or not same(entry.options, options)
            or not same(entry.common, common)
            or entry.epoch != epoch
        ):
            return None
        if entry.content is not None:
            if length != len(entry.content):
                return None
            if memcmp(content, <const char *>entry.content, length):
                return None
        return entry.value

    def keep(self, str name, tuple arrays, tuple options, tuple common, object epoch, object value,
             Py_ssize_t valued=-1):
        """Keep the executor `value` of a call. Calls that `find` cannot find are not kept.

        The other arguments are those of `find`.
        """
        cdef Entry entry = Entry()
        cdef Py_ssize_t length = 0
        cdef const unsigned char *content = NULL
        entry.count = describe(arrays, entry.sizes)
        if entry.count < 0 or call_key(name, (), options, common, epoch) is None:
            return
        if valued >= 0:
            if not cnp.PyArray_IS_C_CONTIGUOUS(<cnp.ndarray>arrays[valued]):
                return
            entry.content = arrays[valued].tobytes()
            content, length = <const unsigned char *>entry.content, len(entry.content)
        entry.name, entry.options, entry.common = name, options, common
        entry.epoch, entry.value = epoch, value
        self.slots[self.slot(name, entry.sizes, entry.count, content, length)] = entry
