# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""im2col: unfold the image first, then run the loop of implicit_gemm over the matrix.

    tile     a block of pixels x a range of strips
      group      of channels: unfold all its channels and taps of the block into one matrix
        depth      blocks of p: pack the rows of the matrix, then multiply as implicit_gemm does

A block consists of whole rows of the output or of a part of one row. It has as many pixels as
implicit_gemm packs at a time, or fewer if the matrix would be larger than UNFOLDED_BYTES.
"""

from fastconv.loops cimport simd
from fastconv.loops.implicit_gemm cimport Convolution, Operands
from fastconv.loops.unfold cimport fc_unfold, unfold_kernels
from fastconv.loops.sizes cimport ALIGNMENT, aligned, ceil_div, clear_ends
from fastconv.loops.implicit_gemm_layout cimport fc_block, fc_panel, fc_piece
from fastconv.loops.simd cimport fc_geometry, fc_line

cdef enum:
    UNFOLDED_BYTES = 4 << 20  # largest size of the matrix
    BLOCK_VECTORS = 96      # largest number of vectors of pixels in a block of any depth


cdef class Im2col(Convolution):
    """One forward convolution in float32 or float64; takes the parameters of `Layout`."""

    cdef const fc_im2col *matrix_room
    cdef const fc_unfold *unfold_room
    cdef Py_ssize_t pitch           # distance in elements between rows of the matrix

    def __init__(self, str isa, str dtype, *args, **options):
        cdef int real = simd.real_index(dtype)
        super().__init__(isa, dtype, *args, **options)
        self.matrix_room = im2col_kernels(isa, real)
        self.unfold_room = unfold_kernels(isa, real)

    cdef Py_ssize_t _unpacked_pixels(self):
        return 0

    cdef _cut_pixels(self):
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t lanes = self.room.lanes, width = g.axis[2].feature, block
        block = min(self.room.block_bytes // ((self.deepest + 1) * self.item),
                    UNFOLDED_BYTES // (self.depth * self.item),
                    <Py_ssize_t>BLOCK_VECTORS * lanes)
        self.grain = self.vectors * lanes
        if block >= width:
            self.grain = width
            self.units, self.unit_pixels = g.batch, g.pixels
            if g.pixels <= 4 * block:  # small maps fill their vectors with pixels of the next image
                self.units, self.unit_pixels = 1, g.batch * g.pixels
        else:
            self.units, self.unit_pixels = g.batch * (g.pixels // width), width
        self.block_grains = min(max(<Py_ssize_t>1, block // self.grain),
                                ceil_div(self.unit_pixels, self.grain))

    cdef _plan_workspace(self):
        cdef Py_ssize_t lanes = self.room.lanes, pixels = self.block_grains * self.grain
        cdef Py_ssize_t vectors = ceil_div(pixels, lanes)
        self.pitch = vectors * lanes
        self.panels = ceil_div(vectors, self.vectors)
        self.pieces = self.panels + ceil_div(pixels, self.geometry.axis[2].feature) + 1
        self.lines = self.geometry.axis[2].taps
        self.slots = 0
        self.patch_bytes = aligned(self.depth * self.pitch * self.item)
        self.packed_bytes = aligned((self.deepest + 1) * self.pitch * self.item)
        self.tile_bytes = aligned(self.rows * self.vectors * lanes * self.item)
        self.thread_bytes = (
            self.packed_bytes + self.tile_bytes + self.patch_bytes
            + aligned(self.panels * sizeof(fc_panel))
            + aligned(self.pieces * sizeof(fc_piece))
            + aligned(self.lines * sizeof(fc_line))
            + 2 * ALIGNMENT  # keeps the data of two threads out of neighbouring cache lines
        )

    cdef void _load(self, const Operands *call, fc_block *block, Py_ssize_t channel,
                    Py_ssize_t k0, Py_ssize_t k1, char *packed) noexcept nogil:
        if k0 == 0:
            self._unfold(call, block, channel)
        self.matrix_room.pack(block, k0, k1, packed)

    cdef void _unfold(self, const Operands *call, fc_block *block,
                      Py_ssize_t channel) noexcept nogil:
        """Fill the matrix with every channel of the group, image by image."""
        cdef const fc_geometry *g = &self.geometry
        cdef Py_ssize_t width = g.axis[2].feature, height = g.pixels // width
        cdef Py_ssize_t row = block.first_pixel // width, column = block.first_pixel % width
        cdef Py_ssize_t columns = min(width, block.pixel_count), c, image, rows
        cdef Py_ssize_t last = row + ceil_div(block.pixel_count, width), done = 0
        cdef char *matrix = <char *>block.patch
        block.pitch = self.pitch
        if block.pixel_count < self.pitch:
            clear_ends(matrix, self.depth, self.pitch * self.item, block.pixel_count * self.item)
        self.unfold_room.plan(&g.axis[2], column, columns, block.lines)
        while row < last:
            image = row // height
            rows = min(last, (image + 1) * height) - row
            for c in range(self.group_channels):
                self.unfold_room.unfold(
                    g, block.lines, row - image * height, rows, columns,
                    call.image + (image * g.image_channels + channel + c) * g.plane * self.item,
                    call.fill, matrix + (c * g.taps * self.pitch + done) * self.item, self.pitch,
                    NULL)
            done += rows * columns
            row += rows
