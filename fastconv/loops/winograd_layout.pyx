# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""winograd: cut one convolution into blocks of tiles, once per problem."""

from libc.string cimport memset

from fastconv.loops cimport simd
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code
from fastconv.loops.axes cimport set_axes
from fastconv.loops.implicit_gemm_layout cimport fc_implicit_gemm, implicit_gemm_kernels
from fastconv.loops.sizes cimport aligned, ceil_div
from fastconv.loops.simd cimport FC_F32, fc_axis, fc_geometry

cdef enum:
    SUM_BLOCK = 256         # most terms of one chain of additions; 512 lose another half digit
    FEWEST = 48             # fewest tiles of a block that amortise reading the weights

# Largest size in bytes of one thread's scratch memory.
cdef double LARGEST = 7.5 * 1024 * 1024


cdef class Tiling:
    """Geometry, tiles, blocks and workspace of one forward convolution in float32 or float64.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    m : int
        Outputs of a tile along an axis: 2, 4 or 6.
    n : int
        Number of images.
    groups : int
        Number of groups of channels.
    image_channels, feature_channels : int
        Channels of the input and of the output, over all groups.
    axes : sequence of 1 to 3 tuples
        Axes as `Layout` of implicit_gemm takes them. The last axis has 3 taps and stride 1. The
        axis before it has 3 taps and stride 1, or 1 tap.
    bias : None, "channel" or "position"
        Whether a bias is added, and whether it varies by channel only or also by position.
    activation : str or None
        Activation to apply to the output.
    add : bool
        Whether a residual is added to the output.
    tiles, channels : int, optional
        Tiles of a block and channels of a chunk, instead of those that fit the caches.
    """

    def __init__(self, str isa, str dtype, m, n, groups, image_channels, feature_channels, axes, *,
                 bias=None, activation=None, add=False, tiles=None, channels=None):
        cdef int real = simd.real_index(dtype)
        self.room = winograd_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.groups = groups
        self.group_channels = image_channels // groups
        self.group_features = feature_channels // groups
        self.activation_name, self.activation = activation, activation_code(activation)
        cdef fc_geometry *g = &self.geometry
        g.batch, g.image_channels, g.feature_channels = n, image_channels, feature_channels
        set_axes(g, axes)
        cdef fc_axis *h = &self.geometry.axis[1]
        cdef fc_axis *w = &self.geometry.axis[2]
        self.m = m
        self.high = 1 if h.taps == 1 else self.m
        self.transforms = &self.room.transforms[self.high != 1][self.m // 2 - 1]
        self.frequencies = (self.m + 2) * (1 if self.high == 1 else self.m + 2)
        self.plane_taps = h.taps * w.taps
        self.finishes_last = w.dilation > 1 and (
            bias is not None or add or self.activation != FC_LINEAR)
        self.depth = self.group_channels * self.geometry.axis[0].taps
        self.depth_blocks = ceil_div(self.depth, SUM_BLOCK)
        self.wide = ceil_div(w.feature, self.m * w.dilation)
        self.tiles = (n * self.geometry.axis[0].feature * h.dilation * w.dilation
                      * ceil_div(h.feature, self.high * h.dilation)
                      * self.wide)
        self.interleaves = w.dilation > 1 and self.tiles == self.wide * w.dilation
        self._choose_tile(implicit_gemm_kernels(isa, real))
        self._cut(tiles, channels)
        self._plan_workspace()

    cdef _choose_tile(self, const fc_implicit_gemm *gemm):
        """Choose the register tile with the fewest cycles per term, counted as in implicit_gemm."""
        cdef int i
        cdef double cycles, best = 0
        cdef Py_ssize_t rows, vectors, strips, panels
        self.lanes = gemm.lanes
        self.vectors = ceil_div(self.tiles, self.lanes)
        for i in range(gemm.shape_count):
            rows, vectors = gemm.shapes[i][0], gemm.shapes[i][1]
            strips, panels = ceil_div(self.group_features, rows), ceil_div(self.vectors, vectors)
            r, v = self.group_features / <double>strips, self.vectors / <double>panels
            cycles = strips * panels * max(r * v / 2, (r + v) / 2, 4) * (1 + 0.01 * vectors)
            if best == 0 or cycles < best:
                best, self.rows, self.panel_vectors = cycles, rows, vectors
        self.strips = ceil_div(self.group_features, self.rows)

    cdef _cut(self, tiles, channels):
        """Cut tiles into blocks and channels into chunks whose values and products share cache."""
        cdef Py_ssize_t grain = self.panel_vectors * self.lanes
        cdef Py_ssize_t budget = self.room.block_bytes, per_tile = self.frequencies * self.item
        cdef Py_ssize_t most, chunk
        most = budget // (per_tile * (self.depth + self.group_features))
        most = max(most, <Py_ssize_t>FEWEST)
        most = min(most, <Py_ssize_t>(LARGEST / 2 / (per_tile * self.depth)))
        if tiles is not None:
            most = tiles
        self.block_vectors = max(<Py_ssize_t>1, most // grain) * self.panel_vectors
        self.block_vectors = min(self.block_vectors, self.vectors)
        self.blocks = ceil_div(self.vectors, self.block_vectors)
        self.block_vectors = ceil_div(self.vectors, self.blocks)
        chunk = <Py_ssize_t>(budget / 2 / (per_tile * self.block_vectors * self.lanes))
        if channels is not None:
            chunk = channels
        self.chunk_strips = min(max(<Py_ssize_t>1, chunk // self.rows), self.strips)

    cdef _plan_workspace(self):
        cdef fc_geometry *g = &self.geometry
        cdef fc_axis *w = &g.axis[2]
        cdef Py_ssize_t lanes = self.lanes, count = self.block_vectors * lanes, line = 64
        cdef Py_ssize_t runs, points = self.frequencies // (self.m + 2)
        cdef Py_ssize_t chunk = min(self.chunk_strips * ceil_div(self.group_features, self.strips),
                                    self.group_features)
        # Kernels read and write whole vectors, so each buffer has slack behind it.
        runs = ceil_div(count - 1, self.wide) + 1
        self.run_bytes = aligned(runs * sizeof(fc_tile_run))
        self.zero_bytes = aligned((w.image + lanes) * self.item)
        self.column_bytes = aligned(
            points * (count * self.m + runs * (lanes + 1) + (self.m + 1) * lanes) * self.item)
        self.line_bytes = aligned(self.frequencies * (count + lanes) * self.item)
        self.value_bytes = aligned(self.frequencies * (count * self.depth * self.item + line))
        self.product_bytes = aligned(chunk * (self.frequencies * count * self.item + line))
        self.row_bytes = aligned(self.high * count * self.m * self.item)
        self.thread_bytes = (self.run_bytes + self.zero_bytes + self.column_bytes
                             + self.line_bytes + self.value_bytes + self.product_bytes
                             + self.row_bytes + aligned(sizeof(Shared)) + line)
        self.weight_plane = self.group_features * self.depth + line // self.item
        self.weight_bytes = self.groups * self.frequencies * self.weight_plane * self.item

    cdef void set_scratch(self, fc_tiles *b, char *at) noexcept nogil:
        b.frequencies, b.depth = self.frequencies, self.depth
        b.panel_vectors = self.panel_vectors
        b.values = at
        at += self.value_bytes
        b.products = at
        at += self.product_bytes
        b.lines = at
        at += self.line_bytes
        b.rows = at
        at += self.row_bytes
        b.columns = at
        at += self.column_bytes
        b.runs = <fc_tile_run *>at
        at += self.run_bytes
        b.zeros = at
        memset(at, 0, self.zero_bytes)
        # Lanes past the last column are transformed, too: see clear_ends in sizes.pxd.
        memset(b.columns, 0, self.column_bytes)

    cdef Py_ssize_t blocks_for(self, int threads) noexcept nogil:
        """Return how many blocks of tiles keep all threads busy.

        If that is no multiple of the threads, they share each block. Then every thread reads the
        transformed inputs of all of them. Otherwise every thread reads all transformed weights.
        """
        cdef Py_ssize_t values = self.groups * self.vectors * self.lanes
        if threads == 1 or self.interleaves or self.groups * self.blocks >= 4 * threads:
            return self.blocks
        if values < self.groups * self.group_features or (
                self.vectors < 2 * self.panel_vectors * threads):
            return self.blocks
        return min(ceil_div(self.blocks, threads) * threads, self.vectors)

    cdef Py_ssize_t first_tile(self, Py_ssize_t block, Py_ssize_t blocks) noexcept nogil:
        """Return the first tile of a block.

        Blocks end with a row of tiles if that makes none larger. Otherwise two threads write to the
        same lines of cache, row for row of the tiles between them, in every output channel.
        """
        cdef Py_ssize_t rows = self.tiles // self.wide
        # no block may be empty
        if rows >= blocks and (ceil_div(ceil_div(rows, blocks) * self.wide, self.lanes)
                               <= ceil_div(self.vectors, blocks)):
            return block * rows // blocks * self.wide
        return min(block * self.vectors // blocks * self.lanes, self.tiles)
