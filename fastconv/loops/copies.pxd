"""Copy arrays whose axes lie in another order in memory; see src/copies/interface.h."""

cimport numpy as cnp

cdef extern from "copies/interface.h" nogil:
    struct fc_copies:
        size_t size
        void turn(const void *source, ptrdiff_t from_pitch, void *to, ptrdiff_t to_pitch,
                  ptrdiff_t rows, ptrdiff_t columns) noexcept nogil


# Write `source` to `out`, an array of the same shape and dtype, as `numpy.copyto` does.
cpdef void copy(cnp.ndarray out, cnp.ndarray source)

# Return a C-contiguous copy of an array, on leased memory if it is large.
cdef cnp.ndarray contiguous(cnp.ndarray array)
