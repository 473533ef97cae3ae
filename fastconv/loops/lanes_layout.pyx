# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""lanes: cut one convolution into strips and blocks, once per problem.

Output channels are cut into strips of a register tile, the channels of a sum into blocks of depth,
and pixels into blocks that fit the caches. See lanes.pyx for the loop over them.
"""

from fastconv.loops cimport simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.epilogue cimport (
    FC_LINEAR, activation_code, epilogue_kernels, fc_set_limits,
)
from fastconv.loops.implicit_gemm_layout cimport BIAS_CHANNEL, BIAS_POSITION
from fastconv.loops.lanes_axes cimport ALIKE, Alike, alike, positions, share_inside
from fastconv.loops.sizes cimport ALIGNMENT, L1_BYTES, WIDE_BYTES, aligned, ceil_div, crowded
from fastconv.loops.simd cimport FC_F32, FC_FILL, fc_axis, fc_geometry

from fastconv.loops.simd import runnable_isas, splits

cdef enum:
    PATCH_BYTES = 160 << 10     # most bytes of a patch, which stays in L2
    SUMS_BYTES = 128 << 10      # most bytes of sums that several blocks of depth add to
    STRIP_BYTES = 20 << 10      # most bytes of sums that are turned at once, which stay in L1;
    FAR_STRIP_BYTES = 80 << 10  # and for an output of so many bytes, which goes to memory: longer
    FAR_OUTPUT = 4 << 20        # pieces of its rows are written at a time
    CHAINS = 6                  # accumulators of a tile that is not much slower than larger ones
    BESIDE = 12                 # accumulators from which tiles of pixels side by side are faster,
    BESIDE_ALONE = 8            # and those of one vector of channels, which wait for loads
    # From so many channels and output channels on, short vectors read one tap of patches with
    # channels last: a line of cache per term would be more than L1 holds beside the weights.
    LAST_CHANNELS = 64
    LAST_FEATURES = 32
    BUSY = 8                    # multiply-adds of vectors for which a tile loads weights

cdef bint AVX2 = "avx2" in runnable_isas()

# Seconds to begin a tile, to begin copying a row and to copy one of its vectors, and those of a
# multiply-add of a vector, by which layouts are compared.
cdef double TILE = 6e-9, ROW = 4.5e-9, COPY = 0.8e-9, MULTIPLY_ADD = 0.25e-9
# Time of a multiply-add where planes compete for the same sets of L1, over one where they don't.
cdef double CROWDED = 1.4
# Lanes that have to be saved, as a ratio, for vectors of half the size to be faster.
cdef double HALVES_GAIN = 1.1
# Seconds to transpose one byte of the image to a patch with channels last.
cdef double TURN = 0.055e-9
# Seconds to begin copying the channels of a position.
cdef double RUN = 2e-9


cdef bint narrower(Py_ssize_t features, Py_ssize_t lanes, bint split) noexcept nogil:
    """Return whether vectors of half as many lanes are faster for so many output channels.

    CPUs multiply two of them at once. On some, two halves are as fast as a vector in all tiles
    (`split`), but for each term of a sum there are more vectors of weights to load.
    """
    if 2 * features <= lanes:
        return True
    return split and (HALVES_GAIN * ceil_div(features, lanes // 2) * (lanes // 2)
                      <= ceil_div(features, lanes) * lanes)


cdef class LanesLayout:
    """Geometry, strips, blocks and workspace of one forward convolution in float32 or float64.

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
    last : None, "input", "output" or "both"
        Which arrays have channels last; a residual lies as the output does.
    """

    def __init__(self, str isa, str dtype, n, groups, image_channels, feature_channels, axes, *,
                 bias=None, activation=None, add=False, last=None):
        cdef int real = simd.real_index(dtype), i
        cdef fc_geometry *g = &self.geometry
        cdef fc_axis *a
        self.epilogue = epilogue_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.groups = groups
        self.group_channels = image_channels // groups
        self.group_features = feature_channels // groups
        self.room = lanes_kernels(isa, real)
        self.narrow = (AVX2 and isa == "avx512" and
                       narrower(self.group_features, self.room.lanes, splits(isa)))
        if self.narrow:
            self.room = lanes_kernels("avx2", real)
        self.bias_kind = {None: 0, "channel": BIAS_CHANNEL, "position": BIAS_POSITION}[bias]
        self.activation = activation_code(activation)
        self.has_epilogue = self.bias_kind != 0 or self.activation != FC_LINEAR or add
        self.ends = (fc_set_limits(&self.ending, self.activation) and self.has_epilogue
                     and self.bias_kind != BIAS_POSITION)
        self.image_last = last in ("input", "both")
        self.out_last = last in ("output", "both")
        self.activates = self.out_last and not fc_set_limits(&self.ending, self.activation)
        if self.activates:  # what comes before is added where sums are put
            fc_set_limits(&self.ending, FC_LINEAR)
            self.ends = True
        g.batch, g.image_channels, g.feature_channels = n, image_channels, feature_channels
        set_axes(g, axes, merge=True)
        cdef bint inside = True, zeros = True, compete
        self.clip = False
        for i in range(3):
            a = &g.axis[i]
            if a.before > 0 or a.extent > a.before + a.image:
                inside = False
                self.clip = self.clip or a.boundary == FC_FILL
                zeros = zeros and axes[i - 3 + len(axes)][6] == "zeros"
        self.group_vectors = ceil_div(self.group_features, self.room.lanes)
        self.strip_limit = (FAR_STRIP_BYTES if g.batch * feature_channels * g.pixels * self.item
                            >= FAR_OUTPUT else STRIP_BYTES)
        self.last = self.image_last or (
            inside and g.taps == 1 and self.room.lanes * self.item < WIDE_BYTES
            and self.group_channels >= LAST_CHANNELS and self.group_features >= LAST_FEATURES)
        self.sorted = False
        self.strips = ceil_div(self.group_vectors, self.room.vectors_max)
        self.most = self.room.pixels[ceil_div(self.group_vectors, self.strips) - 1]
        self.most_beside = self.room.line[ceil_div(self.group_vectors, self.strips) - 1]
        # so many accumulators hide the latency of a multiply-add
        self.least = ceil_div(CHAINS, self.group_vectors // self.strips)
        self.depth_blocks = ceil_div(self.group_channels,
                                     max(<Py_ssize_t>1, self.room.depth_max // g.taps))
        self.deepest = ceil_div(self.group_channels, self.depth_blocks)
        # rows are copied for their borders, to transpose them, or because planes compete in L1 and
        # short vectors would wait for L2: all taps and strips read what is in the patch
        compete = (not self.image_last and g.taps * self.strips > 1
                   and self.room.lanes * self.item < WIDE_BYTES
                   and crowded(self.deepest, g.plane * self.item, L1_BYTES // (1 + (g.taps > 1))))
        self.in_place = inside and self.last == self.image_last and not compete
        self.packed_bytes = aligned(
            self.groups * self.group_vectors * self.room.lanes * self.group_channels * g.taps
            * self.item)
        self.slice_bytes = aligned(self.deepest * g.taps * ceil_div(self.group_vectors, self.strips)
                                   * self.room.lanes * self.item)
        self._cut_pixels()
        if zeros and (compete or not inside) and self.last == self.image_last:
            self._stay_if_faster(not inside, CROWDED if compete else 1)

    def lanes(self):
        """Return the lanes of a vector, and whether it is narrower than the instruction set's."""
        return self.room.lanes, self.narrow

    def reads_planes(self):
        """Return whether tiles read planes of the image in place, not copies of their rows."""
        return self.in_place and not self.last

    def runs(self):
        """Return whether this loop can run the convolution: sums have too many terms otherwise."""
        return self.geometry.taps <= self.room.depth_max

    def work(self):
        """Return what the cost of a call is made of.

        Returns
        -------
        vectors : float
            Multiply-adds of vectors.
        seconds : float
            Seconds to begin tiles and to copy rows.
        squares : int
            Squares of LANES x LANES sums that are transposed.
        """
        cdef Blocks *b = &self.blocks
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t pixels = b.size[0] * b.size[1] * b.size[2] * b.size[3], lines, line
        lines = b.size[0] * (b.size[2] if b.size[3] < g.axis[2].feature else 1)
        lines *= b.size[1] if b.size[2] < g.axis[1].feature else 1
        line = pixels // lines
        return (self.vectors, self.seconds, b.tasks * self.groups * self.group_vectors * lines
                * ceil_div(line, self.room.lanes))

    cdef void _count(self) noexcept nogil:
        """Count multiply-adds and the seconds that tiles and rows take to begin."""
        cdef Blocks *b = &self.blocks
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t strips = self.groups * self.strips * self.depth_blocks * b.tasks
        cdef Py_ssize_t rows, i
        self.vectors = <double>g.batch * g.pixels * self.groups * self.group_vectors
        self.vectors *= self.group_channels * g.taps
        if self.clip:
            for i in range(3):
                self.vectors *= self._inside(i)
        self.seconds = TILE * strips * self._tiles(b.size)
        if self.last and not self.image_last:
            self.seconds += TURN * self.item * g.batch * g.image_channels * g.pixels
        elif not self.in_place:
            rows = b.tasks * self.groups * self.group_channels * b.size[0]
            for i in range(2):
                rows *= positions(&g.axis[i], b.size[i + 1])
            if self.last:  # the channels of each position are a run
                rows = rows // self.group_channels * self.depth_blocks
                rows *= positions(&g.axis[2], b.size[3])
                self.seconds += rows * (RUN + COPY * self.deepest / (64 // self.item))
                return
            self.seconds += rows * (
                ROW + COPY * positions(&g.axis[2], b.size[3]) / (64 // self.item))

    cdef void _count_sorted(self) noexcept nogil:
        """Count the same if each tile has pixels of the same taps."""
        cdef Blocks *b = &self.blocks
        cdef fc_geometry *g = &self.geometry
        cdef Alike part[3][ALIKE]
        cdef Alike *d
        cdef Alike *h
        cdef Alike *w
        cdef Py_ssize_t count[3]
        cdef Py_ssize_t i, j, k, pixels, tiles
        cdef double width = <double>self.group_vectors / self.strips, times, busy
        self.vectors = self.seconds = 0
        for i in range(3):
            count[i] = alike(&g.axis[i], b.size[i + 1], part[i])
            if count[i] < 0:
                self.vectors = self.seconds = 1e300
                return
        for i in range(count[0]):
            for j in range(count[1]):
                for k in range(count[2]):
                    d, h, w = &part[0][i], &part[1][j], &part[2][k]
                    pixels = b.size[0] * d.outputs * h.outputs * w.outputs
                    times = <double>d.times * h.times * w.times * b.parts[0]
                    tiles = ceil_div(pixels, self.most)
                    if self._lined(w.outputs):
                        tiles = pixels // w.outputs * ceil_div(w.outputs, self.most_beside)
                    busy = max(width * pixels / tiles, <double>BUSY)
                    self.vectors += times * tiles * busy * d.taps * h.taps * w.taps
                    self.seconds += times * tiles
        self.vectors *= self.groups * self.strips * self.group_channels
        self.seconds *= TILE * self.groups * self.strips * self.depth_blocks

    cdef _stay_if_faster(self, bint borders, double slowdown):
        """Read the image in place, in which multiply-adds take longer by a factor, if it is faster.

        With `borders`, which are zeros, tiles then have pixels of the same taps.
        """
        cdef double vectors = self.vectors, seconds = self.seconds
        self.in_place, self.sorted = True, borders
        self._cut_pixels()
        self.vectors *= slowdown
        if self.vectors * MULTIPLY_ADD + self.seconds >= vectors * MULTIPLY_ADD + seconds:
            self.in_place = self.sorted = False
            self._cut_pixels()

    cdef double _inside(self, int i) noexcept nogil:
        """Return the share of an axis' taps that tiles compute: some outputs read the image."""
        cdef fc_axis *a = &self.geometry.axis[i]
        cdef Py_ssize_t inner = 1
        cdef int j
        for j in range(i + 1, 3):
            inner *= self.geometry.axis[j].feature
        # a tile has about so many positions along this axis
        cdef Py_ssize_t pixels = self.most if inner < self.least else 1
        return share_inside(a, a.stride * (max(<Py_ssize_t>1, pixels // inner) - 1))

    cdef Py_ssize_t vector_of(self, Py_ssize_t strip) noexcept nogil:
        """Return the vectors of output channels of a group in the strips before this one."""
        return strip * self.group_vectors // self.strips

    cdef Py_ssize_t channel_of(self, Py_ssize_t block) noexcept nogil:
        """Return the channels of a group in the blocks of depth before this one."""
        return block * self.group_channels // self.depth_blocks

    cdef Py_ssize_t _patch_size(self, const ptrdiff_t *size) noexcept nogil:
        """Bound the elements of a patch; see plan_span() in src/implicit_gemm/lanes_patch.h."""
        cdef Py_ssize_t plane = 1
        cdef int i
        if self.in_place:
            return 0
        for i in range(3):
            plane *= positions(&self.geometry.axis[i], size[i + 1])
        if self.last:
            return size[0] * plane * (self.deepest + 2 * ALIGNMENT // self.item)
        return size[0] * self.deepest * (plane + ALIGNMENT // self.item)

    cdef Py_ssize_t _tiles(self, const ptrdiff_t *size) noexcept nogil:
        """Return the number of register tiles of a block, at most if pixels are sorted."""
        cdef Py_ssize_t rows = size[0] * size[1] * size[2], i, parts = 1, fewest
        if self.sorted:
            for i in range(3):
                parts *= min(size[i + 1], 2 * self.geometry.axis[i].taps + 1)
            fewest = self.most if self.beside == 0 else min(self.most, self.beside)
            return rows * size[3] // fewest + parts
        if not self.sorted and self._lined(size[3]):
            return rows * ceil_div(size[3], self.most_beside)
        if self.clip and size[3] >= self.least:
            return rows * ceil_div(size[3], self.most)
        return ceil_div(rows * size[3], self.most)

    cdef bint _lined(self, Py_ssize_t line) noexcept nogil:
        """Return whether the pixels of each tile shall lie side by side, in lines of this length.

        One address serves them all, so that tiles may be larger; but no tile has the pixels of two
        lines, so that tiles of short lines would be smaller.
        """
        return self.beside > 0 and line // ceil_div(line, self.most_beside) >= self.beside

    cdef bint _fits(self, const ptrdiff_t *size) noexcept:
        """Return whether patch and sums of a block are small enough for the caches."""
        cdef Py_ssize_t pixels = size[0] * size[1] * size[2] * size[3]
        cdef Py_ssize_t lanes = self.room.lanes * self.item
        if self._patch_size(size) * self.item > self.patch_limit:
            return False
        if self.depth_blocks == 1:
            return pixels * ceil_div(self.group_vectors, self.strips) * lanes <= self.strip_limit
        return pixels * self.group_vectors * lanes <= SUMS_BYTES

    cdef _cut_pixels(self):
        """Cut pixels into blocks: images first, then depths, rows and at last columns."""
        cdef fc_geometry *g = &self.geometry
        cdef fc_axis *row = &self.geometry.axis[2]
        cdef bint apart = row.stride > 1 and (self.in_place or row.taps > 1)
        self.beside = 0 if apart or self.last else BESIDE_ALONE if self.group_vectors == 1 else \
            ceil_div(BESIDE, self.group_vectors // self.strips)
        cdef Blocks *b = &self.blocks
        cdef Py_ssize_t whole[4]
        cdef Py_ssize_t pixels, width, low, high
        cdef int i
        for i in range(4):
            b.size[i] = 1
        # windows that reach far need much for a single pixel
        self.patch_limit = max(<Py_ssize_t>PATCH_BYTES, 2 * self._patch_size(b.size) * self.item)
        whole[0] = g.batch
        for i in range(3):
            whole[i + 1] = g.axis[i].feature
        for i in range(4):
            b.size[i] = whole[i]
        for i in range(4):
            if self._fits(b.size):
                break
            low, high = 1, b.size[i]  # the largest size that fits is below `high`
            b.size[i] = 1
            if not self._fits(b.size):
                continue
            while high - low > 1:
                b.size[i] = (low + high) // 2
                if self._fits(b.size):
                    low = b.size[i]
                else:
                    high = b.size[i]
            b.size[i] = ceil_div(whole[i], ceil_div(whole[i], low))
            break
        for i in range(4):
            b.parts[i] = ceil_div(whole[i], b.size[i])
        b.splits = 1
        b.tasks = b.parts[0] * b.parts[1] * b.parts[2] * b.parts[3]
        pixels = b.size[0] * b.size[1] * b.size[2] * b.size[3]
        width = ceil_div(self.group_vectors, self.strips) if self.depth_blocks == 1 else \
            self.group_vectors
        self.patch_bytes = aligned(self._patch_size(b.size) * self.item)
        # turning back reads whole vectors of pixels
        self.sums_bytes = aligned((pixels + self.room.lanes) * width * self.room.lanes * self.item)
        self.tiles_bytes = aligned(self._tiles(b.size) * sizeof(fc_lane_tile))
        self.offsets_bytes = aligned(
            (self.deepest * g.taps + FC_LANE_TERMS) * sizeof(ptrdiff_t))
        self.thread_bytes = (
            aligned(sizeof(fc_lane_block)) + self.patch_bytes + self.sums_bytes + self.tiles_bytes
            + self.offsets_bytes + 2 * ALIGNMENT)
        if self.sorted:
            self.thread_bytes += aligned((pixels + self.room.lanes) * sizeof(ptrdiff_t))
            self._count_sorted()
        else:
            self._count()

    cdef bint _by_pixels(self) noexcept nogil:
        """Return whether threads divide pixels, not output channels, if there are enough of both.

        With channels last, all layers of a network can divide pixels, so that threads read what
        they wrote themselves. Each of them reads all weights then.
        """
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t out_bytes = g.batch * g.feature_channels * g.pixels * self.item
        return ((self.image_last or self.out_last)
                and self.image_bytes() + out_bytes > self.packed_bytes)

    cdef Py_ssize_t image_bytes(self) noexcept nogil:
        """Return the bytes of the input."""
        cdef fc_geometry *g = &self.geometry
        return g.batch * g.image_channels * g.plane * self.item

    cdef Blocks blocks_for(self, int threads) noexcept nogil:
        """Cut blocks that fit the caches; divide strips, or cut more, to keep threads busy."""
        cdef Blocks b = self.blocks
        cdef Py_ssize_t strips = self.groups * self.strips, parts
        cdef int i
        if threads > 1 and b.tasks < 8 * threads:
            if not self._by_pixels() and (strips % threads == 0 or strips >= 4 * threads):
                b.splits = threads
                b.tasks *= threads
            elif b.tasks % threads:
                for i in range(4):
                    if b.size[i] == 1:
                        continue
                    parts = b.parts[i]
                    while parts % threads and b.size[i] > 1:
                        parts += 1
                        b.size[i] = ceil_div(
                            self.geometry.batch if i == 0 else self.geometry.axis[i - 1].feature,
                            parts)
                    b.tasks //= b.parts[i]
                    b.parts[i] = ceil_div(
                        self.geometry.batch if i == 0 else self.geometry.axis[i - 1].feature,
                        b.size[i])
                    b.tasks *= b.parts[i]
                    break
        return b
