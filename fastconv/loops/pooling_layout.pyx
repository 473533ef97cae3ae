# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""pooling: choose how the windows of a pooling are joined, and count the work of it.

Everything here is arithmetic on sizes. The tables of calls are made by pooling.pyx.

A row of outputs is joined from rows of the input, and then along the row. A ladder joins windows
from parts that were joined before: a value of level 0 is one of the input, and one of level l joins
`radix` neighbours of level l - 1. In the end a window is joined from its taps, each a level and an
offset. The ladder without levels joins every tap.
"""

from libc.math cimport ceil

from fastconv.loops.pooling cimport (
    FC_ALL_ROWS, FC_AT_ONCE, FC_LADDER, FC_LADDER_LEVELS, FC_SEPARATE, FC_SHARED, FC_SLIDE,
    FC_VAN_HERK, STACK, fc_ladder, fc_pool, pooling_kernels,
)
from fastconv.loops.pooling_windows cimport (
    PoolAxis, Windows, axis_size, axis_span, axis_step, axis_window, is_trivial,
)
from fastconv.loops.simd cimport value_index
from fastconv.loops.pooling_windows import windows_of

cdef enum:
    VECTOR = 32             # bytes of a vector in estimates
    WIDEST = 64             # most elements of a vector, for any ISA and dtype
    ROW_BYTES = 8192        # bytes of a strip of a row, so that L1 holds it and its rows
    RING_BYTES = 2048       # bytes of a strip where several joined rows are kept
    ACROSS_ROW = 160        # most bytes of a row whose planes are pooled as lanes of vectors
    ACROSS_PLANE = 4096     # most bytes of such a plane: as many planes as lanes must stay in L1
    SHARED_TAPS = 64        # most rows of windows that are joined together with the windows below
    LEAST_TAPS = 6          # fewest taps of a sum that is worth a ladder
    MOST_PICKED = 4         # largest stride at which vectors pick values (src/pick.h)

# Time to join all rows of a window, over that to join as many rows of a ladder.
cdef double ALL_ROWS = 1.4

# Dtypes for which src/pooling has no windows at once and no shared rows: they are pooled seldom.
_PLAIN = ("i32", "i64", "u32", "u64")


cdef Ladder _plain(const PoolAxis *axis) noexcept nogil:
    """Return the ladder without levels, which joins every tap."""
    cdef Ladder ladder
    ladder.radix, ladder.levels, ladder.repeats = 1, 0, False
    ladder.taps = ladder.window = axis_window(axis)
    ladder.dilation = axis.dilation
    return ladder


cdef Ladder _ladder(const PoolAxis *axis, bint repeats) noexcept nogil:
    """Return the ladder of a window with the fewest joins.

    Parameters
    ----------
    axis : PoolAxis
    repeats : bool
        Whether a value may be joined twice, as in a maximum.
    """
    cdef Ladder best = _plain(axis), ladder = best
    cdef Py_ssize_t radix, cover, rest, level
    cdef bint found = False
    ladder.repeats = repeats
    for radix in range(2, 5):
        ladder.radix, ladder.levels, cover = radix, 1, radix
        while cover < ladder.window:
            if repeats:
                ladder.taps = (ladder.window + cover - 1) // cover
            else:
                ladder.taps, rest, level = 0, ladder.window, cover
                while level > 0:
                    ladder.taps += rest // level
                    rest %= level
                    level //= radix
            if not found or _joins(&ladder) < _joins(&best):
                best, found = ladder, True
            ladder.levels += 1
            cover *= radix
    return best


cdef inline Py_ssize_t _joins(const Ladder *ladder) noexcept nogil:
    """Return the rows that a ladder reads or writes for one row of windows."""
    return ladder.levels * (ladder.radix + 1) + ladder.taps


cdef inline Py_ssize_t _cover(const Ladder *ladder) noexcept nogil:
    """Return the taps of a value of the highest level."""
    cdef Py_ssize_t cover = 1, _
    for _ in range(ladder.levels):
        cover *= ladder.radix
    return cover


cdef void set_taps(const Ladder *ladder, ptrdiff_t (*taps)[2]) noexcept nogil:
    """Write level and offset of each tap."""
    cdef Py_ssize_t cover = _cover(ladder), level = ladder.levels, at = 0, i
    for i in range(ladder.taps):
        while not ladder.repeats and ladder.window - at < cover:
            cover //= ladder.radix
            level -= 1
        if ladder.repeats:
            at = min(i * cover, ladder.window - cover)
        taps[i][0], taps[i][1] = level, at * ladder.dilation
        at += cover


cdef void _set_reach(fc_pool *pool, const Ladder *ladder, bint along) noexcept nogil:
    """Set a ladder of the pool, and the largest offset of a tap of each level, without taps."""
    cdef Py_ssize_t cover = _cover(ladder), level = ladder.levels, at = 0, count
    cdef fc_ladder *target = &pool.row_ladder if along else &pool.ladder
    target.radix, target.levels, target.taps = ladder.radix, ladder.levels, ladder.taps
    for count in range(FC_LADDER_LEVELS):
        target.reach[count] = 0
    if ladder.repeats:
        target.reach[level] = (ladder.window - cover) * ladder.dilation
        return
    while at < ladder.window:
        count = (ladder.window - at) // cover
        if count > 0:
            target.reach[level] = (at + (count - 1) * cover) * ladder.dilation
            at += count * cover
        cover //= ladder.radix
        level -= 1


cdef inline bint _is_small(const PoolAxis *axis) noexcept nogil:
    """Return whether windows are 2 x 2 or 3 x 3, at stride 1 or 2."""
    cdef const PoolAxis *h = &axis[1]
    cdef const PoolAxis *row = &axis[2]
    return (h.taps == row.taps and h.stride == row.stride and is_trivial(&axis[0])
            and h.regular and row.regular and row.unit == 1
            and h.dilation == 1 and row.dilation == 1
            and 2 <= h.taps <= 3 and 1 <= h.stride <= 2)


cdef inline Py_ssize_t _vectors_read(const PoolAxis *row) noexcept nogil:
    """Return the vectors read, and joined results kept, for a vector of small windows."""
    if row.taps == 2:
        return 4 if row.stride == 1 else 8
    return 6 if row.stride == 1 else 18


cdef inline Py_ssize_t _shared(const PoolAxis *axis) noexcept nogil:
    """Return how many rows of windows, one below the other, can be joined together; 0 for none."""
    cdef const PoolAxis *h = &axis[1]
    cdef Py_ssize_t share = 8
    if not (is_trivial(&axis[0]) and h.regular and h.dilation == 1 and h.stride <= 2):
        return 0
    if axis_size(&axis[2]) < WIDEST:
        return 0
    while share > 1 and ((share - 1) * h.stride >= h.taps or share * h.stride > 8):
        share //= 2
    return share if share > 1 else 0


cdef inline bint _separate(const PoolAxis *row, const Ladder *along, double lanes) noexcept nogil:
    """Return whether the windows of a row are better reduced one by one."""
    if not row.regular:
        return True
    if row.dilation > 1 or row.before or axis_span(row) > axis_size(row):
        return False
    return _separate_work(row, lanes) < _slide_work(row, along, lanes)


cdef inline double _separate_work(const PoolAxis *row, double lanes) noexcept nogil:
    """Return the vectors that reducing windows one by one takes: loads, and joining lanes.

    Windows of less than a vector are reduced value by value.
    """
    if axis_window(row) < lanes:
        return row.output * (3 + axis_window(row) / 2.0)
    return row.output * (6 + ceil(axis_window(row) / lanes))


cdef inline double _slide_work(const PoolAxis *row, const Ladder *along,
                               double lanes) noexcept nogil:
    """Return the vectors that sliding takes: joins at every position, and picking outputs."""
    cdef double work = row.output * axis_step(row) / lanes * _joins(along)
    if axis_step(row) > 2:
        work += row.output * (0.5 if axis_step(row) <= MOST_PICKED else 2.0)
    return work


cdef bint _across(Windows w, int columns) noexcept nogil:
    """Return whether planes are small and many enough to be pooled as lanes of vectors."""
    cdef const PoolAxis *row = &w.axis[2]
    cdef Py_ssize_t row_bytes = axis_size(row) * w.item
    if columns == FC_AT_ONCE or columns == FC_SHARED or w.minima or w.item < 4:
        return False
    if row.unit > 1 and row.output == 1 and w.axis[1].output == 1:
        return False
    if w.channels < VECTOR // w.item:
        return False
    return (row_bytes <= ACROSS_ROW
            and axis_size(&w.axis[0]) * axis_size(&w.axis[1]) * row_bytes <= ACROSS_PLANE)


cdef Ladder _along(Windows w, str how, const PoolAxis *axis) noexcept:
    """Return the ladder of an algorithm along an axis."""
    if how != "direct":
        return _ladder(axis, True)
    if w.maxima or axis_window(axis) < LEAST_TAPS or not axis.regular:
        return _plain(axis)
    return _ladder(axis, False)


cdef class PoolCut:
    """How an algorithm joins the windows of a pooling.

    Parameters
    ----------
    windows : Windows
    how : {"direct", "doubling", "van_herk"}
    isa : str
        Instruction set.

    Attributes
    ----------
    rows : float
        Rows of outputs.
    work, steps : float
        Vectors that are read and joined for a row, and passes over rows.
    scratch_bytes : int
        Scratch that a thread needs.
    """

    def __init__(self, Windows windows, str how, str isa):
        cdef const PoolAxis *axis = windows.axis
        cdef const PoolAxis *row = &axis[2]
        cdef fc_pool *p = &self.pool
        cdef int i
        self.windows = windows
        self.room = pooling_kernels(isa, value_index(windows.compute))
        self._choose_columns(how)
        self.row = _along(windows, how, row)
        self.separate = _separate(row, &self.row, VECTOR // windows.item)
        self._count_work()
        for i in range(3):
            p.axis[i].input = axis[i].input * axis[i].unit
            p.axis[i].output, p.axis[i].taps = axis[i].output, axis_window(&axis[i])
            p.axis[i].stride, p.axis[i].dilation = axis[i].stride * axis[i].unit, axis[i].dilation
            p.axis[i].before = axis[i].before * axis[i].unit
        p.kind = windows.kind
        p.across = _across(windows, p.columns)
        self._cut_row()
        if self.separate:
            self.row = _plain(row)
            self.row.taps = self.row.window = 0
        p.along = FC_SEPARATE if self.separate else FC_SLIDE
        p.span = self._most_columns()
        _set_reach(p, &self.down, False)
        _set_reach(p, &self.row, True)
        self.scratch_bytes = (self.room.measure(p) + 191) // 128 * 128

    cdef void _choose_columns(self, str how) noexcept:
        """Choose how rows are joined, and how many rows of outputs share a pass."""
        cdef Windows w = self.windows
        cdef const PoolAxis *h = &w.axis[1]
        cdef const PoolAxis *row = &w.axis[2]
        cdef Py_ssize_t share = 0
        cdef bint plain = w.compute in _PLAIN
        cdef fc_pool *p = &self.pool
        self.down = _plain(h)
        p.columns, p.share = FC_ALL_ROWS, 1
        if how == "direct" and not w.normed and _is_small(w.axis) and not plain:
            # Half a vector of outputs costs as much as a whole one, unless planes are lanes.
            if not (2 * row.output * w.item <= VECTOR and h.stride < h.taps
                    and _across(w, FC_ALL_ROWS)):
                p.columns = FC_AT_ONCE
                return
        if how == "direct" and w.averages or how == "van_herk" and not plain:
            share = _shared(w.axis)
        if share and h.taps <= SHARED_TAPS:
            p.columns, p.share = FC_SHARED, share
        elif how == "van_herk":
            p.columns = FC_VAN_HERK
        elif how == "doubling":
            self.down = _ladder(h, True)
            p.columns = FC_LADDER if self.down.levels else FC_ALL_ROWS
        else:
            self.down = _along(w, how, h)
            if self.down.levels and h.regular and h.stride * _joins(&self.down) < h.taps:
                p.columns = FC_LADDER
            else:
                self.down = _plain(h)

    cdef void _count_work(self) noexcept nogil:
        """Count vectors and passes for a row of outputs, whose windows are joined in this way."""
        cdef const PoolAxis *d = &self.windows.axis[0]
        cdef const PoolAxis *h = &self.windows.axis[1]
        cdef const PoolAxis *row = &self.windows.axis[2]
        cdef fc_pool *p = &self.pool
        cdef Py_ssize_t lanes = VECTOR // self.windows.item
        cdef double joined = d.taps * h.taps, vectors
        self.rows = <double>self.windows.planes * d.output * h.output
        self.steps = 1
        if p.columns == FC_AT_ONCE:
            self.work = (row.output + lanes - 1) // lanes * _vectors_read(row)
            self.steps = 0
            return
        if p.columns == FC_ALL_ROWS:
            joined *= ALL_ROWS
        elif p.columns == FC_SHARED:
            joined = 0.7 * (h.stride + (h.taps + 3.0 * p.share) / p.share)
        elif p.columns == FC_LADDER:
            joined = self.down.taps + h.stride * (
                (self.down.radix + 1.0) * self.down.levels + (d.taps + 1 if d.taps > 1 else 0))
            self.steps = h.stride * self.down.levels + 1
        elif p.columns == FC_VAN_HERK:
            joined = h.stride * 2.0 * (d.taps + 2) + 2
            self.steps = 2 * h.stride + 1
        vectors = (axis_size(row) + lanes - 1) // lanes
        if _across(self.windows, p.columns):
            vectors = <double>axis_size(row) / lanes
            self.steps /= lanes
            joined += 2
        self.work = joined * vectors
        if self.separate:
            self.work += _separate_work(row, lanes)
        else:
            self.work += _slide_work(row, &self.row, lanes)
            self.steps += self.row.levels + 1

    cdef void _cut_row(self) noexcept nogil:
        """Cut rows into strips, and choose whether windows are reduced one by one."""
        cdef const PoolAxis *row = &self.windows.axis[2]
        cdef fc_pool *p = &self.pool
        cdef bint one = p.columns == FC_ALL_ROWS or p.columns == FC_SHARED
        cdef Py_ssize_t wide = (ROW_BYTES if one else RING_BYTES) // self.windows.item, strips
        if self.windows.minima:
            self.separate = False
        wide = max(wide, 2 * axis_span(row))
        p.strip = row.output
        if p.across:
            self.separate = self.separate and not row.regular
        elif axis_size(row) > 2 * wide and p.columns != FC_AT_ONCE:
            p.strip = max(1, (wide - axis_span(row)) // axis_step(row) + 1)
            strips = (row.output + p.strip - 1) // p.strip
            p.strip = (row.output + strips - 1) // strips

    cdef Py_ssize_t _most_columns(self) noexcept nogil:
        """Return the largest number of columns that a strip reads, or a few more."""
        cdef const PoolAxis *row = &self.windows.axis[2]
        cdef Py_ssize_t strip = self.pool.strip
        if row.regular:
            return (strip - 1) * row.stride * row.unit + (axis_window(row) - 1) * row.dilation + 1
        return ((strip * row.input + row.output - 1) // row.output + 1) * row.unit

    def workspace(self, Py_ssize_t threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return 0 if self.scratch_bytes <= STACK else threads * self.scratch_bytes


# For each algorithm, the last pooling, its instruction set and its cut: a choice asks for it often.
cdef dict _last = {}


def cut_of(problem, str how, str isa):
    """Return how an algorithm joins the windows of a pooling.

    Parameters
    ----------
    problem : PoolProblem
    how : {"direct", "doubling", "van_herk"}
    isa : str
        Instruction set.

    Returns
    -------
    PoolCut
    """
    cdef tuple last = _last.get(how, (None, None, None))
    if last[0] is problem and last[1] == isa:
        return last[2]
    found = PoolCut(windows_of(problem), how, isa)
    _last[how] = (problem, isa, found)
    return found
