# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""grad: compute the gradient of a weight as products of two matrices with pixels as long side.

    weight[k, (c, tap)] = sum over pixels of feature[k, pixel] * X[(c, tap), pixel]

X is the unfolded image, made for a block of pixels of a few channels at a time.

    task       a segment of the pixels x a group x some rows k x some channels c; each task runs on
               one thread
      block      of pixels, about 2 KiB a row: pack the feature's rows
        chunk      of channels: unfold them
          tile       C kernel: lanes are pixels, added up at the end of the block

The problem alone decides how segments are cut. If the gradient is small, there are several
segments, each with its own sum, and the sums are added in order at the end. If the gradient is
large, there are several segments only if a sum would have more than 512 blocks. How rows and
channels are divided depends on the number of threads; the sum of one weight does not.
"""

from cython.parallel cimport prange, threadid
from libc.string cimport memcpy, memset
cimport numpy as cnp

from fastconv.loops cimport scratch, simd
from fastconv.loops.implicit_gemm_layout cimport Layout, fc_block, fc_panel, fc_piece
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport ALIGNMENT, aligned, ceil_div
from fastconv.loops.simd cimport fc_geometry, fc_line

cnp.import_array()

cdef enum:
    TERMS = 512                     # most blocks in one sum
    SEGMENTS = 16                   # most segments of a small gradient
    PARTIAL_BYTES = 2 << 20         # most bytes of all segments' sums
    FEATURE_BYTES = 288 << 10       # bytes of packed rows of the feature
    COLUMNS = 64                    # rows of the unfolded image at a time, at least one channel's

# Cost of packing one value, of the feature or of the image, in multiply-adds.
cdef double PACK = 6


cdef struct Grid:
    Py_ssize_t rows, channels, tasks    # parts of rows k and of channels c; tasks


cdef struct Task:
    const char *image
    const char *feature
    char *out               # the sum of this segment
    char *workspace


cdef class WeightGradient(Layout):
    """Gradient of the weight of one convolution; takes the parameters of `Layout`."""

    cdef const fc_grad *sum_room
    cdef Py_ssize_t lines_of_pixels, width, height  # rows of all output pixels; size of one image
    cdef Py_ssize_t line_parts, blocks, pitch       # parts of a long row; blocks of pixels
    cdef Py_ssize_t segments, most_rows, most_channels, chunk
    cdef bint partial                               # whether segments have their own sums
    cdef bint plain                                 # whether the image equals its unfolded image
    cdef Py_ssize_t feature_bytes, matrix_bytes, sum_bytes, block_bytes

    def __init__(self, str isa, str dtype, *args):
        self.sum_room = grad_kernels(isa, simd.real_index(dtype))
        super().__init__(isa, dtype, *args)
        cdef fc_geometry *g = &self.geometry
        self.plain = g.direct and g.taps == 1 and g.plane == g.pixels
        self._cut_segments()
        self.block_bytes = self.thread_bytes
        self.feature_bytes = aligned(self.most_rows * self.pitch * self.item)
        self.matrix_bytes = aligned(self.chunk * g.taps * self.pitch * self.item)
        self.sum_bytes = 0
        if not self.partial and self.segments > 1:
            self.sum_bytes = aligned(self.most_rows * self.most_channels * g.taps * self.item)
        self.thread_bytes += self.feature_bytes + self.matrix_bytes + self.sum_bytes

    cdef _cut_depth(self):
        """Leave depth uncut: terms are pixels, and the unfolded image is not part of the layout."""
        self.depth_unit = self.deepest = self.depth_blocks = 1

    cdef _choose_tile(self):
        """Choose one panel that holds all pixels of a block."""
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t lanes = self.room.lanes, pixels
        cdef Py_ssize_t most = self.sum_room.block_bytes // self.item
        self.width = g.axis[2].feature
        self.height = g.pixels // self.width
        self.lines_of_pixels = g.batch * self.height
        if 2 * self.width <= 3 * most:
            self.line_parts = 1
            self.block_grains = min(max(<Py_ssize_t>1, (most + self.width // 2) // self.width),
                                    self.lines_of_pixels)
            self.blocks = ceil_div(self.lines_of_pixels, self.block_grains)
            self.grain, self.units = self.width, 1
            self.unit_pixels = g.batch * g.pixels
        else:
            self.line_parts = ceil_div(self.width, most)
            self.blocks = self.lines_of_pixels * self.line_parts
            self.block_grains, self.units = 1, self.lines_of_pixels
            self.grain = ceil_div(self.width, self.line_parts) + lanes
            self.unit_pixels = self.width
        pixels = self.block_grains * self.grain
        self.rows, self.vectors, self.unpacked, self.strips = 1, ceil_div(pixels, lanes), False, 1
        # If rows were a multiple of 4 KiB apart, they would share few sets of L1.
        self.pitch = ceil_div(pixels, lanes) * lanes + ALIGNMENT // self.item

    cdef _cut_pixels(self):
        """Do nothing; `_choose_tile` cuts pixels as well."""

    cdef _cut_segments(self):
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t size = self.groups * self.group_features * self._row_size() * self.item
        cdef Py_ssize_t least = ceil_div(self.blocks, TERMS)
        self.segments = max(least, min(<Py_ssize_t>SEGMENTS, self.blocks // 2,
                                       PARTIAL_BYTES // size))
        self.partial = self.segments * size <= PARTIAL_BYTES
        self.most_rows = min(self.group_features,
                             max(<Py_ssize_t>16, FEATURE_BYTES // (self.pitch * self.item)))
        self.most_rows = ceil_div(self.group_features,
                                  ceil_div(self.group_features, self.most_rows))
        self.most_channels = self.group_channels
        if not self.partial and self.segments > 1:
            self.most_channels = min(self.group_channels, max(<Py_ssize_t>1, PARTIAL_BYTES // (
                self.most_rows * g.taps * self.item)))
        self.chunk = min(self.group_channels, max(<Py_ssize_t>1, COLUMNS // g.taps))

    cdef Py_ssize_t _row_size(self) noexcept nogil:
        """Return the number of weights per output channel."""
        return self.group_channels * self.geometry.taps

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes + self._partial_bytes()

    cdef Py_ssize_t _partial_bytes(self) noexcept nogil:
        if not self.partial or self.segments == 1:
            return 0
        return self.segments * aligned(self.groups * self.group_features * self._row_size()
                                       * self.item)

    cdef Grid grid_for(self, int threads) noexcept nogil:
        """Divide rows and channels into parts that keep all threads equally busy."""
        cdef Grid best, grid
        cdef Py_ssize_t rows, channels, whole, i, j
        cdef double k, c, cost, least = -1
        whole = self.groups * (self.segments if self.partial else 1)
        rows = ceil_div(self.group_features, self.most_rows)
        channels = ceil_div(self.group_channels, self.most_channels)
        best.rows, best.channels, best.tasks = rows, channels, whole * rows * channels
        if threads == 1:
            return best
        for i in range(8):
            grid.rows = min(rows + i, self.group_features)
            for j in range(8):
                grid.channels = min(channels + j, self.group_channels)
                grid.tasks = whole * grid.rows * grid.channels
                k = ceil_div(self.group_features, grid.rows)
                c = ceil_div(self.group_channels, grid.channels) * self.geometry.taps
                cost = ceil_div(grid.tasks, threads) * (k * c + PACK * (k + c))
                if least < 0 or cost < least:
                    best, least = grid, cost
        return best

    def __call__(self, cnp.ndarray image, cnp.ndarray feature, cnp.ndarray out, int threads):
        """Write the gradient of the weight to `out`.

        Parameters
        ----------
        image, feature : ndarray
            Input of the convolution, and gradient of its output; C-contiguous and of the dtype
            given to the constructor.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef Grid grid = self.grid_for(threads)
        cdef Py_ssize_t partial = self._partial_bytes(), i, size = out.nbytes
        cdef Task call
        cdef Watch *watch = current()
        cdef char *target = <char *>cnp.PyArray_DATA(out)
        call.image = <const char *>cnp.PyArray_DATA(image)
        call.feature = <const char *>cnp.PyArray_DATA(feature)
        call.workspace = <char *>scratch.lease(threads * self.thread_bytes + partial)
        call.out = target if partial == 0 else call.workspace + threads * self.thread_bytes
        if threads == 1 or grid.tasks == 1:
            with nogil:
                for i in range(grid.tasks):
                    self._task(&call, &grid, i, 0, watch)
        else:
            for i in prange(grid.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(&call, &grid, i, threadid(), of_thread(watch, threadid()))
        if partial:
            with nogil:
                memcpy(target, call.out, size)
                for i in range(1, self.segments):
                    self.sum_room.add(target, call.out + i * (partial // self.segments),
                                      size // self.item)
        scratch.release(call.workspace)

    cdef void _task(self, const Task *call, const Grid *grid, Py_ssize_t task,
                    int thread, Watch *watch) noexcept nogil:
        cdef Py_ssize_t channels = task % grid.channels
        cdef Py_ssize_t rows = task // grid.channels % grid.rows
        cdef Py_ssize_t group = task // grid.channels // grid.rows % self.groups
        cdef Py_ssize_t segment = task // grid.channels // grid.rows // self.groups
        cdef Py_ssize_t c = channels * self.group_channels // grid.channels
        cdef Py_ssize_t c_stop = (channels + 1) * self.group_channels // grid.channels
        cdef Py_ssize_t k = rows * self.group_features // grid.rows
        cdef Py_ssize_t k_stop = (rows + 1) * self.group_features // grid.rows
        cdef Py_ssize_t taps = self.geometry.taps, row_size = self._row_size(), i, r
        cdef char *workspace = call.workspace + thread * self.thread_bytes
        cdef char *sums = workspace + self.feature_bytes + self.matrix_bytes
        cdef char *out = call.out + ((group * self.group_features + k) * row_size
                                     + c * taps) * self.item
        if self.partial:
            if self.segments > 1:
                out += segment * (self._partial_bytes() // self.segments)
            self._segment(call, group, k, k_stop, c, c_stop, segment, out, row_size, workspace,
                          watch)
            return
        self._segment(call, group, k, k_stop, c, c_stop, 0, out, row_size, workspace, watch)
        for i in range(1, self.segments):
            self._segment(call, group, k, k_stop, c, c_stop, i, sums, (c_stop - c) * taps,
                          workspace, watch)
            for r in range(k_stop - k):
                self.sum_room.add(
                    out + r * row_size * self.item,
                    sums + r * (c_stop - c) * taps * self.item, (c_stop - c) * taps)

    cdef void _segment(self, const Task *call, Py_ssize_t group, Py_ssize_t k, Py_ssize_t k_stop,
                       Py_ssize_t c, Py_ssize_t c_stop, Py_ssize_t segment, char *out,
                       Py_ssize_t out_pitch, char *workspace, Watch *watch) noexcept nogil:
        """Sum rows k..k_stop and channels c..c_stop of a group over the blocks of a segment."""
        cdef Py_ssize_t first = segment * self.blocks // self.segments, block
        cdef Py_ssize_t stop = (segment + 1) * self.blocks // self.segments
        cdef Py_ssize_t line, last, column, columns, pixels, chunk, channels
        cdef Py_ssize_t taps = self.geometry.taps
        cdef fc_dots dots
        cdef fc_block tile
        cdef char *matrix = workspace + self.feature_bytes
        cdef char *unfolded
        self._set_block(&tile, matrix + self.matrix_bytes + self.sum_bytes)
        dots.pitch, dots.out_pitch = self.pitch, out_pitch
        for block in range(first, stop):
            if self.line_parts == 1:
                line, column = block * self.lines_of_pixels // self.blocks, 0
                last = (block + 1) * self.lines_of_pixels // self.blocks
                columns = self.width
            else:
                line, column = block // self.line_parts, block % self.line_parts
                last = line + 1
                columns = self._cut(column + 1)
                column = self._cut(column)
                columns -= column
            pixels = (last - line) * columns
            dots.vectors = ceil_div(pixels, self.room.lanes)
            dots.accumulate = block > first
            self._pack(call, group * self.group_features + k, k_stop - k, line, last, column,
                       columns, workspace)
            self.room.cut(&self.geometry, &tile, line * self.width + column, pixels,
                          self.vectors, False, False)
            chunk = c
            while chunk < c_stop:
                if stopped(watch):
                    return
                channels = min(self.chunk, c_stop - chunk)
                unfolded = self._in_place(call, group * self.group_channels + chunk, line, last,
                                          column, pixels)
                dots.unfolded_pitch = self.geometry.plane
                if unfolded is NULL:
                    unfolded, dots.unfolded_pitch = matrix, self.pitch
                    self.sum_room.unroll(
                        &self.geometry, &tile, call.image, group * self.group_channels + chunk,
                        channels, matrix, self.pitch)
                self.sum_room.dots(&dots, workspace, k_stop - k, unfolded, channels * taps,
                                   out + (chunk - c) * taps * self.item)
                chunk += channels

    cdef void _set_block(self, fc_block *block, char *at) noexcept nogil:
        at += self.packed_bytes + self.tile_bytes
        block.in_place = False
        block.patch = at
        at += self.patch_bytes
        block.panels = <fc_panel *>at
        at += aligned(self.panels * sizeof(fc_panel))
        block.pieces = <fc_piece *>at
        at += aligned(self.pieces * sizeof(fc_piece))
        block.lines = <fc_line *>at
        at += aligned(self.lines * sizeof(fc_line))
        block.slots = <ptrdiff_t *>at
        block.offsets = block.slots + self.slots
        block.positions = block.offsets + self.room.depth_max

    cdef char *_in_place(self, const Task *call, Py_ssize_t channel, Py_ssize_t line,
                         Py_ssize_t last, Py_ssize_t column, Py_ssize_t pixels) noexcept nogil:
        """Return the pixels of a channel in place if they are whole vectors of one image."""
        cdef const fc_geometry *g = &self.geometry
        cdef Py_ssize_t image = line // self.height
        if not self.plain or pixels % self.room.lanes or (last - 1) // self.height != image:
            return NULL
        return <char *>call.image + (
            (image * g.image_channels + channel) * g.plane
            + (line - image * self.height) * self.width + column) * self.item

    cdef Py_ssize_t _cut(self, Py_ssize_t part) noexcept nogil:
        """Return the first column of a part of a long row; parts are whole vectors."""
        if part == self.line_parts:
            return self.width
        return part * self.width // self.line_parts // self.room.lanes * self.room.lanes

    cdef void _pack(self, const Task *call, Py_ssize_t k, Py_ssize_t rows, Py_ssize_t line,
                    Py_ssize_t last, Py_ssize_t column, Py_ssize_t columns,
                    char *packed) noexcept nogil:
        """Pack pixels of some channels of the feature, image after image, and add zeros."""
        cdef const fc_geometry *g = &self.geometry
        cdef Py_ssize_t image, element, count, done = 0, r
        while line < last:
            image = line // self.height
            count = (min(last, (image + 1) * self.height) - line) * columns
            element = (image * g.feature_channels + k) * g.pixels + (
                line - image * self.height) * self.width + column
            for r in range(rows):
                memcpy(packed + (r * self.pitch + done) * self.item,
                       call.feature + (element + r * g.pixels) * self.item, count * self.item)
            done += count
            line = min(last, (image + 1) * self.height)
        self._end(packed, rows, done)

    cdef void _end(self, char *rows, Py_ssize_t count, Py_ssize_t pixels) noexcept nogil:
        """Write zeros up to a whole vector."""
        cdef Py_ssize_t rest = ceil_div(pixels, self.room.lanes) * self.room.lanes - pixels, r
        if rest:
            for r in range(count):
                memset(rows + (r * self.pitch + pixels) * self.item, 0, rest * self.item)
