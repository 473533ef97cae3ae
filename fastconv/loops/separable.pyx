# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""separable: filter with kernels of rank one, or with sums of a few of them.

    unit     up to four rows of the output that share their input rows
      term     sum columns into four scratch rows, then sum these along themselves into the output

Where there is nothing to sum along rows, columns are summed into the output itself.
"""

from fastconv.loops.passes cimport Band, Passes
from fastconv.loops.passes_layout cimport Along


cdef class Separable(Passes):
    """Separable filter; see `Passes`. A term has the coefficients of the axes, in order."""

    cdef void _unit(self, Band *band, Py_ssize_t first, Py_ssize_t count) noexcept nogil:
        cdef Py_ssize_t term, row = self.pitch * self.item
        cdef const char *factors = band.factors
        self._point(band, first, 0, count - 1 + self.along[1].taps)
        if self._keeps_rows(band):
            self._sum_into_output(band, first, count)
            return
        for term in range(self.terms):
            self._sum_columns(band, factors + self.coefficient[1] * self.item, &self.along[1],
                              count, band.mid, row)
            self._finish(band, first, count, factors, term == 0, term == self.terms - 1)
            factors += self.factor_length * self.item

    cdef bint _keeps_rows(self, const Band *band) noexcept nogil:
        """Return whether the output's rows are the scratch rows: one tap of 1, and no border."""
        cdef const Along *w = &self.along[2]
        cdef const char *tap = band.factors + self.coefficient[2] * self.item
        if w.taps > 1 or w.stride > 1 or w.axis.before or self.terms > 1:
            return False
        if band.strip.inside or band.strip.inside_stop < band.strip.count:
            return False
        return (<const float *>tap)[0] == 1 if self.item == 4 else (<const double *>tap)[0] == 1

    cdef void _sum_into_output(self, const Band *band, Py_ssize_t first,
                               Py_ssize_t count) noexcept nogil:
        """Sum columns into the output rows first, first + step, ..., `count` of them."""
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t columns = self.along[2].feature, step = h.step, i
        cdef char *out = band.call.out + (band.position + first * columns + band.strip.first
                                          ) * self.item
        self._sum_columns(band, band.factors + self.coefficient[1] * self.item, h, count,
                          out - band.strip.lead * self.item, step * columns * self.item)
        if self.has_epilogue:
            for i in range(count):
                self._epilogue(band, first + i * step)
