# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Filters that go along one axis after the other: what `separable` and `box` have in common.

    mid[o, x] = sum_u c1[u] * image[o * stride + u * dilation, x]       columns: whole rows summed
    out[o, x] = sum_t c2[t] * mid[o, x * stride + t * dilation]         a row summed with itself

Columns come first: they read the image in place, whatever its borders, by pointers to rows; and
tiles share nothing. Past the left and right edges `mid` is completed from itself, because what lies
there in the image is a copy of a column inside.

    tile     one channel of one image, a few planes, a chunk of rows, a strip of columns
      depth    (volumes) planes summed into scratch planes, up to four at a time that share input
        unit     rows that share input: columns summed into `mid`, which stays in L1
          row      summed along itself into the output, in one step or several; the epilogue

Tiles depend on the problem alone; threads take them as they come.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.epilogue cimport activation_code
from fastconv.loops.implicit_gemm_layout cimport BIAS_CHANNEL, BIAS_POSITION, aligned, ceil_div

cnp.import_array()

cdef enum:
    MID_BYTES = 5120            # of one scratch row
    CHUNK_ROWS = 32             # of a tile
    DEPTH_BYTES = 256 * 1024    # of scratch planes
    SLACK = 4                   # vectors that may be read past the end of a scratch row


cdef class Passes:
    """One filter of rank one (or a sum of some), every channel on its own, float32 or float64.

    Parameters
    ----------
    isa, dtype : str
        Instruction set; "f32" or "f64".
    n, channels, features : int
        `channels` divides `features`.
    axes : sequence of 1 to 3 tuples (image, feature, taps, stride, dilation, before, line)
        As `implicit_gemm_layout.Layout` takes them.
    terms : int
    steps : sequence of tuples (source, target, offsets, more, accumulate), or None
        How a row is summed with itself: `Step`; None for all taps at once.
    unit : int
        Rows of a unit, 0 for as many as a kernel takes that share their input.
    bias, activation, add
        As `Layout` takes them.
    """

    def __init__(self, str isa, str dtype, n, channels, features, axes, *, terms=1, steps=None,
                 unit=0, bias=None, activation=None, add=False):
        cdef int real = simd.real_index(dtype)
        cdef const simd.fc_kernels *table = simd.table(isa)
        self.room = table.separable[real]
        self.epilogue = table.epilogue[real]
        self.item = 4 if real == simd.FC_F32 else 8
        self.batch, self.channels, self.features = n, channels, features
        self.multiplier = features // channels
        self.terms = terms
        self.bias_kind = {None: 0, "channel": BIAS_CHANNEL, "position": BIAS_POSITION}[bias]
        self.activation = activation_code(activation)
        self.has_epilogue = self.bias_kind != 0 or self.activation != simd.FC_LINEAR or add
        self.kept = []
        self._set_axes(axes, unit)
        self._set_steps(steps)
        self._cut_columns()
        self._cut_rows()
        self._lay_out_workspace()

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
            # outputs dilation / stride apart read the same rows, all but one
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
                if w.stride > 1:  # the row is split: one part for each remainder
                    parts = ceil_div(self._width(self._strip_columns()), w.stride)
                    self.phase_pitch = parts + SLACK * self.room.lanes
                    offsets = offsets % w.stride * self.phase_pitch + offsets // w.stride
                steps.append((0, -1, offsets, 0, i > 0))
        table, everything, self.levels = [], [], 0
        for source, target, offsets, more, accumulate in steps:
            plain = np.array_equal(offsets, np.arange(len(offsets)))
            table.append((source, target, len(offsets), more, -1 if plain else len(everything),
                          coefficient, accumulate))
            everything.extend(offsets)
            coefficient += len(offsets)
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
            (step.source, step.target, step.taps, step.more, step.offset, step.coefficient,
             step.accumulate) = row
            step += 1
        self.kept.append(store)
        self.step = <const Step *>cnp.PyArray_DATA(store)

    cdef Py_ssize_t _width(self, Py_ssize_t columns):
        cdef Along *w = &self.along[2]
        return (columns - 1) * w.stride + (w.taps - 1) * w.dilation + 1

    cdef Py_ssize_t _strip_columns(self):
        """Output columns of the widest strip: even strips, their overlap a small part of them."""
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t overlap = (w.taps - 1) * w.dilation // w.stride
        cdef Py_ssize_t most = max(MID_BYTES // self.item // w.stride, 8 * overlap)
        return ceil_div(w.feature, max(<Py_ssize_t>1, w.feature // most))

    cdef _cut_columns(self):
        """Strips: which columns are read from the image, copied within a row, or padding."""
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
        """Chunks of rows: whole units, in volumes few enough for their scratch planes."""
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t block = h.size * h.step, rows = CHUNK_ROWS, lanes = self.room.lanes
        cdef Py_ssize_t overlap = (h.taps - 1) * h.dilation
        self.pitch = self._width(self._strip_columns()) + (SLACK + 1) * lanes
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

    cdef _lay_out_workspace(self):
        """Bytes per thread: pointers, scratch rows, levels, the split row, planes, the subclass's."""
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
        """Bytes leased by a call with so many threads."""
        return threads * self.thread_bytes + self.fill_bytes

    def factors(self):
        """Shape of the coefficients of a call, and where those of each axis begin."""
        shape = (self.features, self.terms, self.factor_length)
        return shape, tuple(self.coefficient[i] for i in range(3))

    def __call__(self, tuple arrays, cnp.ndarray factors, cnp.ndarray out, int threads):
        """Write the filtered arrays[0] to `out`; arrays = (input, weight, bias, add[, fillvalue]).

        Arrays are C-contiguous and of the dtype given. `factors` has the shape that `factors`
        says; the weight itself is not read.
        """
        cdef Call call
        cdef Py_ssize_t i
        call.image = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.factors = <const char *>cnp.PyArray_DATA(factors)
        call.bias = call.add = NULL
        call.fill = 0
        if arrays[2] is not None:
            call.bias = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[2])
        if arrays[3] is not None:
            call.add = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[3])
        if len(arrays) > 4:
            call.fill = arrays[4]
        call.out = <char *>cnp.PyArray_DATA(out)
        threads = max(1, min(threads, self.tiles))
        call.workspace = <char *>scratch.lease(threads * self.thread_bytes + self.fill_bytes)
        call.fill_row = call.workspace + threads * self.thread_bytes
        for i in range(self.along[2].image):
            put(<char *>call.fill_row, i, self.item, call.fill)
        if threads == 1:
            with nogil:
                for i in range(self.tiles):
                    self._tile(&call, i, 0)
        else:
            for i in prange(self.tiles, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._tile(&call, i, threadid())
        scratch.release(call.workspace)

    cdef void _tile(self, const Call *call, Py_ssize_t tile, int thread) noexcept nogil:
        cdef Along *d = &self.along[0]
        cdef Py_ssize_t strip = tile % self.strips, rest = tile // self.strips
        cdef Py_ssize_t chunk = rest % self.chunks, depth = rest // self.chunks % d.units
        cdef Py_ssize_t map = rest // self.chunks // d.units, row = self.pitch * self.item
        cdef Py_ssize_t feature = map % self.features, planes, z
        cdef Band band
        cdef char *at = call.workspace + thread * self.thread_bytes
        band.call = call
        band.strip = &self.strip[strip]
        band.runs = &self.run[band.strip.run]
        band.run_count = band.strip.run_stop - band.strip.run
        band.first = -1
        band.channel = feature
        band.factors = call.factors + feature * self.terms * self.factor_length * self.item
        planes = self.along[1].image * self.along[2].image * self.item
        band.plane = call.image + (map // self.features * self.channels
                                   + feature // self.multiplier) * d.image * planes
        band.position = map * d.feature * self.along[1].feature * self.along[2].feature
        band.mid = at
        band.levels = band.mid + self.room.rows * row
        band.phases = band.levels + self.levels * row
        band.own = band.phases + aligned(self.phase_pitch * self.along[2].stride * self.item)
        band.depth = band.own + self.own_bytes
        at = band.depth
        if self.through_depth:
            at += d.size * self.chunk_rows * row
            band.rows = <const void **>at
            self._through_depth(&band, depth, chunk)
        else:
            band.rows = <const void **>at
            z = d.line[depth * d.stride]
            band.plane = NULL if z < 0 else band.plane + z * planes
            band.position += depth * self.along[1].feature * self.along[2].feature
            self._units(&band, chunk)

    cdef void _through_depth(self, Band *band, Py_ssize_t unit, Py_ssize_t chunk) noexcept nogil:
        """Sum planes into scratch planes, then filter each of these."""
        cdef Along *d = &self.along[0]
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t first = unit // d.step * d.size * d.step + unit % d.step
        cdef Py_ssize_t count = min(d.size, ceil_div(d.feature - first, d.step))
        cdef Py_ssize_t row = self.pitch * self.item, plane = self.chunk_rows * row
        cdef Py_ssize_t low = chunk * self.chunk_units // h.step * h.size * h.step * h.stride
        cdef Py_ssize_t high = min(low + self.chunk_rows, h.extent)
        cdef Py_ssize_t line = self.along[2].image * self.item, position = band.position
        cdef Py_ssize_t i, p, y, z
        cdef char *to
        cdef Run whole
        for i in range(high - low):
            y = h.line[low + i]
            to = band.depth + i * row
            for p in range(count - 1 + d.taps):
                z = d.line[first * d.stride + p * d.dilation]
                band.rows[p] = <void *>(band.call.fill_row if y < 0 or z < 0 else
                                        band.plane + (z * h.image + y) * line)
            self._sum_columns(band, band.factors, d, count, to, plane)
        whole.column, whole.place, whole.length = band.strip.lead, 0, band.strip.width
        band.runs, band.run_count, band.first = &whole, 1, low
        for i in range(count):
            band.plane = band.depth + i * plane
            band.position = position + (first + i * d.step) * h.feature * self.along[2].feature
            self._units(band, chunk)

    cdef void _units(self, Band *band, Py_ssize_t chunk) noexcept nogil:
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t unit, first, count
        for unit in range(chunk * self.chunk_units, min((chunk + 1) * self.chunk_units, h.units)):
            first = unit // h.step * h.size * h.step + unit % h.step
            count = min(h.size, ceil_div(h.feature - first, h.step))
            if count > 0:
                self._unit(band, first, count)

    cdef void _unit(self, Band *band, Py_ssize_t first, Py_ssize_t count) noexcept nogil:
        """Filter output rows first, first + step, ..., `count` of them."""
        pass

    cdef void _point(self, const Band *band, Py_ssize_t output, Py_ssize_t first,
                     Py_ssize_t count) noexcept nogil:
        """Point at the input rows of taps first..first+count of an output row."""
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t place = output * h.stride + first * h.dilation, i, y
        for i in range(count):
            if band.first >= 0:
                band.rows[i] = <void *>(band.plane + (place - band.first) * self.pitch * self.item)
            else:
                y = h.line[place]
                band.rows[i] = <void *>(
                    band.call.fill_row if y < 0 or band.plane is NULL else
                    band.plane + y * self.along[2].image * self.item)
            place += h.dilation

    cdef void _sum_columns(self, const Band *band, const char *c, const Along *axis,
                           Py_ssize_t count, char *out, Py_ssize_t pitch) noexcept nogil:
        """Rows of a scratch array, `pitch` bytes apart, from the rows pointed at; completed."""
        cdef Py_ssize_t i, u, taps, most = self.room.taps_max, lead = band.strip.lead
        cdef const Run *run
        u = 0
        while u < axis.taps:
            taps = min(most, axis.taps - u)
            for i in range(band.run_count):
                run = &band.runs[i]
                self.room.columns(band.rows + u, run.column, c + u * self.item, taps,
                                  out + (lead + run.place) * self.item, pitch // self.item, count,
                                  run.length, u > 0)
            u += most
        self._complete(band, c, axis.taps, out, pitch, count)

    cdef void _complete(self, const Band *band, const char *c, Py_ssize_t taps, char *out,
                        Py_ssize_t pitch, Py_ssize_t count) noexcept nogil:
        """Columns past the edges: copies of others, or sums of nothing but padding."""
        cdef Py_ssize_t i, j, lead = band.strip.lead
        cdef double padding = 0
        cdef char *row
        if band.first >= 0:
            return
        if band.strip.gap < band.strip.gap_stop and band.call.fill != 0:
            for i in range(taps):
                padding += band.call.fill * get(c, i, self.item)
        for j in range(count):
            row = out + j * pitch + lead * self.item
            for i in range(band.strip.copy, band.strip.copy_stop):
                put(row, self.copy[i].place, self.item, get(row, self.copy[i].source, self.item))
            for i in range(band.strip.gap, band.strip.gap_stop):
                put(row, self.gap[i], self.item, padding)

    cdef void _finish(self, const Band *band, const char *row, Py_ssize_t output,
                      const char *factors, bint first, bint last) noexcept nogil:
        """Sum a scratch row along itself into an output row; the `last` time, the epilogue."""
        cdef Along *w = &self.along[2]
        cdef const Call *call = band.call
        cdef Py_ssize_t i, count = band.strip.count, pitch = self.pitch * self.item
        cdef Py_ssize_t size = self.along[0].feature * self.along[1].feature * w.feature
        cdef Py_ssize_t at = output * w.feature + band.strip.first
        cdef Py_ssize_t place = (band.position + at) * self.item
        cdef char *out = call.out + place
        cdef const char *base = row + band.strip.lead * self.item
        cdef const Step *step
        cdef const char *source
        cdef char *target
        if w.stride > 1:
            self.room.split(base, band.strip.width, w.stride, band.phases, self.phase_pitch)
            base = band.phases
        for i in range(self.steps):
            step = &self.step[i]
            source = base if step.source == 0 else band.levels + (step.source - 1) * pitch
            target = out if step.target < 0 else band.levels + (step.target - 1) * pitch
            self.room.line(source, NULL if step.offset < 0 else <const ptrdiff_t *>self.offset + step.offset,
                           factors + (self.coefficient[2] + step.coefficient) * self.item,
                           step.taps, target, count + step.more,
                           step.accumulate or (not first and step.target < 0))
        if last and self.has_epilogue:
            self.epilogue.finish(
                out, 1, count, count,
                call.bias + band.channel * self.item if self.bias_kind == BIAS_CHANNEL else NULL,
                call.bias + (band.channel * size + band.position % size + at) * self.item
                if self.bias_kind == BIAS_POSITION else NULL,
                NULL if call.add is NULL else call.add + place, self.activation)


cdef inline double get(const char *values, Py_ssize_t i, Py_ssize_t item) noexcept nogil:
    return (<const float *>values)[i] if item == 4 else (<const double *>values)[i]


cdef inline void put(char *values, Py_ssize_t i, Py_ssize_t item, double value) noexcept nogil:
    if item == 4:
        (<float *>values)[i] = <float>value
    else:
        (<double *>values)[i] = value


def _sources(line, column, runs, copies, gaps, lanes):
    """Where the values of a scratch row come from: appended to the lists; returns its lead.

    `line` has the image column at every place, -1 for padding; inside the image, place + `column`.
    """
    place = np.arange(len(line))
    inside = np.flatnonzero((line == place + column) & (line >= 0))
    low = high = 0
    far = None
    if len(inside):  # one run: a boundary that repeats the image comes back to it, not through it
        low = int(inside[0])
        high = low + int(np.argmax(np.append(line[low:] != place[low:] + column, True)))
        runs.append([low + column, low, high - low])
    for i in np.flatnonzero((place < low) | (place >= high)):
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
