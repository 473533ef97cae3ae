# cython: freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Convolve by gathering: every target sums the sources that reach it.

    target[n, q, p] = sum over r, e of source[n, r, s(p, e)] * weight[q and r, w(p, e)]

Forward, targets are feature positions and sources are pixels. For the input's gradient and for
transposed convolution, targets are pixels and sources are feature positions. ``geometry`` computes
s and w. A task is one row of targets, at most ROW long. For every channel, it recurses over the
outer axes to find where taps meet sources, and runs one simple loop for each straight line of the
last axis.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport uint64_t
from libc.string cimport memset

from fastconv.loops.direct_dots cimport dots_kernels, fc_dots
from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.naive.common cimport (
    C64, C128, F32, F64, TERMS, Code, Number, code, data, multiply_add, value_t,
)
from fastconv.loops.naive.rows cimport (
    CHANNEL, HARDSIGMOID, HARDSWISH, LEAKY_RELU, NONE, POSITION, RELU, RELU6, ROW, SIGMOID, SILU,
    TANH, TILE,
    Link, Row, Segment, Shape, Task, add_block, finish,
)
from fastconv.loops.simd cimport FC_F32, FC_F64

from . import geometry


cdef inline double complex finite_sum(
    const fc_dots *room, const value_t *w, const value_t *x, Py_ssize_t count, Py_ssize_t apart,
    Py_ssize_t step, bint conjugate
) noexcept nogil:
    """Return a sum of complex products if it is finite: products have no look at infinities.

    Values that are not neighbours, and kernels that are read from their end, as a convolution does,
    are copied in blocks. (GCC 12 makes vectors of such values that read one more than there are.)
    """
    cdef double sums[4]
    cdef double total[4]
    cdef value_t weights[TERMS]
    cdef value_t values[TERMS]
    cdef double complex z = 0
    cdef Py_ssize_t j = 0, i, some
    memset(total, 0, sizeof(total))
    if value_t is floatcomplex or value_t is doublecomplex:
        while j < count:
            some = min(<Py_ssize_t>TERMS, count - j)
            for i in range(some if apart != 1 else 0):
                weights[i] = w[(j + i) * apart]
            for i in range(some if step != 1 else 0):
                values[i] = x[(j + i) * step]
            room.parts(w + j if apart == 1 else weights, x + j if step == 1 else values, some,
                       sums)
            for i in range(4):
                total[i] += sums[i]
            j += some
        if conjugate:
            z.real, z.imag = total[0] + total[1], total[2] - total[3]
        else:
            z.real, z.imag = total[0] - total[1], total[2] + total[3]
    return z


cdef inline void add_window(
    const fc_dots *room, Row *block, Py_ssize_t to, const Segment *segment, const value_t *w,
    const value_t *x, Py_ssize_t step, bint conjugate
) noexcept nogil:
    """Add a line that one target takes: in four sums, of which none waits for another."""
    cdef Number sums[4]
    cdef Py_ssize_t j = 0, i, apart = segment.weight_step
    cdef double complex z
    if value_t is floatcomplex or value_t is doublecomplex:
        z = finite_sum(room, w, x, segment.count, apart, step, conjugate)
        if z.real - z.real == 0 and z.imag - z.imag == 0:
            block.complexes[to] = block.complexes[to] + z
            return
        if conjugate:
            for j in range(segment.count):
                multiply_add(block, to, w[j * apart].conjugate(), x[j * step])
            return
    memset(sums, 0, sizeof(sums))
    while j + 4 <= segment.count:
        for i in range(4):
            multiply_add(&sums[i], 0, w[(j + i) * apart], x[(j + i) * step])
        j += 4
    while j < segment.count:
        multiply_add(&sums[0], 0, w[j * apart], x[j * step])
        j += 1
    if value_t is float or value_t is double:
        block.real[to] += (sums[0].real + sums[1].real) + (sums[2].real + sums[3].real)
    elif value_t is uint64_t:
        for i in range(4):
            block.integer[to] += sums[i].integer
    else:
        for i in range(4):
            block.complexes[to] = block.complexes[to] + sums[i].complexes


cdef void add_lines(
    Task *task, const Shape *shape, const value_t *source, const value_t *weight,
    const value_t *fill, bint filled
) noexcept nogil:
    cdef Py_ssize_t j, lower, upper, line, to, step
    cdef const Segment *segment
    cdef const value_t *x
    cdef value_t w
    for line in range(shape.lines):
        segment = &shape.segments[line]
        lower, upper = 0, segment.count
        if shape.blocks > 1:  # take the part of the line that falls into this row
            if segment.to_step == 0:
                if not task.first <= segment.to < task.first + task.length:
                    continue
            else:
                to = task.first - segment.to
                if to > 0:
                    lower = (to + segment.to_step - 1) // segment.to_step
                to += task.length
                upper = min(upper, (to + segment.to_step - 1) // segment.to_step if to > 0 else 0)
        to = segment.to - task.first
        if filled or segment.source < 0:
            x, step = fill, 0
        else:
            x, step = source + segment.source, segment.source_step
        w = weight[segment.weight]
        if value_t is floatcomplex or value_t is doublecomplex:
            if shape.conjugate:
                w = w.conjugate()
        if segment.weight_step == 0 and segment.to_step == 1 and step == 1:
            for j in range(lower, upper):
                multiply_add(&task.block, to + j, w, x[j])
        elif segment.weight_step == 0:
            for j in range(lower, upper):
                multiply_add(&task.block, to + j * segment.to_step, w, x[j * step])
        elif segment.to_step == 0:
            add_window(shape.room, &task.block, to, segment, weight + segment.weight, x, step,
                       shape.conjugate)
        else:
            for j in range(lower, upper):
                w = weight[segment.weight + j * segment.weight_step]
                if value_t is floatcomplex or value_t is doublecomplex:
                    if shape.conjugate:
                        w = w.conjugate()
                multiply_add(&task.block, to + j * segment.to_step, w, x[j * step])
        # A target with step 0 (replicated edges, backwards) takes the whole line.
        task.terms += 1 if segment.to_step else upper - lower
        if task.terms >= TERMS:
            if stopped(task.watch):  # with as many terms, the next line asks again
                return
            add_block(task, source)


cdef void descend(
    Task *task, const Shape *shape, Py_ssize_t axis, const value_t *source,
    const value_t *weight, const value_t *fill, bint filled
) noexcept nogil:
    cdef const Link *link
    cdef Py_ssize_t entry, tap, index, position
    if axis == shape.outer:
        add_lines(task, shape, source, weight, fill, filled)
        return
    link = &shape.links[axis]
    position = task.position[axis]
    for entry in range(link.ptr[position], link.ptr[position + 1]):
        for tap in range(link.taps):
            index = link.indices[link.start[entry] + tap * link.step]
            if index >= 0:
                descend(
                    task, shape, axis + 1, source + index * link.source_step,
                    weight + tap * link.tap_step + link.target_tile[position]
                    + link.source_tile[index], fill, filled)
            elif link.filled:
                descend(
                    task, shape, axis + 1, source,
                    weight + tap * link.tap_step + link.target_tile[position], fill, True)


cdef void one_row(
    const Shape *shape, const value_t *source, const value_t *weight, const value_t *bias,
    const value_t *add, const value_t *fill, value_t *out, Py_ssize_t number, Watch *watch
) noexcept nogil:
    cdef Task task
    cdef Py_ssize_t block = number % shape.blocks
    cdef Py_ssize_t row = number // shape.blocks % shape.rows
    cdef Py_ssize_t channel = number // (shape.blocks * shape.rows)  # channel in the whole batch
    cdef Py_ssize_t group = channel // shape.targets % shape.groups
    cdef Py_ssize_t own = channel % (shape.targets * shape.groups)  # channel in its image
    cdef Py_ssize_t axis, r, tile = 0, rest = row
    if stopped(watch):
        return
    for axis in range(shape.outer - 1, -1, -1):
        task.position[axis] = rest % shape.links[axis].targets
        rest //= shape.links[axis].targets
        tile += shape.links[axis].target_tile[task.position[axis]]
    task.first = block * ROW
    task.length = min(ROW, shape.length - task.first)
    memset(&task.total, 0, task.length * sizeof(double complex))
    memset(&task.block, 0, task.length * sizeof(double complex))
    task.terms = 0
    task.watch = watch
    source += channel // shape.targets * shape.sources * shape.source_size
    weight += group * shape.weight_group + own % shape.targets * shape.weight_target
    for r in range(shape.sources):
        descend(
            &task, shape, 0, source + r * shape.source_size,
            weight + r * shape.weight_source, fill, False)
    add_block(&task, source)
    if bias != NULL:
        if shape.bias_kind == CHANNEL:
            bias += own
        elif shape.bias_kind == POSITION:
            bias += (own * shape.rows + row) * shape.length
        else:
            bias += own * shape.tiles + tile
    row = (channel * shape.rows + row) * shape.length + task.first
    finish(&task, shape, bias, add + row if add != NULL else NULL, out + row)


cdef void all_rows(
    const Shape *shape, const value_t *source, const value_t *weight, const value_t *bias,
    const value_t *add, const value_t *fill, value_t *out, int threads
) noexcept nogil:
    cdef Py_ssize_t number
    cdef Watch *watch = current()
    for number in prange(shape.tasks, num_threads=threads, schedule="static"):
        one_row(shape, source, weight, bias, add, fill, out, number, of_thread(watch, threadid()))


cdef class Gather:
    """Convolution of one stencil of role "fwd" or "input", with its epilogue.

    Parameters
    ----------
    isa : str
        Instruction set of sums of complex numbers along a line.
    stencil : Stencil
        Geometry; its role says which side gathers.
    compute : {"f32", "f64", "c64", "c128", "i64", "u64"}
        Type of all arrays.
    bias : {None, "channel", "position", "tile"}
        How the bias varies over the target.
    activation : str or None
        Activation to apply to the output.
    conjugate : bool
        Whether the weight is conjugated.
    """

    cdef Shape shape
    cdef Code code
    cdef list keep  # the arrays that the pointers in shape point into

    def __init__(self, isa, stencil, compute, bias=None, activation=None, conjugate=False):
        cdef Shape *shape = &self.shape
        cdef Py_ssize_t axis
        sizes = geometry.gather_sizes(stencil)
        links, lines, bias_of = geometry.gather_tables(stencil, bias)
        self.keep = [links, lines, bias_of]
        self.code = code(compute)
        shape.outer = len(links)
        for axis in range(shape.outer):
            self.set_link(axis, links[axis])
        shape.lines = len(lines)
        shape.segments = <const Segment *> data(lines)
        shape.bias_of = <const Py_ssize_t *> data(bias_of)
        shape.length = len(bias_of)
        shape.groups = stencil.groups
        shape.sources = sizes["sources"]
        shape.targets = sizes["targets"]
        shape.rows = sizes["rows"]
        shape.source_size = sizes["source_size"]
        shape.tiles = sizes["tiles"]
        shape.weight_group = sizes["weight_group"]
        shape.weight_target = sizes["weight_target"]
        shape.weight_source = sizes["weight_source"]
        shape.blocks = (shape.length + ROW - 1) // ROW
        shape.tasks = stencil.n * shape.groups * shape.targets * shape.rows * shape.blocks
        shape.bias_kind = {"position": POSITION, "tile": TILE}.get(bias, CHANNEL)
        shape.activation = {
            None: NONE, "relu": RELU, "relu6": RELU6, "silu": SILU, "sigmoid": SIGMOID,
            "tanh": TANH, "hardswish": HARDSWISH, "hardsigmoid": HARDSIGMOID,
            "leaky_relu": LEAKY_RELU}[activation]
        shape.room = dots_kernels(isa, FC_F32 if compute == "c64" else FC_F64)
        shape.signed = compute == "i64"
        shape.conjugate = conjugate

    cdef set_link(self, Py_ssize_t axis, table):
        cdef Link *link = &self.shape.links[axis]
        link.targets = table.ptr.size - 1
        link.taps = table.taps
        link.step = table.step
        link.source_step = table.source_step
        link.tap_step = table.tap_step
        link.filled = table.filled
        link.ptr = <const Py_ssize_t *> data(table.ptr)
        link.start = <const Py_ssize_t *> data(table.start)
        link.indices = <const Py_ssize_t *> data(table.indices)
        link.target_tile = <const Py_ssize_t *> data(table.target_tile)
        link.source_tile = <const Py_ssize_t *> data(table.source_tile)

    def __call__(self, source, weight, bias, add, fill, out, int threads):
        """Write the convolution to `out`.

        Parameters
        ----------
        source, weight : ndarray
            Operands, C-contiguous and of one dtype.
        bias, add : ndarray or None
            Bias, and residual of the shape of `out`; None if there is none.
        fill : ndarray or None
            One element with the value of constant padding; None if there is none.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef const Shape *shape = &self.shape
        cdef void *s = data(source)
        cdef void *w = data(weight)
        cdef void *b = data(bias)
        cdef void *a = data(add)
        cdef void *f = data(fill)
        cdef void *o = data(out)
        if self.code == F32:
            with nogil:
                all_rows[float](shape, <float *> s, <float *> w, <float *> b, <float *> a,
                                <float *> f, <float *> o, threads)
        elif self.code == F64:
            with nogil:
                all_rows[double](shape, <double *> s, <double *> w, <double *> b, <double *> a,
                                 <double *> f, <double *> o, threads)
        elif self.code == C64:
            with nogil:
                all_rows[floatcomplex](
                    shape, <float complex *> s, <float complex *> w, <float complex *> b,
                    <float complex *> a, <float complex *> f, <float complex *> o, threads)
        elif self.code == C128:
            with nogil:
                all_rows[doublecomplex](
                    shape, <double complex *> s, <double complex *> w, <double complex *> b,
                    <double complex *> a, <double complex *> f, <double complex *> o, threads)
        else:
            with nogil:
                all_rows[uint64_t](
                    shape, <uint64_t *> s, <uint64_t *> w, <uint64_t *> b, <uint64_t *> a,
                    <uint64_t *> f, <uint64_t *> o, threads)
