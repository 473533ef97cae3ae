"""Declare what filters share that sum along one axis after the other."""

from fastconv.loops.interrupt cimport Watch
from fastconv.loops.passes_layout cimport Along, Layout, Run, Strip


cdef struct Call:
    const char *image
    const char *factors
    const char *bias
    const char *add
    char *out
    double fill
    const char *fill_row
    char *workspace
    int folds[3]    # for each axis, the sign of taps beside the middle one; 0 if they differ


cdef struct Band:           # a tile: what its units read and where they write
    const Call *call
    Watch *watch
    const Strip *strip
    const Run *runs
    Py_ssize_t run_count
    const char *plane       # plane of the image, or of scratch rows; NULL for padding
    Py_ssize_t first        # padded coordinate of the first scratch row; -1 for a plane of an image
    const char *factors
    Py_ssize_t channel, position
    # scratch
    const void **rows
    char *mid
    char *levels
    char *phases
    char *depth
    char *own


cdef class Passes(Layout):
    cdef int _folds(self, const char *factors, const Along *axis, Py_ssize_t first) noexcept nogil
    cdef void _clear(self, char *workspace) noexcept nogil
    cdef void _tile(self, const Call *call, Py_ssize_t tile, int thread,
                    Watch *watch) noexcept nogil
    cdef void _through_depth(self, Band *band, Py_ssize_t unit, Py_ssize_t chunk) noexcept nogil
    cdef void _copy_columns(self, const Band *band, char *out) noexcept nogil
    cdef void _units(self, Band *band, Py_ssize_t chunk) noexcept nogil
    cdef void _unit(self, Band *band, Py_ssize_t first, Py_ssize_t count) noexcept nogil
    cdef void _point(self, const Band *band, Py_ssize_t output, Py_ssize_t first,
                     Py_ssize_t count) noexcept nogil
    cdef void _sum_columns(self, const Band *band, const char *c, const Along *axis,
                           Py_ssize_t count, char *out, Py_ssize_t pitch) noexcept nogil
    cdef void _complete(self, const Band *band, const char *c, Py_ssize_t taps, char *out,
                        Py_ssize_t pitch, Py_ssize_t count) noexcept nogil
    cdef void _finish(self, const Band *band, Py_ssize_t output, Py_ssize_t count,
                      const char *factors, bint first, bint last) noexcept nogil
    cdef void _along(self, const Band *band, const char *line, Py_ssize_t output,
                     Py_ssize_t count, const char *factors, bint first) noexcept nogil
    cdef void _epilogue(self, const Band *band, Py_ssize_t output) noexcept nogil
