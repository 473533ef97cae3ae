"""Declare the C interface of lp; see src/lp/interface.h."""

from fastconv.loops cimport simd

cdef extern from "lp/interface.h" nogil:
    struct fc_lp_exponent:
        double value, rest

    struct fc_lp:
        size_t size
        int scale(const void *x, ptrdiff_t count) noexcept nogil
        void raise_ "raise"(double *to, const void *x, ptrdiff_t count, const fc_lp_exponent *p,
                            int scale) noexcept nogil
        int root(void *out, const double *sums, ptrdiff_t count, const fc_lp_exponent *root,
                 int scale) noexcept nogil
        int ratio(double *to, const void *grad, const double *sums, ptrdiff_t count,
                  const fc_lp_exponent *power) noexcept nogil
        int spread(void *out, const void *x, const double *sums, ptrdiff_t count,
                   const fc_lp_exponent *power, int scale) noexcept nogil


cdef inline const fc_lp *lp_kernels(str isa, int real) except NULL:
    return <const fc_lp *>simd.room(isa, "lp", real, sizeof(fc_lp))
