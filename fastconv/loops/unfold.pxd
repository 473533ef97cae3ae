"""Which rows of an image, or of the columns made of it, meet under each outer tap."""

cimport numpy as cnp

from fastconv.loops cimport simd

# [tap of depth and height][row of output]: first element of the image row read, -1 for none
cdef cnp.ndarray rows_read(const simd.fc_geometry *g)
