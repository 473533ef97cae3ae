# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""direct, output by output: loop over planes of few outputs that sum many taps.

    out[n, k, o] = sum over t of weight[k, t] * image[n, k // features, o s + t d]

Threads take planes of outputs.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.epilogue import finish
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.simd cimport FC_F32, fc_geometry

cnp.import_array()

# Multiply-adds below which starting threads costs more than it saves.
cdef double SERIAL_WORK = 5e5


cdef class Dots:
    """One forward depthwise convolution; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n : int
        Number of images.
    image_channels, feature_channels : int
        Channels of the input and of the output; the second is a multiple of the first.
    axes : sequence of 1 to 3 tuples
        Spatial axes as `axes.set_axis` takes them, innermost last, which has no dilation. The image
        continues with zeros.
    bias : None, "channel" or "position"
        Kind of the bias.
    activation : str or None
        relu, relu6, silu, sigmoid or tanh.
    add : bool
        Whether a residual is added to the output.
    """

    cdef const fc_dots *room
    cdef fc_geometry geometry
    cdef Py_ssize_t item, features, planes, channel_features
    cdef object activation
    cdef bint has_epilogue

    def __init__(self, str isa, str dtype, n, image_channels, feature_channels, axes, *, bias=None,
                 activation=None, add=False):
        cdef int real = simd.real_index(dtype)
        self.room = dots_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.features, self.planes = feature_channels, n * feature_channels
        self.channel_features = feature_channels // image_channels
        self.activation = activation
        self.has_epilogue = bias is not None or activation is not None or add
        set_axes(&self.geometry, axes)

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases: none.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return 0

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add)
            Operands, C-contiguous and of the dtype given to the constructor. Bias and add are
            None if the problem has none. Nothing is validated.
        prepared : None
            Unused.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef const char *image = cnp.PyArray_BYTES(<cnp.ndarray>arrays[0])
        cdef const char *weight = cnp.PyArray_BYTES(<cnp.ndarray>arrays[1])
        cdef char *to = cnp.PyArray_BYTES(out)
        cdef Py_ssize_t i
        cdef Watch *watch = current()
        cdef double work = <double>self.planes * self.geometry.pixels * self.geometry.taps
        if threads == 1 or work < SERIAL_WORK:
            with nogil:
                for i in range(self.planes):
                    self._plane(image, weight, to, i, watch)
        else:
            for i in prange(self.planes, nogil=True, num_threads=threads, schedule="static"):
                self._plane(image, weight, to, i, of_thread(watch, threadid()))
        if self.has_epilogue:
            finish(out.reshape(self.planes // self.features, self.features, -1), arrays[2],
                   arrays[3], self.activation, threads)

    cdef void _plane(self, const char *image, const char *weight, char *out, Py_ssize_t i,
                     Watch *watch) noexcept nogil:
        cdef const fc_geometry *g = &self.geometry
        if stopped(watch):
            return
        self.room.filter(g, image + i // self.channel_features * g.plane * self.item,
                         weight + i % self.features * g.taps * self.item,
                         out + i * g.pixels * self.item)
