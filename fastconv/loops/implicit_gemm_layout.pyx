# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""implicit_gemm: cut one convolution into tiles, once per problem.

Depth (the terms of a sum) is cut into blocks, pixels into blocks that fit the caches, and rows of
the weight into strips of a register tile. See implicit_gemm.pyx for the loop over them.
"""

from fastconv.loops cimport simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.epilogue cimport (
    FC_LINEAR, activation_code, epilogue_kernels, fc_set_limits,
)
from fastconv.loops.sizes cimport ALIGNMENT, L1_BYTES, WIDE_BYTES, aligned, ceil_div, crowded
from fastconv.loops.simd cimport FC_F32, fc_axis, fc_geometry, fc_line

cdef enum:
    BLOCK_VECTORS = 96      # most vectors of pixels in a block of any depth
    ALIGNED_DEPTH = 80      # up to this number of taps, depth blocks hold whole channels
    FEW = 16                # so few output channels do not repay packing planes that compete in L1

# Cycles to pack one vector.
cdef double PACK_CYCLES = 3
# Cycles to move one pixel of a vector that is not full.
cdef double SCATTER_CYCLES = 1


cdef class Layout:
    """Geometry, tile, blocks and workspace of one forward convolution in float32 or float64.

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
        Spatial axes, innermost last, as `axes.set_axes` takes them.
    bias : None, "channel" or "position"
        Whether a bias is added, and whether it varies by channel only or also by position.
    activation : str or None
        Activation to apply to the output.
    add : bool
        Whether a residual is added to the output.
    """

    def __init__(self, str isa, str dtype, n, groups, image_channels, feature_channels, axes, *,
                 bias=None, activation=None, add=False):
        cdef int real = simd.real_index(dtype)
        self.room = implicit_gemm_kernels(isa, real)
        self.epilogue = epilogue_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.groups = groups
        self.group_channels = image_channels // groups
        self.group_features = feature_channels // groups
        self.bias_kind = {None: 0, "channel": BIAS_CHANNEL, "position": BIAS_POSITION}[bias]
        self.activation = activation_code(activation)
        self.has_epilogue = self.bias_kind != 0 or self.activation != FC_LINEAR or add
        self.ends = (fc_set_limits(&self.ending, self.activation)
                     and self.bias_kind != BIAS_POSITION)
        cdef fc_geometry *g = &self.geometry
        g.batch, g.image_channels, g.feature_channels = n, image_channels, feature_channels
        set_axes(g, axes, merge=True)
        self.depth = self.group_channels * self.geometry.taps
        self._cut_depth()
        self._choose_tile()
        self._cut_pixels()
        self._plan_workspace()

    cdef _cut_depth(self):
        """Cut depth into even blocks of at most depth_max terms, of whole channels if small."""
        cdef Py_ssize_t taps = self.geometry.taps
        self.depth_unit = taps if taps <= ALIGNED_DEPTH else 1
        self.depth_blocks = ceil_div(self.depth // self.depth_unit,
                                     self.room.depth_max // self.depth_unit)
        self.deepest = ceil_div(self.depth // self.depth_unit, self.depth_blocks) * self.depth_unit

    cdef Py_ssize_t depth_start(self, Py_ssize_t block) noexcept nogil:
        return block * (self.depth // self.depth_unit) // self.depth_blocks * self.depth_unit

    cdef _choose_tile(self):
        """Choose the register tile, and whether to pack, with the least work for this problem.

        The work is counted in cycles per term of the sums, for one group. Two multiply-adds or two
        loads take one cycle, the latency is four cycles, and vectors that are not full are moved
        through a buffer. Ties are broken as follows: packed pixels stream from L2, so fewer vectors
        are better; unpacked pixels stay in L1, so fewer loads are better. Pixels of one tap have
        nothing to share: they are packed, or read in place.
        """
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t lanes = self.room.lanes, width = g.axis[2].feature
        cdef Py_ssize_t lines = g.batch * g.pixels // width, total, rows, vectors
        cdef double best, other, cycles
        cdef bint unpacked
        cdef int i
        best = -1
        for unpacked in range(1, -1, -1):
            if unpacked:
                total = lines * ceil_div(width, lanes)
                other = 0
                if width < lanes or self.depth_blocks > 1:
                    other = (lines * (width % lanes) * SCATTER_CYCLES
                             * self.group_features / self.deepest)
                if (self.depth_unit != g.taps
                        or self._unpacked_pixels() < min(width, 8 * lanes)):
                    continue
            else:
                total = ceil_div(g.batch * g.pixels, lanes)
                other = total * PACK_CYCLES
            for i in range(self.room.shape_count):
                rows, vectors = self.room.shapes[i][0], self.room.shapes[i][1]
                cycles = other + (1 + 0.01 * (rows if unpacked else vectors)) * _tile_cycles(
                    self.group_features, rows, total, vectors)
                if best < 0 or cycles < best:
                    best, self.rows, self.vectors, self.unpacked = cycles, rows, vectors, unpacked
        self.strips = ceil_div(self.group_features, self.rows)
        self.in_place = self.unpacked and g.taps == 1

    cdef Py_ssize_t _patch_pitch(self, Py_ssize_t columns, Py_ssize_t taps):
        """Bound the length of a row of the patch; see plan_patch() in src/implicit_gemm/patch.h."""
        cdef fc_axis *w = &self.geometry.axis[2]
        cdef Py_ssize_t shared = w.stride * (columns + (taps - 1) * w.dilation // w.stride)
        return min(shared, columns * taps) + ALIGNMENT // self.item

    cdef Py_ssize_t _patch_height(self, Py_ssize_t rows, Py_ssize_t taps):
        """Bound the rows per group of the patch."""
        cdef fc_axis *h = &self.geometry.axis[1]
        return min((rows - 1) * h.stride + (taps - 1) * h.dilation + 1, rows * taps)

    cdef bint _can_read_in_place(self):
        """Return whether the pixels of one tap lie side by side, and planes don't compete in L1."""
        cdef fc_geometry *g = &self.geometry
        return (g.taps == 1 and g.direct and g.axis[2].feature == g.pixels == g.plane
                and g.pixels >= self.room.lanes
                and not (self.group_features > FEW and self.room.lanes * self.item < WIDE_BYTES
                         and crowded(self.deepest, g.plane * self.item, L1_BYTES)))

    cdef Py_ssize_t _unpacked_pixels(self):
        """Return how many output pixels are read unpacked: whole rows, or a part of one."""
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t lanes = self.room.lanes, width = g.axis[2].feature, rows = 0, vectors
        if g.taps == 1:
            return min(BLOCK_VECTORS * lanes, width) if self._can_read_in_place() else 0
        cdef Py_ssize_t limit = self.room.unpacked_bytes // (
            self.deepest // g.taps * g.axis[0].taps * self.item)
        cdef Py_ssize_t pitch = self._patch_pitch(width, g.axis[2].taps)
        cdef Py_ssize_t most = BLOCK_VECTORS // ceil_div(width, lanes)
        while rows < most and self._patch_height(rows + 1, g.axis[1].taps) * pitch <= limit:
            rows += 1
        if rows > 0:
            return rows * width
        limit //= self._patch_height(1, g.axis[1].taps)
        for vectors in range(min(BLOCK_VECTORS, width // lanes // 2), 0, -1):
            if self._patch_pitch(vectors * lanes, g.axis[2].taps) <= limit:
                return vectors * lanes
        return 0

    cdef _cut_pixels(self):
        """Cut pixels; blocks cross neither images nor rows that fill several blocks."""
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t lanes = self.room.lanes, width = g.axis[2].feature, block
        self.grain = self.vectors * lanes
        if self.unpacked:
            block = self._unpacked_pixels()
            if block < width:
                block = max(<Py_ssize_t>1, block // self.grain) * self.grain
        else:
            block = self.room.block_bytes // ((self.deepest + 1) * self.item)
            block = min(block, BLOCK_VECTORS * lanes) // self.grain * self.grain
            block = max(block, self.grain)
        if width >= 2 * block or (self.in_place and width >= block // 2):
            self.units, self.unit_pixels = g.batch * (g.pixels // width), width
        else:
            self.grain = width if self.unpacked else self.grain
            if g.pixels <= 4 * block:
                self.units, self.unit_pixels = 1, g.batch * g.pixels
            else:
                self.units, self.unit_pixels = g.batch, g.pixels
        self.block_grains = min(max(<Py_ssize_t>1, block // self.grain),
                                ceil_div(self.unit_pixels, self.grain))

    cdef _plan_workspace(self):
        """Bound what cut(), pack() and load_patch() in src/implicit_gemm fill, per thread."""
        cdef fc_geometry *g = &self.geometry
        cdef fc_axis *h = &g.axis[1]
        cdef fc_axis *w = &g.axis[2]
        cdef Py_ssize_t lanes = self.room.lanes, most = self.room.depth_max
        cdef Py_ssize_t pixels = self.block_grains * self.grain
        cdef Py_ssize_t rows, groups, columns, block_vectors, slack
        cdef Py_ssize_t taps[3]
        rows = min(ceil_div(self.unit_pixels, w.feature), (pixels - 2) // w.feature + 2)
        groups = min(ceil_div(rows, h.feature) + 1, rows)
        columns = min(w.feature, pixels) if rows == 1 else w.feature
        taps[2] = min(w.taps, most)
        taps[1] = min(h.taps, max(<Py_ssize_t>1, most // w.taps))
        taps[0] = min(g.axis[0].taps, max(<Py_ssize_t>1, most // (w.taps * h.taps)))
        block_vectors = ceil_div(pixels, lanes)
        if self.unpacked:
            block_vectors = rows * ceil_div(columns, lanes)
        self.panels = ceil_div(block_vectors, self.vectors)
        self.pieces = self.panels + 2 * rows
        self.slots = groups * taps[0] * self._patch_height(min(rows, h.feature), taps[1])
        self.lines = taps[2]

        # Kernels read and write whole vectors, so each buffer has slack behind it.
        slack = self.vectors * lanes * self.item
        self.patch_bytes = self.slots * self._patch_pitch(columns, taps[2]) * self.item
        if self.unpacked:
            self.patch_bytes *= 0 if self.in_place else self.deepest // g.taps
            self.packed_bytes = 0
        else:
            self.patch_bytes = max(self.patch_bytes, <Py_ssize_t>self.room.patch_bytes)
            self.packed_bytes = aligned((self.deepest + 1) * block_vectors * lanes * self.item
                                        + slack)
        self.patch_bytes = aligned(self.patch_bytes + slack)
        self.tile_bytes = aligned(self.rows * self.vectors * lanes * self.item)
        self.thread_bytes = (
            self.packed_bytes + self.tile_bytes + self.patch_bytes
            + aligned(self.panels * sizeof(fc_panel))
            + aligned(self.pieces * sizeof(fc_piece))
            + aligned(self.lines * sizeof(fc_line))
            + aligned((self.slots + most + 2 * self.vectors * self.panels) * sizeof(ptrdiff_t))
            + 2 * ALIGNMENT  # keeps the data of two threads out of neighbouring cache lines
        )

    cdef Cut cut_for(self, int threads) noexcept nogil:
        """Cut blocks that fit the caches; cut more, or divide strips, to keep threads busy."""
        cdef Cut cut
        cdef Py_ssize_t grains = ceil_div(self.unit_pixels, self.grain), blocks
        cut.grains = grains
        cut.blocks = ceil_div(grains, self.block_grains)
        cut.splits = 1
        if self.units * cut.blocks % threads and self.units * cut.blocks < 8 * threads:
            blocks = cut.blocks
            while self.units * blocks % threads:
                blocks += 1
            if grains >= 2 * blocks:
                cut.blocks = blocks
            else:
                cut.splits = min(<Py_ssize_t>threads, self.groups * self.strips)
        cut.tiles = self.units * cut.blocks * cut.splits
        return cut


cdef double _tile_cycles(Py_ssize_t rows, Py_ssize_t most_rows, Py_ssize_t vectors,
                         Py_ssize_t most_vectors) noexcept nogil:
    """Return the cycles per term of all tiles, if rows and vectors are cut into even shares."""
    cdef Py_ssize_t shares = ceil_div(rows, most_rows), parts = ceil_div(vectors, most_vectors)
    cdef Py_ssize_t larger = rows % shares, wider = vectors % parts, i, j, r, v
    cdef double cycles = 0, count
    for i in range(2):
        r = rows // shares + i
        for j in range(2):
            v = vectors // parts + j
            count = <double>(larger if i else shares - larger) * (wider if j else parts - wider)
            cycles += count * max(r * v / 2., (r + v) / 2., 4)
    return cycles
