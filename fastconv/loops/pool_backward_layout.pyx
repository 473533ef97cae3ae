# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""pool_backward: find the windows that hold a position, and cut the gradient of a pooling.

Everything here is arithmetic on sizes. The tables of calls are made by pool_backward.pyx.
"""

from fastconv.loops.pooling_windows cimport PoolAxis, counted, set_adaptive, set_window
from fastconv.loops.sizes cimport ALIGNMENT, aligned, gcd
from fastconv.problem.arrays import DTYPES

cdef enum:
    SPARE = 16              # values behind a row of scratch, which vectors may read

# Outputs that residues of one phase may compute for each output that they need.
cdef double EXCESS = 1.04


cdef Py_ssize_t _floor(Py_ssize_t a, Py_ssize_t b) noexcept nogil:
    """Return a // b, rounded down; b is positive."""
    return a // b if a >= 0 else -((b - 1 - a) // b)


cdef Py_ssize_t _inverse(Py_ssize_t value, Py_ssize_t modulus) noexcept nogil:
    """Return the inverse of a value that has no common divisor with the modulus."""
    cdef Py_ssize_t a = modulus, b = value, x = 0, y = 1, quotient
    while b:
        quotient = a // b
        a, b = b, a - quotient * b
        x, y = y, x - quotient * y
    return x if x >= 0 else x + modulus


cdef void _set_holders(Holders *h) noexcept nogil:
    """Set what depends on stride and dilation of the axis."""
    if not h.axis.regular:
        h.step = h.common = h.inverse = 1
        return
    h.common = gcd(h.axis.stride, h.axis.dilation)
    h.step = h.axis.dilation // h.common
    h.inverse = _inverse(h.axis.stride // h.common % h.step, h.step)


cdef Py_ssize_t _last_holder(const Holders *h, Py_ssize_t position) noexcept nogil:
    """Return the last window that begins at a position or before it."""
    cdef const PoolAxis *a = &h.axis
    if not a.regular:
        return ((position + 1) * a.output + a.input - 1) // a.input - 1
    return min((position + a.before) // a.stride, a.output - 1)


cdef Py_ssize_t first_holder(const Holders *h, Py_ssize_t position) noexcept nogil:
    """Return the first window that holds a position, if `count_holders` says that there is one."""
    cdef const PoolAxis *a = &h.axis
    cdef Py_ssize_t at = position + a.before, first, wanted
    if not a.regular:
        return position * a.output // a.input
    first = max(0, -_floor((a.taps - 1) * a.dilation - at, a.stride))
    if h.step == 1:
        return first
    # The windows in question begin a multiple of the dilation before the position.
    wanted = at // h.common % h.step * h.inverse % h.step
    return first + (wanted - first % h.step + h.step) % h.step


cdef Py_ssize_t count_holders(const Holders *h, Py_ssize_t position) noexcept nogil:
    """Return how many windows hold a position."""
    cdef Py_ssize_t first = first_holder(h, position), last = _last_holder(h, position)
    if h.axis.regular and (position + h.axis.before) % h.common:
        return 0
    return (last - first) // h.step + 1 if last >= first else 0


cdef class BackwardCut:
    """How the gradient of an average, or of a norm with p = 1 or 2, is computed.

    Parameters
    ----------
    problem : PoolProblem
    isa : str
        Instruction set.
    row : Axis or None
        The last axis, if its windows have one size, without gaps between windows.
    phases : list of (residues, taps, apart, start, size, first), or None
        Phases of the row, if its windows are dilated. Output q of a phase is the sum of
        ``grad[q + j*apart + start]`` over the taps j. It belongs to the positions
        ``stride * (first + q) + residue - before`` of the row. `residues` is a list of ranges.

    Attributes
    ----------
    thread_bytes : int
        Scratch that a thread needs.
    """

    def __init__(self, problem, str isa, row, phases=None):
        cdef Py_ssize_t dims = len(problem.input), i, width, size
        cdef PoolAxis *a
        self.isa, self.compute = isa, problem.compute
        self.item = DTYPES[self.compute].itemsize
        self.planes = problem.n * problem.c
        self.has_power = problem.norm is not None
        self.power = <int>problem.norm - 1 if self.has_power else 0
        self.divisor = 1 if self.has_power else problem.divisor or 0
        self.divided, self.include_pad = 3 - dims, problem.count_include_pad
        for i in range(3):
            a = &self.holders[i].axis
            if i < 3 - dims:
                set_adaptive(a, 1, 1)
            elif problem.adaptive:
                set_adaptive(a, problem.input[i - 3 + dims], problem.output[i - 3 + dims])
            else:
                set_window(a, problem, i - 3 + dims)
                # A longer dilation than this has the same taps inside, all but one of them outside.
                a.dilation = min(a.dilation, a.before + a.input + a.after + 1)
            _set_holders(&self.holders[i])
        width = self.holders[2].axis.output
        self.stride, self.before, self.margin, self.phase_pitch = 1, 0, 0, 0
        self.phases = None
        if row is not None:
            self.stride, self.before = row.stride, row.before
            self.phases = _phases(row) if phases is None else phases
            for _, taps, apart, start, size, _ in self.phases:
                self.margin = max(self.margin, -start, size + (taps - 1) * apart + start - width)
                self.phase_pitch = max(self.phase_pitch, size)
        # A thread needs a row of grad with zeros on both sides, rows of the phases, and pointers.
        self.row_bytes = aligned((width + 2 * self.margin + SPARE) * self.item)
        self.phase_bytes = aligned((self.phase_pitch + SPARE) * self.item)
        self.thread_bytes = self.row_bytes + aligned(self.stride * sizeof(void *)) + 2 * ALIGNMENT
        if row is not None:
            self.thread_bytes += len(self.phases) * self.phase_bytes

    cdef double scale(self, int axis, Py_ssize_t output) noexcept nogil:
        """Return a window's factor along an axis, the reciprocal of its part of the divisor."""
        if self.divisor:
            return 1 / self.divisor if axis == self.divided else 1.0
        return 1.0 / max(1, counted(&self.holders[axis].axis, self.include_pad, output))

    def workspace(self, Py_ssize_t threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes


cdef struct Residues:       # neighbouring residues with as many taps and the same outputs
    Py_ssize_t first, stop, taps, low, high


cdef list _phases(row):
    """Return the phases of a row whose windows are not dilated, as `BackwardCut` takes them.

    Residue r meets the taps r, r + stride, ..., and its outputs begin and end one earlier from
    some residue on. So there are few different ones.
    """
    cdef Py_ssize_t stride = row.stride, taps = row.taps, begin = row.before
    cdef Py_ssize_t end = begin + row.image, r = 0, used = min(taps, stride), at
    cdef Residues found[4]
    cdef int count = 0, i, j
    cdef list phases = []
    while r < used:
        found[count].first, found[count].stop = r, used
        for i in range(3):
            at = taps if i == 0 else begin if i == 1 else end
            at -= _floor(at, stride) * stride
            if r < at < found[count].stop:
                found[count].stop = at
        found[count].taps = (taps - r + stride - 1) // stride
        found[count].low = -_floor(r - begin, stride)
        found[count].high = -_floor(r - end, stride)
        r = found[count].stop
        if found[count].low < found[count].high:
            count += 1
    i = 0
    while i < count:
        j = i
        while j < count and found[j].taps == found[i].taps:
            j += 1
        _add_phases(phases, found + i, j - i)
        i = j
    return phases


cdef _add_phases(list phases, const Residues *some, int count):
    """Add phases of residues with as many taps: one, unless it would compute much in vain."""
    cdef Py_ssize_t low = some[0].low, high = some[0].high, needed = 0, members = 0
    cdef int i
    for i in range(count):
        low, high = min(low, some[i].low), max(high, some[i].high)
        needed += (some[i].stop - some[i].first) * (some[i].high - some[i].low)
        members += some[i].stop - some[i].first
    if (high - low) * members <= EXCESS * needed:
        ranges = [range(some[i].first, some[i].stop) for i in range(count)]
        phases.append((ranges, some[0].taps, 1, low - some[0].taps + 1, high - low, low))
        return
    for i in range(count):
        ranges = [range(some[i].first, some[i].stop)]
        low = some[i].low
        phases.append((ranges, some[i].taps, 1, low - some[i].taps + 1, some[i].high - low, low))
