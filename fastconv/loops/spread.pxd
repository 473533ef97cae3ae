"""The C interface of spread: see src/spread/interface.h."""

from fastconv.loops cimport simd

cdef extern from "spread/interface.h" nogil:
    struct fc_spread:
        size_t size
        void add(void *row, const void *grad, double by, const void *scale, ptrdiff_t count,
                 int accumulate) noexcept nogil
        void ratio(void *row, const void *grad, const void *norm,
                   ptrdiff_t count) noexcept nogil
        void slide(const void *row, ptrdiff_t apart, ptrdiff_t taps, ptrdiff_t count,
                   void *out) noexcept nogil
        void gather(const void *row, const ptrdiff_t *first, const ptrdiff_t *number,
                    ptrdiff_t count, void *out) noexcept nogil
        void times(void *out, const void *input, ptrdiff_t count, int power) noexcept nogil
        int places(const void *grad, const long long *place, ptrdiff_t count, ptrdiff_t limit,
                   void *out) noexcept nogil
        int put(const void *values, const long long *place, ptrdiff_t count, ptrdiff_t limit,
                void *out) noexcept nogil
        int pick(const void *values, const long long *place, ptrdiff_t count, ptrdiff_t limit,
                 void *out) noexcept nogil
        void maxout(const void *source, ptrdiff_t number, ptrdiff_t inner,
                    void *out) noexcept nogil
        void maxout_back(const void *source, const void *grad, ptrdiff_t number,
                         ptrdiff_t inner, void *out) noexcept nogil


cdef inline const fc_spread *spread_kernels(str isa, int real) except NULL:
    return <const fc_spread *>simd.room(isa, "spread", real, sizeof(fc_spread))
