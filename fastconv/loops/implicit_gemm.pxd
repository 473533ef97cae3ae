"""Declare the loop over tiles, for algorithms that load their pixels in another way."""

from fastconv.loops.implicit_gemm_layout cimport Cut, Layout, fc_block
from fastconv.loops.interrupt cimport Watch


cdef struct Operands:
    const char *image
    const char *weight
    const char *bias
    const char *add
    char *out
    double fill
    bint packed             # whether `weight` comes from pack_weights
    char *workspace


cdef class Convolution(Layout):
    cdef void _tile(self, const Operands *call, const Cut *cut, Py_ssize_t tile,
                    int thread, Watch *watch) noexcept nogil
    cdef void _group(self, const Operands *call, fc_block *block, Py_ssize_t group,
                     Py_ssize_t strip_first, Py_ssize_t strip_stop, char *packed,
                     char *register_tile, Watch *watch) noexcept nogil
    cdef void _load(self, const Operands *call, fc_block *block, Py_ssize_t channel,
                    Py_ssize_t k0, Py_ssize_t k1, char *packed) noexcept nogil
    cdef void _finish(self, const Operands *call, const fc_block *block, Py_ssize_t row,
                      Py_ssize_t rows) noexcept nogil
