"""Declare the C interface of epilogue, and the numbers that its kernels give to activations."""


from fastconv.loops cimport simd

cdef extern from "epilogue/interface.h" nogil:
    enum: FC_LINEAR, FC_CLIP, FC_SLOPE

    struct fc_ending:
        const void *channel
        const void *add
        double low, high

    int fc_set_limits(fc_ending *ending, int activation) noexcept nogil

    struct fc_epilogue:
        size_t size
        void finish(void *out, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride,
                    const void *channel, const void *position, const void *add,
                    int activation) noexcept nogil
        void affine(void *out, const void *x, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride,
                    const void *scale, const void *shift, const void *add, int activation,
                    double low, double high) noexcept nogil
        int nonfinite(const void *values, ptrdiff_t count) noexcept nogil


cdef inline const fc_epilogue *epilogue_kernels(str isa, int real) except NULL:
    return <const fc_epilogue *>simd.room(isa, "epilogue", real, sizeof(fc_epilogue))

# Return the number of an activation, FC_LINEAR for None; raise ValueError for an unknown name.
cdef int activation_code(object name) except -1
