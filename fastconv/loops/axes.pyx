# cython: freethreading_compatible=True, cdivision=True, boundscheck=False, wraparound=False
"""Read the axes of a problem into the geometry that the C kernels share."""

cdef extern from "geometry.h" nogil:
    enum: FC_REFLECT
    enum: FC_SYMMETRIC
    enum: FC_REPLICATE
    enum: FC_CIRCULAR

cdef dict BOUNDARIES = {
    "zeros": FC_FILL, "constant": FC_FILL, "reflect": FC_REFLECT, "symmetric": FC_SYMMETRIC,
    "replicate": FC_REPLICATE, "circular": FC_CIRCULAR,
}
cdef tuple ONE = (1, 1, 1, 1, 1, 0, "zeros", 1)


cdef int set_axis(fc_axis *axis, tuple values) except -1:
    (axis.image, axis.feature, axis.taps, axis.stride, axis.dilation, axis.before, boundary,
     axis.unit) = values
    axis.boundary = BOUNDARIES[boundary]
    axis.extent = (axis.feature - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1
    return 0


cdef int set_axes(fc_geometry *g, axes, bint merge=False) except -1:
    cdef fc_axis *axis
    cdef fc_axis *last = &g.axis[2]
    cdef Py_ssize_t missing = 3 - len(axes), merged = 0, i
    for i in range(3):
        set_axis(&g.axis[i], ONE if i < missing else <tuple>axes[i - missing])
    while merge and missing < 2 and _unfiltered(last) and _unfiltered(&g.axis[1]):
        missing += 1
        merged += 1
        last.image = last.feature = last.extent = last.image * g.axis[1].image
        last.unit, last.boundary = 1, FC_FILL
        g.axis[1] = g.axis[0]
        set_axis(&g.axis[0], ONE)
    g.plane = g.pixels = g.taps = 1
    g.direct = True
    for i in range(3):
        axis = &g.axis[i]
        g.plane *= axis.image
        g.pixels *= axis.feature
        g.taps *= axis.taps
        g.direct = (g.direct and axis.before <= 0
                    and axis.extent <= axis.before + axis.image
                    and (i < 2 or axis.stride == 1))
    return merged


cdef bint _unfiltered(const fc_axis *axis) noexcept nogil:
    """Return whether an axis has one tap, stride 1 and no border."""
    return (axis.taps == 1 and axis.stride == 1 and axis.before == 0
            and axis.image == axis.feature)
