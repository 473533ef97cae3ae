# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""separable: filter with kernels of rank one, or with sums of a few of them.

    unit     up to four rows of the output that share their input rows
      term     sum columns into four scratch rows, then sum these along themselves into the output
"""

from fastconv.loops.passes cimport Band, Passes


cdef class Separable(Passes):
    """Separable filter; see `Passes`. A term has the coefficients of the axes, in order."""

    cdef void _unit(self, Band *band, Py_ssize_t first, Py_ssize_t count) noexcept nogil:
        cdef Py_ssize_t term, row = self.pitch * self.item
        cdef const char *factors = band.factors
        self._point(band, first, 0, count - 1 + self.along[1].taps)
        for term in range(self.terms):
            self._sum_columns(band, factors + self.coefficient[1] * self.item, &self.along[1],
                              count, band.mid, row)
            self._finish(band, first, count, factors, term == 0, term == self.terms - 1)
            factors += self.factor_length * self.item
