"""Declare the C interface of planes; see src/direct/planes_interface.h."""

from fastconv.loops cimport simd
from fastconv.loops.interrupt cimport Watch
from fastconv.loops.simd cimport fc_geometry

cdef extern from "direct/planes_interface.h" nogil:
    struct fc_plane_column:
        pass

    struct fc_planes_plan:
        fc_geometry geometry
        ptrdiff_t group_features, rows, column_count
        fc_plane_column *columns
        const ptrdiff_t *slots
        const ptrdiff_t *nothing
        const void *zeros
        int zeros_beyond, has_epilogue, bias_position, activation

    struct fc_planes_task:
        const void *image
        const void *image_end
        const void *weight
        const void *bias
        const void *add
        void *out
        ptrdiff_t unit, unit_stop, row, row_stop
        Watch *watch

    enum:
        FC_PLANE_MASKS
        FC_PLANE_REACH

    struct fc_planes:
        size_t size
        int lanes
        void plan(const fc_planes_plan *plan, fc_plane_column *columns, void *masks) noexcept nogil
        void filter(const fc_planes_plan *plan, const fc_planes_task *task) noexcept nogil


cdef inline const fc_planes *planes_kernels(str isa, int real) except NULL:
    return <const fc_planes *>simd.room(isa, "planes", real, sizeof(fc_planes))
