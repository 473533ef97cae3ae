"""Declare the C interface of pool_backward; see src/pool_backward/interface.h."""

from fastconv.loops cimport simd

cdef extern from "pool_backward/interface.h" nogil:
    struct fc_pool_backward:
        size_t size
        void add(void *row, const void *grad, double by, const void *scale, ptrdiff_t count,
                 int accumulate) noexcept nogil
        void ratio(void *row, const void *grad, const void *norm,
                   ptrdiff_t count) noexcept nogil
        void slide(const void *row, ptrdiff_t apart, ptrdiff_t taps, ptrdiff_t count,
                   void *out) noexcept nogil
        void sum_runs(const void *row, const ptrdiff_t *first, const ptrdiff_t *number,
                      ptrdiff_t count, void *out) noexcept nogil
        void times(void *out, const void *input, ptrdiff_t count, int power) noexcept nogil
        int scatter_add(const void *grad, const long long *index, ptrdiff_t count, ptrdiff_t limit,
                        void *out) noexcept nogil
        int scatter(const void *values, const long long *index, ptrdiff_t count, ptrdiff_t limit,
                    void *out) noexcept nogil
        int gather(const void *values, const long long *index, ptrdiff_t count, ptrdiff_t limit,
                   void *out) noexcept nogil
        void maxout(const void *source, ptrdiff_t number, ptrdiff_t inner,
                    void *out) noexcept nogil
        void maxout_back(const void *source, const void *grad, ptrdiff_t number,
                         ptrdiff_t inner, void *out) noexcept nogil


cdef inline const fc_pool_backward *pool_backward_kernels(str isa, int real) except NULL:
    return <const fc_pool_backward *>simd.room(isa, "pool_backward", real, sizeof(fc_pool_backward))
