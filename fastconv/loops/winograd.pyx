# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""winograd: convolve with 3x3 kernels in the transformed domain; loop over tiles of m x m outputs.

    task     a block of tiles x some strips of output channels; each task runs on one thread
      group    of channels
        row      (channel, tap in front): transform the block's inputs; all of them stay in cache
        chunk    of strips: multiply all frequencies, transform back, apply the epilogue

A block is as large as the caches allow. A chunk reads the block's transformed inputs V once, and a
block reads the transformed weights U once. How tiles and strips are cut depends on the number of
threads; the sum of one output does not.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch
from fastconv.loops.epilogue import finish
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.winograd_layout cimport Tiling, fc_finish, fc_tiles
from fastconv.loops.epilogue cimport FC_LINEAR
from fastconv.loops.simd cimport fc_geometry

cnp.import_array()


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
        cdef const fc_geometry *g
        cdef Py_ssize_t blocks, splits, i
        cdef char *packed
        cdef Watch *watch = current()
        call.image = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.out = <char *>cnp.PyArray_DATA(out)
        self._set_finish(&call.finish, arrays[2], arrays[3])
        self.cut_for(threads, &blocks, &splits)
        call.workspace = <char *>scratch.lease(self.workspace(threads, prepared is not None))
        if prepared is None:
            packed = call.workspace + threads * self.thread_bytes
            self._transform_weights(
                <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[1]), packed, threads)
            call.weight = packed
        else:
            call.weight = <const char *>cnp.PyArray_DATA(<cnp.ndarray>prepared)
        if threads == 1 or blocks * splits == 1:
            with nogil:
                for i in range(blocks * splits):
                    self._task(&call, i // splits, blocks, i % splits, splits, 0, watch)
        else:
            for i in prange(blocks * splits, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(&call, i // splits, blocks, i % splits, splits, threadid(),
                           of_thread(watch, threadid()))
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

    cdef void _task(self, const Operands *call, Py_ssize_t block, Py_ssize_t blocks,
                    Py_ssize_t split, Py_ssize_t splits, int thread,
                    Watch *watch) noexcept nogil:
        cdef fc_tiles b
        cdef Py_ssize_t first = block * self.vectors // blocks * self.lanes
        cdef Py_ssize_t stop = min((block + 1) * self.vectors // blocks * self.lanes, self.tiles)
        cdef Py_ssize_t strip = split * self.groups * self.strips // splits
        cdef Py_ssize_t last = (split + 1) * self.groups * self.strips // splits
        cdef Py_ssize_t group, until, row, chunk, taps = self.geometry.axis[0].taps
        cdef const char *weight
        self.set_scratch(&b, call.workspace + thread * self.thread_bytes)
        self.room.cut(&self.geometry, &b, first, stop - first, self.m, self.high)
        while strip < last:
            group = strip // self.strips
            until = min(last, (group + 1) * self.strips)
            for row in range(self.depth):
                if stopped(watch):
                    return
                self.transforms.input(&self.geometry, &b, call.image,
                                      group * self.group_channels + row // taps, row % taps, row)
            weight = call.weight + group * self.frequencies * self.weight_plane * self.item
            while strip < until:
                if stopped(watch):
                    return
                chunk = min(until, strip + self.chunk_strips)
                self._chunk(call, &b, weight, group, strip - group * self.strips,
                            chunk - group * self.strips)
                strip = chunk

    cdef void _chunk(self, const Operands *call, const fc_tiles *b, const char *weight,
                     Py_ssize_t group, Py_ssize_t first, Py_ssize_t last) noexcept nogil:
        """Compute strips first..last of one group for one block of tiles."""
        cdef Py_ssize_t k = first * self.group_features // self.strips
        cdef Py_ssize_t stop = last * self.group_features // self.strips
        self.room.multiply(b, weight, self.weight_plane, self.group_features, self.strips, first,
                           last, self.depth_blocks)
        self.transforms.output(&self.geometry, b, &call.finish, group * self.group_features + k,
                               stop - k, call.out)
