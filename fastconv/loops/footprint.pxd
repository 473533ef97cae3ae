"""Declare the C interface of footprint; see src/footprint/interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch

cdef extern from "footprint/interface.h" nogil:
    struct fc_footprint:
        size_t size
        int lanes
        void join(void *to, ptrdiff_t to_pitch, const void **from_, ptrdiff_t pitch, ptrdiff_t n,
                  ptrdiff_t rows, ptrdiff_t width, int minimum, Watch *watch) noexcept nogil
        void place(void *to, const void *row, const ptrdiff_t *from_, ptrdiff_t width,
                   const void *fill) noexcept nogil
        void sums(void *to, ptrdiff_t to_pitch, const void **from_, ptrdiff_t pitch,
                  const void *added, double first, ptrdiff_t n, ptrdiff_t rows, ptrdiff_t width,
                  int minimum, Watch *watch) noexcept nogil
        void select(void *to, ptrdiff_t to_pitch, const void **from_, ptrdiff_t pitch, ptrdiff_t n,
                    const unsigned short *pairs, ptrdiff_t count, ptrdiff_t rank, ptrdiff_t rows,
                    ptrdiff_t width, Watch *watch) noexcept nogil
        void count(void *to, ptrdiff_t to_pitch, const void **from_, ptrdiff_t pitch, ptrdiff_t n,
                   const ptrdiff_t *enters, const ptrdiff_t *leaves, ptrdiff_t runs,
                   ptrdiff_t rank, ptrdiff_t rows, ptrdiff_t width, Watch *watch) noexcept nogil
        void columns(void *to, ptrdiff_t to_pitch, const void *from_, ptrdiff_t pitch,
                     ptrdiff_t high, ptrdiff_t wide, ptrdiff_t unit, ptrdiff_t rank,
                     ptrdiff_t rows, ptrdiff_t width, void *space, Watch *watch) noexcept nogil


cdef inline const fc_footprint *footprint_kernels(str isa, int real) except NULL:
    return <const fc_footprint *>simd.room(isa, "footprint", real, sizeof(fc_footprint))


cdef enum:
    MOST_AXES = 32      # axes before that from row to row


cdef struct Border:
    Py_ssize_t size, before, after
    const ptrdiff_t *low
    const ptrdiff_t *high


cdef class Footprint:
    cdef const fc_footprint *room
    cdef list keep
    cdef object dtype
    cdef Border row, down
    cdef Border outer[MOST_AXES]
    cdef Py_ssize_t outer_axes, groups, levels, step, strip, rows, pitch, kept_rows, item
    cdef Py_ssize_t strips, blocks, tasks, thread_bytes, joined
    cdef const ptrdiff_t *far          # groups x outer_axes
    cdef const ptrdiff_t *spans        # groups x 3
    cdef const ptrdiff_t *at           # bytes from the first kept row to each joined value
    cdef const ptrdiff_t *nothing      # indices of a row of the fill value
    cdef int minimum
    cdef const unsigned short *network
    cdef const ptrdiff_t *enters
    cdef const ptrdiff_t *leaves
    cdef Py_ssize_t pairs, rank, ends, high, wide, unit, space
    cdef const ptrdiff_t *table(self, array) except NULL
    cdef int border(self, Border *axis, border) except -1
    cdef void task(self, const char *x, char *y, const void *fill, char *space, Py_ssize_t number,
                   const char *added, double first, Watch *watch) noexcept nogil
    cdef void results(self, char *y, char *kept, const void **pointers, Py_ssize_t rows,
                      Py_ssize_t columns, const char *added, double first,
                      Watch *watch) noexcept nogil
    cdef void copy(self, const char *x, const char *filled, char *kept, const void *fill,
                   Py_ssize_t outer, Py_ssize_t group, Py_ssize_t left, Py_ssize_t top,
                   Py_ssize_t rows, Py_ssize_t width) noexcept nogil
    cdef void climb(self, char *kept, const void **pair, Py_ssize_t group, Py_ssize_t rows,
                    Py_ssize_t width, Watch *watch) noexcept nogil
