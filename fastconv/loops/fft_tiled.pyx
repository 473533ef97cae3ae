# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""fft_tiled: filter tiles in the frequency domain, in cache, and loop over them.

    task     two tiles of one group of channels (one tile of complex numbers): load, transform,
             multiply, transform back, store (src/fft_tiled/room.h); each task runs on one thread

The spectra of the taps are computed first, unless a plan has prepared them. If every channel has
its own kernel, the task that needs a spectrum computes it.
"""

from cython.parallel cimport prange, threadid
from libc.string cimport memcpy
cimport numpy as cnp

from fastconv.loops cimport scratch, simd
from fastconv.loops.fft_tiled_plan cimport (
    fc_fft_plan, fc_fft_task, fc_fft_tiled, fc_transform, fft_tiled_kernels, set_plan,
    set_transform,
)
from fastconv.loops.fft_tiled_layout cimport Cut
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport ceil_div
from fastconv.loops.simd cimport FC_F32, FC_F64
from fastconv.loops.fft_tiled_transforms import aligned_bytes, line_twiddles

cnp.import_array()

cdef enum:
    MANY_TASKS = 64     # neighbouring tiles are joined while more tasks than this remain
    NEIGHBOURS = 16     # most tiles that are joined; neighbours share cache lines


def transform(str isa, cnp.ndarray values, bint inverse):
    """Compute the Fourier transforms of the lanes of a vector, in place and unscaled.

    Parameters
    ----------
    isa : str
        Instruction set.
    values : ndarray (size, 2, lanes), float32 or float64, C-contiguous
        Real and imaginary parts. Frequencies have the order of `fft_tiled_transforms.order`.
    inverse : bool
        Whether to compute the inverse transform.
    """
    cdef int real = FC_F32 if values.itemsize == 4 else FC_F64
    cdef fc_transform t
    cdef list kept = []
    cdef Py_ssize_t count = values.size * values.itemsize
    cdef char *aligned_copy = <char *>scratch.lease(count)
    set_transform(&t, values.shape[0], "f4" if values.itemsize == 4 else "f8", kept)
    memcpy(aligned_copy, cnp.PyArray_DATA(values), count)
    fft_tiled_kernels(isa, real).transform(&t, aligned_copy, inverse)
    memcpy(cnp.PyArray_DATA(values), aligned_copy, count)
    scratch.release(aligned_copy)


cdef class Tiles:
    """One forward convolution; built once, called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32", "f64", "c64" or "c128".
    cut : fft_tiled_layout.Cut
        How the convolution is cut into tiles, and what memory a call needs.
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
        Whether a residual is added to the output; for real numbers only.
    """

    cdef const fc_fft_tiled *room
    cdef fc_fft_plan plan
    cdef Cut cut
    cdef Py_ssize_t item, entries, pairs, together, neighbours, tasks, kernel_bytes
    cdef object kept

    def __init__(self, str isa, str dtype, Cut cut, n, groups, image_channels, feature_channels,
                 axes, *, bias=None, activation=None, add=False):
        cdef fc_fft_plan *p = &self.plan
        cdef int real = simd.real_index("f32" if dtype in ("f32", "c64") else "f64")
        cdef Py_ssize_t lanes, depth, rows, columns
        cdef cnp.ndarray table
        self.cut = cut
        self.room = fft_tiled_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.kept = []
        lanes = self.room.lanes
        set_plan(p, dtype, cut, n, groups, image_channels, feature_channels, axes, bias, activation,
                 add, self.kept)
        p.upright = cut.upright
        self.together = 1 if p.is_complex or p.upright else 2
        p.parts, p.part = cut.parts, cut.part
        depth, rows, columns = cut.size[0], cut.size[1], cut.size[2]
        p.bands, p.vectors = ceil_div(rows, lanes), ceil_div(columns, lanes)
        p.pitch = p.vectors | 1     # an odd number
        p.plane = p.pitch * p.bands * lanes | 1
        p.spectrum = depth * rows if p.upright else depth * p.bands * columns
        if cut.line:
            table = line_twiddles(rows, columns, lanes, "f4" if real == FC_F32 else "f8")
            self.kept.append(table)
            p.line_twiddles = cnp.PyArray_DATA(table)
        self.entries = n * p.tiles[0] * p.tiles[1] * p.tiles[2]
        self.pairs = ceil_div(self.entries, self.together)
        self.neighbours = 1
        if p.upright:
            self.neighbours = max(1, min(<Py_ssize_t>NEIGHBOURS, self.pairs * groups // MANY_TASKS))
        self.tasks = ceil_div(self.pairs, self.neighbours)
        self.kernel_bytes = p.geometry.taps * self.item * (1 + p.is_complex)

    def prepare(self, cnp.ndarray weight):
        """Return the spectra of all taps, for the argument `prepared` of a call.

        Parameters
        ----------
        weight : ndarray
            Weight of the convolution, C-contiguous and of the dtype given to the constructor.
        """
        cdef cnp.ndarray spectra = aligned_bytes(self.cut.spectra_bytes)
        cdef char *workspace = <char *>scratch.lease(self.cut.thread_bytes)
        self._make_spectra(<const char *>cnp.PyArray_DATA(weight),
                           <char *>cnp.PyArray_DATA(spectra), workspace, 1)
        scratch.release(workspace)
        return spectra

    cdef void _set_scratch(self, fc_fft_task *task, char *at) noexcept nogil:
        task.matrix = at
        at += self.cut.matrix_bytes
        task.inputs = at
        at += self.cut.inputs_bytes
        task.buffer = at
        task.row = at + self.cut.buffer_bytes

    cdef void _make_spectra(self, const char *weight, char *spectra, char *workspace,
                            int threads) noexcept:
        cdef Py_ssize_t count = (self.plan.geometry.feature_channels * self.plan.group_channels
                                 * self.plan.parts), i
        cdef Watch *watch = current()
        if threads == 1:
            with nogil:
                for i in range(count):
                    if stopped(watch):
                        break
                    self._make_spectrum(weight, spectra + i * self.cut.spectrum_bytes, workspace, i)
        else:
            for i in prange(count, nogil=True, num_threads=threads, schedule="static"):
                if not stopped(of_thread(watch, threadid())):
                    self._make_spectrum(weight, spectra + i * self.cut.spectrum_bytes,
                                        workspace + threadid() * self.cut.thread_bytes, i)

    cdef void _make_spectrum(self, const char *weight, char *spectrum, char *at,
                             Py_ssize_t i) noexcept nogil:
        cdef fc_fft_task task
        cdef Py_ssize_t part = i % self.plan.parts
        self._set_scratch(&task, at)
        self.room.taps(&self.plan, weight + i // self.plan.parts * self.kernel_bytes, part,
                       spectrum, &task)

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
        cdef Py_ssize_t tasks, i
        cdef Watch *watch = current()
        cdef const char *weight = <const char *>cnp.PyArray_DATA(<cnp.ndarray>arrays[1])
        cdef char *workspace
        cdef bint own = self.cut.own_spectra and prepared is None
        call.image = cnp.PyArray_DATA(<cnp.ndarray>arrays[0])
        call.bias = call.add = NULL
        call.fill[0] = call.fill[1] = 0
        if arrays[2] is not None:
            call.bias = cnp.PyArray_DATA(<cnp.ndarray>arrays[2])
        if arrays[3] is not None:
            call.add = cnp.PyArray_DATA(<cnp.ndarray>arrays[3])
        if len(arrays) > 4:
            call.fill[0], call.fill[1] = arrays[4].real, arrays[4].imag
        call.out = cnp.PyArray_DATA(out)
        tasks = self.plan.groups if own else self.plan.groups * self.tasks
        threads = <int>max(1, min(threads, tasks))
        workspace = <char *>scratch.lease(self.cut.workspace(threads, prepared is not None))
        if prepared is not None:
            call.spectra = cnp.PyArray_DATA(<cnp.ndarray>prepared)
        elif not own:
            call.spectra = workspace + threads * self.cut.thread_bytes
            self._make_spectra(weight, <char *>call.spectra, workspace, threads)
        if threads == 1:
            with nogil:
                for i in range(tasks):
                    self._task(call, own, weight, i, workspace, watch)
        else:
            for i in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(call, own, weight, i, workspace + threadid() * self.cut.thread_bytes,
                           of_thread(watch, threadid()))
        scratch.release(workspace)

    cdef void _task(self, fc_fft_task task, bint own, const char *weight, Py_ssize_t i,
                    char *at, Watch *watch) noexcept nogil:
        cdef Py_ssize_t pair, pair_stop
        self._set_scratch(&task, at)
        if own:
            task.group, pair, pair_stop = i, 0, self.pairs
            self._make_spectrum(weight, <char *>task.inputs, at, i)
            task.spectra = task.inputs
        else:
            task.group, pair = i // self.tasks, i % self.tasks * self.neighbours
            task.spectra = (<const char *>task.spectra
                            + task.group * (self.cut.spectra_bytes // self.plan.groups))
            pair_stop = min(pair + self.neighbours, self.pairs)
        for pair in range(pair, pair_stop):
            if stopped(watch):
                return
            task.first = pair * self.together
            task.stop = min(task.first + self.together, self.entries)
            self.room.filter(&self.plan, &task)
