"""Declare the C interface of half; see src/half/interface.h."""

cimport numpy as cnp

cdef extern from "half/interface.h" nogil:
    struct fc_half:
        size_t size
        void widen(void *to, const void *source, ptrdiff_t count) noexcept nogil
        void narrow(void *to, const void *source, ptrdiff_t count) noexcept nogil


# Return whether `array` can be converted by `widen` (if `halves`) or `narrow` as it is: whether it
# is float16, or float32, in native byte order, C-contiguous and aligned.
cdef bint convertible(cnp.ndarray array, bint halves)
cpdef cnp.ndarray widened(cnp.ndarray array, int threads=*)
cpdef void widen(cnp.ndarray array, cnp.ndarray out, int threads=*)
cpdef void narrow(cnp.ndarray array, cnp.ndarray out, int threads=*)
