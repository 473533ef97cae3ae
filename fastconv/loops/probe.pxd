"""Declare the C interface of probe; see src/probe/interface.h."""

from fastconv.loops cimport simd

cdef extern from "probe/interface.h" nogil:
    struct fc_probe:
        size_t size
        double multiply_add(ptrdiff_t iterations, void *result) noexcept nogil
        void read(const void *values, ptrdiff_t count, void *result) noexcept nogil


cdef inline const fc_probe *probe_kernels(str isa, int real) except NULL:
    return <const fc_probe *>simd.room(isa, "probe", real, sizeof(fc_probe))
