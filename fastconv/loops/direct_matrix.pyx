# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""direct, where every kernel is as large as the image: a matrix of weights times each image.

    out[n, k] = sum over i of weight[k, i] * image[n, i]

Threads take rows of the matrix. Memory sets the pace: the weights are read once for each image.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport simd
from fastconv.loops.direct_dots cimport dots_kernels, fc_dots
from fastconv.loops.epilogue import finish
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.simd cimport FC_F32

cnp.import_array()

# Multiply-adds below which starting threads costs more than it saves.
cdef double SERIAL_WORK = 5e5

cdef enum:
    PART = 131072  # weights that a thread reads at a time
    GRAIN = 4      # rows that are read together
    ALIGNMENT = 64


cdef class Matrix:
    """One forward convolution with a single output per channel; built once, called often.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n : int
        Number of images.
    features : int
        Channels of the output.
    terms : int
        Values of an image, and of a kernel.
    bias : None, "channel" or "position"
        Kind of the bias.
    activation : str or None
        relu, relu6, silu, sigmoid, tanh, hardswish, hardsigmoid or leaky_relu.
    add : bool
        Whether a residual is added to the output.
    """

    cdef const fc_dots *room
    cdef Py_ssize_t item, n, features, terms, grains, parts
    cdef object activation
    cdef bint has_epilogue

    def __init__(self, str isa, str dtype, n, features, terms, *, bias=None, activation=None,
                 add=False):
        cdef int real = simd.real_index(dtype)
        self.room = dots_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.n, self.features, self.terms = n, features, terms
        self.grains = (self.features + GRAIN - 1) // GRAIN
        self.parts = max(1, min(self.grains, self.features * self.terms // PART))
        self.activation = activation
        self.has_epilogue = bias is not None or activation is not None or add

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases: none.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return 0

    def pack_weights(self, cnp.ndarray weight):
        """Return a copy of the weights that starts at a multiple of a cache line.

        Loads of vectors then never touch two lines, and large copies lie in large pages.

        Parameters
        ----------
        weight : ndarray
            Weight of the convolution, C-contiguous and of the dtype given to the constructor.
        """
        cdef cnp.ndarray packed = np.empty(weight.size + ALIGNMENT // self.item, weight.dtype)
        cdef Py_ssize_t over = <Py_ssize_t>cnp.PyArray_DATA(packed) % ALIGNMENT
        packed = packed[(ALIGNMENT - over) % ALIGNMENT // self.item:][:weight.size]
        packed[...] = weight.reshape(-1)
        return packed

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add)
            Operands, C-contiguous and of the dtype given to the constructor. Bias and add are
            None if the problem has none. Nothing is validated.
        prepared : ndarray or None
            Result of `pack_weights`; None to read the weight of `arrays`.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef const char *image = cnp.PyArray_BYTES(<cnp.ndarray>arrays[0])
        cdef const char *weight = cnp.PyArray_BYTES(
            <cnp.ndarray>(arrays[1] if prepared is None else prepared))
        cdef char *to = cnp.PyArray_BYTES(out)
        cdef Py_ssize_t i, count = self.n * self.parts
        cdef Watch *watch = current()
        if threads == 1 or <double>self.n * self.features * self.terms < SERIAL_WORK:
            with nogil:
                for i in range(count):
                    self._part(image, weight, to, i, watch)
        else:
            for i in prange(count, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._part(image, weight, to, i, of_thread(watch, threadid()))
        if self.has_epilogue:
            # channels have one value each: side by side they fill vectors
            bias = None if arrays[2] is None else arrays[2].reshape(1, -1)
            finish(out.reshape(self.n, 1, self.features), bias, arrays[3], self.activation, threads)

    cdef void _part(self, const char *image, const char *weight, char *out, Py_ssize_t i,
                    Watch *watch) noexcept nogil:
        cdef Py_ssize_t n = i % self.n, part = i // self.n
        cdef Py_ssize_t first = part * self.grains // self.parts * GRAIN
        cdef Py_ssize_t last = min((part + 1) * self.grains // self.parts * GRAIN, self.features)
        if not stopped(watch):
            self.room.matrix(image + n * self.terms * self.item,
                             weight + first * self.terms * self.item, self.terms, last - first,
                             out + (n * self.features + first) * self.item)
