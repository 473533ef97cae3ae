# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""box: filter with constant kernels, at a cost that hardly depends on the window.

    unit     as many rows as the window has: keep the suffix sums of its rows
      rows     four at a time: add suffix sums to prefix sums of the next rows, into scratch rows;
               then sum these along themselves in steps (S_ab from b of S_a) into the output

Windows of few rows are summed like those of any other filter.
"""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport stopped
from fastconv.loops.passes cimport Band, Passes
from fastconv.loops.passes_layout cimport Layout, Run


cdef enum:
    ROWS = 8        # rows of suffix sums that are computed at once


cdef class Box(Passes):
    """Box filter; see `Passes`.

    Weights of the first axis with several taps are the constant, those of all other axes are ones.
    """

    cdef const fc_box *box
    cdef bint suffixes

    def __cinit__(self, str isa, str dtype, n, channels, features, axes, *, unit=0, **options):
        cdef int real = simd.real_index(dtype)
        self.box = box_kernels(isa, real)

    cdef _plan_workspace(self):
        cdef Py_ssize_t row = self.pitch * self.item
        self.suffixes = self.along[1].size > self.room.rows
        if self.suffixes:  # the suffix sums of one unit, and the prefix sum
            self.own_bytes = (self.along[1].size + 1) * row
        Layout._plan_workspace(self)

    cdef void _unit(self, Band *band, Py_ssize_t first, Py_ssize_t count) noexcept nogil:
        cdef Py_ssize_t step = self.along[1].step, i, rows
        if not self.suffixes:
            self._point(band, first, 0, count - 1 + self.along[1].taps)
            self._sum_columns(band, band.factors + self.coefficient[1] * self.item, &self.along[1],
                              count, band.mid, self.pitch * self.item)
            self._finish(band, first, count, band.factors, True, True)
            return
        self._suffixes(band, first)
        i = 0
        while i < count and not stopped(band.watch):
            rows = min(<Py_ssize_t>self.room.rows, count - i)
            self._combine(band, first, i, rows, min(rows, count - 1 - i))
            self._finish(band, first + i * step, rows, band.factors, True, True)
            i += rows

    cdef void _suffixes(self, Band *band, Py_ssize_t first) noexcept nogil:
        """Set suffix[i] to the sum of rows i, ..., w - 1 of a unit; set the prefix to 0."""
        cdef Py_ssize_t i, low, w = self.along[1].taps, lead = band.strip.lead
        cdef Py_ssize_t row = self.pitch * self.item, high = w
        cdef double scale = value(band.factors + self.coefficient[1] * self.item, self.item)
        cdef const Run *run
        while high > 0:
            low = max(<Py_ssize_t>0, high - ROWS)
            self._point(band, first, low, high - low)
            for i in range(band.run_count):
                run = &band.runs[i]
                self.box.suffix(<const void *const *>band.rows, run.column, scale, high - low,
                                band.own + low * row + (lead + run.position) * self.item,
                                self.pitch, run.length, high == w)
            high = low
        zero(band.own + w * row, row)

    cdef void _combine(self, Band *band, Py_ssize_t first, Py_ssize_t at, Py_ssize_t count,
                       Py_ssize_t more) noexcept nogil:
        """Compute the scratch rows of outputs at..at+count of the unit."""
        cdef Py_ssize_t i, w = self.along[1].taps, row = self.pitch * self.item, position
        cdef double scale = value(band.factors + self.coefficient[1] * self.item, self.item)
        cdef const Run *run
        self._point(band, first, w + at, more)
        for i in range(band.run_count):
            run = &band.runs[i]
            position = (band.strip.lead + run.position) * self.item
            self.box.combine(<const void *const *>band.rows, run.column, scale, count, more,
                             band.own + at * row + position, band.own + w * row + position,
                             band.mid + position, self.pitch, run.length)
        self._complete(band, band.factors + self.coefficient[1] * self.item, w, band.mid, row,
                       count)


cdef inline double value(const char *c, Py_ssize_t item) noexcept nogil:
    return (<const float *>c)[0] if item == 4 else (<const double *>c)[0]


cdef inline void zero(char *to, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(size):
        to[i] = 0
