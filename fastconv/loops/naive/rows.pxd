"""Define a row of targets: its geometry, its running sums, and how they become results."""

from libc.math cimport exp, tanh
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memset

from fastconv.loops.direct_dots cimport fc_dots
from fastconv.loops.interrupt cimport Watch
from fastconv.loops.naive.common cimport value_t

cdef enum:
    ROW = 256  # most targets of a row
    AXES = 64  # NumPy allows no more axes

cdef enum Activation:
    NONE, RELU, RELU6, SILU, SIGMOID, TANH, HARDSWISH, HARDSIGMOID, LEAKY_RELU

cdef enum BiasKind:
    CHANNEL, POSITION, TILE

cdef struct Link:
    Py_ssize_t targets, taps, step, source_step, tap_step
    bint filled
    const Py_ssize_t *ptr
    const Py_ssize_t *start
    const Py_ssize_t *indices
    const Py_ssize_t *target_tile
    const Py_ssize_t *source_tile

cdef struct Segment:  # one row of the table of geometry.segments
    Py_ssize_t to, to_step, source, source_step, weight, weight_step, count

cdef struct Shape:
    Py_ssize_t tasks, groups, targets, sources  # channels per group
    Py_ssize_t rows, blocks, length, source_size, tiles
    Py_ssize_t weight_group, weight_target, weight_source
    Py_ssize_t outer, lines
    const Segment *segments
    const Py_ssize_t *bias_of
    BiasKind bias_kind
    Activation activation
    bint signed, conjugate
    const fc_dots *room  # for sums of complex numbers
    Link links[AXES]

cdef union Row:
    double real[ROW]
    double complex complexes[ROW]
    uint64_t integer[ROW]

cdef struct Task:
    Row block
    Row total
    Py_ssize_t terms, first, length
    Py_ssize_t position[AXES]
    Watch *watch


cdef inline void add_block(Task *task, const value_t *like) noexcept nogil:
    cdef Py_ssize_t j
    if value_t is float or value_t is double:
        for j in range(task.length):
            task.total.real[j] += task.block.real[j]
    elif value_t is uint64_t:
        for j in range(task.length):
            task.total.integer[j] += task.block.integer[j]
    else:
        for j in range(task.length):
            task.total.complexes[j] = task.total.complexes[j] + task.block.complexes[j]
    memset(&task.block, 0, task.length * sizeof(double complex))
    task.terms = 0


cdef inline double activate(double v, Activation activation) noexcept nogil:
    if activation == RELU:  # written so that a NaN stays a NaN
        return 0 if v < 0 else v
    if activation == RELU6:
        return 0 if v < 0 else (6 if v > 6 else v)
    if activation == SILU:
        return v / (1 + exp(-v))
    if activation == SIGMOID:
        return 1 / (1 + exp(-v))
    if activation == TANH:
        return tanh(v)
    if activation == LEAKY_RELU:
        return 0.01 * v if v < 0 else v
    if activation == HARDSWISH:
        return 0 if v < -3 else (v if v > 3 else v * (v / 6 + 0.5))
    if activation == HARDSIGMOID:
        return 0 if v < -3 else (1 if v > 3 else v / 6 + 0.5)
    return v


cdef inline void finish(
    Task *task, const Shape *shape, const value_t *bias, const value_t *add, value_t *out
) noexcept nogil:
    # Pointers bias, add and out point at the values of the row's first target.
    cdef Py_ssize_t j, b
    cdef double v
    cdef double complex z
    cdef uint64_t i
    for j in range(task.length):
        b = shape.bias_of[task.first + j]
        if value_t is float or value_t is double:
            v = task.total.real[j]
            if bias != NULL:
                v += bias[b]
            if add != NULL:
                v += add[j]
            out[j] = <value_t> activate(v, shape.activation)
        elif value_t is uint64_t:
            i = task.total.integer[j]
            if bias != NULL:
                i += bias[b]
            if add != NULL:
                i += add[j]
            if shape.activation != NONE and shape.signed and <int64_t> i < 0:
                i = 0
            elif shape.activation == RELU6 and i > 6:
                i = 6
            out[j] = i
        else:
            z = task.total.complexes[j]
            if bias != NULL:
                z = z + bias[b]
            if add != NULL:
                z = z + add[j]
            out[j] = <value_t> z
