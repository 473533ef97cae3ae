# cython: freethreading_compatible=True, cdivision=True
"""The pass activation(x * scale + shift + add) over arrays with channels last."""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.epilogue cimport FC_CLIP, FC_SLOPE, activation_code
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.simd cimport FC_F32
from fastconv.config import current_isa

cnp.import_array()

# Values per unit of work of a thread.
cdef enum:
    CHUNK = 16384


def affine_last(cnp.ndarray out, cnp.ndarray x, scale=None, shift=None, cnp.ndarray add=None,
                activation=None, double low=0, double high=0, int threads=1):
    """Write activation(x * scale + shift + add) to `out`, which may be `x` or `add`.

    Parameters
    ----------
    out, x : ndarray (N, C, ...), float32 or float64, with channels last
        The result and its first term. Pixels may be further apart than there are channels.
    scale, shift : ndarray or None
        C-contiguous, with a number for each channel, or for each channel of each image.
    add : ndarray or None
        Residual to add, of the shape of `out` and with channels last.
    activation, low, high
        As `fastconv.loops.epilogue.affine` takes them.
    threads : int
        Number of threads.

    Notes
    -----
    All arrays must have one dtype and lie as described. Only the dtype of `out` is checked.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv.loops import pixels
    >>> x = np.moveaxis(np.array([[[-1.0, 3.0], [2.0, 4.0]]]), -1, 1)
    >>> pixels.affine_last(x, x, scale=np.array([2.0, 3.0]), activation="relu")
    >>> x
    array([[[ 0.,  4.],
            [ 9., 12.]]])
    """
    cdef int real = simd.real_index({"f": "f32", "d": "f64"}.get(out.dtype.char, out.dtype.char))
    cdef const fc_pixels_kernels *room = pixels_kernels(current_isa(), real)
    cdef Py_ssize_t item = 4 if real == FC_F32 else 8
    cdef fc_pixels whole
    cdef Py_ssize_t images = out.shape[0], pixels, parts, length, i, last = out.ndim - 1
    cdef Py_ssize_t scale_step = 0, shift_step = 0
    cdef Watch *watch = current()
    if out.size == 0:
        return
    whole.channels = out.shape[1]
    pixels = out.size // (images * whole.channels)
    whole.out, whole.out_step = cnp.PyArray_DATA(out), out.strides[last] // item
    whole.x, whole.x_step = cnp.PyArray_DATA(x), x.strides[last] // item
    whole.scale = whole.shift = whole.add = NULL
    whole.add_step = 0
    if add is not None:
        whole.add, whole.add_step = cnp.PyArray_DATA(add), add.strides[last] // item
    if scale is not None:
        whole.scale = cnp.PyArray_DATA(<cnp.ndarray>scale)
        scale_step = whole.channels if scale.size > whole.channels else 0
    if shift is not None:
        whole.shift = cnp.PyArray_DATA(<cnp.ndarray>shift)
        shift_step = whole.channels if shift.size > whole.channels else 0
    whole.activation = FC_CLIP if activation == "clip" else (
        FC_SLOPE if activation == "slope" else activation_code(activation))
    whole.low, whole.high = low, high
    length = max(<Py_ssize_t>1, CHUNK // whole.channels)
    parts = (pixels + length - 1) // length
    if threads == 1 or images * parts == 1:
        with nogil:
            for i in range(images * parts):
                _part(room, &whole, i, parts, length, pixels, item, scale_step, shift_step,
                      watch)
    else:
        for i in prange(images * parts, nogil=True, num_threads=threads, schedule="static"):
            _part(room, &whole, i, parts, length, pixels, item, scale_step, shift_step,
                  of_thread(watch, threadid()))


cdef void _part(const fc_pixels_kernels *room, const fc_pixels *whole, Py_ssize_t i,
                Py_ssize_t parts, Py_ssize_t length, Py_ssize_t pixels, Py_ssize_t item,
                Py_ssize_t scale_step, Py_ssize_t shift_step, Watch *watch) noexcept nogil:
    cdef fc_pixels task = whole[0]
    cdef Py_ssize_t image = i // parts, first = i % parts * length
    cdef Py_ssize_t at = image * pixels + first
    if stopped(watch):
        return
    task.pixels = min(length, pixels - first)
    task.out = <char *>task.out + at * task.out_step * item
    task.x = <const char *>task.x + at * task.x_step * item
    if task.add is not NULL:
        task.add = <const char *>task.add + at * task.add_step * item
    if task.scale is not NULL:
        task.scale = <const char *>task.scale + image * scale_step * item
    if task.shift is not NULL:
        task.shift = <const char *>task.shift + image * shift_step * item
    room.affine(&task)
