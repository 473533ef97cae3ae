"""Declare what the searches for tiles share: sizes of a convolution, sizes of tiles, their work."""

from libc.math cimport sqrt

from fastconv.loops.sizes cimport ceil_div

cdef enum:
    STACK_SIZES = 34
    TALL_SIZES = 43
    LINE_SIZES = 16
    MATRIX_BYTES = 32 << 10     # bytes of matrices that stay in L1

cdef double STACK, BAND, PRODUCT, SPECTRUM, ROW, TILE
cdef Py_ssize_t TALL[TALL_SIZES]
cdef Py_ssize_t LINES[LINE_SIZES]


cdef struct Sizes:          # of one convolution, without the sizes that no cut depends on
    Py_ssize_t n, groups, channels, features    # channels of the input and output of one group
    Py_ssize_t together     # tiles that share a transform: 2 of real numbers, 1 of complex ones
    Py_ssize_t lanes, item, threads
    double taps             # of one kernel
    Py_ssize_t feature[3]
    Py_ssize_t stride[3]
    Py_ssize_t reach[3]     # positions from the first tap to the last one
    Py_ssize_t dense[3]     # positions of the image from the first output to the last one


cdef struct Choices:        # the sizes along one axis that can be best, in ascending order
    int count
    Py_ssize_t size[TALL_SIZES]
    Py_ssize_t hop[TALL_SIZES]
    Py_ssize_t tiles[TALL_SIZES]
    Py_ssize_t vectors[TALL_SIZES]      # of a tile's positions
    double passes[TALL_SIZES]


cdef struct Best:           # the best tile found so far, and its number in the order of all tiles
    double work
    Py_ssize_t number
    int at[3]


cdef struct Work:
    double tile         # of one transform: there, products, and back
    double taps         # of the spectrum of one kernel


cdef int read_sizes(Sizes *s, stencil, str compute, Py_ssize_t vector_bytes,
                    Py_ssize_t threads) except -1
cdef void one_choice(Choices *c, const Sizes *s, int axis) noexcept nogil
cdef bint choose(Choices *c, const Sizes *s, int axis, const Py_ssize_t *sizes,
                 int count) noexcept nogil
cdef inline bint better(Best *best, double work, Py_ssize_t number) noexcept nogil:
    """Return whether a tile is the best so far; of equal ones, the first in their order is."""
    return work < best.work or work == best.work and number < best.number


cdef inline double dealt(Py_ssize_t tiles, Py_ssize_t threads) noexcept nogil:
    """Return the number of transforms, of a few with those that threads wait for in vain."""
    return tiles if tiles >= 8 * threads else ceil_div(tiles, threads) * threads


cdef inline Py_ssize_t joined(const Sizes *s, Py_ssize_t tiles) noexcept nogil:
    """Return the number of transforms that tiles take."""
    return tiles if s.together == 1 else (tiles + 1) // 2


cdef inline double excess(Py_ssize_t size) noexcept nogil:
    """Return by how much a matrix of so many bytes exceeds L1."""
    return sqrt(<double>size / MATRIX_BYTES) - 1 if size > MATRIX_BYTES else 0.0


cdef Work tile_work(const Sizes *s, Py_ssize_t depth, Py_ssize_t rows, Py_ssize_t columns,
                    Py_ssize_t bands, Py_ssize_t vectors, bint line,
                    Py_ssize_t terms) noexcept nogil
