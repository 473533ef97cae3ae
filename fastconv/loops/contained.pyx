# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""contained: find numbers that are not finite, and the outputs whose windows hold them.

    clean     each thread takes stretches of an image; the masks of a group's channels are one
    dilated   each thread takes a stretch of columns: all lines along one axis that pass through it
    mark      each thread takes output planes

A window of `taps` positions is dilated in steps that double it.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memcpy, memset
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.config import current_isa

cnp.import_array()

cdef enum:
    STRETCH = 8192              # numbers of a task of `clean`
    NEAR_BYTES = 128 * 1024     # bytes of the lines of a task of `dilated`
    LEAST_COLUMNS = 64          # fewest columns of a task of `dilated`


cdef struct Lines:
    const fc_contained *room
    const uint8_t *mask
    uint8_t *out
    uint8_t *buffer
    const int64_t *line
    Py_ssize_t lines, results, read, columns, width, stretches, padded
    Py_ssize_t taps, stride, dilation, inside, inside_stop
    bint backwards


cdef const fc_contained *room_of(cnp.ndarray array) except NULL:
    """Return the kernels for an array of real or complex numbers."""
    return contained_kernels(
        current_isa(), simd.real_index("f32" if array.dtype.char in "fF" else "f64"))


def clean(cnp.ndarray image, cnp.ndarray cleaned, cnp.ndarray mask, int threads):
    """Copy an image with 0 in place of numbers that are not finite.

    Parameters
    ----------
    image, cleaned : ndarray (entries, channels, pixels)
        Of float32, float64 or a complex dtype, C-contiguous. An entry is one group of channels.
    mask : ndarray (entries, pixels) of uint8
        Is set to 1 where a channel is not finite, otherwise to 0.
    threads : int
        Number of threads.

    Returns
    -------
    nan, infinite : bool
        Whether the image holds a NaN, and a number with an infinity and without a NaN.
    """
    cdef const fc_contained *room = room_of(image)
    cdef int parts = 2 if image.descr.kind == c"c" else 1, found = 0
    cdef Py_ssize_t entries = image.shape[0], channels = image.shape[1], pixels = image.shape[2]
    cdef Py_ssize_t item = image.itemsize, parts_of_row = (pixels + STRETCH - 1) // STRETCH, i
    cdef cnp.ndarray kinds = np.zeros(entries * parts_of_row, np.uint8)
    cdef const char *x = cnp.PyArray_BYTES(image)
    cdef char *y = cnp.PyArray_BYTES(cleaned)
    cdef uint8_t *m = <uint8_t *>cnp.PyArray_DATA(mask)
    cdef uint8_t *kind = <uint8_t *>cnp.PyArray_DATA(kinds)
    cdef Watch *watch = current()
    for i in prange(entries * parts_of_row, nogil=True, num_threads=threads, schedule="static"):
        if not stopped(of_thread(watch, threadid())):
            kind[i] = <uint8_t>clean_stretch(
                room, x, y, m, i // parts_of_row, i % parts_of_row * STRETCH, channels, pixels,
                item, parts)
    for i in range(entries * parts_of_row):
        found |= kind[i]
    return (found & FC_NAN) != 0, (found & FC_INFINITE) != 0


cdef int clean_stretch(
    const fc_contained *room, const char *x, char *y, uint8_t *mask, Py_ssize_t entry,
    Py_ssize_t first, Py_ssize_t channels, Py_ssize_t pixels, Py_ssize_t item, int parts
) noexcept nogil:
    cdef Py_ssize_t count = min(<Py_ssize_t>STRETCH, pixels - first), channel, at
    cdef int found = 0
    mask += entry * pixels + first
    memset(mask, 0, count)
    for channel in range(channels):
        at = ((entry * channels + channel) * pixels + first) * item
        found |= room.clean(x + at, y + at, mask, count, parts)
    return found


def dilated(cnp.ndarray mask, int axis, numbers, cnp.ndarray line, bint backwards, int threads):
    """Return which positions along an axis a mask reaches.

    Parameters
    ----------
    mask : ndarray of uint8
        C-contiguous: of the image or, if `backwards`, of the feature.
    axis : int
        Axis of the mask.
    numbers : tuple of int
        image, feature, taps, stride, dilation and before of the axis.
    line : ndarray of int64
        Image position of every padded one; negative for none.
    backwards : bool
        Whether the positions of the image are wanted that values of the feature reach.
    threads : int
        Number of threads.

    Returns
    -------
    ndarray of uint8
    """
    cdef Lines lines
    cdef list shape = [mask.shape[i] for i in range(mask.ndim)]
    cdef Py_ssize_t outer, i
    cdef Watch *watch = current()
    image, feature, lines.taps, lines.stride, lines.dilation, before = numbers
    lines.lines, lines.results = (feature, image) if backwards else (image, feature)
    shape[axis] = lines.results
    cdef cnp.ndarray out = np.zeros(shape, np.uint8)
    outer = lines.columns = 1
    for i in range(mask.ndim):
        if i < axis:
            outer *= mask.shape[i]
        elif i > axis:
            lines.columns *= mask.shape[i]
    lines.room = contained_kernels(current_isa(), simd.real_index("f32"))
    lines.mask, lines.out = <uint8_t *>cnp.PyArray_DATA(mask), <uint8_t *>cnp.PyArray_DATA(out)
    lines.line, lines.read = <const int64_t *>cnp.PyArray_DATA(line), line.size
    lines.inside, lines.inside_stop = max(before, 0), min(before + image, line.size)
    lines.backwards = backwards
    lines.padded = lines.read + ((lines.taps - 1) * lines.dilation if backwards else 0)
    lines.width = max(<Py_ssize_t>LEAST_COLUMNS, NEAR_BYTES // lines.padded)
    lines.width = min(lines.width, lines.columns)
    lines.stretches = (lines.columns + lines.width - 1) // lines.width
    threads = min(threads, <int>min(outer * lines.stretches, 1024))
    lines.buffer = <uint8_t *>scratch.lease(threads * lines.padded * lines.width)
    if threads <= 1:
        with nogil:
            for i in range(outer * lines.stretches):
                if not stopped(watch):
                    dilate(&lines, i, 0)
    else:
        for i in prange(outer * lines.stretches, nogil=True, num_threads=threads,
                        schedule="static"):
            if not stopped(of_thread(watch, threadid())):
                dilate(&lines, i, threadid())
    scratch.release(lines.buffer)
    return out


cdef void dilate(const Lines *s, Py_ssize_t task, int thread) noexcept nogil:
    cdef Py_ssize_t outer = task // s.stretches, first = task % s.stretches * s.width
    cdef Py_ssize_t width = min(s.width, s.columns - first), q, at, span = 1, rest
    cdef Py_ssize_t reach = (s.taps - 1) * s.dilation
    cdef uint8_t *buffer = s.buffer + thread * s.padded * s.width
    cdef const uint8_t *mask = s.mask + outer * s.lines * s.columns + first
    cdef uint8_t *out = s.out + outer * s.results * s.columns + first
    memset(buffer, 0, s.padded * width)
    if s.backwards:
        for q in range(s.lines):
            copy_row(buffer + (reach + q * s.stride) * width, mask + q * s.columns, width)
    elif width == s.columns and s.inside < s.inside_stop:
        gather(s, buffer, mask, 0, s.inside, width)
        memcpy(buffer + s.inside * width, mask + s.line[s.inside] * width,
               (s.inside_stop - s.inside) * width)
        gather(s, buffer, mask, s.inside_stop, s.read, width)
    else:
        gather(s, buffer, mask, 0, s.read, width)
    # buffer[q] becomes the union of `span` positions from q on, and then of all taps
    while 2 * span <= s.taps:
        at = s.padded - (2 * span - 1) * s.dilation
        s.room.join(buffer, span * s.dilation * width, at * width)
        span *= 2
    rest = s.taps - span
    if rest > 0:
        s.room.join(buffer, rest * s.dilation * width, (s.padded - reach) * width)
    if s.backwards:
        for q in range(s.read):
            if s.line[q] >= 0:
                add_row(out + s.line[q] * s.columns, buffer + q * width, width)
    elif width == s.columns and s.stride == 1:
        memcpy(out, buffer, s.results * width)
    else:
        for q in range(s.results):
            copy_row(out + q * s.columns, buffer + q * s.stride * width, width)


cdef void gather(const Lines *s, uint8_t *buffer, const uint8_t *mask, Py_ssize_t first,
                 Py_ssize_t stop, Py_ssize_t width) noexcept nogil:
    """Copy the image's rows at padded positions that lie in the image."""
    cdef Py_ssize_t q
    for q in range(first, stop):
        if s.line[q] >= 0:
            copy_row(buffer + q * width, mask + s.line[q] * s.columns, width)


cdef inline void copy_row(uint8_t *to, const uint8_t *row, Py_ssize_t count) noexcept nogil:
    if count == 1:
        to[0] = row[0]
    else:
        memcpy(to, row, count)


cdef inline void add_row(uint8_t *to, const uint8_t *row, Py_ssize_t count) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(count):
        to[i] |= row[i]


def mark(cnp.ndarray out, cnp.ndarray mask, int threads):
    """Set numbers to NaN.

    Parameters
    ----------
    out : ndarray (entries, channels, pixels)
        Of float32, float64 or a complex dtype, C-contiguous.
    mask : ndarray (entries, pixels) of uint8
        Where to, in all channels of an entry.
    threads : int
        Number of threads.
    """
    cdef const fc_contained *room = room_of(out)
    cdef int parts = 2 if out.descr.kind == c"c" else 1
    cdef Py_ssize_t entries = out.shape[0], channels = out.shape[1], pixels = out.shape[2], i
    cdef Py_ssize_t row = pixels * out.itemsize
    cdef char *y = cnp.PyArray_BYTES(out)
    cdef const uint8_t *m = <const uint8_t *>cnp.PyArray_DATA(mask)
    cdef Watch *watch = current()
    for i in prange(entries * channels, nogil=True, num_threads=threads, schedule="static"):
        if not stopped(of_thread(watch, threadid())):
            room.mark(y + i * row, m + i // channels * pixels, pixels, parts)
