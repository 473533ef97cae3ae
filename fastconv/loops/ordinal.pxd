"""Declare the C interface of ordinal; see src/ordinal/interface.h."""

from libc.stdint cimport uint32_t, uint64_t

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch

cdef extern from "ordinal/interface.h" nogil:
    struct fc_ordinal_window:
        const ptrdiff_t *all
        const ptrdiff_t *enters
        const ptrdiff_t *leaves
        ptrdiff_t count, ends, rank, step

    struct fc_ordinal:
        size_t size
        void number(const void *values, const ptrdiff_t *row, ptrdiff_t rows, ptrdiff_t width,
                    uint32_t *numbers, void *sorted_, uint64_t *spare) noexcept nogil
        void walk(const fc_ordinal_window *w, const uint32_t *numbers, ptrdiff_t outputs,
                  const void *sorted_, uint64_t *bits, ptrdiff_t words, void *to,
                  ptrdiff_t to_step, Watch *watch) noexcept nogil


cdef inline const fc_ordinal *ordinal_kernels(str isa, int real) except NULL:
    return <const fc_ordinal *>simd.room(isa, "ordinal", real, sizeof(fc_ordinal))
