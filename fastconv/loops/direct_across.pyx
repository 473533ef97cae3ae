# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""direct, across channels: loop over blocks of depthwise layers, with lanes that are channels.

    out[n, c, o] = sum over t of weight[c, t] * image[n, c, o * stride + t * dilation]

    task     a block of rows and columns of one image; of all channels if the image has channels
             last, of some if only the output has, of LANES channels of planes. Tasks are
             independent, and each runs on one thread (src/direct/across.h)

The sum of an output does not depend on how blocks are cut.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.shares cimport Shares, share_out, take
from fastconv.loops.simd cimport FC_F32, fc_axis, fc_geometry
from fastconv.loops.sizes cimport ALIGNMENT, aligned, ceil_div, gcd

cnp.import_array()

cdef extern from "direct/across_interface.h" nogil:
    struct fc_across_plan:
        fc_geometry geometry
        int input_last, output_last
        ptrdiff_t rows, columns, strips, apart, pitch
        const int *places
        int has_epilogue, bias_position, activation

    struct fc_across_task:
        const void *image
        const void *weight
        const void *bias
        const void *add
        void *out
        void *patch
        void *sums
        ptrdiff_t image_pixel, add_pixel, out_pixel
        ptrdiff_t n, channel, stop, depth, row, column

    struct fc_across:
        size_t size
        int lanes
        void pack(const void *weight, ptrdiff_t channels, ptrdiff_t taps, int overlap,
                  void *packed) noexcept nogil
        void filter(const fc_across_plan *plan, const fc_across_task *task) noexcept nogil

cdef enum:
    STRIPS = 4              # fewest of a task that writes channels last
    PARTS = 16              # blocks of rows of an image with channels last, which threads share
    COLUMNS = 256           # most of such a block
    SUMS_BYTES = 48 << 10   # most bytes of the sums of its strips, if the output consists of planes
    SQUARES = 128           # pixels that are then transposed together
    PATCH_BYTES = 96 << 10  # most bytes of a patch, which stays in L2
    PIXELS = 8              # of a register tile

# Multiply-adds below which starting threads costs more than it saves.
cdef double SERIAL_WORK = 2e5


cdef Py_ssize_t _inside(const fc_axis *a) noexcept nogil:
    """Return how many taps of all outputs of an axis read the image."""
    cdef Py_ssize_t inside = 0, o, low, high
    for o in range(a.feature):
        low = a.before - o * a.stride
        high = low + a.image - 1
        low = ceil_div(low, a.dilation) if low > 0 else 0
        high = min(high // a.dilation + 1, a.taps) if high >= 0 else 0
        inside += max(<Py_ssize_t>0, high - low)
    return inside


cdef class Across:
    """One forward depthwise convolution with borders of zeros; built once, called often.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    n : int
        Number of images.
    channels : int
        Channels of the input and of the output.
    axes : sequence of 1 to 3 tuples
        Spatial axes, as `axes.set_axes` takes them.
    bias : None, "channel" or "position"
        Whether a bias is added, and whether it varies by channel only or also by position.
    activation : str or None
        Activation to apply to the output.
    add : bool
        Whether a residual is added to the output.
    last : None, "input", "output" or "both"
        Which arrays have channels last; a residual lies as the output does.
    """

    cdef const fc_across *room
    cdef fc_across_plan plan
    cdef Py_ssize_t item, strips, tasks, row_parts, column_parts, strip_parts
    cdef Py_ssize_t patch_bytes, sums_bytes, packed_bytes, squares
    cdef object places  # the array that the plan points into

    def __init__(self, str isa, str dtype, n, channels, axes, *, bias=None, activation=None,
                 add=False, last=None):
        cdef int real = simd.real_index(dtype)
        cdef fc_across_plan *p = &self.plan
        cdef fc_geometry *g = &p.geometry
        self.room = <const fc_across *>simd.room(isa, "across", real, sizeof(fc_across))
        self.item = 4 if real == FC_F32 else 8
        p.bias_position = bias == "position"
        p.activation = activation_code(activation)
        p.has_epilogue = bias is not None or p.activation != FC_LINEAR or add
        g.batch, g.image_channels, g.feature_channels = n, channels, channels
        p.input_last = last in ("input", "both")
        p.output_last = last in ("output", "both")
        set_axes(g, axes)
        self.strips = ceil_div(g.image_channels, self.room.lanes)
        if p.input_last:
            self._cut_last()
        else:
            self._cut()
        self.packed_bytes = aligned(self.strips * self.room.lanes * g.taps * self.item)
        self.tasks = (g.batch * self.strip_parts * g.axis[0].feature * self.row_parts
                      * self.column_parts)

    def build(self):
        """Make the table that the kernels read, and return this object."""
        cdef fc_across_plan *p = &self.plan
        cdef Py_ssize_t width = p.geometry.axis[2].image, positions
        if self.places is None and not p.input_last:
            positions = self.patch_bytes // (self.room.lanes * self.item)
            rows, columns = np.divmod(np.arange(positions), width)
            self.places = (rows * p.pitch + columns).astype(np.intc)
            p.places = <const int *>cnp.PyArray_DATA(<cnp.ndarray>self.places)
        return self

    cdef void _cut(self) noexcept nogil:
        """Cut rows and columns into the blocks whose patches together are smallest."""
        cdef fc_across_plan *p = &self.plan
        cdef fc_geometry *g = &p.geometry
        cdef fc_axis *h = &g.axis[1]
        cdef fc_axis *w = &g.axis[2]
        cdef Py_ssize_t lanes = self.room.lanes, most = PATCH_BYTES // (lanes * self.item)
        cdef Py_ssize_t columns = w.feature, rows, width, height, squares, parts
        p.apart = h.stride if h.taps == 1 else gcd(h.stride, h.dilation)
        self.squares = -1
        parts = 1
        while True:
            columns = ceil_div(w.feature, parts)
            width = (columns - 1) * w.stride + (w.taps - 1) * w.dilation + 1
            # rows of the patch for one row of outputs; then how many more rows fit
            height = (h.taps - 1) * h.dilation // p.apart + 1
            rows = 1 + max(<Py_ssize_t>0, most // width - height) * p.apart // h.stride
            rows = ceil_div(h.feature, ceil_div(h.feature, min(rows, h.feature)))
            height += (rows - 1) * h.stride // p.apart
            squares = ceil_div(h.feature, rows) * parts * (
                ceil_div(height * min(width, w.image), lanes) if parts == 1 and p.apart == 1
                else height * ceil_div(width, lanes))
            if width * height > most:
                squares *= 4
            if self.squares < 0 or squares < self.squares:
                self.squares = squares
                p.rows, p.columns, p.pitch = rows, columns, width
                self.patch_bytes = aligned(width * height * lanes * self.item)
                self.row_parts, self.column_parts = ceil_div(h.feature, rows), parts
            if columns <= 2 * PIXELS:
                break
            parts *= 2
        self.sums_bytes = aligned((p.rows * p.columns + lanes) * lanes * self.item)
        # strips of a task whose outputs fill cache lines; the last two may overlap
        self.strip_parts = max(1, self.strips // STRIPS) if p.output_last else self.strips

    cdef void _cut_last(self) noexcept nogil:
        """Cut rows and columns of images with channels last into blocks."""
        cdef fc_across_plan *p = &self.plan
        cdef fc_geometry *g = &p.geometry
        cdef fc_axis *h = &g.axis[1]
        cdef fc_axis *w = &g.axis[2]
        cdef Py_ssize_t lanes = self.room.lanes
        self.column_parts = ceil_div(w.feature, COLUMNS)
        p.columns = ceil_div(w.feature, self.column_parts)
        p.rows = ceil_div(h.feature, PARTS)
        if not p.output_last:
            p.rows = max(1, min(SQUARES // p.columns, ceil_div(h.feature, 4)))
        self.row_parts = ceil_div(h.feature, p.rows)
        p.rows = ceil_div(h.feature, self.row_parts)
        self.row_parts = ceil_div(h.feature, p.rows)
        self.strip_parts = 1
        p.strips = self.strips
        self.patch_bytes = self.sums_bytes = self.squares = 0
        if not p.output_last:
            p.strips = max(1, SUMS_BYTES // (p.rows * p.columns * lanes * self.item))
            p.strips = min(p.strips, self.strips)
            self.sums_bytes = aligned((p.strips * p.rows * p.columns + lanes) * lanes * self.item)

    def work(self):
        """Return what the time of a call depends on.

        Returns
        -------
        products : int
            Multiply-adds of vectors.
        tiles, blocks : int
            Register tiles of one strip, and blocks of one strip or of all.
        squares : int
            Squares of LANES x LANES values that are transposed.
        lanes : int
        """
        cdef fc_across_plan *p = &self.plan
        cdef fc_geometry *g = &p.geometry
        cdef fc_axis *h = &g.axis[1]
        cdef fc_axis *w = &g.axis[2]
        cdef Py_ssize_t units = g.batch * self.strips * g.axis[0].feature, lanes = self.room.lanes
        cdef Py_ssize_t rows = _inside(h), columns = w.taps * w.feature, line, ends, turned
        line = self.column_parts * ceil_div(p.columns, PIXELS)
        if p.input_last:
            columns = _inside(w)
            ends = max(<Py_ssize_t>0, ceil_div(w.image - (w.taps - 1) * w.dilation + w.before,
                                               w.stride))
            ends = max(<Py_ssize_t>0, min(ends, w.feature) - ceil_div(max(<Py_ssize_t>0, w.before),
                                                                      w.stride))
            line = w.feature - ends + ceil_div(ends, PIXELS)
        turned = 0 if p.output_last else ceil_div(h.feature * w.feature, lanes)
        return (units * g.axis[0].taps * rows * columns, units * g.axis[0].taps * h.feature * line,
                self.tasks if p.input_last else units * self.row_parts * self.column_parts,
                units * (g.axis[0].taps * self.squares + turned), lanes)

    def workspace(self, int threads, bint prepared=False):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        prepared : bool, optional
            Whether the weights are packed before.
        """
        return (threads * (self.patch_bytes + self.sums_bytes) + ALIGNMENT
                + (0 if prepared else self.packed_bytes))

    def pack_weights(self, cnp.ndarray weight):
        """Return the weights in the order in which tiles of this instruction set read them.

        Parameters
        ----------
        weight : ndarray
            Weight of the convolution, C-contiguous and of the dtype given to the constructor.
        """
        cdef Py_ssize_t count = self.packed_bytes // self.item
        cdef cnp.ndarray packed = np.empty(count + ALIGNMENT // self.item, weight.dtype)
        cdef Py_ssize_t over = <Py_ssize_t>cnp.PyArray_DATA(packed) % ALIGNMENT
        packed = packed[(ALIGNMENT - over) % ALIGNMENT // self.item:][:count]
        self._pack(weight, cnp.PyArray_DATA(packed))
        return packed

    cdef void _pack(self, cnp.ndarray weight, void *packed):
        cdef fc_across_plan *p = &self.plan
        self.room.pack(cnp.PyArray_DATA(weight), p.geometry.image_channels, p.geometry.taps,
                       p.input_last or p.output_last, packed)

    cdef Py_ssize_t _pixel(self, cnp.ndarray array) noexcept:
        """Return the elements from one pixel to the next."""
        return cnp.PyArray_STRIDE(array, cnp.PyArray_NDIM(array) - 1) // self.item

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add)
            Operands, C-contiguous or with channels last, and of the dtype given to the
            constructor. Bias and add are None if the problem has none. Nothing is validated.
        prepared : ndarray or None
            Result of `pack_weights`; None to pack the weight of `arrays` first.
        out : ndarray
            Array to write, C-contiguous or with channels last, of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef fc_across_task call
        cdef Shares shares
        cdef Py_ssize_t _turn
        cdef fc_geometry *g = &self.plan.geometry
        cdef Py_ssize_t i
        cdef char *packed
        cdef Watch *watch = current()
        if <double>g.batch * g.image_channels * g.pixels * g.taps < SERIAL_WORK:
            threads = 1
        call.image = cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.image_pixel = self._pixel(<cnp.ndarray>arrays[0])
        call.out_pixel = self._pixel(out)
        call.add_pixel = 0
        call.bias = call.add = NULL
        if arrays[2] is not None:
            call.bias = cnp.PyArray_DATA(<cnp.ndarray>arrays[2])
        if arrays[3] is not None:
            call.add = cnp.PyArray_DATA(<cnp.ndarray>arrays[3])
            call.add_pixel = self._pixel(<cnp.ndarray>arrays[3])
        call.out = cnp.PyArray_DATA(out)
        call.patch = scratch.lease(self.workspace(threads, prepared is not None))
        if prepared is None:
            packed = <char *>call.patch + threads * (self.patch_bytes + self.sums_bytes)
            self._pack(<cnp.ndarray>arrays[1], packed)
            call.weight = packed
        else:
            call.weight = cnp.PyArray_DATA(<cnp.ndarray>prepared)
        if threads == 1 or self.tasks == 1:
            with nogil:
                for i in range(self.tasks):
                    self._task(call, i, 0, watch)
        else:
            share_out(&shares, self.tasks, threads)
            for _turn in prange(self.tasks, nogil=True, num_threads=threads, schedule="dynamic",
                                chunksize=1):
                self._task(call, take(&shares, threadid()), threadid(),
                           of_thread(watch, threadid()))
        scratch.release(call.patch)

    cdef void _task(self, fc_across_task task, Py_ssize_t i, int thread,
                    Watch *watch) noexcept nogil:
        cdef fc_geometry *g = &self.plan.geometry
        cdef Py_ssize_t lanes = self.room.lanes
        if stopped(watch):
            return
        task.column = i % self.column_parts * self.plan.columns
        i //= self.column_parts
        task.row = i % self.row_parts * self.plan.rows
        i //= self.row_parts
        task.depth = i % g.axis[0].feature
        i //= g.axis[0].feature
        task.n = i // self.strip_parts
        i %= self.strip_parts
        task.channel = i * self.strips // self.strip_parts * lanes
        task.stop = min((i + 1) * self.strips // self.strip_parts * lanes, g.image_channels)
        task.patch = <char *>task.patch + thread * (self.patch_bytes + self.sums_bytes)
        task.sums = <char *>task.patch + self.patch_bytes
        self.room.filter(&self.plan, &task)
