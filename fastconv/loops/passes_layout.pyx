# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""passes: cut a filter into tiles, and find where its columns come from, once per problem.

Columns of the output are cut into strips, so that scratch rows stay in L1. Rows are cut into units
that share their input, and units into chunks. See passes.pyx for the loop over them.
"""

cimport numpy as cnp
import numpy as np

from fastconv.loops cimport simd
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code, epilogue_kernels
from fastconv.loops.implicit_gemm_layout cimport BIAS_CHANNEL, BIAS_POSITION
from fastconv.loops.sizes cimport aligned, ceil_div
from fastconv.loops.simd cimport FC_F32

cnp.import_array()

cdef enum:
    MID_BYTES = 8192            # bytes of one scratch row
    CHUNK_ROWS = 32             # rows of a tile
    DEPTH_BYTES = 256 * 1024    # bytes of scratch planes


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
    axes : sequence of 1 to 3 tuples (image, feature, taps, stride, dilation, before, line)
        Axes as `implicit_gemm_layout.Layout` takes them.
    terms : int
        Number of filters of rank one to sum.
    steps : sequence of tuples (source, target, offsets, single, more, accumulate), or None
        Steps in which a row is summed along itself, see `Step`; None for all taps at once.
    unit : int
        Rows of a unit; 0 for as many rows that share their input as a kernel takes.
    bias, activation, add
        As `implicit_gemm_layout.Layout` takes them.
    """

    def __init__(self, str isa, str dtype, n, channels, features, axes, *, terms=1, steps=None,
                 unit=0, bias=None, activation=None, add=False):
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
        self.kept = []
        self._set_axes(axes, unit)
        self._set_steps(steps)
        self._cut_columns()
        self._cut_rows()
        self._plan_workspace()

    cdef _keep(self, values):
        cdef cnp.ndarray array = np.array(values, dtype=np.intp).reshape(-1)
        if array.size == 0:
            array = np.zeros(1, np.intp)
        self.kept.append(array)
        return array

    cdef _set_axes(self, axes, unit):
        cdef Along *axis
        cdef cnp.ndarray line
        cdef int i
        one = (1, 1, 1, 1, 1, 0, np.zeros(1, np.int64))
        for i, values in enumerate([one] * (3 - len(axes)) + list(axes)):
            axis = &self.along[i]
            (axis.image, axis.feature, axis.taps, axis.stride, axis.dilation, axis.before,
             array) = values
            line = self._keep(array)
            axis.line = <const Py_ssize_t *>cnp.PyArray_DATA(line)
            axis.extent = (axis.feature - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1
            if line.size != axis.extent:
                raise ValueError(f"axis {i}: line has {line.size} entries, not {axis.extent}")
            # Outputs dilation / stride apart read the same rows, except for one.
            shares = axis.taps > 1 and axis.dilation % axis.stride == 0
            axis.step = axis.dilation // axis.stride if shares else 1
            axis.size = self.room.rows if shares else 1
            if i == 1 and unit and shares:
                axis.size = unit
            axis.units = ceil_div(axis.feature, axis.size * axis.step) * axis.step
        self.through_depth = self.along[0].taps > 1

    cdef _set_steps(self, steps):
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t most = self.room.taps_max, coefficient = 0, i
        if steps is None:
            steps = []
            for i in range(0, w.taps, most):
                offsets = np.arange(i, min(i + most, w.taps)) * w.dilation
                if w.stride > 1:  # the row is split into one part per remainder
                    parts = ceil_div(self._width(self._strip_columns()), w.stride)
                    self.phase_pitch = parts + self.room.slack
                    offsets = offsets % w.stride * self.phase_pitch + offsets // w.stride
                steps.append((0, -1, offsets, (), 0, i > 0))
        table, everything, self.levels = [], [], 0
        for source, target, offsets, single, more, accumulate in steps:
            taps = len(offsets) + len(single)
            plain = len(single) == 0 and np.array_equal(offsets, np.arange(taps))
            table.append((source, target, taps, len(single), more,
                          -1 if plain else len(everything), coefficient, accumulate))
            everything.extend([*offsets, *single])
            coefficient += taps
            self.levels = max(self.levels, target)
        self.coefficient[0] = 0
        self.coefficient[1] = self.along[0].taps
        self.coefficient[2] = self.along[0].taps + self.along[1].taps
        self.factor_length = self.coefficient[2] + coefficient
        self.steps = len(table)
        self.offset = <const Py_ssize_t *>cnp.PyArray_DATA(self._keep(everything))
        self._keep_steps(table)

    cdef _keep_steps(self, table):
        cdef cnp.ndarray store = np.zeros(len(table) * sizeof(Step), np.uint8)
        cdef Step *step = <Step *>cnp.PyArray_DATA(store)
        for row in table:
            (step.source, step.target, step.taps, step.single, step.more, step.offset,
             step.coefficient, step.accumulate) = row
            step += 1
        self.kept.append(store)
        self.step = <const Step *>cnp.PyArray_DATA(store)

    cdef Py_ssize_t _width(self, Py_ssize_t columns):
        cdef Along *w = &self.along[2]
        return (columns - 1) * w.stride + (w.taps - 1) * w.dilation + 1

    cdef Py_ssize_t _strip_columns(self):
        """Return the output columns of the widest strip; strips are even and overlap little."""
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t overlap = (w.taps - 1) * w.dilation // w.stride
        cdef Py_ssize_t most = max(MID_BYTES // self.item // w.stride, 8 * overlap)
        return ceil_div(w.feature, max(<Py_ssize_t>1, w.feature // most))

    cdef _cut_columns(self):
        """Cut columns into strips; find which are read, copied within a row, or padding."""
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t columns = self._strip_columns(), lanes = self.room.lanes
        cdef Py_ssize_t i, first, count, width
        line = self.kept[2]
        self.strips = ceil_div(w.feature, columns)
        strips, runs, copies, gaps = [], [], [], []
        for i in range(self.strips):
            first = i * w.feature // self.strips
            count = (i + 1) * w.feature // self.strips - first
            width = self._width(count)
            start = [len(runs), len(copies), len(gaps)]
            lead = _sources(line[first * w.stride:][:width], first * w.stride - w.before, runs,
                            copies, gaps, lanes)
            strips.append((first, count, width, lead, start[0], len(runs), start[1], len(copies),
                           start[2], len(gaps)))
        self.strip = <const Strip *>cnp.PyArray_DATA(self._keep(strips))
        self.run = <const Run *>cnp.PyArray_DATA(self._keep(runs))
        self.copy = <const Copy *>cnp.PyArray_DATA(self._keep(copies))
        self.gap = <const Py_ssize_t *>cnp.PyArray_DATA(self._keep(gaps))

    cdef _cut_rows(self):
        """Cut rows into chunks of whole units, few enough in volumes for their scratch planes."""
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t block = h.size * h.step, rows = CHUNK_ROWS, lanes = self.room.lanes
        cdef Py_ssize_t overlap = (h.taps - 1) * h.dilation
        self.pitch = self._width(self._strip_columns()) + self.room.slack + lanes
        self.pitch = (ceil_div(self.pitch * self.item, 64) | 1) * 64 // self.item
        if self.through_depth:
            rows = DEPTH_BYTES // (self.along[0].size * self.pitch * self.item) - overlap
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
        if self.through_depth:
            self.thread_bytes += self.along[0].size * self.chunk_rows * row
        self.fill_bytes = aligned(self.along[2].image * self.item)

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
        return shape, tuple(self.coefficient[i] for i in range(3))


def _sources(line, column, runs, copies, gaps, lanes):
    """Append where the values of a scratch row come from to the lists, and return its lead.

    `line` holds the image column at every position, -1 for padding. Inside the image, this column
    is position + `column`.
    """
    position = np.arange(len(line))
    inside = np.flatnonzero((line == position + column) & (line >= 0))
    low = high = 0
    far = None
    # There is one run: a boundary that repeats the image returns to the run, not through it.
    if len(inside):
        low = int(inside[0])
        high = low + int(np.argmax(np.append(line[low:] != position[low:] + column, True)))
        runs.append([low + column, low, high - low])
    for i in np.flatnonzero((position < low) | (position >= high)):
        i, source = int(i), int(line[i])
        if source < 0:
            gaps.append(i)
        elif low + column <= source < high + column:
            copies.append((i, source - column))
        elif far and far[0] + far[2] == source and far[1] + far[2] == i:
            far[2] += 1
        else:
            far = [source, i, 1]
            runs.append(far)
    return (lanes - low % lanes) % lanes
