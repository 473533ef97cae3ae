# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""lanes: count what outputs read along one axis: positions, taps inside the image, equal taps."""

from fastconv.loops.simd cimport fc_axis
from fastconv.loops.sizes cimport ceil_div, gcd


cdef Py_ssize_t positions(const fc_axis *axis, Py_ssize_t size) noexcept nogil:
    """Return how many positions of the patch `size` outputs have along an axis."""
    cdef Py_ssize_t apart = axis.stride if axis.taps == 1 else gcd(axis.stride, axis.dilation)
    return ((size - 1) * axis.stride + (axis.taps - 1) * axis.dilation) // apart + 1


cdef double share_inside(const fc_axis *a, Py_ssize_t reach) noexcept nogil:
    """Return the share of the taps of all outputs that lie within a reach of the image."""
    cdef Py_ssize_t tap, low, high, count = 0
    for tap in range(a.taps):  # outputs whose padded coordinate lies in the image
        low = a.before - tap * a.dilation - reach
        high = a.before + a.image - 1 - tap * a.dilation + reach
        low = ceil_div(low, a.stride) if low > 0 else 0
        high = min(high // a.stride, a.feature - 1) if high >= 0 else -1
        count += max(<Py_ssize_t>0, high - low + 1)
    return <double>count / (a.taps * a.feature)


cdef Py_ssize_t alike(const fc_axis *a, Py_ssize_t size, Alike *parts) noexcept nogil:
    """Find the parts of an axis whose outputs have the same taps inside the image.

    Blocks have `size` outputs. Return the number of parts, or -1 if they are more than ALIKE.
    """
    # outputs first..last read no borders
    cdef Py_ssize_t first = min(ceil_div(a.before, a.stride), a.feature) if a.before > 0 else 0
    cdef Py_ssize_t last = a.before + a.image - (a.taps - 1) * a.dilation, o = 0, low, high
    cdef Py_ssize_t count = 0, before = -1, after = -1
    last = max(first, min(ceil_div(last, a.stride) if last > 0 else 0, a.feature))
    while o < a.feature:
        if count == ALIKE:
            return -1
        if o == first and last > first:
            parts[count].times = ceil_div(last - first, size)
            parts[count].outputs = ceil_div(last - first, parts[count].times)
            parts[count].taps = a.taps
            count, o, before = count + 1, last, -1
            continue
        low = a.before - o * a.stride
        high = low + a.image - 1
        low = ceil_div(low, a.dilation) if low > 0 else 0
        high = min(high // a.dilation + 1, a.taps) if high >= 0 else 0
        low = min(low, high)
        if low == before and high == after and o % size:
            parts[count - 1].outputs += 1
        else:
            parts[count].times, parts[count].outputs, parts[count].taps = 1, 1, high - low
            count += 1
        before, after = low, high
        o += 1
    return count
