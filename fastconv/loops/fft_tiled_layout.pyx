# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft_tiled: choose the tiles of one convolution of a few channels.

All tiles that may be best are compared by the work that they take. Where they are many, those of
which even a lower bound of the work is larger than the least work so far are left out.
"""

from libc.math cimport HUGE_VAL

from fastconv.loops.fft_tiled_work cimport (
    BAND, LINES, LINE_SIZES, PRODUCT, ROW, SPECTRUM, STACK, STACK_SIZES, TALL, TALL_SIZES, TILE,
    Best, Choices, Sizes, Work, better, choose, dealt, excess, joined, one_choice, tile_work,
)
from fastconv.loops.sizes cimport aligned, ceil_div

# In cycles, as fft_tiled_work.pyx counts them: to load and store a vector of upright tiles, others
# per upright tile, and per byte of upright tiles that do not stay in L1; and to put a tap into its
# place.
cdef double UPRIGHT = 11.0, UPRIGHT_TILE = 550.0, UPRIGHT_MISS = 0.05, TAP = 5.0

cdef enum:
    # Largest size in bytes of a tile's matrix; beyond it, the taps of a line are cut instead.
    MOST_BYTES = 1 << 21
    MANY_GROUPS = 8         # fewest groups whose tasks compute the spectra of their taps themselves


cdef class Cut:
    """How a convolution is cut into tiles; see fc_fft_plan in src/fft_tiled/interface.h.

    Attributes
    ----------
    line, upright : bool
        Whether tiles are stretches of a line, each as a matrix, or upright: the last axis is not
        filtered. All others are stacks.
    sizes, tiles, hop : tuple of 3 int
        Sizes of the transforms, numbers of tiles, and positions from one tile to the next.
    parts, part : int
        Parts of a line's taps, and positions of one of them.
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

    cdef void plan_workspace(self, const Sizes *s) noexcept nogil:
        """Set the bytes of everything that a call needs."""
        cdef Py_ssize_t value = 2 * s.lanes * s.item, terms = s.channels * self.parts
        cdef Py_ssize_t depth = self.size[0], rows = self.size[1], columns = self.size[2]
        cdef Py_ssize_t bands = ceil_div(rows, s.lanes)
        cdef Py_ssize_t plane = (ceil_div(columns, s.lanes) | 1) * bands * s.lanes | 1
        self.own_spectra = s.groups >= MANY_GROUPS and terms * s.features == 1
        self.spectrum_bytes = depth * (rows if self.upright else bands * columns) * value
        self.spectra_bytes = s.groups * s.features * terms * self.spectrum_bytes
        self.matrix_bytes = aligned(depth * plane * value)
        self.inputs_bytes = 0
        if terms * s.features > 1 or self.own_spectra:
            self.inputs_bytes = aligned(terms * self.spectrum_bytes)
        self.buffer_bytes = aligned((max(depth, rows, columns) + s.lanes) * value)
        self.row_bytes = aligned((columns + 3 * s.lanes) * s.item * 2)
        self.thread_bytes = (self.matrix_bytes + self.inputs_bytes + self.buffer_bytes
                             + self.row_bytes)

    def workspace(self, Py_ssize_t threads, bint prepared=False):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        prepared : bool
            Whether the call gets prepared spectra.
        """
        cdef Py_ssize_t shared = 0 if prepared or self.own_spectra else self.spectra_bytes
        return threads * self.thread_bytes + shared


cdef bint _is_upright(const Sizes *s) noexcept nogil:
    return s.channels == 1 and s.features == 1 and s.reach[2] == 0 and s.stride[2] == 1


cdef Cut cut_tiles(const Sizes *s):
    """Return the best `Cut` of a convolution, None if no tile fits."""
    cdef Cut cut
    if not fits_tiles(s):
        return None
    cut = Cut.__new__(Cut)
    cut.parts = 1
    if _is_upright(s):
        _cut_upright(cut, s)
    elif s.reach[0] == 0 and s.reach[1] == 0:
        _cut_line(cut, s)
    else:
        _cut_stack(cut, s)
    cut.taps_work += _placing(s)
    cut.plan_workspace(s)
    return cut


cdef bint fits_tiles(const Sizes *s) noexcept nogil:
    """Return whether any tile fits."""
    cdef Choices c[3]
    cdef Py_ssize_t least
    if _is_upright(s):
        if not (_choose_tall(&c[0], s, 0) and _choose_tall(&c[1], s, 1)):
            return False
        least = s.lanes * c[0].size[0] * c[1].size[0]
    elif s.reach[0] == 0 and s.reach[1] == 0:
        least = 2 * s.stride[2]
    else:
        if not _choose_stack(c, s):
            return False
        least = c[0].size[0] * c[1].size[0] * c[2].size[0]
    return least * 2 * s.item <= MOST_BYTES


cdef double _placing(const Sizes *s) noexcept nogil:
    """Return the work to put all taps into their places."""
    return TAP * s.groups * s.channels * s.features * s.taps


cdef double least_of_tiles(const Sizes *s):
    """Return a lower bound of the work of all tiles and of the taps; infinity if no tile fits."""
    cdef Choices c[3]
    cdef double bounds[STACK_SIZES * STACK_SIZES]
    cdef Cut cut
    if not fits_tiles(s):
        return HUGE_VAL
    if _is_upright(s) or s.reach[0] == 0 and s.reach[1] == 0:
        cut = cut_tiles(s)
        return cut.work + cut.taps_work
    _choose_stack(c, s)
    return bounds[_set_bounds(bounds, c, s)] + _placing(s)


cdef void _cut_line(Cut cut, const Sizes *s) noexcept nogil:
    cdef Py_ssize_t rows, columns, size, parts, part, hop, tiles, pairs
    cdef Py_ssize_t reach = s.reach[2], stride = s.stride[2]
    cdef Py_ssize_t lines = s.n * s.feature[0] * s.feature[1]
    cdef double least = HUGE_VAL, total, tile, taps
    cdef Work work
    cdef int i, j
    for i in range(LINE_SIZES):
        for j in range(LINE_SIZES):
            rows, columns = LINES[i], LINES[j]
            size = rows * columns
            if (columns > 2 * rows or rows > 2 * columns or size * 2 * s.item > MOST_BYTES
                    or size < 2 * stride):
                continue
            # If taps leave a tile less than a fifth of outputs, cut them into parts of half a tile.
            if 5 * (reach + stride) <= 4 * size:
                parts, part = 1, size
                hop = (size - reach) // stride * stride
            else:
                part = size // 2
                parts = ceil_div(reach + 1, part)
                hop = (size - (part - 1)) // stride * stride
            tiles = ceil_div(s.dense[2], hop)
            pairs = joined(s, lines * tiles)
            work = tile_work(s, 1, rows, columns, ceil_div(rows, s.lanes),
                             ceil_div(columns, s.lanes), True, s.channels * parts)
            tile = s.groups * work.tile
            taps = s.groups * s.channels * s.features * parts * work.taps
            total = dealt(pairs, s.threads) * tile + taps
            if total < least:
                least = total
                cut.line = True
                cut.size[0], cut.size[1], cut.size[2] = 1, rows, columns
                cut.tile_count[2], cut.hops[2] = tiles, hop
                cut.parts, cut.part = parts, part
                cut.work, cut.taps_work = pairs * tile, taps
    cut.tile_count[0], cut.tile_count[1] = s.feature[0], s.feature[1]
    cut.hops[0], cut.hops[1] = s.stride[0], s.stride[1]


cdef bint _choose_tall(Choices *c, const Sizes *s, int axis) noexcept nogil:
    if s.reach[axis] > 0:
        return choose(c, s, axis, TALL, TALL_SIZES)
    one_choice(c, s, axis)
    return True


cdef void _cut_upright(Cut cut, const Sizes *s) noexcept nogil:
    cdef Choices c[2]
    cdef Py_ssize_t width = s.lanes * s.together, across = ceil_div(s.dense[2], width)
    cdef Py_ssize_t value = 2 * s.item * s.lanes, values, entries
    cdef double least = HUGE_VAL, total, tile, taps
    cdef int i, j
    _choose_tall(&c[0], s, 0)
    _choose_tall(&c[1], s, 1)
    for i in range(c[0].count):
        for j in range(c[1].count):
            values = c[0].size[i] * c[1].size[j]
            if values * value > MOST_BYTES:
                break
            entries = s.n * c[0].tiles[i] * c[1].tiles[j] * across
            tile = values * (c[1].passes[j] + UPRIGHT) + UPRIGHT_TILE
            if c[0].size[i] > 1:
                tile += values * (c[0].passes[i] + STACK)
            tile += values * value * UPRIGHT_MISS * excess(2 * values * value)
            taps = s.groups * tile / 2
            tile = s.groups * tile
            total = dealt(entries, s.threads) * tile + taps
            if total < least:
                least = total
                cut.size[0], cut.size[1] = c[0].size[i], c[1].size[j]
                cut.tile_count[0], cut.tile_count[1] = c[0].tiles[i], c[1].tiles[j]
                cut.hops[0], cut.hops[1] = c[0].hop[i], c[1].hop[j]
                cut.part = values
                cut.work, cut.taps_work = entries * tile, taps
    cut.upright = True
    cut.size[2], cut.tile_count[2], cut.hops[2] = 1, across, width


cdef bint _choose_stack(Choices *c, const Sizes *s) noexcept nogil:
    cdef int a
    for a in range(3):
        if s.reach[a] == 0 and s.dense[a] == 1:
            one_choice(&c[a], s, a)
        elif not choose(&c[a], s, a, TALL, STACK_SIZES):
            return False
    return True


cdef struct Last:       # the least of sums over the tiles of the last axis, whatever their size
    double tiles, vectors, bands, columns
    double one_vectors, one_bands       # of one tile


cdef void _cut_stack(Cut cut, const Sizes *s) noexcept nogil:
    cdef Choices c[3]
    cdef double bounds[STACK_SIZES * STACK_SIZES]
    cdef Best best
    cdef int i, j, first
    cdef Work work
    cdef double tile, read
    cdef Py_ssize_t pairs
    _choose_stack(c, s)
    first = _set_bounds(bounds, c, s)
    best.work, best.number = HUGE_VAL, 0
    _compare(s, c, first // c[1].count, first % c[1].count, &best)
    for i in range(c[0].count):
        for j in range(c[1].count):
            # The bound is rounded in another order than the work.
            if bounds[i * c[1].count + j] <= best.work * (1 + 1e-9):
                _compare(s, c, i, j, &best)
    for i in range(3):
        cut.size[i] = c[i].size[best.at[i]]
        cut.tile_count[i] = c[i].tiles[best.at[i]]
        cut.hops[i] = c[i].hop[best.at[i]]
    cut.part = cut.size[0] * cut.size[1] * cut.size[2]
    work = _stack_work(s, c, best.at[0], best.at[1], best.at[2])
    tile = s.groups * work.tile
    pairs = joined(s, s.n * cut.tile_count[0] * cut.tile_count[1] * cut.tile_count[2])
    read = _read(s, cut.size[0] * cut.size[1] * ceil_div(cut.size[2], s.lanes))
    cut.work = pairs * tile + read
    cut.taps_work = s.groups * s.channels * s.features * work.taps


cdef inline Work _stack_work(const Sizes *s, const Choices *c, int i, int j, int k) noexcept nogil:
    return tile_work(s, c[0].size[i], c[1].size[j], c[2].size[k], c[1].vectors[j],
                     c[2].vectors[k], False, s.channels)


cdef double _read(const Sizes *s, Py_ssize_t values) noexcept nogil:
    """Return the work to read spectra that only one group needs."""
    return s.groups * values * SPECTRUM if s.groups > 1 else 0.0


cdef Last _last(const Choices *c) noexcept nogil:
    cdef Last last
    cdef int k
    cdef double vectors, bands
    last.tiles = last.vectors = last.bands = last.columns = HUGE_VAL
    last.one_vectors = last.one_bands = HUGE_VAL
    for k in range(c.count):
        vectors, bands = c.vectors[k], c.size[k] * (c.passes[k] + BAND)
        last.tiles = min(last.tiles, <double>c.tiles[k])
        last.vectors = min(last.vectors, c.tiles[k] * vectors)
        last.bands = min(last.bands, c.tiles[k] * bands)
        last.columns = min(last.columns, <double>c.tiles[k] * c.size[k])
        last.one_vectors = min(last.one_vectors, vectors)
        last.one_bands = min(last.one_bands, bands)
    return last


cdef int _set_bounds(double *bounds, const Choices *c, const Sizes *s) noexcept nogil:
    """Set `_bound` of all pairs of sizes along the first two axes; return where the least is."""
    cdef Last last = _last(&c[2])
    cdef int i, j, at = 0, first = 0
    for i in range(c[0].count):
        for j in range(c[1].count):
            bounds[at] = _bound(s, c, &last, i, j)
            if bounds[at] < bounds[first]:
                first = at
            at += 1
    return first


cdef double _bound(const Sizes *s, const Choices *c, const Last *last, int i,
                   int j) noexcept nogil:
    """Return a lower bound of the work with sizes i and j along the first two axes."""
    cdef double depth = c[0].size[i], rows = depth * c[1].size[j]
    cdef double bands = depth * c[1].vectors[j]
    cdef double pairs = <double>s.n * c[0].tiles[i] * c[1].tiles[j] / s.together * s.groups
    cdef double steps = c[1].passes[j], spectra = s.groups * s.channels * s.features
    cdef double tile, taps
    if rows * c[2].size[0] * 2 * s.item > MOST_BYTES:
        return HUGE_VAL
    if depth > 1:
        steps += c[0].passes[i] + STACK
    tile = rows * last.vectors * steps + (rows * 2 * ROW + TILE) * last.tiles + bands * last.bands
    taps = rows * last.one_vectors * steps + rows * 2 * ROW + TILE + bands * last.one_bands
    tile *= (s.channels + s.features) / 2.0
    if s.channels * s.features > 1:
        tile += bands * last.columns * PRODUCT * s.channels * s.features
    return pairs * tile + spectra * taps / 2


cdef void _compare(const Sizes *s, const Choices *c, int i, int j, Best *best) noexcept nogil:
    """Compare all tiles with sizes i and j along the first two axes with the best so far."""
    cdef Py_ssize_t rows = c[0].size[i] * c[1].size[j], pairs, number
    cdef double total
    cdef Work work
    cdef int k
    for k in range(c[2].count):
        if rows * c[2].size[k] * 2 * s.item > MOST_BYTES:
            break
        pairs = joined(s, s.n * c[0].tiles[i] * c[1].tiles[j] * c[2].tiles[k])
        work = _stack_work(s, c, i, j, k)
        total = dealt(pairs, s.threads) * (s.groups * work.tile)
        total += _read(s, rows * c[2].vectors[k])
        total += s.groups * s.channels * s.features * work.taps
        number = (i * c[1].count + j) * c[2].count + k
        if better(best, total, number):
            best.work, best.number = total, number
            best.at[0], best.at[1], best.at[2] = i, j, k
