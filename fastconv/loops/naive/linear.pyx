# cython: freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Sum windows: averages, weighted windows, ``fold``, and the gradients of these.

    target[p] = sum over e in window p of source[s(e)] * weight[w(e)] / divided(e), over divisor(p)

The tables of ``windows`` say which entries meet. Weights and divisors are left out if there are
none.
"""

from cython.parallel cimport prange, threadid
from libc.stdint cimport uint64_t
from libc.string cimport memset

from fastconv.loops.interrupt cimport Watch, current, of_thread, stopped
from fastconv.loops.naive.common cimport (
    C64, C128, F32, F64, TERMS, Code, Sum, code, data, flush, multiply_add, result, value_t,
)

cdef enum:
    WINDOWS = 16  # windows between two questions whether to stop

cdef struct Axis:
    Py_ssize_t targets
    const Py_ssize_t *ptr
    const Py_ssize_t *source
    const Py_ssize_t *weight
    const double *divided
    const double *divisor

cdef struct Shape:
    Py_ssize_t tasks, source_size
    bint divides_sources, divides_target, conjugate
    double divisor
    Axis axes[3]


cdef inline void add_run(
    Sum *sums, const Shape *shape, const value_t *source, const value_t *weight, double divided,
    Py_ssize_t begin, Py_ssize_t end
) noexcept nogil:
    cdef const Axis *axis = &shape.axes[2]
    cdef Py_ssize_t e
    cdef value_t x, w
    for e in range(begin, end):
        x, w = source[axis.source[e]], 1
        if weight != NULL:
            w = weight[axis.weight[e]]
            if value_t is floatcomplex or value_t is doublecomplex:
                if shape.conjugate:
                    w = w.conjugate()
        if not shape.divides_sources:
            multiply_add(&sums.block, 0, x, w)
        elif value_t is float or value_t is double:
            sums.block.real += <double> x / (divided * axis.divided[e])
        elif value_t is floatcomplex or value_t is doublecomplex:
            sums.block.complexes = (
                sums.block.complexes + <double complex> x / (divided * axis.divided[e]))
        sums.terms += 1
        if sums.terms == TERMS:
            flush(sums, source)


cdef void one_row(
    const Shape *shape, const value_t *source, const value_t *weight, value_t *out,
    Py_ssize_t number, Watch *watch
) noexcept nogil:
    cdef const Axis *a = &shape.axes[0]
    cdef const Axis *b = &shape.axes[1]
    cdef const Axis *c = &shape.axes[2]
    cdef Py_ssize_t pb = number % b.targets
    cdef Py_ssize_t pa = number // b.targets % a.targets
    cdef Py_ssize_t pc, ea, eb
    cdef double divided, divisor
    cdef Sum sums
    cdef const value_t *w = NULL
    source += number // (a.targets * b.targets) * shape.source_size
    out += number * c.targets
    for pc in range(c.targets):
        if pc % WINDOWS == 0 and stopped(watch):
            return
        memset(&sums, 0, sizeof(Sum))
        for ea in range(a.ptr[pa], a.ptr[pa + 1]):
            for eb in range(b.ptr[pb], b.ptr[pb + 1]):
                if weight != NULL:
                    w = weight + a.weight[ea] + b.weight[eb]
                divided = a.divided[ea] * b.divided[eb]
                add_run(&sums, shape, source + a.source[ea] + b.source[eb], w, divided,
                        c.ptr[pc], c.ptr[pc + 1])
        if shape.divides_target:
            flush(&sums, source)
            divisor = shape.divisor * a.divisor[pa] * b.divisor[pb] * c.divisor[pc]
            if value_t is float or value_t is double:
                sums.total.real /= divisor
            elif value_t is floatcomplex or value_t is doublecomplex:
                sums.total.complexes.real = sums.total.complexes.real / divisor
                sums.total.complexes.imag = sums.total.complexes.imag / divisor
        out[pc] = result(&sums, source)


cdef void all_rows(
    const Shape *shape, const value_t *source, const value_t *weight, value_t *out, int threads
) noexcept nogil:
    cdef Py_ssize_t number
    cdef Watch *watch = current()
    for number in prange(shape.tasks, num_threads=threads, schedule="static"):
        one_row(shape, source, weight, out, number, of_thread(watch, threadid()))


cdef class LinearPool:
    """Sum values over windows.

    Parameters
    ----------
    axes : list of three windows.Window
        Tables of the windows.
    planes : int
        Channels of the whole batch.
    source_size : int
        Elements of one channel of the source.
    compute : {"f32", "f64", "c64", "c128", "i64", "u64"}
        Type of all arrays. Integers are only summed, never divided.
    divides : {None, "sources", "target"}
        Which divisors of the tables are used.
    divisor : float or None
        Replacement for all divisors of the tables.
    conjugate : bool
        Whether the weights are conjugated.
    """

    cdef Shape shape
    cdef Code code
    cdef list keep

    def __init__(self, axes, planes, source_size, compute, divides=None, divisor=None,
                 conjugate=False):
        cdef int d
        cdef Axis *own
        self.code = code(compute)
        self.keep = [axis if divisor is None else axis._replace(divisor=axis.divisor * 0 + 1)
                     for axis in axes]
        self.shape.tasks = planes
        for d in range(3):
            own = &self.shape.axes[d]
            axis = self.keep[d]
            own.targets = axis.divisor.size
            own.ptr = <const Py_ssize_t *> data(axis.ptr)
            own.source = <const Py_ssize_t *> data(axis.source)
            own.weight = <const Py_ssize_t *> data(axis.weight)
            own.divided = <const double *> data(axis.divided)
            own.divisor = <const double *> data(axis.divisor)
            if d < 2:
                self.shape.tasks *= own.targets
        self.shape.source_size = source_size
        self.shape.divides_sources = divides == "sources" and divisor is None
        self.shape.divides_target = divides == "target" or divisor is not None
        self.shape.divisor = 1 if divisor is None else divisor
        self.shape.conjugate = conjugate

    def __call__(self, source, weight, out, int threads):
        """Write the sums of all windows to `out`.

        Parameters
        ----------
        source : ndarray
            Values to sum, C-contiguous.
        weight : ndarray or None
            Weights of the windows; None for ones.
        out : ndarray
            Array to write, C-contiguous and of the dtype of the output.
        threads : int
            Number of threads.
        """
        cdef const Shape *shape = &self.shape
        cdef void *s = data(source)
        cdef void *w = data(weight)
        cdef void *o = data(out)
        with nogil:
            if self.code == F32:
                all_rows(shape, <float *> s, <float *> w, <float *> o, threads)
            elif self.code == F64:
                all_rows(shape, <double *> s, <double *> w, <double *> o, threads)
            elif self.code == C64:
                all_rows(
                    shape, <float complex *> s, <float complex *> w, <float complex *> o, threads)
            elif self.code == C128:
                all_rows(
                    shape, <double complex *> s, <double complex *> w, <double complex *> o,
                    threads)
            else:
                all_rows(shape, <uint64_t *> s, <uint64_t *> w, <uint64_t *> o, threads)
