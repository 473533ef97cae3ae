"""Names of activations as the C kernels number them."""

# FC_LINEAR for None; ValueError for an unknown name
cdef int activation_code(object name) except -1
