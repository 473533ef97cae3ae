# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""grad, direct: compute a weight's gradient channel by channel, for depthwise layers and images.

    weight[k, c, tap] = sum over pixels of
                        feature[k, pixel] * patch_c[position(pixel) + offset(tap)]

    task       a segment of the pixels x some groups; each task runs on one thread
      block      of output rows
        channel    of the image: copy the rows that it reads into a patch with borders
          feature    of the group: run the C kernel, a dozen taps at a time

Sums of blocks are added in float64. The problem alone decides how segments are cut. There are
several only if there are few channels; their sums are added in order at the end.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp

from fastconv.loops cimport scratch, simd
from fastconv.loops.implicit_gemm_layout cimport Layout, fc_block, fc_panel, fc_piece
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport aligned, ceil_div
from fastconv.loops.grad cimport fc_grad, grad_kernels
from fastconv.loops.simd cimport fc_geometry, fc_line

cnp.import_array()

cdef enum:
    BOX_BYTES = 24 << 10    # bytes of rows of one channel, in L1
    BLOCK_VECTORS = 96      # most vectors of pixels in a block
    SEGMENTS = 16           # most segments
    SHARES = 8              # most shares of the groups per thread; each plans all blocks again


cdef struct Task:
    const char *image
    const char *feature
    double *sums
    char *workspace
    Py_ssize_t shares       # number of parts into which the groups are divided


cdef class TapGradient(Layout):
    """Gradient of the weight of one convolution; takes the parameters of `Layout`.

    The weight has at most as many taps as a depth block of `Layout` has terms.
    """

    cdef const fc_grad *sum_room
    cdef Py_ssize_t blocks, segments

    def __init__(self, str isa, str dtype, *args):
        super().__init__(isa, dtype, *args)
        self.sum_room = grad_kernels(isa, simd.real_index(dtype))
        self.blocks = ceil_div(ceil_div(self.unit_pixels, self.grain), self.block_grains)
        self.segments = max(<Py_ssize_t>1, min(<Py_ssize_t>SEGMENTS // self.groups,
                                               self.units * self.blocks // 2))

    cdef _cut_depth(self):
        """Make depth blocks of one channel each."""
        self.depth_unit = self.deepest = self.geometry.taps
        self.depth_blocks = self.group_channels

    cdef _choose_tile(self):
        """Choose one panel that holds all rows of a block."""
        self.rows, self.vectors, self.unpacked = 1, BLOCK_VECTORS, True
        self.strips = self.group_features

    cdef Py_ssize_t _unpacked_pixels(self):
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t lanes = self.room.lanes, width = g.axis[2].feature, rows = 1
        cdef Py_ssize_t limit = BOX_BYTES // (g.axis[0].taps * self.item)
        cdef Py_ssize_t pitch = self._patch_pitch(width, g.axis[2].taps)
        cdef Py_ssize_t most = BLOCK_VECTORS // ceil_div(width, lanes)
        if most == 0 or self._patch_height(1, g.axis[1].taps) * pitch > 8 * limit:
            return min(BLOCK_VECTORS // 2 * lanes, width // 2 // lanes * lanes)
        while rows < most and self._patch_height(rows + 1, g.axis[1].taps) * pitch <= limit:
            rows += 1
        return rows * width

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes + self._sum_bytes()

    cdef Py_ssize_t _sum_bytes(self) noexcept nogil:
        return self.segments * aligned(self.groups * self.group_features * self.depth * 8)

    def __call__(self, cnp.ndarray image, cnp.ndarray feature, cnp.ndarray out, int threads):
        """Write the gradient of the weight to `out`.

        Parameters
        ----------
        image, feature : ndarray
            Input of the convolution, and gradient of its output; C-contiguous and of the dtype
            given to the constructor.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef Task call
        cdef Watch *watch = current()
        cdef Py_ssize_t i, tasks, j
        cdef Py_ssize_t step = self._sum_bytes() // self.segments // 8
        cdef char *target = <char *>cnp.PyArray_DATA(out)
        call.shares = 1 if threads == 1 else min(self.groups, <Py_ssize_t>SHARES * threads)
        tasks = self.segments * call.shares
        call.image = <const char *>cnp.PyArray_DATA(image)
        call.feature = <const char *>cnp.PyArray_DATA(feature)
        call.workspace = <char *>scratch.lease(self.workspace(threads))
        call.sums = <double *>(call.workspace + threads * self.thread_bytes)
        if threads == 1:
            with nogil:
                for i in range(tasks):
                    self._task(&call, i, 0, watch)
        else:
            for i in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(&call, i, threadid(), of_thread(watch, threadid()))
        with nogil:
            for i in range(self.groups * self.group_features * self.depth):
                for j in range(1, self.segments):
                    call.sums[i] += call.sums[j * step + i]
                if self.item == 4:
                    (<float *>target)[i] = <float>call.sums[i]
                else:
                    (<double *>target)[i] = call.sums[i]
        scratch.release(call.workspace)

    cdef void _task(self, const Task *call, Py_ssize_t task, int thread,
                    Watch *watch) noexcept nogil:
        cdef fc_block block
        cdef Py_ssize_t segment = task // call.shares, share = task % call.shares
        cdef Py_ssize_t first = share * self.groups // call.shares
        cdef Py_ssize_t stop = (share + 1) * self.groups // call.shares
        cdef Py_ssize_t size = self.group_features * self.depth, total, b, i, unit, part
        cdef Py_ssize_t pixel, last, grains = ceil_div(self.unit_pixels, self.grain)
        cdef double *sums = call.sums + segment * (self._sum_bytes() // self.segments // 8)
        cdef char *at = call.workspace + thread * self.thread_bytes + self.tile_bytes
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
        for i in range(first * size, stop * size):
            sums[i] = 0
        total = self.units * self.blocks
        for b in range(segment * total // self.segments, (segment + 1) * total // self.segments):
            unit, part = b // self.blocks, b % self.blocks
            pixel = part * grains // self.blocks * self.grain
            last = min((part + 1) * grains // self.blocks * self.grain, self.unit_pixels)
            self.room.cut(&self.geometry, &block, unit * self.unit_pixels + pixel, last - pixel,
                          self.vectors, True, False)
            for i in range(first, stop):
                self._group(call, &block, i, sums + i * size, watch)

    cdef void _group(self, const Task *call, fc_block *block, Py_ssize_t group,
                     double *sums, Watch *watch) noexcept nogil:
        cdef Py_ssize_t c, k, taps = self.geometry.taps
        cdef const char *feature = call.feature + (
            group * self.group_features * self.geometry.pixels * self.item)
        for c in range(self.group_channels):
            if stopped(watch):
                return
            self.room.load_patch(&self.geometry, block, call.image,
                                 group * self.group_channels + c, 1, 1, 0)
            for k in range(self.group_features):
                self.sum_room.taps(block, feature + k * self.geometry.pixels * self.item, taps,
                                   sums + k * self.depth + c * taps)
