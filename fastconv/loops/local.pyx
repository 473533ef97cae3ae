# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""local: convolve with a separate kernel for every output position, and compute its gradients.

    task       forward: some images x a block of output rows x some output channels
               input's gradient: some images x some input channels, all rows
               weight's gradient: a block of output rows x some output channels, all images
      channel    of the input: fill a patch with borders for each image
        feature    output channel: run the C kernel for some images at a time, while the weights
                   are in L1

Each weight is read, or written, once for up to IMAGES images. Every image is laid out as the image
of an implicit_gemm problem with one image. Sums over channels are accumulated in the output; each
partial sum has at most TERMS terms.
"""

from cython.parallel cimport prange, threadid
from libc.string cimport memset
cimport numpy as cnp

from fastconv.loops cimport scratch, simd
from fastconv.loops.implicit_gemm_layout cimport (
    BIAS_CHANNEL, BIAS_POSITION, Layout, fc_block, fc_panel, fc_piece,
)
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport aligned, ceil_div
from fastconv.loops.simd cimport fc_geometry, fc_line

cnp.import_array()

cdef enum:
    IMAGES = 64                 # largest number of images whose patches stay in L2
    BOXES_BYTES = 192 << 10     # bytes of the patches of all images of a task
    BLOCK_VECTORS = 96          # largest number of vectors of pixels in a block
    TERMS = 512                 # largest number of terms in a partial sum
    SHARE = 2                   # fewest tasks per thread, where the problem can be cut so far


cdef enum Role:
    FORWARD, INPUT, WEIGHT


cdef struct Call:
    const char *image
    char *weight
    char *feature
    char *image_out             # the input's gradient
    const char *bias
    char *workspace
    Py_ssize_t parts            # number of parts into which the channels of one side are divided


cdef class Local(Layout):
    """Convolution with unshared weights, or a gradient of it; built once, called often.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n : int
        Number of images.
    role : {"fwd", "input", "weight"}
        What a call computes: the output, the input's gradient or the weight's gradient.
    image_channels, feature_channels : int
        Channels of the input and of the output.
    axes : sequence of 1 to 3 tuples
        Spatial axes as `Layout` takes them.
    bias, activation : str or None
        As `Layout` takes them.
    """

    cdef const fc_local *own
    cdef Role role
    cdef Py_ssize_t n, images, blocks, patch_step

    def __init__(self, str isa, str dtype, n, role, image_channels, feature_channels, axes, *,
                 bias=None, activation=None):
        self.n = n
        self.role = {"fwd": FORWARD, "input": INPUT, "weight": WEIGHT}[role]
        self.own = local_kernels(isa, simd.real_index(dtype))
        super().__init__(isa, dtype, 1, 1, image_channels, feature_channels, axes, bias=bias,
                         activation=activation)
        self.blocks = self.units * ceil_div(ceil_div(self.unit_pixels, self.grain),
                                            self.block_grains)
        # Patches follow one another; only the last one has room for a whole panel behind it.
        self.patch_step = aligned(
            self.patch_bytes - (self.vectors - 1) * self.room.lanes * self.item)
        self.thread_bytes += (self.images - 1) * self.patch_step

    cdef _cut_depth(self):
        """Make blocks of one channel each."""
        self.depth_unit = self.deepest = self.geometry.taps
        self.depth_blocks = self.group_channels

    cdef _choose_tile(self):
        """Choose one panel that holds all rows of a block."""
        self.rows, self.vectors, self.unpacked, self.strips = 1, BLOCK_VECTORS, True, 1

    cdef Py_ssize_t _unpacked_pixels(self):
        cdef fc_geometry *g = &self.geometry
        cdef Py_ssize_t lanes = self.room.lanes, width = g.axis[2].feature, rows = 1
        cdef Py_ssize_t most = BLOCK_VECTORS // ceil_div(width, lanes), size
        cdef Py_ssize_t pitch = self._patch_pitch(width, g.axis[2].taps)
        size = self._patch_height(1, g.axis[1].taps) * pitch * g.axis[0].taps * self.item
        self.images = min(self.n, max(<Py_ssize_t>1, min(<Py_ssize_t>IMAGES, BOXES_BYTES // size)))
        if most == 0:
            return BLOCK_VECTORS // 2 * lanes
        size = BOXES_BYTES // (self.images * g.axis[0].taps * self.item)
        while rows < most and self._patch_height(rows + 1, g.axis[1].taps) * pitch <= size:
            rows += 1
        return rows * width

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        """
        return threads * self.thread_bytes

    def __call__(self, image, weight, feature, bias, int threads):
        """Write the output, or the gradient of `image` or of `weight`, as the role says.

        Parameters
        ----------
        image, weight, feature : ndarray
            Input, weight and output; one of them is written. All are C-contiguous and of the dtype
            given to the constructor. Nothing is validated.
        bias : ndarray or None
            Bias of the output; None if the problem has none.
        threads : int
            Number of threads.
        """
        cdef Call call
        cdef Py_ssize_t i, tasks = 1
        cdef Watch *watch = current()
        call.image = <const char *>cnp.PyArray_DATA(<cnp.ndarray>image)
        call.image_out = <char *>cnp.PyArray_DATA(<cnp.ndarray>image)
        call.weight = <char *>cnp.PyArray_DATA(<cnp.ndarray>weight)
        call.feature = <char *>cnp.PyArray_DATA(<cnp.ndarray>feature)
        call.bias = NULL if bias is None else <char *>cnp.PyArray_DATA(<cnp.ndarray>bias)
        if self.role != INPUT:
            tasks *= self.blocks
        if self.role != WEIGHT:
            tasks *= ceil_div(self.n, self.images)
        call.parts = 1
        if threads > 1:
            call.parts = min(self.group_channels if self.role == INPUT else self.group_features,
                             ceil_div(SHARE * threads, tasks))
        tasks *= call.parts
        call.workspace = <char *>scratch.lease(threads * self.thread_bytes)
        if threads == 1:
            with nogil:
                for i in range(tasks):
                    self._task(&call, i, 0, watch)
        else:
            for i in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(&call, i, threadid(), of_thread(watch, threadid()))
        scratch.release(call.workspace)

    cdef void _task(self, const Call *call, Py_ssize_t task, int thread,
                    Watch *watch) noexcept nogil:
        cdef fc_block block
        cdef Py_ssize_t part = task % call.parts, rest = task // call.parts, b, c, c_stop, first
        cdef char *at = call.workspace + thread * self.thread_bytes + self.tile_bytes
        block.in_place = self.in_place
        block.patch = at
        at += (self.images - 1) * self.patch_step + self.patch_bytes
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
        if self.role == INPUT:
            first = rest * self.images
            c = part * self.group_channels // call.parts
            c_stop = (part + 1) * self.group_channels // call.parts
            self._clear(call, first, c, c_stop)
            for b in range(self.blocks):
                self._cut(&block, b)
                while c < c_stop:
                    self._back(call, &block, first, c, watch)
                    c += 1
                c = part * self.group_channels // call.parts
            return
        self._cut(&block, rest % self.blocks)
        first = 0
        while first < self.n:
            if self.role == FORWARD:
                first = rest // self.blocks * self.images
            self._pairs(call, &block, first, part, watch)
            if self.role == FORWARD:
                return
            first += self.images

    cdef void _cut(self, fc_block *block, Py_ssize_t number) noexcept nogil:
        """Cut the block with this number, as rows of the first image."""
        cdef Py_ssize_t each = self.blocks // self.units, grains
        cdef Py_ssize_t unit = number // each, part = number % each, first, last
        grains = ceil_div(self.unit_pixels, self.grain)
        first = part * grains // each * self.grain
        last = min((part + 1) * grains // each * self.grain, self.unit_pixels)
        self.room.cut(&self.geometry, block, unit * self.unit_pixels + first, last - first,
                      self.vectors, True, False)

    cdef void _clear(self, const Call *call, Py_ssize_t first, Py_ssize_t c,
                     Py_ssize_t c_stop) noexcept nogil:
        cdef Py_ssize_t plane = self.geometry.plane * self.item, i
        for i in range(first, min(first + self.images, self.n)):
            memset(call.image_out + (i * self.group_channels + c) * plane, 0,
                   (c_stop - c) * plane)

    cdef void _fill(self, const Call *call, fc_block *block, Py_ssize_t first,
                    Py_ssize_t c) noexcept nogil:
        """Fill a patch of channel c for each image."""
        cdef Py_ssize_t step = self.group_channels * self.geometry.plane * self.item, i
        cdef char *patch = <char *>block.patch
        for i in range(min(self.images, self.n - first)):
            block.patch = patch + i * self.patch_step
            self.room.load_patch(&self.geometry, block, call.image + (first + i) * step, c, 1, 1, 0)
        block.patch = patch

    cdef void _run(self, const Call *call, const fc_block *block, Py_ssize_t first,
                   Py_ssize_t k, Py_ssize_t c, bint accumulate) noexcept nogil:
        """Run the C kernel for a pair of channels, on some images at a time."""
        cdef fc_block part = block[0]
        cdef fc_local_task task
        cdef Py_ssize_t pixels = self.geometry.pixels, i = 0, count = min(self.images,
                                                                          self.n - first)
        task.block = &part
        task.weight = call.weight + (k * self.group_channels + c) * (
            self.geometry.taps * pixels * self.item)
        task.weight_step, task.taps = pixels, self.geometry.taps
        task.columns = self.geometry.axis[2].taps
        task.feature_step = self.group_features * pixels
        task.patch_step = self.patch_step // self.item
        task.accumulate = accumulate
        while i < count:
            task.images = min(<Py_ssize_t>self.own.images, count - i)
            task.feature = call.feature + ((first + i) * self.group_features + k) * (
                pixels * self.item)
            part.patch = <char *>block.patch + i * self.patch_step
            if self.role == FORWARD:
                self.own.forward(&task)
            elif self.role == INPUT:
                self.own.input(&task)
            else:
                self.own.weight(&task)
                task.accumulate = True
            i += task.images

    cdef void _pairs(self, const Call *call, fc_block *block, Py_ssize_t first,
                     Py_ssize_t part, Watch *watch) noexcept nogil:
        """Combine all input channels with some output channels."""
        cdef Py_ssize_t k0 = part * self.group_features // call.parts, k, c, i
        cdef Py_ssize_t k1 = (part + 1) * self.group_features // call.parts
        for c in range(self.group_channels):
            self._fill(call, block, first, c)
            for k in range(k0, k1):
                if stopped(watch):
                    return
                self._run(call, block, first, k, c, c > 0 if self.role == FORWARD else first > 0)
        if self.role == FORWARD and self.has_epilogue:
            for i in range(first, min(first + self.images, self.n)):
                self._finish(call, block, i, k0, k1 - k0)

    cdef void _finish(self, const Call *call, const fc_block *block, Py_ssize_t image,
                      Py_ssize_t k, Py_ssize_t count) noexcept nogil:
        cdef Py_ssize_t pixels = self.geometry.pixels, at = block.first_pixel
        cdef char *out = call.feature + (
            (image * self.group_features + k) * pixels + at) * self.item
        cdef const char *channel = NULL
        cdef const char *position = NULL
        if self.bias_kind == BIAS_CHANNEL:
            channel = call.bias + k * self.item
        elif self.bias_kind == BIAS_POSITION:
            position = call.bias + (k * pixels + at) * self.item
        self.epilogue.finish(out, count, block.pixel_count, pixels, channel, position, NULL,
                             self.activation)

    cdef void _back(self, const Call *call, fc_block *block, Py_ssize_t first,
                    Py_ssize_t c, Watch *watch) noexcept nogil:
        """Compute the gradient of channel c in a block, and add the patches to the images."""
        cdef Py_ssize_t count = min(self.images, self.n - first), k, i, terms = 0
        cdef Py_ssize_t step = self.group_channels * self.geometry.plane * self.item
        self._fill(call, block, first, c)  # only to set where everything lies
        memset(block.patch, 0, (count - 1) * self.patch_step + self.patch_bytes)
        for k in range(self.group_features):
            if stopped(watch):
                return
            self._run(call, block, first, k, c, True)
            terms += self.geometry.taps
            if terms + self.geometry.taps > TERMS or k == self.group_features - 1:
                for i in range(count):
                    self.own.add_patch(
                        &self.geometry, block, <char *>block.patch + i * self.patch_step,
                        call.image_out + (first + i) * step + c * self.geometry.plane * self.item)
                memset(block.patch, 0, (count - 1) * self.patch_step + self.patch_bytes)
                terms = 0
