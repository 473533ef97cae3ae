"""Declare how loops read the axes of a problem."""

from fastconv.loops.simd cimport FC_FILL, fc_axis, fc_geometry

# Set one axis from a tuple (image, feature, taps, stride, dilation, before, boundary, unit), which
# has the meaning of the fields of `problem.geometry.Axis`.
cdef int set_axis(fc_axis *axis, tuple values) except -1

# Set the three axes of a geometry from 1 to 3 such tuples, innermost last, and what follows from
# them. Missing axes have size 1 and come first. With `merge`, trailing axes that are not filtered
# become one, so that rows are fewer and longer.
cdef int set_axes(fc_geometry *g, axes, bint merge=*) except -1
