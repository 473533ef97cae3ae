# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft_tiled with many channels: loop over blocks of tiles.

    block    tiles of one group of channels
      row      an input channel: transform its tiles into the planes of all frequencies
      chunk    some output channels: multiply all frequencies, transform back, store

Each block runs on one thread. If there are few blocks, threads share one: its rows, then its
chunks. The products are computed as for Winograd; see src/fft_tiled/channels.h.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.fft_tiled_plan cimport (
    fc_fft_block, fc_fft_plan, fc_fft_run, fc_fft_task, fc_fft_tiled, fft_tiled_kernels, set_plan,
)
from fastconv.loops.fft_tiled_channel_layout cimport ChannelCut
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport ALIGNMENT, ceil_div
from fastconv.loops.simd cimport FC_F32
from fastconv.loops.winograd_layout cimport fc_tiles, fc_winograd, winograd_kernels
from fastconv.loops.fft_tiled_transforms import conjugates

cnp.import_array()

cdef enum:
    SUM_BLOCK = 256     # largest number of terms in one chain of additions


cdef class Channels:
    """One forward convolution in float32 or float64; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    cut : fft_tiled_channel_layout.ChannelCut
        How the convolution is cut into tiles and blocks, and what memory a call needs.
    n : int
        Number of images.
    groups : int
        Number of groups of channels.
    image_channels, feature_channels : int
        Channels of the input and of the output, over all groups.
    axes : sequence of 3 tuples (image, feature, taps, stride, dilation, before, line)
        Spatial axes as `Layout` of implicit_gemm takes them.
    bias : None, "channel" or "position"
        Whether a bias is added, and whether it varies by channel only or also by position.
    activation : str or None
        Activation to apply to the output.
    add : bool
        Whether a residual is added to the output.
    """

    cdef const fc_fft_tiled *room
    cdef const fc_winograd *products
    cdef fc_fft_plan plan
    cdef fc_fft_block block        # fields that have the same value in all blocks
    cdef ChannelCut cut
    cdef Py_ssize_t item, lanes, sets, blocks, entries, depth_blocks
    cdef object kept

    def __init__(self, str isa, str dtype, ChannelCut cut, n, groups, image_channels,
                 feature_channels, axes, *, bias=None, activation=None, add=False):
        cdef fc_fft_plan *p = &self.plan
        cdef fc_tiles *b = &self.block.planes
        cdef int real = simd.real_index(dtype)
        cdef Py_ssize_t line
        cdef cnp.ndarray table
        self.cut = cut
        self.room, self.products = fft_tiled_kernels(isa, real), winograd_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.lanes = self.room.lanes
        self.kept = []
        set_plan(p, dtype, cut, n, groups, image_channels, feature_channels, axes, bias, activation,
                 add, self.kept)
        p.pitch = cut.size[2] | 1      # an odd number
        p.plane = p.pitch * cut.size[1] | 1
        table = conjugates(cut.sizes, p.pitch, p.plane)
        self.kept.append(table)
        self.block.pairs = <const ptrdiff_t (*)[2]>cnp.PyArray_DATA(table)
        self.block.pair_count = cut.frequencies
        self.depth_blocks = ceil_div(p.group_channels, SUM_BLOCK)
        self.entries = n * p.tiles[0] * p.tiles[1] * p.tiles[2]
        self.sets = ceil_div(self.entries, 2 * self.lanes)
        self.blocks = cut.blocks
        line = ALIGNMENT // self.item
        b.frequencies, b.depth, b.panel_vectors = 3 * cut.frequencies, p.group_channels, 2
        b.value_plane = cut.block * 2 * self.lanes * b.depth + line
        b.product_row = b.frequencies * cut.block * 2 * self.lanes + line

    def prepare(self, cnp.ndarray weight):
        """Return the spectra of all taps, in the order in which kernels of this ISA read them.

        Parameters
        ----------
        weight : ndarray
            Weight of the convolution, C-contiguous and of the dtype given to the constructor.
        """
        cdef cnp.ndarray packed = np.empty(self.cut.weight_bytes // self.item, weight.dtype)
        cdef char *workspace = <char *>scratch.lease(self.cut.thread_bytes)
        self._make_spectra(<const char *>cnp.PyArray_DATA(weight),
                           <char *>cnp.PyArray_DATA(packed), workspace, 1)
        scratch.release(workspace)
        return packed

    cdef void _make_spectra(self, const char *weight, char *packed, char *workspace,
                            int threads) noexcept:
        cdef Py_ssize_t i
        cdef Watch *watch = current()
        if threads == 1:
            with nogil:
                for i in range(self.plan.groups * self.cut.strips):
                    if stopped(watch):
                        break
                    self._make_strip(weight, packed, i, workspace)
        else:
            for i in prange(self.plan.groups * self.cut.strips, nogil=True, num_threads=threads,
                            schedule="static"):
                if not stopped(of_thread(watch, threadid())):
                    self._make_strip(weight, packed, i,
                                     workspace + threadid() * self.cut.thread_bytes)

    cdef void _make_strip(self, const char *weight, char *packed, Py_ssize_t i,
                          char *at) noexcept nogil:
        cdef fc_fft_task task
        cdef fc_fft_block block
        cdef Py_ssize_t group = i // self.cut.strips, strip = i % self.cut.strips
        cdef Py_ssize_t features = self.plan.group_features, depth = self.plan.group_channels
        cdef Py_ssize_t first = strip * features // self.cut.strips
        cdef Py_ssize_t stop = (strip + 1) * features // self.cut.strips
        self._set_scratch(&task, &block, at)
        self.room.strip(
            &self.plan, &task, &block,
            weight + (group * features + first) * depth * self.plan.geometry.taps * self.item,
            stop - first,
            packed + (group * block.planes.frequencies * self.cut.weight_plane + first * depth)
            * self.item, self.cut.weight_plane)

    cdef void _set_scratch(self, fc_fft_task *task, fc_fft_block *block,
                           char *at) noexcept nogil:
        """Divide the scratch memory of one thread."""
        cdef Py_ssize_t i
        block[0] = self.block
        block.planes.values = at
        at += self.cut.value_bytes
        block.planes.products = at
        at += self.cut.product_bytes
        task.buffer = at
        at += self.cut.buffer_bytes
        task.row = at
        at += self.cut.row_bytes
        block.patch = at
        at += self.cut.patch_bytes
        block.zeros = at
        for i in range(self.cut.zero_bytes):
            at[i] = 0
        at += self.cut.zero_bytes
        block.start = <const void **>at
        at += ((self.sets + self.blocks - 1) // self.blocks) * 2 * self.lanes * sizeof(void *)
        block.step = <ptrdiff_t (*)[2]>at
        at += ((self.sets + self.blocks - 1) // self.blocks) * 4 * self.lanes * sizeof(void *)
        block.runs = <fc_fft_run *>at

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add[, fillvalue])
            Operands, C-contiguous and of the dtype given to the constructor. Bias and add are
            None if the problem has none. Nothing is validated.
        prepared : ndarray or None
            Result of `prepare`; None to compute the spectra in this call.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef fc_fft_task call
        cdef Py_ssize_t tasks = self.plan.groups * self.blocks, i
        cdef Watch *watch = current()
        cdef char *workspace
        call.image = cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.bias = call.add = NULL
        call.fill[0] = call.fill[1] = 0
        if arrays[2] is not None:
            call.bias = cnp.PyArray_DATA(<cnp.ndarray>arrays[2])
        if arrays[3] is not None:
            call.add = cnp.PyArray_DATA(<cnp.ndarray>arrays[3])
        if len(arrays) > 4:
            call.fill[0] = arrays[4]
        call.out = cnp.PyArray_DATA(out)
        workspace = <char *>scratch.lease(self.cut.workspace(threads, prepared is not None))
        if prepared is not None:
            call.spectra = cnp.PyArray_DATA(<cnp.ndarray>prepared)
        else:
            call.spectra = workspace + threads * self.cut.thread_bytes
            self._make_spectra(<const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[1]),
                               <char *>call.spectra, workspace, threads)
        if threads == 1:
            with nogil:
                for i in range(tasks):
                    self._task(call, i, workspace, watch)
        elif tasks >= 4 * threads:
            for i in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(call, i, workspace + threadid() * self.cut.thread_bytes,
                           of_thread(watch, threadid()))
        else:
            for i in range(tasks):
                self._together(&call, i, workspace, threads, watch)
        scratch.release(workspace)

    cdef void _start(self, fc_fft_task *task, fc_fft_block *block, Py_ssize_t i,
                     char *at) noexcept nogil:
        """Set up block i % blocks of group i // blocks."""
        cdef Py_ssize_t b = i % self.blocks
        cdef Py_ssize_t first = b * self.sets // self.blocks
        cdef Py_ssize_t stop = (b + 1) * self.sets // self.blocks
        cdef Py_ssize_t line = ALIGNMENT // self.item
        self._set_scratch(task, block, at)
        task.group = i // self.blocks
        block.first = first * 2 * self.lanes
        block.count = min(stop * 2 * self.lanes, self.entries) - block.first
        block.planes.vectors = 2 * (stop - first)
        block.planes.panel_count = stop - first
        block.planes.value_plane = block.planes.vectors * self.lanes * block.planes.depth + line
        block.planes.product_row = (block.planes.frequencies * block.planes.vectors * self.lanes
                                    + line)
        self.room.cut(&self.plan, block)

    cdef void _rows(self, fc_fft_task *task, fc_fft_block *block, Py_ssize_t first,
                    Py_ssize_t stop, Watch *watch) noexcept nogil:
        cdef Py_ssize_t row
        for row in range(first, stop):
            if stopped(watch):
                return
            self.room.input(&self.plan, task, block, task.group * self.plan.group_channels + row,
                            row)

    cdef void _chunk(self, fc_fft_task *task, fc_fft_block *block, Py_ssize_t first,
                     Py_ssize_t stop, Watch *watch) noexcept nogil:
        """Compute strips first..stop of output channels, in chunks whose products are kept."""
        cdef Py_ssize_t features = self.plan.group_features, last, k, k_stop, row
        cdef const char *weight = (<const char *>task.spectra + task.group
                                   * block.planes.frequencies * self.cut.weight_plane * self.item)
        while first < stop and not stopped(watch):
            last = min(stop, first + self.cut.chunk_strips)
            self.products.multiply(&block.planes, weight, self.cut.weight_plane, features,
                                   self.cut.strips, first, last, self.depth_blocks)
            k, k_stop = first * features // self.cut.strips, last * features // self.cut.strips
            for row in range(k_stop - k):
                self.room.output(&self.plan, task, block, task.group * features + k + row, row)
            first = last

    cdef void _task(self, fc_fft_task task, Py_ssize_t i, char *at, Watch *watch) noexcept nogil:
        cdef fc_fft_block block
        self._start(&task, &block, i, at)
        self._rows(&task, &block, 0, self.plan.group_channels, watch)
        self._chunk(&task, &block, 0, self.cut.strips, watch)

    cdef void _together(self, const fc_fft_task *call, Py_ssize_t i, char *workspace,
                        int threads, Watch *watch) noexcept:
        """Compute one block with all threads: rows, then chunks; share the first one's values."""
        cdef Py_ssize_t rows = self.plan.group_channels, j
        cdef Py_ssize_t step = ceil_div(rows, 4 * threads), parts = ceil_div(rows, step)
        cdef Py_ssize_t some = max(<Py_ssize_t>1, min(self.cut.chunk_strips,
                                                      self.cut.strips // (2 * threads)))
        cdef Py_ssize_t chunks = ceil_div(self.cut.strips, some)
        for j in prange(parts, nogil=True, num_threads=threads, schedule="dynamic", chunksize=1):
            self._part(call[0], i, workspace, threadid(), True, j * step,
                       min(rows, (j + 1) * step), of_thread(watch, threadid()))
        for j in prange(chunks, nogil=True, num_threads=threads, schedule="dynamic", chunksize=1):
            self._part(call[0], i, workspace, threadid(), False, j * some,
                       min(self.cut.strips, (j + 1) * some), of_thread(watch, threadid()))

    cdef void _part(self, fc_fft_task task, Py_ssize_t i, char *workspace, int thread,
                    bint inputs, Py_ssize_t first, Py_ssize_t stop,
                    Watch *watch) noexcept nogil:
        cdef fc_fft_block block
        self._start(&task, &block, i, workspace + thread * self.cut.thread_bytes)
        block.planes.values = workspace
        if inputs:
            self._rows(&task, &block, first, stop, watch)
        else:
            self._chunk(&task, &block, first, stop, watch)
