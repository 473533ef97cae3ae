# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft_tiled: count the work of tiles, and list the sizes of tiles along an axis."""

from fastconv.loops.sizes cimport ceil_div
from fastconv.loops.fft_tiled_transforms import radices

# Work is counted in cycles. The constants are fitted to tiles of many sizes on one machine. Cycles
# of another machine are faster or slower, as its rate says (planner/machine.py), but their
# proportions hardly differ.

# Cycles of a pass in both directions, per complex vector, for each radix.
_PASS = {2: 7.1, 3: 8.8, 4: 8.7, 5: 12.6, 8: 14.1}

# Cycles per complex vector, in this order: pass through the stack and back; transpose a band both
# ways; multiply with the twiddles of a line; multiply with a spectrum; the same with a spectrum
# from beyond L2, and from memory; read a spectrum that only one tile needs.
cdef double STACK = 9.7, BAND = 12.3, TURN = 0.7, PRODUCT = 5.0, FAR_PRODUCT = 13.0
cdef double MEMORY_PRODUCT = 45.0, SPECTRUM = 7.0
# Cycles to load and store a row of a tile, and other cycles per pair of tiles.
cdef double ROW = 57.0, TILE = 440.0
# Cycles per complex vector of a stack, or of spectra, that do not stay near; per byte of stacks
# that do not stay in L2.
cdef double FAR = 10.5, DEEP = 0.7
# Cycles per byte of matrices that do not stay in L1. Transforms along columns miss caches and pages
# the more often the larger a matrix is, about as the square root of its size.
cdef double MISS = 0.12

cdef enum:
    NEAR_BYTES = 448 << 10      # bytes of data that stays near
    DEEP_BYTES = 2 << 20        # bytes of stacks that stay in L2; of half as many more, none stays
    SPECTRA_BYTES = 32 << 20    # bytes of spectra that stay in L3
    LARGEST = 4096              # largest size of a transform

# Sizes of the filtered axes of upright tiles; the first STACK_SIZES are those of stacks.
cdef Py_ssize_t TALL[TALL_SIZES]
TALL[:] = [4, 6, 8, 10, 12, 16, 18, 20, 24, 30, 32, 36, 40, 48, 54, 60, 64, 72, 80, 90, 96, 108,
           120, 128, 144, 160, 180, 192, 216, 240, 256, 320, 384, 512, 640, 768, 1024, 1280, 1536,
           2048, 2560, 3072, 4096]
# Sizes of the rows and of the columns that make a line.
cdef Py_ssize_t LINES[LINE_SIZES]
LINES[:] = [8, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512]


def passes(size):
    """Return the cycles per complex vector of a transform, in both directions.

    Parameters
    ----------
    size : int
        Size of the transform, a product of powers of 2, 3 and 5.
    """
    return sum([_PASS[radix] for radix in radices(size)])


# the same for the sizes of tiles
cdef double PASSES[LARGEST + 1]
for _size in {1, *TALL, *LINES}:
    PASSES[_size] = passes(_size)
del _size


cdef int read_sizes(Sizes *s, stencil, str compute, Py_ssize_t vector_bytes,
                    Py_ssize_t threads) except -1:
    """Read the sizes of a stencil of at most three axes.

    Parameters
    ----------
    s : Sizes
        What is set.
    stencil : Stencil
        A forward convolution. An empty batch, which is explained but not run, is one image.
    compute : str
        Short name of the dtype of the computation.
    vector_bytes : int
        Size of a vector.
    threads : int
        Number of threads that share the tiles.
    """
    cdef tuple axes = stencil.axes
    cdef Py_ssize_t missing = 3 - len(axes), taps, dilation
    cdef int a
    s.taps = 1
    s.n, s.groups = max(1, stencil.n), stencil.groups
    s.channels, s.features = stencil.image_channels, stencil.feature_channels
    s.channels //= s.groups
    s.features //= s.groups
    s.together = 1 if compute[0] == u"c" else 2
    s.item = 4 if compute == "f32" or compute == "c64" else 8
    s.lanes = vector_bytes // s.item
    s.threads = threads
    for a in range(3):
        s.feature[a] = s.stride[a] = s.dense[a] = 1
        s.reach[a] = 0
        if a >= missing:
            axis = axes[a - missing]
            taps, dilation = axis.taps, axis.dilation
            s.feature[a], s.stride[a] = axis.feature, axis.stride
            s.reach[a] = dilation * (taps - 1)
            s.taps *= taps
            s.dense[a] = (s.feature[a] - 1) * s.stride[a] + 1
    return 0


cdef void one_choice(Choices *c, const Sizes *s, int axis) noexcept nogil:
    """Leave tiles of single positions as the only choice along an axis that is not filtered."""
    c.count = 0
    _add(c, s, axis, 1)


cdef void _add(Choices *c, const Sizes *s, int axis, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t stride = s.stride[axis]
    # An axis of one position may have any stride.
    cdef Py_ssize_t hop = max((size - s.reach[axis]) // stride, 1) * stride
    c.size[c.count], c.hop[c.count] = size, hop
    c.tiles[c.count] = ceil_div(s.dense[axis], hop)
    c.vectors[c.count] = ceil_div(size, s.lanes)
    c.passes[c.count] = PASSES[size]
    c.count += 1


cdef bint choose(Choices *c, const Sizes *s, int axis, const Py_ssize_t *sizes,
                 int count) noexcept nogil:
    """Set the sizes that leave outputs of a tile, up to the first that one tile is enough of.

    Return whether there are any.
    """
    cdef int i
    c.count = 0
    for i in range(count):
        if sizes[i] >= s.reach[axis] + s.stride[axis]:
            _add(c, s, axis, sizes[i])
            if sizes[i] >= s.dense[axis] + s.reach[axis]:
                break
    return c.count > 0


cdef Work tile_work(const Sizes *s, Py_ssize_t depth, Py_ssize_t rows, Py_ssize_t columns,
                    Py_ssize_t bands, Py_ssize_t vectors, bint line,
                    Py_ssize_t terms) noexcept nogil:
    """Return the work of one tile of one group of channels, and of the spectra of its taps.

    Parameters
    ----------
    s : Sizes
    depth, rows, columns : int
        Sizes of the tile.
    bands, vectors : int
        Vectors that hold as many positions as there are rows, and columns.
    line : bool
        Whether the tile is a stretch of a line.
    terms : int
        Channels, or parts of their taps.
    """
    cdef Py_ssize_t by_columns = depth * rows * vectors
    cdef Py_ssize_t by_bands = depth * bands * columns
    cdef Py_ssize_t kept = terms if terms * s.features > 1 else 0  # the spectra of the inputs
    cdef Py_ssize_t value = 2 * s.item * s.lanes, spectra
    cdef double there_and_back, product
    cdef Work work
    there_and_back = by_columns * PASSES[rows] + depth * rows * 2 * ROW + TILE
    there_and_back += by_bands * (PASSES[columns] + BAND + TURN * line)
    if depth > 1:
        there_and_back += by_columns * (PASSES[depth] + STACK)
    there_and_back += by_bands * _missed(s, by_columns + by_bands * (1 + line), depth)
    work.tile = there_and_back * (terms + s.features) / 2
    if kept:
        spectra = value * by_bands * terms * (s.features + 1)
        product = PRODUCT
        if spectra > NEAR_BYTES:
            product = FAR_PRODUCT if spectra <= SPECTRA_BYTES else MEMORY_PRODUCT
        work.tile += by_bands * (product * terms * s.features)
        if value * by_bands * kept > NEAR_BYTES:
            work.tile += FAR * by_bands * (terms + s.features) / 2
    work.taps = there_and_back / 2
    return work


cdef inline double _missed(const Sizes *s, Py_ssize_t values, Py_ssize_t depth) noexcept nogil:
    """Return the cycles per complex vector that wait for caches.

    Parameters
    ----------
    s : Sizes
    values : int
        Complex vectors of a tile, its spectrum and its twiddles.
    depth : int
        Number of matrices.
    """
    cdef Py_ssize_t value = 2 * s.item * s.lanes, size = value * values
    cdef double cycles = MISS * value * excess(size // depth)
    if depth > 1 and size > NEAR_BYTES:
        cycles += max(FAR, DEEP * value * min(1.0, 2.0 * (size - DEEP_BYTES) / DEEP_BYTES))
    return cycles
