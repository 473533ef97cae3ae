# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""lanes: the loop over tiles of implicit_gemm when lanes are output channels.

    feature[k, pixel] = sum over (tap, channel) of weight[k, channel, tap] * image[...]

    task     a block of pixels x a range of strips; tasks are independent, and each runs on one
             thread
      group      of channels
        depth      blocks of channels, at most 512 terms: copy the rows that the pixels read, if
                   they have borders
          strip      up to 3 vectors of output channels; the C kernel walks tiles of pixels, whose
                     values it broadcasts
                     after the last depth block: transpose the sums into rows of the output, apply
                     bias, add, activation while they are in cache

Packed weights are [group][depth][strip][tap][channel][lane], in the order in which they are read.
How pixels and strips are cut depends on the number of threads; the sum of one output does not.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch
from fastconv.loops.epilogue cimport fc_ending
from fastconv.loops.implicit_gemm_layout cimport BIAS_CHANNEL, BIAS_POSITION
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.lanes_layout cimport (
    Blocks, LanesLayout, fc_lane_block, fc_lane_tile, fc_steps,
)
from fastconv.loops.shares cimport Shares, share_out, take
from fastconv.loops.simd cimport fc_geometry
from fastconv.loops.sizes cimport ALIGNMENT, aligned

cnp.import_array()

cdef enum:
    ASKED_BYTES = 256 << 10     # from so many bytes on, weights are prefetched
    # From so many bytes on, an image that is read in place is prefetched for one tap: perhaps it is
    # in no cache of the thread. Several taps share what they load, so that it has to be larger.
    FAR_BYTES = 96 << 10
    FARTHER_BYTES = 4 << 20

# Axes of blocks (images, depths, rows, columns), innermost first: parts of rows go down the image,
# and most of them have the borders, and so the plan, of the one before.
cdef int[4] INNERMOST = [2, 3, 1, 0]


cdef struct Operands:
    const char *image
    const char *weight
    const char *bias
    const char *add
    char *out
    double fill
    fc_steps image_steps
    fc_steps out_steps
    fc_steps add_steps
    char *slices            # if weights are packed just before they are read: where, per thread
    char *workspace


cdef class Lanes(LanesLayout):
    """One forward convolution in float32 or float64; built once, called often, thread-safe.

    The constructor takes the parameters of `LanesLayout`.
    """

    def workspace(self, int threads, bint prepared=False):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        prepared : bool, optional
            Whether the weights are packed before.
        """
        cdef Blocks blocks = self.blocks_for(threads)
        if prepared:
            return threads * self.thread_bytes
        if blocks.tasks == blocks.splits:
            return threads * (self.thread_bytes + self.slice_bytes)
        return threads * self.thread_bytes + self.packed_bytes

    def pack_weights(self, cnp.ndarray weight):
        """Return the weights in the order in which tiles of this instruction set read them.

        Parameters
        ----------
        weight : ndarray
            Weight of the convolution, C-contiguous and of the dtype given to the constructor.
        """
        cdef Py_ssize_t count = self.packed_bytes // self.item, i
        cdef cnp.ndarray packed = np.empty(count + ALIGNMENT // self.item, weight.dtype)
        cdef Py_ssize_t over = <Py_ssize_t>cnp.PyArray_DATA(packed) % ALIGNMENT
        packed = packed[(ALIGNMENT - over) % ALIGNMENT // self.item:][:count]
        for i in range(self.groups * self.depth_blocks * self.strips):
            self._pack(<const char *>cnp.PyArray_DATA(weight), i,
                       <char *>cnp.PyArray_DATA(packed) + self._packed_at(i))
        return packed

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add[, fillvalue])
            Operands, C-contiguous or with channels last, and of the dtype given to the
            constructor. Bias and add are None if the problem has none. Nothing is validated.
        prepared : ndarray or None
            Result of `pack_weights`; None to pack the weight of `arrays` first.
        out : ndarray
            Array to write, C-contiguous or with channels last, of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef Operands call
        cdef Shares shares
        cdef Py_ssize_t _turn
        cdef Blocks blocks = self.blocks_for(threads)
        cdef Py_ssize_t i, units = self.groups * self.depth_blocks * self.strips
        cdef char *packed
        cdef Watch *watch = current()
        call.image = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.bias = call.add = NULL
        call.fill = 0
        if arrays[2] is not None:
            call.bias = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[2])
        if arrays[3] is not None:
            call.add = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[3])
        if len(arrays) > 4:
            call.fill = arrays[4]
        call.out = <char *>cnp.PyArray_DATA(out)
        self._set_steps(&call, arrays, out)
        call.workspace = <char *>scratch.lease(self.workspace(threads, prepared is not None))
        packed = call.workspace + threads * self.thread_bytes
        call.slices = NULL
        call.weight = <const char *>cnp.PyArray_DATA(
            <cnp.ndarray>(arrays[1] if prepared is None else prepared))
        if prepared is None and blocks.tasks == blocks.splits:
            call.slices = packed  # every weight is needed once: pack it just before
        elif prepared is None:
            for i in prange(units, nogil=True, num_threads=threads, schedule="static"):
                self._pack(call.weight, i, packed + self._packed_at(i))
            call.weight = packed
        for i in range(threads):
            (<fc_lane_block *>(call.workspace + i * self.thread_bytes)).planned = False
        if threads == 1 or blocks.tasks == 1:
            with nogil:
                for i in range(blocks.tasks):
                    self._task(&call, &blocks, i, 0, watch)
        else:
            share_out(&shares, blocks.tasks, threads)
            for _turn in prange(blocks.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                                chunksize=1):
                self._task(&call, &blocks, take(&shares, threadid()), threadid(),
                           of_thread(watch, threadid()))
        scratch.release(call.workspace)

    cdef _set_steps(self, Operands *call, tuple arrays, cnp.ndarray out):
        """Set how the arrays of a call lie in memory."""
        cdef fc_geometry *g = &self.geometry
        call.image_steps = self._steps(<cnp.ndarray>arrays[0], self.image_last, g.image_channels,
                                       g.plane)
        call.out_steps = self._steps(out, self.out_last, g.feature_channels, g.pixels)
        call.add_steps = call.out_steps
        if arrays[3] is not None:
            call.add_steps = self._steps(<cnp.ndarray>arrays[3], self.out_last,
                                         g.feature_channels, g.pixels)

    cdef fc_steps _steps(self, cnp.ndarray array, bint last, Py_ssize_t channels,
                         Py_ssize_t plane):
        cdef fc_steps steps
        if last:
            steps.pixel = cnp.PyArray_STRIDE(array, cnp.PyArray_NDIM(array) - 1) // self.item
            steps.channel, steps.image = 1, plane * steps.pixel
        else:
            steps.pixel, steps.channel, steps.image = 1, plane, plane * channels
        return steps

    cdef void _pack(self, const char *weight, Py_ssize_t unit, char *packed) noexcept nogil:
        """Pack the weights of a unit: a strip of a block of depth of a group, in this order."""
        cdef Py_ssize_t strip = unit % self.strips, block = unit // self.strips % self.depth_blocks
        cdef Py_ssize_t group = unit // self.strips // self.depth_blocks
        cdef Py_ssize_t first = self.vector_of(strip) * self.room.lanes
        cdef Py_ssize_t width = self.vector_of(strip + 1) * self.room.lanes - first
        cdef Py_ssize_t channel = self.channel_of(block), taps = self.geometry.taps
        cdef Py_ssize_t depth = self.group_channels * taps
        self.room.pack(
            weight + ((group * self.group_features + first) * depth + channel * taps) * self.item,
            depth, min(width, self.group_features - first), width,
            self.channel_of(block + 1) - channel, taps, packed)

    cdef Py_ssize_t _packed_at(self, Py_ssize_t unit) noexcept nogil:
        """Return where the packed weights of a unit begin, in bytes."""
        cdef Py_ssize_t strip = unit % self.strips, block = unit // self.strips % self.depth_blocks
        cdef Py_ssize_t group = unit // self.strips // self.depth_blocks
        cdef Py_ssize_t channel = self.channel_of(block)
        cdef Py_ssize_t at = (group * self.group_channels + channel) * self.group_vectors
        at += (self.channel_of(block + 1) - channel) * self.vector_of(strip)
        return at * self.geometry.taps * self.room.lanes * self.item

    cdef void _task(self, const Operands *call, const Blocks *blocks, Py_ssize_t task, int thread,
                    Watch *watch) noexcept nogil:
        cdef char *at = call.workspace + thread * self.thread_bytes
        cdef fc_lane_block *block = <fc_lane_block *>at
        cdef Py_ssize_t pixel_tasks = blocks.tasks // blocks.splits
        cdef Py_ssize_t split = task // pixel_tasks, rest = task % pixel_tasks
        cdef ptrdiff_t first[4]
        cdef ptrdiff_t size[4]
        cdef Py_ssize_t strip = split * self.groups * self.strips // blocks.splits, group
        cdef Py_ssize_t last = (split + 1) * self.groups * self.strips // blocks.splits
        cdef Py_ssize_t stop, row = self._row_of(strip)
        cdef char *sums
        cdef int i, j
        for j in range(4):
            i = INNERMOST[j]
            first[i] = rest % blocks.parts[i] * blocks.size[i]
            size[i] = min(blocks.size[i],
                          (self.geometry.batch if i == 0 else self.geometry.axis[i - 1].feature)
                          - first[i])
            rest //= blocks.parts[i]
        at += aligned(sizeof(fc_lane_block))
        block.patch = at
        sums = at + self.patch_bytes
        block.tiles = <fc_lane_tile *>(sums + self.sums_bytes)
        block.offsets = <ptrdiff_t *>(sums + self.sums_bytes + self.tiles_bytes)
        block.order = <ptrdiff_t *>(sums + self.sums_bytes + self.tiles_bytes + self.offsets_bytes)
        block.in_place = self.in_place
        block.last = self.last
        block.image_steps, block.out_steps = call.image_steps, call.out_steps
        block.add_steps = call.add_steps
        block.far = not self.last and self.image_bytes() > (
            FAR_BYTES if self.geometry.taps == 1 else FARTHER_BYTES)
        block.clip = self.clip and call.fill == 0
        block.channels = self.deepest
        block.lined = not self.sorted and self._lined(size[3])
        block.most, block.least = self.most, self.least
        block.most_beside, block.beside = self.most_beside, self.beside
        self.room.plan(&self.geometry, block, first[0], size[0], first + 1, size + 1, call.fill)
        while strip < last:
            group = strip // self.strips
            stop = min(last, (group + 1) * self.strips)
            self._group(call, block, first, size, group, strip - group * self.strips,
                        stop - group * self.strips, sums,
                        NULL if call.slices is NULL else call.slices + thread * self.slice_bytes,
                        watch)
            strip = stop
        if self.activates:
            self._activate(call, first, size, row, self._row_of(last) - row)

    cdef Py_ssize_t _row_of(self, Py_ssize_t strip) noexcept nogil:
        """Return the first output channel of a strip of all groups."""
        return (strip // self.strips * self.group_features
                + self.vector_of(strip % self.strips) * self.room.lanes)

    cdef void _group(self, const Operands *call, fc_lane_block *block, const ptrdiff_t *first,
                     const ptrdiff_t *size, Py_ssize_t group, Py_ssize_t strip_first,
                     Py_ssize_t strip_stop, char *sums, char *packed,
                     Watch *watch) noexcept nogil:
        """Compute strips of one group for one block of pixels.

        `packed` is where slices of the weights are packed, NULL if all are packed already.
        """
        cdef Py_ssize_t i, strip, channel, channels, vector, vectors, row, rows, asked, unit
        cdef const char *weight
        cdef Py_ssize_t lanes = self.room.lanes, bytes = block.pixels * lanes * self.item
        cdef char *at
        cdef fc_ending ending = self.ending
        cdef bint many = self.packed_bytes // self.groups >= ASKED_BYTES
        for i in range(self.depth_blocks):
            channel = group * self.group_channels + self.channel_of(i)
            channels = self.channel_of(i + 1) - self.channel_of(i)
            self.room.load_rows(&self.geometry, block, call.image, channel, channels)
            for strip in range(strip_first, strip_stop):
                if stopped(watch):
                    return
                vector = self.vector_of(strip)
                vectors = self.vector_of(strip + 1) - vector
                at = sums if self.depth_blocks == 1 else sums + vector * bytes
                asked = 0
                unit = (group * self.depth_blocks + i) * self.strips + strip
                weight = packed
                if packed is not NULL:
                    self._pack(call.weight, unit, packed)
                else:
                    weight = call.weight + self._packed_at(unit)
                if (many and packed is NULL
                        and (strip + 1 < strip_stop or i + 1 < self.depth_blocks)):
                    asked = vectors * lanes * channels * self.geometry.taps * self.item
                self.room.multiply(&self.geometry, block, call.image, channel, channels,
                                   weight, vectors, at, i > 0, asked)
                if i < self.depth_blocks - 1:
                    continue
                row = group * self.group_features + vector * lanes
                rows = min(vectors * lanes, self.group_features - vector * lanes)
                if self.bias_kind == BIAS_CHANNEL:
                    ending.channel = call.bias + row * self.item
                if call.add is not NULL:
                    ending.add = call.add + row * call.add_steps.channel * self.item
                self.room.turn_back(&self.geometry, block, at, vectors * lanes, rows,
                                    &ending if self.ends else NULL,
                                    call.out + row * call.out_steps.channel * self.item)
                if self.has_epilogue and not self.ends:
                    self._finish(call, first, size, row, rows)

    cdef void _finish(self, const Operands *call, const ptrdiff_t *first, const ptrdiff_t *size,
                      Py_ssize_t row, Py_ssize_t rows) noexcept nogil:
        """Apply the epilogue to rows row..row+rows of a block, line by line."""
        cdef const fc_geometry *g = &self.geometry
        cdef Py_ssize_t height = g.axis[1].feature, width = g.axis[2].feature
        cdef Py_ssize_t rows_h = size[2], rows_d = size[1], line = size[3], n, d, h, pixel, element
        cdef const char *channel = NULL
        cdef const char *position = NULL
        cdef const char *add = NULL
        if size[3] == width:
            line, rows_h = width * size[2], 1
            if size[2] == height:
                line, rows_d = line * size[1], 1
        if self.bias_kind == BIAS_CHANNEL:
            channel = call.bias + row * self.item
        for n in range(first[0], first[0] + size[0]):
            for d in range(first[1], first[1] + rows_d):
                for h in range(first[2], first[2] + rows_h):
                    pixel = (d * height + h) * width + first[3]
                    element = ((n * g.feature_channels + row) * g.pixels + pixel) * self.item
                    if self.bias_kind == BIAS_POSITION:
                        position = call.bias + (row * g.pixels + pixel) * self.item
                    if call.add is not NULL:
                        add = call.add + element
                    self.epilogue.finish(call.out + element, rows, line, g.pixels, channel,
                                         position, add, self.activation)

    cdef void _activate(self, const Operands *call, const ptrdiff_t *first, const ptrdiff_t *size,
                        Py_ssize_t channel, Py_ssize_t channels) noexcept nogil:
        """Apply the activation to channels of a block of an output with channels last."""
        cdef const fc_geometry *g = &self.geometry
        cdef Py_ssize_t height = g.axis[1].feature, width = g.axis[2].feature, n, d, h, pixel
        cdef Py_ssize_t line = size[3], rows_h = size[2], apart = call.out_steps.pixel
        if line == width:  # rows follow each other
            line, rows_h = width * size[2], 1
        for n in range(first[0], first[0] + size[0]):
            for d in range(first[1], first[1] + size[1]):
                for h in range(first[2], first[2] + rows_h):
                    pixel = n * g.pixels + (d * height + h) * width + first[3]
                    if channels == apart:
                        self.epilogue.finish(
                            call.out + pixel * apart * self.item, 1, line * apart, 0, NULL, NULL,
                            NULL, self.activation)
                    else:
                        self.epilogue.finish(
                            call.out + (pixel * apart + channel) * self.item, line, channels,
                            apart, NULL, NULL, NULL, self.activation)
