# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""implicit_gemm: convolve as a matrix product, and loop over its tiles.

    feature[k, pixel] = sum_p weight[k, p] * X[p, pixel],     p = (channel, tap)

X is the unfolded image, which is never stored as a whole. Blocks of it are packed when they are
needed. If rows of the output fill whole vectors well enough, tiles read the bordered input rows in
place instead.

    tile     a block of pixels x a range of strips; tiles are independent, and each runs on one
             thread
      group      of channels
        depth      blocks of p, at most 320 terms, the same for every tile: pack X, or load its
                   patch, once for
          strip      rows of weight, as many as one register tile has; the C kernel walks the panels
                     after the last depth block: apply bias, add, activation while the strip is in
                     cache

Lanes are pixels. The other form of implicit_gemm, whose lanes are output channels, is in lanes.pyx.

How pixels and strips are cut depends on the number of threads; the sum of one output does not.
"""

from cython.parallel cimport prange, threadid
from libc.string cimport memset
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch
from fastconv.loops.implicit_gemm_layout cimport (
    BIAS_CHANNEL, BIAS_POSITION, Cut, fc_block, fc_panel, fc_piece,
)
from fastconv.loops.epilogue cimport fc_ending
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.shares cimport Shares, share_out, take
from fastconv.loops.sizes cimport ALIGNMENT, aligned
from fastconv.loops.simd cimport fc_axis, fc_geometry, fc_line

cnp.import_array()


cdef class Convolution(Layout):
    """One forward convolution in float32 or float64; built once, called often, thread-safe.

    The constructor takes the parameters of `Layout`.
    """

    def packs(self):
        """Return whether pixels are copied for every tap, instead of read in place."""
        return not self.unpacked

    def reading(self):
        """Return (rows of the input that are read, rows of the output, row).

        `row` is (feature, taps, stride, dilation) of one output row, or None if input rows need no
        copy with borders.
        """
        cdef fc_geometry *g = &self.geometry
        cdef fc_axis *w = &g.axis[2]
        cdef fc_axis *h = &g.axis[1]
        cdef Py_ssize_t read = g.batch * g.image_channels, made = g.batch * g.pixels // w.feature
        # rows are shared by the taps of a plane, but not by those of other planes
        read *= g.axis[0].feature * g.axis[0].taps * min(h.extent, h.feature * h.taps)
        copied = (w.feature, w.taps, w.stride, w.dilation)
        if self.in_place or (g.direct and not self.unpacked):
            copied = None
        return read, made, copied

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes

    def pack_weights(self, cnp.ndarray weight):
        """Return the weights in the order in which tiles of this instruction set read them.

        The order is [strip][p][row] with strips of about `rows` output channels, and the number of
        elements is the same.

        Parameters
        ----------
        weight : ndarray
            Weight of the convolution, C-contiguous and of the dtype given to the constructor.
        """
        cdef Py_ssize_t count = weight.size, group, strip, first, stop, at
        cdef cnp.ndarray packed = np.empty(count + ALIGNMENT // self.item, weight.dtype)
        cdef Py_ssize_t over = <Py_ssize_t>cnp.PyArray_DATA(packed) % ALIGNMENT
        packed = packed[(ALIGNMENT - over) % ALIGNMENT // self.item:][:count]
        cdef const char *source = <const char *>cnp.PyArray_DATA(weight)
        cdef char *target = <char *>cnp.PyArray_DATA(packed)
        for group in range(self.groups):
            for strip in range(self.strips):
                first = strip * self.group_features // self.strips
                stop = (strip + 1) * self.group_features // self.strips
                at = (group * self.group_features + first) * self.depth * self.item
                self.room.pack_strip(source + at, self.depth, stop - first, self.depth,
                                     target + at)
        return packed

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add[, fillvalue])
            Operands, C-contiguous and of the dtype given to the constructor. Bias and add are
            None if the problem has none. Nothing is validated.
        prepared : ndarray or None
            Result of `pack_weights`; None to read the weight of `arrays`.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef Operands call
        cdef Shares shares
        cdef Py_ssize_t _turn
        cdef Cut cut
        cdef Py_ssize_t i
        cdef Watch *watch = current()
        call.image = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.packed = prepared is not None
        call.weight = <const char *>cnp.PyArray_DATA(
            <cnp.ndarray>(arrays[1] if prepared is None else prepared))
        call.bias = call.add = NULL
        call.fill = 0
        if arrays[2] is not None:
            call.bias = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[2])
        if arrays[3] is not None:
            call.add = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[3])
        if len(arrays) > 4:
            call.fill = arrays[4]
        call.out = <char *>cnp.PyArray_DATA(out)
        cut = self.cut_for(threads)
        call.workspace = <char *>scratch.lease(threads * self.thread_bytes)
        if threads == 1 or cut.tiles == 1:
            with nogil:
                for i in range(cut.tiles):
                    self._tile(&call, &cut, i, 0, watch)
        else:
            share_out(&shares, cut.tiles, threads)
            for _turn in prange(cut.tiles, nogil=True, num_threads=threads, schedule="dynamic",
                                chunksize=1):
                self._tile(&call, &cut, take(&shares, threadid()), threadid(),
                           of_thread(watch, threadid()))
        scratch.release(call.workspace)

    cdef void _tile(self, const Operands *call, const Cut *cut, Py_ssize_t tile,
                    int thread, Watch *watch) noexcept nogil:
        cdef fc_block block
        cdef Py_ssize_t pixel_tiles = cut.tiles // cut.splits
        cdef Py_ssize_t split = tile // pixel_tiles, part = tile % pixel_tiles % cut.blocks
        cdef Py_ssize_t unit = tile % pixel_tiles // cut.blocks
        cdef Py_ssize_t first = part * cut.grains // cut.blocks * self.grain
        cdef Py_ssize_t stop = min((part + 1) * cut.grains // cut.blocks * self.grain,
                                   self.unit_pixels)
        cdef Py_ssize_t strip = split * self.groups * self.strips // cut.splits
        cdef Py_ssize_t last = (split + 1) * self.groups * self.strips // cut.splits
        cdef Py_ssize_t group, group_last
        cdef char *packed = call.workspace + thread * self.thread_bytes
        cdef char *register_tile = packed + self.packed_bytes
        cdef char *at = register_tile + self.tile_bytes
        block.in_place = self.in_place
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
        block.places = block.positions + self.vectors * self.panels
        self.room.cut(&self.geometry, &block, unit * self.unit_pixels + first, stop - first,
                      self.vectors, self.unpacked, self.depth_blocks == 1)
        if not (self.in_place or self.unpacked and block.whole):
            # lanes behind the ends of rows: see clear_ends in sizes.pxd
            memset(block.patch, 0, self.patch_bytes)
        while strip < last and not stopped(watch):
            group = strip // self.strips
            group_last = min(last, (group + 1) * self.strips)
            self._group(call, &block, group, strip - group * self.strips,
                        group_last - group * self.strips, NULL if self.unpacked else packed,
                        register_tile, watch)
            strip = group_last

    cdef void _group(self, const Operands *call, fc_block *block, Py_ssize_t group,
                     Py_ssize_t strip_first, Py_ssize_t strip_stop, char *packed,
                     char *register_tile, Watch *watch) noexcept nogil:
        """Compute strips of one group for one block of pixels; lanes are pixels."""
        cdef Py_ssize_t i, strip, k0, k1, first, rows, row, stride
        cdef Py_ssize_t pitch = self.geometry.pixels * self.item
        cdef const char *weight
        cdef fc_ending ending = self.ending
        cdef bint last
        for i in range(self.depth_blocks):
            k0, k1 = self.depth_start(i), self.depth_start(i + 1)
            self._load(call, block, group * self.group_channels, k0, k1, packed)
            for strip in range(strip_first, strip_stop):
                if stopped(watch):
                    return
                first = strip * self.group_features // self.strips
                rows = (strip + 1) * self.group_features // self.strips - first
                row = group * self.group_features + first
                stride = 0 if call.packed else self.depth
                weight = call.weight + (row * self.depth + k0 * (rows if call.packed else 1)
                                        ) * self.item
                last = self.has_epilogue and i == self.depth_blocks - 1
                if last and self.bias_kind == BIAS_CHANNEL:
                    ending.channel = call.bias + row * self.item
                if last and call.add is not NULL:
                    ending.add = call.add + row * pitch
                self.room.multiply(block, packed, weight, stride, rows, call.out + row * pitch,
                                   self.geometry.pixels, i > 0,
                                   &ending if last and self.ends else NULL, register_tile)
                if last and not self.ends:
                    self._finish(call, block, row, rows)

    cdef void _load(self, const Operands *call, fc_block *block, Py_ssize_t channel,
                    Py_ssize_t k0, Py_ssize_t k1, char *packed) noexcept nogil:
        """Load rows k0..k1 of the unfolded image of a group whose channels start at `channel`."""
        cdef Py_ssize_t taps = self.geometry.taps
        if packed is NULL:
            self.room.load_patch(&self.geometry, block, call.image, channel + k0 // taps,
                                 (k1 - k0) // taps, self.deepest // taps, call.fill)
        else:
            self.room.pack(&self.geometry, block, call.image, channel, k0, k1, call.fill, packed)

    cdef void _finish(self, const Operands *call, const fc_block *block, Py_ssize_t row,
                      Py_ssize_t rows) noexcept nogil:
        """Apply the epilogue to rows row..row+rows of a block, image by image."""
        cdef Py_ssize_t pixels = self.geometry.pixels, channels = self.geometry.feature_channels
        cdef Py_ssize_t at = block.first_pixel, stop = at + block.pixel_count, image, pixel, count
        cdef Py_ssize_t element
        cdef const char *channel = NULL
        cdef const char *position = NULL
        cdef const char *add = NULL
        if self.bias_kind == BIAS_CHANNEL:
            channel = call.bias + row * self.item
        while at < stop:
            image, pixel = at // pixels, at % pixels
            count = min(pixels - pixel, stop - at)
            element = ((image * channels + row) * pixels + pixel) * self.item
            if self.bias_kind == BIAS_POSITION:
                position = call.bias + (row * pixels + pixel) * self.item
            if call.add is not NULL:
                add = call.add + element
            self.epilogue.finish(call.out + element, rows, count, pixels, channel, position, add,
                                 self.activation)
            at += count
