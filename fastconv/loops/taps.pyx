# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""taps: filter images by a list of taps, and loop over the tasks of one filter.

    task     one plane of the output, a block of its rows, a strip of columns (src/taps/room.h)

Tasks are independent, and each runs on one thread. A result does not depend on how tasks are cut:
every sum adds its taps in their order.
"""

from cython.parallel cimport prange, threadid
cimport numpy as cnp
import numpy as np

from fastconv.loops cimport scratch, simd
from fastconv.loops.axes cimport set_axes
from fastconv.loops.interrupt cimport Watch, current, of_thread
from fastconv.loops.simd cimport fc_at, fc_axis, fc_geometry
from fastconv.loops.sizes cimport clear_ends

cnp.import_array()

cdef enum:
    RING_BYTES = 20 * 1024      # bytes of the rows of all rings; their sums take the rest of L1
    LEAST_COLUMNS = 128         # fewest columns of a strip
    MOST_COLUMNS = 2048         # most columns of a strip
    BLOCK_ROWS = 64             # fewest rows of a block
    LEAST_TOGETHER = 9          # fewest rows of a window of which outputs in some rows share rows
    SPARSE = 4                  # a ring has up to so many rows for each row that a window reads


#: taps of a block of sums in float32; see src/taps/doubt.h
BLOCK = 32


cdef class TapList:
    """What filters of images of all sizes have in common: taps, weights, dtypes.

    Parameters
    ----------
    sums : str
        Dtype of the sums: "f64" or "f32", which add taps in their order, or "i16" or "i32", modulo
        2^16 or 2^32. With "f32" and an error of `doubt`, the results are those of "f64".
    source, target : str
        Dtypes of the image and of the result. The target is a dtype of integers, or `sums`.
    spans : sequence of (int, int)
        Taps and dilation of each axis of an image, from one to three.
    positions : ndarray of int, shape (taps, axes)
        Positions of the taps in the window, in the order of the sums.
    weights : ndarray of float64, shape (taps,)
        Weight of every tap, for integers with a whole value.
    fill : float
        The value past the edges.
    nearest : bool
        Whether reals are rounded to the nearest integers, and not towards zero.
    saturate : bool
        Whether sums are limited to the values of the target, and not wrapped around.
    doubt : tuple, optional
        For images of bytes: the bound on the difference between sums of float32, in blocks of
        `BLOCK` taps, and of float64, where no sum reaches 2^22. None, or two vectors whose outer
        product takes the place of the taps: weights of the rows that a window reads, in ascending
        order, and weights along them. The bound for sums of the outer product in float64.

    Attributes
    ----------
    nbytes : int
        Bytes of all tables.
    """

    cdef fc_taps_plan plan          # without the sizes of an image
    cdef list kept
    cdef const ptrdiff_t *places    # positions along a row of the taps
    cdef const ptrdiff_t *along     # the same of an outer product
    cdef Py_ssize_t rows            # padded rows of a window
    cdef int sums
    cdef Py_ssize_t item, source_item, target_item
    cdef readonly Py_ssize_t nbytes

    def __init__(self, str sums, str source, str target, spans, positions, weights, fill,
                 nearest=False, saturate=False, doubt=None):
        cdef fc_taps_plan *p = &self.plan
        dtype, into = _dtype(sums), _dtype(target)
        self.kept, self.sums = [], simd.value_index(sums)
        self.item, self.source_item = dtype.itemsize, _dtype(source).itemsize
        self.target_item = into.itemsize
        p.source, p.target = simd.value_index(source), simd.value_index(target)
        p.nearest, p.saturate, p.fill = nearest, saturate, _modulo([fill], dtype)[0]
        if into.kind in "iu":
            p.lowest, p.highest = int(np.iinfo(into).min), int(np.iinfo(into).max)
        missing = 3 - len(spans)
        spans = [(1, 1)] * missing + list(spans)
        positions = np.asarray(positions, np.intp)
        absent = np.zeros((len(positions), missing), np.intp)
        places = np.concatenate([absent, positions], 1) * [dilation for _, dilation in spans]
        self.rows, p.reach = [(taps - 1) * dilation + 1 for taps, dilation in spans[1:]]
        p.unit = spans[2][1]
        self._place(places)
        p.weights = self._values(_modulo(weights, dtype))
        if doubt is not None and doubt[0]:
            self._doubt(np.asarray(weights, np.float64), source, *doubt, spans[2][1])

    def _place(self, places):
        """Number the rows of the image that a window reads; `places` are in padded positions."""
        cdef fc_taps_plan *p = &self.plan
        lines, numbers = np.unique(places[:, :2], axis=0, return_inverse=True)
        depths, which = np.unique(lines[:, 0], return_inverse=True)
        p.line_count, rings = len(lines), len(depths)
        p.ring = self.rows if rings * self.rows <= SPARSE * len(lines) else 0
        p.slots = rings * self.rows if p.ring else len(lines)
        p.line_planes, p.line_rows = self._keep(lines[:, 0]), self._keep(lines[:, 1])
        p.line_rings = self._keep(which)
        p.tap_count, p.tap_lines = len(places), self._keep(numbers.reshape(-1))
        p.together = 1
        self.places = self._keep(places[:, 2])

    def _doubt(self, weights, source, error, vectors, outer_error, dilation):
        """Prepare sums of float32 of images of bytes that become those of float64."""
        cdef fc_taps_plan *p = &self.plan
        p.error, p.exact_weights = error, <const double *>self._values(weights)
        p.flat_first = int(np.iinfo(_dtype(source)).min)
        values = np.arange(p.flat_first, p.flat_first + 256, dtype=np.float64)
        sums = np.zeros(256)
        for weight in weights:  # in the taps' order
            sums += values * weight
        whole = np.rint(sums) if p.nearest else np.trunc(sums)
        with np.errstate(over="ignore"):  # sums in double are not looked up
            p.flat_results = <const float *>self._values(whole.astype(np.float32))
        if vectors is not None:
            p.along_count = len(vectors[1])
            p.down = <const float *>self._values(vectors[0])
            p.along = <const float *>self._values(vectors[1])
            p.exact_down = <const double *>self._values(vectors[0].astype(np.float64))
            p.exact_along = <const double *>self._values(vectors[1].astype(np.float64))
            p.outer_error = outer_error
            self.along = self._keep(np.arange(p.along_count) * dilation)
            if vectors[0].dtype == np.float64 and len(vectors[0]) == p.line_count:
                self._share_rows(vectors[0])

    def _share_rows(self, down):
        """Let some rows of outputs be computed together, if the rows of a window are neighbours."""
        cdef fc_taps_plan *p = &self.plan
        cdef Py_ssize_t i
        for i in range(1, p.line_count):
            if p.line_rings[i] or p.line_rows[i] != p.line_rows[i - 1] + 1:
                return
        if p.ring and p.line_count >= LEAST_TOGETHER:
            p.together = FC_TAPS_TOGETHER
            p.ring += FC_TAPS_TOGETHER - 1
            p.slots = p.ring
            p.down_together = <const double *>self._values(np.pad(down, FC_TAPS_TOGETHER - 1))

    cdef const ptrdiff_t *_keep(self, values) except NULL:
        """Return the address of integers that live as long as this object."""
        return <const ptrdiff_t *>self._values(np.asarray(values, np.intp))

    cdef void *_values(self, array) except NULL:
        """Return the address of an array that lives as long as this object."""
        array = np.array(array, ndmin=1, order="C")
        self.kept.append(array)
        self.nbytes += array.nbytes
        return cnp.PyArray_DATA(<cnp.ndarray>array)


cdef class Taps:
    """One filter of images of one size; called often, thread-safe.

    Parameters
    ----------
    isa : str
        Instruction set.
    taps : TapList
    lead : int
        Number of images.
    axes : sequence of tuple
        What `c_axis` of `fastconv.algorithms.base` returns, of from one to three axes of an image.
    """

    cdef const fc_taps *room
    cdef fc_taps_plan plan
    cdef TapList taps
    cdef object tables
    cdef Py_ssize_t lead, planes, volume
    cdef Py_ssize_t strip, strips, block, blocks, rows, scratch_bytes, row_bytes, used_bytes

    def __init__(self, str isa, TapList taps, lead, axes):
        cdef fc_taps_plan *p = &self.plan
        cdef fc_geometry g
        cdef fc_axis *planes = &g.axis[0]
        cdef fc_axis *rows = &g.axis[1]
        cdef fc_axis *columns = &g.axis[2]
        cdef ptrdiff_t *table
        set_axes(&g, axes)
        self.taps, self.plan = taps, taps.plan
        self.room = taps_kernels(isa, taps.sums)
        self.lead, self.planes = lead, planes.feature
        p.width, p.out_width, p.out_rows = columns.image, columns.feature, rows.feature
        p.plane = p.width * rows.image
        self.volume = p.plane * planes.image
        p.stride, p.row_stride, p.plane_stride = columns.stride, rows.stride, planes.stride
        p.before = columns.before
        self._cut(taps.item, taps.rows)
        count = sum([max(<ptrdiff_t>0, g.axis[i].extent) for i in range(3)])
        self.tables = np.empty(count + p.tap_count + p.along_count, np.intp)
        table = <ptrdiff_t *>cnp.PyArray_DATA(<cnp.ndarray>self.tables)
        p.plane_line = table
        p.row_line = table = _line(planes, table)
        p.column_line = table = _line(rows, table)
        table = _line(columns, table)
        if p.stride == 1:
            p.tap_offsets, p.along_offsets = taps.places, taps.along
        else:
            p.tap_offsets = table
            p.along_offsets = table = self._in_phases(taps.places, p.tap_count, table)
            self._in_phases(taps.along, p.along_count, table)

    cdef ptrdiff_t *_in_phases(self, const ptrdiff_t *places, Py_ssize_t count,
                               ptrdiff_t *offsets) noexcept:
        """Write the elements of a row of the ring at which taps along the row begin."""
        cdef Py_ssize_t i, s = self.plan.stride
        for i in range(count):
            offsets[i] = places[i] % s * self.plan.phase + places[i] // s
        return offsets + count

    def _cut(self, Py_ssize_t item, Py_ssize_t extent):
        """Cut the output into strips and blocks, and lay out the scratch memory."""
        cdef fc_taps_plan *p = &self.plan
        cdef Py_ssize_t halo = p.reach - 1, columns, phase
        columns = max(<Py_ssize_t>LEAST_COLUMNS, (8 if p.along_count else 4) * halo,
                      RING_BYTES // (item * (p.slots + 3)) - halo)
        columns = min(columns, max(<Py_ssize_t>MOST_COLUMNS, 4 * halo))
        columns = max(<Py_ssize_t>1, columns // p.stride)
        self.strips = (p.out_width + columns - 1) // columns
        self.strip = (p.out_width + self.strips - 1) // self.strips
        self.block = max(<Py_ssize_t>BLOCK_ROWS, 2 * extent)
        self.blocks = (p.out_rows + self.block - 1) // self.block
        self.block = (p.out_rows + self.blocks - 1) // self.blocks
        phase = self.strip + halo // p.stride + self.room.slack
        p.phase = (phase * item + 63) // 64 * 64 // item if p.stride > 1 else 0
        # Make the pitch an odd number of cache lines, so that rows do not share one cache set.
        columns = max(phase, p.phase * p.stride, (self.strip - 1) * p.stride + p.reach)
        p.pitch = ((columns + self.room.slack) * item + 63) // 64 | 1
        p.pitch = p.pitch * 64 // item
        self.row_bytes = p.pitch * item
        self.used_bytes = 0 if p.stride > 1 else (self.strip + halo) * item
        self.rows = p.slots + 2 + p.together
        self.scratch_bytes = self._pointers_bytes() + self.rows * self.row_bytes
        self.scratch_bytes = (self.scratch_bytes + 191) // 128 * 128

    cdef Py_ssize_t _pointers_bytes(self) noexcept nogil:
        """Return the bytes of the pointers and numbers in front of a thread's rows."""
        cdef Py_ssize_t count
        count = self.plan.tap_count + self.plan.slots + self.plan.along_count
        count += self.plan.line_count + self.plan.together - 1
        return (count * <Py_ssize_t>sizeof(void *) + 63) // 64 * 64

    def workspace(self, int threads):
        """Return how many bytes of workspace a call leases on this number of threads."""
        return threads * self.scratch_bytes

    def __call__(self, cnp.ndarray image, cnp.ndarray out, int threads, cnp.ndarray sums=None):
        """Write the filtered images to `out`, and return whether all sums were numbers.

        Parameters
        ----------
        image : ndarray
            Images, C-contiguous and of the dtype `source`.
        out : ndarray
            Array to write, C-contiguous and of the dtype `target`.
        threads : int
            Number of threads.
        sums : ndarray of float64, optional
            Sums as they are known, with the error of `doubt`; C-contiguous, as large as `out`.
        """
        cdef const double *known = NULL
        cdef Py_ssize_t tasks = self.lead * self.planes * self.blocks * self.strips, i
        cdef const char *source = <const char *>cnp.PyArray_DATA(image)
        cdef char *target = <char *>cnp.PyArray_DATA(out)
        cdef char *workspace
        cdef int failed = 0
        cdef Watch *watch = current()
        if sums is not None:
            known = <const double *>cnp.PyArray_DATA(sums)
        threads = <int>max(1, min(<Py_ssize_t>threads, tasks))
        workspace = <char *>scratch.lease(threads * self.scratch_bytes)
        for i in range(threads):
            clear_ends(workspace + i * self.scratch_bytes + self._pointers_bytes(),
                       self.rows, self.row_bytes, self.used_bytes)
        if threads == 1:
            with nogil:
                for i in range(tasks):
                    self._task(source, target, known, workspace, i, &failed, watch)
        else:
            for i in prange(tasks, nogil=True, num_threads=threads, schedule="dynamic",
                            chunksize=1):
                self._task(source, target, known, workspace + threadid() * self.scratch_bytes, i,
                           &failed, of_thread(watch, threadid()))
        scratch.release(workspace)
        return not failed

    cdef void _task(self, const char *image, char *out, const double *known, char *workspace,
                    Py_ssize_t number, int *failed, Watch *watch) noexcept nogil:
        cdef fc_taps_task task
        cdef Py_ssize_t strip = number % self.strips, part = number // self.strips
        cdef Py_ssize_t plane = part // self.blocks
        task.image = image + plane // self.planes * self.volume * self.taps.source_item
        task.out = out + plane * self.plan.out_rows * self.plan.out_width * self.taps.target_item
        task.scratch = workspace
        task.failed = failed
        task.watch = watch
        task.plane = plane % self.planes
        task.row = part % self.blocks * self.block
        task.rows = min(self.block, self.plan.out_rows - task.row)
        task.column = strip * self.strip
        task.columns = min(self.strip, self.plan.out_width - task.column)
        task.known = NULL
        if known is not NULL:
            task.known = known + plane * self.plan.out_rows * self.plan.out_width
        self.room.filter(&self.plan, &task)


cdef ptrdiff_t *_line(const fc_axis *axis, ptrdiff_t *table) noexcept:
    """Write the image index of every padded coordinate of an axis, and return the end."""
    cdef Py_ssize_t i
    for i in range(axis.extent):
        table[i] = fc_at(axis, i)
    return table + axis.extent


def _dtype(str name):
    """Return a dtype by its short name."""
    return np.dtype(name[0] + str(int(name[1:]) // 8))


def _modulo(weights, dtype):
    """Return weights in the dtype of the sums; whole ones are taken modulo its values."""
    if dtype.kind == "f":
        return np.asarray(weights, dtype)
    most = 1 << (8 * dtype.itemsize)
    whole = [(int(w) + most // 2) % most - most // 2 for w in weights]
    return np.array(whole, dtype)
