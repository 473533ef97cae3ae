# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""pooling: describe the windows of a pooling along three axes.

Everything here is arithmetic on sizes. The tables of calls are made by pooling.pyx.
"""

from fastconv.loops.sizes cimport gcd

from fastconv.problem.arrays import DTYPES

cdef enum:
    GAPS = 1 << 20          # windows that span so many elements may not span 4 times the input

_MAXIMA = ("max_pool", "adaptive_max_pool", "min_pool")
_AVERAGES = ("avg_pool", "adaptive_avg_pool")
# Kinds of poolings, in the order of the C enum: maximum, average, the norms with p of infinity, 1
# and 2, minimum.
_NORMS = {float("inf"): 2, 1.0: 3, 2.0: 4}


cdef inline bint _whole(const PoolAxis *a) noexcept nogil:
    """Return whether there is one window, which covers the whole input and no padding."""
    return (a.output == 1 and a.taps == a.input and a.dilation == 1 and a.regular
            and a.before == 0 and a.after == 0)


cdef inline Py_ssize_t _taps_before(const PoolAxis *a, Py_ssize_t start,
                                    Py_ssize_t end) noexcept nogil:
    """Return how many taps of a window that begins at `start` lie before `end`."""
    if start >= end:
        return 0
    return min((end - start - 1) // a.dilation + 1, a.taps)


cdef Py_ssize_t first_read(const PoolAxis *axis, Py_ssize_t output) noexcept nogil:
    """Return the first element inside the input that an output reads."""
    cdef Py_ssize_t start = output * axis.stride - axis.before
    if not axis.regular:
        return output * axis.input // axis.output * axis.unit
    return (start + _taps_before(axis, start, 0) * axis.dilation) * axis.unit


cdef Py_ssize_t count_read(const PoolAxis *axis, Py_ssize_t output) noexcept nogil:
    """Return how many elements inside the input an output reads."""
    cdef Py_ssize_t start = output * axis.stride - axis.before, first
    if not axis.regular:
        first = output * axis.input // axis.output
        return (((output + 1) * axis.input + axis.output - 1) // axis.output - first) * axis.unit
    first = _taps_before(axis, start, 0)
    return max(0, _taps_before(axis, start, axis.input) - first) * axis.unit


cdef Py_ssize_t counted(const PoolAxis *axis, bint include_pad, Py_ssize_t output) noexcept nogil:
    """Return how many positions of an output count in an average's divisor.

    Parameters
    ----------
    axis : PoolAxis
    include_pad : bool
        Whether the padding counts. The overhang of ceil_mode never does.
    output : int
    """
    if not include_pad or not axis.regular:
        return count_read(axis, output)
    return axis.unit * _taps_before(axis, output * axis.stride - axis.before,
                                    axis.input + axis.after)


cdef void _set_one(PoolAxis *a) noexcept nogil:
    """Set an axis of a single element."""
    a.input = a.output = a.taps = a.stride = a.dilation = a.unit = 1
    a.before = a.after = 0
    a.regular = True


cdef void set_adaptive(PoolAxis *a, Py_ssize_t size, Py_ssize_t outputs) noexcept nogil:
    """Set the windows of an adaptive pooling, which are regular if they divide the input."""
    cdef Py_ssize_t rest = size % outputs
    _set_one(a)
    a.input, a.output, a.taps = size, outputs, size // outputs
    if rest == 0:
        a.stride = a.taps
        return
    # A window may begin and end inside of elements of which it takes parts, one or two of them.
    a.taps += 2 if rest > gcd(rest, outputs) else 1
    a.regular = False


cdef int set_window(PoolAxis *a, problem, Py_ssize_t axis) except -1:
    """Set the windows of one axis of a pooling that is not adaptive."""
    cdef Py_ssize_t stride = problem.stride[axis], dilation = problem.dilation[axis]
    _set_one(a)
    a.input, a.output, a.taps = problem.input[axis], problem.output[axis], problem.kernel[axis]
    # Strides and dilations that nothing depends on may be of any size.
    a.stride = stride if a.output > 1 else min(stride, a.input)
    a.dilation = dilation if a.taps > 1 else min(dilation, a.input)
    a.before, a.after = problem.padding[axis]
    return 0


# The last pooling and its windows: all algorithms are asked about it, one after the other.
cdef dict _last = {}


def windows_of(problem):
    """Return the `Windows` of a pooling of at most three axes."""
    cdef tuple last = _last.get(None, (None, None))
    if last[0] is problem:
        return last[1]
    found = Windows(problem)
    _last[None] = (problem, found)
    return found


cdef class Windows:
    """Three axes of windows. Axes of size 1 stand in front where there are fewer.

    Inner axes that are pooled whole are merged into the one before them, and the first of three
    axes into the planes if it is not pooled.

    Parameters
    ----------
    problem : PoolProblem
        A forward pooling with windows.
    """

    def __init__(self, problem):
        cdef Py_ssize_t dims = len(problem.input), i
        cdef PoolAxis axes[3]
        cdef PoolAxis *a
        op = problem.op
        self.maxima, self.averages = op in _MAXIMA, op in _AVERAGES
        self.minima = op == "min_pool"
        self.compute = problem.compute
        self.item = DTYPES[self.compute].itemsize
        norm = problem.norm
        self.normed = norm is not None
        self.kind = _NORMS.get(norm, 0) if self.normed else 5 if self.minima else not self.maxima
        self.divisor = problem.divisor or 0
        self.include_pad = problem.count_include_pad
        self.channels = problem.n * problem.c
        for i in range(dims):
            a = &axes[i]
            if problem.adaptive:
                set_adaptive(a, problem.input[i], problem.output[i])
            else:
                set_window(a, problem, i)
        # Merging makes windows step by whole units, which the kernels for minima cannot.
        while not self.minima and dims > 1 and _whole(&axes[dims - 1]):
            if axes[dims - 2].dilation != 1:
                break
            dims -= 1
            axes[dims - 1].unit = axes[dims].input * axes[dims].unit
        for i in range(3):
            if i < 3 - dims:
                _set_one(&self.axis[i])
            else:
                self.axis[i] = axes[i - 3 + dims]
        self.planes = self.channels
        if is_trivial(&self.axis[0]):
            self.planes *= self.axis[0].output
            _set_one(&self.axis[0])

    @property
    def gaping(self):
        """Whether windows span more than four times the input."""
        cdef double span
        cdef int i
        for i in range(3):
            span = <double>(self.axis[i].taps - 1) * self.axis[i].dilation + 1
            span *= self.axis[i].unit
            if span > GAPS and span > 4.0 * axis_size(&self.axis[i]):
                return True
        return False

    @property
    def regular(self):
        """Whether all windows have the same size."""
        return self.axis[0].regular and self.axis[1].regular and self.axis[2].regular

    @property
    def height(self):
        """Taps and dilation from row to row."""
        return self.axis[1].taps, self.axis[1].dilation
