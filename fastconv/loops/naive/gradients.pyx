# cython: freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Compute the gradient of the weight: each entry is one sum over the batch and the positions.

    weight[k, c, t, tile] = sum over n, o (o mod tiles = tile) of
                            image[n, c, indices[o*stride + t*dilation]] * feature[n, k, o]

The gradient of a bias is the gradient of a kernel of one tap over an image of ones. A bias per
channel has one tile; a bias per position has as many tiles as positions.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport uint64_t
from libc.string cimport memset

from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.naive.common cimport (
    C64, C128, F32, F64, TERMS, Code, Number, Sum, code, data, flush, multiply_add, result,
    value_t,
)

from math import prod

from . import geometry

cdef enum:
    AXES = 64  # NumPy allows no more axes

cdef enum Conjugate:
    NEITHER, IMAGE, FEATURE

cdef struct Side:  # one axis
    Py_ssize_t feature, taps, tiles, stride, dilation, image_step, feature_step
    const Py_ssize_t *indices

cdef struct Shape:
    Py_ssize_t n, c, k, groups, kernel, image_size, feature_size, tasks
    int dims
    Conjugate conjugate
    Side sides[AXES]

cdef struct Entry:  # one entry of the weight
    Sum sums
    Py_ssize_t tap[AXES]
    Py_ssize_t tile[AXES]
    Watch *watch


cdef void add_line(
    Entry *entry, const Shape *shape, const value_t *image, const value_t *feature
) noexcept nogil:
    cdef const Side *side = &shape.sides[shape.dims - 1]
    cdef Py_ssize_t o = entry.tile[shape.dims - 1], stop, index
    cdef const Py_ssize_t *indices = side.indices + entry.tap[shape.dims - 1] * side.dilation
    cdef value_t x, f
    cdef Number block  # kept in a register; a sum behind a pointer would not be
    while o < side.feature and not stopped(entry.watch):
        block = entry.sums.block
        stop = min(side.feature, o + (TERMS - entry.sums.terms) * side.tiles)
        entry.sums.terms += (stop - o + side.tiles - 1) // side.tiles
        while o < stop:
            index = indices[o * side.stride]
            if index >= 0:
                x, f = image[index], feature[o]
                if value_t is floatcomplex or value_t is doublecomplex:
                    if shape.conjugate == IMAGE:
                        x = x.conjugate()
                    elif shape.conjugate == FEATURE:
                        f = f.conjugate()
                multiply_add(&block, 0, x, f)
            o += side.tiles
        entry.sums.block = block
        if entry.sums.terms >= TERMS:
            flush(&entry.sums, image)


cdef void descend(
    Entry *entry, const Shape *shape, int axis, const value_t *image, const value_t *feature
) noexcept nogil:
    cdef const Side *side = &shape.sides[axis]
    cdef Py_ssize_t o = entry.tile[axis], index
    if axis == shape.dims - 1:
        add_line(entry, shape, image, feature)
        return
    while o < side.feature:
        index = side.indices[o * side.stride + entry.tap[axis] * side.dilation]
        if index >= 0:
            descend(entry, shape, axis + 1, image + index * side.image_step,
                    feature + o * side.feature_step)
        o += side.tiles


cdef void one_weight(
    const Shape *shape, const value_t *image, const value_t *feature, value_t *out,
    Py_ssize_t number, Watch *watch
) noexcept nogil:
    cdef Entry entry
    cdef Py_ssize_t rest = number % shape.kernel
    cdef Py_ssize_t c = number // shape.kernel % shape.c
    cdef Py_ssize_t k = number // (shape.kernel * shape.c)
    cdef Py_ssize_t n, channel = k // shape.k * shape.c + c
    cdef int axis
    if stopped(watch):
        return
    for axis in range(shape.dims - 1, -1, -1):
        entry.tile[axis] = rest % shape.sides[axis].tiles
        rest //= shape.sides[axis].tiles
    for axis in range(shape.dims - 1, -1, -1):
        entry.tap[axis] = rest % shape.sides[axis].taps
        rest //= shape.sides[axis].taps
    memset(&entry.sums, 0, sizeof(Sum))
    entry.watch = watch
    for n in range(shape.n):
        descend(&entry, shape, 0,
                image + (n * shape.groups * shape.c + channel) * shape.image_size,
                feature + (n * shape.groups * shape.k + k) * shape.feature_size)
    out[number] = result(&entry.sums, image)


cdef void all_weights(
    const Shape *shape, const value_t *image, const value_t *feature, value_t *out,
    int threads
) noexcept nogil:
    cdef Py_ssize_t number
    cdef Watch *watch = current()
    for number in prange(shape.tasks, num_threads=threads, schedule="static"):
        one_weight(shape, image, feature, out, number, of_thread(watch, threadid()))


cdef class WeightGradient:
    """Gradient of the weight of one stencil.

    Parameters
    ----------
    stencil : Stencil
        Geometry.
    compute : {"f32", "f64", "c64", "c128", "i64", "u64"}
        Type of all arrays.
    conjugate : {None, "image", "feature"}
        The side that is conjugated.
    """

    cdef Shape shape
    cdef Code code
    cdef list keep

    def __init__(self, stencil, compute, conjugate=None):
        cdef Shape *shape = &self.shape
        cdef int d
        axes = geometry.merge_axes(stencil.axes)
        image_steps = geometry.steps([a.image for a in axes])
        feature_steps = geometry.steps([a.feature for a in axes])
        self.code = code(compute)
        self.keep = [geometry.padded_indices(a) for a in axes]
        shape.dims = len(axes)
        for d in range(shape.dims):
            axis = axes[d]
            shape.sides[d].feature = axis.feature
            shape.sides[d].taps = axis.taps
            shape.sides[d].tiles = axis.tile
            shape.sides[d].stride = axis.stride
            shape.sides[d].dilation = axis.dilation
            shape.sides[d].image_step = image_steps[d]
            shape.sides[d].feature_step = feature_steps[d]
            shape.sides[d].indices = <const Py_ssize_t *> data(self.keep[d])
        shape.n = stencil.n
        shape.groups = stencil.groups
        shape.c = stencil.image_channels // stencil.groups
        shape.k = stencil.feature_channels // stencil.groups
        shape.kernel = prod(a.taps * a.tile for a in axes)
        shape.image_size = prod(a.image for a in axes)
        shape.feature_size = prod(a.feature for a in axes)
        shape.tasks = stencil.feature_channels * shape.c * shape.kernel
        shape.conjugate = {None: NEITHER, "image": IMAGE, "feature": FEATURE}[conjugate]

    def __call__(self, image, feature, out, int threads):
        """Write the gradient of the weight to `out`.

        Parameters
        ----------
        image, feature : ndarray
            Both sides of the convolution, C-contiguous and of one dtype.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef const Shape *shape = &self.shape
        cdef void *x = data(image)
        cdef void *f = data(feature)
        cdef void *o = data(out)
        with nogil:
            if self.code == F32:
                all_weights(shape, <float *> x, <float *> f, <float *> o, threads)
            elif self.code == F64:
                all_weights(shape, <double *> x, <double *> f, <double *> o, threads)
            elif self.code == C64:
                all_weights(
                    shape, <float complex *> x, <float complex *> f, <float complex *> o, threads)
            elif self.code == C128:
                all_weights(
                    shape, <double complex *> x, <double complex *> f, <double complex *> o,
                    threads)
            else:
                all_weights(shape, <uint64_t *> x, <uint64_t *> f, <uint64_t *> o, threads)
