# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""direct: cut one convolution into runs of taps, spans of columns and blocks of rows.

What a prediction needs is computed at once, from sizes alone (direct_cuts.pyx). The tables that the
kernels read are made by `build`, before the first call. src/direct/rows.h says how kernels read
them.
"""

cimport numpy as cnp
import numpy as np

from fastconv.loops cimport simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.direct cimport direct_kernels, fc_run, fc_span
from fastconv.loops.direct_cuts cimport (
    MOST_BYTES, Columns, Rows, cut_columns, entries, roll_rows, rows_of, run_taps, set_lines,
)
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code
from fastconv.loops.sizes cimport ALIGNMENT, aligned, ceil_div, gcd
from fastconv.loops.simd cimport FC_F32, fc_axis, fc_line

cnp.import_array()

cdef enum:
    UNIT_TASKS = 16         # number of tasks that many small planes are divided into
    LINE = 4                # value of plan.constant for one row of adjacent taps
    DIRECT_VECTORS = 24     # fewest vectors in a span for which reading it apart from borders pays
    LINE_VECTORS = 256      # the same for single rows, which cannot share the cost of finding input
    ROLL_VECTORS = 2        # the same for rolling stencils, which join both ends of the rows
    DIRECT_ROWS = 32        # output rows of a block that is read from the image: few pointers
    ROLL_CLASSES = 8        # most classes of a rolling stencil
    ROLL_REACH = 4          # most vectors that its taps in a row extend over
    CHUNK = 256             # fewest and most columns that are worth a task of their own, between
    CHUNK_MOST = 4096       # which they have the work of one

# Multiply-adds below which starting threads costs more than it saves, and those of a task.
cdef double SERIAL_WORK = 5e5, TASK_WORK = 2e5


cdef class Layout:
    """Sizes and tables of one forward convolution in float32 or float64.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n : int
        Number of images.
    groups : int
        Number of groups of channels.
    image_channels, feature_channels : int
        Channels of the input and of the output, over all groups.
    axes : sequence of 1 to 3 tuples
        Spatial axes, as `axes.set_axes` takes them.
    bias : None, "channel" or "position"
        Whether a bias is added, and whether it varies by channel only or also by position.
    activation : str or None
        Activation to apply to the output.
    add : bool
        Whether a residual is added to the output.
    """

    def __init__(self, str isa, str dtype, n, groups, image_channels, feature_channels, axes, *,
                 bias=None, activation=None, add=False):
        cdef int real = simd.real_index(dtype), i
        cdef fc_direct_plan *p = &self.plan
        self.room = direct_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        p.groups, p.group_channels = groups, image_channels // groups
        p.group_features = feature_channels // groups
        p.bias_position = bias == "position"
        p.activation = activation_code(activation)
        p.has_epilogue = bias is not None or p.activation != FC_LINEAR or add
        p.geometry.batch, p.geometry.image_channels = n, image_channels
        p.geometry.feature_channels = feature_channels
        set_axes(&p.geometry, axes, merge=True)
        for i in range(3):
            if p.geometry.axis[i].taps == 1:
                p.geometry.axis[i].dilation = 1
        p.kernel = p.group_channels * p.geometry.taps
        self.work = <double>n * feature_channels * p.geometry.pixels * p.kernel
        self.rows = rows_of(&p.geometry.axis[1])
        self._cut()
        self._plan_workspace()

    cdef _cut(self):
        """Cut the problem into blocks of rows and groups of spans."""
        cdef fc_direct_plan *p = &self.plan
        cdef Rows *rows = &self.rows
        cdef fc_axis *w = &p.geometry.axis[2]
        cdef Py_ssize_t planes = p.group_channels * p.geometry.axis[0].taps, least, block, limit
        cdef Py_ssize_t row_bytes, apart, chunk = 0
        if (self.room.constant_rows and rows.step == 1 and rows.taps == w.taps
                and rows.taps in (3, 5, 7) and w.stride == w.dilation == 1):
            p.constant = rows.taps // 2
        p.tile_rows = self.room.constant_rows if p.constant else self.room.tile_rows
        if not rows.shared or rows.feature == 1:
            p.tile_rows = 1
        if rows.taps == w.stride == w.dilation == 1:
            p.constant = LINE
        least = min(rows.feature, p.tile_rows * rows.classes)
        p.rolls = self._rolls(planes)
        apart = ROLL_VECTORS if p.rolls else DIRECT_VECTORS
        if planes * rows.taps == 1:
            apart = LINE_VECTORS
        self.units = p.geometry.batch * p.groups * p.geometry.axis[0].feature
        if rows.feature * self.units < UNIT_TASKS:
            chunk = <Py_ssize_t>(TASK_WORK / max(1.0, self.work / w.feature))
            chunk = max(<Py_ssize_t>CHUNK, min(<Py_ssize_t>CHUNK_MOST, chunk))
        self.columns = cut_columns(w, self.room.lanes, self.item,
                                   planes * rows.classes * entries(rows, least), apart,
                                   p.rolls > 0, chunk)
        limit = MOST_BYTES
        if self.columns.spans == self.columns.groups and self.columns.inner == 0:
            limit = self.room.patch_bytes
        block = DIRECT_ROWS
        row_bytes = self.columns.pitch * self.item * planes * rows.classes
        while block > least and row_bytes * entries(rows, block) > limit:
            block -= 1
        block = max(block // least * least, least)
        if p.rolls:
            block, least = roll_rows(rows.taps) * rows.classes, rows.classes
        self.row_unit, self.row_tasks = least, ceil_div(rows.feature, block)
        self.block_rows = min(ceil_div(ceil_div(rows.feature, least), self.row_tasks) * least,
                              rows.feature)
        p.classes, p.entries = rows.classes, entries(rows, self.block_rows)
        self.unit_step = max(<Py_ssize_t>1, self.units * self.row_tasks * self.columns.groups
                             // UNIT_TASKS // (self.row_tasks * self.columns.groups))
        self.unit_tasks = ceil_div(self.units, self.unit_step)

    cdef Py_ssize_t _rolls(self, Py_ssize_t planes):
        """Return the tap rows of a rolling stencil if every block has rows enough, else 0."""
        cdef Rows *rows = &self.rows
        cdef fc_axis *w = &self.plan.geometry.axis[2]
        cdef Py_ssize_t lanes = self.room.lanes, each, fewest
        if not (planes == rows.step == w.stride == 1 and 2 <= rows.taps <= self.room.roll_taps
                and rows.taps * w.taps <= self.room.depth_max and rows.classes <= ROLL_CLASSES
                and w.feature >= lanes and (w.taps - 1) * w.dilation <= ROLL_REACH * lanes):
            return 0
        each = rows.feature // rows.classes
        fewest = each // ceil_div(each + 1, roll_rows(rows.taps)) - 1
        return rows.taps if fewest >= rows.taps - 1 else 0

    cdef _plan_workspace(self):
        cdef fc_direct_plan *p = &self.plan
        cdef Py_ssize_t slack = self.room.lanes, rows_read
        rows_read = p.group_channels * p.geometry.axis[0].taps * p.classes * p.entries
        p.fill_count = self.columns.longest + slack
        self.slots_bytes = aligned(p.geometry.axis[0].taps * p.classes * p.entries
                                   * sizeof(ptrdiff_t))
        self.inputs_bytes = aligned(rows_read * sizeof(void *))
        self.fill_bytes = aligned(p.fill_count * self.item)
        self.patch_bytes = aligned((rows_read * self.columns.pitch + slack) * self.item)
        self.thread_bytes = (self.slots_bytes + self.inputs_bytes + self.fill_bytes
                             + self.patch_bytes + 2 * ALIGNMENT
                             + aligned(self.room.tile_rows * self.room.lanes * self.item))

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes

    cpdef double busy(self, int threads):
        """Return how many threads a call keeps busy, on average.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t tasks = self.unit_tasks * self.row_tasks * self.columns.groups
        if self.work < SERIAL_WORK:
            return 1.0
        return <double>tasks / ceil_div(tasks, threads)

    def shape(self):
        """Return what the time of a call depends on.

        Returns
        -------
        planes : int
            Input planes that are summed.
        units : int
            Images, groups and depths of the output.
        rows : tuple (feature, longer, many, few, shared)
            Rows of the output; `many` runs of `longer` tap rows and `few` runs of one less; whether
            output rows share input rows.
        columns : tuple (feature, taps, stride, dilation)
        found : int
            Input rows that all blocks look up.
        parts : int
            Groups of spans.
        rolls : int
            Tap rows of the rolling stencil; 0 if there is none.
        """
        cdef fc_direct_plan *p = &self.plan
        cdef fc_axis *w = &p.geometry.axis[2]
        cdef Rows *rows = &self.rows
        cdef Py_ssize_t planes = p.group_channels * p.geometry.axis[0].taps
        cdef Py_ssize_t longer = ceil_div(rows.taps, rows.step)
        cdef Py_ssize_t many = rows.taps - (longer - 1) * rows.residues
        return (planes, self.units, (rows.feature, longer, many, rows.residues - many, rows.shared),
                (w.feature, w.taps, w.stride, w.dilation),
                self.units * self.row_tasks * p.classes * p.entries * planes, self.columns.groups,
                p.rolls)

    def build(self):
        """Make the tables that the kernels read, and return this object."""
        if self.kept is None:
            self.kept = []
            self._set_heights()
            self._set_runs()
            self._set_spans()
        return self

    cdef char *_keep(self, Py_ssize_t size):
        """Return the address of `size` bytes that live as long as this object."""
        cdef cnp.ndarray array = np.empty(ceil_div(size, sizeof(Py_ssize_t)), np.intp)
        self.kept.append(array)
        return <char *>cnp.PyArray_DATA(array)

    cdef _set_heights(self):
        """Set the padded row of every entry, relative to the first of its class."""
        cdef Rows *rows = &self.rows
        cdef Py_ssize_t per_class = ceil_div(self.block_rows, rows.classes), r, m
        cdef ptrdiff_t *height = <ptrdiff_t *>self._keep(self.plan.entries * sizeof(ptrdiff_t))
        self.plan.heights = height
        for r in range(rows.residues):
            for m in range(per_class + run_taps(rows, r) - 1):
                height[0] = rows.dilation * (r + rows.step * m)
                height += 1

    cdef _set_runs(self):
        """Set runs of taps, grouped into blocks of at most `depth_max` terms."""
        cdef fc_direct_plan *p = &self.plan
        cdef Rows *rows = &self.rows
        cdef Py_ssize_t columns = p.geometry.axis[2].taps, longest = self.room.depth_max
        cdef Py_ssize_t planes = p.group_channels * p.geometry.axis[0].taps, first, plane, r
        cdef Py_ssize_t most = max(<Py_ssize_t>1, longest // columns), down, across, i, j, t0, t1
        cdef Py_ssize_t per_class = ceil_div(self.block_rows, rows.classes), taps, s0, s1
        cdef Py_ssize_t count = 0, terms = 0, size
        cdef fc_run *run
        across = ceil_div(columns, longest)
        for r in range(rows.residues):
            count += ceil_div(run_taps(rows, r), most) * across
        p.run_count = planes * count
        p.runs = run = <fc_run *>self._keep(p.run_count * sizeof(fc_run))
        for plane in range(planes):
            first = plane * p.entries
            for r in range(rows.residues):
                taps = run_taps(rows, r)
                down = ceil_div(taps, most)
                for i in range(down):
                    t0, t1 = i * taps // down, (i + 1) * taps // down
                    for j in range(across):
                        s0, s1 = j * columns // across, (j + 1) * columns // across
                        size = (t1 - t0) * (s1 - s0)
                        if terms > 0 and terms + size > longest:
                            (run - 1).ends = 1
                            terms = 0
                        terms += size
                        run.taps, run.columns, run.first = t1 - t0, s1 - s0, first + t0
                        run.weight = (plane * rows.taps + r + t0 * rows.step) * columns + s0
                        run.step, run.offset, run.ends = rows.step * columns, s0, 0
                        run += 1
                first += per_class + taps - 1
        (run - 1).ends = 1

    cdef _set_spans(self):
        """Set the spans, in their order, and where each finds its input."""
        cdef fc_direct_plan *p = &self.plan
        cdef Columns *c = &self.columns
        cdef fc_axis *w = &p.geometry.axis[2]
        cdef Py_ssize_t lanes = self.room.lanes, i, cut = w.feature, size
        cdef fc_span *span = <fc_span *>self._keep(c.spans * sizeof(fc_span))
        cdef ptrdiff_t *offsets = <ptrdiff_t *>self._keep(2 * w.taps * sizeof(ptrdiff_t))
        cdef ptrdiff_t *copied = offsets + w.taps
        cdef fc_line *lines = <fc_line *>self._keep((c.spans - c.inner + c.paired) * c.parts
                                                    * sizeof(fc_line))
        cdef Py_ssize_t *starts = <Py_ssize_t *>self._keep((c.groups + 1) * sizeof(Py_ssize_t))
        p.spans, self.group_starts = span, starts
        for i in range(w.taps):
            offsets[i] = i * w.dilation
            copied[i] = i * c.length
            if c.shares:
                copied[i] = (i * w.dilation % w.stride // gcd(w.stride, w.dilation) * c.length
                             + i * w.dilation // w.stride)
        for i in range(c.spans):
            span[i].offsets, span[i].pitch, span[i].line_count = copied, c.pitch, c.parts
            span[i].far = 0
        if c.inner == 0:
            for i in range(c.spans):
                span[i].start = i * w.feature // c.spans // lanes * lanes
                if i > 0:
                    span[i - 1].stop = span[i].start
                starts[i] = i
            span[c.spans - 1].stop, starts[c.spans] = w.feature, c.spans
        else:
            size = 1 if c.low > 0 else 0    # number of the first span that is read in place
            for i in range(c.inner):
                cut = c.low + i * (c.high - c.low) // c.inner // lanes * lanes
                span[size + i].start, starts[i] = cut, size + i
                span[size + i].offsets, span[size + i].pitch = offsets, 0
                span[size + i].line_count = 0
                if i > 0:
                    span[size + i - 1].stop = cut
            span[size + c.inner - 1].stop = c.high
            starts[0], starts[c.inner] = 0, c.spans
            if c.low > 0:
                span[0].start, span[0].stop = 0, c.low
            if c.paired:
                span[0].far = c.high
            elif c.high < w.feature:
                span[c.spans - 1].start, span[c.spans - 1].stop = c.high, w.feature
        for i in range(c.spans):
            if span[i].pitch:
                span[i].lines = lines
                set_lines(w, c, span[i].start, span[i].stop - span[i].start, lines)
                lines += c.parts
                if span[i].far:
                    set_lines(w, c, span[i].far, lanes, lines)
                    lines.position = c.length
                    lines += 1
                    span[i].line_count = 2
