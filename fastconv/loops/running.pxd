"""Declare the C interface of running; see src/running/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch

cdef extern from "running/interface.h" nogil:
    struct fc_running_window:
        ptrdiff_t count, rank, block

    struct fc_running:
        size_t size
        int lanes, spare
        void select(const fc_running_window *w, const void *panel, ptrdiff_t outputs, void *to,
                    void *scratch, Watch *watch) noexcept nogil
        void turn(const void *const *lines, ptrdiff_t length, void *panel) noexcept nogil
        void turn_back(const void *panel, const ptrdiff_t *length,
                       void *const *lines) noexcept nogil


cdef inline const fc_running *running_kernels(str isa, int real) except NULL:
    return <const fc_running *>simd.room(isa, "running", real, sizeof(fc_running))
