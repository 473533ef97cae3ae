# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Filter along one axis after the other: what `separable` and `box` share.

    mid[o, x] = sum_u c1[u] * image[o * stride + u * dilation, x]       columns: sum whole rows
    out[o, x] = sum_t c2[t] * mid[o, x * stride + t * dilation]         sum a row with itself

Columns come first, because they read the image in place through pointers to rows, whatever its
borders. Tiles are independent. Past the left and right edges, `mid` is completed from its own
values, because what lies there in the image is a copy of a column inside.

    tile     one channel of one image, a few planes, a chunk of rows, a strip of columns
      depth    (volumes) sum planes into scratch planes, up to four at a time that share input;
               (images whose rows compete for few sets of L1) copy rows into a scratch plane
        unit     rows that share input: sum columns into `mid`, which stays in L1
          row      sum it along itself into the output, in one step or several; apply the epilogue

Tiles depend on the problem alone; threads take them dynamically.
"""

from cython.parallel cimport prange, threadid
from libc.float cimport DBL_EPSILON
from libc.math cimport fabs
from libc.string cimport memcpy
cimport numpy as cnp

from fastconv.loops cimport scratch
from fastconv.loops.implicit_gemm_layout cimport BIAS_CHANNEL, BIAS_POSITION
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.passes_layout cimport Along, Layout, STEP_TAPS, Run, Step, fc_lines
from fastconv.loops.sizes cimport aligned, ceil_div, clear_ends
from fastconv.loops.simd cimport fc_at

cnp.import_array()


cdef class Passes(Layout):
    """One filter of rank one, or a sum of some; takes the parameters of `passes_layout.Layout`."""

    def __call__(self, tuple arrays, cnp.ndarray factors, cnp.ndarray out, int threads):
        """Write the filtered input to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add[, fillvalue])
            Operands, C-contiguous and of the dtype given to the constructor. The weight is not
            read. Bias and add are None if the problem has none.
        factors : ndarray
            Coefficients, of the shape that the method `factors` returns.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef Call call
        cdef Py_ssize_t i
        cdef Watch *watch = current()
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
        for i in range(3):
            call.folds[i] = self._folds(call.factors, &self.along[i], self.coefficient[i])
        threads = max(1, min(threads, self.tiles))
        call.workspace = <char *>scratch.lease(threads * self.thread_bytes + self.fill_bytes)
        call.fill_row = call.workspace + threads * self.thread_bytes
        for i in range(threads):
            self._clear(<char *>call.workspace + i * self.thread_bytes)
        for i in range(self.along[2].image if self.pads else 0):
            put(<char *>call.fill_row, i, self.item, call.fill)
        if threads == 1:
            with nogil:
                for i in range(self.tiles):
                    self._tile(&call, i, 0, watch)
        else:
            for i in prange(self.tiles, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._tile(&call, i, threadid(), of_thread(watch, threadid()))
        scratch.release(call.workspace)

    cdef int _folds(self, const char *factors, const Along *axis, Py_ssize_t first) noexcept nogil:
        """Return how the taps of an axis may be folded, as SciPy does with those of float64."""
        cdef Py_ssize_t i, taps = axis.taps
        cdef const double *c = <const double *>factors + first
        cdef bint same = True, opposite = True
        if self.item != 8 or self.terms * self.features > 1 or self.row_steps is not None:
            return 0
        if taps < 3 or taps % 2 == 0 or taps > self.room.folded_taps:
            return 0
        if axis is &self.along[2] and axis.stride > 1:
            return 0
        for i in range(taps // 2):
            same = same and fabs(c[i] - c[taps - 1 - i]) <= DBL_EPSILON
            opposite = opposite and fabs(c[i] + c[taps - 1 - i]) <= DBL_EPSILON
        return 1 if same else -1 if opposite else 0

    cdef void _clear(self, char *workspace) noexcept nogil:
        """Clear what is read of a thread's scratch rows without being written."""
        cdef Py_ssize_t row = self.pitch * self.item, rows = self.room.rows
        clear_ends(workspace, rows, row, self.used_bytes)
        clear_ends(workspace + rows * row, self.levels, row, 0)
        if self.phase_pitch:
            clear_ends(workspace + (rows + self.levels) * row, self.along[2].stride,
                       self.phase_pitch * self.item, 0)

    cdef void _tile(self, const Call *call, Py_ssize_t tile, int thread,
                    Watch *watch) noexcept nogil:
        cdef Along *d = &self.along[0]
        cdef Py_ssize_t strip = tile % self.strips, rest = tile // self.strips
        cdef Py_ssize_t chunk = rest % self.chunks, depth = rest // self.chunks % d.units
        cdef Py_ssize_t map = rest // self.chunks // d.units, row = self.pitch * self.item
        cdef Py_ssize_t feature = map % self.features, planes, z
        cdef Band band
        cdef char *at = call.workspace + thread * self.thread_bytes
        band.call = call
        band.watch = watch
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
        if self.through_depth or self.copied:
            at += d.size * self.chunk_rows * row
            band.rows = <const void **>at
            self._through_depth(&band, depth, chunk)
        else:
            band.rows = <const void **>at
            z = fc_at(&d.axis, depth * d.stride)
            band.plane += z * planes
            if z < 0:
                band.plane = NULL
            band.position += depth * self.along[1].feature * self.along[2].feature
            self._units(&band, chunk)

    cdef void _through_depth(self, Band *band, Py_ssize_t unit, Py_ssize_t chunk) noexcept nogil:
        """Sum planes into scratch planes, or copy one, then filter each scratch plane."""
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
            if stopped(band.watch):
                return
            y = fc_at(&h.axis, low + i)
            to = band.depth + i * row
            for p in range(count - 1 + d.taps):
                z = fc_at(&d.axis, first * d.stride + p * d.dilation)
                band.rows[p] = <const void *>(
                    band.call.fill_row if y < 0 or z < 0 else
                    band.plane + (z * h.image + y) * line)
            if self.copied:
                self._copy_columns(band, to)
            else:
                self._sum_columns(band, band.factors, d, count, to, plane)
        whole.column, whole.position, whole.length = band.strip.lead, 0, band.strip.width
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
            if stopped(band.watch):
                return
            if count > 0:
                self._unit(band, first, count)

    cdef void _unit(self, Band *band, Py_ssize_t first, Py_ssize_t count) noexcept nogil:
        """Filter output rows first, first + step, ..., `count` of them."""
        pass

    cdef void _point(self, const Band *band, Py_ssize_t output, Py_ssize_t first,
                     Py_ssize_t count) noexcept nogil:
        """Set pointers to the input rows of taps first..first+count of an output row."""
        cdef Along *h = &self.along[1]
        cdef Py_ssize_t position = output * h.stride + first * h.dilation, i, y
        for i in range(count):
            if band.first >= 0:
                band.rows[i] = <const void *>(
                    band.plane + (position - band.first) * self.pitch * self.item)
            else:
                y = fc_at(&h.axis, position)
                band.rows[i] = <const void *>(
                    band.call.fill_row if y < 0 or band.plane is NULL else
                    band.plane + y * self.along[2].image * self.item)
            position += h.dilation

    cdef void _sum_columns(self, const Band *band, const char *c, const Along *axis,
                           Py_ssize_t count, char *out, Py_ssize_t pitch) noexcept nogil:
        """Sum the rows pointed at into scratch rows, `pitch` bytes apart, and complete these."""
        cdef Py_ssize_t i, u, taps, most = self.room.taps_max, lead = band.strip.lead
        cdef const Run *run
        cdef int sign = band.call.folds[axis - &self.along[0]]
        for i in range(band.run_count if sign else 0):
            run = &band.runs[i]
            self.room.folded_columns(<const void *const *>band.rows, run.column, c, axis.taps,
                                     sign, out + (lead + run.position) * self.item,
                                     pitch // self.item, count, run.length)
        u = axis.taps if sign else 0
        while u < axis.taps:
            taps = min(most, axis.taps - u)
            for i in range(band.run_count):
                run = &band.runs[i]
                self.room.columns(<const void *const *>(band.rows + u), run.column,
                                  c + u * self.item, taps,
                                  out + (lead + run.position) * self.item, pitch // self.item,
                                  count, run.length, u > 0)
            u += most
        self._complete(band, c, axis.taps, out, pitch, count)

    cdef void _copy_columns(self, const Band *band, char *out) noexcept nogil:
        """Copy the row pointed at into a scratch row, with what lies past the edges."""
        cdef Py_ssize_t i
        cdef const Run *run
        out += band.strip.lead * self.item
        for i in range(band.run_count):
            run = &band.runs[i]
            memcpy(out + run.position * self.item,
                   <const char *>band.rows[0] + run.column * self.item, run.length * self.item)
        for i in range(band.strip.copy, band.strip.copy_stop):
            move(out, self.copy[i].position, self.copy[i].source, self.item)
        for i in range(band.strip.gap, band.strip.gap_stop):
            put(out, self.gap[i], self.item, band.call.fill)

    cdef void _complete(self, const Band *band, const char *c, Py_ssize_t taps, char *out,
                        Py_ssize_t pitch, Py_ssize_t count) noexcept nogil:
        """Fill columns past the edges with copies of other columns, or with sums of padding."""
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
                move(row, self.copy[i].position, self.copy[i].source, self.item)
            for i in range(band.strip.gap, band.strip.gap_stop):
                put(row, self.gap[i], self.item, padding)

    cdef void _finish(self, const Band *band, Py_ssize_t output, Py_ssize_t count,
                      const char *factors, bint first, bint last) noexcept nogil:
        """Sum the rows of `mid` along themselves into output rows; if `last`, apply the epilogue.

        The rows are that of `output` and the next `count - 1` ones of its unit.
        """
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t step = self.along[1].step, row = self.pitch * self.item, i
        cdef char *line = band.mid + band.strip.lead * self.item
        if self.steps == 1 and w.stride == 1:
            self._along(band, line, output, count, factors, first)
        else:
            for i in range(count):
                self._along(band, line + i * row, output + i * step, 1, factors, first)
        if last and self.has_epilogue:
            for i in range(count):
                self._epilogue(band, output + i * step)

    cdef void _along(self, const Band *band, const char *line, Py_ssize_t output,
                     Py_ssize_t count, const char *factors, bint first) noexcept nogil:
        """Sum one row along itself step by step, or several rows in one step."""
        cdef Along *w = &self.along[2]
        cdef Py_ssize_t i, j, row = self.pitch * self.item
        cdef const Step *step
        cdef fc_lines lines
        cdef ptrdiff_t offsets[STEP_TAPS]
        cdef char *out = band.call.out + (band.position + output * w.feature + band.strip.first
                                          ) * self.item
        if w.stride > 1:
            self.room.split(line, band.strip.width, w.stride, band.phases, self.phase_pitch)
            line = band.phases
        lines.rows, lines.pitch, lines.out_pitch = count, self.pitch, w.feature * self.along[1].step
        for i in range(self.steps):
            step = &self.step[i]
            lines.line = line if step.source == 0 else band.levels + (step.source - 1) * row
            lines.out = out if step.target < 0 else band.levels + (step.target - 1) * row
            lines.offset = NULL
            if step.offset >= 0:
                lines.offset = <const ptrdiff_t *>self.offset + step.offset
            lines.c = factors + (self.coefficient[2] + step.coefficient) * self.item
            lines.taps, lines.length = step.taps, band.strip.count + step.more
            lines.accumulate = step.accumulate or (not first and step.target < 0)
            if step.single and step.source:  # their offsets count from the row
                lines.offset = offsets
                for j in range(step.taps):
                    offsets[j] = self.offset[step.offset + j]
                    if j >= step.taps - step.single:
                        offsets[j] += (line - <const char *>lines.line) // self.item
            if band.call.folds[2]:
                self.room.folded_lines(&lines, band.call.folds[2])
            else:
                self.room.lines(&lines)

    cdef void _epilogue(self, const Band *band, Py_ssize_t output) noexcept nogil:
        cdef const Call *call = band.call
        cdef Py_ssize_t width = self.along[2].feature, count = band.strip.count
        cdef Py_ssize_t at = band.position + output * width + band.strip.first
        cdef Py_ssize_t size = self.along[0].feature * self.along[1].feature * width
        cdef const char *channel = NULL
        cdef const char *position = NULL
        cdef const char *add = NULL
        if self.bias_kind == BIAS_CHANNEL:
            channel = call.bias + band.channel * self.item
        elif self.bias_kind == BIAS_POSITION:
            position = call.bias + (band.channel * size + at % size) * self.item
        if call.add is not NULL:
            add = call.add + at * self.item
        self.epilogue.finish(call.out + at * self.item, 1, count, count, channel, position, add,
                             self.activation)


cdef inline double get(const char *values, Py_ssize_t i, Py_ssize_t item) noexcept nogil:
    return (<const float *>values)[i] if item == 4 else (<const double *>values)[i]


cdef inline void put(char *values, Py_ssize_t i, Py_ssize_t item, double value) noexcept nogil:
    if item == 4:
        (<float *>values)[i] = <float>value
    else:
        (<double *>values)[i] = value


cdef inline void move(char *values, Py_ssize_t to, Py_ssize_t source,
                      Py_ssize_t item) noexcept nogil:
    if item == 4:
        (<float *>values)[to] = (<float *>values)[source]
    else:
        (<double *>values)[to] = (<double *>values)[source]
