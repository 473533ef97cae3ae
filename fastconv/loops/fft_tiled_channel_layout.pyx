# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft_tiled: choose the tiles of a convolution of many channels, and whether it is one.

With many channels, the products of spectra are products of matrices, one for each frequency, and
tiles are joined to blocks. `best_cut` compares this way with the tiles of fft_tiled_layout.pyx.
"""

from libc.math cimport HUGE_VAL

from fastconv import config
from fastconv.caches import Cache
from fastconv.loops.fft_tiled_layout cimport Cut, cut_tiles, fits_tiles, least_of_tiles
from fastconv.loops.fft_tiled_plan cimport fc_fft_run
from fastconv.loops.fft_tiled_work cimport (
    Best, Choices, Sizes, better, choose, one_choice, read_sizes,
)
from fastconv.loops.implicit_gemm_layout cimport implicit_gemm_kernels
from fastconv.loops.simd cimport real_index
from fastconv.loops.sizes cimport ALIGNMENT, aligned, ceil_div
from fastconv.loops.simd import vector_bytes

# Constants count cycles, as in fft_tiled_work.pyx. In this order: the work of a transform
# relative to one of neighbours; cycles per complex vector of a tile; per vector of its planes; per
# row of every tile, to load or to store it; and the same for a row of a single value.
cdef double ACROSS = 1.44, VALUE = 2.2, PLANE = 6.0, TILE_ROW = 6.0, SINGLE = 1.0
# In this order: cycles per vector of a product's matrix; per byte of spectra; per byte of planes
# that are read again; the same if the planes leave the near cache; and per call.
cdef double MULTIPLY = 1.04, SPECTRA = 0.054, AGAIN = 0.087, FAR_AGAIN = 0.16, CALL = 2e4
# Share of the spectra of the taps that counts when tiles are chosen: plans compute them once.
cdef double TAPS = 0.25

cdef enum:
    SMALL_SIZES = 19
    MOST_VALUES = 4096          # most values of a tile
    NEAR_BYTES = 2 << 20        # bytes of planes that stay in the near cache
    STRIP = 6                   # rows of a register tile
    BLOCK_BYTES = 3 << 20       # bytes of transformed inputs in a block of tiles
    CHUNK_BYTES = 768 << 10     # bytes of the products of a chunk of channels

# Sizes of tiles whose frequencies become products of matrices.
cdef Py_ssize_t SMALL[SMALL_SIZES]
SMALL[:] = [4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40, 48, 64, 96, 128, 192, 256]

# The cuts of the last convolutions: planning asks for the same one several times.
_cuts = Cache(64)
cdef dict _known = _cuts.entries


def best_cut(stencil, str compute):
    """Choose the tiles of a forward convolution of at most three axes.

    Parameters
    ----------
    stencil : Stencil
    compute : str
        Short name of the dtype of the computation.

    Returns
    -------
    cut : Cut, ChannelCut or None
        None if no tile fits.
    """
    cdef Sizes s
    cdef str isa = config.current_isa()
    cdef Cut few
    read_sizes(&s, stencil, compute, vector_bytes(isa), config.get_num_threads())
    key = (
        isa, compute, s.threads, s.n, s.groups, s.channels, s.features,
        s.feature[0], s.stride[0], s.reach[0], s.feature[1], s.stride[1], s.reach[1],
        s.feature[2], s.stride[2], s.reach[2],
    )  # fmt: skip
    found = _known.get(key, _known)
    if found is not _known:
        return found
    few = cut_tiles(&s)
    found = few
    if s.together == 2:
        many = _cut_channels(&s, isa, compute, few.work + few.taps_work if few else HUGE_VAL)
        if many is not None:
            found = many
    _cuts.insert(key, found)
    return found


def fits(stencil, str compute):
    """Return whether any tile fits a forward convolution of at most three axes.

    Parameters
    ----------
    stencil : Stencil
    compute : str
        Short name of the dtype of the computation.
    """
    cdef Sizes s
    cdef Choices c[3]
    read_sizes(&s, stencil, compute, vector_bytes(config.current_isa()), 1)
    return fits_tiles(&s) or s.together == 2 and _choose(c, &s)


def least_work(stencil, str compute):
    """Return a lower bound of the work of the best tiles, that of the taps included.

    Parameters
    ----------
    stencil : Stencil
        A forward convolution that tiles fit.
    compute : str
        Short name of the dtype of the computation.
    """
    cdef Sizes s
    cdef Choices c[3]
    cdef double bounds[SMALL_SIZES * SMALL_SIZES]
    cdef double least
    read_sizes(&s, stencil, compute, vector_bytes(config.current_isa()), config.get_num_threads())
    least = least_of_tiles(&s)
    if s.together == 2 and _choose(c, &s):
        least = min(least, bounds[_set_bounds(bounds, c, &s, 1)])
    return least * (1 - 1e-9)


cdef bint _choose(Choices *c, const Sizes *s) noexcept nogil:
    """Set the sizes that can be best along all axes; return whether any tile fits."""
    cdef int a
    for a in range(3):
        if s.reach[a] == 0:
            one_choice(&c[a], s, a)
        elif not choose(&c[a], s, a, SMALL, SMALL_SIZES):
            return False
    return c[0].size[0] * c[1].size[0] * c[2].size[0] <= MOST_VALUES


cdef struct Blocks:         # of tiles of one size
    Py_ssize_t frequencies, sets, blocks, block, chunk


cdef inline Blocks _blocks(const Sizes *s, const Choices *c, int i, int j, int k) noexcept nogil:
    cdef Blocks b
    cdef Py_ssize_t inputs, values = c[0].size[i] * c[1].size[j] * c[2].size[k]
    cdef int even = (c[0].size[i] % 2 == 0) + (c[1].size[j] % 2 == 0) + (c[2].size[k] % 2 == 0)
    b.frequencies = (values + (1 << even)) // 2
    b.sets = ceil_div(s.n * c[0].tiles[i] * c[1].tiles[j] * c[2].tiles[k], 2 * s.lanes)
    inputs = 3 * b.frequencies * s.channels * 2 * s.lanes * s.item
    b.block = max(1, min(b.sets, BLOCK_BYTES // inputs))
    b.blocks = ceil_div(b.sets, b.block)
    b.block = ceil_div(b.sets, b.blocks)
    b.chunk = CHUNK_BYTES // (3 * b.frequencies * b.block * 2 * s.lanes * s.item)
    b.chunk = min(max(b.chunk, 1), s.features)
    return b


cdef struct Work:
    double tiles, taps      # of all tiles, and of the spectra of the taps


cdef inline Work _work(const Sizes *s, const Choices *c, int i, int j, int k) noexcept nogil:
    cdef Blocks b = _blocks(s, c, i, j, k)
    cdef Py_ssize_t values = c[0].size[i] * c[1].size[j] * c[2].size[k], planes = 3 * b.frequencies
    cdef Py_ssize_t inputs = planes * s.channels * 2 * s.lanes * s.item
    cdef Py_ssize_t spectra = planes * s.channels * s.features * s.item
    cdef double steps = 0, one, transforms, products, streams, again
    cdef Work work
    if c[0].size[i] > 1:
        steps += c[0].passes[i]
    if c[1].size[j] > 1:
        steps += c[1].passes[j]
    if c[2].size[k] > 1:
        steps += c[2].passes[k]
    steps = ACROSS * steps / 2
    one = values * (steps + VALUE) + planes * PLANE
    one += c[0].size[i] * c[1].size[j] * (
        (TILE_ROW if c[2].size[k] > 1 else SINGLE) * 2 * s.lanes)
    transforms = b.sets * one * (s.channels + s.features)
    products = b.sets * planes * s.channels * (ceil_div(s.features, STRIP) * STRIP) * MULTIPLY
    again = FAR_AGAIN if b.block * inputs > NEAR_BYTES else AGAIN
    streams = b.blocks * spectra * SPECTRA
    streams += b.sets * inputs * ceil_div(s.features, b.chunk) * again
    work.tiles = s.groups * (transforms + products + streams) + CALL
    work.taps = <double>(s.channels * s.features) / (2 * s.lanes) * one + spectra * 3 * SPECTRA
    work.taps *= s.groups
    return work


cdef struct Last:           # the least of sums over the tiles of the last axis, whatever their size
    double tiles, columns, steps


cdef Last _last(const Choices *c) noexcept nogil:
    cdef Last last
    cdef double tiles
    cdef int k
    last.tiles = last.columns = last.steps = HUGE_VAL
    for k in range(c.count):
        tiles = c.tiles[k]
        last.tiles = min(last.tiles, tiles)
        last.columns = min(last.columns, tiles * c.size[k])
        last.steps = min(last.steps, tiles * c.size[k] * c.passes[k])
    return last


cdef double _bound(const Sizes *s, const Choices *c, const Last *last, int i, int j,
                   double share) noexcept nogil:
    """Return a lower bound of the work with sizes i and j along the first two axes.

    It counts all tiles and a `share` of the spectra of the taps.
    """
    cdef double rows = c[0].size[i] * c[1].size[j], steps = VALUE + 1.5 * PLANE, values, tiles, one
    cdef double sets = <double>s.n * c[0].tiles[i] * c[1].tiles[j] / (2 * s.lanes)
    cdef double pairs = s.channels * s.features, row = SINGLE * 2 * s.lanes
    if rows * c[2].size[0] > MOST_VALUES:
        return HUGE_VAL
    if c[0].size[i] > 1:
        steps += ACROSS * c[0].passes[i] / 2
    if c[1].size[j] > 1:
        steps += ACROSS * c[1].passes[j] / 2
    # There are at least half as many frequencies as values, and three planes for each.
    tiles = rows * (last.columns * steps + ACROSS * last.steps / 2 + last.tiles * row)
    tiles *= s.channels + s.features
    tiles += 1.5 * rows * last.columns * s.channels * (
        ceil_div(s.features, STRIP) * STRIP * MULTIPLY + 2 * s.lanes * s.item * AGAIN)
    values = rows * c[2].size[0]
    one = values * steps + rows * row
    return s.groups * (
        sets * tiles + share * pairs / (2 * s.lanes) * one
        + (1 + 3 * share) * 1.5 * values * pairs * s.item * SPECTRA) + CALL


cdef int _set_bounds(double *bounds, const Choices *c, const Sizes *s,
                     double share) noexcept nogil:
    """Set `_bound` of all pairs of sizes along the first two axes; return where the least is."""
    cdef Last last = _last(&c[2])
    cdef int i, j, at = 0, first = 0
    for i in range(c[0].count):
        for j in range(c[1].count):
            bounds[at] = _bound(s, c, &last, i, j, share)
            if bounds[at] < bounds[first]:
                first = at
            at += 1
    return first


cdef ChannelCut _cut_channels(const Sizes *s, str isa, str compute, double most):
    """Return the best `ChannelCut` of real numbers; None without one that takes less than `most`.

    Parameters
    ----------
    s : Sizes
    isa, compute : str
        Instruction set, and short name of the dtype of the computation.
    most : float
        Work of the best tiles of the other kind, that of the taps included.
    """
    cdef Choices c[3]
    cdef double bounds[SMALL_SIZES * SMALL_SIZES]
    cdef Best best
    cdef Blocks blocks
    cdef ChannelCut cut
    cdef Work work
    cdef int i, j, k, first
    if not _choose(c, s):
        return None
    first = _set_bounds(bounds, c, s, TAPS)
    # Bounds are rounded in another order than the work.
    best.work, best.number = most * (1 + 1e-9), -1
    if bounds[first] > best.work:
        return None
    _compare(s, c, first // c[1].count, first % c[1].count, &best)
    for i in range(c[0].count):
        for j in range(c[1].count):
            if bounds[i * c[1].count + j] <= best.work * (1 + 1e-9):
                _compare(s, c, i, j, &best)
    if best.number < 0:
        return None
    i, j, k = best.at[0], best.at[1], best.at[2]
    work = _work(s, c, i, j, k)
    if most <= work.tiles + work.taps:
        return None
    cut = ChannelCut.__new__(ChannelCut)
    cut.work, cut.taps_work = work.tiles, work.taps
    blocks = _blocks(s, c, i, j, k)
    cut.frequencies, cut.blocks, cut.block = blocks.frequencies, blocks.blocks, blocks.block
    cut.chunk = blocks.chunk
    for i in range(3):
        cut.size[i] = c[i].size[best.at[i]]
        cut.tile_count[i] = c[i].tiles[best.at[i]]
        cut.hops[i] = c[i].hop[best.at[i]]
    cut.plan_workspace(s, implicit_gemm_kernels(isa, real_index(compute)).shapes[0][0])
    return cut


cdef void _compare(const Sizes *s, const Choices *c, int i, int j, Best *best) noexcept nogil:
    """Compare all tiles with sizes i and j along the first two axes with the best so far."""
    cdef Work work
    cdef Py_ssize_t number
    cdef int k
    for k in range(c[2].count):
        if c[0].size[i] * c[1].size[j] * c[2].size[k] > MOST_VALUES:
            break
        work = _work(s, c, i, j, k)
        number = (i * c[1].count + j) * c[2].count + k
        if better(best, work.tiles + TAPS * work.taps, number):
            best.work, best.number = work.tiles + TAPS * work.taps, number
            best.at[0], best.at[1], best.at[2] = i, j, k


cdef class ChannelCut:
    """How a convolution of many channels is cut into tiles, and these into blocks.

    Attributes
    ----------
    sizes, tiles, hop : tuple of 3 int
        Sizes of the transforms, numbers of tiles, and positions from one tile to the next.
    frequencies : int
        Frequencies that are not conjugates of others.
    blocks, block : int
        Blocks of tiles, and pairs of vectors of tiles in one.
    chunk : int
        Output channels whose products are kept at a time.
    work, taps_work : float
        Work of all tiles, and that of the spectra of the taps.
    """

    @property
    def sizes(self):
        return self.size[0], self.size[1], self.size[2]

    @property
    def tiles(self):
        return self.tile_count[0], self.tile_count[1], self.tile_count[2]

    @property
    def hop(self):
        return self.hops[0], self.hops[1], self.hops[2]

    cdef void plan_workspace(self, const Sizes *s, Py_ssize_t rows) noexcept nogil:
        """Set the bytes of everything that a call needs; `rows` are those of a register tile."""
        cdef Py_ssize_t line = ALIGNMENT // s.item, count = self.block * 2 * s.lanes
        cdef Py_ssize_t value = 2 * s.lanes * s.item, planes = 3 * self.frequencies
        cdef Py_ssize_t depth = self.size[0], height = self.size[1], columns = self.size[2]
        cdef Py_ssize_t plane = (columns | 1) * height | 1, features, runs
        self.strips = ceil_div(s.features, rows)
        self.chunk_strips = max(1, self.chunk // rows)
        features = min(self.chunk_strips * ceil_div(s.features, self.strips), s.features)
        self.value_bytes = aligned(planes * (count * s.channels + line) * s.item)
        self.product_bytes = aligned(features * (planes * count + line) * s.item)
        self.buffer_bytes = aligned((depth * plane + max(depth, height, columns) + 16) * value)
        self.row_bytes = aligned(2 * s.lanes * (columns + 4) * s.item)
        runs = ceil_div(count, self.tile_count[2]) + 1
        self.patch_bytes = aligned(
            depth * height * (count * self.hops[2] + runs * (columns + s.lanes)) * s.item)
        self.list_bytes = (aligned(runs * sizeof(fc_fft_run))
                           + aligned(count * 3 * sizeof(void *)))
        self.zero_bytes = aligned((columns + s.lanes) * s.item)
        self.thread_bytes = (self.value_bytes + self.product_bytes + self.buffer_bytes
                             + self.row_bytes + self.patch_bytes + self.list_bytes
                             + self.zero_bytes)
        self.weight_plane = s.features * s.channels + line
        self.weight_bytes = aligned(s.groups * planes * self.weight_plane * s.item)

    def workspace(self, Py_ssize_t threads, bint prepared=False):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        prepared : bool
            Whether the call gets prepared spectra.
        """
        return threads * self.thread_bytes + (0 if prepared else self.weight_bytes)
