# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""winograd: convolve with 3x3 kernels in the transformed domain; loop over tiles of m x m outputs.

    block    of tiles of a group of channels
      row      (channel, tap in front): transform the block's inputs; all of them stay in cache
      chunk    of strips of output channels: multiply all frequencies, transform back, apply the
               epilogue

A block is as large as the caches allow. A chunk reads the block's transformed inputs V once, and a
block reads the transformed weights U once. Where there are many blocks, each runs on one thread.
Where there are few, or where the tiles of a dilated line lie between each other, all threads work
on the same block: they share its rows, wait for each other, and share its chunks. The sum of one
output depends neither on the cut nor on the threads.
"""

from cython.parallel cimport parallel, prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch
from fastconv.loops.epilogue import finish
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.winograd_layout cimport Shared, Tiling, fc_finish, fc_tiles
from fastconv.loops.epilogue cimport FC_LINEAR
from fastconv.loops.shares cimport Shares, share_out, take
from fastconv.loops.sizes cimport aligned
from fastconv.loops.simd cimport fc_geometry

cnp.import_array()

cdef enum:
    OWN_BLOCKS = 4          # blocks for each thread from which every block is on one thread
    PARTS = 4               # parts of a shared loop for each thread


cdef struct Operands:
    const char *image
    const char *weight      # transformed weights
    char *out
    char *workspace
    fc_finish finish


cdef class Winograd(Tiling):
    """One forward convolution in float32 or float64; built once, called often, thread-safe.

    The constructor takes the parameters of `Tiling`.
    """

    def workspace(self, int threads, prepared=False):
        """Return how many bytes of workspace a call leases.

        Parameters
        ----------
        threads : int
            Number of threads.
        prepared : bool
            Whether the call gets prepared weights.
        """
        return threads * self.thread_bytes + (0 if prepared else self.weight_bytes)

    def pack_weights(self, cnp.ndarray weight):
        """Return the transformed weights, in the order in which kernels of this ISA read them.

        Parameters
        ----------
        weight : ndarray
            Weight of the convolution, C-contiguous and of the dtype given to the constructor.
        """
        cdef cnp.ndarray packed = np.empty(self.weight_bytes // self.item, weight.dtype)
        self._transform_weights(<const char *>cnp.PyArray_DATA(weight),
                                <char *>cnp.PyArray_DATA(packed), 1)
        return packed

    def __call__(self, tuple arrays, prepared, cnp.ndarray out, int threads):
        """Write the convolution of `arrays` to `out`.

        Parameters
        ----------
        arrays : tuple (input, weight, bias, add)
            Operands, C-contiguous and of the dtype given to the constructor. Bias and add are
            None if the problem has none. Nothing is validated.
        prepared : ndarray or None
            Result of `pack_weights`; None to read the weight of `arrays`.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef Operands call
        cdef Shares shares
        cdef Py_ssize_t _turn
        cdef const fc_geometry *g
        cdef Py_ssize_t blocks = self.blocks_for(threads), i, j
        cdef char *packed
        cdef Watch *watch = current()
        call.image = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.out = <char *>cnp.PyArray_DATA(out)
        self._set_finish(&call.finish, arrays[2], arrays[3])
        call.workspace = <char *>scratch.lease(self.workspace(threads, prepared is not None))
        if prepared is None:
            packed = call.workspace + threads * self.thread_bytes
            self._transform_weights(
                <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[1]), packed, threads)
            call.weight = packed
        else:
            call.weight = <const char *>cnp.PyArray_DATA(<cnp.ndarray>prepared)
        if threads == 1:
            with nogil:
                for i in range(self.groups * blocks):
                    self._block(&call, i // blocks, i % blocks, blocks, 0, watch)
        elif not self.interleaves and (self.groups * blocks % threads == 0
                                       or self.groups * blocks >= OWN_BLOCKS * threads):
            share_out(&shares, self.groups * blocks, threads)
            for _turn in prange(self.groups * blocks, nogil=True, num_threads=threads,
                                schedule="dynamic", chunksize=1):
                j = take(&shares, threadid())
                self._block(&call, j // blocks, j % blocks, blocks, threadid(),
                            of_thread(watch, threadid()))
        else:
            self._share_blocks(&call, blocks, threads, watch)
        scratch.release(call.workspace)
        if self.finishes_last:
            g = &self.geometry
            finish(out.reshape(g.batch, g.feature_channels, g.pixels), arrays[2], arrays[3],
                   self.activation_name, threads)

    cdef _set_finish(self, fc_finish *last, bias, add):
        last.channel = last.position = last.add = NULL
        last.activation = self.activation
        last.any = not self.finishes_last and (
            bias is not None or add is not None or self.activation != FC_LINEAR)
        if bias is not None and bias.ndim == 1:
            last.channel = cnp.PyArray_DATA(<cnp.ndarray>bias)
        elif bias is not None:
            last.position = cnp.PyArray_DATA(<cnp.ndarray>bias)
        if add is not None:
            last.add = cnp.PyArray_DATA(<cnp.ndarray>add)

    cdef _transform_weights(self, const char *weight, char *packed, int threads):
        cdef Py_ssize_t i
        cdef Watch *watch = current()
        if threads == 1:
            with nogil:
                for i in range(self.groups * self.strips):
                    if stopped(watch):
                        break
                    self._transform_strip(weight, packed, i)
        else:
            for i in prange(self.groups * self.strips, nogil=True, num_threads=threads,
                            schedule="static"):
                if not stopped(of_thread(watch, threadid())):
                    self._transform_strip(weight, packed, i)

    cdef void _transform_strip(self, const char *weight, char *packed, Py_ssize_t i) noexcept nogil:
        cdef Py_ssize_t group = i // self.strips, strip = i % self.strips
        cdef Py_ssize_t first = strip * self.group_features // self.strips
        cdef Py_ssize_t stop = (strip + 1) * self.group_features // self.strips
        cdef Py_ssize_t row = group * self.group_features + first
        self.transforms.weight(
            weight + row * self.depth * self.plane_taps * self.item, stop - first, self.depth,
            packed + (group * self.frequencies * self.weight_plane + first * self.depth)
            * self.item, self.weight_plane)

    cdef void _block(self, const Operands *call, Py_ssize_t group, Py_ssize_t block,
                     Py_ssize_t blocks, int thread, Watch *watch) noexcept nogil:
        """Compute a block of tiles of one group on one thread."""
        cdef fc_tiles b
        self._cut_block(&b, block, blocks, call.workspace + thread * self.thread_bytes)
        self._transform_rows(call, &b, group, 0, self.depth, watch)
        self._multiply_strips(call, &b, group, 0, self.strips, watch)

    cdef void _share_blocks(self, const Operands *call, Py_ssize_t blocks, int threads,
                            Watch *watch) noexcept nogil:
        """Compute one block of tiles after the other, each on all threads.

        Both loops have several parts for each thread, so that a slow thread holds up none.
        """
        cdef Py_ssize_t i = 0, j
        cdef Py_ssize_t rows = min(self.depth, <Py_ssize_t>PARTS * threads)
        cdef Py_ssize_t parts = min(self.strips, <Py_ssize_t>PARTS * threads)
        cdef Shares inputs, outputs
        for i in range(threads):
            (<Shared *>(call.workspace + i * self.thread_bytes)).block = -1
        share_out(&inputs, rows, threads)
        with nogil, parallel(num_threads=threads):
            for i in range(self.groups * blocks):
                for j in prange(rows, schedule="dynamic", chunksize=1):
                    if j == 0:  # no thread has tasks of the other loop
                        share_out(&outputs, parts, threads)
                    self._transform_part(call, i, blocks, take(&inputs, threadid()), rows,
                                         threadid(), of_thread(watch, threadid()))
                for j in prange(parts, schedule="dynamic", chunksize=1):
                    if j == 0:
                        share_out(&inputs, rows, threads)
                    self._multiply_part(call, i, blocks, take(&outputs, threadid()), parts,
                                        threadid(), of_thread(watch, threadid()))

    cdef void _transform_part(self, const Operands *call, Py_ssize_t i, Py_ssize_t blocks,
                              Py_ssize_t part, Py_ssize_t parts, int thread,
                              Watch *watch) noexcept nogil:
        self._transform_rows(call, self._shared(call, i % blocks, blocks, thread), i // blocks,
                             part * self.depth // parts, (part + 1) * self.depth // parts, watch)

    cdef void _multiply_part(self, const Operands *call, Py_ssize_t i, Py_ssize_t blocks,
                             Py_ssize_t part, Py_ssize_t parts, int thread,
                             Watch *watch) noexcept nogil:
        self._multiply_strips(call, self._shared(call, i % blocks, blocks, thread), i // blocks,
                              part * self.strips // parts, (part + 1) * self.strips // parts,
                              watch)

    cdef const fc_tiles *_shared(self, const Operands *call, Py_ssize_t block, Py_ssize_t blocks,
                                 int thread) noexcept nogil:
        """Return a block whose transformed inputs lie in the memory of the first thread."""
        cdef char *at = call.workspace + thread * self.thread_bytes
        cdef Shared *shared = <Shared *>at
        if shared.block != block:
            self._cut_block(&shared.tiles, block, blocks, at)
            shared.tiles.values = call.workspace + aligned(sizeof(Shared))
            shared.block = block
        return &shared.tiles

    cdef void _cut_block(self, fc_tiles *b, Py_ssize_t block, Py_ssize_t blocks,
                         char *at) noexcept nogil:
        """Set up a block of tiles in the memory of a thread."""
        cdef Py_ssize_t first = self.first_tile(block, blocks)
        cdef Py_ssize_t stop = self.first_tile(block + 1, blocks)
        self.set_scratch(b, at + aligned(sizeof(Shared)))
        self.room.cut(&self.geometry, b, first, stop - first, self.m, self.high)

    cdef void _transform_rows(self, const Operands *call, const fc_tiles *b, Py_ssize_t group,
                              Py_ssize_t first, Py_ssize_t last, Watch *watch) noexcept nogil:
        """Transform inputs of a block: rows first..last of the depth of a group."""
        cdef Py_ssize_t row, taps = self.geometry.axis[0].taps
        for row in range(first, last):
            if stopped(watch):
                return
            self.transforms.input(&self.geometry, b, call.image,
                                  group * self.group_channels + row // taps, row % taps, row)

    cdef void _multiply_strips(self, const Operands *call, const fc_tiles *b, Py_ssize_t group,
                               Py_ssize_t first, Py_ssize_t last, Watch *watch) noexcept nogil:
        """Compute strips first..last of a group for a block whose inputs are transformed."""
        cdef Py_ssize_t strip = first, stop
        cdef const char *weight = (
            call.weight + group * self.frequencies * self.weight_plane * self.item)
        while strip < last:
            if stopped(watch):
                return
            stop = min(last, strip + self.chunk_strips)
            self._chunk(call, b, weight, group, strip, stop)
            strip = stop

    cdef void _chunk(self, const Operands *call, const fc_tiles *b, const char *weight,
                     Py_ssize_t group, Py_ssize_t first, Py_ssize_t last) noexcept nogil:
        """Compute strips first..last of one group for one block of tiles."""
        cdef Py_ssize_t k = first * self.group_features // self.strips
        cdef Py_ssize_t stop = last * self.group_features // self.strips
        self.room.multiply(b, weight, self.weight_plane, self.group_features, self.strips, first,
                           last, self.depth_blocks)
        self.transforms.output(&self.geometry, b, &call.finish, group * self.group_features + k,
                               stop - k, call.out)
