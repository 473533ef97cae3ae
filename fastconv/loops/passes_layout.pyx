# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""passes: cut a filter into tiles, and find where its columns come from, once per problem.

Columns of the output are cut into strips, so that scratch rows stay in L1. Rows are cut into units
that share their input, and units into chunks. See passes.pyx for the loop over them.
"""

cimport numpy as cnp
import numpy as np

from fastconv.loops cimport simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code, epilogue_kernels
from fastconv.loops.implicit_gemm_layout cimport BIAS_CHANNEL, BIAS_POSITION
from fastconv.loops.sizes cimport WAY_BYTES, aligned, ceil_div
from fastconv.loops.simd cimport FC_F32, FC_FILL, fc_at, fc_axis, fc_geometry

cnp.import_array()

cdef enum:
    MID_BYTES = 8192            # bytes of one scratch row
    CHUNK_ROWS = 32             # rows of a tile
    DEPTH_BYTES = 256 * 1024    # bytes of scratch planes
    COPIED_PLANE = 384 * 1024   # bytes of a scratch plane of copied rows
    COPIED_BYTES = 4096         # most bytes of such a row, and fewest
    COPIED_LEAST = 256
    COPIED_ROWS = 13            # fewest rows, all in one set of L1, that are worth copying


cdef class Layout:
    """One filter of rank one (or a sum of some) in float32 or float64, on each channel separately.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n : int
        Number of images.
    channels, features : int
        Channels of the input and of the output; `channels` divides `features`.
    axes : sequence of 1 to 3 tuples
        Spatial axes, as `axes.set_axes` takes them.
    terms : int
        Number of filters of rank one to sum.
    steps : sequence of tuples (source, target, parts, part, single, more), or None
        Steps in which a row is summed along itself, see `Step`. A step adds `parts` values that are
        `part` taps apart, and `single` values that follow them. None for all taps at once.
    unit : int
        Rows of a unit; 0 for as many rows that share their input as a kernel takes.
    copies : bool
        Whether rows that all compete for the same set of L1 are copied, which pays where sums of
        columns read each of them often.
    bias, activation, add
        As `implicit_gemm_layout.Layout` takes them.
    """

    def __init__(self, str isa, str dtype, n, channels, features, axes, *, terms=1, steps=None,
                 unit=0, copies=False, bias=None, activation=None, add=False):
        cdef int real = simd.real_index(dtype)
        self.room = separable_kernels(isa, real)
        self.epilogue = epilogue_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.batch, self.channels, self.features = n, channels, features
        self.multiplier = features // channels
        self.terms = terms
        self.bias_kind = {None: 0, "channel": BIAS_CHANNEL, "position": BIAS_POSITION}[bias]
        self.activation = activation_code(activation)
        self.has_epilogue = self.bias_kind != 0 or self.activation != FC_LINEAR or add
        self._set_axes(axes, unit, copies)
        self._set_steps(steps)
        self._cut_columns()
        self._cut_rows()
        self._plan_workspace()

    cdef _set_axes(self, axes, unit, copies):
        cdef fc_geometry g
        cdef fc_axis *axis
        cdef Along *along
        cdef bint shares
        cdef int i
        # two axes without taps behind that of the taps are one long row
        self.merged = set_axes(&g, axes, merge=len(axes) == 3 and axes[0][2] > 1)
        for i in range(3):
            axis, along = &g.axis[i], &self.along[i]
            along.axis = axis[0]
            along.image, along.feature, along.taps = axis.image, axis.feature, axis.taps
            along.stride, along.dilation, along.extent = axis.stride, axis.dilation, axis.extent
            # Outputs dilation / stride apart read the same rows, except for one.
            shares = axis.taps > 1 and axis.dilation % axis.stride == 0
            along.step = axis.dilation // axis.stride if shares else 1
            along.size = self.room.rows if shares else 1
            if i == 1 and unit and shares:
                along.size = unit
            along.units = ceil_div(axis.feature, along.size * along.step) * along.step
        self.pads = pads(&g.axis[0]) or pads(&g.axis[1])
        self.through_depth = self.along[0].taps > 1
        along = &self.along[1]
        self.copied = (copies and not self.through_depth
                       and along.dilation * self.along[2].image * self.item % WAY_BYTES == 0
                       and along.size + along.taps > COPIED_ROWS)

    cdef _set_steps(self, steps):
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t most = self.room.taps_max, taps = w.taps
        self.row_steps, self.levels = steps, 0
        if steps is None:
            self.steps = ceil_div(w.taps, most)
            if w.stride > 1:  # the row is split into one part per remainder
                self.phase_pitch = (ceil_div(self._width(self._strip_columns()), w.stride)
                                    + self.room.slack)
        else:
            self.steps, taps = len(steps), 0
            for _, target, parts, _, single, _ in steps:
                taps += parts + single
                self.levels = max(self.levels, <Py_ssize_t>target)
        self.coefficient[0] = self.along[1].taps if self.merged else 0
        self.coefficient[1] = 0 if self.merged else self.along[0].taps
        self.coefficient[2] = self.along[0].taps + self.along[1].taps
        self.factor_length = self.coefficient[2] + taps

    def build(self):
        """Make the tables that a call reads, and return this object."""
        if self.kept is None:
            self.kept = []
            self._build_steps()
            self._build_strips()
        return self

    cdef char *_keep(self, Py_ssize_t size):
        """Return the address of `size` bytes that live as long as this object."""
        cdef cnp.ndarray array = np.empty(ceil_div(size, sizeof(Py_ssize_t)), np.intp)
        self.kept.append(array)
        return <char *>cnp.PyArray_DATA(array)

    cdef _build_steps(self):
        """Set the offset of every tap of a row, and the steps."""
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t most = self.room.taps_max, taps = self.factor_length - self.coefficient[2]
        cdef Py_ssize_t *offset = <Py_ssize_t *>self._keep(taps * sizeof(Py_ssize_t))
        cdef Step *step = <Step *>self._keep(self.steps * sizeof(Step))
        cdef Py_ssize_t at = 0, i, first
        self.offset, self.step = offset, step
        if self.row_steps is None:
            for i in range(w.taps):
                offset[i] = i * w.dilation
                if w.stride > 1:
                    offset[i] = (offset[i] % w.stride * self.phase_pitch
                                 + offset[i] // w.stride)
            for i in range(self.steps):
                step.source, step.target, step.single, step.more = 0, -1, 0, 0
                step.taps, step.coefficient = min(most, w.taps - i * most), i * most
                step.offset = i * most
                if i == 0 and plain(offset, step.taps):
                    step.offset = -1
                step.accumulate = i > 0
                step += 1
            return
        for source, target, parts, part, single, more in self.row_steps:
            step.source, step.target, step.single = source, target, single
            step.more = more * w.dilation
            step.taps, step.coefficient, step.accumulate = parts + single, at, False
            first = at
            for i in range(parts):
                offset[at] = i * <Py_ssize_t>part * w.dilation
                at += 1
            for i in range(single):
                offset[at] = (<Py_ssize_t>parts * part + i) * w.dilation
                at += 1
            step.offset = -1 if single == 0 and plain(offset + first, parts) else first
            step += 1

    cdef Py_ssize_t _width(self, Py_ssize_t columns):
        cdef Along *w = &self.along[2]
        return (columns - 1) * w.stride + (w.taps - 1) * w.dilation + 1

    cdef Py_ssize_t _strip_columns(self):
        """Return the output columns of the widest strip; strips are even and overlap little."""
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t overlap = (w.taps - 1) * w.dilation // w.stride
        cdef Py_ssize_t bytes = MID_BYTES, most
        if self.copied:
            bytes = COPIED_PLANE // (4 * (self.along[1].taps - 1) * self.along[1].dilation)
            bytes = max(<Py_ssize_t>COPIED_LEAST, min(<Py_ssize_t>COPIED_BYTES, bytes))
        most = max(<Py_ssize_t>1, bytes // self.item // w.stride, 8 * overlap)
        return ceil_div(w.feature, max(<Py_ssize_t>1, w.feature // most))

    cdef _cut_columns(self):
        """Cut columns into strips."""
        self.strips = ceil_div(self.along[2].feature, self._strip_columns())

    cdef _build_strips(self):
        """Find which columns of each strip are read, copied within a row, or padding."""
        cdef Along *w = &self.along[2]
        cdef Strip *strip = <Strip *>self._keep(self.strips * sizeof(Strip))
        cdef Py_ssize_t border = 0, i, stop, used
        cdef Sources found
        self.strip = strip
        for i in range(self.strips):
            strip[i].first = i * w.feature // self.strips
            stop = (i + 1) * w.feature // self.strips
            strip[i].count = stop - strip[i].first
            strip[i].width = self._width(strip[i].count)
            find_inside(w, &strip[i])
            border += strip[i].width - (strip[i].inside_stop - strip[i].inside)
        found.run = <Run *>self._keep((border + self.strips) * sizeof(Run))
        found.copy = <Copy *>self._keep(max(border, <Py_ssize_t>1) * sizeof(Copy))
        found.gap = <Py_ssize_t *>self._keep(max(border, <Py_ssize_t>1) * sizeof(Py_ssize_t))
        found.runs = found.copies = found.gaps = 0
        for i in range(self.strips):
            find_sources(w, &strip[i], &found, self.room.lanes)
            used = strip[i].width + strip[i].lead
            self.used_bytes = used * self.item if i == 0 else min(self.used_bytes, used * self.item)
        self.run, self.copy, self.gap = found.run, found.copy, found.gap

    cdef _cut_rows(self):
        """Cut rows into chunks of whole units, few enough for scratch planes if there are any."""
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t block = h.size * h.step, rows = CHUNK_ROWS, lanes = self.room.lanes
        cdef Py_ssize_t overlap = (h.taps - 1) * h.dilation
        self.pitch = self._width(self._strip_columns()) + self.room.slack + lanes
        self.pitch = (ceil_div(self.pitch * self.item, 64) | 1) * 64 // self.item
        if self.through_depth or self.copied:
            rows = COPIED_PLANE if self.copied else DEPTH_BYTES // self.along[0].size
            rows = rows // (self.pitch * self.item) - overlap
            rows = max(rows // h.stride, 2 * overlap // h.stride + 1)
        self.chunk_units = max(<Py_ssize_t>1, rows // block) * h.step
        self.chunk_units = min(self.chunk_units, h.units)
        self.chunks = ceil_div(h.units, self.chunk_units)
        self.chunk_rows = min((self.chunk_units // h.step * block - 1) * h.stride + overlap + 1,
                              h.extent)
        self.tiles = (self.batch * self.features * self.along[0].units * self.chunks * self.strips)

    cdef _plan_workspace(self):
        """Add up the bytes per thread: pointers, scratch rows, levels, split row, planes, own."""
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t row = self.pitch * self.item
        cdef Py_ssize_t pointers = max(self.along[0].taps, h.taps) + max(h.size, self.room.rows)
        self.thread_bytes = (
            aligned(pointers * sizeof(void *)) + self.room.rows * row + self.levels * row
            + aligned(self.phase_pitch * self.along[2].stride * self.item) + self.own_bytes
        )
        if self.through_depth or self.copied:
            self.thread_bytes += self.along[0].size * self.chunk_rows * row
        self.fill_bytes = aligned(self.along[2].image * self.item) if self.pads else 0

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes + self.fill_bytes

    def factors(self):
        """Return the shape of the coefficients of a call, and where those of each axis begin."""
        shape = (self.features, self.terms, self.factor_length)
        first, second, third = [self.coefficient[i] for i in range(3)]
        return shape, (second, first, third) if self.merged else (first, second, third)


cdef bint pads(const fc_axis *axis) noexcept nogil:
    """Return whether taps read a fill value beyond the ends of an axis."""
    return axis.boundary == FC_FILL and (axis.before > 0
                                         or axis.extent > axis.before + axis.image)


cdef struct Sources:        # where values of scratch rows come from, strip after strip
    Run *run
    Copy *copy
    Py_ssize_t *gap
    Py_ssize_t runs, copies, gaps


cdef void find_inside(const Along *w, Strip *strip) noexcept nogil:
    """Set the positions of a scratch row, inside..inside_stop, that lie inside the image."""
    cdef Py_ssize_t first = strip.first * w.stride - w.axis.before
    strip.inside = min(max(-first, <Py_ssize_t>0), strip.width)
    strip.inside_stop = max(min(w.image - first, strip.width), strip.inside)


cdef void find_sources(const Along *w, Strip *strip, Sources *found,
                       Py_ssize_t lanes) noexcept nogil:
    """Append where the values of a strip's scratch row come from, and set its lead.

    Inside the image, the column is position + `shift`. A boundary that repeats the image reads the
    columns of this run again, where the strip has them, or others.
    """
    cdef Py_ssize_t first = strip.first * w.stride, shift = first - w.axis.before
    cdef Py_ssize_t low = strip.inside, high = strip.inside_stop, i, source, last = -1
    cdef Run *run
    strip.run, strip.copy, strip.gap = found.runs, found.copies, found.gaps
    if low < high:
        run = &found.run[found.runs]
        run.column, run.position, run.length = low + shift, low, high - low
        found.runs += 1
    else:
        low = high = 0
    i = 0
    while i < strip.width:
        if i == low and low < high:
            i = high
            continue
        source = fc_at(&w.axis, first + i)
        if source < 0:
            found.gap[found.gaps] = i
            found.gaps += 1
        elif low + shift <= source < high + shift:
            found.copy[found.copies].position = i
            found.copy[found.copies].source = source - shift
            found.copies += 1
        elif (last >= 0 and found.run[last].column + found.run[last].length == source
                and found.run[last].position + found.run[last].length == i):
            found.run[last].length += 1
        else:
            last = found.runs
            run = &found.run[last]
            run.column, run.position, run.length = source, i, 1
            found.runs += 1
        i += 1
    strip.run_stop, strip.copy_stop, strip.gap_stop = found.runs, found.copies, found.gaps
    strip.lead = (lanes - low % lanes) % lanes


cdef bint plain(const Py_ssize_t *offset, Py_ssize_t count) noexcept nogil:
    """Return whether taps read neighbouring values."""
    cdef Py_ssize_t i
    for i in range(count):
        if offset[i] != i:
            return False
    return True
