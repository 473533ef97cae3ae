# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""stride_phases: make weights of dense convolutions, and interleave their outputs into one image.

Position X of the padded image meets the feature under the taps of one residue R of the stride:
X = s * Q + R. Residues with the same number of taps that are read from the same position are output
channels of one dense convolution, called a part. algorithms/stride_phases.py cuts the axes.

    transposed    each thread takes input channels of the weight
    Interleaving  each thread takes rows of the image: interleave phases, fold borders back, then
                  apply bias and activation while the row is in cache
"""

from cython.parallel cimport prange, threadid
from libc.string cimport memset
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.epilogue cimport FC_LINEAR, activation_code, epilogue_kernels, fc_epilogue
from fastconv.loops.axes cimport set_axes
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.sizes cimport aligned
from fastconv.loops.simd cimport FC_F32, fc_at, fc_axis, fc_geometry

cnp.import_array()

cdef enum:
    COLUMNS = 16        # input channels of a weight that are transposed together
    MOST_PHASES = 64    # phases whose values are interleaved; more are written one after the other


cdef class Lease:
    """Make arrays on one leased block of memory, and release it with the last of them.

    Parameters
    ----------
    size : int
        Bytes of the block.
    """

    cdef char *block
    cdef size_t used

    def __init__(self, size_t size):
        self.block = <char *>scratch.lease(size)

    def array(self, shape, dtype):
        """Return the next array on the block.

        Parameters
        ----------
        shape : sequence of int
            Shape of the array.
        dtype : dtype
            Its dtype.

        Notes
        -----
        The block must be as large as the sum of `aligned(nbytes)` over all arrays.
        """
        cdef cnp.npy_intp sizes[64]
        cdef int i
        for i, n in enumerate(shape):
            sizes[i] = n
        cdef cnp.ndarray array = cnp.PyArray_SimpleNewFromData(
            <int>len(shape), sizes, np.dtype(dtype).num, self.block + self.used)
        cnp.set_array_base(array, self)
        self.used += aligned(array.nbytes)
        return array

    def __dealloc__(self):
        if self.block is not NULL:
            scratch.release(self.block)


def transposed(str isa, str dtype, cnp.ndarray weight, groups, rows, columns, cnp.ndarray taps,
               cnp.ndarray out, int threads):
    """Write the weight of a part: ``out[g, c, p, k, j] = weight[g, k, c, taps[p, j]]``.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    weight : ndarray (groups * rows, columns, ...)
        Weight of the strided convolution.
    groups, rows, columns : int
        Groups, output channels of a group, input channels of a group.
    taps : ndarray of intp, shape (phases, taps of the part)
        Index of each tap of each phase in the weight.
    out : ndarray (groups * columns * phases, rows, ...)
        Weight of the part.
    threads : int
        Number of threads.
    """
    cdef const fc_stride_phases *room = stride_phases_kernels(isa, simd.real_index(dtype))
    cdef Py_ssize_t k = rows, c = columns, blocks = (columns + COLUMNS - 1) // COLUMNS
    cdef Py_ssize_t size = weight.size // (groups * k * c), i, first
    cdef Py_ssize_t step = weight.nbytes // groups, out_step = out.nbytes // groups
    cdef Py_ssize_t phases = taps.shape[0], kept = taps.shape[1], tasks = groups * blocks
    cdef const char *source = <const char *>cnp.PyArray_DATA(weight)
    cdef char *target = <char *>cnp.PyArray_DATA(out)
    cdef const ptrdiff_t *tap = <const ptrdiff_t *>cnp.PyArray_DATA(taps)
    cdef Watch *watch = current()
    if threads == 1:
        with nogil:
            for i in range(tasks):
                if stopped(watch):
                    break
                first = i % blocks * COLUMNS
                room.transpose(source + i // blocks * step, k, c, size, tap, phases, kept, first,
                               min(<Py_ssize_t>COLUMNS, c - first), target + i // blocks * out_step)
    else:
        for i in prange(tasks, nogil=True, num_threads=threads, schedule="static"):
            first = i % blocks * COLUMNS
            if not stopped(of_thread(watch, threadid())):
                room.transpose(source + i // blocks * step, k, c, size, tap, phases, kept, first,
                               min(<Py_ssize_t>COLUMNS, c - first),
                               target + i // blocks * out_step)


cdef struct Part:
    Py_ssize_t size[3]      # of its output, per axis
    Py_ssize_t phases[3]    # number of phases per axis
    const char *data        # its output


cdef class Interleaving:
    """Interleave the outputs of the parts into the image.

    Parameters
    ----------
    isa : str
        Instruction set.
    dtype : str
        "f32" or "f64".
    channels : int
        Channels of the image.
    axes : sequence of 1 to 3 tuples
        Axes of the image as `Layout` of implicit_gemm takes them.
    zeros : bool
        Whether no axis continues past its edges, so that nothing must be folded back.
    residues : sequence of sequences of tuples of 4 int
        For each axis and residue that a tap meets, in ascending order: the residue, its class of
        parts, its phase, and the first Q of its row.
    classes : sequence of int
        Number of classes of parts per axis.
    parts : sequence of (sizes, phases), each per axis
        Sizes of the parts' outputs and their numbers of phases, in the order of the axes' classes.
    bias, activation : str or None
        As `Layout` takes them.
    """

    cdef const fc_stride_phases *room
    cdef const fc_epilogue *epilogue
    cdef fc_geometry geometry
    cdef Py_ssize_t item, channels, pointer_bytes, row_bytes
    cdef bint zeros, per_channel, per_position
    cdef int activation
    cdef Py_ssize_t classes[3]
    cdef const ptrdiff_t *residue[3]
    cdef Py_ssize_t met[3]      # number of residues that a tap meets
    # Per outer axis: the padded rows that a row of the image takes, and where these lists end.
    cdef const ptrdiff_t *ends[2]
    cdef const ptrdiff_t *rows[2]
    cdef cnp.ndarray table      # entries of all residues, and sizes and phases of all parts
    cdef const ptrdiff_t *sizes
    cdef list kept

    def __init__(self, str isa, str dtype, channels, axes, zeros, residues, classes, parts,
                 bias=None, activation=None):
        cdef int real = simd.real_index(dtype), missing = <int>(3 - len(axes)), a, i
        cdef ptrdiff_t *to
        self.room = stride_phases_kernels(isa, real)
        self.epilogue = epilogue_kernels(isa, real)
        self.item = 4 if real == FC_F32 else 8
        self.channels = channels
        self.zeros = zeros
        self.per_channel, self.per_position = bias == "channel", bias == "position"
        self.activation = activation_code(activation)
        set_axes(&self.geometry, axes)
        for a in range(3):
            self.met[a] = 1 if a < missing else len(residues[a - missing])
            self.classes[a] = 1 if a < missing else classes[a - missing]
        self.table = np.empty(
            4 * (self.met[0] + self.met[1] + self.met[2]) + 6 * len(parts), np.intp)
        to = <ptrdiff_t *>cnp.PyArray_DATA(self.table)
        for a in range(3):
            self.residue[a] = to
            for entry in ((0, 0, 0, 0),) if a < missing else residues[a - missing]:
                to[0], to[1], to[2], to[3] = entry
                to += 4
        self.sizes = to
        for row, phases in parts:
            for a in range(3):
                i = a - missing
                to[a] = 1 if i < 0 else row[i]
                to[a + 3] = 1 if i < 0 else phases[i]
            to += 6
        self.kept = []
        for a in range(0 if zeros else 2):
            ends, rows = _seen(&self.geometry.axis[a])
            self.kept += [ends, rows]
            self.ends[a] = <const ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray>ends)
            self.rows[a] = <const ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray>rows)
        # A thread needs pointers to the phases of a row, and a row of the padded image.
        self.pointer_bytes = 0
        if self.geometry.axis[2].stride <= MOST_PHASES:
            self.pointer_bytes = aligned(self.geometry.axis[2].stride * sizeof(void *))
        self.row_bytes = self.pointer_bytes + 128 + aligned(
            self.geometry.axis[2].extent * self.item)

    def __call__(self, parts, cnp.ndarray bias, cnp.ndarray out, int threads):
        """Interleave the arrays `parts` into `out`.

        Parameters
        ----------
        parts : sequence of ndarray or None
            Outputs of the parts; None for a part that no tap meets.
        bias : ndarray or None
            Bias to add.
        out : ndarray (n, channels, ...)
            Image to write.
        threads : int
            Number of threads.
        """
        cdef Py_ssize_t count = len(parts), i, n = out.shape[0]
        cdef Py_ssize_t planes = n * self.channels
        cdef Py_ssize_t rows = self.geometry.axis[0].image * self.geometry.axis[1].image
        cdef cnp.ndarray table = np.zeros((count, sizeof(Part)), np.uint8)
        cdef Part *list_ = <Part *>cnp.PyArray_DATA(table)
        cdef Part *part
        cdef const char *plus = NULL
        cdef char *target = <char *>cnp.PyArray_DATA(out)
        cdef char *scratch_rows
        cdef Watch *watch = current()
        if bias is not None:
            plus = <const char *>cnp.PyArray_DATA(bias)
        for i in range(count):
            part = &list_[i]
            for a in range(3):
                part.size[a] = self.sizes[6 * i + a]
                part.phases[a] = self.sizes[6 * i + 3 + a]
            if parts[i] is not None:
                part.data = <const char *>cnp.PyArray_DATA(<cnp.ndarray>parts[i])
        scratch_rows = <char *>scratch.lease(threads * self.row_bytes)
        if threads == 1:
            with nogil:
                for i in range(planes * rows):
                    if stopped(watch):
                        break
                    self._row(list_, plus, target, i // rows, i % rows, scratch_rows)
        else:
            for i in prange(planes * rows, nogil=True, num_threads=threads, schedule="static"):
                if not stopped(of_thread(watch, threadid())):
                    self._row(list_, plus, target, i // rows, i % rows,
                              scratch_rows + threadid() * self.row_bytes)
        scratch.release(scratch_rows)

    cdef void _row(self, const Part *parts, const char *bias, char *out, Py_ssize_t plane,
                   Py_ssize_t row, char *buffer) noexcept nogil:
        cdef const fc_geometry *g = &self.geometry
        cdef const fc_axis *w = &g.axis[2]
        cdef Py_ssize_t z = row // g.axis[1].image, y = row % g.axis[1].image, i, j
        cdef Py_ssize_t channel = plane % self.channels
        cdef char *target = out + (plane * g.plane + row * w.image) * self.item
        cdef const char *add_channel = NULL
        cdef const char *add_position = NULL
        cdef bint accumulate = False
        cdef const void **phases = <const void **>buffer
        buffer += self.pointer_bytes
        if self.zeros:
            self._interleave(parts, plane, z + g.axis[0].before, y + g.axis[1].before, w.before,
                             w.image, phases, target)
        else:
            for i in range(self.ends[0][z], self.ends[0][z + 1]):
                for j in range(self.ends[1][y], self.ends[1][y + 1]):
                    self._interleave(parts, plane, self.rows[0][i], self.rows[1][j], 0, w.extent,
                                     phases, buffer)
                    self.room.fold(w, buffer, accumulate, target)
                    accumulate = True
            if not accumulate:
                memset(target, 0, w.image * self.item)
        if self.per_channel:
            add_channel = bias + channel * self.item
        elif self.per_position:
            add_position = bias + (channel * g.plane + row * w.image) * self.item
        if bias is not NULL or self.activation != FC_LINEAR:
            self.epilogue.finish(target, 1, w.image, w.image, add_channel, add_position, NULL,
                                 self.activation)

    cdef void _interleave(self, const Part *parts, Py_ssize_t plane, Py_ssize_t z, Py_ssize_t y,
                          Py_ssize_t x, Py_ssize_t count, const void **phases,
                          char *to) noexcept nogil:
        """Write columns x..x+count of one row of the padded image to `to`."""
        cdef const fc_geometry *g = &self.geometry
        cdef Py_ssize_t s = g.axis[2].stride, sz = g.axis[0].stride, sy = g.axis[1].stride, r, at
        cdef Py_ssize_t _entry
        cdef const ptrdiff_t *deep = self._find(0, z % sz)
        cdef const ptrdiff_t *high = self._find(1, y % sy)
        cdef const ptrdiff_t *wide = self.residue[2]
        cdef const Part *part
        cdef bint dense = s <= MOST_PHASES
        if dense:
            for r in range(s):
                phases[r] = NULL
        else:
            memset(to, 0, count * self.item)
        for _entry in range(0 if deep is NULL or high is NULL else self.met[2]):
            part = &parts[(deep[1] * self.classes[1] + high[1]) * self.classes[2] + wide[1]]
            at = plane * part.phases[0] * part.phases[1] * part.phases[2]
            at += (deep[2] * part.phases[1] + high[2]) * part.phases[2] + wide[2]
            at = at * part.size[0] + z // sz - deep[3]
            at = at * part.size[1] + y // sy - high[3]
            at = at * part.size[2] - wide[3]
            if dense:
                phases[wide[0]] = part.data + at * self.item
            else:
                self.room.scatter(part.data + at * self.item, s, wide[0], x, count, to)
            wide += 4
        if dense:
            self.room.interleave(phases, s, x, count, to)

    cdef const ptrdiff_t *_find(self, int axis, Py_ssize_t residue) noexcept nogil:
        """Return the entry of a residue, or NULL if no tap meets it."""
        cdef const ptrdiff_t *entries = self.residue[axis]
        cdef Py_ssize_t low = 0, high = self.met[axis], middle
        while low < high:
            middle = (low + high) // 2
            if entries[4 * middle] < residue:
                low = middle + 1
            else:
                high = middle
        if low < self.met[axis] and entries[4 * low] == residue:
            return entries + 4 * low
        return NULL


cdef object _seen(const fc_axis *axis):
    """Return the padded rows that each row of the image takes, as (ends, rows)."""
    cdef cnp.ndarray line = np.empty(axis.extent, np.intp)
    cdef Py_ssize_t i
    for i in range(axis.extent):
        (<Py_ssize_t *>cnp.PyArray_DATA(line))[i] = fc_at(axis, i)
    inside = np.flatnonzero(line >= 0)
    order = inside[np.argsort(line[inside], kind="stable")]
    ends = np.zeros(axis.image + 1, np.intp)
    np.cumsum(np.bincount(line[inside], minlength=axis.image), out=ends[1:])
    return ends, np.ascontiguousarray(order, np.intp)
