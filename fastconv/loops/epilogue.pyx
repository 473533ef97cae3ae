# cython: freethreading_compatible=True
"""Apply bias, residual and activation to a finished array, and search arrays for NaN and Inf."""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.simd cimport FC_F32
from fastconv.config import current_isa

cnp.import_array()

cdef dict CODES = {
    None: 0, "relu": 1, "relu6": 2, "silu": 3, "sigmoid": 4, "tanh": 5, "hardswish": 6,
    "hardsigmoid": 7, "leaky_relu": 8,
}

# Values per unit of work of a thread: enough to pay for scheduling, and few enough for L2.
cdef enum:
    CHUNK = 16384


cdef int activation_code(object name) except -1:
    try:
        return CODES[name]
    except KeyError:
        raise ValueError(f"activation is {name!r}; allowed: {', '.join(map(str, CODES))}") from None


cdef object short_name(cnp.ndarray array):
    kind = array.dtype.char
    if kind in "fF":
        return "f32"
    if kind in "dD":
        return "f64"
    raise TypeError(f"dtype {array.dtype} has no epilogue; allowed: float32, float64, complex")


def finish(cnp.ndarray out, bias=None, add=None, activation=None, int threads=1):
    """Replace `out` with activation(out + bias + add), in place.

    Parameters
    ----------
    out : ndarray (n, k, *spatial), float32 or float64, C-contiguous
        Array to change.
    bias : ndarray (k,) or (k, *spatial) or None
        Values to add per channel, or per channel and position.
    add : ndarray of out's shape or None
        Residual to add.
    activation : str or None
        relu, relu6, silu, sigmoid, tanh, hardswish, hardsigmoid or leaky_relu.
    threads : int
        Number of threads.

    Notes
    -----
    All arrays must be C-contiguous and of one dtype. Only the dtype of `out` is checked.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv.loops import epilogue
    >>> y = np.array([[[-1.0, 2.0]]])
    >>> epilogue.finish(y, bias=np.array([0.5]), activation="relu")
    >>> y
    array([[[0. , 2.5]]])
    """
    cdef int real = simd.real_index(short_name(out))
    cdef const fc_epilogue *room = epilogue_kernels(current_isa(), real)
    cdef int code = activation_code(activation)
    cdef Py_ssize_t item = 4 if real == FC_F32 else 8
    cdef Py_ssize_t channels = out.shape[1], rows = out.shape[0] * out.shape[1], count, parts, i
    cdef char *y = <char *>cnp.PyArray_DATA(out)
    cdef const char *channel = NULL
    cdef const char *position = NULL
    cdef const char *plus = NULL
    if out.size == 0 or (bias is None and add is None and code == FC_LINEAR):
        return
    if bias is not None:
        if bias.ndim == 1:
            channel = <const char *>cnp.PyArray_DATA(bias)
        else:
            position = <const char *>cnp.PyArray_DATA(bias)
    if add is not None:
        plus = <const char *>cnp.PyArray_DATA(add)
    count = out.size // rows
    parts = (count + CHUNK - 1) // CHUNK
    cdef Watch *watch = current()
    if threads == 1 or out.size <= CHUNK:
        with nogil:
            for i in range(rows * parts):
                if stopped(watch):
                    break
                _finish_part(room, y, i, parts, channels, count, item, channel, position, plus,
                             code)
    else:
        for i in prange(rows * parts, nogil=True, num_threads=threads, schedule="static"):
            if not stopped(of_thread(watch, threadid())):
                _finish_part(room, y, i, parts, channels, count, item, channel, position, plus,
                             code)


cdef void _finish_part(const fc_epilogue *room, char *out, Py_ssize_t i, Py_ssize_t parts,
                       Py_ssize_t channels, Py_ssize_t count, Py_ssize_t item,
                       const char *channel, const char *position, const char *add,
                       int code) noexcept nogil:
    cdef Py_ssize_t row = i // parts, first = i % parts * CHUNK
    cdef Py_ssize_t length = min(<Py_ssize_t>CHUNK, count - first)
    cdef Py_ssize_t at = (row * count + first) * item
    if channel is not NULL:
        channel += row % channels * item
    if position is not NULL:
        position += (row % channels * count + first) * item
    if add is not NULL:
        add += at
    room.finish(out + at, 1, length, count, channel, position, add, code)


def affine(cnp.ndarray out, cnp.ndarray x, Py_ssize_t count, scale=None, shift=None, add=None,
           activation=None, double low=0, double high=0, int threads=1):
    """Write activation(x * scale + shift + add) to `out`, which may be `x` or `add`.

    Parameters
    ----------
    out, x : ndarray, float32 or float64, C-contiguous, of one size
        The result and its first term.
    count : int
        Number of values of a row. All values of a row share a scale and a shift.
    scale, shift : ndarray or None
        One value per row, of one length. They repeat if there are more rows: C values are those of
        the channels of every image of a batch.
    add : ndarray of out's shape or None
        Residual to add.
    activation : str or None
        A name that `finish` takes; or "clip", to limit values to `low` and `high`; or "slope", to
        multiply negative values by `low`.
    low, high : float
        Numbers of "clip" and "slope".
    threads : int
        Number of threads.

    Notes
    -----
    All arrays must be C-contiguous and of one dtype. Only the dtype of `out` is checked.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv.loops import epilogue
    >>> x = np.array([[[-1.0, 2.0], [3.0, 4.0]]])
    >>> epilogue.affine(x, x, 2, scale=np.array([2.0, 3.0]), activation="relu")
    >>> x
    array([[[ 0.,  4.],
            [ 9., 12.]]])
    """
    cdef int real = simd.real_index(short_name(out))
    cdef const fc_epilogue *room = epilogue_kernels(current_isa(), real)
    cdef int code = FC_CLIP if activation == "clip" else (
        FC_SLOPE if activation == "slope" else activation_code(activation))
    cdef Py_ssize_t item = 4 if real == FC_F32 else 8
    cdef Py_ssize_t rows, period = 0, parts, i
    cdef char *y = <char *>cnp.PyArray_DATA(out)
    cdef const char *source = <const char *>cnp.PyArray_DATA(x)
    cdef const char *factor = NULL
    cdef const char *term = NULL
    cdef const char *plus = NULL
    if out.size == 0:
        return
    if scale is not None:
        factor = <const char *>cnp.PyArray_DATA(scale)
        period = scale.size
    if shift is not None:
        term = <const char *>cnp.PyArray_DATA(shift)
        period = shift.size
    if add is not None:
        plus = <const char *>cnp.PyArray_DATA(add)
    rows = out.size // count
    parts = (count + CHUNK - 1) // CHUNK
    if threads == 1 or out.size <= CHUNK:
        with nogil:
            for i in range(rows * parts):
                _affine_part(room, y, source, i, parts, period, count, item, factor, term, plus,
                             code, low, high)
    else:
        for i in prange(rows * parts, nogil=True, num_threads=threads, schedule="static"):
            _affine_part(room, y, source, i, parts, period, count, item, factor, term, plus, code,
                         low, high)


cdef void _affine_part(const fc_epilogue *room, char *out, const char *x, Py_ssize_t i,
                       Py_ssize_t parts, Py_ssize_t period, Py_ssize_t count, Py_ssize_t item,
                       const char *scale, const char *shift, const char *add, int code,
                       double low, double high) noexcept nogil:
    cdef Py_ssize_t row = i // parts, first = i % parts * CHUNK
    cdef Py_ssize_t length = min(<Py_ssize_t>CHUNK, count - first)
    cdef Py_ssize_t at = (row * count + first) * item
    if scale is not NULL:
        scale += row % period * item
    if shift is not NULL:
        shift += row % period * item
    if add is not NULL:
        add += at
    room.affine(out + at, x + at, 1, length, count, scale, shift, add, code, low, high)


def any_nonfinite(cnp.ndarray array, int threads=1):
    """Return whether an array holds a NaN or an infinity.

    Parameters
    ----------
    array : ndarray
        C-contiguous array of float32, float64 or a complex dtype.
    threads : int
        Number of threads.

    Examples
    --------
    >>> import numpy as np
    >>> from fastconv.loops import epilogue
    >>> epilogue.any_nonfinite(np.array([1.0, np.inf])), epilogue.any_nonfinite(np.zeros(9))
    (True, False)
    """
    cdef int real = simd.real_index(short_name(array))
    cdef const fc_epilogue *room = epilogue_kernels(current_isa(), real)
    cdef Py_ssize_t item = 4 if real == FC_F32 else 8
    cdef Py_ssize_t count = array.nbytes // item, parts, i
    cdef const char *x = <const char *>cnp.PyArray_DATA(array)
    cdef int found = 0
    if threads == 1 or count <= 4 * CHUNK:
        with nogil:
            found = room.nonfinite(x, count)
    else:
        parts = (count + CHUNK - 1) // CHUNK
        for i in prange(parts, nogil=True, num_threads=threads, schedule="static"):
            found += room.nonfinite(x + i * CHUNK * item, min(<Py_ssize_t>CHUNK, count - i * CHUNK))
    return found != 0
