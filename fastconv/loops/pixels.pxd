"""Declare the C interface of pixels."""

from fastconv.loops cimport simd

cdef extern from "epilogue/pixels_interface.h" nogil:
    struct fc_pixels:
        void *out
        const void *x
        const void *add
        const void *scale
        const void *shift
        ptrdiff_t pixels, channels, out_step, x_step, add_step
        int activation
        double low, high

    struct fc_pixels_kernels:
        size_t size
        void affine(const fc_pixels *task) noexcept nogil


cdef inline const fc_pixels_kernels *pixels_kernels(str isa, int real) except NULL:
    return <const fc_pixels_kernels *>simd.room(isa, "pixels", real, sizeof(fc_pixels_kernels))
