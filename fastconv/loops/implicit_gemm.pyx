# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""implicit_gemm: the loop over tiles of a convolution as a matrix product.

    feature[k, pixel] = sum_p weight[k, p] * X[p, pixel],     p = (channel, tap)

X, the unfolded image, never exists: blocks of it are packed while they are needed.

    tile     a block of pixels x a range of strips; tiles share nothing, threads take them
      group      of channels
        depth      blocks of p, at most 320 terms, the same for every tile: pack X once for each
          strip      rows of weight, as many as one register tile has; the C kernel walks the panels
                     after the last depth block: bias, add, activation, while the strip is in cache

How pixels and strips are cut depends on the number of threads; the sum of one output does not.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport int64_t
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.epilogue cimport activation_code

cnp.import_array()

cdef enum:
    BLOCK_VECTORS = 96      # most vectors of pixels in a block, however short its depth
    ALIGNED_DEPTH = 80      # up to so many taps, depth blocks hold whole channels
    L1_WAY = 4096           # bytes: rows so far apart, or a multiple, fall into one cache set
    ALIGNMENT = 64
    BIAS_CHANNEL = 1
    BIAS_POSITION = 2

# multiply-adds below which starting threads costs more than they save
cdef double SERIAL_WORK = 1e6


cdef struct Operands:
    const char *image
    const char *weight
    const char *bias
    const char *add
    char *out
    double fill
    bint packed             # weight comes from pack_weights
    char *workspace


cdef struct Cut:
    Py_ssize_t units        # images, rows or the whole batch: runs of pixels that blocks divide
    Py_ssize_t unit_pixels
    Py_ssize_t blocks       # per unit
    Py_ssize_t splits       # of the strips
    Py_ssize_t tiles


cdef inline Py_ssize_t ceil_div(Py_ssize_t a, Py_ssize_t b) noexcept nogil:
    return (a + b - 1) // b


cdef inline Py_ssize_t aligned(Py_ssize_t size) noexcept nogil:
    return ceil_div(size, ALIGNMENT) * ALIGNMENT


cdef class Convolution:
    """One convolution, forward, float32 or float64; built once, called often, thread-safe.

    Parameters
    ----------
    isa, dtype : str
        Instruction set; "f32" or "f64".
    n, groups, image_channels, feature_channels : int
    axes : sequence of 1 to 3 tuples (image, feature, taps, stride, dilation, before, line)
        Sizes, and `line`: int64, the image index at each padded coordinate
        o * stride + t * dilation, -1 for the fill value; (feature - 1) * stride +
        (taps - 1) * dilation + 1 of them.
    bias : None, "channel" or "position"
    activation : str or None
    add : bool
    """

    cdef const simd.fc_implicit_gemm *room
    cdef const simd.fc_epilogue *epilogue
    cdef simd.fc_geometry geometry
    cdef Py_ssize_t item, groups, group_channels, group_features, depth
    cdef Py_ssize_t rows, vectors, strips       # register tile, strips per group
    cdef Py_ssize_t depth_blocks, depth_unit    # depth is cut in multiples of depth_unit
    cdef Py_ssize_t block_vectors
    cdef Py_ssize_t packed_bytes, strip_bytes, tile_bytes, box_bytes, pieces, panels, slots, lines
    cdef Py_ssize_t thread_bytes
    cdef Py_ssize_t units, unit_pixels
    cdef double work
    cdef int bias_kind, activation
    cdef bint has_epilogue, conflict
    cdef object line_arrays

    def __init__(self, str isa, str dtype, n, groups, image_channels, feature_channels, axes, *,
                 bias=None, activation=None, add=False):
        cdef int real = simd.real_index(dtype)
        cdef const simd.fc_kernels *table = simd.table(isa)
        self.room = table.implicit_gemm[real]
        self.epilogue = table.epilogue[real]
        self.item = 4 if real == simd.FC_F32 else 8
        self.groups = groups
        self.group_channels = image_channels // groups
        self.group_features = feature_channels // groups
        self.bias_kind = {None: 0, "channel": BIAS_CHANNEL, "position": BIAS_POSITION}[bias]
        self.activation = activation_code(activation)
        self.has_epilogue = self.bias_kind != 0 or self.activation != simd.FC_LINEAR or add
        self._set_geometry(n, image_channels, feature_channels, _merged(axes))
        self.depth = self.group_channels * self.geometry.taps
        self.conflict = self.depth * self.item % L1_WAY == 0
        self.work = <double>n * feature_channels * self.geometry.pixels * self.depth
        self._cut_depth()
        self._choose_tile()
        self._lay_out_workspace()

    cdef _set_geometry(self, n, image_channels, feature_channels, axes):
        cdef simd.fc_geometry *g = &self.geometry
        cdef simd.fc_axis *axis
        cdef int i
        cdef cnp.ndarray line
        self.line_arrays = []
        g.batch, g.image_channels, g.feature_channels = n, image_channels, feature_channels
        g.plane = g.pixels = g.taps = 1
        g.direct = True
        one = (1, 1, 1, 1, 1, 0, np.zeros(1, np.int64))
        for i, values in enumerate([one] * (3 - len(axes)) + list(axes)):
            axis = &g.axis[i]
            (axis.image, axis.feature, axis.taps, axis.stride, axis.dilation, axis.before,
             array) = values
            line = np.ascontiguousarray(array, dtype=np.intp)
            self.line_arrays.append(line)
            axis.line = <const ptrdiff_t *>cnp.PyArray_DATA(line)
            axis.extent = (axis.feature - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1
            if line.size != axis.extent:
                raise ValueError(f"axis {i}: line has {line.size} entries, not {axis.extent}")
            g.plane *= axis.image
            g.pixels *= axis.feature
            g.taps *= axis.taps
            g.direct = (g.direct and axis.before <= 0
                        and axis.extent <= axis.before + axis.image
                        and (i < 2 or axis.stride == 1))

    cdef _cut_depth(self):
        """Even blocks of at most depth_max terms, of whole channels where these are small."""
        cdef Py_ssize_t taps = self.geometry.taps
        self.depth_unit = taps if taps <= ALIGNED_DEPTH else 1
        self.depth_blocks = ceil_div(self.depth // self.depth_unit,
                                     self.room.depth_max // self.depth_unit)

    cdef Py_ssize_t _depth_start(self, Py_ssize_t block) noexcept nogil:
        return block * (self.depth // self.depth_unit) // self.depth_blocks * self.depth_unit

    cdef _choose_tile(self):
        """The register tile that wastes least on this number of channels and pixels."""
        cdef Py_ssize_t lanes = self.room.lanes, total, deepest
        cdef int i
        best = None
        total = ceil_div(self.geometry.batch * self.geometry.pixels, lanes)
        deepest = ceil_div(self.depth // self.depth_unit, self.depth_blocks) * self.depth_unit
        for i in range(self.room.shape_count):
            rows, vectors = self.room.shapes[i][0], self.room.shapes[i][1]
            cycles = sum(
                m * p * max(r * v / 2, (r + v) / 2, 4)
                for r, m in _even(self.group_features, rows)
                for v, p in _even(total, vectors)
            )
            if best is None or cycles < best:
                best, self.rows, self.vectors = cycles, rows, vectors
        self.strips = ceil_div(self.group_features, self.rows)
        self.block_vectors = min(
            <Py_ssize_t>BLOCK_VECTORS, self.room.block_bytes // ((deepest + 1) * lanes * self.item)
        )
        self.block_vectors = max(1, self.block_vectors // self.vectors) * self.vectors
        self.packed_bytes = (deepest + 1) * self.item * lanes

    cdef _lay_out_workspace(self):
        """Blocks never cross images once these fill several, nor rows once those do."""
        cdef simd.fc_geometry *g = &self.geometry
        cdef simd.fc_axis *h = &g.axis[1]
        cdef simd.fc_axis *w = &g.axis[2]
        cdef Py_ssize_t lanes = self.room.lanes, most = self.room.depth_max
        cdef Py_ssize_t block = self.block_vectors * lanes, rows, groups, height, columns, pitch
        cdef Py_ssize_t taps[3]
        if g.pixels <= 4 * block:
            self.units, self.unit_pixels = 1, g.batch * g.pixels
        elif w.feature >= 2 * block:
            self.units, self.unit_pixels = g.batch * (g.pixels // w.feature), w.feature
        else:
            self.units, self.unit_pixels = g.batch, g.pixels
        self.block_vectors = min(self.block_vectors, ceil_div(self.unit_pixels, lanes))
        block = self.block_vectors * lanes

        # bounds of what cut() and plan_box() in src/implicit_gemm fill
        rows = min(ceil_div(self.unit_pixels, w.feature), (block - 2) // w.feature + 2)
        groups = min(ceil_div(rows, h.feature) + 1, rows)
        taps[2] = min(w.taps, most)
        taps[1] = min(h.taps, max(<Py_ssize_t>1, most // w.taps))
        taps[0] = min(g.axis[0].taps, max(<Py_ssize_t>1, most // (w.taps * h.taps)))
        height = min(rows, h.feature)
        height = min((height - 1) * h.stride + (taps[1] - 1) * h.dilation + 1, height * taps[1])
        columns = min(w.feature, block) if rows == 1 else w.feature
        pitch = min(w.stride * (columns + (taps[2] - 1) * w.dilation // w.stride),
                    columns * taps[2])
        self.panels = ceil_div(self.block_vectors, self.vectors)
        self.pieces = self.panels + rows
        self.slots = groups * taps[0] * height
        self.lines = 3 * taps[2]

        # one row of slack behind each array that whole vectors are read from or written to
        self.packed_bytes = aligned(self.packed_bytes * self.block_vectors
                                    + self.vectors * lanes * self.item)
        self.box_bytes = aligned((self.slots * pitch + self.vectors * lanes) * self.item)
        self.tile_bytes = aligned(self.rows * self.vectors * lanes * self.item)
        self.strip_bytes = aligned(self.rows * most * self.item) if self.conflict else 0
        self.thread_bytes = (
            self.packed_bytes + self.box_bytes + self.tile_bytes + self.strip_bytes
            + aligned(self.panels * sizeof(simd.fc_panel))
            + aligned(self.pieces * sizeof(simd.fc_piece))
            + aligned((self.slots + self.lines + most) * sizeof(ptrdiff_t))
            + 2 * ALIGNMENT  # no two threads' data in neighbouring lines
        )

    def workspace(self, int threads):
        """Bytes leased by a call with so many threads."""
        return threads * self.thread_bytes

    def pack_weights(self, cnp.ndarray weight):
        """The weights in the order in which tiles of this instruction set read them.

        Strips of about `rows` output channels, [strip][p][row]; the same number of elements.
        """
        cdef cnp.ndarray packed = np.empty(weight.size, weight.dtype)
        cdef const char *source = <const char *>cnp.PyArray_DATA(weight)
        cdef char *target = <char *>cnp.PyArray_DATA(packed)
        cdef Py_ssize_t group, strip, first, stop, at
        for group in range(self.groups):
            for strip in range(self.strips):
                first = strip * self.group_features // self.strips
                stop = (strip + 1) * self.group_features // self.strips
                at = (group * self.group_features + first) * self.depth * self.item
                self.room.pack_strip(source + at, self.depth, stop - first, self.depth,
                                     target + at)
        return packed

    cdef Cut _cut(self, int threads) noexcept nogil:
        """Blocks that fill L2, a few more so that every thread gets as many, or strips divided."""
        cdef Cut cut
        cdef Py_ssize_t vectors = ceil_div(self.unit_pixels, self.room.lanes), blocks
        cut.units, cut.unit_pixels = self.units, self.unit_pixels
        cut.blocks = ceil_div(vectors, self.block_vectors)
        cut.splits = 1
        if cut.units * cut.blocks % threads and cut.units * cut.blocks < 8 * threads:
            blocks = cut.blocks
            while cut.units * blocks % threads:
                blocks += 1
            if vectors // blocks >= 2 * self.vectors:
                cut.blocks = blocks
            else:
                cut.splits = min(<Py_ssize_t>threads, self.groups * self.strips)
        cut.tiles = cut.units * cut.blocks * cut.splits
        return cut

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of arrays = (input, weight, bias, add[, fillvalue]) to `out`.

        Arrays are C-contiguous and of the dtype given; bias and add are None where the problem has
        none. `prepared` is the result of `pack_weights`, or None. Nothing is validated.
        """
        cdef Operands call
        cdef Cut cut
        cdef Py_ssize_t i
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
        if self.work < SERIAL_WORK:
            threads = 1
        cut = self._cut(threads)
        call.workspace = <char *>scratch.lease(threads * self.thread_bytes)
        if threads == 1 or cut.tiles == 1:
            with nogil:
                for i in range(cut.tiles):
                    self._tile(&call, &cut, i, 0)
        else:
            for i in prange(cut.tiles, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._tile(&call, &cut, i, threadid())
        scratch.release(call.workspace)

    cdef void _tile(self, const Operands *call, const Cut *cut, Py_ssize_t tile,
                    int thread) noexcept nogil:
        cdef simd.fc_block block
        cdef Py_ssize_t lanes = self.room.lanes, total = ceil_div(cut.unit_pixels, lanes)
        cdef Py_ssize_t split = tile % cut.splits, part = tile // cut.splits % cut.blocks
        cdef Py_ssize_t unit = tile // cut.splits // cut.blocks
        cdef Py_ssize_t first = part * total // cut.blocks * lanes
        cdef Py_ssize_t stop = min((part + 1) * total // cut.blocks * lanes, cut.unit_pixels)
        cdef Py_ssize_t strip = split * self.groups * self.strips // cut.splits
        cdef Py_ssize_t last = (split + 1) * self.groups * self.strips // cut.splits
        cdef Py_ssize_t group, group_last
        cdef char *packed = call.workspace + thread * self.thread_bytes
        cdef char *register_tile = packed + self.packed_bytes
        cdef char *packed_strip = register_tile + self.tile_bytes
        cdef char *at = packed_strip + self.strip_bytes
        block.box = at
        at += self.box_bytes
        block.panels = <simd.fc_panel *>at
        at += aligned(self.panels * sizeof(simd.fc_panel))
        block.pieces = <simd.fc_piece *>at
        at += aligned(self.pieces * sizeof(simd.fc_piece))
        block.slots = <ptrdiff_t *>at
        block.lines = block.slots + self.slots
        block.offsets = block.lines + self.lines
        self.room.cut(&self.geometry, &block, unit * cut.unit_pixels + first, stop - first,
                      self.vectors)
        while strip < last:
            group = strip // self.strips
            group_last = min(last, (group + 1) * self.strips)
            self._group(call, &block, group, strip - group * self.strips,
                        group_last - group * self.strips, packed, register_tile, packed_strip)
            strip = group_last

    cdef void _group(self, const Operands *call, simd.fc_block *block, Py_ssize_t group,
                     Py_ssize_t strip_first, Py_ssize_t strip_stop, char *packed,
                     char *register_tile, char *packed_strip) noexcept nogil:
        """Strips of one group for one block of pixels."""
        cdef Py_ssize_t i, strip, k0, k1, first, rows, row, stride
        cdef const char *weight
        for i in range(self.depth_blocks):
            k0, k1 = self._depth_start(i), self._depth_start(i + 1)
            self.room.pack(&self.geometry, block, call.image, group * self.group_channels, k0, k1,
                           call.fill, packed)
            for strip in range(strip_first, strip_stop):
                first = strip * self.group_features // self.strips
                rows = (strip + 1) * self.group_features // self.strips - first
                row = group * self.group_features + first
                weight = call.weight + row * self.depth * self.item
                stride = 0
                if call.packed:
                    weight += k0 * rows * self.item
                elif self.conflict:
                    self.room.pack_strip(weight + k0 * self.item, self.depth, rows, k1 - k0,
                                         packed_strip)
                    weight = packed_strip
                else:
                    weight += k0 * self.item
                    stride = self.depth
                self.room.multiply(block, packed, weight, stride, rows,
                                   call.out + row * self.geometry.pixels * self.item,
                                   self.geometry.pixels, i > 0, register_tile)
                if self.has_epilogue and i == self.depth_blocks - 1:
                    self._finish(call, block, row, rows)

    cdef void _finish(self, const Operands *call, const simd.fc_block *block, Py_ssize_t row,
                      Py_ssize_t rows) noexcept nogil:
        """The epilogue for rows row..row+rows of a block, image by image."""
        cdef Py_ssize_t pixels = self.geometry.pixels, channels = self.geometry.feature_channels
        cdef Py_ssize_t at = block.first_pixel, stop = at + block.pixel_count, image, pixel, count
        cdef Py_ssize_t place
        cdef const char *channel = NULL
        cdef const char *position = NULL
        cdef const char *add = NULL
        if self.bias_kind == BIAS_CHANNEL:
            channel = call.bias + row * self.item
        while at < stop:
            image, pixel = at // pixels, at % pixels
            count = min(pixels - pixel, stop - at)
            place = ((image * channels + row) * pixels + pixel) * self.item
            if self.bias_kind == BIAS_POSITION:
                position = call.bias + (row * pixels + pixel) * self.item
            if call.add is not NULL:
                add = call.add + place
            self.epilogue.finish(call.out + place, rows, count, pixels, channel, position, add,
                                 self.activation)
            at += count


def _even(total, most):
    """Sizes of `total` things in the fewest even shares of at most `most`: [(size, how many)]."""
    shares = -(-total // most)
    size, larger = divmod(total, shares)
    return [(s, m) for s, m in ((size + 1, larger), (size, shares - larger)) if m]


def _merged(axes):
    """One long axis for a convolution with one tap that moves nothing: rows then do not matter."""
    plain = all(
        taps == 1 and stride == 1 and before == 0 and image == feature
        for image, feature, taps, stride, _, before, _ in axes
    )
    if not plain:
        return list(axes)
    size = 1
    for axis in axes:
        size *= axis[0]
    return [(size, size, 1, 1, 1, 0, np.arange(size))]
